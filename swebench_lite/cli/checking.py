"""Checks instances: the reference answer must pass, nothing must fail, and both again and again the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from swebench_lite import file_tasks
from swebench_lite.answering import open_tree
from swebench_lite.backends import Backends, Stopped
from swebench_lite.cli.collecting import Shown, stale
from swebench_lite.cli.progress import Progress
from swebench_lite.errors import AttemptError, DatasetError, StoreError
from swebench_lite.file_attempts import grade_readings, verdict
from swebench_lite.file_tasks import FileTask
from swebench_lite.grade import grade, official
from swebench_lite.prepare import Prepared, prepare
from swebench_lite.records import Environment, Flag, Instance, Outcome, Patch, Verdict
from swebench_lite.reports.check import CheckedAnswer, CheckReport, CheckRow
from swebench_lite.schedule import run_all

if TYPE_CHECKING:
    from swebench_lite.wrong_answers import WrongAnswer


def check_all(
    instances: Sequence[Instance],
    backends: Backends,
    *,
    tasks: Mapping[str, FileTask] | None = None,
    answers: Path | None = None,
    may_skip: Mapping[str, frozenset[str]] | None = None,
    repeat: int = 0,
    verbose: bool = False,
) -> CheckReport:
    """Check every instance, in the given order of rows. One broken instance never stops the others.

    tasks: the file tasks by id, for instances that are graded in points. repeat: how many more times gold and null run,
    without the cache. answers: a folder of wrong answers by task, which must fail. may_skip: of
    each task of a catalog, the tests that some machines skip; where the lists of such a task are not what a run shows, its
    row says so. Raises StoreError and KeyboardInterrupt.
    """
    places, skips = tasks or {}, may_skip or {}
    rows: dict[str, CheckRow] = {}

    def check(instance: Instance) -> CheckRow | None:
        if backends.stopping.is_set():
            return None
        progress.begin(instance.instance_id, name=instance.instance_id, instance_id=instance.instance_id)
        try:
            task = places.get(instance.instance_id)
            return check_one(
                instance, backends, task=task, answers=answers,
                may_skip=skips.get(instance.instance_id), repeat=repeat,
            )  # fmt: skip
        except Stopped:
            return None

    def save(row: CheckRow | None) -> None:
        if row is not None and not backends.stopping.is_set():
            rows[row.instance_id] = row
            word = "valid" if row.valid else "not valid"
            progress.end(row.instance_id, word=word, line=f"{row.instance_id}: {word}{row.reason and ': '}{row.reason}")

    with Progress(total=len(instances), verbose=verbose) as progress:
        backends.doing = progress.doing
        run_all(instances, check, workers=backends.settings.workers, done=save, stop=backends.stop)
    return CheckReport(rows=tuple(rows[one.instance_id] for one in instances if one.instance_id in rows))


def check_one(
    instance: Instance,
    backends: Backends,
    *,
    task: FileTask | None = None,
    answers: Path | None = None,
    may_skip: frozenset[str] | None = None,
    repeat: int = 0,
) -> CheckRow:
    """The row of one instance; whatever goes wrong is its reason. Raises Stopped and StoreError.

    task: the file task behind it. Its reference answer must score everything, and an empty program must not. answers,
    may_skip: see ``check_all``.
    """
    try:
        if task is not None:
            return _file_row(task, backends, repeat)
        prepared = prepare(instance, backends, fresh=not backends.use_cache)
        row = _row(instance, prepared)
        if may_skip is not None and prepared.valid:
            row = _with_remarks(row, prepared, backends, may_skip)
        if answers is not None and prepared.valid:
            row = _with_answers(row, instance, prepared, backends, folder=answers)
        return _repeated(row, prepared, backends, repeat) if repeat and prepared.environment is not None else row
    except (Stopped, StoreError):
        raise
    except (AttemptError, DatasetError) as error:
        return _broken(instance, str(error))
    except Exception as error:  # the outer barrier: a bug ends one instance's check, not the others'
        return _broken(instance, f"this is a bug, please report it: {type(error).__name__}: {error}")


def _row(instance: Instance, prepared: Prepared) -> CheckRow:
    place = prepared.environment
    notes = "no reference patch: unverified" if prepared.valid and prepared.gold is None else ""
    return CheckRow(
        instance_id=instance.instance_id,
        gold=prepared.gold.outcome if prepared.gold else None,
        null=prepared.null.outcome if prepared.null else None,
        valid=prepared.valid,
        network=Flag.NETWORK in prepared.flags,
        reason=prepared.reason or notes,
        environment=(place.image or place.detail) if place else "",
        rung=place.rung if place else "",
        build_seconds=place.build_seconds if place else 0.0,
        gold_seconds=prepared.oracle.seconds if prepared.oracle else 0.0,
    )


def _with_answers(
    row: CheckRow, instance: Instance, prepared: Prepared, backends: Backends, *, folder: Path
) -> CheckRow:
    """The row with what became of the task's wrong answers; one that is not caught makes the task invalid."""
    from swebench_lite.wrong_answers import answer_places, read_wrong_answer

    judged: list[CheckedAnswer] = []
    said: list[str] = []
    for place in answer_places(folder, instance.instance_id):
        backends.doing(instance.instance_id, f"wrong answer {place.name}")
        try:
            with open_tree(instance, backends.settings) as tree:
                wrong = read_wrong_answer(place, instance, tree)
        except DatasetError as error:
            said.append(f"wrong answer {place.name}: {error}")
            continue
        judged.append(_judged(wrong, prepared, backends))
    said += [f"wrong answer {one.name}: {one.complaint}" for one in judged if one.complaint]
    return replace(
        row,
        answers=tuple(judged),
        valid=row.valid and not said,
        reason="; ".join(part for part in (row.reason, *said) if part),
    )


def _judged(answer: WrongAnswer, prepared: Prepared, backends: Backends) -> CheckedAnswer:
    """What became of a wrong answer; one that cannot be judged is a complaint and leaves what gold and null showed."""
    from swebench_lite.wrong_answers import complaint

    try:
        execution, _ = backends.execute(prepared.work(answer.patch, backends), fresh=not backends.use_cache)
        found = grade(prepared.instance, execution, prepared.oracle)
    except AttemptError as error:
        said = f"it cannot be judged: {error}"
        return CheckedAnswer(
            name=answer.name, why=answer.why, outcome=error.outcome, passed=0, failed=0, complaint=said
        )
    tests = found.tests
    return CheckedAnswer(
        name=answer.name,
        why=answer.why,
        outcome=found.outcome,
        passed=len(tests.f2p_success) + len(tests.p2p_success),
        failed=len(tests.f2p_failure) + len(tests.p2p_failure),
        complaint=complaint(answer, found),
    )


def _with_remarks(row: CheckRow, prepared: Prepared, backends: Backends, may_skip: frozenset[str]) -> CheckRow:
    """The row with what its lists of tests should say, where a run shows something else."""
    if prepared.oracle is None:
        return row
    # Preparing has just made this run: it comes from the cache.
    execution, _ = backends.execute(prepared.work(None, backends))
    untouched = official(prepared.instance, execution.log).statuses
    remarks = stale(prepared.instance, Shown(solved=prepared.oracle.statuses, untouched=untouched, may_skip=may_skip))
    return replace(row, reason="; ".join(part for part in (row.reason, *remarks) if part))


def _file_row(task: FileTask, backends: Backends, repeat: int) -> CheckRow:
    answers = {"gold": dict(task.solution), "null": {task.file: ""}}
    found: dict[str, list[Verdict]] = {
        name: [_file_verdict(task, name, files, backends, turn) for turn in range(repeat + 1)] if files else []
        for name, files in answers.items()
    }
    golds, nulls = found["gold"], found["null"]
    failed = next((one for one in golds if not one.resolved), None)
    passed = next((one for one in nulls if one.resolved), None)
    remarks = [remark for name, verdicts in found.items() for remark in _disagreements(name, verdicts)]
    reasons = [f"gold does not score everything: {failed.reason}"] if failed else []
    reasons += ["an empty program scores everything"] if passed else []
    reasons += [] if golds else ["no reference answer: unverified"]
    place: Environment = file_tasks.environment(task, backends.settings)
    return CheckRow(
        instance_id=task.task_id,
        gold=golds[0].outcome if golds else None,
        null=nulls[0].outcome,
        valid=failed is None and passed is None,
        flaky=bool(remarks),
        reason="; ".join([*reasons, *remarks]),
        environment=place.image or place.detail,
        rung=place.rung,
    )


def _file_verdict(task: FileTask, name: str, files: Mapping[str, str], backends: Backends, turn: int) -> Verdict:
    backends.doing(task.task_id, f"{name} again, {turn}" if turn else name)
    return verdict(grade_readings(task, {name: files}, backends)[name])


def _repeated(row: CheckRow, prepared: Prepared, backends: Backends, repeat: int) -> CheckRow:
    """The row with what more runs showed. An instance whose gold fails is repeated too: it may be flaky, not broken."""
    patch = Patch(text=prepared.instance.patch) if prepared.gold else None
    golds = [prepared.gold, *(_again(prepared, patch, backends, n, repeat) for n in range(repeat) if patch)]
    # Where gold failed at first, null never ran; its first run here is then the one to compare with.
    nulls = [prepared.null, *(_again(prepared, None, backends, n, repeat) for n in range(repeat))]
    remarks = [*_disagreements("gold", golds), *_disagreements("null", nulls)]
    steady = all(one is None or one.resolved for one in golds) and not any(one and one.resolved for one in nulls)
    return replace(
        row,
        null=row.null or next((one.outcome for one in nulls if one), None),
        valid=row.valid and steady,
        flaky=bool(remarks),
        reason="; ".join(part for part in (row.reason, *remarks) if part),
    )


def _again(prepared: Prepared, patch: Patch | None, backends: Backends, number: int, of: int) -> Verdict:
    what = "gold" if patch else "null"
    backends.doing(prepared.instance.instance_id, f"{what} again, {number + 1} of {of}")
    work = replace(prepared, valid=True).work(patch, backends)
    execution, _ = backends.execute(work, fresh=True)
    return grade(prepared.instance, execution, prepared.oracle)


def _disagreements(what: str, verdicts: Sequence[Verdict | None]) -> list[str]:
    """What differs between runs of the same: outcomes, else the tests that failed."""
    found = [one for one in verdicts if one is not None]
    outcomes = {one.outcome for one in found}
    if len(outcomes) > 1:
        resolved = sum(one.outcome is Outcome.RESOLVED for one in found)
        return [f"{what} resolved {resolved} of {len(found)} times"]
    failures = [{*one.tests.f2p_failure, *one.tests.p2p_failure} for one in found]
    moving = set().union(*failures) - set(failures[0]).intersection(*failures) if failures else set()
    return [f"{what}: {len(moving)} tests change between runs, first {min(moving)}"] if moving else []


def _broken(instance: Instance, reason: str) -> CheckRow:
    return CheckRow(instance_id=instance.instance_id, gold=None, null=None, valid=False, reason=reason)

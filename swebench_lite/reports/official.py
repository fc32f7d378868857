"""The official harness's files, so that its users' scripts read our runs: names, fields and their order are its own.

``resolved`` in these files follows the official rule, as their readers expect; our stricter results are in our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from swebench_lite import aliases
from swebench_lite.apply import ALREADY, STEPS
from swebench_lite.records import OUTCOMES, Application, Attempt, AttemptKey, Outcome, Plan, TestsReport
from swebench_lite.reports import infra
from swebench_lite.reports.model import RunReport
from swebench_lite.store.files import safe_name
from swebench_lite.store.summary import fill

LOGS = "logs/run_evaluation"
APPLIED = ">>>>> Applied Patch"
NOT_APPLIED = ">>>>> Patch Apply Failed"

_COUNTED = (
    "submitted", "completed", "resolved", "unresolved", "infra_failure", "ambiguous_failure", "empty_patch", "error",
)  # fmt: skip
_LISTED = (
    "completed", "incomplete", "empty_patch", "submitted", "resolved", "unresolved", "infra_failure",
    "ambiguous_failure",
)  # fmt: skip
# Our artefacts by their official names.
_NAMES = {"patch.diff": "patch.diff", "eval.sh": "eval.sh", "stdout.log": "test_output.txt"}
# An imported run's output ends with this already.
_TIMED_OUT = re.compile(r"\n\nTimeout error: \d+ seconds exceeded\.\Z")
# The answers that are no change on purpose: to the official harness an empty patch, which it never starts.
_NULL = "null"
_READ_FOR_CAUSES = ("test_output.txt", "run_instance.log")

Artefacts = Callable[[AttemptKey, str], str | None]


def run_report(
    attempts: Iterable[Attempt],
    *,
    dataset_ids: Iterable[str] | None = None,
    predicted: Iterable[str] = (),
    causes: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, object]:
    """The run report, schema version 2, of one model: at most one attempt per instance.

    dataset_ids: every instance asked about (None: those of the attempts). predicted: ids that had a prediction even
    where nothing ran, which the official report calls errors. causes: per instance what ``infra.classify`` says of its
    test output followed by the run's log.
    """
    lists = _id_lists(attempts, dataset_ids, frozenset(predicted))
    total = len(lists["dataset"])
    failed = lists["unresolved"] | lists["error"]
    found = {name: cause for name, cause in sorted((causes or {}).items()) if name in failed}
    lists["infra_failure"] = {name for name, cause in found.items() if cause[1] == infra.ENVIRONMENT}
    lists["ambiguous_failure"] = found.keys() - lists["infra_failure"]
    return {
        "total_instances": total,
        **{f"{name}_instances": len(lists[name]) for name in _COUNTED},
        **{f"{name}_ids": sorted(lists[name]) for name in _LISTED},
        "failure_reasons": {name: cause[0] for name, cause in found.items()},
        "error_ids": sorted(lists["error"]),
        "schema_version": 2,
    }


def instance_report(attempt: Attempt, tests: TestsReport | None = None, *, log: str = "") -> dict[str, object]:
    """``report.json`` of one attempt. tests: other than the verdict's own; log: the test output."""
    found = attempt.verdict.tests if tests is None else tests
    resolved = official_list(attempt) == "resolved"
    exists = attempt.patch_sha256 is not None or resolved
    graded = exists and (attempt.verdict.graded or resolved)
    fields: dict[str, object] = {
        "patch_is_None": not exists,
        "patch_exists": exists,
        "patch_successfully_applied": graded,
        "resolved": resolved,
        "infra_failure": False,
    }
    if graded:
        fields["tests_status"] = {
            "FAIL_TO_PASS": {"success": list(found.f2p_success), "failure": list(found.f2p_failure)},
            "PASS_TO_PASS": {"success": list(found.p2p_success), "failure": list(found.p2p_failure)},
            "FAIL_TO_FAIL": {"success": [], "failure": []},
            "PASS_TO_FAIL": {"success": [], "failure": []},
        }
    elif exists and (cause := infra.classify(log)):
        fields["infra_failure"] = cause[1] == infra.ENVIRONMENT
        fields["infra_failure_reason"] = cause[0]
    return {attempt.key.instance_id: fields}


def export(
    plan: Plan,
    attempts: Sequence[Attempt],
    artefacts: Artefacts,
    *,
    dataset_ids: Iterable[str] | None = None,
) -> Mapping[str, str]:
    """Every file of an official run by relative path; see ``export_files``, which needs no memory for all of them."""
    return dict(export_files(plan, attempts, artefacts, dataset_ids=dataset_ids))


def export_files(
    plan: Plan,
    attempts: Sequence[Attempt],
    artefacts: Artefacts,
    *,
    dataset_ids: Iterable[str] | None = None,
) -> Iterator[tuple[str, str]]:
    """(relative path, text) of every file of an official run, one at a time; one set per model.

    artefacts: the text of ``patch.diff``, ``eval.sh``, ``apply.log`` or ``stdout.log`` of an attempt, or None. Arms and
    samples become models of their own, since the official layout knows neither. Paths stay below their folder
    whatever the names hold.
    """
    run = _segment(plan.run_id)
    asked = None if dataset_ids is None else frozenset(dataset_ids)
    yield f"{LOGS}/{run}/run.json", json.dumps(_metadata(plan), indent=2) + "\n"
    for model, own in models(fill(plan, attempts)).items():
        causes: dict[str, tuple[str, str]] = {}
        folders: set[str] = set()
        for attempt in own:
            files = _instance_files(attempt, artefacts, plan)
            folder = _free(attempt.key.instance_id, folders)
            folders.add(folder)
            yield from ((f"{LOGS}/{run}/{model}/{folder}/{name}", content) for name, content in files.items())
            cause = infra.classify("\n".join(files[name] for name in _READ_FOR_CAUSES if name in files))
            if cause is not None:
                causes[attempt.key.instance_id] = cause
        document = run_report(own, dataset_ids=asked, predicted=_predicted(plan, own), causes=causes)
        yield f"{model}.{run}.json", json.dumps(document, indent=4) + "\n"


def models(attempts: Iterable[Attempt]) -> Mapping[str, tuple[Attempt, ...]]:
    """Attempts by the file name of their model; arm and sample are part of it where a run has several of them."""
    found = tuple(attempts)
    several_arms = len({attempt.key.arm for attempt in found}) > 1
    several_samples = len({attempt.key.sample for attempt in found}) > 1
    sets: dict[tuple[str, str, int], list[Attempt]] = {}
    for attempt in found:
        sets.setdefault((attempt.key.model, attempt.key.arm, attempt.key.sample), []).append(attempt)
    named: dict[str, tuple[Attempt, ...]] = {}
    for (model, arm, sample), own in sets.items():
        name = model + (f".{arm}" if several_arms else "") + (f".{sample}" if several_samples else "")
        named[_free(name, named)] = tuple(own)
    return named


def render(report: RunReport) -> str:
    """The run report as JSON; with several models an object of run reports by model."""
    reports = {
        name: run_report(own, dataset_ids=None, predicted=_predicted(report.plan, own))
        for name, own in models(report.attempts).items()
    }
    document: object = next(iter(reports.values())) if len(reports) == 1 else reports
    return json.dumps(document, indent=4) + "\n"


def official_list(attempt: Attempt) -> str:
    """The id list of the run report that an attempt falls into by the official rule (without ``_ids``)."""
    verdict = attempt.verdict
    if verdict.official_resolved or verdict.resolved:
        return "resolved"
    if verdict.outcome is Outcome.NO_ANSWER and attempt.patch_sha256 is not None:
        return "error"  # a patch of white space: officially it is tried, and does not apply
    if verdict.official_error and attempt.patch_sha256 is not None:
        return "error"
    null = attempt.key.model == _NULL and verdict.outcome is not Outcome.NOT_RUN
    if attempt.patch_sha256 is None and (null or verdict.outcome in {Outcome.UNRESOLVED, Outcome.TIMEOUT}):
        return "empty_patch"  # a run of nothing at all, however it ended
    return OUTCOMES[verdict.outcome].official


def _predicted(plan: Plan, own: Iterable[Attempt]) -> list[str]:
    """The instances that had a prediction: those with a patch and, of ready-made ones, those that never got their turn.

    What is in the latter nobody has looked at; each counts as a patch.
    """
    ready_made = _planned(plan, "request").get("predictions") is not None or plan.settings.get("command") == "evaluate"
    waiting = {Outcome.NOT_RUN} if ready_made else set()
    return [one.key.instance_id for one in own if one.patch_sha256 or one.verdict.outcome in waiting]


def _id_lists(
    attempts: Iterable[Attempt], dataset_ids: Iterable[str] | None, predicted: frozenset[str]
) -> dict[str, set[str]]:
    found = {attempt.key.instance_id: official_list(attempt) for attempt in attempts}
    asked = set(found if dataset_ids is None else dataset_ids)
    submitted = {name for name, where in found.items() if where != "incomplete"} | predicted
    lists: dict[str, set[str]] = {name: set() for name in (*_COUNTED, *_LISTED)}
    for name in asked & submitted:
        where = found.get(name, "incomplete")
        lists["error" if where == "incomplete" else where].add(name)
    lists["completed"] = lists["resolved"] | lists["unresolved"]
    lists["incomplete"] = asked - submitted
    return {**lists, "submitted": submitted, "dataset": asked}


def _instance_files(attempt: Attempt, artefacts: Artefacts, plan: Plan) -> dict[str, str]:
    where = official_list(attempt)
    if where in {"incomplete", "empty_patch"}:
        return {}
    files = {name: found for ours, name in _NAMES.items() if (found := artefacts(attempt.key, ours)) is not None}
    output = files.get("test_output.txt")
    if attempt.verdict.outcome is Outcome.TIMEOUT and output is not None and not _TIMED_OUT.search(output):
        limit = _planned(plan, "request").get("timeout")
        limit = limit if isinstance(limit, int | float) else attempt.test_seconds
        files["test_output.txt"] = f"{output}\n\nTimeout error: {limit:.0f} seconds exceeded."
    files["run_instance.log"] = _run_log(attempt, artefacts(attempt.key, "apply.log") or "")
    if where in {"resolved", "unresolved"}:
        document = instance_report(attempt, log=files.get("test_output.txt", ""))
        files["report.json"] = json.dumps(document, indent=4)
    return files


def _metadata(plan: Plan) -> dict[str, object]:
    """What was graded, in the words of the official tools, which can load it again by these."""
    told = _planned(plan, "official")
    return {
        "dataset": told.get("dataset") or aliases.official(plan.dataset),
        "split": told.get("split") or "test",
        "task_repo": None,
        "created_at": plan.created_at,
    }


def _planned(plan: Plan, name: str) -> Mapping[str, object]:
    found = plan.settings.get(name)
    return found if isinstance(found, Mapping) else {}


def _run_log(attempt: Attempt, apply_log: str) -> str:
    blank = attempt.verdict.outcome is Outcome.NO_ANSWER
    nothing = Application(step=None, strict=False, official=False) if blank else None
    lines = [
        f"instance {attempt.key.instance_id}, patch sha256 {attempt.patch_sha256}, environment {attempt.environment}",
        *_applying(attempt.application or nothing),
        *([apply_log] if apply_log else []),
        f"tests {attempt.test_seconds:.2f} s, everything else {attempt.overhead_seconds:.2f} s",
        f"{attempt.verdict.outcome}: {attempt.verdict.reason}",
    ]
    return "\n".join(lines) + "\n"


def _applying(application: Application | None) -> Iterator[str]:
    """The official log's lines on applying: the steps that failed, by whose number its readers know the one that did not."""
    if application is None:
        return
    steps = [step for step, _ in STEPS]
    untouched = application.official and application.step is None
    failed = steps.index(application.step) if application.step in steps else 0 if untouched else len(steps)
    yield from (f"Failed to apply patch to container: {command}" for _, command in STEPS[:failed])
    already = " verified already applied" if application.step == ALREADY else ""
    yield f"{APPLIED if application.official else NOT_APPLIED}:{already}"


def _free(text: str, taken: Container[str]) -> str:
    """The official name for a text; where another one has it (a/b and a__b share theirs), a name of its own."""
    name = _segment(text)
    while name in taken:
        text += "\0"
        name = safe_name(text)
    return name


def _segment(text: str) -> str:
    """A name as the official harness writes it, where that is a harmless file name; else one that is."""
    name = text.replace("/", "__")
    harmless = name.isprintable() and "\\" not in name and not name.startswith(".")
    return name if harmless and 0 < len(name.encode("utf-8", "surrogatepass")) <= 120 else safe_name(text)

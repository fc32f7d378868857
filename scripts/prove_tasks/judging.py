"""Mutants -> verdicts: each is judged as an answer of a model would be, in the sandbox, from the cache where it has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prove_tasks.hand_made import Mutant
from swebench_lite.backends import Backends, Stopped
from swebench_lite.catalog import CatalogTask
from swebench_lite.cli.progress import Progress
from swebench_lite.errors import AttemptError, DatasetError, EngineDown
from swebench_lite.folders import instance_of
from swebench_lite.grade import grade
from swebench_lite.prepare import Prepared, prepare
from swebench_lite.records import Outcome
from swebench_lite.schedule import run_all

# The tests' own doing. Anything else (no engine, a patch that does not apply) says nothing of the tests.
_CAUGHT = frozenset({Outcome.UNRESOLVED, Outcome.TIMEOUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A mutant and what became of it. outcome: None where it could not be judged; reason then says why.

    failed: the required tests that it failed. passed: how many it passed; none at all may mean that it does not compile.
    """

    mutant: Mutant
    outcome: Outcome | None
    reason: str = ""
    failed: tuple[str, ...] = ()
    passed: int = 0

    @property
    def killed(self) -> bool:
        """Whether the tests told it from the solution."""
        return self.outcome in _CAUGHT

    @property
    def survived(self) -> bool:
        """Whether the tests took it for the solution."""
        return self.outcome is Outcome.RESOLVED


def judge_all(
    mutants: Sequence[Mutant], tasks: Mapping[str, CatalogTask], backends: Backends, *, verbose: bool
) -> tuple[Judged, ...]:
    """Judge mutants, in the given order of rows. A task that is not valid, or an engine that fails, is said in each row.

    tasks: those of the mutants by id. Raises EngineDown, StoreError, Stopped and KeyboardInterrupt.
    """
    needed = [tasks[name] for name in dict.fromkeys(one.task_id for one in mutants)]
    prepared: dict[str, Prepared | str] = {}
    found: dict[tuple[str, int], Judged] = {}

    def ready(task: CatalogTask) -> tuple[str, Prepared | str]:
        progress.begin(task.task_id, name=task.task_id, instance_id=task.task_id)
        return task.task_id, _prepared(task, backends)

    def noted(row: tuple[str, Prepared | str]) -> None:
        prepared[row[0]] = row[1]
        progress.end(row[0], word="prepared", line=f"{row[0]}: {row[1] if isinstance(row[1], str) else 'prepared'}")

    def judge(mutant: Mutant) -> Judged:
        progress.begin((mutant.task_id, mutant.number), name=_name(mutant), instance_id=_name(mutant))
        return _judged(mutant, prepared[mutant.task_id], backends)

    def kept(one: Judged) -> None:
        key = (one.mutant.task_id, one.mutant.number)
        found[key] = one
        word = "killed" if one.killed else "survived" if one.survived else "not judged"
        progress.end(key, word=word, line=f"{_name(one.mutant)}: {word}: {one.mutant.why}")

    with Progress(total=len(needed) + len(mutants), verbose=verbose) as progress:
        backends.doing = progress.doing
        # Gold and null of a task run once, whatever the number of its mutants.
        run_all(needed, ready, workers=backends.settings.workers, done=noted, stop=backends.stop)
        run_all(mutants, judge, workers=backends.settings.workers, done=kept, stop=backends.stop)
    return tuple(found[one.task_id, one.number] for one in mutants)


def _prepared(task: CatalogTask, backends: Backends) -> Prepared | str:
    """The task ready to judge answers, or why it is not."""
    try:
        made = prepare(instance_of(task, backends.settings), backends, fresh=not backends.use_cache)
    except EngineDown:
        raise
    except (AttemptError, DatasetError) as error:
        return str(error)
    return made if made.valid else f"the task is not valid: {made.reason}"


def _judged(mutant: Mutant, prepared: Prepared | str, backends: Backends) -> Judged:
    if isinstance(prepared, str):
        return Judged(mutant=mutant, outcome=None, reason=prepared)
    try:
        execution, _ = backends.execute(prepared.work(mutant.patch, backends), fresh=not backends.use_cache)
    except (EngineDown, Stopped):
        raise
    except AttemptError as error:
        return Judged(mutant=mutant, outcome=None, reason=str(error))
    verdict = grade(prepared.instance, execution, prepared.oracle)
    tests = verdict.tests
    return Judged(
        mutant=mutant,
        outcome=verdict.outcome,
        reason=verdict.reason,
        failed=(*tests.f2p_failure, *tests.p2p_failure),
        passed=len(tests.f2p_success) + len(tests.p2p_success),
    )


def _name(mutant: Mutant) -> str:
    return f"{mutant.task_id} mutant {mutant.number}"

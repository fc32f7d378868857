"""The dry run itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flowsim.model import Run, Task, Trace


def check(tasks: Iterable[Task]) -> None:
    """Raises WorkflowError, or CycleError, when the tasks do not make a workflow."""
    raise NotImplementedError("check is not written yet")


def simulate(
    tasks: Iterable[Task],
    *,
    workers: int = 1,
    run: Callable[[Task, int], Run] | None = None,
    limits: Mapping[str, int] | None = None,
    fail_fast: bool = False,
) -> Trace:
    """The dry run of a workflow on `workers` workers."""
    raise NotImplementedError("simulate is not written yet")

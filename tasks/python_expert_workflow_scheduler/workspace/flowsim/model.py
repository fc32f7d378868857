"""The records of a workflow and of its dry run. All times are whole ticks of the virtual clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One node of a workflow.

    `needs` names tasks that must succeed first; `after` names tasks that must be over first, whatever became of them.
    `retries` is the number of further attempts after the first one. `timeout` cuts an attempt that would last longer.
    """

    name: str
    duration: int = 1
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    priority: int = 0
    retries: int = 0
    backoff: int = 0
    timeout: int | None = None
    pool: str | None = None

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a task needs a name")
        for field in ("duration", "retries", "backoff"):
            if getattr(self, field) < 0:
                raise ValueError(f"task {self.name!r}: {field} is negative")
        if self.timeout is not None and self.timeout < 0:
            raise ValueError(f"task {self.name!r}: timeout is negative")


@dataclass(frozen=True, slots=True)
class Run:
    """What one attempt would do: last `duration` ticks, then succeed or fail."""

    duration: int
    ok: bool = True

    def __post_init__(self) -> None:
        if self.duration < 0:
            raise ValueError("a run cannot last less than nothing")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `time`.

    `kind` is start, succeed, fail, timeout, skip or cancel. The first four are about an attempt and carry its number
    (from 1) and its worker (from 0); skip and cancel are about a task and carry neither.
    """

    time: int
    kind: str
    task: str
    attempt: int | None = None
    worker: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a task ended: `status` is succeeded, failed, skipped or cancelled.

    `started` is when its first attempt started, None if there was none. `finished` is when the task was settled.
    `blame` is the task whose failure made this one skipped or cancelled, else None.
    """

    name: str
    status: str
    attempts: int
    started: int | None
    finished: int
    blame: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A whole dry run: events in the order in which they happened, results in the order of declaration."""

    events: tuple[Event, ...]
    results: Mapping[str, Result]
    makespan: int


class WorkflowError(ValueError):
    """A workflow that cannot be run; `problems` holds a sentence for each thing that is wrong."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class CycleError(WorkflowError):
    """Tasks that wait for one another; `cycle` holds their names, each waiting for the next, the first one repeated last."""

    def __init__(self, cycle: tuple[str, ...]) -> None:
        super().__init__((f"cycle: {' -> '.join(cycle)}",))
        self.cycle = cycle

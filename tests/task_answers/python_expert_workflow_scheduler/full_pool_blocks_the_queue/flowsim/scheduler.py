"""The dry run itself."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flowsim import graph
from flowsim.model import Event, Result, Run, Task, Trace

Runner = Callable[[Task, int], Run]

_EVENTS = {"skipped": "skip", "cancelled": "cancel"}


def check(tasks: Iterable[Task]) -> None:
    """Raises WorkflowError, or CycleError, when the tasks do not make a workflow."""
    graph.validate(list(tasks))


def simulate(
    tasks: Iterable[Task],
    *,
    workers: int = 1,
    run: Runner | None = None,
    limits: Mapping[str, int] | None = None,
    fail_fast: bool = False,
) -> Trace:
    """The dry run of a workflow on `workers` workers.

    `run` tells what each attempt would do; without it every attempt lasts its task's duration and succeeds. `limits`
    bounds the attempts of a pool that run at once. Raises WorkflowError for a bad workflow, ValueError for a bad bound,
    and whatever `run` raises.
    """
    tasks = list(tasks)
    graph.validate(tasks)
    if workers < 1:
        raise ValueError(f"a dry run needs at least one worker, got {workers}")
    for pool, limit in (limits or {}).items():
        if limit < 1:
            raise ValueError(f"the limit of pool {pool!r} must be at least 1, got {limit}")
    runner = run or (lambda task, attempt: Run(task.duration))
    return _Simulation(tasks, workers, runner, limits or {}, fail_fast).trace()


@dataclass(slots=True)
class _State:
    """What is known of one task while the clock runs."""

    task: Task
    index: int
    urgency: int
    waiting: int  # unsettled tasks that it waits for
    attempts: int = 0
    started: int | None = None
    running: bool = False
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a running attempt will end."""

    kind: str
    worker: int


class _Simulation:
    def __init__(
        self,
        tasks: Sequence[Task],
        workers: int,
        run: Runner,
        limits: Mapping[str, int],
        fail_fast: bool,
    ) -> None:
        urgency = graph.urgencies(tasks)
        self._states = [
            _State(task, index, urgency[task.name], len(graph.waits(task)))
            for index, task in enumerate(tasks)
        ]
        self._by_name = {state.task.name: state for state in self._states}
        self._needed_by = graph.reverse({t.name: tuple(dict.fromkeys(t.needs)) for t in tasks})
        self._awaited_by = graph.reverse({task.name: graph.waits(task) for task in tasks})
        self._run = run
        self._room = dict(limits)
        self._fail_fast = fail_fast
        self._stopped = False
        self._free = list(range(workers))
        self._now = 0
        self._events: list[Event] = []
        # Heaps of indexes: who is ready, by pool and urgency; who ends, and who may be tried again, by time.
        self._ready: dict[str | None, list[tuple[int, int]]] = {}
        self._endings: list[tuple[int, int, _Ending]] = []
        self._retries: list[tuple[int, int]] = []

    def trace(self) -> Trace:
        for state in self._states:
            if not state.waiting:
                self._make_ready(state)
        self._start_what_can_start()
        while self._endings or self._retries:
            self._now = min(heap[0][0] for heap in (self._endings, self._retries) if heap)
            while self._endings and self._endings[0][0] == self._now:
                _, index, ending = heapq.heappop(self._endings)
                self._end(self._states[index], ending)
            while self._retries and self._retries[0][0] == self._now:
                self._make_ready(self._states[heapq.heappop(self._retries)[1]])
            self._start_what_can_start()
        results = {state.task.name: state.result for state in self._states if state.result}
        makespan = self._events[-1].time if self._events else 0
        return Trace(events=tuple(self._events), results=results, makespan=makespan)

    def _make_ready(self, state: _State) -> None:
        # A pool without a limit never blocks, so all such tasks can share one queue.
        pool = state.task.pool if state.task.pool in self._room else None
        heapq.heappush(self._ready.setdefault(pool, []), (-state.urgency, state.index))

    def _start_what_can_start(self) -> None:
        while self._free:
            heads = [
                (queue[0], pool)
                for pool, queue in self._ready.items()
                if queue
            ]
            if not heads:
                return
            _, pool = min(heads, key=lambda head: head[0])
            if pool is not None and self._room[pool] <= 0:
                return
            _, index = heapq.heappop(self._ready[pool])
            self._start(self._states[index])

    def _start(self, state: _State) -> None:
        task = state.task
        worker = heapq.heappop(self._free)
        if task.pool in self._room:
            self._room[task.pool] -= 1
        state.attempts += 1
        state.running = True
        if state.started is None:
            state.started = self._now
        self._events.append(Event(self._now, "start", task.name, state.attempts, worker))
        outcome = self._run(task, state.attempts)
        length, kind = outcome.duration, "succeed" if outcome.ok else "fail"
        if task.timeout is not None and length > task.timeout:
            length, kind = task.timeout, "timeout"
        heapq.heappush(self._endings, (self._now + length, state.index, _Ending(kind, worker)))

    def _end(self, state: _State, ending: _Ending) -> None:
        task = state.task
        heapq.heappush(self._free, ending.worker)
        if task.pool in self._room:
            self._room[task.pool] += 1
        state.running = False
        self._events.append(Event(self._now, ending.kind, task.name, state.attempts, ending.worker))
        if ending.kind == "succeed":
            self._close([state], "succeeded")
            self._release([state])
        elif state.attempts <= task.retries and not self._stopped:
            wait = task.backoff * 2 ** (state.attempts - 1)
            heapq.heappush(self._retries, (self._now + wait, state.index))
        else:
            self._fail(state)

    def _fail(self, state: _State) -> None:
        name = state.task.name
        doomed = graph.reachable(name, self._needed_by)
        skipped = [s for s in self._states if s.task.name in doomed and not s.result]
        self._close([state], "failed")
        self._close(skipped, "skipped", blame=name)
        # Only now: a task that is to be skipped must not become ready because what it needs is settled.
        self._release([state, *skipped])
        if self._fail_fast and not self._stopped:
            self._stopped = True
            rest = [s for s in self._states if not s.result and not s.running]
            self._close(rest, "cancelled", blame=name)
            self._ready.clear()
            self._retries.clear()

    def _close(self, states: Sequence[_State], status: str, *, blame: str | None = None) -> None:
        """Writes the results of settled tasks down, and an event for those that blame another."""
        for state in states:
            name = state.task.name
            state.result = Result(
                name=name,
                status=status,
                attempts=state.attempts,
                started=state.started,
                finished=self._now,
                blame=blame,
            )
            if status in _EVENTS:
                self._events.append(Event(self._now, _EVENTS[status], name))

    def _release(self, settled: Sequence[_State]) -> None:
        """Makes ready whatever waited for nothing but these."""
        for state in settled:
            for name in self._awaited_by[state.task.name]:
                follower = self._by_name[name]
                follower.waiting -= 1
                if not follower.waiting and not follower.result:
                    self._make_ready(follower)

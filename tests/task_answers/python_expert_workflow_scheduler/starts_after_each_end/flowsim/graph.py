"""The graph of a workflow: who waits for whom, what is wrong with it, and how urgent each task is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flowsim.model import CycleError, Task, WorkflowError

Edges = Mapping[str, Sequence[str]]


def waits(task: Task) -> tuple[str, ...]:
    """The names of all tasks that a task waits for, each once."""
    return tuple(dict.fromkeys(task.needs + task.after))


def reverse(edges: Edges) -> dict[str, list[str]]:
    """The same edges backwards; the targets keep the order of the sources."""
    backwards: dict[str, list[str]] = {name: [] for name in edges}
    for source, targets in edges.items():
        for target in targets:
            backwards[target].append(source)
    return backwards


def validate(tasks: Sequence[Task]) -> None:
    """Raises WorkflowError for duplicates and unknown names, else CycleError for the canonical cycle, if there is one."""
    problems = tuple(_problems(tasks))
    if problems:
        raise WorkflowError(problems)
    cycle = _shortest_cycle({task.name: waits(task) for task in tasks})
    if cycle:
        raise CycleError(cycle)


def _problems(tasks: Sequence[Task]) -> Iterable[str]:
    known = {task.name for task in tasks}
    seen: dict[str, int] = {}
    for task in tasks:
        seen[task.name] = seen.get(task.name, 0) + 1
        if seen[task.name] == 2:
            yield f"duplicate task {task.name!r}"
        for verb, names in (("needs", task.needs), ("runs after", task.after)):
            for name in dict.fromkeys(names):
                if name not in known:
                    yield f"task {task.name!r} {verb} unknown task {name!r}"


def _shortest_cycle(edges: Edges) -> tuple[str, ...]:
    """The shortest cycle, the alphabetically first of several; () if there is none.

    Each name in turn is taken as the smallest of its cycle and then leaves the graph, together with whatever is on no
    cycle any more, so that a single large ring is walked once and not once for each of its members.
    """
    backwards = reverse(edges)
    live = set(edges)
    _peel(live, edges, backwards, live)
    best: tuple[str, ...] = ()
    for name in sorted(live):
        if name not in live:
            continue
        cycle = _cycle_through(name, live, edges, backwards)
        if cycle and (not best or len(cycle) < len(best)):
            best = cycle
        live.discard(name)
        _peel(live, edges, backwards, [*edges[name], *backwards[name]])
    return best


def _peel(live: set[str], edges: Edges, backwards: Edges, suspects: Iterable[str]) -> None:
    """Takes out of `live` all names that cannot be on a cycle, beginning with the suspects."""
    stack = list(suspects)
    while stack:
        name = stack.pop()
        if name not in live or (
            any(n in live for n in edges[name]) and any(n in live for n in backwards[name])
        ):
            continue
        live.discard(name)
        stack += [*edges[name], *backwards[name]]


def _cycle_through(name: str, live: set[str], edges: Edges, backwards: Edges) -> tuple[str, ...]:
    """The alphabetically first of the shortest cycles through a name; () if there is none."""
    distance = {name: 0}
    ring = [name]
    while ring:
        reached = []
        for target in ring:
            for source in backwards[target]:
                if source in live and source not in distance:
                    distance[source] = distance[target] + 1
                    reached.append(source)
        ring = reached
    starts = [n for n in edges[name] if n in distance]
    if not starts:
        return ()
    cycle = [name, min(starts, key=lambda n: (distance[n], n))]
    while cycle[-1] != name:
        here = cycle[-1]
        cycle.append(min(n for n in edges[here] if distance.get(n) == distance[here] - 1))
    return tuple(cycle)


def urgencies(tasks: Sequence[Task]) -> dict[str, int]:
    """For each task the highest priority among itself and all that wait for it. The graph has no cycle."""
    edges = {task.name: waits(task) for task in tasks}
    urgency = {task.name: task.priority for task in tasks}
    waiting = {name: len(sources) for name, sources in reverse(edges).items()}
    done = [name for name, count in waiting.items() if not count]
    while done:
        name = done.pop()
        for target in edges[name]:
            urgency[target] = max(urgency[target], urgency[name])
            waiting[target] -= 1
            if not waiting[target]:
                done.append(target)
    return urgency


def reachable(name: str, edges: Edges) -> set[str]:
    """All names that can be reached from a name, without itself. The graph has no cycle."""
    found: set[str] = set()
    stack = [name]
    while stack:
        for target in edges[stack.pop()]:
            if target not in found:
                found.add(target)
                stack.append(target)
    return found

"""Which machine-made mutants are tried: a sample by a seed, spread over the places of the code. Pure."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Position = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Candidate:
    """One change that the mutation tool can make. start, end: (line from 1, column from 0). job: its id, new in each session.

    definition: the function or class that it is in, or "".
    """

    file: str
    start: Position
    end: Position
    operator: str
    occurrence: int
    definition: str
    job: str


def candidates(dump: str) -> tuple[Candidate, ...]:
    """The candidates in a session's dump, JSON lines of [work item, result]."""
    return tuple(candidate(pair[0]) for pair in pairs(dump))


def pairs(dump: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """A session's work items with their results, None where there is none yet."""
    import json

    for line in dump.splitlines():
        if line.strip():
            item, result = json.loads(line)
            yield item, result


def candidate(item: Mapping[str, Any]) -> Candidate:
    """A work item of the mutation tool as a candidate."""
    (change,) = item["mutations"]
    return Candidate(
        file=change["module_path"],
        start=tuple(change["start_pos"]),
        end=tuple(change["end_pos"]),
        operator=change["operator_name"].removeprefix("core/"),
        occurrence=change["occurrence"],
        definition=change["definition_name"] or "",
        job=item["job_id"],
    )


def sample(found: Sequence[Candidate], *, limit: int, seed: int) -> tuple[Candidate, ...]:
    """At most ``limit`` candidates, the same for the same seed, in the order of the code.

    Places are drawn first, then one change at each, and a second at a place only once every place has had one: a single
    sum has a dozen changes, which would otherwise crowd out a comparison that has a few.
    """
    draw = random.Random(seed)
    places: dict[tuple[str, Position], list[Candidate]] = {}
    # Ids differ between sessions, so that they must not decide about the order.
    for one in sorted(found, key=lambda one: (one.file, one.start, one.end, one.operator, one.occurrence)):
        places.setdefault((one.file, one.start), []).append(one)
    queues = list(places.values())
    for queue in queues:
        draw.shuffle(queue)
    draw.shuffle(queues)
    taken: list[Candidate] = []
    while len(taken) < limit and any(queues):
        taken += [queue.pop() for queue in queues if queue][: limit - len(taken)]
    return tuple(sorted(taken))


def without_annotations(found: Sequence[Candidate], sources: Mapping[str, str]) -> tuple[Candidate, ...]:
    """The candidates that are no part of a type annotation: those change nothing that a test could see.

    sources: the text of each file. A file that does not parse keeps all of its candidates.
    """
    spans = {path: annotation_spans(text) for path, text in sources.items()}
    return tuple(
        one for one in found if not any(start <= one.start and one.end <= end for start, end in spans.get(one.file, ()))
    )


def annotation_spans(source: str) -> tuple[tuple[Position, Position], ...]:
    """Where the annotations of parameters, results and variables stand; (), where the text is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()
    # What ast counts in bytes the mutation tool counts in characters.
    lines = [line.encode() for line in source.splitlines(keepends=True)]

    def place(row: int, column: int) -> Position:
        return row, len(lines[row - 1][:column].decode("utf-8", "replace"))

    return tuple(
        (place(one.lineno, one.col_offset), place(one.end_lineno or one.lineno, one.end_col_offset or 0))
        for node in ast.walk(tree)
        for one in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(one, ast.expr)
    )

"""Mutants made by hand: the solution with one replacement each, which the tests must tell from the solution."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from swebench_lite.catalog import CatalogTask
from swebench_lite.documents import Strict, Text, from_toml
from swebench_lite.errors import DatasetError, PatchRefused
from swebench_lite.patches.building import as_patch
from swebench_lite.records import Files, Patch
from swebench_lite.trees import MemoryTree

NOTE = "mutants.toml"
_Exact = Annotated[str, StringConstraints(min_length=1)]


class _Entry(Strict):
    file: _Exact
    find: _Exact
    replace: str
    why: Text


class _Note(Strict):
    mutant: list[_Entry] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """The solution of a task with one replacement. number: its place in the file, from 1. why: what is wrong with it."""

    task_id: str
    number: int
    file: str
    find: str
    replace: str
    why: str
    patch: Patch


def read_mutants(answers: Path, task: CatalogTask) -> tuple[tuple[Mutant, ...], tuple[str, ...]]:
    """The mutants in ``answers/<task_id>/mutants.toml``, and a sentence for each one that cannot be made.

    Raises DatasetError, which names the file, where it is not there or cannot be read.
    """
    file = answers / task.task_id / NOTE
    if not file.exists():
        raise DatasetError(f"{file} is not there; write mutants of the solution into it")
    entries = from_toml(_Note, file).mutant
    mutants: list[Mutant] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        made = _made(task, number, entry)
        if isinstance(made, Mutant):
            mutants.append(made)
        else:
            problems.append(f"{file}, mutant {number} ({entry.why}): {made}")
    return tuple(mutants), tuple(problems)


def _made(task: CatalogTask, number: int, entry: _Entry) -> Mutant | str:
    """The mutant, or why there is none."""
    before = task.solution.get(entry.file, task.workspace.get(entry.file))
    if before is None:
        return f"neither the solution nor the workspace has a file '{entry.file}'"
    place = before.find(entry.find)
    if place < 0:
        return f"its `find` does not occur in {entry.file}"
    # Overlapping places count too: which of them is meant would be a guess.
    if before.find(entry.find, place + 1) >= 0:
        return f"its `find` occurs more than once in {entry.file}; make it longer"
    if entry.find == entry.replace:
        return "its `replace` is its `find`, so it is the solution itself"
    after = before[:place] + entry.replace + before[place + len(entry.find) :]
    files = {**task.solution, entry.file: after}
    changed = {path: text for path, text in files.items() if task.workspace.get(path) != text}
    if not changed:
        return "it is the untouched workspace, which is judged anyway"
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    try:
        patch = as_patch(Files(contents=tuple(changed.items())), tree)
    except PatchRefused as error:
        return f"it cannot be written as a patch: {error}"
    return Mutant(
        task_id=task.task_id, number=number, file=entry.file, find=entry.find, replace=entry.replace, why=entry.why,
        patch=patch,
    )  # fmt: skip

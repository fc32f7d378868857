"""Runs a task's solution and its untouched workspace to see which tests there are, and writes them into its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from swebench_lite.backends import Backends
from swebench_lite.errors import DatasetError
from swebench_lite.folders import instance_of
from swebench_lite.grade import official
from swebench_lite.prepare import prepare
from swebench_lite.records import Instance, Status
from swebench_lite.settings import Settings
from swebench_lite.store.files import write_atomic

if TYPE_CHECKING:
    from swebench_lite.catalog import CatalogTask

_GOOD = frozenset({Status.PASSED, Status.XFAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What each test did on a task's solution and on its untouched workspace. may_skip: tests that some machines skip."""

    solved: Mapping[str, Status]
    untouched: Mapping[str, Status]
    may_skip: frozenset[str]

    def keeps(self, name: str) -> bool:
        """Whether a test counts as one that worked before. Of one that is skipped nobody can tell, and it harms nobody there."""
        return self.solved[name] is Status.SKIPPED or name in self.may_skip or self.untouched.get(name) in _GOOD

    def on_solution(self, name: str) -> str:
        """In brackets, that a test fails on the solution."""
        return "" if self.solved[name] in {*_GOOD, Status.SKIPPED} else " (it fails on the solution)"


def write_lists(task: CatalogTask, settings: Settings) -> tuple[int, int]:
    """Write FAIL_TO_PASS and PASS_TO_PASS into a task's metadata; returns how many of each.

    A test that the solution's run skips counts as one to keep: whether it can run is the machine's affair. Raises DatasetError
    where the solution does not pass whole or changes no test, NoEnvironment where nothing runs it, and what sandboxes raise.
    """
    shown = _shown(task, settings)
    solved = shown.solved
    broken = [name for name, status in solved.items() if status not in {*_GOOD, Status.SKIPPED}]
    if broken or not solved:
        what = f"fails {len(broken)} of {len(solved)} tests, first {broken[0]}" if broken else "shows no test at all"
        raise DatasetError(f"{task.folder / task.metadata.solution_dir}: the solution {what}; nothing was written")
    kept = [name for name in solved if shown.keeps(name)]
    mended = [name for name in solved if not shown.keeps(name)]
    if not mended:
        raise DatasetError(f"{task.folder}: every test passes on the untouched workspace; nothing was written")
    file = task.folder / "metadata.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document |= {"FAIL_TO_PASS": mended, "PASS_TO_PASS": kept}
    write_atomic(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return len(mended), len(kept)


def stale(instance: Instance, shown: Shown) -> tuple[str, ...]:
    """What a task's two lists say otherwise than a run showed, a sentence each; nothing where they fit."""
    to_mend, to_keep = set(instance.fail_to_pass), set(instance.pass_to_pass)
    seen = tuple(shown.solved)
    found = (
        ("in neither list", [one for one in seen if one not in to_mend | to_keep]),
        ("in FAIL_TO_PASS, and belongs in PASS_TO_PASS", [one for one in seen if one in to_mend and shown.keeps(one)]),
        ("in PASS_TO_PASS, and fails untouched", [one for one in seen if one in to_keep and not shown.keeps(one)]),
    )
    said = [
        f"{names[0]} is {what}{f' (and {len(names) - 1} more)' if names[1:] else ''}{shown.on_solution(names[0])}"
        for what, names in found
        if names
    ]
    return (*said, "`tasks check --write` brings the lists up to date") if said else ()


def _shown(task: CatalogTask, settings: Settings) -> Shown:
    """What each test does on the solution and on the untouched workspace."""
    instance = replace(instance_of(task, settings), fail_to_pass=(), pass_to_pass=())
    with Backends(settings=settings, use_cache=False) as backends:
        # Without a required test nothing is valid, but the run of the solution is all there.
        prepared = prepare(instance, backends, fresh=True)
        if prepared.oracle is None or prepared.environment is None:
            raise DatasetError(f"{task.folder}: the solution cannot be tested: {prepared.reason}")
        execution, _ = backends.execute(replace(prepared, valid=True).work(None, backends), fresh=True)
    return Shown(
        solved=prepared.oracle.statuses,
        untouched=official(prepared.instance, execution.log).statuses,
        may_skip=frozenset(task.metadata.eval.may_skip),
    )

"""Runs a task's solution and its untouched workspace to see which tests there are, and writes them into its metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from swebench_lite.backends import Backends
from swebench_lite.catalog import CatalogTask
from swebench_lite.errors import DatasetError
from swebench_lite.folders import instance_of
from swebench_lite.grade import official
from swebench_lite.prepare import prepare
from swebench_lite.records import Status
from swebench_lite.settings import Settings
from swebench_lite.store.files import write_atomic

_GOOD = frozenset({Status.PASSED, Status.XFAIL})


def write_lists(task: CatalogTask, settings: Settings) -> tuple[int, int]:
    """Write FAIL_TO_PASS and PASS_TO_PASS into a task's metadata; returns how many of each.

    A test that the solution's run skips counts as one to keep: whether it can run is the machine's affair. Raises DatasetError
    where the solution does not pass whole or changes no test, NoEnvironment where nothing runs it, and what sandboxes raise.
    """
    solved, untouched = _statuses(task, settings)
    broken = [name for name, status in solved.items() if status not in {*_GOOD, Status.SKIPPED}]
    if broken or not solved:
        what = f"fails {len(broken)} of {len(solved)} tests, first {broken[0]}" if broken else "shows no test at all"
        raise DatasetError(f"{task.folder / task.metadata.solution_dir}: the solution {what}; nothing was written")
    skipped = {name for name, status in solved.items() if status is Status.SKIPPED}
    kept = [
        name
        for name in solved
        if name in skipped or name in task.metadata.eval.may_skip or untouched.get(name) in _GOOD
    ]
    mended = [name for name in solved if name not in set(kept)]
    if not mended:
        raise DatasetError(f"{task.folder}: every test passes on the untouched workspace; nothing was written")
    file = task.folder / "metadata.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document |= {"FAIL_TO_PASS": mended, "PASS_TO_PASS": kept}
    write_atomic(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return len(mended), len(kept)


def _statuses(task: CatalogTask, settings: Settings) -> tuple[Mapping[str, Status], Mapping[str, Status]]:
    """What each test does on the solution and on the untouched workspace."""
    instance = replace(instance_of(task, settings), fail_to_pass=(), pass_to_pass=())
    with Backends(settings=settings, use_cache=False) as backends:
        # Without a required test nothing is valid, but the run of the solution is all there.
        prepared = prepare(instance, backends, fresh=True)
        if prepared.oracle is None or prepared.environment is None:
            raise DatasetError(f"{task.folder}: the solution cannot be tested: {prepared.reason}")
        execution, _ = backends.execute(replace(prepared, valid=True).work(None, backends), fresh=True)
    return prepared.oracle.statuses, official(prepared.instance, execution.log).statuses

"""Which tasks are proven, and what their files are once they are solved."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from swebench_lite.catalog import CatalogTask, read_catalog
from swebench_lite.errors import UsageError, unknown
from swebench_lite.settings import bundled

PYTHON = "python"


def chosen(names: Sequence[str], folder: Path | None, *, language: str | None = None) -> tuple[CatalogTask, ...]:
    """The named tasks of a folder in its order, all of them where none is named. folder: None is the project's own.

    language: the only one that will do; tasks of others are left out unless they are named. Raises UsageError for an
    unknown name, a named task of another language, and where nothing is left; DatasetError where a chosen task is broken.
    """
    place = folder.expanduser().absolute() if folder else bundled("tasks")
    found = read_catalog(place)
    known = {task.task_id: task for task in found.tasks}
    broken = [text for text in found.problems if not names or not set(names).isdisjoint(re.split(r"[/:\s]", text))]
    if broken:
        raise UsageError(broken[0])
    for name in names:
        if name not in known:
            raise UsageError(unknown("task", name, known))
        spoken = known[name].metadata.language
        if language and spoken != language:
            raise UsageError(f"{name} is written in {spoken}; this proof is for {language} tasks, choose one of those")
    wanted = set(names) or {name for name, task in known.items() if language in {None, task.metadata.language}}
    if not wanted:
        raise UsageError(f"{place} holds no task in {language}; name another folder")
    return tuple(task for name, task in known.items() if name in wanted)


def solved(task: CatalogTask) -> Mapping[str, str]:
    """The text of every file of a task by its path: workspace, solution over it, tests over both."""
    return {**task.workspace, **task.solution, **task.tests}


def modules(task: CatalogTask) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Python files that the solution changes or adds, and those of the workspace that it leaves alone; no tests."""
    into = task.metadata.eval.tests_into
    code = [
        path
        for path in sorted(solved(task))
        if path.endswith(".py") and path not in task.tests and (into == "." or not path.startswith(f"{into}/"))
    ]
    own = tuple(path for path in code if path in task.solution and task.workspace.get(path) != task.solution[path])
    return own, tuple(path for path in code if path not in own)

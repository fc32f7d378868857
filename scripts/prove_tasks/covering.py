"""A Python task -> the lines and branches of its solution that the hidden tests reach, sub-processes included."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prove_tasks.choosing import modules
from prove_tasks.places import PYTEST, Finished, ProofError, environment, lay_out, run, tail, test_line, variables
from swebench_lite.catalog import CatalogTask

COVERAGE = "coverage==7.17.3"
_SLOWER = 4.0  # how much longer than its limit a measured run may take
_SETTINGS = """[run]
branch = true
parallel = true
data_file = {data}
source = {tree}
concurrency = thread, multiprocessing
sigterm = true
patch = _exit, execv, fork
[report]
include_namespace_packages = true
ignore_errors = false
"""
# Read by every interpreter of the environment as it starts, even where a test hands none of its variables on.
_HOOK = "import os; os.environ['COVERAGE_PROCESS_START'] = {settings!r}; import coverage; coverage.process_startup()\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReach:
    """What the tests reach of a file. Counts of lines and branches; missing in the words of ``missing_text``."""

    path: str
    lines: int
    lines_reached: int
    branches: int
    branches_reached: int
    missing: str

    @property
    def percent(self) -> float:
        """Lines and branches together, as coverage.py reckons them; 100 for a file without code."""
        return share((self,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What the tests reach of a task. own: files that the solution changes or adds. beside: the workspace's others."""

    task_id: str
    own: tuple[FileReach, ...]
    beside: tuple[FileReach, ...]
    seconds: float

    @property
    def percent(self) -> float:
        """Of the solution's files."""
        return share(self.own)


def share(files: tuple[FileReach, ...]) -> float:
    """The part of lines and branches that is reached, in percent; 100 where there are none."""
    every = sum(one.lines + one.branches for one in files)
    return 100.0 * sum(one.lines_reached + one.branches_reached for one in files) / every if every else 100.0


def cover(task: CatalogTask) -> Reach:
    """Run a task's hidden tests on its solution under coverage.py. Raises ProofError where they do not pass so."""
    with tempfile.TemporaryDirectory(prefix="prove-tasks-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        tree, data = folder / "tree", folder / "data"
        lay_out(task, tree)
        data.mkdir()
        python = environment(folder / "python", (PYTEST, COVERAGE, *task.metadata.dependencies))
        settings = folder / "coverage.ini"
        settings.write_text(_SETTINGS.format(data=data / "reached", tree=tree))
        hook = _site_packages(python) / "prove_tasks.pth"
        hook.write_text(_HOOK.format(settings=str(settings)))
        environ = variables(python, folder / "home")
        limit = _SLOWER * task.metadata.eval.timeout_seconds
        done = run(["sh", "-c", test_line(task)], cwd=tree, environ=environ, seconds=limit)
        hook.unlink()
        if done.status != 0:
            raise ProofError(f"{task.task_id}: {_failed(done, limit)}")
        report = _report(task, python, settings, tree, environ)
    own, beside = modules(task)
    return Reach(
        task_id=task.task_id,
        own=tuple(reach_of(path, report) for path in own),
        beside=tuple(reach_of(path, report) for path in beside),
        seconds=round(done.seconds, 2),
    )


def reach_of(path: str, report: Mapping[str, Any]) -> FileReach:
    """What coverage.py's JSON report says of a file. Raises ProofError where it does not know the file."""
    found = report["files"].get(path)
    if found is None:
        raise ProofError(f"coverage.py does not report on {path}; see that it is Python that parses")
    said = found["summary"]
    return FileReach(
        path=path,
        lines=said["num_statements"],
        lines_reached=said["covered_lines"],
        branches=said["num_branches"],
        branches_reached=said["covered_branches"],
        missing=missing_text(found["missing_lines"], found["missing_branches"]),
    )


def missing_text(lines: list[int], branches: list[list[int]]) -> str:
    """What is not reached: ``3, 7-9, 12->14``. Branches are named where both their ends count; a negative end is an exit."""
    gaps = set(lines)
    spans: list[list[int]] = []
    for line in sorted(gaps):
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    words = [str(first) if first == last else f"{first}-{last}" for first, last in spans]
    # A branch from or to a line that is missing anyway says nothing more.
    words += [
        f"{start}->{end if end > 0 else 'exit'}"
        for start, end in sorted(map(tuple, branches))
        if start not in gaps and end not in gaps
    ]
    return ", ".join(words)


def _report(
    task: CatalogTask, python: Path, settings: Path, tree: Path, environ: Mapping[str, str]
) -> Mapping[str, Any]:
    file = settings.with_name("report.json")
    for words in (["combine", "--quiet"], ["json", "--quiet", "-o", str(file)]):
        command = [str(python), "-m", "coverage", words[0], f"--rcfile={settings}", *words[1:]]
        done = run(command, cwd=tree, environ=environ, seconds=300)
        if done.status != 0:
            raise ProofError(f"{task.task_id}: coverage {words[0]} fails: {tail(done.output)}")
    document: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def _site_packages(python: Path) -> Path:
    return next((python.parent.parent / "lib").glob("python3*/site-packages"))


def _failed(done: Finished, limit: float) -> str:
    if done.status is None:
        return f"its tests take more than {limit:,.0f} s while they are measured"
    return f"the solution's tests end with status {done.status} while they are measured: {tail(done.output)}"

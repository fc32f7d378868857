"""CatalogTask -> Instance: the tests and the solution become patches to the tree that the workspace is. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from swebench_lite.catalog.nouns import DATASET, LANGUAGES, CatalogTask
from swebench_lite.errors import DatasetError, PatchRefused
from swebench_lite.patches.building import exact_patch
from swebench_lite.records import Instance, Source
from swebench_lite.trees import MemoryTree

# The log reader of each language's usual runner.
_READERS: Mapping[str, str] = {
    "python": "parse_log_pytest",
    "javascript": "node_test",
    "html": "node_test",
    "go": "parse_log_gotest",
    "rust": "parse_log_cargo",
    "cpp": "cpp_test",
}


def repo_name(task: CatalogTask) -> str:
    """The name under which a task's workspace is kept among the mirrors."""
    return f"{DATASET}/{task.task_id}"


def reader_of(task: CatalogTask) -> str:
    """The log reader of its tests."""
    return task.metadata.eval.reader or _READERS[task.metadata.language]


def to_instance(task: CatalogTask, *, base_commit: str, dataset: str = DATASET) -> Instance:
    """The task as an instance. base_commit: the commit whose tree is the workspace.

    Raises DatasetError where the solution or the tests cannot be written as a change to the workspace.
    """
    metadata = task.metadata
    return Instance(
        instance_id=task.task_id,
        source=Source.WORKSPACE,
        dataset=dataset,
        repo=repo_name(task),
        base_commit=base_commit,
        problem_statement=task.instructions,
        patch=_patch(task, task.solution, "the solution"),
        test_patch=_patch(task, task.tests, "the tests"),
        fail_to_pass=tuple(metadata.FAIL_TO_PASS),
        pass_to_pass=tuple(metadata.PASS_TO_PASS),
        log_parser=reader_of(task),
        language=LANGUAGES[metadata.language],
        test_command=_command(task),
        difficulty=metadata.difficulty,
        category=metadata.type,
        timeout=metadata.eval.timeout_seconds,
        dependencies=tuple(metadata.dependencies),
        # No patch names these, yet an answer may have changed them.
        kept_tests=tuple(sorted(path for path, text in task.tests.items() if task.workspace.get(path) == text)),
    )


def _patch(task: CatalogTask, files: Mapping[str, str], what: str) -> str:
    tree = MemoryTree({path: text.encode() for path, text in task.workspace.items()})
    try:
        return exact_patch(files, tree)
    except PatchRefused as error:
        raise DatasetError(f"{task.folder}: {what} cannot be laid over the workspace: {error}") from error


def _command(task: CatalogTask) -> str:
    """The test command as one line of shell, which leaves the shell where it was."""
    how = task.metadata.eval
    words = [f"{name}={shlex.quote(value)}" for name, value in sorted(how.env.items())]
    line = " ".join([*(["env", *words] if words else []), shlex.join(how.command)])
    return line if how.working_dir == "." else f"(cd {shlex.quote(how.working_dir)} && {line})"

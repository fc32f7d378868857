"""Task folders -> CatalogTasks. One broken task is a problem with its name and file, and stops no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swebench_lite.catalog.instances import reader_of
from swebench_lite.catalog.nouns import CatalogTask, Metadata
from swebench_lite.documents import from_json
from swebench_lite.errors import DatasetError
from swebench_lite.patches.names import in_git_folder
from swebench_lite.toolchains import READERS, pytest

METADATA, INDEX = "metadata.json", "catalog.json"
_LARGEST = 1_000_000  # bytes of one file; a task is read by people and shown to models
# What tools leave behind beside the files that somebody wrote.
_LEAVINGS = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", "node_modules", ".DS_Store"})
# Bytes that are not UTF-8, control characters, and a quote at the start, which git takes for that of a quoted name.
_ODD_NAME = re.compile('[\ud800-\udfff\x00-\x1f\x7f-\x9f]|^"')
_LINK = "{} is a link; a task holds plain files only"
# In pytest's summary a skipped test has no id: skips are counted by their places.
_GIVE_SKIPS_NO_ID = frozenset(
    {pytest.enums_by_value, pytest.options, pytest.passed_or_failed, pytest.plain, pytest.whole_line}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The tasks of a folder, in the order of their names, and what is wrong with the others, a sentence each."""

    folder: Path
    tasks: tuple[CatalogTask, ...]
    problems: tuple[str, ...] = ()


def is_catalog(folder: Path) -> bool:
    """Whether a path is a task's folder, or a folder that holds such folders."""
    return folder.is_dir() and bool(_places(folder))


def read_catalog(folder: Path) -> Catalog:
    """The tasks in a folder of task folders, or the one task whose folder it is.

    Raises DatasetError where the folder holds no task at all.
    """
    places = _places(folder) if folder.is_dir() else []
    if not places:
        raise DatasetError(f"{folder} holds no task; a task is a folder with a file {METADATA} in it")
    tasks: dict[str, CatalogTask] = {}
    problems: list[str] = []
    # Of a task and a link to it, the folder itself counts.
    for place in sorted(places, key=lambda one: (one.is_symlink(), one)):
        try:
            task = read_task(place)
        except DatasetError as error:
            problems.append(str(error))
            continue
        if task.task_id in tasks:
            problems.append(f"{place} is the task '{task.task_id}' again, like {tasks[task.task_id].folder}; keep one")
        else:
            tasks[task.task_id] = task
    return Catalog(folder=folder, tasks=tuple(tasks[name] for name in sorted(tasks)), problems=tuple(problems))


def read_task(place: Path) -> CatalogTask:
    """The task in a folder. Raises DatasetError that names the task, the file and what to mend in it."""
    metadata = _metadata(_plain(place, METADATA))
    name = place.resolve().name
    if metadata.task_id != name:
        raise DatasetError(
            f"{place / METADATA}, key 'task_id': '{metadata.task_id}' is not the name of its folder, '{name}'"
        )
    into = metadata.eval.tests_into
    tests = _needed(_plain(place, metadata.tests_dir), "tests")
    task = CatalogTask(
        folder=place,
        metadata=metadata,
        instructions=_text(_plain(place, metadata.instructions_file)),
        workspace=_needed(_plain(place, metadata.workspace_dir), "files to start from"),
        tests={path if into == "." else f"{into}/{path}": text for path, text in tests.items()},
        solution=_needed(_plain(place, metadata.solution_dir), "reference solution"),
    )
    _check(task)
    return task


def read_answer_files(folder: Path, *, leave_out: frozenset[str] = frozenset()) -> Mapping[str, str]:
    """The text files below a folder by their relative path, without what tools leave behind.

    leave_out: names at the top that are no part of the answer. Raises DatasetError for a link, for a name that git would not
    keep or read otherwise, and for what is no text.
    """
    found: dict[str, str] = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if _LEAVINGS & set(path.parts) or path.as_posix() in leave_out:
            continue
        if file.is_symlink():
            raise DatasetError(_LINK.format(file))
        if _ODD_NAME.search(path.as_posix()) or in_git_folder(path.as_posix()):
            # In ASCII: a name that no encoding explains could not be printed.
            raise DatasetError(f"{folder} holds {path.as_posix()!a}, a name that no file of a task may have; rename it")
        if file.is_file():
            found[path.as_posix()] = _text(file)
    return found


def _places(folder: Path) -> list[Path]:
    try:
        if (folder / METADATA).is_file():
            return [folder]
        # A task whose metadata is missing must be named, not passed over in silence.
        return sorted(
            one
            for one in folder.iterdir()
            if one.is_dir() and ((one / METADATA).is_file() or (one / "instructions.md").is_file())
        )
    except OSError as error:
        raise DatasetError(f"cannot look into {folder}: {error.strerror or error}") from error


def _metadata(file: Path) -> Metadata:
    return from_json(Metadata, _text(file), file)


def _plain(place: Path, path: str) -> Path:
    """The file or folder of a task. Raises DatasetError where it is a link, or is reached by one."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        if (one := place.joinpath(*parts[:end])).is_symlink():
            raise DatasetError(_LINK.format(one))
    return place / path


def _needed(folder: Path, what: str) -> Mapping[str, str]:
    found = read_answer_files(folder) if folder.is_dir() else {}
    if not found:
        raise DatasetError(f"{folder} holds no {what}; a task needs them")
    return found


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise DatasetError(
                f"{file} is larger than {_LARGEST:,} bytes; a task's files are read by people and models"
            )
        # Bytes, not text mode: translating line ends would change what a patch applies to.
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file} is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise DatasetError(f"{file} cannot be read ({error.strerror or error}); put it there") from error
    if "\0" in text:
        raise DatasetError(f"{file} holds a zero byte; a task's files are text")
    if not text.strip() and file.suffix in {".md", ".json"}:
        raise DatasetError(f"{file} is empty")
    return text


def _check(task: CatalogTask) -> None:
    where = task.folder / METADATA
    if all(task.workspace.get(path) == text for path, text in task.solution.items()):
        raise DatasetError(f"{task.folder / task.metadata.solution_dir}: the solution changes nothing of the workspace")
    lists = (("FAIL_TO_PASS", task.metadata.FAIL_TO_PASS), ("PASS_TO_PASS", task.metadata.PASS_TO_PASS))
    for key, names in lists:
        if twice := next((name for name, count in Counter(names).items() if count > 1), None):
            raise DatasetError(f"{where}, key '{key}': '{twice}' stands in it twice; keep it once")
    both = sorted(set(task.metadata.FAIL_TO_PASS) & set(task.metadata.PASS_TO_PASS))
    if both:
        raise DatasetError(f"{where}: '{both[0]}' is in FAIL_TO_PASS and in PASS_TO_PASS; keep one of them")
    if task.metadata.eval.may_skip and READERS.get(reader_of(task)) in _GIVE_SKIPS_NO_ID:
        raise DatasetError(
            f"{where}, key 'eval.may_skip': '{task.metadata.eval.may_skip[0]}' cannot be found in the log when it is skipped, "
            f"for the reader {reader_of(task)} gives skipped tests no id; leave it out of this key and of both lists"
        )
    if task.metadata.dependencies and task.metadata.language not in {"python", "javascript"}:
        raise DatasetError(f"{where}, key 'dependencies': only Python and JavaScript tasks can have them")
    for path in task.solution.keys() & task.tests.keys():
        raise DatasetError(f"{task.folder}: {path} is a test and part of the solution; the tests would replace it")

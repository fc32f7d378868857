"""Folders of tasks as datasets: the catalog's tasks, which become trees, and file tasks, which are graded in points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from swebench_lite import file_tasks, repositories
from swebench_lite.dataset import Dataset
from swebench_lite.errors import DatasetError, RepositoryError
from swebench_lite.records import Instance
from swebench_lite.selection import Selection, select
from swebench_lite.settings import Settings, bundled
from swebench_lite.sources import DATA_ENDINGS, SPLIT, exists, user_path

if TYPE_CHECKING:
    from swebench_lite.catalog import CatalogTask

TASKS = "tasks"


def file_task_folder(name: str) -> Path | None:
    """The folder of file tasks that a name stands for, or None."""
    if name == file_tasks.DATASET:
        return bundled("instances") / file_tasks.DATASET
    place = user_path(name)
    return place if exists(place) and file_tasks.is_task_folder(place) else None


def load_file_tasks(name: str, folder: Path, selection: Selection, split: str) -> Dataset:
    """The file tasks of a folder. Raises DatasetError where one is broken, UsageError where the selection does not fit."""
    if split != SPLIT:
        raise DatasetError(f"'{name}' has no split '{split}': file tasks are one split; leave --split out")
    tasks = file_tasks.load_tasks(folder)
    found = select(file_tasks.instances(tasks, dataset=name), selection)
    source = f"read from {name}" if name != file_tasks.DATASET else "file tasks that come with swebench-lite"
    return Dataset(name=name, instances=found, source=source, file_tasks=tasks)


def catalog_folder(name: str) -> Path | None:
    """The folder of catalog tasks that a name stands for, or None."""
    if name == TASKS:
        return bundled(TASKS)
    place = user_path(name)
    if not exists(place) or not place.is_dir() or not _may_be_catalog(place):
        return None
    from swebench_lite.catalog import is_catalog

    return place if is_catalog(place) else None


def _may_be_catalog(place: Path) -> bool:
    """Whether a folder's files let it hold tasks. Files of rows at its top make it a dataset of rows, whatever lies below."""
    if (place / "metadata.json").is_file() or (place / "catalog.json").is_file():
        return True
    try:
        rows = any(one.suffix.lower() in DATA_ENDINGS for one in place.iterdir() if one.is_file())
        return not rows and any(place.glob("*/metadata.json"))
    except OSError as error:
        raise DatasetError(f"cannot look into {place}: {error.strerror or error}") from error


def load_catalog(name: str, folder: Path, settings: Settings, selection: Selection, split: str) -> Dataset:
    """The tasks of a folder, each with its workspace kept as a commit; broken ones are named in ``problems``.

    Raises DatasetError where none is usable, UsageError where the selection does not fit.
    """
    if split != SPLIT:
        raise DatasetError(f"'{name}' has no split '{split}': tasks are one split; leave --split out")
    # Late: the library that checks metadata takes a tenth of a second to load.
    from swebench_lite.catalog import read_catalog

    found = read_catalog(folder)
    problems = list(found.problems)
    instances = []
    for task in found.tasks:
        try:
            _check_lists(task)
            instances.append(instance_of(task, settings, dataset=name))
        except (DatasetError, RepositoryError) as error:
            problems.append(str(error))
    if not instances:
        raise DatasetError(f"'{name}' has no usable task: {'; '.join(problems)}")
    source = f"read from {name}" if name != TASKS else "tasks that come with swebench-lite"
    return Dataset(
        name=name,
        instances=select(tuple(instances), selection),
        problems=tuple(problems),
        source=source,
        may_skip={task.task_id: frozenset(task.metadata.eval.may_skip) for task in found.tasks},
    )


def instance_of(task: CatalogTask, settings: Settings, *, dataset: str = TASKS) -> Instance:
    """A task as an instance, its workspace kept as a commit. Raises DatasetError and RepositoryError."""
    from swebench_lite.catalog import repo_name, to_instance

    files = {path: text.encode() for path, text in task.workspace.items()}
    commit = repositories.keep(repo_name(task), files, settings=settings)
    return to_instance(task, base_commit=commit, dataset=dataset)


def _check_lists(task: CatalogTask) -> None:
    if not task.metadata.FAIL_TO_PASS:
        raise DatasetError(
            f"{task.folder / 'metadata.json'}, key 'FAIL_TO_PASS': it names no test; "
            f"`swebench-lite tasks check {task.folder} --write` fills it in"
        )

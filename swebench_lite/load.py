"""Datasets by name: subsets, aliases, kept copies, Hugging Face ids, our own instances, tasks, and local files and folders.

    load("verified-20", settings=settings)   ->   Dataset

A name is looked up in this order: ``files`` and folders of file tasks, ``tasks`` and folders of such, ``demo``, a subset,
a copy kept by ``add``, an alias, ``own``, a path, a Hugging Face id.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from swebench_lite import aliases, file_tasks, histories
from swebench_lite.aliases import ALIASES, canonical
from swebench_lite.dataset import Dataset, Known
from swebench_lite.errors import DatasetError, StoreError, UsageError, unknown
from swebench_lite.folders import TASKS, catalog_folder, file_task_folder, load_catalog, load_file_tasks
from swebench_lite.records import Instance
from swebench_lite.rows import kind, to_instance
from swebench_lite.selection import EVERYTHING, Selection, select
from swebench_lite.settings import Settings, bundled
from swebench_lite.sources import (
    DATA_ENDINGS,
    SPLIT,
    Record,
    count_rows,
    exists,
    read_hub,
    read_path,
    user_path,
)
from swebench_lite.subsets import ENDING as SUBSET_ENDING
from swebench_lite.subsets import Subset, find_subset, read_subset, subset_files

__all__ = ["Dataset", "Known", "add", "known", "load"]

_OWN, _DEMO = "own", "demo"
_BUNDLED = {
    _OWN: "repository instances that come with swebench-lite",
    file_tasks.DATASET: "file tasks that come with swebench-lite, graded in points",
    TASKS: "the catalog: tasks in six languages that come with swebench-lite",
    _DEMO: f"{_OWN}, {file_tasks.DATASET} and a task in each language: what `demo` runs",
}
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_ALIAS = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")


def load(name: str, *, settings: Settings, selection: Selection = EVERYTHING, split: str = SPLIT) -> Dataset:
    """The dataset of that name, narrowed by the selection.

    name: a subset or the path of its .txt file, an alias (or another official spelling, in any case), ``own``, ``files``,
    ``demo``, ``tasks``, a Hugging Face id, the path of a .parquet, .json or .jsonl file or of a folder that holds them, or
    the path of a task or file task or of a folder of such. split: which one to read
    where there are several; a file, and a copy that was kept, hold one. A subset keeps the order of its file. Rows that
    cannot be read, ids given twice (the first row counts) and ids that a subset's parent lacks are named in problems and
    stop no other. Raises DatasetError where the dataset is unknown, out of reach or without a usable row, UsageError where
    the selection does not fit.
    """
    tasks = file_task_folder(name)
    if tasks is not None:
        return load_file_tasks(name, tasks, selection, split)
    catalog = catalog_folder(name)
    if catalog is not None:
        return load_catalog(name, catalog, settings, selection, split)
    if name == _DEMO:
        return _load_demo(settings, selection, split)
    file = find_subset(name, settings)
    dataset = _load_subset(name, read_subset(file), settings, split) if file else _load_whole(name, settings, split)[0]
    if not dataset.instances:
        problems = dataset.problems or ("it is empty",)
        raise DatasetError(
            f"dataset '{name}' ({dataset.source}) has no usable instance; {len(problems)} problems, as {problems[0]}"
        )
    return replace(dataset, instances=select(dataset.instances, selection))


def _load_demo(settings: Settings, selection: Selection, split: str) -> Dataset:
    """What comes along of every kind: of the tasks those that the demonstration's list names."""
    own, files = (load(name, settings=settings, split=split) for name in (_OWN, file_tasks.DATASET))
    listed = (bundled("instances") / _DEMO / "tasks.txt").read_text(encoding="utf-8").split()
    tasks = load(TASKS, settings=settings, split=split, selection=Selection(ids=tuple(listed)))
    return replace(
        own,
        name=_DEMO,
        instances=select((*own.instances, *tasks.instances, *files.instances), selection),
        problems=(*own.problems, *tasks.problems),
        source="what comes with swebench-lite",
        file_tasks=files.file_tasks,
    )


def add(alias: str, file: Path, *, settings: Settings, split: str = SPLIT) -> Dataset:
    """Keep the rows of a file or folder under an alias, so that ``load(alias)`` needs no network; returns that.

    alias: an official dataset's, a Hugging Face id, or a new name. split: which one to keep of a folder's. A subset file
    (.txt) is kept as a subset. An earlier copy is replaced in one step. Raises DatasetError where the file holds no usable
    row, UsageError where the alias is taken or no name, StoreError where the cache cannot be written.
    """
    alias, place = canonical(alias), user_path(str(file)).absolute()
    is_subset = place.suffix.lower() == SUBSET_ENDING
    _check_alias(alias, is_subset=is_subset, settings=settings)
    load(str(place), settings=settings, split=split)
    stem = _kept_stem(alias)
    if is_subset:
        _keep_subset(place, settings.cache / "subsets" / f"{stem}{SUBSET_ENDING}")
        return load(alias, settings=settings)
    shelf = settings.cache / "datasets"
    target = shelf / f"{stem}{place.suffix.lower() if place.is_file() else '.jsonl'}"
    # One file is kept byte for byte; a folder's rows are gathered in one.
    _write(target, [place.read_bytes()] if place.is_file() else map(_json_line, read_path(place, split=split)))
    for ending in DATA_ENDINGS:
        if ending != target.suffix:
            (shelf / f"{stem}{ending}").unlink(missing_ok=True)
    return load(alias, settings=settings)


def known(settings: Settings) -> tuple[Known, ...]:
    """Every name that ``load`` takes beside paths and Hugging Face ids, with its size where that is cheap to tell."""
    kept = _kept_files(settings)
    names = [_known_subset(name, file) for name, file in subset_files(settings).items()]
    for name in dict.fromkeys((*ALIASES, *kept)):
        count = count_rows(kept[name]) if name in kept else None
        detail = ALIASES.get(name, "") + (", kept here" if name in kept and name in ALIASES else "")
        names.append(Known(name=name, kind="alias" if name in ALIASES else "kept", count=count, detail=detail))
    for name, detail in _BUNDLED.items():
        folders = (
            [bundled(TASKS)]
            if name == TASKS
            else [bundled("instances") / one for one in ((_OWN, file_tasks.DATASET) if name == _DEMO else (name,))]
        )
        if all(folder.is_dir() for folder in folders):
            names.append(Known(name=name, kind="own", detail=detail))
    return tuple(names)


def _load_subset(name: str, subset: Subset, settings: Settings, split: str) -> Dataset:
    parent = subset.parent
    if find_subset(parent, settings):
        raise DatasetError(f"{subset.file}: its dataset '{parent}' is a subset too; name the whole dataset there")
    # A path in a file is meant from where that file lies.
    nearby = subset.file.parent / parent
    whole, ids = _load_whole(str(nearby) if _is_path(parent) else parent, settings, split, wanted=frozenset(subset.ids))
    by_id = {instance.instance_id: instance for instance in whole.instances}
    gone = (f"{subset.file.name}: {unknown(f'instance of {parent}', i, ids)}" for i in subset.ids if i not in ids)
    return Dataset(
        name=name,
        instances=tuple(by_id[i] for i in subset.ids if i in by_id),
        problems=(*whole.problems, *gone),
        source=f"{subset.file.name}, of {whole.source}",
        others=ids - set(subset.ids),
        official=whole.official,
    )


def _load_whole(
    name: str, settings: Settings, split: str, *, wanted: frozenset[str] | None = None
) -> tuple[Dataset, frozenset[str]]:
    """A dataset that is no subset, and all ids in it; only rows of the wanted ids are turned into instances."""
    records, source = _open(name, settings, split)
    instances: dict[str, Instance] = {}
    problems: list[str] = []
    ids: set[str] = set()
    for record in records:
        try:
            row = _row(record)
            ids.add(str(row.get("instance_id")))
            if wanted is not None and row.get("instance_id") not in wanted:
                continue
            instance = to_instance(row, dataset=name, where=record.where)
        except DatasetError as error:
            problems.append(str(error))
            continue
        if instance.instance_id in instances:
            problems.append(f"{record.where}: a second row for {instance.instance_id}; the first one counts")
        instances.setdefault(instance.instance_id, instance)
    dataset = Dataset(
        name=name,
        instances=tuple(instances.values()),
        problems=tuple(problems),
        source=source,
        official=aliases.official(name),
    )
    return dataset, frozenset(ids)


def _row(record: Record) -> dict[str, object]:
    if record.problem:
        raise DatasetError(record.problem)
    if not isinstance(record.value, dict):
        raise DatasetError(f"{record.where} is {kind(record.value)}; a row must be an object")
    return record.value


def _open(name: str, settings: Settings, split: str) -> tuple[Iterable[Record], str]:
    """The rows behind a name, and in words where they come from."""
    alias, hub_id = canonical(name), aliases.official(name)
    copies = _kept_files(settings)
    kept = copies.get(name) or copies.get(alias)
    if kept and split == SPLIT:
        return read_path(kept), f"kept copy {kept.name}"
    if (kept and not _HUB_ID.fullmatch(hub_id)) or name == _OWN:
        if split != SPLIT:
            raise DatasetError(f"dataset '{name}' has no split '{split}': it is one split; leave --split out")
        return _read_own(bundled("instances") / _OWN), "instances that come with swebench-lite"
    is_place = bool(name) and ("/" in name or alias not in ALIASES) and (_is_path(name) or exists(user_path(name)))
    if is_place:
        return read_path(user_path(name), split=split), f"read from {name}"
    if _HUB_ID.fullmatch(hub_id):
        return read_hub(hub_id, alias=alias, offline=settings.offline, split=split), f"Hugging Face {hub_id}"
    raise DatasetError(f"{unknown('dataset', name, [item.name for item in known(settings)])}, OWNER/NAME or a path")


def _is_path(name: str) -> bool:
    endings = (*DATA_ENDINGS, SUBSET_ENDING)
    return name.startswith((".", "/", "~")) or name.lower().endswith(endings) or "\\" in name or name.count("/") > 1


def _read_own(folder: Path) -> Iterator[Record]:
    return (Record(f"{_OWN} {row['instance_id']}", row) for row in histories.read_instances(folder))


def _known_subset(name: str, file: Path) -> Known:
    try:
        subset = read_subset(file)
    except DatasetError as error:
        return Known(name=name, kind="subset", detail=str(error))
    return Known(name=name, kind="subset", count=len(subset.ids), detail=f"of {subset.parent}")


def _kept_stem(alias: str) -> str:
    return alias.replace("/", "+")


def _kept_files(settings: Settings) -> dict[str, Path]:
    """Kept copies by alias; the newest, should a crash have left an older one in another format."""
    files = (file for ending in DATA_ENDINGS for file in (settings.cache / "datasets").glob(f"*{ending}"))
    by_age = sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))
    return {file.stem.replace("+", "/"): file for file in by_age}


def _check_alias(alias: str, *, is_subset: bool, settings: Settings) -> None:
    if not _ALIAS.fullmatch(alias) or _is_path(alias):
        raise UsageError(f"'{alias}' cannot name a dataset; use letters, digits, '.', '_', '-', and no file ending")
    if alias in _BUNDLED or (bundled("instances") / f"{alias}{SUBSET_ENDING}").is_file():
        raise UsageError(f"'{alias}' comes with swebench-lite and cannot be replaced; choose another name")
    taken = {*ALIASES, *_kept_files(settings)} if is_subset else subset_files(settings).keys()
    if alias in taken:
        other = "a whole dataset" if is_subset else "a subset"
        raise UsageError(f"'{alias}' names {other} already; choose another name")


def _keep_subset(file: Path, target: Path) -> None:
    parent = read_subset(file).parent
    if _is_path(parent) and not Path(parent).is_absolute():
        raise UsageError(f"{file} names its dataset by the relative path '{parent}'; make it absolute, the file moves")
    _write(target, [file.read_bytes()])


def _json_line(record: Record) -> bytes:
    if record.problem:
        raise DatasetError(f"{record.problem}; mend it first, or add the files one by one")
    return json.dumps(record.value, default=str).encode() + b"\n"


def _write(target: Path, parts: Iterable[bytes]) -> None:
    """Write a file so that nobody ever sees half of it: temporary name, fsync, rename."""
    temporary = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        why = error.strerror or error
        raise StoreError(f"cannot write {target}: {why}; make room or set SWEBENCH_LITE_CACHE") from error

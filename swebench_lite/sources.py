"""Where rows and predictions come from: files, folders and Hugging Face, read record by record.

A record that cannot be read becomes one with a problem and its place, never an exception, so that one bad line stops no
other; what cannot be read at all raises DatasetError.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from swebench_lite.errors import DatasetError, unknown
from swebench_lite.rows import FIELDS

DATA_ENDINGS = (".parquet", ".jsonl", ".json")
SPLIT = "test"

# What bytes that are not UTF-8 become when a file is read.
_UNDECODED = re.compile("[\udc80-\udcff]")
# A JSON object with one of these keys is a record; without any it may be an object of records by id.
_RECORD_KEYS = frozenset({"instance_id", "repo", "base_commit", "patch", "model_patch", "model_name_or_path"})


class Record(NamedTuple):
    """One record of a file: where it stands, its key in an object of records, its value or what is wrong with it.

    repeated: the fields that stood in it more than once, of which the last one counts. undecoded: its text held bytes that
    are not UTF-8; surrogates in its values stand for those, and else for nothing.
    """

    where: str
    value: object
    key: str = ""
    problem: str = ""
    repeated: tuple[str, ...] = ()
    undecoded: bool = False


def read_path(path: Path, *, split: str = SPLIT) -> Iterator[Record]:
    """The rows of a file, or of one split in a folder, streamed where the format allows it.

    path: a ``.parquet``, ``.jsonl`` or ``.json`` file, a folder of such files, or one written by ``save_to_disk``.
    Of a folder's files those named for the split count; where none is named test, all are the test split. Of several
    formats the first in DATA_ENDINGS counts. A file by itself is one split, whatever its name.
    Raises DatasetError where there is nothing of that kind or it cannot be read.
    """
    try:
        if path.is_dir():
            saved = _is_saved(path, split)
            return _read_saved(path, split) if saved else chain.from_iterable(map(_read_file, _data_files(path, split)))
        if path.is_file():
            return _read_file(path)
    except OSError as error:
        raise DatasetError(f"cannot look into {path}: {error.strerror or error}") from error
    raise DatasetError(no_such_file("dataset", path, DATA_ENDINGS))


def read_json(file: Path) -> Iterator[Record]:
    """The records of a JSON file: a list, an object of records by id, one record, or one record per line.

    The form is told from the content, since ``.json`` files that hold lines are common. Lines are streamed. Bytes that
    are not UTF-8 arrive as surrogate escapes, a byte order mark and blank lines are passed over. An id that stands twice in
    an object of records makes two records. What cannot be parsed becomes a record with a problem; a file that cannot be
    opened raises DatasetError.
    """
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as lines:
            if not _one_per_line(file):
                yield from _parse(lines.read(), file.name)
                return
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield from _parse(line, file.name, line=number)
    except OSError as error:
        raise DatasetError(f"cannot read {file}: {error.strerror or error}") from error


def read_hub(dataset_id: str, *, alias: str, offline: bool, split: str = SPLIT) -> Iterator[Record]:
    """A split of a Hugging Face dataset; from the local Hugging Face cache where offline.

    An only split is the test split whatever its name. Raises DatasetError, which names the command that keeps a copy under
    the alias, where it cannot be had.
    """
    with _hub(offline=offline):
        from datasets import disable_progress_bars, load_dataset

        disable_progress_bars()
        try:
            loaded = load_dataset(dataset_id)
        # The hub, its HTTP client and the readers behind it raise dozens of unrelated classes: all mean the same here.
        except Exception as error:
            cause = f", {error.__cause__}" if error.__cause__ else ""
            reason = f"{type(error).__name__}: {error}{cause}"
            reason = "offline, and not in the Hugging Face cache" if offline else reason
            # A kept copy is the test split; another one needs a name of its own.
            kept = f"{alias} --from FILE`" if split == SPLIT else f"NAME --from FOLDER --split {split}` and load NAME"
            remedy = f"bring a copy with `swebench-lite instances add {kept}"
            raise DatasetError(f"cannot get {dataset_id} from Hugging Face ({reason}); {remedy}") from error
    return _read_loaded(loaded, dataset_id, split)


def user_path(text: str) -> Path:
    """A path as a user writes it: ``~`` is the home folder, where there is one to put in its place."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; a name that no file can have is none."""
    try:
        return path.exists()
    except OSError:
        return False


def no_such_file(what: str, path: Path, endings: tuple[str, ...], *, others: Iterable[str] = ()) -> str:
    """The sentence for a file that is not there, with the near miss among its neighbours of these endings."""
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} for {what} {path.name}; check the path"
    seen = (item for item in path.parent.iterdir() if not item.name.startswith("."))
    near = (item.name for item in seen if item.is_dir() or item.suffix.lower() in endings)
    return f"{unknown(what, path.name, (*others, *near))} (looked in {path.parent})"


def count_rows(file: Path) -> int | None:
    """How many rows a file holds, where that is told without reading them: None for JSON that is not in lines."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if file.suffix == ".parquet":
            return int(pq.read_metadata(file).num_rows)
        if file.suffix == ".jsonl":
            with file.open("rb") as lines:
                return sum(1 for line in lines if line.strip())
    except (OSError, pa.ArrowException):
        return None
    return None


def _read_file(file: Path) -> Iterator[Record]:
    ending = file.suffix.lower()
    if ending not in DATA_ENDINGS:
        raise DatasetError(f"the name of {file} does not tell its format; end it in {', '.join(DATA_ENDINGS)}")
    return _read_parquet(file) if ending == ".parquet" else read_json(file)


def _read_parquet(file: Path) -> Iterator[Record]:
    # pyarrow and not datasets: the latter takes half a second to import and first writes a copy in its own format.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as source:
            columns = [name for name in source.schema_arrow.names if name in FIELDS]
            batches = source.iter_batches(batch_size=256, columns=columns)
            rows = chain.from_iterable(batch.to_pylist() for batch in batches)
            for number, row in enumerate(rows, start=1):
                yield Record(f"{file.name} row {number}", row)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {file} as parquet: {error}; fetch or copy it once more") from error


def _one_per_line(file: Path) -> bool:
    """Whether each line is a record: the first one is a whole value and not all there is, or an object, or the name
    says so and nothing denies it.
    """
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as lines:
        texts = (line.strip() for line in lines if line.strip())
        first, more = next(texts, ""), next(texts, None) is not None
    try:
        return isinstance(json.loads(first), dict) or more
    except (ValueError, RecursionError):
        return file.suffix.lower() == ".jsonl" and first != "{" and not first.startswith("[")


def _parse(text: str, name: str, *, line: int | None = None) -> Iterator[Record]:
    """The records in a JSON text, which is one line of the named file or all of it."""
    if not text.strip():
        return
    where = name if line is None else f"{name} line {line}"
    seen = _Objects()
    try:
        value = json.loads(text, object_pairs_hook=seen.take)
    except json.JSONDecodeError as error:
        place = f"{name} line {line or error.lineno}, column {error.colno}"
        yield Record(where, None, problem=f"{place} is not JSON: {error.msg}")
        return
    except (ValueError, RecursionError) as error:
        yield Record(where, None, problem=f"{where} cannot be read as JSON: {error}")
        return
    undecoded = _UNDECODED.search(text) is not None
    if isinstance(value, list) and line is None:
        found = [(f"{where} record {number}", item, "") for number, item in enumerate(value, start=1)]
    elif isinstance(value, dict) and _is_by_id(value):
        found = [(f"{where} key {key!r}", item, key) for key, item in seen.last]
    else:
        found = [(where, value, "")]
    for place, item, key in found:
        yield Record(place, item, key=key, repeated=seen.repeated(item), undecoded=undecoded)


class _Objects:
    """Makes dicts of a JSON text's objects and remembers what dicts cannot hold: keys that stand there twice.

    last: the keys and values of the object read last, which is the outermost one.
    """

    def __init__(self) -> None:
        self.last: list[tuple[str, object]] = []
        self._twice: dict[int, tuple[dict[str, object], tuple[str, ...]]] = {}

    def take(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self.last = pairs
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            # The object is kept beside its names, so that no other one gets its id.
            self._twice[id(made)] = (made, tuple(key for key, count in counts.items() if count > 1))
        return made

    def repeated(self, value: object) -> tuple[str, ...]:
        """The keys that stood twice in one of the objects."""
        return self._twice[id(value)][1] if id(value) in self._twice else ()


def _is_by_id(value: Mapping[str, object]) -> bool:
    return not _RECORD_KEYS & value.keys() and any(isinstance(item, dict) for item in value.values())


def _data_files(folder: Path, split: str) -> list[Path]:
    """The data files of a folder, or of the ``data`` folder in it that Hugging Face repositories have."""
    for place in (folder, folder / "data"):
        for ending in DATA_ENDINGS:
            files = sorted(file for file in place.glob(f"*{ending}") if file.is_file())
            # test.parquet, or the shards test-00000-of-00002.parquet
            named = [file for file in files if file.stem.split("-")[0] == split]
            if files and not named and split != SPLIT:
                raise DatasetError(f"{folder}: {unknown('split', split, (file.stem.split('-')[0] for file in files))}")
            if files:
                return named or files
    raise DatasetError(f"folder {folder} holds no {', '.join(DATA_ENDINGS)} file; name a dataset's file or its folder")


def _is_saved(folder: Path, split: str) -> bool:
    marks = ("dataset_dict.json", "state.json", f"{split}/state.json")
    return any((folder / mark).is_file() for mark in marks)


def _read_saved(folder: Path, split: str) -> Iterator[Record]:
    from datasets import load_from_disk

    whole = any((folder / mark).is_file() for mark in ("dataset_dict.json", "state.json"))
    try:
        loaded = load_from_disk(str(folder if whole else folder / split))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"cannot read {folder}, which save_to_disk wrote: {error}; save it once more") from error
    return _read_loaded(loaded, folder.name, split)


def _read_loaded(loaded: Any, name: str, split: str) -> Iterator[Record]:
    """The rows of what the datasets library loaded: one split, or a mapping of splits."""
    if isinstance(loaded, dict):
        if split not in loaded and (len(loaded) != 1 or split != SPLIT):
            raise DatasetError(
                f"{name} has no split '{split}' but {', '.join(map(str, loaded))}; name one with --split"
            )
        loaded = loaded[split] if split in loaded else next(iter(loaded.values()))
    rows = loaded.select_columns([column for column in loaded.column_names if column in FIELDS])
    return (Record(f"{name} row {number}", row) for number, row in enumerate(rows, start=1))


@contextmanager
def _hub(*, offline: bool) -> Iterator[None]:
    """Within it the Hugging Face libraries ask for nothing over the network, if offline.

    They read HF_HUB_OFFLINE once, when they are imported, which may be long past; so their own constants are set.
    """
    import datasets.config
    import huggingface_hub.constants

    places: tuple[Any, ...] = (datasets.config, huggingface_hub.constants)
    before = [place.HF_HUB_OFFLINE for place in places]
    try:
        for place in places:
            place.HF_HUB_OFFLINE = place.HF_HUB_OFFLINE or offline
        yield
    finally:
        for place, value in zip(places, before, strict=True):
            place.HF_HUB_OFFLINE = value

"""The results file, a JSON line per model, and beside it every exchange, a JSON line per item; each is on the disk at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from swebench_lite.errors import DatasetError, StoreError, UsageError
from swebench_lite.records import Exchange
from swebench_lite.reports.suites import Record, Result, line
from swebench_lite.store import codec, files
from swebench_lite.suites.nouns import Item

_ENDING = ".exchanges.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What one model said in one run: its exchanges by ``suite:key``, and its record, None where the run broke off."""

    run: str
    model: str
    seed: int
    exchanges: Mapping[str, tuple[Exchange, ...]] = field(default_factory=dict)
    record: Record | None = None


def beside(results: Path) -> Path:
    """Where the exchanges of a results file are."""
    if results.name.endswith(_ENDING):
        return results
    return results.with_name(f"{results.name.removesuffix('.jsonl')}{_ENDING}")


def check(path: Path) -> None:
    """Raises UsageError where a path cannot be that of a results file, before anybody is asked for what cannot be kept."""
    if path.name.endswith(_ENDING):
        raise UsageError(f"'{path}' is the name of a file of replies ({_ENDING}); name the results file beside it")
    try:
        folder = next((one for one in (path, beside(path)) if one.is_dir()), None)
        parent = next(one for one in path.parents if one.exists())
    except OSError as error:
        raise UsageError(
            f"results cannot be kept in '{str(path)[:120]}': {error.strerror}; name another file"
        ) from error
    if folder is not None:
        raise UsageError(f"'{folder}' is a folder; name a file for the results")
    if not parent.is_dir():
        raise UsageError(f"'{parent}' is no folder, so nothing can be kept in '{path}'; name another file")


def append_record(path: Path, record: Record) -> None:
    """Add a line to a results file. Raises StoreError naming the file."""
    _append(path, line(record))


def append_exchanges(path: Path, item: Item, exchanges: Sequence[Exchange], *, run: str, model: str, seed: int) -> None:
    """Add the exchanges of one item to the file beside a results file. Raises StoreError naming the file."""
    document = {
        "run": run,
        "model": model,
        "seed": seed,
        "suite": item.suite,
        "key": item.key,
        "exchanges": [codec.to_document(one) for one in exchanges],
    }
    _append(beside(path), document)


def read(path: Path, *, told: Callable[[str], None] = lambda _: None) -> tuple[Stored, ...]:
    """Everything that a results file and the exchanges beside it hold, by run and model, in order.

    told: hears of each line that a kill cut off, which is passed over. Raises DatasetError, naming file and line, for what is
    missing or cannot be read.
    """
    source = beside(path)
    found: dict[tuple[str, str], Stored] = {}
    for number, document in _lines(source, told):
        try:
            name = f"{document['suite']}:{document['key']}"
            key, seed = (str(document["run"]), str(document["model"])), int(document["seed"])
            where = f"{source} line {number}"
            exchanges = tuple(codec.from_document(Exchange, one, where=where) for one in document["exchanges"])
        except (KeyError, TypeError, ValueError, StoreError) as error:
            raise DatasetError(f"{source} line {number} holds no exchanges of a suite: {error}") from error
        before = found.get(key) or Stored(run=key[0], model=key[1], seed=seed)
        found[key] = Stored(run=key[0], model=key[1], seed=seed, exchanges={**before.exchanges, name: exchanges})
    records = {} if path == source or not path.is_file() else _records(path, told)
    # A model that could not be asked has a record and no exchange; it must not be missing from what is shown again.
    keys = dict.fromkeys([*records, *found])
    return tuple(
        replace(found[key], record=records.get(key))
        if key in found
        else Stored(run=key[0], model=key[1], seed=records[key].seed, record=records[key])
        for key in keys
    )


def _records(path: Path, told: Callable[[str], None]) -> dict[tuple[str, str], Record]:
    found: dict[tuple[str, str], Record] = {}
    for number, document in _lines(path, told):
        try:
            results = tuple(Result(**{**one, "flags": tuple(one.get("flags", ()))}) for one in document.pop("results"))
            record = Record(results=results, **document)
        except (KeyError, TypeError, AttributeError) as error:
            raise DatasetError(f"{path} line {number} is no record of a suite: {error}") from error
        found[record.run, record.model] = record
    return found


def _lines(path: Path, told: Callable[[str], None]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        texts = path.read_bytes().decode("utf-8", "replace").split("\n")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise DatasetError(
            f"there are no stored replies at '{path}'; name the results file that a suite wrote"
        ) from error
    except OSError as error:
        raise DatasetError(files.explain(path, error, doing="read")) from error
    for number, text in enumerate(texts, start=1):
        try:
            document = json.loads(text) if text.strip() else None
        except (ValueError, RecursionError) as error:
            # A kill cuts the line that is being written, and a later run goes on in the same file.
            if not text.startswith("{"):
                raise DatasetError(f"{path} line {number} is no JSON: {error}") from error
            told(f"{path} line {number} was cut off and is passed over")
            continue
        if isinstance(document, dict):
            yield number, document


def _append(path: Path, document: Mapping[str, object]) -> None:
    data = json.dumps(document).encode() + b"\n"
    try:
        files.make_folder(path.parent)
        with path.open("ab+") as stream:
            # A line that a kill cut off must not swallow the next one.
            if stream.tell() and _last_byte(stream.fileno(), stream.tell()) != b"\n":
                data = b"\n" + data
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StoreError(files.explain(path, error)) from error


def _last_byte(descriptor: int, size: int) -> bytes:
    return os.pread(descriptor, 1, size - 1)

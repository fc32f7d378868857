"""Documents that people write, JSON or TOML -> checked nouns. A complaint names the place, the key and what stands there."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from swebench_lite.errors import DatasetError, unknown

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Strict(BaseModel):
    """A noun that takes exactly its own keys, each with a value of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Noun = TypeVar("Noun", bound=BaseModel)


def from_json(noun: type[Noun], raw: str | bytes, place: object) -> Noun:
    """The noun that a JSON text describes. Raises DatasetError, which starts with the place, with all that is wrong."""
    if raw[:1] == "\ufeff" or raw[:3] == b"\xef\xbb\xbf":
        raise DatasetError(f"{place}: it starts with a byte order mark; save it as UTF-8 without one")
    if twice := _twice(raw):
        raise DatasetError(f"{place}: key '{twice}' is given twice, and only one value can count; keep one of them")
    try:
        return noun.model_validate_json(raw)
    except ValidationError as error:
        said = "; ".join(_complaint(noun, one) for one in error.errors(include_url=False, include_context=False))
        raise DatasetError(f"{place}: {said}") from error


def from_toml(noun: type[Noun], file: Path) -> Noun:
    """The noun that a TOML file describes. Raises DatasetError, which starts with the file, with all that is wrong."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError(f"{file} cannot be read: {error}") from error
    # Through JSON, so that both kinds of document obey one set of rules: a list becomes a tuple in neither otherwise.
    return from_json(noun, json.dumps(document, default=str), file)


def _twice(raw: str | bytes) -> str:
    """The first key that stands twice in an object of a JSON text, or ""; of what is no JSON its reader says more."""
    found: list[str] = []

    def noted(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return dict(pairs)

    try:
        json.loads(raw, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        return ""
    return found[0] if found else ""


def _complaint(noun: type[BaseModel], one: Mapping[str, object]) -> str:
    """One thing that is wrong, with the key and what stands there."""
    place = one.get("loc")
    parts = place if isinstance(place, tuple) else ()
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
    said = str(one.get("msg", "")).removeprefix("Value error, ")
    if one.get("type") == "extra_forbidden":
        return unknown("key", key, _keys_beside(noun, parts))
    given = one.get("input")
    shown = "" if not parts or one.get("type") == "missing" else f", not {json.dumps(given, default=str)[:60]}"
    return f"key '{key}': {said}{shown}" if key else said


def _keys_beside(noun: type[BaseModel], parts: Sequence[object]) -> Iterator[str]:
    """The keys that are known where a strange one stands, in full."""
    owner, path = noun, ""
    for part in parts[:-1]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
        if isinstance(part, str) and part in owner.model_fields:
            owner = next(_nouns(owner.model_fields[part].annotation), owner)
    return (f"{path}.{name}".removeprefix(".") for name in owner.model_fields)


def _nouns(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _nouns(inner)

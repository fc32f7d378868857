"""Records to JSON documents and back.

Reading is driven by the records' own type hints, so a new field needs no code here. Documents carry ``schema``.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import enum
import functools
import math
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, TypeVar

from swebench_lite.errors import StoreError, unknown

SCHEMA = 1
_AGAIN = "delete the file to do that part again"

Record = TypeVar("Record")
_Reader = Callable[[object], object]


class _MisfitError(Exception):
    """A value does not fit its field; the path to the field grows on the way out."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = path

    def under(self, step: str) -> _MisfitError:
        return _MisfitError(self.problem, step + (f".{self.path}" if self.path else ""))


def to_document(record: object) -> dict[str, object]:
    """A record (any dataclass of ``records``) as a JSON document with its ``schema``.

    Raises StoreError, naming the field, for a value that JSON cannot hold (NaN, sets, handles).
    """
    try:
        fields = _plain(record)
    except _MisfitError as misfit:
        name = _named(record)
        raise StoreError(f"cannot store {name}: {misfit.path} {misfit.problem}; report this as a bug") from None
    if not isinstance(fields, dict):
        raise StoreError(f"cannot store {_named(record)}: it is no record; report this as a bug")
    return {"schema": SCHEMA, **fields}


def from_document(kind: type[Record], document: object, *, where: str) -> Record:
    """The record that a document holds. Fields that this version does not know are ignored.

    where: the file, for messages. Raises StoreError naming file and field for anything missing or of another type, and
    for a document of a later schema.
    """
    if not isinstance(document, Mapping):
        raise StoreError(f"{where}: holds {_named(document)}, not an object; {_AGAIN}")
    schema = document.get("schema")
    if type(schema) is not int or schema < 1:
        raise StoreError(f"{where}: field 'schema' holds {schema!r}, not a version number; {_AGAIN}")
    if schema > SCHEMA:
        raise StoreError(f"{where}: schema {schema} is newer than this version reads ({SCHEMA}); upgrade swebench-lite")
    try:
        return typing.cast(Record, _reader(typing.cast(Any, kind))(document))
    except _MisfitError as misfit:
        field = f"field '{misfit.path}' " if misfit.path else ""
        raise StoreError(f"{where}: {field}{misfit.problem}; {_AGAIN}") from None


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _MisfitError(f"is {value}, which JSON cannot hold")
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, tuple | list):
        return [_step(str(number), item) for number, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {str(key): _step(str(key), item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        return {field.name: _step(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise _MisfitError(f"is a {type(value).__name__}, which JSON cannot hold")


def _step(name: str, value: object) -> object:
    try:
        return _plain(value)
    except _MisfitError as misfit:
        raise misfit.under(name) from None


@functools.cache
def _reader(hint: Any) -> _Reader:
    """The function that reads one type; compiled once per type, as runs hold many attempts."""
    origin = typing.get_origin(hint)
    if origin is not None:
        return _ORIGINS[origin](typing.get_args(hint))
    if dataclasses.is_dataclass(hint):
        return _read_record(typing.cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _read_enum(hint)
    return _SCALARS[hint]


def _read_record(kind: type) -> _Reader:
    hints = typing.get_type_hints(kind)
    fields = tuple((field.name, _reader(hints[field.name]), _optional(field)) for field in dataclasses.fields(kind))

    def read(value: object) -> object:
        if not isinstance(value, Mapping):
            raise _MisfitError(f"holds {_named(value)}, not an object")
        found: dict[str, object] = {}
        for name, reader, optional in fields:
            if name in value:
                try:
                    found[name] = reader(value[name])
                except _MisfitError as misfit:
                    raise misfit.under(name) from None
            elif not optional:
                raise _MisfitError("is missing", name)
        try:
            return kind(**found)
        except ValueError as error:  # a record that refuses to be half-built
            raise _MisfitError(f"is no {kind.__name__}: {error}") from None

    return read


def _optional(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _read_enum(kind: type[enum.Enum]) -> _Reader:
    members = {str(member.value): member for member in kind}

    def read(value: object) -> object:
        if isinstance(value, str) and value in members:
            return members[value]
        raise _MisfitError(f"is no {kind.__name__}: {unknown('value', str(value), members)}")

    return read


def _read_union(arguments: tuple[Any, ...]) -> _Reader:
    others = [argument for argument in arguments if argument is not type(None)]
    if len(others) != 1 or len(others) == len(arguments):
        raise TypeError(f"a document does not say which of {arguments} it holds; give the record one type or None")
    inner = _reader(others[0])
    return lambda value: None if value is None else inner(value)


def _read_tuple(arguments: tuple[Any, ...]) -> _Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        inner = _reader(arguments[0])
        return lambda value: tuple(_at(number, inner, item) for number, item in enumerate(_as_list(value)))
    readers = tuple(_reader(argument) for argument in arguments)

    def read(value: object) -> object:
        items = _as_list(value)
        if len(items) != len(readers):
            raise _MisfitError(f"holds {len(items)} values, not {len(readers)}")
        pairs = enumerate(zip(readers, items, strict=True))
        return tuple(_at(number, reader, item) for number, (reader, item) in pairs)

    return read


def _read_mapping(arguments: tuple[Any, ...]) -> _Reader:
    inner = _reader(arguments[1])

    def read(value: object) -> object:
        if not isinstance(value, Mapping):
            raise _MisfitError(f"holds {_named(value)}, not an object")
        return {str(key): _at(key, inner, item) for key, item in value.items()}

    return read


def _as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    raise _MisfitError(f"holds {_named(value)}, not a list")


def _at(step: object, reader: _Reader, value: object) -> object:
    try:
        return reader(value)
    except _MisfitError as misfit:
        raise misfit.under(str(step)) from None


def _exactly(kind: type) -> _Reader:
    def read(value: object) -> object:
        if type(value) is kind:  # a bool is an int to isinstance, and never what an int field means
            return value
        raise _MisfitError(f"holds {_named(value)}, not {_NAMES[kind]}")

    return read


def _read_float(value: object) -> object:
    if type(value) is float or type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise _MisfitError("holds a number that is too large") from None
    raise _MisfitError(f"holds {_named(value)}, not a number")


def _read_bytes(value: object) -> object:
    try:
        return base64.b64decode(str(_exactly(str)(value)), validate=True)
    except binascii.Error:
        raise _MisfitError("is no base64") from None


def _named(value: object) -> str:
    return _NAMES.get(type(value), type(value).__name__)


_NAMES: Mapping[type, str] = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false", list: "a list", dict: "an object",
    type(None): "null",
}  # fmt: skip
_SCALARS: Mapping[Any, _Reader] = {
    str: _exactly(str), int: _exactly(int), bool: _exactly(bool), float: _read_float, bytes: _read_bytes,
    object: lambda value: value,
}  # fmt: skip
_ORIGINS: Mapping[Any, Callable[[tuple[Any, ...]], _Reader]] = {
    typing.Union: _read_union, types.UnionType: _read_union, tuple: _read_tuple, Mapping: _read_mapping,
}  # fmt: skip

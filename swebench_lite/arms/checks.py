"""What each key of an arm's file may hold. Every check takes a value and its place, and returns it or raises UsageError."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from swebench_lite.errors import UsageError, unknown
from swebench_lite.models.options import thinking_level
from swebench_lite.records import Sampling

BASES = ("harnessed", "unharnessed")
CONTEXTS = ("none", "all", "oracle", "bm25", "repo-map")
FORMATS = ("diff", "files", "search-replace")
CONTRACT_KEYS = ("contract", "contract_file", "contracts")
SMALLEST_BUDGET = 1_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Check = Callable[[object, str], object]


def refuse_unknown(found: Mapping[str, object], where: Path) -> None:
    """Raises UsageError for the first key that no arm has, or whose value has the wrong type for a contract."""
    keys = (*CHECKS, *CONTRACT_KEYS, "sampling")
    for key in found:
        if key not in keys:
            raise UsageError(f"{where}: {unknown('key', key, keys)}")
    for key in ("contract", "contract_file"):
        if key in found:
            _text(found[key], f"{where}, key '{key}'")
    if "contracts" in found:
        parts, at = _table(found["contracts"], f"{where}, key 'contracts'"), f"{where}, key 'contracts"
        for name, part in parts.items():
            _choice(FORMATS, "answer format", name, f"{at}'")
            _text(part, f"{at}.{name}'")


def read_sampling(value: object, base: Sampling, where: Path) -> Sampling:
    """The table ``[sampling]`` over what the arm's base says. Raises UsageError."""
    at = f"{where}, key 'sampling"
    table = _table(value, f"{at}'")
    for key in table:
        if key not in _SAMPLING:
            raise UsageError(f"{at}': {unknown('key', key, _SAMPLING)}")
    read = {key: _SAMPLING[key](one, f"{at}.{key}'") for key, one in table.items()}
    # Each value was checked against its field; the type checker cannot see through a mapping.
    return replace(base, **read)  # type: ignore[arg-type]


def _table(value: object, at: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise UsageError(f"{at}: {value!r} is no table; write it below a line of its name in square brackets")
    return value


def _text(value: object, at: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{at}: {value!r} is not text; put it in quotes")
    return value


def _name(value: object, at: str) -> str:
    text = _text(value, at)
    if not _NAME.fullmatch(text):
        raise UsageError(f"{at}: '{text}' cannot name an arm; use up to 64 letters, digits, '.', '_' and '-'")
    return text


def _choice(choices: Iterable[str], what: str, value: object, at: str) -> str:
    text = _text(value, at)
    if text not in choices:
        raise UsageError(f"{at}: {unknown(what, text, choices)}")
    return text


def _whole(least: int, value: object, at: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(f"{at}: {value!r} is not a whole number from {least:,} on")
    return value


def _number(most: float, value: object, at: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise UsageError(f"{at}: {value!r} is not a number from 0 to {most:g}")
    return float(value)


def _seed(value: object, at: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{at}: {value!r} is not a whole number")
    return value


def _flag(value: object, at: str) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{at}: {value!r} is neither true nor false")
    return value


def _thinking(value: object, at: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        value = _text(value, at)
    try:
        return thinking_level(value) if value != "" else ""
    except ValueError as error:
        raise UsageError(f"{at}: {str(value)[:60]!r} {error}") from error


CHECKS: Mapping[str, Check] = {
    "name": _name,
    "base": functools.partial(_choice, BASES, "built-in arm"),
    "contract_version": _text,
    "system": _text,
    "context": functools.partial(_choice, CONTEXTS, "context"),
    "answer_format": functools.partial(_choice, FORMATS, "answer format"),
    "budget": functools.partial(_whole, SMALLEST_BUDGET),
    "thinking": _thinking,
    "tests": _flag,
}
_SAMPLING: Mapping[str, Check] = {
    "temperature": functools.partial(_number, 2.0),
    "top_p": functools.partial(_number, 1.0),
    "max_tokens": functools.partial(_whole, 1),
    "seed": _seed,
}

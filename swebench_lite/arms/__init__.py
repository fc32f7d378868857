"""Arms by name or from a user's own file: ``load_arm("harnessed")``, ``load_arm("mine.toml")`` -> Arm.

An arm is a TOML file. Every key is optional but ``name``; docs/prompts.md shows one.

    name, contract | contract_file | [contracts], contract_version, base, system, context, answer_format, budget, thinking,
    tests, [sampling]: temperature, top_p, max_tokens, seed
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from swebench_lite.arms.checks import CHECKS, CONTRACT_KEYS, FORMATS, read_sampling, refuse_unknown
from swebench_lite.errors import UsageError, unknown
from swebench_lite.records import Arm

ARMS = ("harnessed", "unharnessed")
_HERE = Path(__file__).resolve().parent
_LARGEST = 1_000_000  # bytes of a contract; more than any prompt can hold


def load_arm(name_or_path: str | Path, *, answer_format: str | None = None) -> Arm:
    """The built-in arm of that name, or the arm in a file that ends in ``.toml``.

    answer_format: takes the part of the contract that is for it, instead of the arm's own format. Raises UsageError for an
    unknown name, a file that cannot be read, and whatever is wrong in it, with the place.
    """
    text = str(name_or_path)
    if text in ARMS:
        return _built_in(text, answer_format)
    if not text.lower().endswith(".toml"):
        raise UsageError(f"{unknown('arm', text, ARMS)}, or give the path of a .toml file")
    place = Path(text).expanduser()
    return from_toml(_read(place, "arm"), place, answer_format=answer_format)


def from_toml(text: str, where: Path, *, answer_format: str | None = None) -> Arm:
    """The arm that a TOML text describes. where: its file, for errors and for the contract files beside it.

    Raises UsageError, which names the file and the key.
    """
    arm = _arm(text, where, answer_format)
    if arm.name in ARMS:
        raise UsageError(f"{where}, key 'name': '{arm.name}' is a built-in arm; choose another name")
    return arm


def contracts() -> Mapping[str, str]:
    """The built-in contract's part for each answer format."""
    return {name: load_arm("harnessed", answer_format=name).contract for name in FORMATS}


def digest(arm: Arm) -> str:
    """Hex SHA-256 of an arm's contract, so that runs can be compared."""
    return hashlib.sha256(arm.contract.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _built_in(name: str, answer_format: str | None) -> Arm:
    place = _HERE / f"{name}.toml"
    return _arm(_read(place, "arm"), place, answer_format)


def _arm(text: str, where: Path, answer_format: str | None) -> Arm:
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is not TOML: {error}; mend it there") from error
    refuse_unknown(found, where)
    values = {key: check(found[key], f"{where}, key '{key}'") for key, check in CHECKS.items() if key in found}
    if "name" not in values:
        raise UsageError(f'{where} names no arm; begin it with name = "..."')
    form = _format(answer_format, where) or values.get("answer_format")
    base = _base(values.pop("base", None), form)
    if form is not None:
        values["answer_format"] = form
    if "sampling" in found:
        values["sampling"] = read_sampling(found["sampling"], base.sampling, where)
    contract = _contract(found, str(values.get("answer_format", base.answer_format)), where)
    if contract is not None:
        # Another text is another edition: the base's number must not stand beside it.
        values = {"contract_version": "", **values, "contract": contract}
    # Each value was checked against its field; the type checker cannot see through a mapping.
    return replace(base, **values)  # type: ignore[arg-type]


def _format(given: str | None, where: Path) -> str | None:
    if given is not None and given not in FORMATS:
        raise UsageError(f"{where}: {unknown('answer format', given, FORMATS)}")
    return given


def _base(name: object, answer_format: object) -> Arm:
    if name is None:
        return Arm(name="")
    return load_arm(str(name), answer_format=None if answer_format is None else str(answer_format))


def _contract(found: Mapping[str, object], answer_format: str, where: Path) -> str | None:
    """The contract's text, without the line break after its opening quotes; None where no key gives one."""
    given = [key for key in CONTRACT_KEYS if key in found]
    if len(given) > 1:
        raise UsageError(f"{where} gives {' and '.join(given)}; keep one of them")
    if not given:
        return None
    value, at = found[given[0]], f"{where}, key '{given[0]}'"
    if given[0] == "contracts":
        assert isinstance(value, dict)
        if answer_format not in value:
            raise UsageError(f"{at}: there is no part for the answer format '{answer_format}'; add one")
        value = value[answer_format]
    text = _read(where.parent / str(value), at) if given[0] == "contract_file" else str(value)
    text = text.replace("\r\n", "\n").removeprefix("\n")
    return text if text.strip() else ""


def _read(place: Path, what: str) -> str:
    try:
        if place.stat().st_size > _LARGEST:
            raise UsageError(f"{what}: {place} is larger than {_LARGEST:,} bytes; no prompt could hold it")
        return place.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{what}: {place} is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{what}: cannot read {place}: {why}; give the path of a file that is there") from error

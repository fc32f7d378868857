"""What a user says about a model in ``models.toml``, read and checked.

[models."openrouter/qwen/qwen3-coder"]
prompt_price = 0.22
completion_price = 0.95
thinking = "high"

[profiles.mine]
contract = "One diff, nothing after it."
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from swebench_lite.errors import UsageError, unknown
from swebench_lite.models.endpoints import LEVELS, MOST_THINKING
from swebench_lite.models.prices import Price
from swebench_lite.models.profiles import FIXES, PROFILES, Profile
from swebench_lite.records import Sampling

FILE = "models.toml"
# Fields that the request sets itself, or that make it another one than reports and budgets take it for; and what to do.
_OURS: Mapping[str, str] = {
    "model": "write model instead",
    "messages": "the prompt is the arm's",
    "stream": "write stream = true beside it instead",
    "stream_options": "write stream = true beside it instead",
    "temperature": "write temperature beside it instead",
    "top_p": "write top_p beside it instead",
    **dict.fromkeys(("max_tokens", "max_completion_tokens"), "write max_tokens beside it instead"),
    "seed": "an arm's sampling and --model-seed set it",
    "provider": "write provider beside it instead",
    **dict.fromkeys(("tools", "tool_choice"), "the suites set it"),
    **dict.fromkeys(("n", "best_of"), "each reply is a request of its own, see --samples"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One model's settings; what is not set is left to the provider's habits.

    url, model: where it answers and what the server calls it. key_variable: "" where no key is needed. placeholder: what a
    server of this machine gets for a key. context: tokens that prompt and reply may have together. thinking: a level or a
    number of tokens. thinking_style: a name of STYLES. routing: OpenRouter's ``provider`` object. requests_per_minute,
    concurrency: of requests to this model. timeout: seconds per request. stream: ask for a stream. extra_body: more fields of
    the request. omit: fields that the server does not take.
    """

    url: str = ""
    model: str = ""
    key_variable: str | None = None
    placeholder: str = ""
    price: Price | None = None
    context: int | None = None
    sampling: Sampling = field(default_factory=Sampling)
    thinking: str = ""
    thinking_style: str = ""
    routing: Mapping[str, Any] = field(default_factory=dict)
    requests_per_minute: float | None = None
    concurrency: int | None = None
    timeout: float | None = None
    stream: bool = False
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    omit: tuple[str, ...] = ()
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsFile:
    """A settings file as a whole: options by model name, as they are written."""

    models: Mapping[str, Options] = field(default_factory=dict)

    def options(self, name: str, level: str) -> Options:
        """Those of ``name@level`` where they are written down, else those of ``name``, else the empty ones."""
        return self.models.get(f"{name}@{level}") or self.models.get(name) or Options()


def thinking_level(value: object) -> str:
    """A level as text, from an effort or a number of tokens. Raises ValueError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_THINKING:
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 7:
        return thinking_level(int(value))
    if isinstance(value, str) and value.lower() in LEVELS:
        return value.lower()
    raise ValueError(f"must be one of {', '.join(LEVELS)}, or a number of tokens up to {MOST_THINKING:,}")


def _effort(level: str) -> dict[str, Any]:
    if level.isdigit():
        raise ValueError("takes an effort (low, medium, high), not a number of tokens")
    return {"reasoning_effort": level}


def _reasoning(level: str) -> dict[str, Any]:
    return {"reasoning": {"max_tokens": int(level)} if level.isdigit() else {"effort": level}}


def _thinking(level: str) -> dict[str, Any]:
    if level in {"none", "0"}:
        return {"thinking": {"type": "disabled"}}
    if not level.isdigit():
        raise ValueError("takes a number of tokens or none, not an effort")
    return {"thinking": {"type": "enabled", "budget_tokens": int(level)}}


def _enable_thinking(level: str) -> dict[str, Any]:
    if level.isdigit() and level != "0":
        return {"enable_thinking": True, "thinking_budget": int(level)}
    return {"enable_thinking": level not in {"none", "0"}}


def _template(level: str) -> dict[str, Any]:
    return {"chat_template_kwargs": {"enable_thinking": level not in {"none", "0"}}}


# How a level is put into the request: by the name of the field that carries it.
STYLES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "reasoning_effort": _effort,
    "reasoning": _reasoning,
    "thinking": _thinking,
    "enable_thinking": _enable_thinking,
    "chat_template_kwargs": _template,
}


def thinking_fields(style: str, level: str) -> dict[str, Any]:
    """The request's fields for a level; none for "". Raises UsageError where the style cannot say it."""
    if not level:
        return {}
    try:
        return STYLES[style](thinking_level(level))
    except ValueError as error:
        raise UsageError(f"the thinking level '{level}' cannot be asked for: {style} {error}") from error


def read_models_file(path: Path | None, *, folder: Path) -> ModelsFile:
    """The settings file: the given one, else ``models.toml`` in the folder if there is one, else an empty one.

    Raises UsageError that names the file and the place for whatever cannot be read.
    """
    where = path or folder / FILE
    if path is None and not where.is_file():
        return ModelsFile()
    try:
        return parse(where.read_bytes().decode("utf-8-sig"), where=str(where))
    except OSError as error:
        raise UsageError(f"the models file '{where}' cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the models file '{where}' is no UTF-8 text: {error.reason}") from error


def parse(text: str, *, where: str = FILE) -> ModelsFile:
    """The same from its text."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise UsageError(f"{where} is no TOML: {error}") from error
    for name in document:
        if name not in {"models", "profiles"}:
            raise UsageError(f"{where}: {unknown('table', name, ('models', 'profiles'))}")
    profiles = dict(PROFILES) | {
        name: _profile(name, rows, f"{where}, profile '{name}'")
        for name, rows in _table(document.get("profiles", {}), f"{where}, profiles").items()
    }
    models = {
        name: _options(rows, profiles, f"{where}, model '{name}'")
        for name, rows in _table(document.get("models", {}), f"{where}, models").items()
    }
    return ModelsFile(models=models)


def _profile(name: str, rows: object, where: str) -> Profile:
    values = _checked(rows, {"contract": _text, "fixes": _texts}, where)
    for fix in values.get("fixes", ()):
        if fix not in FIXES:
            raise UsageError(f"{where}: {unknown('fix', fix, FIXES)}")
    contract = values.get("contract", "").strip()
    return Profile(name=name, contract=f"{contract}\n" if contract else "", fixes=values.get("fixes", ()))


def _options(rows: object, profiles: Mapping[str, Profile], where: str) -> Options:
    values = _checked(rows, _FIELDS, where)
    profile = values.pop("profile", None)
    if profile is not None and profile not in profiles:
        raise UsageError(f"{where}: {unknown('profile', profile, profiles)}")
    style = values.get("thinking_style", "")
    if style and style not in STYLES:
        raise UsageError(f"{where}: {unknown('thinking style', style, STYLES)}")
    for name, advice in _OURS.items():
        if name in values.get("extra_body", {}):
            raise UsageError(f"{where}: extra_body must not hold '{name}'; {advice}")
    rates = {rate: values.pop(f"{rate}_price", None) for rate in ("prompt", "completion", "blended")}
    try:
        price = Price(**rates) if any(rate is not None for rate in rates.values()) else None
    except ValueError as error:
        raise UsageError(f"{where}: {error}; give prompt_price and completion_price, or blended_price") from error
    sampling = Sampling(**{name: values.pop(name) for name in ("temperature", "top_p", "max_tokens") if name in values})
    return Options(**values, price=price, sampling=sampling, profile=profiles[profile] if profile is not None else None)


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: must be a table")
    return value


def _checked(rows: object, fields: Mapping[str, Callable[[object], Any]], where: str) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in _table(rows, where).items():
        if name not in fields:
            raise UsageError(f"{where}: {unknown('setting', name, fields)}")
        try:
            checked[_RENAMED.get(name, name)] = fields[name](value)
        except ValueError as error:
            raise UsageError(f"{where}: {name} {error}, not {str(value)[:60]!r}") from error
    return checked


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value.strip()


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a list of texts")
    return tuple(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("must be a whole number from 1")
    return value


def _number(low: float, high: float = math.inf, *, above: bool = False) -> Callable[[object], float]:
    def check(value: object) -> float:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        # Nothing compares with what is no number, so that is refused by the same bounds.
        if not math.isfinite(number) or not low <= number <= high or (above and number == low):
            raise ValueError(
                f"must be a number {'above' if above else 'from'} {low:g}" + f" to {high:g}" * (high < math.inf)
            )
        return number

    return check


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a table")
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"must hold only what JSON can say ({error})") from error
    return value


_RENAMED = {"provider": "routing"}
_FIELDS: Mapping[str, Callable[[object], Any]] = {
    "url": _text,
    "model": _text,
    "key_variable": _text,
    "placeholder": _text,
    "prompt_price": _number(0),
    "completion_price": _number(0),
    "blended_price": _number(0),
    "context": _whole,
    "max_tokens": _whole,
    "temperature": _number(0, 2),
    "top_p": _number(0, 1),
    "thinking": thinking_level,
    "thinking_style": _text,
    "provider": _object,
    "requests_per_minute": _number(0, above=True),
    "concurrency": _whole,
    "timeout": _number(0, above=True),
    "stream": _truth,
    "extra_body": _object,
    "omit": _texts,
    "profile": _text,
}

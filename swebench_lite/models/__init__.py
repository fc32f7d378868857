"""Models by name: whatever answers a prompt. ``open_model("gold", instances)`` gives one."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from swebench_lite.errors import UsageError, unknown
from swebench_lite.models.canned import Canned, from_file, gold, null
from swebench_lite.models.endpoints import PLACEHOLDER, PROVIDERS, endpoint, split_level
from swebench_lite.models.openai_compatible import TIMEOUT, OpenAICompatible
from swebench_lite.models.options import Options, read_models_file, thinking_fields
from swebench_lite.models.profiles import BARE_ARMS
from swebench_lite.models.protocol import Model
from swebench_lite.models.retry import Retry
from swebench_lite.records import Instance
from swebench_lite.settings import Settings, read_settings

__all__ = ["MODELS", "Access", "Canned", "Model", "OpenAICompatible", "Retry", "for_run", "open_model"]

MODELS: dict[str, Callable[[Sequence[Instance]], Model]] = {"gold": gold, "null": null}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to reach a model, where the models file, the settings and the model's name do not say it already.

    base_url goes before every other address. api_key goes before the variables; this machine's own servers never get it.
    models_file: None stands for ``models.toml`` in folder (None: the working folder), where there is one. timeout: seconds
    per request. routing: OpenRouter's ``provider`` object. retry.sleep may be an ``Event.wait``, so that a run that is
    stopped waits for nobody. unasked: the model is only looked at (its profile, its estimates), so a missing key and
    working offline do not matter.
    """

    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    models_file: Path | None = None
    folder: Path | None = None
    timeout: float | None = None
    routing: Mapping[str, Any] | None = None
    retry: Retry = field(default_factory=Retry)
    unasked: bool = False


def open_model(
    name: str,
    instances: Sequence[Instance],
    *,
    settings: Settings | None = None,
    access: Access = Access(),
) -> Model:
    """The model of that name.

    ``gold``, ``null`` and ``canned:FILE`` answer by themselves. ``openrouter/NAME``, ``openai/NAME``, ``ollama/NAME`` and
    ``lmstudio/NAME`` are asked over HTTP, as are the names of the models file, and any name at all with a base URL. ``@``
    and a thinking level may follow. Raises UsageError for an unknown name, a missing key and settings that cannot be,
    DatasetError for a file of replies that cannot be read.
    """
    if name.startswith("canned:"):
        return from_file(name)
    if name in MODELS:
        return MODELS[name](instances)
    return _over_http(name, settings or read_settings(), access)


def for_run(model: Model, *, run_id: str, stopping: threading.Event, bare: frozenset[str] = BARE_ARMS) -> Model:
    """The model as a run asks it: one ``Idempotency-Key`` per attempt, and nothing is waited for or sent once stopping is set.

    bare: arms without a contract, to which a profile adds nothing. Models that ask nobody stay as they are.
    """
    if not isinstance(model, OpenAICompatible):
        return model
    retry = replace(model.retry, sleep=stopping.wait)
    return replace(model, run=run_id, retry=retry, bare=bare, stopped=stopping.is_set)


def _over_http(name: str, settings: Settings, access: Access) -> OpenAICompatible:
    plain, level = split_level(name)
    if plain in MODELS:
        raise UsageError(f"'{plain}' does not think; leave out '@{level}'")
    file = read_models_file(access.models_file, folder=access.folder or Path.cwd())
    options = file.options(plain, level)
    if access.routing:
        options = replace(options, routing=access.routing)
    prefix, _, rest = plain.partition("/")
    if not (access.base_url or options.url or (prefix in PROVIDERS and rest)):
        raise UsageError(_unknown(plain, tuple(file.models)))
    where = endpoint(
        plain,
        settings,
        base_url=access.base_url,
        configured_url=options.url,
        model=options.model,
        api_key=access.api_key or (PLACEHOLDER if access.unasked else None),
        key_variable=options.key_variable,
        placeholder=options.placeholder,
    )
    if settings.offline and not where.own and not access.unasked:
        raise UsageError(
            f"offline, and the model '{name}' answers at {where.url}; leave out --offline, or use a local server"
        )
    # A level that cannot be asked for must be known before the first request of a long run.
    thinking_fields(options.thinking_style or where.usual.thinking, level or options.thinking)
    return OpenAICompatible(
        name=name,
        endpoint=where,
        options=_fitting(options, where.provider, name),
        thinking=level,
        defaults=settings.sampling,
        timeout=access.timeout or options.timeout or TIMEOUT,
        retry=access.retry,
        certificates=settings.certificates,
    )


def _fitting(options: Options, provider: str, name: str) -> Options:
    if options.routing and provider in {"openai", "ollama", "lmstudio"}:
        raise UsageError(f"provider routing is OpenRouter's; '{name}' is at {provider}, so leave it out")
    return options


def _unknown(name: str, written_down: Sequence[str]) -> str:
    prefix, _, rest = name.partition("/")
    meant = difflib.get_close_matches(prefix, PROVIDERS, n=1, cutoff=0.6) if rest else []
    known = (f"{one}/{rest if one in meant else 'NAME'}" for one in PROVIDERS)
    told = unknown("model", name, (*MODELS, "canned:FILE", *known, *written_down))
    return f"{told}; or give the base URL of the server that has it"

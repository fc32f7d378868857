"""A model of a server in one shape for every kind of server, and the list that OpenAI-compatible servers give.

Formats: OpenRouter ``GET /models``; any OpenAI-compatible ``GET /models``, which Ollama and LM Studio have as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from swebench_lite.errors import ProviderError, UsageError, unknown
from swebench_lite.models.wire import PROVIDERS, Ask, Server, items, mapping, whole

_MILLION = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model of a server; None or "" is what the server does not say.

    size: bytes. context: the most tokens it can take; loaded_context: those it is loaded with. prompt_price,
    completion_price: US dollars per million tokens. instances: the names under which it is in memory, None where that cannot
    be known. elsewhere: the server only passes requests on, so that there is nothing to load.
    """

    name: str
    size: int | None = None
    context: int | None = None
    tools: bool | None = None
    parameters: str = ""
    quantisation: str = ""
    architecture: str = ""
    kind: str = ""
    prompt_price: float | None = None
    completion_price: float | None = None
    instances: tuple[str, ...] | None = None
    loaded_context: int | None = None
    elsewhere: bool = False

    @property
    def loaded(self) -> bool | None:
        """Whether it is in memory; None where that cannot be known."""
        return None if self.instances is None else bool(self.instances)

    @property
    def price(self) -> float | None:
        """A million tokens each way, in US dollars: what the sweep along the price curve sorts by."""
        known = self.prompt_price is not None and self.completion_price is not None
        return (self.prompt_price or 0.0) + (self.completion_price or 0.0) if known else None


# What a list can be sorted by: cheapest, smallest or most context first; models that do not say come last.
ORDERS: Mapping[str, Callable[[Entry], tuple[bool, float]]] = {
    "price": lambda one: (one.price is None, one.price or 0.0),
    "name": lambda _: (False, 0.0),
    "size": lambda one: (one.size is None, one.size or 0.0),
    "context": lambda one: (one.context is None, -(one.context or 0.0)),
}


def rank(one: Entry, order: str = "price") -> tuple[bool, float, str, str]:
    """A model's place in one of ORDERS, as a sort key; equal ones go by name. Raises UsageError for an unknown order."""
    if order not in ORDERS:
        raise UsageError(unknown("order", order, ORDERS))
    return (*ORDERS[order](one), one.name.casefold(), one.name)


def openai_entries(ask: Ask, server: Server) -> tuple[Entry, ...] | None:
    """What an OpenAI-compatible list says; None where there is no such list."""
    answer = ask("GET", "/v1/models" if server.provider in {"ollama", "lmstudio"} else "/models")
    if answer is None:
        return None
    return tuple(map(partial(_openai_entry, server), items(server, answer, "data", name="id")))


def listed(found: tuple[Entry, ...] | None, server: Server) -> tuple[Entry, ...]:
    """The entries, or ProviderError where the server has no list at all."""
    if found is None:
        raise ProviderError(
            f"{server.base_url} has no list of models where {PROVIDERS[server.provider].title} has it; is the address right? "
            "One for OpenAI's protocol usually ends in /v1"
        )
    return found


def _openai_entry(server: Server, one: dict[str, Any]) -> Entry:
    meta = mapping(one.get("meta"))  # llama.cpp
    sizes = (one.get(key) for key in ("context_length", "max_model_len", "context_window", "max_context_length"))
    takes = one.get("supported_parameters")
    # Others price in other units under the same names; only OpenRouter's is known to be dollars per token.
    pricing = mapping(one.get("pricing")) if server.provider == "openrouter" else {}
    return Entry(
        name=one["id"],
        size=whole(meta.get("size")),
        context=next(filter(None, map(whole, chain(sizes, (meta.get("n_ctx"), meta.get("n_ctx_train"))))), None),
        tools="tools" in takes if isinstance(takes, list) else None,
        prompt_price=_per_million(pricing.get("prompt")),
        completion_price=_per_million(pricing.get("completion")),
    )


def _per_million(value: object) -> float | None:
    """Dollars per million tokens from dollars per token; -1 stands for a price that depends on the request."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    with suppress(ArithmeticError, ValueError):
        price = float(Decimal(str(value)) * _MILLION)
        if math.isfinite(price) and price >= 0:
            return price
    return None

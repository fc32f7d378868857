"""Models of servers as people read them, a table, and as programs do, a document each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swebench_lite.models.entries import Entry
    from swebench_lite.models.wire import Server
    from swebench_lite.settings import Settings

    Row = tuple[Server, Entry]


def document(server: Server, one: Entry, settings: Settings) -> dict[str, object]:
    """The model as JSON has it: its name for --model, its server, and all that the server says of it."""
    from dataclasses import asdict

    return {
        "model": _name(server, one, settings),
        "provider": server.provider,
        "base_url": server.base_url,
        **asdict(one),
        "loaded": one.loaded,
    }


def table(rows: Sequence[Row], settings: Settings) -> None:
    """Print the models; a column in which no model says anything is left out."""
    from swebench_lite.cli import output

    cells = [(_name(server, one, settings), *(show(one) for show in _COLUMNS.values())) for server, one in rows]
    names = ("Model", *_COLUMNS)
    kept = [index for index, _ in enumerate(names) if any(row[index] for row in cells)]
    shown = [names[index] for index in kept]
    right = set(shown) & {"Size", "Context", "Params", "$/M in", "$/M out", "Loaded"}
    output.table(shown, ([row[index] for index in kept] for row in cells), right=right)


def _name(server: Server, one: Entry, settings: Settings) -> str:
    """The model as --model takes it; at an address of --base-url, that needs the address as well."""
    return f"{server.provider}/{one.name}" if server.provider != "openai" or _usual(server, settings) else one.name


def _usual(server: Server, settings: Settings) -> bool:
    return server.base_url == settings.servers[server.provider]


def _size(one: Entry) -> str:
    from swebench_lite.cli import output

    return output.size(one.size) if one.size else ""


def _dollars(price: float | None) -> str:
    if not price:
        return "" if price is None else "free"
    whole, _, cents = f"{price:,.4f}".partition(".")
    return f"{whole}.{cents[:2]}{cents[2:].rstrip('0')}"


def _in_memory(one: Entry) -> str:
    if one.elsewhere:
        return "remote"
    return "" if not one.loaded else f"{one.loaded_context:,} tokens" if one.loaded_context else "yes"


_COLUMNS: Mapping[str, Callable[[Entry], str]] = {
    "Size": _size,
    "Context": lambda one: f"{one.context:,}" if one.context else "",
    "Tools": lambda one: "" if one.tools is None else "yes" if one.tools else "no",
    "Params": lambda one: one.parameters,
    "Quant": lambda one: one.quantisation,
    "$/M in": lambda one: _dollars(one.prompt_price),
    "$/M out": lambda one: _dollars(one.completion_price),
    "Loaded": _in_memory,
}

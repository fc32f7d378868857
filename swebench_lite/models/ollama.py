"""Ollama: what it has, and its memory.

Formats: ``/api/tags``, ``/api/ps`` and ``/api/show``. An empty prompt for ``/api/generate`` loads; with ``keep_alive`` 0 it
unloads.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from swebench_lite.errors import ProviderError
from swebench_lite.models.entries import Entry
from swebench_lite.models.wire import Ask, Server, items, mapping, text, whole

# Longer than any pause between two requests of a sweep, and still a sweep that was killed does not hold memory for ever.
_KEEP = "24h"


def ollama_name(name: str) -> str:
    """A model's name as Ollama compares it: case folded, its own registry left out, ``:latest`` added."""
    short = name.casefold().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return short if ":" in short.rpartition("/")[2] else f"{short}:latest"


def entries(ask: Ask, server: Server, *, details: bool = False) -> tuple[Entry, ...] | None:
    """Every model that is on the disk or in memory; None where the server has no such list. See ``catalogs.list_models``."""
    tags = ask("GET", "/api/tags")
    if tags is None:
        return None
    there = items(server, tags, "models", name="name")
    answer = ask("GET", "/api/ps")
    running = None if answer is None else items(server, answer, "models", name="name")
    # What is in memory may have been deleted from the disk since.
    gone = [run for run in running or () if not any(_same(run, one) for one in there)]
    return tuple(_entry(ask, one, running, details=details) for one in (*there, *gone))


def load(ask: Ask, server: Server, name: str) -> None:
    """Load a model, or keep one that is in memory there. Raises ProviderError where the server does not say that it is done."""
    _generate(ask, server, name, keep_alive=_KEEP)


def unload(ask: Ask, server: Server, name: str) -> None:
    """Tell the server to unload a model: it says yes at once, whatever it still has to finish. Errors as for ``load``."""
    _generate(ask, server, name, keep_alive=0)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two are one model: by name, or as the same contents under two names, which Ollama keeps in memory once."""
    twins = bool(text(one.get("digest"))) and one["digest"] == other.get("digest")
    return twins or ollama_name(one["name"]) == ollama_name(other["name"])


def _entry(ask: Ask, one: Mapping[str, Any], running: list[dict[str, Any]] | None, *, details: bool) -> Entry:
    brief, shown = mapping(one.get("details")), mapping(None)
    if details and not (one.get("capabilities") and brief.get("context_length")):
        with suppress(ProviderError):  # one broken model must not hide the others
            shown = mapping(ask("POST", "/api/show", body={"model": one["name"]}))
    info, more = mapping(shown.get("model_info")), {**mapping(shown.get("details")), **brief}
    skills = one.get("capabilities") or shown.get("capabilities")
    mine = [run for run in running or () if _same(run, one)]
    elsewhere = bool(one.get("remote_host") or one.get("remote_model"))
    architecture = text(info.get("general.architecture")) or text(more.get("family"))
    return Entry(
        name=one["name"],
        size=None if elsewhere else whole(one.get("size")),
        context=whole(more.get("context_length")) or whole(info.get(f"{architecture}.context_length")),
        tools="tools" in skills if isinstance(skills, list) else None,
        parameters=text(more.get("parameter_size")),
        quantisation=text(more.get("quantization_level")),
        architecture=architecture,
        kind="embedding" if isinstance(skills, list) and "embedding" in skills else "",
        instances=None if running is None else tuple(run["name"] for run in mine),
        loaded_context=next((whole(run.get("context_length")) for run in mine), None),
        elsewhere=elsewhere,
    )


def _generate(ask: Ask, server: Server, name: str, *, keep_alive: str | int) -> None:
    body = {"model": name, "prompt": "", "stream": False, "keep_alive": keep_alive}
    answer = ask("POST", "/api/generate", body=body, timeout=server.load_timeout)
    if not mapping(answer).get("done"):
        raise ProviderError(
            f"Ollama at {server.base_url} does not say that it is done with {name}; is it Ollama, and not too old?"
        )

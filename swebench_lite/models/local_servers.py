"""Ollama and LM Studio alike: what they have, and one model at a time in their memory. Loading one unloads the others."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from swebench_lite.errors import ProviderError, SwebenchLiteError, UsageError, unknown
from swebench_lite.models import lmstudio, ollama
from swebench_lite.models.entries import Entry, listed, openai_entries
from swebench_lite.models.wire import PROVIDERS, Ask, Server, connected

# Each with the command that fetches a model.
LOCAL = {"ollama": "ollama pull", "lmstudio": "lms get"}
_ENTRIES = {"ollama": ollama.entries, "lmstudio": lmstudio.entries}
_UNLOAD = {"ollama": ollama.unload, "lmstudio": lmstudio.unload}
_POLL = 0.2  # seconds


class Installed(NamedTuple):
    """Which of the wanted models a server has, by the server's names, and a sentence for each that it lacks."""

    there: tuple[str, ...]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A model in memory. name: the server's; identifier: what requests call it.

    context: tokens it runs with; limit: the most it could run with; None where the server does not say. already: it was in
    memory before. unloaded: what had to go. seconds: how long it all took.
    """

    name: str
    identifier: str
    context: int | None = None
    limit: int | None = None
    already: bool = False
    unloaded: tuple[str, ...] = ()
    seconds: float = 0.0


def installed(names: Iterable[str], server: Server) -> Installed:
    """Which models are there, each once and in the given order. Raises ProviderError where the server does not answer."""
    _check_local(server)
    with connected(server) as ask:
        found = entries(ask, server)
    there: dict[str, None] = {}
    missing: dict[str, str] = {}
    for name in names:
        entry = find(name, found, server)
        if entry is None:
            missing[name] = _not_there(name, found, server)
        else:
            there[entry.name] = None
    return Installed(tuple(there), missing)


def find(name: str, found: Iterable[Entry], server: Server) -> Entry | None:
    """The model of that name as the server compares names, or in memory under it; a mere resemblance is no match."""
    same = ollama.ollama_name if server.provider == "ollama" else str.casefold
    models = tuple(found)
    by_instance = {same(each): one for one in models for each in one.instances or ()}
    return {**by_instance, **{same(one.name): one for one in models}}.get(same(name))


def load(name: str, server: Server, *, context: int | None = None) -> Loaded:
    """Unload every other model, then load this one; returns once it is in memory.

    context: tokens to load it with (LM Studio only). Raises UsageError where the server has no such model, before anything
    is unloaded; ProviderError where the server does not obey.
    """
    _check_local(server)
    if context is not None and server.provider == "ollama":
        raise UsageError(
            "Ollama keeps no context length for later requests; start it with OLLAMA_CONTEXT_LENGTH set instead"
        )
    begun = time.monotonic()
    with connected(server) as ask:
        found = entries(ask, server)
        entry = find(name, found, server)
        if entry is None:
            raise UsageError(_not_there(name, found, server))
        already = bool(entry.loaded) and context in {None, entry.loaded_context}
        mine = (entry.instances or ())[:1] if already else ()
        unloaded = _clear(ask, server, found, spare=mine)
        identifier = entry.name
        if server.provider == "lmstudio":
            identifier = mine[0] if mine else _lmstudio_load(ask, server, entry.name, context)
        elif not entry.elsewhere:
            # Also where it is in memory: it must not leave after the few minutes of whoever loaded it.
            ollama.load(ask, server, entry.name)
        now = find(name, entries(ask, server, details=True), server) or entry
    return Loaded(
        name=entry.name, identifier=identifier, context=now.loaded_context, limit=now.context, already=already,
        unloaded=unloaded, seconds=time.monotonic() - begun,
    )  # fmt: skip


def unload(name: str, server: Server) -> tuple[str, ...]:
    """Unload one model in all its instances; returns their names, none where it was not loaded.

    Raises UsageError where the server has no such model, ProviderError where it stays.
    """
    _check_local(server)
    with connected(server) as ask:
        found = entries(ask, server)
        entry = find(name, found, server)
        if entry is None:
            raise UsageError(_not_there(name, found, server))
        if server.provider == "ollama" and not (entry.instances or entry.elsewhere):
            # Its memory may just be filling, which no list shows.
            ollama.unload(ask, server, entry.name)
        return _remove(ask, server, (entry.name,) if entry.instances is None else entry.instances)


def unload_all(server: Server) -> tuple[str, ...]:
    """Unload every model; returns their names. Raises ProviderError where one stays."""
    _check_local(server)
    with connected(server) as ask:
        return _clear(ask, server, entries(ask, server))


@contextmanager
def loaded(name: str, server: Server, *, context: int | None = None) -> Iterator[Loaded]:
    """The model is in memory within the block and out of it after, whatever ends the block or the loading; see ``load``.

    An error or interrupt is never hidden by one while unloading: that one becomes a note of it.
    """
    try:
        yield load(name, server, context=context)
    except BaseException as error:
        try:
            unload(name, server)
        except UsageError:
            pass  # the server has no such model, which is the error itself
        except SwebenchLiteError as second:
            error.add_note(f"and {name} may still be in memory: {second}")
        raise
    unload(name, server)


def entries(ask: Ask, server: Server, *, details: bool = False) -> tuple[Entry, ...]:
    """Every model of Ollama or LM Studio over an open connection; see ``catalogs.list_models``."""
    found = _ENTRIES[server.provider](ask, server, details=details)
    return listed(found if found is not None else openai_entries(ask, server), server)


def not_there(name: str, found: Iterable[Entry]) -> str:
    """The sentence for a model that no server has, with the near miss."""
    return unknown("model", name, [one.name.removesuffix(":latest") for one in found])


def _check_local(server: Server) -> None:
    if server.provider not in LOCAL:
        title = PROVIDERS[server.provider].title
        raise UsageError(f"{title} loads nothing on request; only Ollama and LM Studio do, see --provider")


def _not_there(name: str, found: Iterable[Entry], server: Server) -> str:
    sentence = not_there(name, found)
    return f"{PROVIDERS[server.provider].title}: {sentence}; '{LOCAL[server.provider]} {name}' may fetch it"


def _clear(ask: Ask, server: Server, found: Sequence[Entry], *, spare: Sequence[str] = ()) -> tuple[str, ...]:
    """Remove every instance but the spared ones; returns their names."""
    if any(one.instances is None for one in found):
        if server.provider == "ollama":
            raise ProviderError(f"Ollama at {server.base_url} cannot say what is in its memory; update it")
        lmstudio.unload_unseen(server)
        return ()
    return _remove(ask, server, [each for one in found for each in one.instances or () if each not in spare])


def _remove(ask: Ask, server: Server, instances: Iterable[str]) -> tuple[str, ...]:
    """Unload instances and wait until they are gone: Ollama says yes at once, whatever it still has to finish."""
    names = tuple(dict.fromkeys(instances))
    for name in names:
        _UNLOAD[server.provider](ask, server, name)
    deadline = time.monotonic() + server.timeout
    while names:
        left = [each for one in entries(ask, server) for each in one.instances or () if each in names]
        if not left:
            break
        if time.monotonic() > deadline:
            raise ProviderError(
                f"{left[0]} is still in the memory of {server.base_url} after {server.timeout:g} s; "
                "it may have a request to finish, so try again later"
            )
        time.sleep(_POLL)
    return names


def _lmstudio_load(ask: Ask, server: Server, name: str, context: int | None) -> str:
    """Load by request, or where there is none through ``lms``; returns what requests must call the model."""
    identifier = lmstudio.load(ask, server, name, context)
    if identifier is not None:
        return identifier
    said = lmstudio.load_by_program(server, name, context)
    now = find(name, entries(ask, server), server)
    if now is not None and now.loaded is False:
        raise ProviderError(f"lms ended well, but {name} is not loaded at {server.base_url}; it said: {said}")
    return name

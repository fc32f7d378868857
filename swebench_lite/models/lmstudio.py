"""LM Studio: what it has, and its memory, also through its program ``lms``.

Formats: ``/api/v1/models`` (since 0.4.0, with requests that load and unload) and ``/api/v0/models`` (since 0.3.6); a server
older than 0.4.0 is told through ``lms``.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from swebench_lite.errors import ProviderError
from swebench_lite.models.entries import Entry
from swebench_lite.models.wire import Ask, Server, items, mapping, text, whole

_LMS_PORT = 1234


def entries(ask: Ask, server: Server, *, details: bool = False) -> tuple[Entry, ...] | None:
    """Every model; None where the server has no such list. details: nothing more to ask for, the list has them."""
    answer = ask("GET", "/api/v1/models")
    if answer is not None:
        return tuple(map(_entry, items(server, answer, "models", name="key")))
    answer = ask("GET", "/api/v0/models")
    return None if answer is None else tuple(map(_old_entry, items(server, answer, "data", name="id")))


def load(ask: Ask, server: Server, name: str, context: int | None) -> str | None:
    """Load a model by request; returns what requests must call it, None where the server is too old for that.

    context: tokens to load it with; None leaves them to the server. Raises ProviderError where the server does not obey.
    """
    body = {"model": name, **({"context_length": context} if context else {})}
    answer = ask("POST", "/api/v1/models/load", body=body, timeout=server.load_timeout)
    if answer is None:
        return None
    return text(mapping(answer).get("instance_id")) or text(mapping(answer).get("model_instance_id")) or name


def load_by_program(server: Server, name: str, context: int | None) -> str:
    """Load a model under its own name through ``lms``; returns what that said. Raises ProviderError where it fails."""
    length = ("--context-length", str(context)) if context else ()
    return _lms(server, "load", name, "--identifier", name, *length, "--yes")


def unload(ask: Ask, server: Server, instance: str) -> None:
    """Unload one instance of a model, by request or through ``lms``. Raises ProviderError where that fails."""
    if ask("POST", "/api/v1/models/unload", body={"instance_id": instance}) is None:
        _lms(server, "unload", instance)


def unload_unseen(server: Server) -> None:
    """Unload everything where no list says what is in memory, through ``lms``. Raises ProviderError where that fails."""
    _lms(server, "unload", "--all")


def _entry(one: Mapping[str, Any]) -> Entry:
    runs = one.get("loaded_instances")
    instances = [mapping(run) for run in runs if text(mapping(run).get("id"))] if isinstance(runs, list) else []
    tools = mapping(one.get("capabilities")).get("trained_for_tool_use")
    return Entry(
        name=one["key"],
        size=whole(one.get("size_bytes")),
        context=whole(one.get("max_context_length")),
        tools=tools if isinstance(tools, bool) else None,
        parameters=text(one.get("params_string")),
        quantisation=text(mapping(one.get("quantization")).get("name")),
        architecture=text(one.get("architecture")),
        kind=text(one.get("type")),
        instances=tuple(run["id"] for run in instances),
        loaded_context=next((whole(mapping(run.get("config")).get("context_length")) for run in instances), None),
    )


def _old_entry(one: Mapping[str, Any]) -> Entry:
    skills = one.get("capabilities")
    return Entry(
        name=one["id"],
        context=whole(one.get("max_context_length")),
        # Absent in versions that did not tell yet; there and without it, the model has no tools.
        tools="tool_use" in skills if isinstance(skills, list) else None,
        quantisation=text(one.get("quantization")),
        architecture=text(one.get("arch")),
        kind="embedding" if one.get("type") == "embeddings" else text(one.get("type")),
        instances=(one["id"],) if one.get("state") == "loaded" else (),
        loaded_context=whole(one.get("loaded_context_length")),
    )


def _lms(server: Server, *arguments: str) -> str:
    """Run LM Studio's program; returns what it said. Raises ProviderError where it is missing, fails or takes too long."""
    if server.lms is None:
        raise ProviderError(
            f"LM Studio at {server.base_url} is older than 0.4.0 and is told through its program 'lms', which is not on PATH; "
            "run '~/.lmstudio/bin/lms bootstrap', or update LM Studio"
        )
    if arguments[1].startswith("-") and arguments[1] != "--all":
        raise ProviderError(f"lms would take the name '{arguments[1]}' for an option; rename the model")
    command = [server.lms, *arguments, *_whereabouts(server)]
    # A file, not a pipe: a service that lms may start would hold the pipe open and never end.
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=server.load_timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ProviderError(f"'lms {arguments[0]}' was not done within {server.load_timeout:g} s") from error
        except (OSError, ValueError) as error:
            raise ProviderError(f"{server.lms} cannot be started: {error}") from error
        output.seek(0)
        said = " ".join(output.read(4000).decode("utf-8", "replace").split())
    if done.returncode:
        raise ProviderError(f"'lms {' '.join(arguments)}' failed ({done.returncode}): {said or 'it said nothing'}")
    return said


def _whereabouts(server: Server) -> tuple[str, ...]:
    """The server's place as lms takes it; nothing for the usual one, so that lms may wake LM Studio up."""
    parts = urlsplit(server.base_url)
    port = parts.port or _LMS_PORT
    if server.here:
        return () if port == _LMS_PORT else ("--port", str(port))
    return ("--host", parts.hostname or "", "--port", str(port))

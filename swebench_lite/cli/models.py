"""Models of servers: list, load, unload."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Places

if TYPE_CHECKING:
    from swebench_lite.cli.model_tables import Row
    from swebench_lite.errors import ProviderError
    from swebench_lite.models.local_servers import Loaded
    from swebench_lite.models.wire import Server
    from swebench_lite.settings import Settings

Found = TypeVar("Found")
_Provider = Annotated[
    str | None,
    typer.Option(
        "--provider", metavar="NAME", help="openrouter, ollama, lmstudio or openai; the local ones unless given."
    ),
]
_BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="The server's address instead of the usual one.")
]
_Context = Annotated[
    int | None, typer.Option("--context", metavar="N", min=1, help="Tokens to load it with; LM Studio only.")
]
_Timeout = Annotated[
    float, typer.Option("--timeout", metavar="S", min=0.1, max=24 * 3600, help="Seconds that loading may take.")
]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    for name, function in (("list", list_models), ("load", load), ("unload", unload)):
        command(app, name)(function)


def list_models(
    *,
    provider: _Provider = None,
    base_url: _BaseUrl = None,
    sort: Annotated[
        str, typer.Option("--sort", metavar="KEY", help="price (cheapest first), name, size or context.")
    ] = "price",
    match: Annotated[
        str | None, typer.Option("--match", metavar="TEXT", help="Only models whose name holds this text.")
    ] = None,
    places: Places,
    as_json: Json = False,
) -> int:
    """List what model servers have.

    Size, context length, tools, price, and what is in memory.
    Without --provider or --base-url: Ollama and LM Studio, whichever runs. Exit status 1 where one that runs makes no sense.
    """
    from swebench_lite.cli import model_tables, output
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.models.entries import ORDERS, rank

    if sort not in ORDERS:
        raise UsageError(unknown("order", sort, ORDERS))
    settings = places.settings()
    found, failed = _ask_all(_servers(settings, provider, base_url))
    rows = [(server, one) for server, one in found if (match or "").casefold() in one.name.casefold()]
    rows.sort(key=lambda row: rank(row[1], sort))
    if as_json:
        output.document({"models": [model_tables.document(*row, settings) for row in rows], "failed": _told(failed)})
        return _wrong(failed)
    _tell(failed)
    if rows:
        model_tables.table(rows, settings)
    output.line(f"{len(rows)} models" if match is None else f"{len(rows)} of {len(found)} models match '{match}'")
    return _wrong(failed)


def load(
    *,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A name as models list shows it.", show_default=False)],
    provider: _Provider = None,
    base_url: _BaseUrl = None,
    context: _Context = None,
    timeout: _Timeout = 900.0,
    places: Places,
    as_json: Json = False,
) -> None:
    """Load a model into a local server's memory.

    The others there are unloaded first.
    """
    from dataclasses import asdict

    from swebench_lite.cli import output
    from swebench_lite.models import local_servers

    server, name = _holder(model, places.settings(), provider, base_url, timeout)
    output.note(f"loading {name} at {server.base_url}")
    made = local_servers.load(name, server, context=context)
    if as_json:
        output.document({"provider": server.provider, "base_url": server.base_url, **asdict(made)})
        return
    for other in made.unloaded:
        output.line(f"unloaded {other}")
    known_as = f" as {made.identifier}" if made.identifier != made.name else ""
    length = f", {made.context:,} tokens of context" if made.context else ""
    took = "was loaded" if made.already else f"is loaded after {made.seconds:.1f} s"
    output.line(f"{made.name} {took}{known_as}{length}")
    _warn_of_short_context(made, server)


def unload(
    *,
    model: Annotated[
        list[str] | None,
        typer.Argument(metavar="MODEL...", help="Names as models list shows them.", show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every model that is in memory.")] = False,
    provider: _Provider = None,
    base_url: _BaseUrl = None,
    places: Places,
    as_json: Json = False,
) -> int:
    """Unload models from a local server's memory."""
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.models import local_servers

    if bool(model) == everything:
        raise UsageError("name the models to unload, or give --all")
    settings = places.settings()
    gone: list[str] = []
    failed: dict[str, ProviderError] = {}
    if everything:
        gone, failed = _each(_servers(settings, provider, base_url), local_servers.unload_all)
    # All names are looked up first: a typing error in the last one must not cost the first.
    for server, name in [_holder(one, settings, provider, base_url) for one in model or ()]:
        gone += local_servers.unload(name, server)
    if as_json:
        output.document({"unloaded": gone, "failed": _told(failed)})
        return _wrong(failed)
    _tell(failed)
    for name in gone:
        output.line(f"unloaded {name}")
    if not gone:
        output.line("nothing was loaded")
    return _wrong(failed)


def _servers(
    settings: Settings, provider: str | None, base_url: str | None, load_timeout: float = 900.0
) -> tuple[Server, ...]:
    """The servers that the options mean; Ollama and LM Studio where they name none.

    A key goes to its own provider's address only; an address of --base-url gets SWEBENCH_LITE_API_KEY. Raises UsageError for
    an unknown provider, an address that is none, and a server elsewhere while offline.
    """
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.models import endpoints
    from swebench_lite.models.wire import PROVIDERS, Server
    from swebench_lite.settings import tool

    usual = {url: name for name, url in settings.servers.items()}
    if provider is not None and provider not in PROVIDERS:
        raise UsageError(unknown("provider", provider, PROVIDERS))
    if base_url is not None:
        base_url = endpoints.normal_url(base_url)
        provider = provider or usual.get(base_url, "openai")
    lms = tool("lms", settings) or tool(str(settings.home / ".lmstudio" / "bin" / "lms"), settings)
    made = []
    for name in (provider,) if provider else ("ollama", "lmstudio"):
        url = base_url or settings.servers[name]
        key = settings.keys.get(
            endpoints.PROVIDERS[name].key if url == settings.servers[name] else endpoints.OTHER.key, ""
        )
        server = Server(
            provider=name, base_url=url, key=key.strip(), load_timeout=load_timeout, lms=lms,
            certificates=settings.certificates,
        )  # fmt: skip
        if settings.offline and not server.here:
            raise UsageError(f"{server.base_url} is not on this machine; leave out --offline (SWEBENCH_LITE_OFFLINE)")
        made.append(server)
    return tuple(made)


def _each(
    servers: Sequence[Server], ask: Callable[[Server], Iterable[Found]]
) -> tuple[list[Found], dict[str, ProviderError]]:
    """What every server gives, and why others give nothing, by provider. Raises ProviderError where all of them fail."""
    from swebench_lite.errors import ProviderError

    found: list[Found] = []
    failed: dict[str, ProviderError] = {}
    for server in servers:
        try:
            found += ask(server)
        except ProviderError as error:
            failed[server.provider] = error
    if len(failed) == len(servers):
        raise ProviderError("; ".join(_told(failed).values()))
    return found, failed


def _ask_all(servers: Sequence[Server], *, details: bool = True) -> tuple[list[Row], dict[str, ProviderError]]:
    from swebench_lite.models.catalogs import list_models

    return _each(servers, lambda server: [(server, one) for one in list_models(server, details=details)])


def _told(failed: Mapping[str, ProviderError]) -> dict[str, str]:
    return {name: str(error) for name, error in failed.items()}


def _tell(failed: Mapping[str, ProviderError]) -> None:
    from swebench_lite.cli import output

    for error in failed.values():
        output.note(str(error))


def _wrong(failed: Mapping[str, ProviderError]) -> int:
    """The exit status: that a server does not run is not wrong as long as another one does."""
    from swebench_lite.models.wire import NotRunning

    return int(not all(isinstance(error, NotRunning) for error in failed.values()))


def _holder(
    model: str, settings: Settings, provider: str | None, base_url: str | None, load_timeout: float = 900.0
) -> tuple[Server, str]:
    """The server that has a model, and the name there. ``ollama/NAME`` and ``lmstudio/NAME`` say whose it is.

    Raises UsageError where none or several servers have it, ProviderError where none answers.
    """
    from swebench_lite.errors import UsageError
    from swebench_lite.models import local_servers

    prefix, _, rest = model.partition("/")
    if rest and prefix in local_servers.LOCAL and provider in {None, prefix}:
        provider, model = prefix, rest
    servers = _servers(settings, provider, base_url, load_timeout)
    if len(servers) == 1:
        missing = local_servers.installed([model], servers[0]).missing
        if missing:
            raise UsageError(missing[model])
        return servers[0], model
    found, _ = _ask_all(servers, details=False)
    holders = [at for at in servers if local_servers.find(model, [one for where, one in found if where is at], at)]
    if len(holders) > 1:
        raise UsageError(f"both Ollama and LM Studio have '{model}'; say which with --provider")
    if not holders:
        raise UsageError(local_servers.not_there(model, [one for _, one in found]))
    return holders[0], model


def _warn_of_short_context(made: Loaded, server: Server) -> None:
    """Ollama loads with a few thousand tokens unless told otherwise and cuts what is longer without a word."""
    from swebench_lite.cli import output

    if server.provider == "ollama" and made.context and made.limit and made.context < made.limit:
        output.warn(
            f"prompts longer than {made.context:,} tokens will be cut without a word, though {made.name} can take "
            f"{made.limit:,}; start Ollama with OLLAMA_CONTEXT_LENGTH set"
        )

"""What a model server offers: names, sizes, context lengths, tools and prices, whichever kind of server it is."""

from __future__ import annotations

from swebench_lite.models import local_servers
from swebench_lite.models.entries import Entry, listed, openai_entries
from swebench_lite.models.wire import Server, connected


def list_models(server: Server, *, details: bool = True) -> tuple[Entry, ...]:
    """Every model of the server, in the server's order. details: ask for each one's too, where the list lacks them.

    Raises NotRunning where the server is not there and ProviderError where its answer makes no sense; both say what to do.
    """
    with connected(server) as ask:
        if server.provider in local_servers.LOCAL:
            return local_servers.entries(ask, server, details=details)
        found = openai_entries(ask, server)
    return listed(found, server)

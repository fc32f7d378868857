"""Requests to a model server about its models, and the reading of its answers: one connection, one kind of error.

Addresses and keys are arguments; nothing here reads the environment. What an answer means is for the modules above.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from swebench_lite.errors import ProviderError, UsageError, unknown
from swebench_lite.models import endpoints
from swebench_lite.settings import SERVERS

if TYPE_CHECKING:
    import httpx2

# Asks a server: (method, path below its root, body=..., timeout=seconds) -> document, None where there is no such endpoint.
Ask = Callable[..., Any]
_LARGEST = 64 * 1024**2  # bytes; the longest real list is about a hundredth of it
_ABSENT = frozenset({404, 405, 501})


class NotRunning(ProviderError):
    """Nothing takes connections at a server's address."""


class Provider(NamedTuple):
    """How people know a kind of server, and how they start it."""

    title: str
    start: str = ""


PROVIDERS: Mapping[str, Provider] = {
    "openrouter": Provider("OpenRouter"),
    "ollama": Provider("Ollama", "start it with 'ollama serve'"),
    "lmstudio": Provider("LM Studio", "start its server with 'lms server start'"),
    "openai": Provider("an OpenAI-compatible server"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where models are. key is never sent to this machine's own servers. timeout, load_timeout: seconds per request.

    lms: the path of LM Studio's program, or None. certificates: a CA bundle instead of the usual one. Raises UsageError for
    an unknown provider, an address that is none and a key that cannot be one.
    """

    provider: str
    base_url: str
    key: str = field(default="", repr=False)
    timeout: float = 20.0
    load_timeout: float = 900.0
    lms: str | None = None
    certificates: Path | None = None

    def __post_init__(self) -> None:
        if self.provider not in PROVIDERS:
            raise UsageError(unknown("provider", self.provider, PROVIDERS))
        object.__setattr__(self, "base_url", endpoints.normal_url(self.base_url))
        if not re.fullmatch(r"[!-~]*", self.key):
            raise UsageError(f"the key for {self.base_url} holds blanks, line breaks or letters that no key has")

    @property
    def root(self) -> str:
        """The address below which the paths of requests lie, without a slash at its end."""
        bare = self.base_url.rstrip("/")
        return re.sub(r"(/api)?(/v[01])?$", "", bare) if self.provider in {"ollama", "lmstudio"} else bare

    @property
    def here(self) -> bool:
        """Whether it is on this machine."""
        return endpoints.this_machine(self.base_url)


@contextmanager
def connected(server: Server) -> Iterator[Ask]:
    """A connection that is kept for several requests; what it gives raises ProviderError, see ``Ask``."""
    import httpx2

    headers = {"Accept": "application/json"}
    if server.key and not server.here:
        headers["Authorization"] = f"Bearer {server.key}"
    # A proxy of the environment must never stand between this machine and its own servers.
    with httpx2.Client(headers=headers, verify=_tls(server), trust_env=not server.here) as client:
        yield partial(_ask, client, server)


def _tls(server: Server) -> ssl.SSLContext | bool:
    if server.base_url.startswith("http:"):
        # Reading the usual certificates takes longer than the requests; this one trusts nobody.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return ssl.create_default_context(cafile=server.certificates) if server.certificates else True
    except OSError as error:
        raise UsageError(f"{server.certificates} holds no certificates: {error}; see SSL_CERT_FILE") from error


def _ask(
    client: httpx2.Client, server: Server, method: str, path: str, *, body: object = None, timeout: float | None = None
) -> Any:
    import httpx2

    limit = timeout or server.timeout
    content = None if body is None else json.dumps(body).encode()
    headers = {} if content is None else {"Content-Type": "application/json"}
    deadline = time.monotonic() + limit
    data = bytearray()
    waits = httpx2.Timeout(limit, connect=min(limit, server.timeout))
    try:
        with client.stream(method, server.root + path, content=content, headers=headers, timeout=waits) as response:
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > _LARGEST:
                    raise ProviderError(f"{server.base_url} answers with more than {_LARGEST // 1024**2} MB of models")
                if time.monotonic() > deadline:
                    raise httpx2.ReadTimeout("the whole answer took too long")
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        kind = NotRunning if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout) else ProviderError
        raise kind(_no_answer(server, error, limit)) from error
    return _read(server, method, response, bytes(data))


def _no_answer(server: Server, error: Exception, limit: float) -> str:
    import httpx2

    title, start = PROVIDERS[server.provider]
    slow = isinstance(error, httpx2.TimeoutException)
    advice = (
        f"{start}, or {_another(server)}" if start and isinstance(error, httpx2.TransportError) else _another(server)
    )
    return f"no answer from {title} at {server.base_url}{f' within {limit:g} s' if slow else f': {error}'}; {advice}"


def _another(server: Server) -> str:
    return f"name another address in {SERVERS[server.provider][0]} or with --base-url"


def _read(server: Server, method: str, response: httpx2.Response, data: bytes) -> Any:
    """The answer's document; None where the server has no such endpoint. Raises ProviderError for everything else."""
    status = response.status_code
    try:
        document = json.loads(data)
        is_json = True
    except (ValueError, RecursionError):
        document, is_json = None, False
    message, code = _message(document)
    message = message.replace(server.key or "\0", "***")
    if status in {401, 403} or code == "invalid_api_key":
        raise ProviderError(f"{server.base_url} wants a key that it knows ({status} {message}); {_key_advice(server)}")
    # LM Studio says 200 to whatever it does not know; a model that is not there is a 404 with a message, too.
    if message.startswith("Unexpected endpoint") or (status in _ABSENT and (method == "GET" or not message)):
        return None
    if response.has_redirect_location:
        raise ProviderError(
            f"{server.base_url} sends on to {response.headers['Location'][:200]}; give that address instead"
        )
    if status >= 400 or message:
        raise ProviderError(f"{server.base_url} answers {status}: {message or response.reason_phrase}")
    if not is_json:
        begin = data[:80].decode("utf-8", "replace").strip()
        what = "a web page" if begin.startswith("<") else f"'{begin}'" if begin else "nothing"
        raise ProviderError(f"{server.base_url} answers with {what} where JSON belongs; {_another(server)}")
    return document


def _message(document: object) -> tuple[str, str]:
    """What an error document says, and its code; "" for any other. Ollama writes a text, others an object."""
    error = document.get("error") if isinstance(document, dict) else None
    about = mapping(error)
    said = about.get("message") or about.get("type") or error
    return (str(said)[:400] if said else ""), text(about.get("code"))


def _key_advice(server: Server) -> str:
    if server.here:
        return "servers on this machine are sent none, so switch its authentication off"
    given = "the one that was sent may be wrong" if server.key else "none was sent"
    return (
        f"{given}: set {endpoints.PROVIDERS[server.provider].key} (SWEBENCH_LITE_API_KEY for an address of --base-url)"
    )


def items(server: Server, document: object, key: str, *, name: str) -> list[dict[str, Any]]:
    """The objects of a list that have a name, each name once. Some servers send the list bare; Go writes an empty one null."""
    found = document.get(key, document) if isinstance(document, dict) else document
    if found is None:
        return []
    if not isinstance(found, list):
        raise ProviderError(f"{server.base_url} answers without a list of models ('{key}'); {_another(server)}")
    named = {one[name]: one for one in found if isinstance(one, dict) and text(one.get(name))}
    return list(named.values())


def mapping(value: object) -> Mapping[str, Any]:
    """The object, or an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """The text, or "" in the place of anything else."""
    return value if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """A whole number from 1 that fits 63 bits, else None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else None

"""One request to a chat endpoint through the ``openai`` client, and whatever came of it: a reply is data, so is a failure."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from swebench_lite.models import completions
from swebench_lite.models.completions import Completion
from swebench_lite.models.endpoints import PLACEHOLDER, Endpoint
from swebench_lite.models.retry import Failure, retry_after

if TYPE_CHECKING:
    import openai

_CONNECT = 20.0  # seconds
_LARGEST = 64 * 1024**2  # bytes of a response; the longest reply that a model can give is about a hundredth of it
_KEPT = re.compile(
    r"x-request-id|request-id|x-generation-id|cf-ray|openai-(?:model|version|processing-ms)|retry-after(?:-ms)?"
    r"|(?:x-|anthropic-)?ratelimit-[a-z-]+"
)
# Nothing else leaves this machine, whatever the client or its own environment variables would add. The last one is the
# client's note to itself that the response is read piece by piece.
_SENT = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "host",
    "idempotency-key", "user-agent", "x-stainless-raw-response",
})  # fmt: skip
_making = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One request and what came of it. body: the response as text. headers: those that matter. seconds: wall time."""

    result: Completion | Failure
    body: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


def ask(
    endpoint: Endpoint,
    body: dict[str, Any],
    *,
    timeout: float,
    now: float,
    certificates: Path | None = None,
    once: str = "",
) -> Trial:
    """Sends one body. Raises nothing that a server or a network can cause.

    timeout: seconds for connecting, for each wait in between, and for the whole. now: seconds since 1970, for a date in
    Retry-After. once: the ``Idempotency-Key`` to send, or "" for none. The key is in no part of the trial, even where the
    server repeats it.
    """
    # Before the clock starts: the first call loads the client's library, which takes a second.
    errors = _transport_errors()
    begun = time.monotonic()
    try:
        trial = _request(endpoint, body, timeout, now, certificates=certificates, once=once)
    except errors as error:
        trial = Trial(result=_unreached(endpoint, error, timeout))
    return replace(trial, seconds=round(time.monotonic() - begun, 4))


def _request(
    endpoint: Endpoint, body: dict[str, Any], timeout: float, now: float, *, certificates: Path | None, once: str
) -> Trial:
    import openai

    deadline = time.monotonic() + timeout
    with _making:
        client = _client(endpoint.url, endpoint.key, timeout, endpoint.own, certificates)
    rest = {name: value for name, value in body.items() if name not in {"model", "messages"}}
    chunks: list[bytes] = []
    try:
        with client.chat.completions.with_streaming_response.create(
            model=body["model"],
            messages=cast("Any", body["messages"]),
            extra_body=rest,
            extra_headers={"Idempotency-Key": once} if once else None,
        ) as response:
            status, headers = response.status_code, _kept(response.headers.items(), endpoint)
            try:
                broken = _receive(response.iter_bytes(), chunks, deadline)
            except _transport_errors() as error:
                broken = Failure(message=f"the response broke off: {_why(error)}", passing=True)
    except openai.APIStatusError as error:
        return _refused(endpoint, error, now)
    text = _hidden(b"".join(chunks).decode("utf-8", "surrogateescape"), endpoint)
    return Trial(result=broken or completions.read(text), body=text, status=status, headers=headers)


def _receive(pieces: Iterable[bytes], chunks: list[bytes], deadline: float) -> Failure | None:
    """Fills chunks; says what is wrong with a response that is too large, or too slow as a whole."""
    size = 0
    for piece in pieces:
        chunks.append(piece)
        size += len(piece)
        if size > _LARGEST:
            return Failure(message=f"the response is larger than {_LARGEST // 1024**2} MB", passing=False)
        if time.monotonic() > deadline:
            return Failure(message="the response did not end within the time limit", passing=True)
    return None


def _refused(endpoint: Endpoint, error: openai.APIStatusError, now: float) -> Trial:
    """A response with a status other than 2xx."""
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    text = _hidden(error.response.content[:_LARGEST].decode("utf-8", "surrogateescape"), endpoint)
    failure = completions.error_of(error.status_code, text)
    if 300 <= error.status_code <= 399:
        where = _hidden(headers.get("location", "another address"), endpoint).removesuffix("/chat/completions")
        failure = replace(
            failure, message=f"HTTP status {error.status_code}: the server has moved; give {where} as base URL"
        )
    return Trial(
        result=replace(failure, wait=retry_after(headers, now=now)),
        body=text,
        status=error.status_code,
        headers=_kept(headers.items(), endpoint),
    )


def _unreached(endpoint: Endpoint, error: Exception, timeout: float) -> Failure:
    import httpx2
    import openai

    if isinstance(error, openai.APITimeoutError):
        return Failure(message=f"no answer from {endpoint.url} within {timeout:g} s", passing=True)
    cause = _why(error)
    hint = "; is the server running?" if "refused" in cause else ""
    stays = isinstance(error, httpx2.InvalidURL | UnicodeError) or "CERTIFICATE_VERIFY_FAILED" in cause
    return Failure(message=_hidden(f"no connection to {endpoint.url}: {cause}{hint}", endpoint), passing=not stays)


@lru_cache(maxsize=32)
def _client(url: str, key: str, timeout: float, own: bool, certificates: Path | None) -> openai.OpenAI:
    """One client for all who ask one server; it retries nothing itself.

    A server of this machine is asked directly, past any proxy. Connections are not kept: a request takes seconds, a new
    connection takes none, and one that the server has closed meanwhile would fail.
    """
    import ssl

    import httpx2
    import openai

    def only_ours(request: httpx2.Request) -> None:
        for name in set(request.headers) - _SENT:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {key}"

    trusted: dict[str, Any] = {"verify": ssl.create_default_context(cafile=str(certificates))} if certificates else {}
    http = openai.DefaultHttpxClient(
        follow_redirects=False,
        trust_env=not own,
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        event_hooks={"request": [only_ours]},
        **trusted,
    )
    waits = httpx2.Timeout(timeout, connect=min(timeout, _CONNECT))
    return openai.OpenAI(api_key=key, base_url=url, timeout=waits, max_retries=0, http_client=http)


@lru_cache(maxsize=1)
def _transport_errors() -> tuple[type[Exception], ...]:
    """Whatever a connection can fail with; a status other than 2xx is none of these."""
    import anyio
    import httpx2
    import openai

    return (
        openai.APIConnectionError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError, UnicodeError,
        anyio.EndOfStream,
    )  # fmt: skip


def _kept(headers: Iterable[tuple[str, str]], endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    lower = sorted((name.lower(), _hidden(value, endpoint)) for name, value in headers)
    return tuple((name, value) for name, value in lower if _KEPT.fullmatch(name))


def _hidden(text: str, endpoint: Endpoint) -> str:
    """The text without the key: servers repeat it in their messages."""
    return text if endpoint.key == PLACEHOLDER or len(endpoint.key) < 6 else text.replace(endpoint.key, "[key]")


def _why(error: BaseException) -> str:
    """The innermost words of an error, without its wrappers."""
    said = ""
    seen: BaseException | None = error
    while seen is not None:
        said = str(seen) or said
        seen = seen.__cause__ or seen.__context__
    return " ".join((said or type(error).__name__).split())[:500]

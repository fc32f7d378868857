"""One request to a chat endpoint through the ``openai`` client, and whatever came of it: a reply is data, so is a failure."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from swebench_lite.models import completions
from swebench_lite.models.completions import Completion
from swebench_lite.models.endpoints import PLACEHOLDER, Endpoint
from swebench_lite.models.retry import Failure, retry_after
from swebench_lite.models.watch import Watch

if TYPE_CHECKING:
    import httpx2
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
# The request that this thread is sending, for the hooks of a client that many threads share.
_under_way: ContextVar[Watch] = ContextVar("_under_way")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One request and what came of it. body: the response as text. headers: those that matter. seconds: wall time.

    sent: False where the request never went out.
    """

    result: Completion | Failure
    body: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    sent: bool = True


def ask(
    endpoint: Endpoint,
    body: dict[str, Any],
    *,
    timeout: float,
    clock: Callable[[], float] = time.time,
    certificates: Path | None = None,
    once: str = "",
) -> Trial:
    """Sends one body. Raises nothing that a server or a network can cause.

    timeout: seconds for the whole, from connecting to the last byte, whatever the status; 20 at most to connect. clock:
    seconds since 1970, read when the response is there, for a date in Retry-After. once: the ``Idempotency-Key`` to send, or
    "" for none. The key is in no part of the trial, even where the server repeats it.
    """
    # Before the clock starts: the first call loads the client's library, which takes a second.
    errors = _transport_errors()
    with _making:
        client = _client(endpoint.url, endpoint.key, timeout, endpoint.own, certificates)
    begun = time.monotonic()
    with Watch(timeout, largest=_LARGEST) as watch:
        token = _under_way.set(watch)
        try:
            _request(client, body, watch, once)
            broken = watch.broken()
        except errors as error:
            broken = _broken(endpoint, error, watch, timeout)
        finally:
            _under_way.reset(token)
    text = _hidden(b"".join(watch.chunks).decode("utf-8", "surrogateescape"), endpoint)
    result = _result(broken, watch, text)
    if isinstance(result, Failure):
        result = replace(result, wait=retry_after(watch.headers, now=clock()))
    return Trial(
        result=_without_key(result, endpoint),
        body=text,
        status=watch.status,
        headers=_kept(watch.headers.items(), endpoint),
        seconds=round(time.monotonic() - begun, 4),
    )


def _request(client: openai.OpenAI, body: dict[str, Any], watch: Watch, once: str) -> None:
    """Sends a body; what comes back is in the watch. Raises an error of the connection, or for a status other than 2xx."""
    rest = {name: value for name, value in body.items() if name not in {"model", "messages"}}
    with client.chat.completions.with_streaming_response.create(
        model=body["model"],
        messages=cast("Any", body["messages"]),
        extra_body=rest,
        extra_headers={"Idempotency-Key": once} if once else None,
    ) as response:
        watch.receive(response.iter_bytes())


def _broken(endpoint: Endpoint, error: Exception, watch: Watch, timeout: float) -> Failure | None:
    """What an error means, by how far the response had come; None where the whole of it is there, a refusal."""
    if watch.status is None:
        return _unreached(endpoint, error, timeout, late=watch.late)
    if watch.ended or watch.late:
        return watch.broken()
    return Failure(message=f"the response broke off: {_why(error)}", passing=True)


def _result(broken: Failure | None, watch: Watch, text: str) -> Completion | Failure:
    """What came: a status other than 2xx says more than the way in which its response ended."""
    status = watch.status
    if status is None or 200 <= status <= 299:
        return broken or completions.read(text)
    failure = completions.error_of(status, text)
    if 300 <= status <= 399:
        where = watch.headers.get("location", "another address").removesuffix("/chat/completions")
        return replace(failure, message=f"HTTP status {status}: the server has moved; give {where} as base URL")
    return replace(failure, message=f"{failure.message}; {broken.message}") if broken else failure


def _unreached(endpoint: Endpoint, error: Exception, timeout: float, *, late: bool) -> Failure:
    import httpx2
    import openai

    if late or isinstance(error, openai.APITimeoutError):
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
        request.extensions["trace"] = _under_way.get().follow

    def noted(response: httpx2.Response) -> None:
        watch = _under_way.get()
        watch.heard(response.status_code, response.headers.items())
        if not response.is_success:
            # Here, because the client would read a refusal's body whole, however large it is.
            watch.receive(response.iter_bytes())
            response.raise_for_status()

    trusted: dict[str, Any] = {"verify": ssl.create_default_context(cafile=str(certificates))} if certificates else {}
    http = openai.DefaultHttpxClient(
        follow_redirects=False,
        trust_env=not own,
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        event_hooks={"request": [only_ours], "response": [noted]},
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
    """The text without the key, also where it is escaped as in JSON: servers repeat it in their messages."""
    if endpoint.key == PLACEHOLDER or len(endpoint.key) < 6:
        return text
    return _spellings(endpoint.key).sub("[key]", text)


@lru_cache(maxsize=32)
def _spellings(key: str) -> re.Pattern[str]:
    """Matches a key in the ways in which JSON can spell it, and JSON within JSON."""
    escaped = dict.fromkeys('/"\\', r"\\{0,7}")
    each = (rf"(?:{escaped.get(sign, '')}{re.escape(sign)}|\\{{1,7}}u(?i:{ord(sign):04x}))" for sign in key)
    return re.compile("".join(each))


def _without_key(result: Completion | Failure, endpoint: Endpoint) -> Completion | Failure:
    """The result without the key: pieces of it that came apart, as in a stream, are together here."""
    hide = partial(_hidden, endpoint=endpoint)
    if isinstance(result, Failure):
        return replace(result, message=hide(result.message))
    return replace(
        result,
        reply=hide(result.reply),
        reasoning=hide(result.reasoning),
        refusal=hide(result.refusal),
        tool_calls=tuple((hide(name), hide(arguments)) for name, arguments in result.tool_calls),
        finish_reason=None if result.finish_reason is None else hide(result.finish_reason),
        model=hide(result.model),
    )


def _why(error: BaseException) -> str:
    """The innermost words of an error, without its wrappers."""
    said = ""
    seen: BaseException | None = error
    while seen is not None:
        said = str(seen) or said
        seen = seen.__cause__ or seen.__context__
    return " ".join((said or type(error).__name__).split())[:500]

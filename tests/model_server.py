"""A real model server on loopback for tests: it speaks the OpenAI protocol, answers deterministically and fails on request.

    with ModelServer(plan=("429", "reset")) as server:
        model = open_model("any", (), settings=..., access=Access(base_url=server.url))

``plan`` names what becomes of the first requests, one each; ``seed`` and ``rate`` draw faults for each body by itself, so
that neither order nor threads change which request fails how often. Every request is kept in ``requests``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

# What passes, and is drawn by seed; the others are only had by plan.
PASSING = (
    "429", "429-ms", "500", "503", "408", "reset", "close", "html", "empty", "choices-null", "choices-empty", "truncated",
    "cut-json", "broken-chunks", "error-502",
)  # fmt: skip
_WORST = 3  # faults in a row for one body, so that six tries always do


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it arrived. body is None where there was none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    fault: str
    at: float


class ModelServer:
    """reply: the text for a body. models: the names that it lists. wait: what its 429 asks for, seconds. slow: seconds."""

    def __init__(
        self,
        *,
        plan: Sequence[str] = (),
        seed: int = 0,
        rate: float = 0.0,
        reply: Callable[[dict[str, Any]], str] | None = None,
        message: Mapping[str, Any] | None = None,
        usage: Mapping[str, Any] | None = None,
        models: Sequence[str] = ("tiny",),
        wait: float = 0.0,
        slow: float = 0.0,
        host: str = "127.0.0.1",
    ) -> None:
        self.plan, self.seed, self.rate = list(plan), seed, rate
        self.reply, self.message, self.usage, self.models = reply or echo, message, usage, models
        self.wait, self.slow = wait, slow
        self.requests: list[Seen] = []
        self.most_at_once = 0
        self.lock = threading.Lock()
        self._at_once = 0
        self._asked: Counter[str] = Counter()
        handler = type("Handler", (_Handler,), {"owner": self})
        server = _Server6 if ":" in host else _Server
        self._server = server((host, 0), handler)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def count(self) -> int:
        """Requests for a completion so far."""
        return sum(one.path.endswith("/chat/completions") for one in self.requests)

    @property
    def faults(self) -> list[str]:
        """What became of each request for a completion, "" for the good ones."""
        return [one.fault for one in self.requests if one.path.endswith("/chat/completions")]

    def fate(self, body: object) -> str:
        """The next fault of the plan, else one that is drawn for this body, else ""."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with self.lock:
            if self.plan:
                return self.plan.pop(0)
            nth = self._asked[digest]
            self._asked[digest] += 1
        draw = random.Random(f"{self.seed}/{digest}/{nth}")  # noqa: S311 - a reproducible test, not a secret
        return draw.choice(PASSING) if nth < _WORST and draw.random() < self.rate else ""

    def enter(self) -> None:
        """One more request is being answered."""
        with self.lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)

    def leave(self) -> None:
        """One fewer."""
        with self.lock:
            self._at_once -= 1

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        """The good answer to a body; ids and counts depend on nothing else."""
        said = self.reply(body)
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        usage = self.usage if self.usage is not None else {"prompt_tokens": 100, "completion_tokens": 20}
        return {
            "id": f"chatcmpl-{digest[:12]}",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": f"{body.get('model')}-2025",
            "choices": [
                {
                    "index": 0,
                    "message": self.message or {"role": "assistant", "content": said},
                    "finish_reason": "stop",
                }
            ],
            "usage": usage,
        }


def echo(body: dict[str, Any]) -> str:
    """A reply that depends on the whole body and on nothing else."""
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return f"reply {digest[:16]} to: {body['messages'][-1]['content'][:60]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the exercise."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    owner: ModelServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Quiet."""

    def do_GET(self) -> None:
        self.note(None, "")
        if self.path != "/v1/models":
            self.document(404, {"error": {"message": f"no such path {self.path}"}})
            return
        self.document(200, {"object": "list", "data": [{"id": one, "object": "model"} for one in self.owner.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path != "/v1/chat/completions":
            self.note(body, "404")
            self.document(404, {"error": {"message": f"no such path {self.path}"}})
            return
        fault = self.owner.fate(body)
        self.note(body, fault)
        self.owner.enter()
        try:
            if self.owner.slow:
                time.sleep(self.owner.slow)
            if not fault:
                self.document(200, self.owner.completion(body))
            elif fault in FAULTS:
                FAULTS[fault](self, body)
            elif fault.isdigit():
                self.document(int(fault), {"error": {"message": f"told to say {fault}", "code": f"code-{fault}"}})
            else:
                raise AssertionError(f"unknown fault {fault}")
        finally:
            self.owner.leave()

    def note(self, body: Any, fault: str) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(method=self.command, path=self.path, headers=headers, body=body, fault=fault, at=time.monotonic())
        with self.owner.lock:
            self.owner.requests.append(seen)

    def document(self, status: int, document: Any, **headers: str) -> None:
        self.whole(status, json.dumps(document).encode(), **headers)

    def whole(self, status: int, data: bytes, *, kind: str = "application/json", **headers: str) -> None:
        self.head(
            status, kind, {"Content-Length": str(len(data)), **{k.replace("_", "-"): v for k, v in headers.items()}}
        )
        self.wfile.write(data)

    def head(self, status: int, kind: str, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("X-Request-Id", f"req-{len(self.owner.requests)}")
        self.send_header("X-RateLimit-Remaining-Requests", "7")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def good(self, body: Any) -> bytes:
        return json.dumps(self.owner.completion(body)).encode()

    def changed(self, body: Any, **changes: Any) -> None:
        self.document(200, {**self.owner.completion(body), **changes})

    def reset(self, _body: Any) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def close(self, _body: Any) -> None:
        self.close_connection = True

    def rate_limited(self, _body: Any, **headers: str) -> None:
        self.document(429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, **headers)

    def truncated(self, body: Any) -> None:
        data = self.good(body)
        self.head(200, "application/json", {"Content-Length": str(len(data))})
        self.wfile.write(data[: len(data) // 2])
        self.close_connection = True

    def broken_chunks(self, body: Any) -> None:
        data = self.good(body)[:40]
        self.head(200, "application/json", {"Transfer-Encoding": "chunked"})
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\nzz not a length\r\n")
        self.close_connection = True

    def trickle(self, body: Any) -> None:
        data = self.good(body)
        self.head(200, "application/json", {"Content-Length": str(len(data))})
        for place in range(len(data)):
            self.wfile.write(data[place : place + 1])
            self.wfile.flush()
            time.sleep(0.05)

    def drip(self, _body: Any, *, status: int = 200, times: int = 60) -> None:
        self.head(status, "application/json", {"Content-Length": "1000", "Retry-After": "7"})
        for _ in range(times):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)
        time.sleep(3 - times * 0.05)

    def drip_head(self, _body: Any) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(60):
            self.wfile.write(f"X-Drip-{number}: 1\r\n".encode())
            self.wfile.flush()
            time.sleep(0.05)
        self.close_connection = True

    def broke_off(self, body: Any) -> None:
        half = {"finish_reason": "error", "message": {"content": "half"}}
        self.changed(body, choices=[half], usage={"prompt_tokens": 10, "completion_tokens": 30, "cost": 0.5})

    def broken_gzip(self, body: Any) -> None:
        data = gzip.compress(self.good(body))
        self.whole(200, data[:12] + b"\x00" * 30 + data[42:], Content_Encoding="gzip")

    def events(self, body: Any, *, ended: bool = True) -> None:
        said = self.owner.completion(body)
        text = said["choices"][0]["message"]["content"]
        chunks: list[dict[str, Any]] = [
            {"model": said["model"], "choices": [{"index": 0, "delta": {"role": "assistant", "reasoning": "Hm."}}]},
            *({"choices": [{"index": 0, "delta": {"content": text[at : at + 7]}}]} for at in range(0, len(text), 7)),
        ]
        if ended:
            chunks += [
                {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
                {"choices": [], "usage": said["usage"]},
            ]
        lines = [": working", *(f"data: {json.dumps(one)}" for one in chunks), *(["data: [DONE]"] if ended else [])]
        self.whole(200, "".join(f"{line}\n\n" for line in lines).encode(), kind="text/event-stream")


FAULTS: Mapping[str, Callable[[_Handler, Any], None]] = {
    "429": lambda self, body: self.rate_limited(body, Retry_After=f"{self.owner.wait:g}"),
    "429-ms": lambda self, body: self.rate_limited(body, retry_after_ms=f"{self.owner.wait * 1000:g}"),
    "429-date": lambda self, body: self.rate_limited(
        body, Retry_After=formatdate(time.time() + self.owner.wait, usegmt=True)
    ),
    "429-day": lambda self, body: self.rate_limited(body, Retry_After="86400"),
    "429-quota": lambda self, _: self.document(429, {"error": {"message": "no money", "code": "insufficient_quota"}}),
    "reset": _Handler.reset,
    "close": _Handler.close,
    "html": lambda self, _: self.whole(
        200, b"<html><head><title>Bad gateway</title></head><body>Oops</body></html>", kind="text/html"
    ),
    "html-502": lambda self, _: self.whole(502, b"<html><body><h1>Down &amp; out</h1></body></html>", kind="text/html"),
    "empty": lambda self, _: self.whole(200, b""),
    # Neither is billed, so neither names a cost; "broke-off" is.
    "choices-null": lambda self, body: self.changed(body, choices=None, usage=None),
    "choices-empty": lambda self, body: self.changed(body, choices=[], usage=None),
    "error-502": lambda self, _: self.document(200, {"error": {"message": "Provider returned error", "code": 502}}),
    "error-400": lambda self, _: self.document(200, {"error": {"message": "No such field", "code": 400}}),
    "truncated": _Handler.truncated,
    "cut-json": lambda self, body: self.whole(200, self.good(body)[:-25]),
    "broken-chunks": _Handler.broken_chunks,
    "broken-gzip": _Handler.broken_gzip,
    "trickle": _Handler.trickle,
    "events": _Handler.events,
    "events-cut": lambda self, body: self.events(body, ended=False),
    "bom": lambda self, body: self.whole(200, b"\xef\xbb\xbf" + self.good(body)),
    "latin-1": lambda self, body: self.whole(200, self.good(body).replace(b"reply", b"caf\xe9")),
    "padded": lambda self, body: self.whole(200, b"\n" * 5000 + self.good(body)),
    "moved": lambda self, _: self.whole(308, b"", Location="https://elsewhere.example/v1/chat/completions"),
    "leak": lambda self, _: self.document(
        401, {"error": {"message": f"Incorrect API key provided: {self.headers['Authorization']}"}}
    ),
    "leak-escaped": lambda self, _: self.whole(
        401, json.dumps({"error": {"message": f"no: {self.headers['Authorization']}"}}).replace("/", "\\/").encode()
    ),
    "drip": _Handler.drip,
    "drip-500": lambda self, body: self.drip(body, status=500),
    "drip-once": lambda self, body: self.drip(body, times=1),
    "drip-head": _Handler.drip_head,
    "broke-off": _Handler.broke_off,
    "error-429": lambda self, _: self.document(
        200, {"error": {"message": "slow down", "code": 429}}, Retry_After=f"{self.owner.wait:g}"
    ),
    "huge-500": lambda self, _: self.whole(500, gzip.compress(b" " * (65 * 1024**2)), Content_Encoding="gzip"),
    "hang": lambda _self, _: time.sleep(3),
}

"""One request from its sending to its last byte: what has come of it so far, and its end once its time is over."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from swebench_lite.models.retry import Failure


class Watch:
    """Closes a request's connection once its time is over, whatever the server is doing then. Use in a ``with`` block.

    Time-outs of a connection bound its silences only; a server that sends a byte now and then never meets them. status,
    headers (by lower-case name), chunks: what has come so far. ended: no more of it will be read. late: its time was over.
    """

    def __init__(self, seconds: float, *, largest: int) -> None:
        """largest: the most bytes to take of a response."""
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.late = False
        self.ended = False
        self._largest = largest
        self._large = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def follow(self, event: str, info: Mapping[str, Any]) -> None:
        """Hears what the HTTP library does (its ``trace`` extension), and takes note of every connection that is made."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self.late:
                    self._shut()

    def heard(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """The head of the response is there."""
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}

    def receive(self, pieces: Iterable[bytes]) -> None:
        """Takes the body, up to the largest size. Raises what the pieces raise; what came before stays."""
        size = 0
        for piece in pieces:
            self.chunks.append(piece)
            size += len(piece)
            if size > self._largest or self.late:
                self._large = not self.late
                break
        self.ended = True

    def broken(self) -> Failure | None:
        """What was wrong with a response that is too large, or too slow as a whole."""
        if self.late:
            return Failure(message="the response did not end within the time limit", passing=True)
        if self._large:
            return Failure(message=f"the response is larger than {self._largest // 1024**2} MB", passing=False)
        return None

    def _end(self) -> None:
        with self._lock:
            self.late = True
            self._shut()

    def _shut(self) -> None:
        # Not an SSLSocket's own shutdown: that takes the encryption off a connection which another thread is reading.
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

"""How fast one model is asked: requests at a time, and per minute. One pace per model and server, whoever asks."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_paces: dict[tuple[str, str, int, float | None], Pace] = {}
_lock = threading.Lock()


class HeldBack(Exception):
    """The server wants no request for longer than anybody here waits. seconds: how long still."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the server wants no request for {seconds:,.0f} s")
        self.seconds = seconds


class Pace:
    """Lets at most ``at_once`` requests run, begun at even distances where ``per_minute`` says so. Thread-safe.

    clock: seconds that only grow.
    """

    def __init__(self, *, at_once: int, per_minute: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seats = threading.BoundedSemaphore(at_once)
        self._distance = 60.0 / per_minute if per_minute else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._held = 0.0

    @contextmanager
    def turn(self, sleep: Callable[[float], object], *, patience: float = math.inf) -> Iterator[bool]:
        """Holds a seat for one request, from the moment at which it may begin.

        Gives False where sleep returned True: nobody waits for the answer any more, so nothing is to be sent. Raises HeldBack
        where the server has asked for a wait that is longer than patience, in seconds.
        """
        with self._seats:
            yield self._begin(sleep, patience)

    def hold(self, seconds: float) -> None:
        """No request begins for that many seconds, also none that is waiting: the server asked one of them to wait."""
        with self._lock:
            self._held = max(self._held, self._clock() + seconds)
            self._next = max(self._next, self._held)

    def _begin(self, sleep: Callable[[float], object], patience: float) -> bool:
        while True:
            begin, wait = self._place(patience)
            if wait and sleep(wait) is True:
                return False
            with self._lock:
                # Told to hold back meanwhile: all who slept would come at once, so each takes a new moment.
                if self._held <= begin:
                    return True

    def _place(self, patience: float) -> tuple[float, float]:
        """The moment that is this turn's, and nobody else's, and the seconds until then."""
        with self._lock:
            now = self._clock()
            if self._held - now > patience:
                raise HeldBack(self._held - now)
            begin = max(now, self._next)
            self._next = begin + self._distance
            return begin, begin - now


def pace(url: str, model: str, *, at_once: int, per_minute: float | None) -> Pace:
    """The pace of a model on a server: the same for everyone in this process who asks for it with these limits."""
    key = (url, model, at_once, per_minute)
    with _lock:
        if key not in _paces:
            _paces[key] = Pace(at_once=at_once, per_minute=per_minute)
        return _paces[key]

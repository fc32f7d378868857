"""The one retry policy: jittered exponential waits, the server's own word first, and only for what can pass."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeVar

# HTTP statuses that may be gone at the next try; every other one of 400 to 499 stays.
PASSING = frozenset({408, 409, 425, 429})
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a try failed. passing: it may go well the next time. wait: seconds that the server asks for, if it does.

    Tokens and cost_usd: what the provider says that the try took all the same; None for whatever it does not say.
    """

    message: str
    passing: bool
    wait: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and when to ask again.

    tries: requests at most. first, longest: seconds before the second try, doubled from try to try up to longest; the wait
    is drawn from the upper half of that. patience: the longest wait in seconds that a server may ask for; who asks for more
    is not asked again. sleep may return True to say that nobody waits for the answer any more (``Event.wait`` does). clock:
    seconds since 1970. draw: a number from 0 to 1.
    """

    tries: int = 6
    first: float = 1.0
    longest: float = 60.0
    patience: float = 300.0
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.time
    draw: Callable[[], float] = random.random

    def run(
        self,
        attempt: Callable[[], Result],
        failure: Callable[[Result], Failure | None],
        *,
        asked_to_wait: Callable[[float], None] = lambda _: None,
    ) -> tuple[Result, int]:
        """The first result that is no failure, or the last one, and how many tries it took.

        asked_to_wait hears of every wait that a server asked for, before anything else is done, so that others hold back too.
        """
        for tries in range(1, max(1, self.tries) + 1):
            result = attempt()
            failed = failure(result)
            if failed is None or not failed.passing:
                break
            if failed.wait is not None:
                asked_to_wait(failed.wait)
            if tries >= self.tries or (failed.wait or 0.0) > self.patience:
                break
            if self.sleep(self.pause(tries, failed.wait)) is True:
                break
        return result, tries

    def pause(self, tries: int, asked: float | None) -> float:
        """Seconds to wait after that many tries: never less than the server asks for."""
        own = min(self.longest, self.first * 2.0 ** min(tries - 1, 32)) * (0.5 + self.draw() / 2)
        if asked is None or asked <= 0:
            return own
        # Whoever was told the same moment must not come back at the same moment.
        return asked + min(1.0, asked / 10) * self.draw()


def passes(status: int) -> bool:
    """Whether an HTTP status may be gone at the next try."""
    return status in PASSING or 500 <= status <= 599


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that a response asks its client to wait; None where it asks nothing that can be read.

    headers: by lower-case name. Reads ``retry-after-ms``, then ``Retry-After`` in seconds or as an HTTP date (RFC 9110,
    10.2.3), a date against ``now`` in seconds since 1970. A date that has passed is 0.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after", "")
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, when.timestamp() - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None

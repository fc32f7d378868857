"""One reading from the weather tool."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from briefing.model import Reading


def fetch(
    place: str,
    *,
    day: str = "today",
    tool: Sequence[str] | None = None,
    attempts: int = 4,
    timeout: float = 20.0,
    sleep: Callable[[float], object] = time.sleep,
) -> Reading:
    """Calls the weather tool for a place."""
    raise NotImplementedError("fetch is not written yet")

"""A job whose sandbox failed is tried again: the one place that says how often."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from swebench_lite.errors import EngineDown, InfraError

Result = TypeVar("Result")
_TRIES = 3


def patiently(run: Callable[[], Result], *, stopping: threading.Event) -> Result:
    """What ``run`` returns, tried up to three times while the sandbox itself fails.

    stopping: once it is set, a failure may be the interrupt's own doing and counts at once. Raises EngineDown at once, InfraError
    after the last try, and whatever else ``run`` raises.
    """
    for left in reversed(range(_TRIES)):
        try:
            return run()
        except EngineDown:
            raise
        except InfraError:
            if not left or stopping.is_set():
                raise
    raise AssertionError("unreachable: the last try either returned or raised")

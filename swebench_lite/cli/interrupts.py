"""Ctrl-C, SIGTERM and a closed terminal end a command in an orderly way; a second Ctrl-C ends it at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_seen = threading.Event()


def seen() -> bool:
    """Whether the running command was interrupted."""
    return _seen.is_set()


@contextmanager
def handled() -> Iterator[None]:
    """Within the block, the first signal raises KeyboardInterrupt in the main thread and the second ends the process."""
    _seen.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        for number in _SIGNALS:
            # A shell that starts a command with nohup or in the background has signals ignored on purpose.
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, _interrupt)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if _seen.is_set():
        # Containers go with the reaper, local jobs with their parent; the cursor may have been hidden.
        os.write(2, b"\033[?25hinterrupted again; ending at once\n" if os.isatty(2) else b"interrupted again\n")
        os._exit(130)
    _seen.set()
    raise KeyboardInterrupt

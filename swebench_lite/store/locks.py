"""One process at a time for one folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from swebench_lite.errors import StoreError, UsageError
from swebench_lite.store import files

NAME = ".lock"


@contextlib.contextmanager
def held(folder: Path, *, busy: str, seconds: float = 0.0) -> Iterator[None]:
    """Holds the lock of a folder that exists; a process that dies lets go of it.

    seconds: how long to wait for another holder. Raises UsageError with the sentence ``busy`` where that one stays, and
    StoreError where no lock can be kept in the folder.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / NAME, timeout=seconds)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(busy) from None
    except OSError as error:
        raise StoreError(files.explain(folder / NAME, error, doing="lock")) from error
    try:
        yield
    finally:
        lock.release()

"""Output of any size in a file of bounded size: the first half of the limit, and the last half."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from swebench_lite.errors import InfraError


class CappedOutput:
    """Keeps the head and the tail of a stream in one file. Memory stays flat, time is linear.

    The file's second half is a ring: once the limit is reached, new bytes overwrite the oldest of the tail.
    """

    def __init__(self, path: Path, limit: int) -> None:
        """path: where to write while it is open; gone afterwards. limit: bytes kept at most, at least 2."""
        self._head = max(1, limit // 2)
        self._ring = max(1, limit - self._head)
        self._path = path
        self._file: BinaryIO
        self.total = 0

    def __enter__(self) -> Self:
        self._file = self._path.open("w+b", buffering=1 << 16)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError:
            # A full disk refuses what is still buffered; by now it is either read or of no use.
            pass
        finally:
            self._path.unlink(missing_ok=True)

    @property
    def truncated(self) -> bool:
        """Whether bytes were dropped from the middle."""
        return self.total > self._head + self._ring

    def write(self, piece: bytes) -> None:
        """Append a piece of output. Raises InfraError where the disk refuses it."""
        with self._explained():
            self._write(piece)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = f"cannot keep a job's output in {self._path.parent}: {error.strerror or error}"
            raise InfraError(f"{what}; free some space there, or name another folder in TMPDIR") from error

    def _write(self, piece: bytes) -> None:
        view = memoryview(piece)
        if self.total < self._head:
            now = view[: self._head - self.total]
            self._file.write(now)
            self.total += len(now)
            view = view[len(now) :]
        if len(view) > self._ring:
            # Only the last ring's worth can survive; the rest is counted, not written.
            self.total += len(view) - self._ring
            view = view[-self._ring :]
        while view:
            at = (self.total - self._head) % self._ring
            now = view[: self._ring - at]
            self._file.seek(self._head + at)
            self._file.write(now)
            self.total += len(now)
            view = view[len(now) :]

    def read(self) -> bytes:
        """Everything kept, in order, with a line that says how much is missing where something is.

        Raises InfraError where the disk refuses what is still buffered.
        """
        with self._explained():
            self._file.flush()
        if not self.truncated:
            return self._part(0, self.total)
        at = (self.total - self._head) % self._ring
        missing = self.total - self._head - self._ring
        notice = f"\n[... {missing:,} bytes left out here; head and tail are kept ...]\n".encode()
        # Read in the order wanted and joined once: slices of a whole would hold it in memory three times over.
        head, oldest = self._part(0, self._head), self._part(self._head + at, self._ring - at)
        return b"".join((head, notice, oldest, self._part(self._head, at)))

    def _part(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)

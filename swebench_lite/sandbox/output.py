"""Output of any size in a file of bounded size: the first half of the limit, and the last half."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self


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
        self._file.close()
        self._path.unlink(missing_ok=True)

    @property
    def truncated(self) -> bool:
        """Whether bytes were dropped from the middle."""
        return self.total > self._head + self._ring

    def write(self, piece: bytes) -> None:
        """Append a piece of output."""
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
        """Everything kept, in order, with a line that says how much is missing where something is."""
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

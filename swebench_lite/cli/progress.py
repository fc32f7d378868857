"""Live progress on standard error: counts, pace, time left, and what is being done right now."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from swebench_lite.cli import output
from swebench_lite.records import Attempt, AttemptKey

if TYPE_CHECKING:
    from rich.console import Group

_LINES_SHOWN = 12


@dataclass(slots=True)
class _Active:
    """One piece of work under way."""

    name: str
    instance_id: str
    begun: float
    text: str = ""


@dataclass(slots=True)
class Progress:
    """Use in a ``with`` block; its methods may be called from any thread.

    total: pieces of work. done: those that were done before. verbose: where standard error is no terminal, print one
    line per finished piece; without it nothing is printed there.
    """

    total: int
    done: int = 0
    verbose: bool = False
    _counts: Counter[str] = field(default_factory=Counter)
    _active: dict[object, _Active] = field(default_factory=dict)
    _finished: int = 0
    _begun: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _live: Any = None

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        console = output.console(stderr=True)
        if console.is_terminal:
            from rich.live import Live

            self._live = Live(get_renderable=self._picture, console=console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def begin(self, token: object, *, name: str, instance_id: str) -> None:
        """A piece of work begins."""
        with self._lock:
            self._active[token] = _Active(name=name, instance_id=instance_id, begun=time.monotonic())

    def doing(self, instance_id: str, text: str) -> None:
        """What is being done for an instance, in a few words."""
        with self._lock:
            for active in self._active.values():
                if active.instance_id == instance_id:
                    active.text = text

    def end(self, token: object, *, word: str, line: str) -> None:
        """A piece of work ended with a word to be counted; line says it in full."""
        with self._lock:
            self._active.pop(token, None)
            self._counts[word] += 1
            self._finished += 1
            done = self.done + self._finished
        if self._live is None and self.verbose:
            output.note(f"[{done}/{self.total}] {line}")

    def started(self, key: AttemptKey) -> None:
        """An attempt begins; for ``pipeline.run``."""
        self.begin(key, name=" ".join(_name(key)), instance_id=key.instance_id)

    def finished(self, attempt: Attempt) -> None:
        """An attempt ended; for ``pipeline.run``."""
        verdict = attempt.verdict
        line = f"{' '.join(_name(attempt.key))}: {verdict.outcome}: {verdict.reason}"
        self.end(attempt.key, word=verdict.outcome.value, line=line)

    def _picture(self) -> Group:
        from rich.console import Group
        from rich.text import Text

        with self._lock:
            lines = [self._pace(), "  ".join(f"{word} {count}" for word, count in sorted(self._counts.items()))]
            active = sorted(self._active.values(), key=lambda one: one.begun)
        now = time.monotonic()
        lines += [f"  {now - one.begun:5.0f} s  {one.name}  {one.text}" for one in active[:_LINES_SHOWN]]
        if len(active) > _LINES_SHOWN:
            lines.append(f"  and {len(active) - _LINES_SHOWN} more")
        return Group(*(Text(output.visible(text), no_wrap=True, overflow="ellipsis") for text in lines if text))

    def _pace(self) -> str:
        from swebench_lite.reports.text import seconds

        elapsed = time.monotonic() - self._begun
        done = self.done + self._finished
        share = f"{100 * done // self.total} %" if self.total else "100 %"
        words = [f"{done} of {self.total} done ({share})", seconds(elapsed)]
        if self._finished:
            words.append(f"{60 * self._finished / max(elapsed, 0.001):.1f} a minute")
            words.append(f"{seconds((self.total - done) * elapsed / self._finished)} left")
        return ", ".join(words)


def _name(key: AttemptKey) -> tuple[str, ...]:
    arm = () if key.arm == "none" else (key.arm,)
    return (key.instance_id, key.model, *arm, *((f"sample {key.sample}",) if key.sample else ()))

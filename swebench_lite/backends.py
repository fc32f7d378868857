"""What the attempts of one process share: the sandbox, the caches, the ladder's resources. Opened once, closed once."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from swebench_lite import repositories, scratch
from swebench_lite.errors import SwebenchLiteError
from swebench_lite.execute import Work, execute, execution_key
from swebench_lite.records import Execution, Instance
from swebench_lite.sandbox import Sandbox, identity, open_sandbox
from swebench_lite.sandbox.patience import patiently
from swebench_lite.settings import Settings
from swebench_lite.store import Documents, ExecutionCache


class Stopped(SwebenchLiteError):
    """The run is being interrupted; nothing new starts."""


@dataclass(slots=True)
class Backends:
    """Use in a ``with`` block.

    image: an image that the user names for every instance. use_cache: whether an attempt may take its evidence from the
    cache; preparing always may. doing: told in a few words, from any thread, what is being done for which instance.
    executed and hits count since the start.
    """

    settings: Settings
    image: str | None = None
    use_cache: bool = True
    doing: Callable[[str, str], None] = lambda _instance, _text: None
    executed: int = 0
    hits: int = 0
    sandbox: Sandbox = field(init=False)
    executions: ExecutionCache = field(init=False)
    prepared: Documents = field(init=False)
    stopping: threading.Event = field(init=False, default_factory=threading.Event)
    _closed: threading.Event = field(init=False, default_factory=threading.Event)
    _scratch: Any = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __enter__(self) -> Self:
        """Raises UsageError for an unknown sandbox, EngineDown when its engine does not answer."""
        self.sandbox = open_sandbox(self.settings.sandbox, self.settings)
        self.sandbox.__enter__()
        self.executions = ExecutionCache(self.settings.cache)
        self.prepared = Documents(self.settings.cache, "prepared")
        scratch.sweep()
        self._scratch = scratch.folder("run")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        self.sandbox.__exit__(kind, error, trace)
        self._scratch.cleanup()

    @property
    def scratch(self) -> Path:
        """A folder for the output of jobs while they run."""
        return Path(self._scratch.name)

    def checkout(self, instance: Instance) -> Path:
        """The one-commit checkout of an instance. Raises RepositoryError."""
        return repositories.checkout(instance.repo, instance.base_commit, settings=self.settings).path

    def execute(self, work: Work, *, fresh: bool = False) -> tuple[Execution, bool]:
        """The evidence for a piece of work, and whether it came from the cache.

        fresh: execute even where the cache has it. A failing engine is tried again; one that is down is not.
        Raises what execute() raises, and Stopped once the run is being interrupted.
        """
        if self.stopping.is_set():
            raise Stopped("interrupted")
        key = execution_key(work, identity(self.sandbox))
        if not fresh:
            found = self.executions.get(key)
            if found is not None:
                with self._lock:
                    self.hits += 1
                return found, True
        execution = self._execute(work)
        if self.stopping.is_set():
            # What the interrupt killed looks like a test command that was killed; it must not be kept as evidence.
            raise Stopped("interrupted")
        with self._lock:
            self.executed += 1
        self.executions.put(execution)
        return execution, False

    def stop(self) -> None:
        """Let nothing new start and kill what runs, now and for as long as a job may still be on its way to starting."""
        self.stopping.set()
        threading.Thread(target=self._keep_killing, name="stop", daemon=True).start()

    def _keep_killing(self) -> None:
        # A job that had passed the check just before starts just after a single kill, and would live to its own end.
        while not self._closed.is_set():
            with contextlib.suppress(SwebenchLiteError):
                self._kill_jobs()
            self._closed.wait(0.5)

    def _kill_jobs(self) -> None:
        if self.sandbox.name == "docker":
            from swebench_lite.engine.lease import remove_mine

            remove_mine()
        else:
            from swebench_lite.sandbox.processes import kill_children

            kill_children(os.getpid())

    def _execute(self, work: Work) -> Execution:
        return patiently(lambda: execute(work, self.sandbox, scratch=self.scratch), stopping=self.stopping)


def with_limits(settings: Settings, *, timeout: float | None) -> Settings:
    """The settings with another time limit, where one is given."""
    return settings if timeout is None else replace(settings, limits=replace(settings.limits, timeout=timeout))

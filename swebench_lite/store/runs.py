"""Run directories: what a run set out to do, every finished attempt with its artefacts, and the run's summary.

    <root>/<run_id>/run.json                                            the plan
    <root>/<run_id>/attempts/<model>/<arm>/<instance>/<sample>/         artefacts first, attempt.json last
    <root>/<run_id>/summary.json    <root>/latest_summary.json    <root>/history.db

An attempt whose attempt.json is there is complete. Keys are read from attempt.json, never from folder names.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from swebench_lite.errors import StoreError, UsageError, unknown
from swebench_lite.records import Attempt, AttemptKey, Plan
from swebench_lite.store import codec, files, locks, names
from swebench_lite.store.exchanges import Exchanges
from swebench_lite.store.index import AttemptRow, Index, RunSummary
from swebench_lite.store.summary import totals

_DELETED = ".deleted-"
_PATIENCE = 10.0  # seconds; whoever begins a run of the same name has written its plan by then


class RunStore:
    """The run directories under ``root``; safe to use from several threads and, run by run, several processes.

    warnings: sentences about damaged files and about the index, each once; nothing that they name is lost silently.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._index = Index(root / "history.db", self._everything)
        self._lock = threading.RLock()
        self._warnings: list[str] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know, oldest first."""
        return (*self._warnings, *self._index.warnings)

    @staticmethod
    def new_run_id(now: datetime) -> str:
        """A fresh id such as ``run_20261121T113000Z_ab12cd``. A time without a zone counts as UTC."""
        return names.new_run_id(now)

    def create(self, plan: Plan) -> None:
        """Starts a run directory. Raises UsageError for an unusable or taken id, StoreError for the disk."""
        folder = self._folder(plan.run_id)
        strangers = sum(key.run_id != plan.run_id for key in plan.planned)
        if strangers:
            raise UsageError(f"run '{plan.run_id}' plans {strangers} attempts of another run; give every key its id")
        _refuse_taken(folder)
        try:
            files.make_folder(folder)
        except OSError as error:
            raise StoreError(files.explain(folder, error)) from error
        # Of two processes that begin a run of one name, the second finds the plan of the first.
        with locks.held(folder, busy=f"run '{plan.run_id}' is being made by another process", seconds=_PATIENCE):
            _refuse_taken(folder)
            files.write_json(folder / "run.json", codec.to_document(plan))
        with self._lock:
            self._index.put_runs([(plan, ())])

    def save(self, attempt: Attempt, *, artefacts: Mapping[str, bytes | str]) -> None:
        """Stores a finished attempt: artefacts first, ``attempt.json`` last, then its row in the index.

        An attempt that is saved again replaces the old one, artefacts included. Raises StoreError where the run does
        not exist or the disk refuses; what was complete before stays so, but for the attempt being replaced.
        """
        folder = self.folder(attempt.key)
        if not (self._folder(attempt.key.run_id) / "run.json").is_file():
            raise StoreError(f"cannot save an attempt of '{attempt.key.run_id}': there is no such run; create it first")
        for name in artefacts:
            names.check_artefact(name)
        with self._replacing(attempt):
            files.clear(folder, first="attempt.json")
            if artefacts:
                files.write_many(folder, artefacts)
            files.write_json(folder / "attempt.json", codec.to_document(attempt))

    def amend(self, attempt: Attempt) -> None:
        """Stores what a finished attempt is taken for now, in one step; its artefacts are not touched.

        Raises StoreError where there is no such attempt or the disk refuses; the old ``attempt.json`` then stays.
        """
        file = self.folder(attempt.key) / "attempt.json"
        if not file.is_file():
            raise StoreError(f"cannot amend {file}: there is no such attempt; save it first")
        with self._replacing(attempt):
            files.write_json(file, codec.to_document(attempt))

    @contextlib.contextmanager
    def _replacing(self, attempt: Attempt) -> Iterator[None]:
        """While the files of an attempt change. Its old row goes first: a kill in between leaves a gap in the index,
        which is seen and healed; an old row in a complete run would not be.
        """
        with self._lock:
            if (self.folder(attempt.key) / "attempt.json").exists():
                self._index.remove_attempt(attempt.key)
            yield
            self._index.put_attempt(attempt)

    def alone(self, run_id: str) -> contextlib.AbstractContextManager[None]:
        """Keeps other processes from changing a run at the same time. Raises UsageError where one does already."""
        full = self.resolve(run_id)
        busy = f"run '{full}' is being made by another process; wait for it, or end it first"
        return locks.held(self._folder(full), busy=busy)

    def exchanges(self, run_id: str) -> Exchanges:
        """Where the exchanges of a run are kept."""
        return Exchanges(self._folder(self.resolve(run_id)))

    def attempts(self, run_id: str) -> tuple[Attempt, ...]:
        """Every whole attempt of a run, in the order of their folders; damaged ones are named in ``warnings``."""
        return tuple(attempt for attempt, _ in self._attempts(self.resolve(run_id)))

    def finished(self, run_id: str) -> set[AttemptKey]:
        """The keys that need no more work: those whose attempt.json is whole and readable."""
        return {attempt.key for attempt in self.attempts(run_id)}

    def plan(self, run_id: str) -> Plan:
        """What a run set out to do. Raises UsageError for an unknown run, StoreError for a damaged run.json."""
        return self._plan(self.resolve(run_id))

    def list(self) -> tuple[RunSummary, ...]:
        """Every run, newest first, from the index; runs that the index has missed are read from their files."""
        with self._lock:
            self._heal(self._index.runs())
            return self._index.runs()

    def rows(self, run_id: str) -> tuple[AttemptRow, ...]:
        """The attempts of a run as lists show them, from the index."""
        full = self.resolve(run_id)
        with self._lock:
            self._heal(tuple(run for run in self._index.runs() if run.run_id == full), only=full)
            return self._index.attempts(full)

    def delete(self, run_id: str) -> str:
        """Deletes a run and its index rows; returns its full id.

        Refuses anything that is no run directory, and a run that another process is making.
        """
        full = self.resolve(run_id)
        folder = self._folder(full)
        if folder.is_symlink():
            raise UsageError(f"run '{full}' is a link to another folder; remove the link yourself")
        with self.alone(full):
            try:
                # One rename takes the run away as a whole; a kill during the removal leaves no half run behind.
                folder.rename(self.root / f"{_DELETED}{secrets.token_hex(8)}")
            except OSError as error:
                raise StoreError(files.explain(folder, error, doing="delete")) from error
        with self._lock:
            self._index.remove(full)
        for rest in self.root.glob(f"{_DELETED}*"):
            shutil.rmtree(rest, ignore_errors=True)
        return full

    def summary(self, run_id: str, attempts: Sequence[Attempt] | None = None) -> dict[str, object]:
        """The figures of a run as in JSON documents, with ``run_id``, ``dataset`` and ``created_at`` beside them.

        attempts: those at hand already, which spares reading them.
        """
        plan = self.plan(run_id)
        found = self.attempts(plan.run_id) if attempts is None else attempts
        figures = totals(plan, found).document()
        return {"run_id": plan.run_id, "dataset": plan.dataset, "created_at": plan.created_at, "summary": figures}

    def write_summary(self, run_id: str, attempts: Sequence[Attempt] | None = None) -> dict[str, object]:
        """Writes ``summary.json`` and ``latest_summary.json``; returns the document. May be called as a run goes on."""
        document = self.summary(run_id, attempts)
        files.write_json(self._folder(str(document["run_id"])) / "summary.json", document)
        files.write_json(self.root / "latest_summary.json", document)
        return document

    def artefact(self, key: AttemptKey, name: str) -> bytes:
        """The bytes of one artefact. Raises UsageError naming what there is."""
        names.check_artefact(name, reading=True)
        try:
            return (self.folder(key) / name).read_bytes()
        except OSError:
            raise UsageError(unknown(f"artefact of {key.instance_id}", name, self.artefacts(key))) from None

    def artefacts(self, key: AttemptKey) -> tuple[str, ...]:
        """The names of an attempt's artefacts, attempt.json included, sorted; empty where there is no such attempt."""
        folder = self.folder(key)
        return tuple(sorted(path.name for path in folder.glob("[!.]*"))) if folder.is_dir() else ()

    def folder(self, key: AttemptKey) -> Path:
        """Where an attempt's files are, or would be."""
        parts = (files.safe_name(text) for text in (key.model, key.arm, key.instance_id, str(key.sample)))
        return self._folder(key.run_id).joinpath("attempts", *parts)

    def sweep(self, run_id: str) -> int:
        """Removes the temporary files of killed processes from a run; returns how many. For the start of a resume."""
        return files.sweep(self._folder(self.resolve(run_id)), deep=True)

    def resolve(self, name: str) -> str:
        """A full run id from an id, a unique beginning of one, or ``latest``. Raises UsageError naming near misses."""
        known = self._run_ids()
        if name == "latest" and known:
            return max(known, key=self._age)
        if name in known:
            return name
        matches = [run_id for run_id in known if name and run_id.startswith(name)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UsageError(f"run '{name}' could be {', '.join(sorted(matches)[:5])}; give more of the id")
        raise UsageError(unknown("run", name, (*known, "latest") if known else known))

    def _folder(self, run_id: str) -> Path:
        if not names.is_run_id(run_id) or run_id == "latest":
            raise UsageError(f"{run_id!a} is no run id; use letters, digits, '.', '_' and '-', at most 100")
        return self.root / run_id

    def _run_ids(self) -> tuple[str, ...]:
        with contextlib.suppress(OSError):
            found = (path.parent.name for path in self.root.glob("*/run.json"))
            return tuple(sorted(name for name in found if names.is_run_id(name)))
        return ()

    def _age(self, run_id: str) -> tuple[str, int]:
        return names.age(run_id, (self.root / run_id / "run.json").stat().st_mtime_ns)

    def _plan(self, run_id: str) -> Plan:
        path = self._folder(run_id) / "run.json"
        plan = codec.from_document(Plan, files.read_json(path), where=str(path))
        if plan.run_id != run_id:
            raise StoreError(f"{path}: belongs to run '{plan.run_id}'; rename the folder to that id")
        return plan

    def _attempts(self, run_id: str) -> Iterator[tuple[Attempt, Path]]:
        for path in self._attempt_files(run_id):
            try:
                attempt = codec.from_document(Attempt, files.read_json(path), where=str(path))
            except StoreError as error:
                self._warn(f"{error} (not counted as finished)")
                continue
            if self.folder(attempt.key) == path.parent:
                yield attempt, path
            else:
                self._warn(f"{path}: belongs to an attempt of run '{attempt.key.run_id}' (not counted); move it back")

    def _attempt_files(self, run_id: str) -> tuple[Path, ...]:
        return tuple(sorted((self._folder(run_id) / "attempts").glob("*/*/*/*/attempt.json")))

    def _everything(self) -> Iterator[tuple[Plan, Sequence[Attempt]]]:
        for run_id in self._run_ids():
            with contextlib.suppress(StoreError):
                yield self._read_run(run_id)

    def _read_run(self, run_id: str) -> tuple[Plan, Sequence[Attempt]]:
        try:
            return self._plan(run_id), tuple(attempt for attempt, _ in self._attempts(run_id))
        except StoreError as error:
            self._warn(str(error))
            raise

    def _heal(self, indexed: Sequence[RunSummary], *, only: str | None = None) -> None:
        """Brings the index up to date where a killed process, another program or a lock kept it from being so."""
        known = {run.run_id: run for run in indexed}
        present = self._run_ids() if only is None else (only,)
        for run_id in known.keys() - set(present):
            self._index.remove(run_id)
        stale = [run_id for run_id in present if run_id not in known or self._behind(known[run_id])]
        for run_id in stale:
            with contextlib.suppress(StoreError):
                self._index.put_runs([self._read_run(run_id)])

    def _behind(self, run: RunSummary) -> bool:
        # A complete run cannot grow, and whoever replaces an attempt takes its row out first: only unfinished ones have
        # their files counted.
        return run.finished != run.planned and run.finished != len(self._attempt_files(run.run_id))

    def _warn(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)


def reindex(root: Path) -> RunStore:
    """Rebuilds the index of the run directories under ``root`` from their files. Raises StoreError where it cannot."""
    import sqlite3

    store = RunStore(root)
    try:
        store._index.rebuild()
    except OSError as error:
        raise StoreError(files.explain(root / "history.db", error)) from error
    except sqlite3.Error as error:
        raise StoreError(f"cannot write {root / 'history.db'}: {error}; free some space or make it writable") from error
    return store


def _refuse_taken(folder: Path) -> None:
    if (folder / "run.json").exists():
        raise UsageError(f"run '{folder.name}' exists already; resume it or choose another id")

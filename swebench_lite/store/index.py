"""The SQLite index over run directories: quick lists, and nothing that the files do not hold.

It may be deleted at any time. A damaged, missing or older database is rebuilt from the files; a locked or unwritable
one is left out, and a warning says so. Only ``rebuild`` raises for the database's sake.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from swebench_lite.records import Attempt, AttemptKey, Outcome, Plan
from swebench_lite.store.files import sweep, temporary_path

SCHEMA = 1
BUSY_SECONDS = 10.0
IMPATIENT_SECONDS = 0.1  # after one full wait, so that a stuck lock does not hold up every attempt
T = TypeVar("T")
Runs = Iterable[tuple[Plan, Sequence[Attempt]]]

_TABLES = """
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, dataset TEXT NOT NULL, created_at TEXT NOT NULL, planned INTEGER NOT NULL,
    models TEXT NOT NULL, arms TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE attempts (
    run_id TEXT NOT NULL, instance_id TEXT NOT NULL, model TEXT NOT NULL, arm TEXT NOT NULL, sample INTEGER NOT NULL,
    outcome TEXT NOT NULL, reason TEXT NOT NULL, resolved INTEGER NOT NULL, official_resolved INTEGER NOT NULL,
    flags TEXT NOT NULL, apply_step TEXT, execution_key TEXT NOT NULL, cached INTEGER NOT NULL,
    test_seconds REAL NOT NULL, overhead_seconds REAL NOT NULL, cost_usd REAL, input_tokens INTEGER,
    output_tokens INTEGER, started_at TEXT NOT NULL, finished_at TEXT NOT NULL,
    PRIMARY KEY (run_id, instance_id, model, arm, sample)
) WITHOUT ROWID;
"""
_PUT_RUN = "INSERT OR REPLACE INTO runs VALUES (?,?,?,?,?,?)"
_PUT_ATTEMPT = "INSERT OR REPLACE INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_REMOVE_ATTEMPT = "DELETE FROM attempts WHERE run_id=? AND instance_id=? AND model=? AND arm=? AND sample=?"
_LIST_ATTEMPTS = """
SELECT instance_id, model, arm, sample, outcome, reason, resolved, official_resolved, flags, apply_step, cached,
       test_seconds, overhead_seconds, cost_usd, finished_at
FROM attempts WHERE run_id = ? ORDER BY instance_id, model, arm, sample
"""
_LIST_RUNS = "SELECT run_id, dataset, created_at, planned, models, arms FROM runs ORDER BY created_at DESC, run_id DESC"
_COUNT = """
SELECT run_id, outcome, count(*), sum(resolved), sum(official_resolved), sum(cost_usd), count(cost_usd)
FROM attempts GROUP BY run_id, outcome
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One attempt as lists show it. Seconds are wall time; flags are the names of flags."""

    key: AttemptKey
    outcome: Outcome
    reason: str
    resolved: bool
    official_resolved: bool
    flags: tuple[str, ...]
    apply_step: str | None
    cached: bool
    test_seconds: float
    overhead_seconds: float
    cost_usd: float | None
    finished_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run as lists show it. finished: stored attempts; by_outcome: those that occur, with their number.

    cost_usd: the known bills together, None where there is none.
    """

    run_id: str
    dataset: str
    created_at: str
    planned: int
    finished: int
    resolved: int
    official_resolved: int
    by_outcome: Mapping[str, int]
    models: tuple[str, ...]
    arms: tuple[str, ...]
    cost_usd: float | None


class Index:
    """The database at ``path``. source: gives every plan with its attempts, read from the files, for a rebuild.

    Connections live for one operation, so the object may be used from several threads and after a fork.
    """

    def __init__(self, path: Path, source: Callable[[], Runs]) -> None:
        self.path = path
        self.warnings: list[str] = []
        self._source = source
        self._patience = BUSY_SECONDS

    def put_runs(self, runs: Runs) -> None:
        """Adds or replaces whole runs."""
        found = list(runs)
        self._use(lambda base: _fill(base, found), "BEGIN IMMEDIATE")

    def put_attempt(self, attempt: Attempt) -> None:
        """Adds or replaces one attempt."""
        self._use(lambda base: base.execute(_PUT_ATTEMPT, _attempt_values(attempt)), "BEGIN IMMEDIATE")

    def remove_attempt(self, key: AttemptKey) -> None:
        """Takes one attempt out."""
        values = (_text(key.run_id), _text(key.instance_id), _text(key.model), _text(key.arm), key.sample)
        self._use(lambda base: base.execute(_REMOVE_ATTEMPT, values), "BEGIN IMMEDIATE")

    def remove(self, run_id: str) -> None:
        """Takes a run out."""
        self._use(lambda base: _remove(base, run_id), "BEGIN IMMEDIATE")

    def runs(self) -> tuple[RunSummary, ...]:
        """Every run, newest first."""
        return self._read(_summaries)

    def attempts(self, run_id: str) -> tuple[AttemptRow, ...]:
        """The attempts of one run, ordered by their keys."""
        return self._read(lambda base: _rows(base, run_id))

    def rebuild(self) -> None:
        """Replaces the database by one made from the files. Raises OSError or sqlite3.Error where that fails."""
        sweep(self.path.parent)
        temporary = temporary_path(self.path.parent)
        try:
            with contextlib.closing(_connect(temporary)) as base, _transaction(base):
                _make(base, self._source())
            for ending in ("-journal", "-wal", "-shm"):  # a left-over journal would be rolled back into the new file
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)

    def _use(self, action: Callable[[sqlite3.Connection], T], begin: str) -> T | None:
        """Runs one transaction; rebuilds and tries once more where the database is damaged, else warns."""
        for last in (False, True):
            try:
                self._ready()
                with contextlib.closing(_connect(self.path, self._patience)) as base, _transaction(base, begin):
                    found = action(base)
                self._patience = BUSY_SECONDS
                return found
            except sqlite3.Error as error:
                if not last and _damaged(error) and self._rebuilt(f"was damaged ({error})"):
                    continue
                self._warn(error)
            except OSError as error:
                self._warn(error)
            break
        return None

    def _read(self, action: Callable[[sqlite3.Connection], T]) -> T:
        found = self._use(action, "BEGIN") if self.path.parent.is_dir() else None
        if found is not None:
            return found
        with contextlib.closing(_connect(Path(":memory:"))) as base:  # lists still work, only slower
            _make(base, self._source())
            return action(base)

    def _ready(self) -> None:
        if not self.path.exists():
            self.rebuild()
            return
        with contextlib.closing(_connect(self.path, self._patience)) as base:
            version = base.execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA:
            self._rebuilt(f"had schema {version} instead of {SCHEMA}")

    def _rebuilt(self, why: str) -> bool:
        try:
            self.rebuild()
        except (OSError, sqlite3.Error):
            return False
        self._note(f"the index {self.path} {why} and was rebuilt from the files; nothing is lost")
        return True

    def _warn(self, error: Exception) -> None:
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            self._patience = IMPATIENT_SECONDS
        self._note(f"the index {self.path} could not be used ({error}); `runs reindex` rebuilds it from the files")

    def _note(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)


def _connect(path: Path, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        base.execute("PRAGMA synchronous = OFF")  # the files are durable; a power cut costs at most a rebuild
    except sqlite3.Error:
        base.close()
        raise
    return base


@contextlib.contextmanager
def _transaction(base: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    base.execute(begin)  # an immediate one waits its turn now instead of failing when a reader wants to write
    try:
        yield
    except BaseException:
        if base.in_transaction:
            base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")


def _damaged(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA} or (
        not isinstance(error, sqlite3.OperationalError) and isinstance(error, sqlite3.DatabaseError)
    )


def _make(base: sqlite3.Connection, runs: Runs) -> None:
    for statement in _TABLES.split(";"):  # executescript would commit the transaction around this
        base.execute(statement)
    base.execute(f"PRAGMA user_version = {SCHEMA}")
    _fill(base, runs)


def _fill(base: sqlite3.Connection, runs: Runs) -> None:
    for plan, attempts in runs:
        _remove(base, plan.run_id)
        base.execute(_PUT_RUN, _run_values(plan))
        base.executemany(_PUT_ATTEMPT, map(_attempt_values, attempts))


def _remove(base: sqlite3.Connection, run_id: str) -> None:
    base.execute("DELETE FROM attempts WHERE run_id = ?", (_text(run_id),))
    base.execute("DELETE FROM runs WHERE run_id = ?", (_text(run_id),))


def _run_values(plan: Plan) -> tuple[object, ...]:
    models = "\n".join(dict.fromkeys(_line(key.model) for key in plan.planned))
    arms = "\n".join(dict.fromkeys(_line(key.arm) for key in plan.planned))
    planned = len(set(plan.planned))
    return (_text(plan.run_id), _text(plan.dataset), _text(plan.created_at), planned, models, arms)


def _attempt_values(attempt: Attempt) -> tuple[object, ...]:
    key, verdict = attempt.key, attempt.verdict
    step = attempt.application.step if attempt.application else None
    return (
        _text(key.run_id), _text(key.instance_id), _text(key.model), _text(key.arm), key.sample,
        verdict.outcome.value, _text(verdict.reason), int(verdict.resolved), int(verdict.official_resolved),
        " ".join(verdict.flags), step and _text(step), _text(attempt.execution_key), int(attempt.cached),
        attempt.test_seconds, attempt.overhead_seconds, attempt.cost_usd, attempt.input_tokens,
        attempt.output_tokens, _text(attempt.started_at), _text(attempt.finished_at),
    )  # fmt: skip


def _text(text: str) -> str:
    """SQLite takes no lone surrogates; the files keep the exact text."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _line(text: str) -> str:
    return _text(text).replace("\n", " ")


def _rows(base: sqlite3.Connection, run_id: str) -> tuple[AttemptRow, ...]:
    found = base.execute(_LIST_ATTEMPTS, (_text(run_id),)).fetchall()
    return tuple(
        AttemptRow(
            key=AttemptKey(run_id=run_id, instance_id=row[0], model=row[1], arm=row[2], sample=row[3]),
            outcome=Outcome(row[4]), reason=row[5], resolved=bool(row[6]), official_resolved=bool(row[7]),
            flags=tuple(row[8].split()), apply_step=row[9], cached=bool(row[10]), test_seconds=row[11],
            overhead_seconds=row[12], cost_usd=row[13], finished_at=row[14],
        )
        for row in found
    )  # fmt: skip


def _summaries(base: sqlite3.Connection) -> tuple[RunSummary, ...]:
    counts: dict[str, list[tuple[str, int, int, int, float | None, int]]] = {}
    for run_id, *rest in base.execute(_COUNT):
        counts.setdefault(run_id, []).append(tuple(rest))
    return tuple(_summary(row, counts.get(row[0], [])) for row in base.execute(_LIST_RUNS))


def _summary(run: Sequence[object], counts: list[tuple[str, int, int, int, float | None, int]]) -> RunSummary:
    run_id, dataset, created_at, planned, models, arms = run
    bills = sum(count[5] for count in counts)
    return RunSummary(
        run_id=str(run_id), dataset=str(dataset), created_at=str(created_at),
        planned=int(str(planned)),
        finished=sum(count[1] for count in counts),
        resolved=sum(count[2] for count in counts),
        official_resolved=sum(count[3] for count in counts),
        by_outcome={count[0]: count[1] for count in counts},
        models=tuple(str(models).split("\n")) if models else (),
        arms=tuple(str(arms).split("\n")) if arms else (),
        cost_usd=sum(count[4] or 0.0 for count in counts) if bills else None,
    )  # fmt: skip

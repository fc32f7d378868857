from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from swebench_lite.records import Attempt, AttemptKey, Flag, Outcome, Plan, Verdict
from swebench_lite.store import RunStore, index, reindex

RUN = "run_20261121T113000Z_ab12cd"


def key(number: int, model: str = "m") -> AttemptKey:
    return AttemptKey(run_id=RUN, instance_id=f"a-{number}", model=model)


def attempt(number: int, **fields: object) -> Attempt:
    verdict = Verdict(outcome=Outcome.UNRESOLVED, reason="1 of 2", official_resolved=True, flags=(Flag.FLAKY,))
    return Attempt(key=key(number), verdict=verdict, **fields)  # type: ignore[arg-type]


def filled(root: Path, attempts: int = 3) -> RunStore:
    store = RunStore(root)
    planned = tuple(key(number) for number in range(attempts))
    plan = Plan(run_id=RUN, dataset="d", planned=planned, settings={}, provenance={}, created_at="2026-11-21T11:30:00Z")
    store.create(plan)
    for number in range(attempts):
        store.save(attempt(number, cost_usd=0.5), artefacts={})
    return store


def dump(root: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(root / "history.db")) as base:
        rows = base.execute("SELECT * FROM attempts").fetchall() + base.execute("SELECT * FROM runs").fetchall()
        return [*rows, *base.execute("PRAGMA user_version").fetchall()]


def test_a_rebuilt_index_equals_the_one_that_grew(tmp_path: Path) -> None:
    filled(tmp_path)
    before = dump(tmp_path)
    reindex(tmp_path)
    assert len(before) == 5
    assert dump(tmp_path) == before


def remove(path: Path) -> None:
    path.unlink()


def scribble(path: Path) -> None:
    path.write_bytes(b"this is no database, whatever its name says" * 100)


def tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1500])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def age(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as base:
        base.executescript("CREATE TABLE attempts (id); PRAGMA user_version = 7")


def drop_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.executescript("DROP TABLE attempts")


@pytest.mark.parametrize("damage", [remove, scribble, tear, empty, age, drop_a_table])
def test_a_damaged_index_loses_nothing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    filled(tmp_path)
    before = dump(tmp_path)
    damage(tmp_path / "history.db")
    (found,) = RunStore(tmp_path).list()
    assert (found.finished, found.planned) == (3, 3)
    assert dump(tmp_path) == before


@pytest.mark.parametrize("damage", [scribble, tear, age, drop_a_table])
def test_a_rebuild_is_mentioned(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    filled(tmp_path)
    damage(tmp_path / "history.db")
    store = RunStore(tmp_path)
    store.list()
    assert len(store.warnings) == 1
    assert "rebuilt from the files; nothing is lost" in store.warnings[0]


def test_saving_into_a_damaged_index_keeps_every_attempt(tmp_path: Path) -> None:
    store = filled(tmp_path)
    scribble(tmp_path / "history.db")
    store.save(attempt(1), artefacts={})
    assert len(store.rows(RUN)) == 3


def test_a_locked_index_delays_and_warns_but_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BUSY_SECONDS", 0.05)
    store = filled(tmp_path, attempts=4)
    (store.folder(key(3)) / "attempt.json").unlink()
    reindex(tmp_path)
    store = RunStore(tmp_path)
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.save(attempt(3), artefacts={})
        assert store.list()[0].finished == 4
    assert any("locked" in warning for warning in store.warnings)
    assert len(store.rows(RUN)) == 4


def test_a_folder_where_the_index_should_be_is_only_a_warning(tmp_path: Path) -> None:
    (tmp_path / "history.db").mkdir()
    store = filled(tmp_path)
    assert store.list()[0].finished == 3
    assert "could not be used" in store.warnings[0]


def test_a_store_that_was_never_written_lists_nothing_and_makes_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    assert store.list() == ()
    assert store.warnings == ()
    assert not (tmp_path / "runs").exists()


def test_a_row_says_what_lists_show(tmp_path: Path) -> None:
    row = filled(tmp_path).rows(RUN)[0]
    assert (row.key, row.outcome, row.reason, row.flags) == (key(0), Outcome.UNRESOLVED, "1 of 2", ("FLAKY",))
    assert (row.resolved, row.official_resolved, row.cost_usd) == (False, True, 0.5)


def test_a_run_in_the_list_adds_its_attempts_up(tmp_path: Path) -> None:
    (run,) = filled(tmp_path).list()
    assert (run.run_id, run.dataset, run.models, run.arms) == (RUN, "d", ("m",), ("none",))
    assert (run.by_outcome, run.official_resolved, run.resolved, run.cost_usd) == ({"UNRESOLVED": 3}, 3, 0, 1.5)


@pytest.mark.parametrize("model", ["\x1b[31m", "a\nb", "\ud800", "'; DROP TABLE attempts; --", "\x00"])
def test_hostile_names_fit_into_the_index(tmp_path: Path, model: str) -> None:
    store = RunStore(tmp_path)
    plan = Plan(run_id=RUN, dataset=model, planned=(key(1, model),), settings={}, provenance={}, created_at="")
    store.create(plan)
    store.save(Attempt(key=key(1, model), verdict=Verdict(outcome=Outcome.RESOLVED, reason=model)), artefacts={})
    assert store.list()[0].finished == 1
    assert len(store.list()[0].models) == 1
    assert store.warnings == ()


WRITER = """
import sys, pathlib
sys.path.insert(0, sys.argv[3])
from tests.test_store_index import RUN, attempt
from swebench_lite.store import RunStore
store = RunStore(pathlib.Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 40):
    store.save(attempt(number), artefacts={"patch.diff": "x"})
assert store.warnings == (), store.warnings
"""


def test_several_processes_may_save_at_once(tmp_path: Path) -> None:
    store = filled(tmp_path, attempts=0)
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(start), here]) for start in (0, 100, 200)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert len(store.rows(RUN)) == 120
    before = dump(tmp_path)
    reindex(tmp_path)
    assert dump(tmp_path) == before

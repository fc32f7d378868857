from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.errors import StoreError, UsageError
from swebench_lite.records import Attempt, AttemptKey, Outcome, Plan, Verdict
from swebench_lite.store import RunStore

RUN = "run_20261121T113000Z_ab12cd"
LATER = "run_20261122T113000Z_ab34cd"


def key(number: int, *, model: str = "m", run_id: str = RUN) -> AttemptKey:
    return AttemptKey(run_id=run_id, instance_id=f"a-{number}", model=model)


def attempt(number: int, outcome: Outcome = Outcome.RESOLVED) -> Attempt:
    return Attempt(key=key(number), verdict=Verdict(outcome=outcome, reason="x"))


def plan(*numbers: int, run_id: str = RUN) -> Plan:
    planned = tuple(key(number, run_id=run_id) for number in numbers)
    created = "2026-11-21T11:30:00+00:00"
    return Plan(run_id=run_id, dataset="d", planned=planned, settings={"jobs": 2}, provenance={}, created_at=created)


def started(root: Path, *numbers: int) -> RunStore:
    store = RunStore(root)
    store.create(plan(*numbers))
    return store


def test_a_run_id_tells_its_time_in_utc() -> None:
    local = datetime(2026, 11, 21, 12, 30, tzinfo=timezone(timedelta(hours=1)))
    assert re.fullmatch(r"run_20261121T113000Z_[0-9a-f]{6}", RunStore.new_run_id(local))


def test_two_runs_of_one_second_differ() -> None:
    now = datetime.now(UTC)
    assert len({RunStore.new_run_id(now) for _ in range(20)}) == 20


def test_a_plan_comes_back(tmp_path: Path) -> None:
    assert started(tmp_path, 1, 2).plan(RUN) == plan(1, 2)


def test_an_attempt_comes_back_with_its_artefacts(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.save(attempt(1), artefacts={"patch.diff": b"\xff", "stdout.log": "ü"})
    assert store.attempts(RUN) == (attempt(1),)
    assert store.artefact(key(1), "patch.diff") == b"\xff"
    assert store.artefacts(key(1)) == ("attempt.json", "patch.diff", "stdout.log")


def test_an_attempt_is_found_where_the_documentation_says(tmp_path: Path) -> None:
    started(tmp_path, 1).save(attempt(1), artefacts={})
    assert (tmp_path / RUN / "attempts" / "m" / "none" / "a-1" / "0" / "attempt.json").is_file()


def test_an_attempt_saved_again_replaces_the_old_one_with_all_it_had(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.save(attempt(1, Outcome.PROVIDER), artefacts={"error.log": "busy"})
    store.save(attempt(1), artefacts={"patch.diff": "x"})
    assert store.attempts(RUN) == (attempt(1),)
    assert store.artefacts(key(1)) == ("attempt.json", "patch.diff")


def test_a_torn_attempt_is_not_finished_and_is_named(tmp_path: Path) -> None:
    store = started(tmp_path, 1, 2)
    for number in (1, 2):
        store.save(attempt(number), artefacts={})
    torn = store.folder(key(1)) / "attempt.json"
    torn.write_bytes(torn.read_bytes()[:40])
    assert store.finished(RUN) == {key(2)}
    assert str(torn) in store.warnings[0]


def test_an_attempt_copied_from_another_run_does_not_count(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.save(attempt(1), artefacts={})
    store.create(plan(1, run_id=LATER))
    target = store.folder(key(1, run_id=LATER))
    target.parent.mkdir(parents=True)
    store.folder(key(1)).rename(target)
    assert store.finished(LATER) == set()
    assert "belongs to an attempt of run" in store.warnings[0]


@given(model=st.text(st.characters()), instance=st.text(st.characters(), min_size=1), arm=st.text(st.characters()))
def test_any_names_are_kept_apart_and_stay_inside_the_run(model: str, instance: str, arm: str) -> None:
    store = RunStore(Path("/runs"))
    first = AttemptKey(run_id=RUN, instance_id=instance, model=model, arm=arm)
    second = AttemptKey(run_id=RUN, instance_id=instance, model=model + "/", arm=arm)
    assert store.folder(first) != store.folder(second)
    assert len(store.folder(first).parts) == 8
    assert ".." not in store.folder(first).parts


@pytest.mark.parametrize("model", ["../../up", "a/b", "\x1b[2J", "x" * 300, "", ".", "\x00"])
def test_an_attempt_of_a_model_with_a_hostile_name_comes_back(tmp_path: Path, model: str) -> None:
    hostile = key(1, model=model)
    store = RunStore(tmp_path / "runs")
    store.create(Plan(run_id=RUN, dataset="d", planned=(hostile,), settings={}, provenance={}, created_at=""))
    store.save(Attempt(key=hostile, verdict=attempt(1).verdict), artefacts={"patch.diff": "x"})
    assert store.finished(RUN) == {hostile}
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "", ".", "..", ".hidden", "a/b", "attempt.json", "a\n"])
def test_an_artefact_name_from_outside_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    store = started(tmp_path, 1)
    with pytest.raises(UsageError, match="is no artefact name"):
        store.save(attempt(1), artefacts={name: "x"})
    assert store.finished(RUN) == set()


@pytest.mark.parametrize("name", ["../run.json", "/etc/passwd", "..", ""])
def test_reading_an_artefact_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    store = started(tmp_path, 1)
    store.save(attempt(1), artefacts={})
    with pytest.raises(UsageError, match="is no artefact name"):
        store.artefact(key(1), name)


def test_a_missing_artefact_is_named_with_the_near_miss(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.save(attempt(1), artefacts={"patch.diff": "x"})
    with pytest.raises(UsageError, match=r"unknown artefact of a-1 'patch\.dif'; did you mean 'patch\.diff'"):
        store.artefact(key(1), "patch.dif")


@pytest.mark.parametrize("name", ["../x", "/tmp", "", "latest", "a/b", "run\n", "x" * 101])
def test_a_run_id_from_outside_cannot_leave_the_root(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no run id"):
        RunStore(tmp_path).create(plan(run_id=name))


def test_a_run_is_created_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exists already; resume it"):
        started(tmp_path, 1).create(plan(1))


def test_a_plan_of_another_run_is_refused(tmp_path: Path) -> None:
    strange = Plan(run_id=RUN, dataset="d", planned=(key(1, run_id=LATER),), settings={}, provenance={}, created_at="")
    with pytest.raises(UsageError, match="plans 1 attempts of another run"):
        RunStore(tmp_path).create(strange)


def test_an_attempt_of_a_run_that_was_never_created_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such run; create it first"):
        RunStore(tmp_path).save(attempt(1), artefacts={})


def test_a_run_is_found_by_a_unique_beginning_or_as_the_latest(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.create(plan(1, run_id=LATER))
    assert [store.resolve(name) for name in ("run_20261121", "latest", RUN)] == [RUN, LATER, RUN]


def test_an_ambiguous_beginning_names_the_choices(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.create(plan(1, run_id=LATER))
    with pytest.raises(UsageError, match=f"could be {RUN}, {LATER}"):
        store.resolve("run_2026")


@pytest.mark.parametrize("name", [RUN[:-1] + "x", "../" + RUN, "", "latest run"])
def test_an_unknown_run_is_a_usage_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="unknown run"):
        started(tmp_path, 1).plan(name)


def test_a_near_miss_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{RUN}'"):
        started(tmp_path, 1).plan(RUN[:-1] + "x")


def test_latest_without_any_run_says_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown run 'latest'; there are none"):
        RunStore(tmp_path).resolve("latest")


def test_a_torn_plan_is_named(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    (tmp_path / RUN / "run.json").write_text("{")
    with pytest.raises(StoreError, match=r"run\.json: it is torn"):
        store.plan(RUN)


def test_a_deleted_run_is_gone_from_files_and_index(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.create(plan(1, run_id=LATER))
    store.save(attempt(1), artefacts={})
    assert store.delete("run_20261121") == RUN
    assert [run.run_id for run in store.list()] == [LATER]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.db", LATER]


@pytest.mark.parametrize("name", ["..", "notes", "/", "history.db"])
def test_what_is_no_run_is_never_deleted(tmp_path: Path, name: str) -> None:
    store = started(tmp_path, 1)
    (tmp_path / "notes").mkdir()
    with pytest.raises(UsageError, match="unknown run"):
        store.delete(name)
    assert (tmp_path / "notes").is_dir()


def test_a_link_to_a_folder_elsewhere_is_never_deleted(tmp_path: Path) -> None:
    store = started(tmp_path / "runs", 1)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "run.json").write_text("{}")
    (tmp_path / "runs" / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        store.delete("linked")
    assert (tmp_path / "elsewhere" / "run.json").exists()


def test_a_run_removed_by_hand_leaves_the_list(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.list()
    (tmp_path / RUN / "run.json").unlink()
    assert store.list() == ()


def test_a_run_copied_in_by_hand_enters_the_list(tmp_path: Path) -> None:
    started(tmp_path / "one", 1).save(attempt(1), artefacts={})
    store = RunStore(tmp_path / "two")
    store.create(plan(1, run_id=LATER))
    (tmp_path / "one" / RUN).rename(tmp_path / "two" / RUN)
    assert {run.run_id: run.finished for run in store.list()} == {RUN: 1, LATER: 0}


def test_a_summary_counts_missing_attempts_as_not_run(tmp_path: Path) -> None:
    store = started(tmp_path, 1, 2)
    store.save(attempt(1), artefacts={})
    figures = store.write_summary(RUN)["summary"]
    assert isinstance(figures, dict)
    assert (figures["planned"], figures["resolved"], figures["by_outcome"]["NOT_RUN"]) == (2, 1, 1)


def test_the_summary_is_written_for_the_run_and_as_the_latest(tmp_path: Path) -> None:
    started(tmp_path, 1).write_summary("latest")
    assert (tmp_path / RUN / "summary.json").read_bytes() == (tmp_path / "latest_summary.json").read_bytes()


def test_threads_may_save_at_once(tmp_path: Path) -> None:
    store = started(tmp_path, *range(40))
    threads = [
        threading.Thread(target=lambda part: [store.save(attempt(n), artefacts={"x": "y"}) for n in part], args=(part,))
        for part in (range(20), range(20, 40))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.finished(RUN)) == len(store.rows(RUN)) == 40


def save_until_refused(store: RunStore, saved: set[AttemptKey]) -> None:
    for number in range(100):
        store.save(attempt(number), artefacts={"stdout.log": "x" * 50_000})
        saved.add(key(number))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a tiny disk")
def test_a_full_disk_stops_the_run_and_loses_no_finished_attempt(tmp_path: Path) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)], check=False)
    if mounted.returncode != 0:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        store = started(tmp_path, *range(100))
        saved: set[AttemptKey] = set()
        with pytest.raises(StoreError, match="the disk is full; free some space, then resume the run"):
            save_until_refused(store, saved)
        assert saved
        assert RunStore(tmp_path).finished(RUN) == saved
        assert list(tmp_path.rglob(".*.tmp")) == []
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


WRITER = """
import sys, pathlib
sys.path.insert(0, sys.argv[2])
from tests.test_store_runs import RUN, attempt, key
from swebench_lite.store import RunStore
store = RunStore(pathlib.Path(sys.argv[1]))
done = store.finished(RUN)
print(len(done), *store.warnings, flush=True)
for number in range(400):
    if key(number) not in done:
        store.save(attempt(number), artefacts={"patch.diff": "x" * 3000, "stdout.log": "y" * 20_000})
        print(number, flush=True)
"""


def test_kills_at_random_moments_tear_nothing_and_lose_nothing(tmp_path: Path) -> None:
    store = started(tmp_path, *range(400))
    command = [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parent)]
    moments = random.Random(7)  # noqa: S311 - moments to kill at are no secret
    reported: set[AttemptKey] = set()
    finished: set[AttemptKey] = set()
    for _ in range(12):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == str(len(finished))
            time.sleep(moments.uniform(0, 0.08))
            process.send_signal(signal.SIGKILL)
            reported |= {key(int(line)) for line in process.stdout if line.endswith("\n")}
        finished = store.finished(RUN)
        assert reported <= finished
        for one in finished:
            assert [len(store.artefact(one, name)) for name in ("patch.diff", "stdout.log")] == [3000, 20_000]
    assert store.warnings == ()
    assert reported
    assert store.list()[0].finished == len(finished)
    store.sweep(RUN)
    assert list(tmp_path.rglob(".*.tmp")) == []


def test_an_amended_attempt_keeps_its_evidence(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    store.save(attempt(1, Outcome.UNRESOLVED), artefacts={"stdout.log": "x"})
    store.amend(attempt(1))
    assert (store.attempts(RUN), store.artefact(key(1), "stdout.log")) == ((attempt(1),), b"x")
    assert [row.outcome for row in store.rows(RUN)] == [Outcome.RESOLVED]


def test_what_was_never_saved_cannot_be_amended(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such attempt; save it first"):
        started(tmp_path, 1).amend(attempt(1))


# Ends itself, without any cleaning up, at the first call of a function of that name.
KILLED_AT = """
import os, sys, pathlib
sys.path.insert(0, sys.argv[2])
from tests.test_store_runs import RUN, attempt
from swebench_lite.store import RunStore
store = RunStore(pathlib.Path(sys.argv[1]))
sys.setprofile(lambda frame, event, _: os._exit(9) if event == "call" and frame.f_code.co_name == sys.argv[3] else None)
store.save(attempt(1), artefacts={"stdout.log": "new"}) if sys.argv[4] == "save" else store.amend(attempt(1))
"""


def killed_at(moment: str, action: str, root: Path) -> None:
    command = [sys.executable, "-c", KILLED_AT, str(root), str(Path(__file__).parent.parent), moment, action]
    assert subprocess.run(command, check=False).returncode == 9


@pytest.mark.parametrize("moment", ["write_json", "write_many", "_replace", "sync_folder", "put_attempt"])
def test_a_kill_while_an_attempt_is_amended_loses_nothing_of_it(tmp_path: Path, moment: str) -> None:
    started(tmp_path, 1).save(attempt(1, Outcome.UNRESOLVED), artefacts={"stdout.log": "x"})
    killed_at(moment, "amend", tmp_path)
    store = RunStore(tmp_path)
    (found,) = store.attempts(RUN)
    assert (store.artefact(key(1), "stdout.log"), store.warnings) == (b"x", ())
    assert [row.outcome for row in store.rows(RUN)] == [found.verdict.outcome]


@pytest.mark.parametrize("action", ["save", "amend"])
def test_a_kill_before_the_index_is_told_leaves_no_old_row_in_a_complete_run(tmp_path: Path, action: str) -> None:
    started(tmp_path, 1).save(attempt(1, Outcome.INFRA), artefacts={})
    killed_at("put_attempt", action, tmp_path)
    store = RunStore(tmp_path)
    assert [row.outcome for row in store.rows(RUN)] == [Outcome.RESOLVED]
    assert store.list()[0].by_outcome == {"RESOLVED": 1}


CREATOR = """
import sys, pathlib
sys.path.insert(0, sys.argv[2])
from tests.test_store_runs import plan
from swebench_lite.errors import UsageError
from swebench_lite.store import RunStore
print("ready", flush=True)
sys.stdin.readline()
try:
    RunStore(pathlib.Path(sys.argv[1])).create(plan(int(sys.argv[3])))
    print(sys.argv[3])
except UsageError as error:
    print("refused" if "exists already" in str(error) else error)
"""


def test_of_processes_that_begin_one_run_at_once_only_one_may(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CREATOR, str(tmp_path), str(Path(__file__).parent.parent)]
    begun = [
        subprocess.Popen([*command, str(number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    for process in begun:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = [process.communicate("\n")[0].strip() for process in begun]
    (winner,) = set(said) - {"refused"}
    assert said.count("refused") == 3
    assert RunStore(tmp_path).plan(RUN) == plan(int(winner))


def test_a_run_that_somebody_else_has_begun_to_make_is_not_overwritten(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    with store.alone(RUN), pytest.raises(UsageError, match="exists already"):
        RunStore(tmp_path).create(plan(2))


def test_a_run_that_is_being_made_is_not_deleted(tmp_path: Path) -> None:
    store = started(tmp_path, 1)
    with store.alone(RUN), pytest.raises(UsageError, match="is being made by another process"):
        RunStore(tmp_path).delete(RUN)
    assert store.plan(RUN) == plan(1)
    RunStore(tmp_path).delete(RUN)
    assert not (tmp_path / RUN).exists()

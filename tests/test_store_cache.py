from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Application, Execution
from swebench_lite.store import Documents, ExecutionCache

EXECUTION = Execution(
    key="ab12", application=Application(step="git-apply", strict=True, official=True), log="ok\n", exit_status=0
)


def entry(root: Path) -> Path:
    (found,) = (root / "executions").glob("??/*")
    return found


def test_stored_evidence_comes_back(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    assert cache.put(EXECUTION) is True
    assert cache.get("ab12") == EXECUTION


def test_an_unknown_key_is_a_miss(tmp_path: Path) -> None:
    assert ExecutionCache(tmp_path).get("ab12") is None


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> ExecutionCache:
    return ExecutionCache(tmp_path_factory.mktemp("cache"))


@given(st.text(st.characters(), max_size=60), st.text(st.characters()))
def test_any_key_and_any_log_round_trip(shared: ExecutionCache, key: str, log: str) -> None:
    shared.remove(key)
    shared.put(replace(EXECUTION, key=key, log=log))
    found = shared.get(key)
    assert found is not None
    assert found.log == log


@pytest.mark.parametrize("change", [{"timed_out": True}, {"out_of_memory": True}, {"exit_status": None}])
def test_what_may_end_otherwise_next_time_is_never_kept(tmp_path: Path, change: dict[str, object]) -> None:
    cache = ExecutionCache(tmp_path)
    assert cache.put(replace(EXECUTION, **change)) is False  # type: ignore[arg-type]
    assert cache.size() == (0, 0)


def test_a_failing_test_run_is_kept(tmp_path: Path) -> None:
    assert ExecutionCache(tmp_path).put(replace(EXECUTION, exit_status=1, test_status=1)) is True


def test_logs_are_stored_compressed(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(replace(EXECUTION, log="the same line\n" * 100_000))
    assert cache.size()[1] < 50_000


@pytest.mark.parametrize("name", ["meta.json", "log.gz"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00\xff", gzip.compress(b"another log")])
def test_a_damaged_entry_is_a_miss_and_is_removed(tmp_path: Path, name: str, damage: bytes) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(EXECUTION)
    (entry(tmp_path) / name).write_bytes(damage)
    assert cache.get("ab12") is None
    assert cache.size() == (0, 0)


def test_a_log_that_was_cut_short_is_a_miss(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(replace(EXECUTION, log="x" * 1000))
    log = entry(tmp_path) / "log.gz"
    log.write_bytes(log.read_bytes()[:-5])
    assert cache.get("ab12") is None


def test_an_entry_without_its_log_is_a_miss(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(EXECUTION)
    (entry(tmp_path) / "log.gz").unlink()
    assert cache.get("ab12") is None


def test_a_removed_damaged_entry_can_be_stored_again(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(EXECUTION)
    (entry(tmp_path) / "meta.json").write_text("{")
    cache.get("ab12")
    assert cache.put(EXECUTION) is True
    assert cache.get("ab12") == EXECUTION


def test_the_first_of_two_equal_keys_stays(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(EXECUTION)
    assert cache.put(replace(EXECUTION, log="later")) is True
    assert cache.get("ab12") == EXECUTION


def test_a_cache_that_cannot_be_written_says_no_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "executions").write_text("a file in the way")
    assert ExecutionCache(tmp_path).put(EXECUTION) is False


def test_pruning_removes_what_was_not_used_for_longest(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    for number, key in enumerate(("old", "used", "new")):
        cache.put(replace(EXECUTION, key=key))
        (meta,) = (tmp_path / "executions").glob(f"??/{key}/meta.json")
        os.utime(meta, (number, number))
    cache.get("old")
    total = cache.size()[1]
    freed = cache.prune(total - 1)
    assert freed > 0
    assert [cache.get(key) is not None for key in ("old", "used", "new")] == [True, False, True]


def test_pruning_to_nothing_empties_the_cache(tmp_path: Path) -> None:
    cache = ExecutionCache(tmp_path)
    cache.put(EXECUTION)
    cache.prune(0)
    assert cache.size() == (0, 0)


PUTTER = """
import sys, pathlib
from swebench_lite.records import Application, Execution
from swebench_lite.store import ExecutionCache
cache = ExecutionCache(pathlib.Path(sys.argv[1]))
for number in range(60):
    applied = Application(step=None, strict=False, official=False)
    assert cache.put(Execution(key=f"k{number}", application=applied, log=sys.argv[2] * 5000, exit_status=0))
"""


def test_two_processes_may_store_the_same_keys_at_once(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", PUTTER, str(tmp_path), word]) for word in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    cache = ExecutionCache(tmp_path)
    found = [cache.get(f"k{number}") for number in range(60)]
    assert all(one is not None and len(set(one.log)) == 1 and len(one.log) == 5000 for one in found)


def test_a_document_comes_back(tmp_path: Path) -> None:
    documents = Documents(tmp_path, "oracles")
    documents.put("sha:1", {"a": [1, None, "ü"]})
    assert documents.get("sha:1") == {"a": [1, None, "ü"]}


def test_a_later_document_replaces_the_earlier_one(tmp_path: Path) -> None:
    documents = Documents(tmp_path, "oracles")
    documents.put("1", {"a": 1})
    documents.put("1", {"a": 2})
    assert documents.get("1") == {"a": 2}


def test_documents_of_two_kinds_do_not_meet(tmp_path: Path) -> None:
    Documents(tmp_path, "oracles").put("1", {})
    assert Documents(tmp_path, "environments").get("1") is None


def test_a_damaged_document_is_a_miss_and_is_removed(tmp_path: Path) -> None:
    documents = Documents(tmp_path, "oracles")
    documents.put("1", {})
    (path,) = tmp_path.glob("oracles/??/*.json")
    path.write_text('{"digest": "1", "docu')
    assert documents.get("1") is None
    assert not path.exists()


def test_documents_are_listed_by_digest_and_can_be_removed(tmp_path: Path) -> None:
    documents = Documents(tmp_path, "oracles")
    for digest in ("b", "a/..", "c"):
        documents.put(digest, {})
    documents.remove("c")
    assert documents.digests() == ("a/..", "b")

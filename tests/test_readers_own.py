"""Our own readers, on logs that the runners printed (fixtures/logs) and on the forms that older ones print."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.toolchains import READERS, LogError, read

LOGS = Path(__file__).parent / "fixtures" / "logs"


def stored(name: str) -> str:
    return (LOGS / f"{name}.log").read_text(encoding="utf-8")


def test_ctest_gives_a_status_to_every_kind_of_end() -> None:
    assert read("ctest", stored("ctest")) == {
        "adds": "PASSED",
        "breaks": "FAILED",
        "with": "ERROR",
        "slow": "FAILED",
        "later": "SKIPPED",
        "missing": "ERROR",
        "off": "SKIPPED",
        "crash": "ERROR",
    }


def test_ctest_keeps_spaces_in_names() -> None:
    assert read("ctest", " 1/10 Test  #1: a b . c ......   Passed    0.00 sec") == {"a b . c": "PASSED"}


def test_a_cpp_program_prints_numbered_lines() -> None:
    assert read("cpp_test", stored("cpp_test")) == {"adds": "PASSED", "breaks": "FAILED", "later": "SKIPPED"}


def test_a_plain_script_prints_lines_without_numbers() -> None:
    assert read("node_script", stored("node_script")) == {"adds": "PASSED", "breaks": "FAILED"}


def test_prose_that_begins_with_ok_is_no_result() -> None:
    assert read("node_script", "ok then\nokay - x\n  ok - indented\nok -\n") == {}


NODE = {
    "adds": "PASSED",
    "breaks #1": "FAILED",
    "later": "SKIPPED",
    "some day": "XFAIL",
    "stack > pushes": "PASSED",
    "stack > pops": "FAILED",
    "stack": "FAILED",
    "outer > inner": "PASSED",
    "outer": "PASSED",
    "other file": "PASSED",
}


def test_node_20_gives_nested_names() -> None:
    assert read("node_test", stored("node20")) == NODE


def wrapped(log: str, file: str) -> str:
    """The log as node 18 prints it: one entry per file, its tests indented below."""
    body = "".join(f"    {line}\n" for line in log.splitlines() if not line.startswith(("TAP", "# tests")))
    return f"TAP version 13\n# Subtest: {file}\n{body}not ok 1 - {file}\n  ---\n  duration_ms: 9\n  ...\n1..1\n"


def test_node_18_gives_the_same_ids_as_node_20() -> None:
    assert read("node_test", wrapped(stored("node20"), "/src/node/a.test.js")) == NODE


def test_a_failure_message_that_looks_like_a_result_is_none() -> None:
    log = "not ok 1 - a\n  ---\n  error: |-\n    ok 1 - b\n  ...\nok 2 - c\n"
    assert read("node_test", log) == {"a": "FAILED", "c": "PASSED"}


@pytest.mark.parametrize("name", ["cpp_test", "node_test", "node_script"])
def test_a_later_pass_does_not_wash_a_failure_away(name: str) -> None:
    assert read(name, "not ok 1 - a\nok 2 - a\n") == {"a": "FAILED"}


def test_unittest_ids_stay_as_printed() -> None:
    prefix = "test_sample.Arithmetic"
    assert read("unittest", stored("unittest")) == {
        f"{name} ({prefix}.{name})": status
        for name, status in {
            "test_adds": "PASSED",
            "test_breaks": "FAILED",
            "test_described": "PASSED",
            "test_described_badly": "FAILED",
            "test_known": "XFAIL",
            "test_later": "SKIPPED",
            "test_noisy": "PASSED",
            "test_parts": "FAILED",
            "test_raises": "ERROR",
        }.items()
    }


def test_unittest_before_3_11_names_the_class_only() -> None:
    log = "test_a (m.C) ... ok\ntest_b (m.C)\nA docstring ... FAIL\ntest_c (m.C) ... noise\nmore\nok\n"
    assert read("unittest", log) == {"test_a (m.C)": "PASSED", "test_b (m.C)": "FAILED", "test_c (m.C)": "PASSED"}


def test_a_broken_class_fixture_is_an_error_of_its_own() -> None:
    assert read("unittest", "ERROR: setUpClass (m.C)\n") == {"setUpClass (m.C)": "ERROR"}


@given(st.text(alphabet="ok not-#1/\n:. ASKIPTODO_()tes*FAL", max_size=200))
def test_our_readers_take_any_text(log: str) -> None:
    for name in ("cpp_test", "ctest", "node_test", "node_script", "unittest"):
        assert all(isinstance(test, str) and test for test in read(name, log))


NAMES = st.text(
    alphabet=st.characters(whitelist_categories=("L", "N"), whitelist_characters=" "), min_size=1, max_size=20
)


@given(st.lists(st.tuples(NAMES.map(str.strip).filter(bool), st.booleans()), max_size=10))
def test_tap_results_come_back_as_written(results: list[tuple[str, bool]]) -> None:
    log = "".join(f"{'ok' if passed else 'not ok'} {i} - {name}\n" for i, (name, passed) in enumerate(results, 1))
    failed = {name for name, passed in results if not passed}
    assert read("cpp_test", log) == {name: "FAILED" if name in failed else "PASSED" for name, _ in results}


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("parse_log_phpunit", "S" * 200_000 + " (C)\n" + "\n".join(f"✔ {i}" for i in range(2000))),
        (
            "parse_log_karma",
            "Starting browser\n  " + "s" * 200_000 + "\n" + "\n".join(f"    ✔ {i}" for i in range(2000)),
        ),
        ("node_test", "# Subtest: " + "s" * 200_000 + "\n" + "\n".join(f"    ok {i} - {i}" for i in range(2000))),
    ],
)
def test_ids_that_would_fill_the_memory_are_refused(name: str, log: str) -> None:
    with pytest.raises(LogError, match="out of all proportion"):
        READERS[name](log)

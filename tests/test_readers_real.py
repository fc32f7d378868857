"""Official readers on what the runners really print, for small projects of our own (data/runner_logs).

Each folder has the project, the logs and ``runner.toml``: versions, commands, and per log and reader the ids that the
project's tests must get. ``ghosts`` are passes of tests that do not exist or did not pass: some test prints the line of a
result, or a title looks like one. The official readers fall for it, so ours do. ``once`` are ids of several tests, of which
an early one passes and a late one does not.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import random
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from swebench_lite.toolchains import PER_INSTANCE, PER_VERSION, READERS, LogError, read

FOLDER = Path(__file__).parent / "data" / "runner_logs"
DESCRIPTIONS = sorted(FOLDER.glob("*/runner.toml"))
PYTHON_RUNNERS = ("pytest", "django", "sympy")
STATUSES = ("PASSED", "FAILED", "SKIPPED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One log, as one reader is to read it."""

    log: str
    reader: str
    instance_id: str
    version: str
    expected: dict[str, str]
    error: str | None
    once: frozenset[str]
    cut_invents: bool
    windows_renames: bool

    @property
    def passes(self) -> set[str]:
        return {name for name, status in self.expected.items() if status == "PASSED"} | self.once

    def read(self, log: str) -> dict[str, str] | None:
        """None stands for no reading."""
        try:
            return read(self.reader, log, instance_id=self.instance_id, version=self.version)
        except LogError:
            return None

    def passed(self, log: str) -> set[str]:
        return {name for name, status in (self.read(log) or {}).items() if status == "PASSED"}


def described(path: Path) -> list[tuple[str, Case]]:
    cases = []
    for log in tomllib.loads(path.read_text(encoding="utf-8"))["log"]:
        for file, reading in itertools.product(files(log), log["reading"]):
            expected = {name: status for status in STATUSES for name in reading.get(status, ())}
            case = Case(
                log=(path.parent / file).read_bytes().decode("utf-8"),
                reader=reading["reader"],
                instance_id=reading.get("instance_id", "x__x-1"),
                version=reading.get("version", ""),
                expected={**expected, **dict.fromkeys(reading.get("ghosts", ()), "PASSED")},
                error=reading.get("error"),
                once=frozenset(reading.get("once", ())),
                cut_invents=log.get("cut_invents", False),
                windows_renames=log.get("windows_renames", False),
            )
            cases.append((f"{path.parent.name}/{file}-{case.reader}", case))
    return cases


def files(log: dict[str, Any]) -> list[str]:
    """The logs that one command gave, under several versions of its runner."""
    return [log["file"], *log.get("also", ())]


CASES = [case for path in DESCRIPTIONS for case in described(path)]
every_case = pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])


@every_case
def test_a_reader_gives_the_tests_of_a_real_run_the_statuses_they_must_get(case: Case) -> None:
    if case.error is None:
        assert case.read(case.log) == case.expected
    else:
        with pytest.raises(LogError, match=case.error):
            read(case.reader, case.log, instance_id=case.instance_id, version=case.version)


def test_every_official_reader_of_another_language_than_python_has_a_run_to_read() -> None:
    named = {name for name, read_log in READERS.items() if read_log.__module__.rpartition(".")[2] not in PYTHON_RUNNERS}
    official = {name for name in named | {*PER_INSTANCE, *PER_VERSION} if name.startswith("parse_log_")}
    assert official == {case.reader for _, case in CASES}


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=[path.parent.name for path in DESCRIPTIONS])
def test_a_recorded_run_says_where_it_comes_from(path: Path) -> None:
    described = tomllib.loads(path.read_text(encoding="utf-8"))
    assert described["produced"] in {"real", "by format"}
    assert described["name"]
    assert described["version"]
    assert {file for log in described["log"] for file in files(log)} == {log.name for log in path.parent.glob("*.log")}
    assert (path.parent / "source").is_dir() == (described["produced"] == "real")


@pytest.mark.parametrize("path", DESCRIPTIONS, ids=[path.parent.name for path in DESCRIPTIONS])
def test_the_program_of_a_recorded_command_is_echoed_in_its_log(path: Path) -> None:
    for log in tomllib.loads(path.read_text(encoding="utf-8"))["log"]:
        words = [word for word in log["command"].split() if "=" not in word and word not in {"cd", "tests", "&&"}]
        for file in files(log):
            text = (path.parent / file).read_text(encoding="utf-8")
            assert any(line.startswith("+ ") and words[0] in line for line in text.split("\n")), file


@every_case
def test_a_log_cut_off_at_a_line_end_invents_no_pass(case: Case) -> None:
    if case.cut_invents:
        pytest.skip("the official reader takes every test of half a report for a pass; a test of its own shows it")
    lines = case.log.split("\n")
    for end in range(0, len(lines), max(1, len(lines) // 16)):
        assert case.passed("\n".join(lines[:end])) <= case.passes, f"cut behind line {end}"


@every_case
def test_a_log_cut_off_anywhere_has_at_most_one_pass_of_half_a_name(case: Case) -> None:
    if case.cut_invents:
        pytest.skip("the official reader takes every test of half a report for a pass; a test of its own shows it")
    for part in range(1, 24):
        invented = case.passed(case.log[: len(case.log) * part // 24]) - case.passes
        assert len(invented) <= 1
        for name in invented:
            assert any(name.startswith(whole) or whole.startswith(name) for whole in case.passes), name


@every_case
def test_line_ends_of_windows_invent_no_pass(case: Case) -> None:
    passed = {name.replace("\r", "") for name in case.passed(case.log.replace("\n", "\r\n"))}
    # Where suites have other names then, as officially, there are at least no more passes than tests that pass.
    assert len(passed) <= len(case.passes)
    assert case.windows_renames or passed <= case.passes


@every_case
def test_lines_of_standard_error_in_between_invent_no_pass(case: Case) -> None:
    lines = [f"{line}\nwarning: the disk is almost full" for line in case.log.split("\n")]
    assert case.passed("\n".join(lines)) <= case.passes


NOISE = random.Random(20)  # noqa: S311
WORDS = ("Compiling", "shelf", "[ 45%]", "ok", "passed", "->", "src/a.cc.o", "12.5", "kB", "é", "\t", "0x7f", "%")
BUILD = "\n".join(" ".join(NOISE.choices(WORDS, k=9)).lstrip() for _ in range(23_000))


@every_case
def test_a_megabyte_of_noise_in_front_changes_no_pass(case: Case) -> None:
    assert len(BUILD) > 1_000_000
    assert case.passed(f"{BUILD}\n{case.log}") == case.passed(case.log)


def test_a_megabyte_without_a_line_end_is_read_by_every_reader() -> None:
    for _, case in CASES:
        assert len(case.passed("ab (c) = . " * 100_000)) <= 1


def test_lighthouse_takes_the_tests_of_a_report_that_is_cut_off_in_its_failures_for_passes() -> None:
    log = (FOLDER / "mocha" / "json_mocha.log").read_text(encoding="utf-8")
    cut = log[: log.index('"failures": [') + 20]
    assert read("parse_log_lighthouse", cut, version="2.1")["shelf counts wrongly"] == "PASSED"


def test_any_line_with_two_full_stops_behind_a_blank_is_a_pass_of_cucumber() -> None:
    assert read("parse_log_cucumber", "Fetching gems ...") == {"Fetching gems": "PASSED"}


def test_a_line_that_ends_in_brackets_renames_the_suite_of_phpunit() -> None:
    log = "Shelf (Shelf\\Shelf)\n ✔ Counts\nwarning: full (3 left)\n ✔ Shines\n"
    assert read("parse_log_phpunit", log) == {"Shelf > Counts": "PASSED", "warning: full > Shines": "PASSED"}


@pytest.fixture(scope="module")
def official() -> Callable[[Case, str], Any]:
    """The official package's reading of a log, or None where it fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsers = pytest.importorskip(
            "swebench.harness.log_parsers", reason="the official package is needed only to compare with"
        ).PARSER_REGISTRY

    def read_officially(case: Case, log: str) -> Any:
        spec = SimpleNamespace(instance_id=case.instance_id, version=case.version)
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                return parsers[case.reader](log, spec)
            except (ValueError, IndexError, SyntaxError, AttributeError, KeyError, TypeError):
                return None

    return read_officially


@every_case
def test_the_official_package_reads_a_real_run_in_the_same_way(
    case: Case, official: Callable[[Case, str], Any]
) -> None:
    ours, theirs = case.read(case.log), official(case, case.log)
    assert ours == theirs
    assert ours is None or list(ours) == list(theirs)


@every_case
def test_the_official_package_reads_a_damaged_run_in_the_same_way(
    case: Case, official: Callable[[Case, str], Any]
) -> None:
    for seed in range(12):
        log = damaged(case.log, random.Random(seed))  # noqa: S311
        ours, theirs = case.read(log), official(case, log)
        assert ours == theirs, f"seed {seed}"
        assert ours is None or list(ours) == list(theirs), f"seed {seed}"


def damaged(log: str, dice: random.Random) -> str:
    """Lines lost, doubled, broken, indented anew and swapped, here and there another line end."""
    lines = log.split("\n")
    for _ in range(1 + len(lines) // 10):
        at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
        line = lines[at]
        lines[at] = dice.choice(
            (
                "",
                f"{line}\n{line}",
                line[: dice.randrange(len(line) + 1)],
                f"{' ' * dice.randrange(7)}{line.strip()}",
                lines[other],
                f"{line}\r",
                f"{line} {lines[other].strip()}",
            )
        )
    return "\n".join(lines)

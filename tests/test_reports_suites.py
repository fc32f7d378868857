"""Totals, the document, the table and the banner of the suites."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from swebench_lite.reports.suites import Record, Result, banner, document, failures, line, suspects, table

RESULTS = (
    Result(suite="python", key="two_sum", passed=2, total=3, seconds=1.5, tokens=300, reason="case 2: wrong"),
    Result(suite="python", key="rpn_eval", passed=3, total=3, seconds=0.5, tokens=100),
    Result(suite="cli", key="sort_names", passed=0, total=1, seconds=9.0, reason="no answer", failed=True),
)
RECORD = Record(model="some/long-model-name:7b", results=RESULTS, timestamp="t", budget=16384, version="1")


def shown(width: int, *records: Record) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width).print(table(records))
    return stream.getvalue().splitlines()


def test_totals_count_every_case_also_of_what_failed() -> None:
    assert RECORD.suites == {"python": (5, 6), "cli": (0, 1)}
    assert RECORD.total == (5, 7)


def test_tokens_per_second_leave_out_what_nobody_counted() -> None:
    assert (RECORD.seconds, RECORD.tokens, RECORD.tokens_per_second) == (11.0, 400, 200.0)
    assert replace(RECORD, results=RESULTS[2:]).tokens_per_second is None


def test_tokens_per_second_count_only_the_requests_whose_tokens_are_known() -> None:
    broken = replace(RESULTS[0], seconds=101.5, timed=1.5)
    assert replace(RECORD, results=(broken, *RESULTS[1:])).tokens_per_second == 200.0


def test_tokens_that_nobody_counted_are_unknown_and_not_none_at_all() -> None:
    (model,) = document([replace(RECORD, results=RESULTS[2:])])["models"]
    assert (model["tokens"], model["results"][0]["tokens"]) == (None, None)


def test_the_document_has_its_fixed_names() -> None:
    found = document([RECORD], suspects=("cli:sort_names",), more={"run": "r"})
    (model,) = found["models"]
    assert model["suites"] == {"python": {"passed": 5, "total": 6}, "cli": {"passed": 0, "total": 1}}
    assert {"model", "suites", "seconds", "tokens", "tokens_per_second"} <= set(model)
    assert found["suspect_tasks"] == ["cli:sort_names"]
    assert json.loads(json.dumps(found))["run"] == "r"


def test_a_line_of_the_results_file_has_its_fixed_names() -> None:
    found = json.loads(json.dumps(line(RECORD)))
    assert {"model", "results", "timestamp", "budget", "version"} <= set(found)
    assert {"suite", "key", "passed", "total", "seconds", "tokens"} <= set(found["results"][0])


def test_the_table_shows_every_figure_in_a_line() -> None:
    lines = shown(100, RECORD)
    assert lines[0].split() == ["model", "python", "cli", "total", "time", "tok/s"]
    assert lines[2].split() == ["some/long-model-name:7b", "5/6", "0/1", "5/7", "11", "s", "200.0"]


def test_a_narrow_terminal_folds_the_name_and_no_figure() -> None:
    lines = shown(48, RECORD, replace(RECORD, results=RESULTS[:2]))
    assert max(map(len, lines)) <= 48
    for figure in ("5/6", "0/1", "5/7", "11 s", "200.0"):
        assert any(figure in one for one in lines)


def test_a_suite_that_a_model_was_not_asked_is_left_open() -> None:
    assert shown(100, RECORD, replace(RECORD, model="b", results=RESULTS[:2]))[-1].split()[:3] == ["b", "5/6", "-"]


def test_a_table_of_nothing_is_empty() -> None:
    assert shown(60)


def test_failures_are_told_with_their_reasons() -> None:
    assert failures(RECORD) == (
        "some/long-model-name:7b  python:two_sum  2/3  case 2: wrong",
        "some/long-model-name:7b  cli:sort_names  0/1  no answer",
    )
    assert failures(replace(RECORD, error="it is not there")) == ("some/long-model-name:7b: it is not there",)


def test_what_an_oracle_does_not_pass_whole_is_suspect() -> None:
    assert suspects(RECORD) == ("python:two_sum", "cli:sort_names")


@pytest.mark.parametrize("why", ["", "it is not installed"])
def test_the_banner_is_loud_and_lists_the_tasks(why: str) -> None:
    told = banner("big", ("python:two_sum",), why=why)
    assert "SUSPECT TASK(S)" in told
    assert "python:two_sum" in told
    assert (why or "must pass everything") in told


def test_there_is_no_banner_where_nothing_is_suspect() -> None:
    assert banner("big", ()) == ""

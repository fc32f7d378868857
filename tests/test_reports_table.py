from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

from swebench_lite.records import Flag, Outcome
from swebench_lite.reports import table
from tests.test_reports_model import FUZZY, attempt, example, report


def shown(thing: RenderableType, width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(thing)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_summary_says_outcomes_rates_and_costs() -> None:
    lines = shown(table.summary(example())).splitlines()
    assert [line.rstrip() for line in lines] == [
        "run_20261121T113000Z_ab12cd on verified-20: 1 RESOLVED, 1 UNRESOLVED, 1 PROVIDER, 1 NOT_RUN",
        "1 of 2 scored attempts resolved: 50.0 % (95 % interval 9.5 % to 90.5 %, n = 2)",
        "strict 25.0 % of 4 planned; 1 resolved by the official rule",
        "1 executions, 1 from the cache, 1 min 15 s, cost $0.7500",
    ]


def test_a_row_shows_outcome_reason_times_step_and_flags() -> None:
    (row,) = [line for line in shown(table.attempts(example())).splitlines() if "a__a-1" in line]
    for word in ("UNRESOLVED", "1 of 2 required", "1 min 05 s", "patch after hunk-counts", "FLAKY, cached"):
        assert word in row


@pytest.mark.parametrize("width", [40, 60, 80, 99])
def test_a_narrow_terminal_still_shows_every_verdict(width: int) -> None:
    text = shown(table.attempts(example(), width=width), width)
    assert max(map(len, text.splitlines())) <= width
    assert "Overhead" not in text
    assert all(one.verdict.outcome.value in text.replace("\n", "") for one in example().attempts)


@pytest.mark.parametrize("width", [100, 120, 139, 140, 169, 170, 200])
@pytest.mark.parametrize("models", [("m",), ("acme/a-model-with-a-long-name", "m")])
def test_no_column_is_cut_off_at_any_width(width: int, models: tuple[str, ...]) -> None:
    reason = "2 of 14 required tests fail, first tests/test_io.py::test_seek"
    slow = {"application": FUZZY, "test_seconds": 75.0, "overhead_seconds": 75.0, "flags": tuple(Flag)}
    several = [attempt("django__django-11099", Outcome.NO_ENVIRONMENT, reason, model=model, **slow) for model in models]
    lines = shown(table.attempts(report(*several), width=width), width).splitlines()
    assert max(map(len, lines)) <= width
    detailed = width >= (table.NARROW if len(models) == 1 else table.NARROW_NAMED)
    assert all((word in "".join(lines)) is detailed for word in ("Applied", "Flags"))
    assert "NO_ENVIRONMENT" in "".join(lines)


def test_models_are_named_only_where_there_are_several() -> None:
    assert "acme/one" not in shown(table.attempts(example()))
    both = report(attempt("a", Outcome.RESOLVED, model="m1"), attempt("a", Outcome.TIMEOUT, model="m2"))
    assert "m2" in shown(table.attempts(both))


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "[bold]loud[/bold]", "a\rb", "[link=x]y", "\x9b2J"])
def test_names_from_outside_neither_format_nor_control_the_terminal(hostile: str) -> None:
    both = report(attempt(hostile, Outcome.TIMEOUT, hostile, model=hostile), attempt("b", Outcome.TIMEOUT))
    text = shown(table.attempts(both)) + shown(table.summary(both))
    assert not set("\x1b\r\x9b") & set(text)
    assert ("[bold]loud[/bold]" in text) == (hostile == "[bold]loud[/bold]")

"""A run in the terminal: rich renderables, for the caller to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from swebench_lite.records import Attempt, Outcome
from swebench_lite.reports import text
from swebench_lite.reports.model import RunReport
from swebench_lite.reports.rates import sentence

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

_ROOMY = {"Reason": 32, "Instance": 24}  # smallest widths where the terminal has the columns for them
NARROW = 100  # columns below which times, apply step and flags give way to the verdict
NARROW_NAMED = 140  # the same where each row also names its model and arm


def summary(report: RunReport) -> RenderableType:
    """The figures of a run in a few lines."""
    from rich.console import Group
    from rich.text import Text

    totals = report.totals
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in totals.by_outcome.items() if count)
    lines = [
        f"{text.clean(report.plan.run_id)} on {text.clean(report.plan.dataset)}: {outcomes or 'nothing planned'}",
        sentence(report.overall),
        f"strict {text.percent(report.overall.strict_rate)} of {totals.planned} planned; "
        f"{totals.official_resolved} resolved by the official rule",
        f"{totals.executions} executions, {totals.cache_hits} from the cache, {text.seconds(totals.seconds)}, "
        f"cost {text.money(totals.cost_usd)}",
    ]
    if len(report.contestants) > 1:
        lines += [f"  {text.clean(counts.name)}: {sentence(counts)}" for counts in report.contestants]
    return Group(*(Text(line) for line in lines))


def attempts(report: RunReport, *, width: int = NARROW) -> Table:
    """All attempts by outcome. width: the terminal's columns; narrow ones show instance, outcome and reason only."""
    several = len({(a.key.model, a.key.arm, a.key.sample) for a in report.attempts}) > 1
    wide = width >= (NARROW_NAMED if several else NARROW)
    names = ["Instance", *(["Attempt"] if several else []), "Outcome", "Reason"]
    names += ["Tests", "Overhead", "Applied by", "Flags"] if wide else []
    shown = grid(names, right=("Tests", "Overhead"), least=_ROOMY if width >= (170 if several else 140) else None)
    for attempt in report.sorted_attempts:
        row: list[str | Text] = [attempt.key.instance_id, *([text.name(attempt)] if several else [])]
        row += [chip(attempt.verdict.outcome), attempt.verdict.reason]
        row += _details(attempt) if wide else []
        fill_row(shown, row)
    return shown


def grid(names: Sequence[str], *, right: Iterable[str] = (), least: Mapping[str, int] | None = None) -> Table:
    """An empty table that folds long cells instead of cutting them. least: smallest widths by column."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), show_edge=False)
    flush = frozenset(right)
    for name in names:
        width = (least or {}).get(name)
        justify: Literal["left", "right"] = "right" if name in flush else "left"
        table.add_column(name, overflow="fold", justify=justify, min_width=width, no_wrap=name == "Outcome")
    return table


def fill_row(table: Table, cells: Sequence[str | Text]) -> None:
    """Adds a row; text from outside shows as it is, without markup and control characters."""
    from rich.text import Text

    table.add_row(*(Text(text.clean(cell)) if isinstance(cell, str) else cell for cell in cells))


def chip(outcome: Outcome) -> Text:
    """An outcome in its colour."""
    from rich.text import Text

    style = "green" if outcome is Outcome.RESOLVED else "red" if outcome.scored else "yellow"
    return Text(outcome.value, style=style)


def _details(attempt: Attempt) -> list[str | Text]:
    times = (text.seconds(attempt.test_seconds), text.seconds(attempt.overhead_seconds))
    return [*times, text.step(attempt), text.flags(attempt)]

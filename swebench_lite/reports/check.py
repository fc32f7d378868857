"""The result of checking a dataset: gold must pass, nothing must fail; as JSON, Markdown and in the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from swebench_lite.records import Outcome
from swebench_lite.reports import markdown, text

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAnswer:
    """A wrong answer that was judged. why: what is wrong with it. complaint: what is not as it should be, or ""."""

    name: str
    why: str
    outcome: Outcome
    passed: int
    failed: int
    complaint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One checked instance.

    gold, null: how the reference patch and the empty patch ended; None where that was not run. flaky: repeats
    disagreed; network: it passes only with a network. reason says why it is not valid, or what to know about it. answers:
    wrong answers that must fail. gold_seconds: what its tests took on the reference patch, when they last ran.
    """

    instance_id: str
    gold: Outcome | None
    null: Outcome | None
    valid: bool
    flaky: bool = False
    network: bool = False
    reason: str = ""
    environment: str = ""
    rung: str = ""
    build_seconds: float = 0.0
    gold_seconds: float = 0.0
    answers: tuple[CheckedAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """All checked instances, in the dataset's order."""

    rows: tuple[CheckRow, ...]

    @property
    def summary(self) -> dict[str, int]:
        """Counts, as in the JSON document."""
        return {
            "total": len(self.rows),
            "valid": sum(row.valid for row in self.rows),
            "gold_resolved": sum(row.gold is Outcome.RESOLVED for row in self.rows),
            "null_resolved": sum(row.null is Outcome.RESOLVED for row in self.rows),
            "flaky": sum(row.flaky for row in self.rows),
            "network": sum(row.network for row in self.rows),
            "wrong_answers": sum(len(row.answers) for row in self.rows),
            "wrong_answers_caught": sum(not one.complaint for row in self.rows for one in row.answers),
        }


def to_json(report: CheckReport) -> dict[str, object]:
    """The JSON document of ``check``; gold and null are names of outcomes, or null where not run."""
    return {"summary": report.summary, "instances": [_row(row) for row in report.rows]}


def render(report: CheckReport) -> str:
    """The report as Markdown."""
    rows = ([*map(markdown.escape, _cells(row))] for row in report.rows)
    return f"# Check\n\n{markdown.escape(sentence(report))}\n\n{markdown.table(_HEADER, rows)}\n"


def table(report: CheckReport, *, width: int = 100) -> Table:
    """The report for a terminal of ``width`` columns; narrow ones leave the environment out."""
    from swebench_lite.reports.table import chip, fill_row, grid

    columns = len(_HEADER) if width >= 100 else 5
    shown = grid(_HEADER[:columns], right=("Build",))
    for row in report.rows:
        cells: list[str | Text] = [*_cells(row)[:columns]]
        for place, outcome in ((1, row.gold), (2, row.null)):
            if outcome is not None:
                cells[place] = chip(outcome)
        fill_row(shown, cells)
    return shown


def sentence(report: CheckReport) -> str:
    """The counts in one sentence."""
    counts = report.summary
    answers = ""
    if counts["wrong_answers"]:
        answers = f"; {counts['wrong_answers_caught']} of {counts['wrong_answers']} wrong answers fail as they should"
    return (
        f"{counts['valid']} of {counts['total']} instances are valid; gold resolves {counts['gold_resolved']}, "
        f"the empty patch {counts['null_resolved']}; {counts['flaky']} flaky, {counts['network']} network-bound{answers}"
    )


_HEADER = ("Instance", "Gold", "Null", "Valid", "Reason", "Remarks", "Environment", "Rung", "Build")


def _row(row: CheckRow) -> dict[str, object]:
    return {
        "instance_id": row.instance_id,
        "gold": row.gold.value if row.gold else None,
        "null": row.null.value if row.null else None,
        "valid": row.valid,
        "flaky": row.flaky,
        "network": row.network,
        "reason": row.reason,
        "environment": row.environment,
        "rung": row.rung,
        "build_seconds": round(row.build_seconds, 3),
        "gold_seconds": round(row.gold_seconds, 3),
        "wrong_answers": [_answer(one) for one in row.answers],
    }


def _answer(one: CheckedAnswer) -> dict[str, object]:
    return {
        "name": one.name, "why": one.why, "outcome": one.outcome.value, "passed": one.passed, "failed": one.failed,
        "complaint": one.complaint,
    }  # fmt: skip


def _cells(row: CheckRow) -> tuple[str, ...]:
    remarks = ", ".join(word for word, applies in (("flaky", row.flaky), ("network", row.network)) if applies)
    ends = (row.gold.value if row.gold else "not run", row.null.value if row.null else "not run")
    environment = text.clean(row.environment, limit=24)
    valid = "yes" if row.valid else "no"
    return (row.instance_id, *ends, valid, row.reason, remarks, environment, row.rung, text.seconds(row.build_seconds))

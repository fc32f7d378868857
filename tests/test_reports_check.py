from __future__ import annotations

import io

import pytest
from rich.console import Console

from swebench_lite.records import Outcome
from swebench_lite.reports import check
from swebench_lite.reports.check import CheckedAnswer, CheckReport, CheckRow

REPORT = CheckReport(
    rows=(
        CheckRow(
            instance_id="a__a-1", gold=Outcome.RESOLVED, null=Outcome.UNRESOLVED, valid=True, environment="f" * 64,
            rung="dated", build_seconds=12.3456, gold_seconds=1.2345,
        ),
        CheckRow(
            instance_id="b__b-2", gold=Outcome.RESOLVED, null=Outcome.RESOLVED, valid=False, flaky=True,
            reason="the empty patch passes | too",
            answers=(
                CheckedAnswer(
                    name="off_by_one", why="Ends too late.", outcome=Outcome.RESOLVED, passed=9, failed=0,
                    complaint="a wrong answer passes",
                ),
            ),
        ),
        CheckRow(instance_id="\x1b[31mc", gold=None, null=None, valid=False, network=True, reason="no environment"),
    )
)  # fmt: skip


def test_the_document_has_the_promised_fields() -> None:
    document = check.to_json(REPORT)
    assert document["summary"] == {
        "total": 3, "valid": 1, "gold_resolved": 2, "null_resolved": 1, "flaky": 1, "network": 1,
        "wrong_answers": 1, "wrong_answers_caught": 0,
    }  # fmt: skip
    first = document["instances"][0]  # type: ignore[index]
    assert first == {
        "instance_id": "a__a-1", "gold": "RESOLVED", "null": "UNRESOLVED", "valid": True, "flaky": False,
        "network": False, "reason": "", "environment": "f" * 64, "rung": "dated", "build_seconds": 12.346,
        "gold_seconds": 1.234, "wrong_answers": [],
    }  # fmt: skip


def test_wrong_answers_are_told_with_what_is_wrong_with_them() -> None:
    (answer,) = check.to_json(REPORT)["instances"][1]["wrong_answers"]  # type: ignore[index]
    assert answer == {
        "name": "off_by_one", "why": "Ends too late.", "outcome": "RESOLVED", "passed": 9, "failed": 0,
        "complaint": "a wrong answer passes",
    }  # fmt: skip


def test_what_was_not_run_is_null() -> None:
    last = check.to_json(REPORT)["instances"][2]  # type: ignore[index]
    assert (last["gold"], last["null"]) == (None, None)


def test_markdown_reads_like_this() -> None:
    assert check.render(REPORT) == (
        "# Check\n\n1 of 3 instances are valid; gold resolves 2, the empty patch 1; 1 flaky, 1 network-bound; "
        "0 of 1 wrong answers fail as they should\n\n"
        "| Instance | Gold | Null | Valid | Reason | Remarks | Environment | Rung | Build |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| a\\_\\_a-1 | RESOLVED | UNRESOLVED | yes |  |  | {'f' * 23}… | dated | 12 s |\n"
        "| b\\_\\_b-2 | RESOLVED | RESOLVED | no | the empty patch passes \\| too | flaky |  |  | 0.0 s |\n"
        "| c | not run | not run | no | no environment | network |  |  | 0.0 s |\n"
    )


@pytest.mark.parametrize("width", [50, 80, 140])
def test_the_terminal_shows_every_instance_at_any_width(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(check.table(REPORT, width=width))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "a__a-1" in text
    assert "b__b-2" in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width

from __future__ import annotations

import pytest

from swebench_lite.cli.progress import Progress
from swebench_lite.records import Attempt, AttemptKey, Outcome, Verdict

KEY = AttemptKey(run_id="r", instance_id="a-1", model="m", arm="harnessed")
ATTEMPT = Attempt(key=KEY, verdict=Verdict(outcome=Outcome.RESOLVED, reason="all good"))


def picture(progress: Progress) -> str:
    from rich.console import Console

    console = Console(width=100, record=True, file=None)
    with console.capture() as captured:
        console.print(progress._picture())
    return captured.get()


def test_nothing_is_printed_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(total=1) as progress:
        progress.started(KEY)
        progress.finished(ATTEMPT)
    assert capsys.readouterr() == ("", "")


def test_verbose_prints_one_line_per_finished_attempt(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(total=3, done=1, verbose=True) as progress:
        progress.started(KEY)
        progress.finished(ATTEMPT)
    assert capsys.readouterr() == ("", "[2/3] a-1 m harnessed: RESOLVED: all good\n")


def test_the_picture_says_what_is_done_and_what_is_being_done() -> None:
    with Progress(total=4, done=1) as progress:
        progress.started(KEY)
        progress.doing("a-1", "gold in base")
        progress.end("other", word="UNRESOLVED", line="")
        lines = picture(progress).splitlines()
    assert lines[0].startswith("2 of 4 done (50 %)")
    assert lines[0].endswith("left")
    assert lines[1] == "UNRESOLVED 1"
    assert lines[2].endswith("a-1 m harnessed  gold in base")


def test_a_finished_attempt_is_no_longer_being_done() -> None:
    with Progress(total=1) as progress:
        progress.started(KEY)
        progress.finished(ATTEMPT)
        assert "a-1" not in picture(progress)

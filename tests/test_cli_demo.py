from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite.settings import Settings, bundled
from tests.test_cli import LOCAL, NO_ENGINE, QUICK, Cli, needs_node

REPLIES = bundled("instances") / "demo" / "replies.jsonl"


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in REPLIES.read_text().splitlines()]


def test_every_bundled_instance_has_a_reply_in_both_arms() -> None:
    own = {path.parent.name for path in (bundled("instances") / "own").glob("*/instance.json")}
    assert {(row["instance_id"], row["arm"]) for row in rows()} == {
        (name, arm) for name in own for arm in ("harnessed", "unharnessed")
    }


def test_every_reply_is_labelled_as_written_for_the_demonstration() -> None:
    assert {row["note"] for row in rows()} == {"written for the demonstration; no model said this"}


@needs_node
def test_the_demonstration_falls_back_loudly_where_no_engine_answers(cli: Cli) -> None:
    arguments = ("demo", "-m", "null", "--quick", "--timeout", "60", "--unsafe-local", "--json")
    result = cli.process(*arguments, DOCKER_HOST=NO_ENGINE)
    assert "FALLING BACK to the local sandbox" in result.err
    assert "apt-get install docker.io" in result.err
    by_id = {one["instance_id"]: one for one in result.document["attempts"]}
    assert by_id[QUICK]["outcome"] == "UNRESOLVED"


@needs_node
def test_the_demonstration_writes_its_reports_and_sums_up_the_arms(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from swebench_lite.cli import demo
    from swebench_lite.selection import Selection

    # The whole demonstration takes minutes and every toolchain; one instance goes the same way.
    monkeypatch.setattr(demo, "_chosen", lambda *_, **__: Selection(ids=(QUICK,)))
    result = cli("demo", "--quick", *LOCAL, "--run-id", "d1", "--json")
    assert result.status == 0
    assert result.document["arms"] == {
        "unharnessed": {"planned": 1, "resolved": 1, "only_here": [QUICK]},
        "harnessed": {"planned": 1, "resolved": 0, "only_here": []},
    }
    assert (cli.runs / "d1" / "report.html").is_file()
    assert "no model was asked" in result.err


@needs_node
def test_a_report_goes_where_the_user_says(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from swebench_lite.cli import demo
    from swebench_lite.selection import Selection

    monkeypatch.setattr(demo, "_chosen", lambda *_, **__: Selection(ids=(QUICK,)))
    result = cli("demo", "--quick", *LOCAL, "--out", "page.html")
    assert (cli.folder / "page.html").is_file()
    assert f"report: {cli.folder / 'page.html'}" in result.out


def test_instances_without_their_toolchain_are_left_out_by_name(
    local_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from swebench_lite.cli import demo

    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").symlink_to(shutil.which("git") or "")
    chosen = demo._chosen(replace(local_settings, path=str(programs)), quick=False)
    assert chosen is not None
    assert set(chosen.ids) == {"own__inifile-1", "own__rangeset-1", "own__textkit-1", "own__unitconv-1"}
    said = capsys.readouterr().err
    assert "left out own__varnum-1: cargo is not on this machine; install it" in said

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.test_cli import QUICK, Cli, needs_node

pytestmark = needs_node


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    made = Cli(tmp_path, shared_cache)
    assert made.gold("r1").status == 0
    return made


def test_the_latest_run_is_reported_as_markdown(cli: Cli) -> None:
    result = cli("report", "latest")
    assert result.status == 0
    assert result.out.startswith("#")
    assert "required tests succeed" in result.out


@pytest.mark.parametrize("flags", [("--json",), ("--format", "json")])
def test_json_is_the_document_that_eval_printed(cli: Cli, flags: tuple[str, ...]) -> None:
    assert cli("report", "r1", *flags).document["attempts"][0]["outcome"] == "RESOLVED"


def test_junit_is_well_formed(cli: Cli) -> None:
    assert ElementTree.fromstring(cli("report", "r1", "--format", "junit").out).tag == "testsuites"  # noqa: S314 - our own file


def test_an_out_path_is_written_and_standard_output_stays_empty(cli: Cli) -> None:
    result = cli("report", "r1", "--format", "html", "--out", "deep/page.html")
    assert result.out == ""
    assert "<!doctype html>" in (cli.folder / "deep" / "page.html").read_text()


def test_the_official_files_have_the_official_layout(cli: Cli) -> None:
    cli("report", "r1", "--format", "swebench", "--out", "official")
    folder = cli.folder / "official" / "logs" / "run_evaluation" / "r1" / "gold" / QUICK
    assert json.loads((folder / "report.json").read_text())[QUICK]["resolved"] is True
    assert "Start Test Output" in (folder / "test_output.txt").read_text()
    assert json.loads((cli.folder / "official" / "gold.r1.json").read_text())["resolved_ids"] == [QUICK]


def test_the_official_summary_goes_to_standard_output(cli: Cli) -> None:
    assert cli("report", "r1", "--format", "swebench").document["schema_version"] == 2


def test_several_runs_make_one_json_document(cli: Cli) -> None:
    cli.gold("r2")
    assert [one["run_id"] for one in cli("report", "r1", "r2", "--json").document["runs"]] == ["r1", "r2"]


def test_several_runs_in_a_format_for_one_need_a_folder(cli: Cli) -> None:
    cli.gold("r2")
    assert cli("report", "r1", "r2", "--format", "csv").status == 2
    assert cli("report", "r1", "r2", "--format", "csv", "--out", "both").status == 0
    assert sorted(path.name for path in (cli.folder / "both").iterdir()) == ["r1.csv", "r2.csv"]


def test_an_unknown_format_is_named_with_its_near_miss(cli: Cli) -> None:
    result = cli("report", "r1", "--format", "htm")
    assert result.status == 2
    assert "did you mean 'html'?" in result.err


def test_a_path_that_cannot_be_written_is_one_line(cli: Cli) -> None:
    (cli.folder / "file").write_text("")
    result = cli("report", "r1", "--out", "file/page.md")
    assert result.status == 1
    assert result.err.startswith("error: cannot write")

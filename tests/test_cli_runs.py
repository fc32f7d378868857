from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import Cli, needs_node

pytestmark = needs_node


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    made = Cli(tmp_path, shared_cache)
    assert made.gold("first").status == 0
    return made


def test_runs_are_listed_with_their_figures(cli: Cli) -> None:
    (run,) = cli("runs", "list", "--json").document["runs"]
    assert (run["run_id"], run["planned"], run["resolved"], run["models"]) == ("first", 1, 1, ["gold"])


def test_a_run_is_shown_with_its_plan(cli: Cli) -> None:
    document = cli("runs", "show", "latest", "--json").document
    assert document["run_id"] == "first"
    assert document["settings"]["request"]["predictions"] == "gold"


def test_a_deleted_run_is_gone(cli: Cli) -> None:
    assert cli("runs", "delete", "first").out == "deleted first\n"
    assert not (cli.runs / "first").exists()


def test_one_wrong_name_deletes_nothing(cli: Cli) -> None:
    assert cli("runs", "delete", "first", "second").status == 2
    assert (cli.runs / "first").is_dir()


def test_the_index_is_rebuilt_from_the_files(cli: Cli) -> None:
    (cli.runs / "history.db").unlink()
    assert cli("runs", "reindex", "--json").document["runs"] == 1
    assert (cli.runs / "history.db").is_file()


def test_a_folder_without_runs_lists_none(cli: Cli) -> None:
    assert cli("runs", "list", "--json", "--output-dir", "empty").document == {"runs": []}


def test_the_latest_run_has_a_near_miss(cli: Cli) -> None:
    cli.gold("r1")
    assert "did you mean 'latest'?" in cli("runs", "show", "lastest").err

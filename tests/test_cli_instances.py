from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import QUICK, Cli
from tests.test_cli_evaluate import instance_row, write_dataset


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path, tmp_path / "cache")


def test_without_a_dataset_the_known_ones_are_listed(cli: Cli) -> None:
    names = {one["name"] for one in cli("instances", "list", "--json").document["datasets"]}
    assert {"own", "verified", "verified-20"} <= names


def test_a_dataset_is_listed_as_selected(cli: Cli) -> None:
    (one,) = cli("instances", "list", "own", "-i", QUICK, "--json").document["instances"]
    assert (one["instance_id"], one["language"]) == (QUICK, "node")


def test_an_instance_is_shown_with_issue_tests_and_patch(cli: Cli) -> None:
    document = cli("instances", "show", QUICK, "--json").document
    assert document["problem_statement"].startswith("#")
    assert document["fail_to_pass"]
    assert document["patch"]["files"] == ["queue.js"]


def test_people_see_the_issue(cli: Cli) -> None:
    out = cli("instances", "show", QUICK).out
    assert "reference patch: 1 files, +" in out
    assert "tests must pass once fixed" in out


def test_an_unknown_instance_says_where_it_was_looked_for(cli: Cli) -> None:
    result = cli("instances", "show", "own__jobqueue-2")
    assert result.status == 2
    assert "did you mean 'own__jobqueue-1'?" in result.err
    assert "looked in own" in result.err


def test_rows_that_were_added_load_under_their_alias(cli: Cli) -> None:
    file = write_dataset(cli, instance_row(instance_id="mine-1"))
    assert cli("instances", "add", "mine", "--from", file, "--json").document["instances"] == 1
    assert cli("instances", "show", "mine-1").status == 0


@pytest.mark.parametrize(("name", "shown"), [("go_expert_lru_cache", "go"), ("word_count", "python")])
def test_what_comes_along_is_found_without_naming_its_dataset(cli: Cli, name: str, shown: str) -> None:
    assert cli("instances", "show", name, "--json").document["language"] == shown


@pytest.mark.parametrize(
    ("given", "meant"), [("go_expert_lru_cach", "go_expert_lru_cache"), ("word_cont", "word_count")]
)
def test_a_near_miss_is_looked_for_in_every_place(cli: Cli, given: str, meant: str) -> None:
    result = cli("instances", "show", given)
    assert (result.status, result.out) == (2, "")
    assert f"did you mean '{meant}'?" in result.err
    assert "(looked in own, files, tasks; `instances add verified --from FILE` brings verified" in result.err

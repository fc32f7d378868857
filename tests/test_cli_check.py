from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import LOCAL, QUICK, Cli, needs_node
from tests.test_cli_evaluate import instance_row, write_dataset

pytestmark = needs_node


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def test_a_sound_instance_is_valid(cli: Cli) -> None:
    result = cli("check", "own", "-i", QUICK, *LOCAL, "--json")
    assert result.status == 0
    assert result.document["summary"] == {
        "total": 1, "valid": 1, "gold_resolved": 1, "null_resolved": 0, "flaky": 0, "network": 0,
    }  # fmt: skip
    (row,) = result.document["instances"]
    assert (row["gold"], row["null"], row["rung"]) == ("RESOLVED", "UNRESOLVED", "host")


def test_an_instance_whose_gold_fails_ends_with_1_and_a_reason(cli: Cli) -> None:
    file = write_dataset(cli, instance_row(test_command="echo nothing"))
    result = cli("check", file, *LOCAL, "--json")
    assert result.status == 1
    assert "gold does not pass" in result.document["instances"][0]["reason"]


def test_an_instance_without_a_repository_does_not_stop_the_others(cli: Cli) -> None:
    file = write_dataset(cli, instance_row(instance_id="a__b-1", repo="nobody/nothing"), instance_row())
    rows = cli("check", file, *LOCAL, "--json").document["instances"]
    assert [(row["instance_id"], row["valid"]) for row in rows] == [("a__b-1", False), (QUICK, True)]


def test_steady_instances_stay_valid_when_repeated(cli: Cli) -> None:
    (row,) = cli("check", "own", "-i", QUICK, "--repeat", "2", *LOCAL, "--json").document["instances"]
    assert (row["valid"], row["flaky"]) == (True, False)


def test_an_instance_that_passes_now_and_then_is_flaky(cli: Cli) -> None:
    # Heads the tests run, tails they break: that thirteen runs of gold agree has a chance of one in 4096.
    dice = 'if [ $(( $(od -An -N1 -tu1 /dev/urandom) % 2 )) = 0 ]; then node test/check.js; else echo "broken"; fi'
    file = write_dataset(cli, instance_row(test_command=dice))
    result = cli("check", file, "--repeat", "12", *LOCAL, "--json")
    assert result.document["instances"][0]["flaky"] is True
    assert result.status == 1


def test_people_get_a_sentence(cli: Cli) -> None:
    assert "1 of 1 instances are valid" in cli("check", "own", "-i", QUICK, *LOCAL).out

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import LOCAL, QUICK, Cli, needs_node
from tests.test_cli_evaluate import instance_row, write_dataset
from tests.test_cli_files import SHOUT, write_task

pytestmark = needs_node


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def test_a_sound_instance_is_valid(cli: Cli) -> None:
    result = cli("check", "own", "-i", QUICK, *LOCAL, "--json")
    assert result.status == 0
    assert result.document["summary"] == {
        "total": 1, "valid": 1, "gold_resolved": 1, "null_resolved": 0, "flaky": 0, "network": 0,
        "wrong_answers": 0, "wrong_answers_caught": 0,
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


def test_the_public_file_tasks_are_valid(cli: Cli) -> None:
    result = cli("check", "files", *LOCAL, "--json")
    assert result.status == 0
    assert result.document["summary"] == {
        "total": 5, "valid": 5, "gold_resolved": 5, "null_resolved": 0, "flaky": 0, "network": 0,
        "wrong_answers": 0, "wrong_answers_caught": 0,
    }  # fmt: skip


def test_a_file_task_whose_solution_is_wrong_is_not_valid(cli: Cli) -> None:
    write_task(cli.folder, solution="print(input())\n")
    result = cli("check", "mine", *LOCAL, "--json")
    (row,) = result.document["instances"]
    assert (result.status, row["gold"], row["valid"]) == (1, "UNRESOLVED", False)
    assert "gold does not score everything: run 'run 1': stdout is 'a\\n'" in row["reason"]


def test_a_file_task_that_an_empty_program_solves_is_not_valid(cli: Cli) -> None:
    write_task(cli.folder, solution="\n#\n", text=SHOUT.replace('stdout = "A\\n"', 'stdout = ""'))
    (row,) = cli("check", "mine", *LOCAL, "--json").document["instances"]
    assert (row["gold"], row["null"], row["valid"]) == ("RESOLVED", "RESOLVED", False)
    assert row["reason"] == "an empty program scores everything"


def test_a_file_task_without_a_solution_is_valid_and_unverified(cli: Cli) -> None:
    place = write_task(cli.folder)
    (place / "solution" / "shout.py").unlink()
    (row,) = cli("check", "mine", *LOCAL, "--json").document["instances"]
    assert (row["gold"], row["valid"], row["reason"]) == (None, True, "no reference answer: unverified")


def test_a_file_task_that_passes_now_and_then_is_flaky(cli: Cli) -> None:
    dice = "import os\nprint(input().upper() if os.urandom(1)[0] % 2 else 0)\n"
    write_task(cli.folder, solution=dice)
    (row,) = cli("check", "mine", "--repeat", "12", *LOCAL, "--json").document["instances"]
    assert (row["flaky"], row["valid"]) == (True, False)
    assert " of 13 times" in row["reason"]

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from swebench_lite.settings import bundled
from tests.test_cli import LOCAL, QUICK, Cli, needs_node

pytestmark = needs_node
OTHER = "own__verrange-1"


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def write_predictions(cli: Cli, *rows: tuple[str, str, str | None]) -> str:
    lines = [json.dumps({"instance_id": a, "model_name_or_path": b, "model_patch": c}) for a, b, c in rows]
    (cli.folder / "predictions.jsonl").write_text("\n".join(lines) + "\n")
    return "predictions.jsonl"


def gold_patch(instance_id: str = QUICK) -> str:
    return (bundled("instances") / "own" / instance_id / "gold.patch").read_bytes().decode()


def test_the_reference_patch_is_resolved(cli: Cli) -> None:
    result = cli.gold("g1", "--json")
    assert result.status == 0
    assert result.document["summary"]["by_outcome"]["RESOLVED"] == 1
    assert result.document["attempts"][0]["instance_id"] == QUICK


@needs_node
@pytest.mark.parametrize("which", ["gold", "null"])
def test_what_comes_along_costs_nothing_and_says_so(which: str, cli: Cli) -> None:
    result = cli("eval", "own", "-p", which, "-i", QUICK, *LOCAL, "--run-id", "r1", "--json")
    assert result.document["summary"]["cost_usd"] == 0
    (group,) = cli("compare", "r1", "--json").document["groups"]
    assert group["cost_usd"] == 0


@needs_node
def test_what_somebody_elses_patches_cost_is_unknown(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "m", gold_patch()))
    assert cli("eval", "own", "-p", file, "-i", QUICK, *LOCAL, "--json").document["summary"]["cost_usd"] is None


def test_no_patch_at_all_is_not_resolved_though_its_tests_ran(cli: Cli) -> None:
    (attempt,) = cli("eval", "own", "-p", "null", "-i", QUICK, *LOCAL, "--json").document["attempts"]
    assert attempt["outcome"] == "UNRESOLVED"
    assert attempt["f2p_failed"]


def test_several_models_of_one_file_make_one_run(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()), (QUICK, "b", None), (QUICK, "c", "no diff at all\n"))
    attempts = cli("eval", "own", "-p", file, *LOCAL, "--json").document["attempts"]
    assert {one["model"]: one["outcome"] for one in attempts} == {
        "a": "RESOLVED", "b": "NO_ANSWER", "c": "PATCH_INVALID",
    }  # fmt: skip


def test_bad_records_are_warned_of_and_stop_no_other(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()), (QUICK, "a", gold_patch()), ("own__gone-1", "a", "x"))
    with (cli.folder / file).open("a") as stream:
        stream.write("{broken\n\n")
    result = cli("eval", "own", "-p", file, *LOCAL, "--json")
    assert result.document["summary"]["resolved"] == 1
    assert result.err.count("warning: predictions:") == 3


def test_many_problems_are_counted_and_only_the_first_are_listed(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()))
    with (cli.folder / file).open("a") as stream:
        stream.write("{broken\n" * 40)
    result = cli("eval", "own", "-p", file, *LOCAL)
    assert result.err.count("warning: predictions:") == 11
    assert "30 more problems, 40 in all" in result.err


def test_predictions_for_instances_that_were_not_selected_are_left_out(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()), (OTHER, "a", gold_patch(OTHER)))
    result = cli("eval", "own", "-p", file, "-i", QUICK, *LOCAL, "--json")
    assert [one["instance_id"] for one in result.document["attempts"]] == [QUICK]
    assert "1 predictions are for instances that were not selected" in result.err
    assert "warning" not in result.err


def test_instances_without_a_prediction_are_counted_and_make_no_attempt(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()))
    result = cli("eval", "own", "-p", file, "-i", QUICK, "-i", OTHER, *LOCAL, "--json")
    assert result.document["summary"]["planned"] == 1
    assert result.document["without_prediction"] == {"a": 1}
    assert "a: 1 of 2 instances have no prediction" in result.err


def test_the_tables_name_outcome_and_run_folder(cli: Cli) -> None:
    result = cli.gold("shown")
    assert result.status == 0
    assert "RESOLVED" in result.out
    assert f"run folder: {cli.runs / 'shown'}" in result.out


def test_an_instance_without_an_environment_ends_with_1(cli: Cli) -> None:
    row = instance_row(test_command="exit 3")
    file = write_dataset(cli, row)
    result = cli("eval", file, "-p", "gold", *LOCAL, "--json")
    assert result.status == 1
    assert result.document["summary"]["by_outcome"]["NO_ENVIRONMENT"] == 1


def test_a_run_id_is_taken_once(cli: Cli) -> None:
    cli.gold("once")
    result = cli.gold("once")
    assert result.status == 2
    assert "run 'once' exists already" in result.err


def test_the_plan_says_from_what_the_run_was_made(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()))
    cli("eval", "own", "-p", file, *LOCAL, "--run-id", "p1", "--timeout", "77")
    plan = json.loads((cli.runs / "p1" / "run.json").read_text())
    assert plan["provenance"]["sandbox"] == "local"
    assert plan["provenance"]["limits"]["timeout"] == 77.0
    assert set(plan["provenance"]["sha256"]) == {"instances", str(cli.folder / file)}


def test_resuming_a_complete_run_makes_nothing_again(cli: Cli) -> None:
    before = cli.gold("r1", "--json").document["attempts"]
    after = cli("eval", "--resume", "r1", "--json", "--unsafe-local")
    assert after.document["attempts"] == before
    assert "1 of 1 attempts are there already" in after.err


def test_resuming_makes_missing_attempts(cli: Cli) -> None:
    cli.gold("r2")
    shutil.rmtree(cli.runs / "r2" / "attempts")
    result = cli("eval", "--resume", "r2", "--json", "--unsafe-local")
    assert result.document["summary"]["resolved"] == 1


def test_resuming_makes_attempts_again_that_failed_for_no_fault_of_the_model(cli: Cli) -> None:
    cli.gold("r3")
    (file,) = (cli.runs / "r3").glob("attempts/*/*/*/*/attempt.json")
    document = json.loads(file.read_text())
    document["verdict"]["outcome"] = "INFRA"
    file.write_text(json.dumps(document))
    assert cli("eval", "--resume", "r3", "--json", "--unsafe-local").document["attempts"][0]["outcome"] == "RESOLVED"


@pytest.mark.parametrize(
    "different", [("-p", "null"), ("--timeout", "5"), ("-i", OTHER), ("verified-20",), ("--sandbox", "docker")]
)
def test_a_resumed_run_cannot_be_another_one(cli: Cli, different: tuple[str, ...]) -> None:
    cli.gold("r4")
    result = cli("eval", "--resume", "r4", *different)
    assert result.status == 2
    assert "run 'r4' was started with" in result.err


def test_a_predictions_file_that_changed_cannot_be_resumed(cli: Cli) -> None:
    file = write_predictions(cli, (QUICK, "a", gold_patch()))
    cli("eval", "own", "-p", file, *LOCAL, "--run-id", "r5")
    write_predictions(cli, (QUICK, "a", None))
    result = cli("eval", "--resume", "r5", "--unsafe-local")
    assert result.status == 2
    assert "changed since run 'r5' began" in result.err


def test_without_predictions_eval_says_how_to_name_them(cli: Cli) -> None:
    result = cli("eval", "own")
    assert result.status == 2
    assert "-p gold" in result.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_with_130_and_says_how_to_resume(tmp_path: Path, number: signal.Signals) -> None:
    cli = Cli(tmp_path, tmp_path / "cache")
    file = write_dataset(cli, instance_row(), instance_row(instance_id="own__slow-1", test_command="sleep 60"))
    command = [
        sys.executable,
        "-m",
        "swebench_lite",
        "eval",
        file,
        "-p",
        "gold",
        *LOCAL,
        "--run-id",
        "i1",
        "-j",
        "1",
        "--json",
    ]
    process = subprocess.Popen(
        command, cwd=cli.folder, env=cli.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(cli.runs.glob("i1/attempts/*/*/*/*/attempt.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.5)  # the slow instance's tests are to be running by then
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "1 of 2 attempts of i1 are stored" in err
    assert "resume with: swebench-lite eval --resume i1" in err


def instance_row(**changes: str) -> dict[str, object]:
    """The quick instance as a row of a file."""
    folder = bundled("instances") / "own" / QUICK
    row: dict[str, object] = json.loads((folder / "instance.json").read_text())
    row |= {"problem_statement": "slow", "patch": gold_patch(), "test_patch": (folder / "test.patch").read_text()}
    return row | changes


def write_dataset(cli: Cli, *rows: dict[str, object]) -> str:
    (cli.folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return "rows.jsonl"

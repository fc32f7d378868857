from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.test_cli import LOCAL, QUICK, Cli, needs_node
from tests.test_cli_evaluate import gold_patch


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def write_replies(cli: Cli, name: str = "mine.jsonl") -> str:
    rows = [
        {"instance_id": QUICK, "arm": "harnessed", "reply": f"Here it is.\n\n```diff\n{gold_patch()}```\n"},
        {"instance_id": QUICK, "arm": "unharnessed", "reply": "I would rather talk about it."},
    ]
    (cli.folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"canned:{name}"


@needs_node
def test_each_arm_is_an_attempt_of_its_own(cli: Cli) -> None:
    model = write_replies(cli)
    result = cli("run", "own", "-m", model, "--arms", "harnessed,unharnessed", "-i", QUICK, *LOCAL, "--json")
    assert {one["arm"]: one["outcome"] for one in result.document["attempts"]} == {
        "harnessed": "RESOLVED", "unharnessed": "NO_ANSWER",
    }  # fmt: skip
    assert result.status == 0


@needs_node
def test_every_model_and_sample_is_asked(cli: Cli) -> None:
    result = cli("run", "own", "-m", "gold", "-m", "null", "--samples", "2", "--arms", "harnessed", "-i", QUICK, *LOCAL,
                 "--json")  # fmt: skip
    attempts = [(one["model"], one["sample"], one["outcome"]) for one in result.document["attempts"]]
    assert sorted(attempts) == [
        ("gold", 0, "RESOLVED"), ("gold", 1, "RESOLVED"), ("null", 0, "UNRESOLVED"), ("null", 1, "UNRESOLVED"),
    ]  # fmt: skip


@needs_node
def test_a_run_is_resumed_from_another_folder(cli: Cli, tmp_path: Path) -> None:
    model = write_replies(cli)
    cli("run", "own", "-m", model, "-i", QUICK, *LOCAL, "--run-id", "m1")
    (tmp_path / "elsewhere").mkdir()
    there = Cli(tmp_path / "elsewhere", cli.cache)
    result = there("run", "--resume", "m1", "--output-dir", str(cli.runs), "--json", "--unsafe-local")
    assert result.document["summary"]["resolved"] == 1


def test_a_level_that_a_server_cannot_be_asked_for_makes_no_run(cli: Cli) -> None:
    (cli.folder / "numbered.toml").write_text('name = "numbered"\nthinking = 8000\n')
    asked = ("run", "files", "-m", "tiny", "--base-url", "http://127.0.0.1:9/v1", "--arms", "numbered.toml", *LOCAL)
    result = cli(*asked)
    assert (result.status, cli.runs.exists()) == (2, False)
    assert "tiny cannot be asked in the arm 'numbered'" in result.err


def test_a_dry_run_prints_the_prompts_and_makes_no_run(cli: Cli) -> None:
    result = cli("run", "own", "-m", "gold", "--arms", "harnessed,unharnessed", "-i", QUICK, "--dry-run", "--json")
    assert [one["arm"] for one in result.document["prompts"]] == ["harnessed", "unharnessed"]
    assert "EXECUTION CONTRACT" in result.document["prompts"][0]["user"]
    assert not cli.runs.exists()


def test_a_dry_run_for_people_holds_the_issue(cli: Cli) -> None:
    out = cli("run", "own", "-m", "gold", "-i", QUICK, "--dry-run").out
    assert f"==== {QUICK} · harnessed" in out
    assert f"==== {QUICK} · unharnessed" in out
    assert "2 prompts for 2 attempts, at most $0.0000; nobody was asked" in out
    assert "no difference between two arms can show" in out


def test_two_models_of_one_name_cannot_be_told_apart(cli: Cli) -> None:
    (cli.folder / "a").mkdir()
    models = write_replies(cli), write_replies(cli, "a/mine.jsonl")
    result = cli("run", "own", "-m", models[0], "-m", models[1], *LOCAL)
    assert result.status == 2
    assert "two models are called 'mine'" in result.err


def test_without_a_model_run_says_how_to_name_one(cli: Cli) -> None:
    assert "-m gold" in cli("run", "own").err


def test_an_empty_list_of_arms_is_a_usage_error(cli: Cli) -> None:
    assert cli("run", "own", "-m", "gold", "--arms", ",").status == 2


REPLY = f"Here it is.\n\n```diff\n{gold_patch()}```\n"


@needs_node
def test_a_run_of_a_given_text_is_continued_with_it(cli: Cli) -> None:
    first = cli("run", "own", "-i", QUICK, "--response-text", REPLY, *LOCAL, "--run-id", "r", "--json").document
    shutil.rmtree(cli.runs / "r" / "attempts")
    again = cli("run", "--resume", "r", "--unsafe-local", "--json")
    assert [one["outcome"] for one in again.document["attempts"]] == ["RESOLVED"], again.err
    assert [one["arm"] for one in first["attempts"]] == ["harnessed"]


@needs_node
def test_a_run_of_a_given_file_is_continued_when_the_file_is_gone(cli: Cli) -> None:
    (cli.folder / "reply.md").write_text(REPLY)
    cli("run", "own", "-i", QUICK, "--response-file", "reply.md", *LOCAL, "--run-id", "r")
    (cli.folder / "reply.md").unlink()
    shutil.rmtree(cli.runs / "r" / "attempts")
    again = cli("run", "--resume", "r", "--unsafe-local", "--json")
    assert [one["outcome"] for one in again.document["attempts"]] == ["RESOLVED"], again.err


def test_a_dry_run_of_a_given_reply_runs_nothing(cli: Cli) -> None:
    result = cli("run", "own", "-i", QUICK, "--response-text", "x", "--dry-run", *LOCAL, "--json")
    assert (result.status, result.document["attempts"], result.document["prompts"]) == (0, 1, [])
    assert f"one reply to {QUICK}" in cli("run", "own", "-i", QUICK, "--response-text", "x", "--dry-run", *LOCAL).out
    assert not cli.runs.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-m", "gold"), "so -m says nothing"),
        (("--samples", "2"), "so --samples says nothing"),
        (("--temperature", "0.5"), "so --temperature says nothing"),
        (("--resume", "r"), "so --resume says nothing"),
        (("--arms", "harnessed,unharnessed"), "read in one arm, not in 2"),
        (("--arms", ""), "read in one arm, not in 0"),
        (("--arms", "harnesed"), "did you mean 'harnessed'"),
    ],
)
def test_what_says_nothing_of_a_given_reply_is_refused(cli: Cli, options: tuple[str, ...], said: str) -> None:
    result = cli("run", "own", "-i", QUICK, "--response-text", "x", *options, *LOCAL)
    assert result.status == 2
    assert said in result.err

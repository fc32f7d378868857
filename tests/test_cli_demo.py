from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.settings import Settings, bundled
from tests.model_server import ModelServer
from tests.test_cli import LOCAL, NO_ENGINE, QUICK, Cli, needs_node

REPLIES = bundled("instances") / "demo" / "sample-replies.jsonl"


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in REPLIES.read_text().splitlines()]


def only(*ids: str) -> list[str]:
    """The whole demonstration takes minutes and every toolchain; a few items go the same way."""
    return [part for name in ids for part in ("-i", name)]


def test_every_bundled_instance_and_task_has_a_reply_in_both_arms() -> None:
    own = {path.parent.name for path in (bundled("instances") / "own").glob("*/instance.json")}
    files = {path.parent.name for path in (bundled("instances") / "files").glob("*/task.toml")}
    tasks = set((bundled("instances") / "demo" / "tasks.txt").read_text().split())
    assert {(row["instance_id"], row["arm"]) for row in rows()} == {
        (name, arm) for name in own | files | tasks for arm in ("harnessed", "unharnessed")
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
def test_the_demonstration_writes_its_reports_and_sums_up_the_arms(cli: Cli) -> None:
    result = cli("demo", *only(QUICK, "csv_to_json"), "--quick", *LOCAL, "--run-id", "d1", "--json")
    assert result.status == 0
    assert result.document["arms"] == {
        "unharnessed": {
            "planned": 2, "resolved": 1, "execution_score": 1.5, "format_score": 65.0, "only_here": [QUICK],
        },
        "harnessed": {
            "planned": 2, "resolved": 1, "execution_score": 2.0, "format_score": 100.0, "only_here": ["csv_to_json"],
        },
    }  # fmt: skip
    assert {name: one["verdict"] for name, one in result.document["harness"].items()} == {
        "all": "HARNESS_HELPS", "repository instances": "HARNESS_REGRESSES", "file tasks": "HARNESS_HELPS",
    }  # fmt: skip
    assert (cli.runs / "d1" / "report.html").is_file()
    assert "no model was asked" in result.err


def test_the_file_tasks_show_each_effect_that_a_harness_can_have(cli: Cli) -> None:
    found = cli(
        "demo", *only("csv_to_json", "grep_lines", "json_pretty", "uniq_sort", "word_count"), *LOCAL, "--json"
    ).document
    assert {name: one["verdict"] for name, one in found["per_item"].items()} == {
        "csv_to_json": "HARNESS_HELPS", "grep_lines": "FORMAT_ONLY", "json_pretty": "FORMAT_ONLY",
        "uniq_sort": "FORMAT_ONLY", "word_count": "HARNESS_REGRESSES",
    }  # fmt: skip
    whole = found["harness"]["file tasks"]
    assert (whole["verdict"], whole["delta_execution"], whole["delta_format"]) == ("FORMAT_ONLY", 0.0, 69.0)


@pytest.mark.parametrize("columns", ["100", "160"])
def test_people_see_both_arms_item_by_item_and_their_means(cli: Cli, columns: str) -> None:
    out = cli("demo", *only("word_count"), *LOCAL, COLUMNS=columns).out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "word_count 3 of 3 0 of 3, lenient 3 -3.00 +70.0 HARNESS_REGRESSES" in lines
    assert "all unharnessed 1 of 1 3.00 30.0" in lines
    assert "harnessed 0 of 1 0.00 100.0" in lines
    assert "verdict: HARNESS_REGRESSES (execution -3.00 of 3, format +70.00 of 100, harnessed - unharnessed)" in lines
    assert "These are sample replies, written for this demonstration; no model was asked." in lines


def test_a_demonstration_can_be_replayed(cli: Cli) -> None:
    assert cli("demo", *only("word_count"), *LOCAL, "--run-id", "d").status == 0
    found = cli("replay", "d", *LOCAL, "--json").document["attempts"]
    assert {one["arm"]: one["score"]["value"] for one in found} == {"harnessed": 0.0, "unharnessed": 3.0}


@needs_node
def test_a_real_server_is_asked_in_both_arms(cli: Cli) -> None:
    program = "import sys\nsys.stdout.writelines(sorted({f'{x}\\n' for x in sys.stdin.read().split('\\n') if x}))\n"
    fence = "```"

    def reply(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        if "EXECUTION CONTRACT" in asked:
            return f"{fence}FILE: uniq_sort.py\n{program}{fence}\n{fence}FILE: demo.sh\npython3 uniq_sort.py\n{fence}\n"
        return f"{fence}python\n{program}{fence}\n"

    with ModelServer(reply=reply) as server:
        result = cli("demo", *only(QUICK, "uniq_sort"), "-m", "tiny", "--base-url", server.url, *LOCAL, "--json")
    assert (result.status, server.count) == (0, 4)
    found = {(one["instance_id"], one["arm"]): one for one in result.document["attempts"]}
    scores = {arm: found["uniq_sort", arm]["score"]["value"] for arm in ("harnessed", "unharnessed")}
    assert scores == {"harnessed": 3.0, "unharnessed": 3.0}
    assert found[QUICK, "unharnessed"]["outcome"] == "NO_ANSWER"
    assert result.document["harness"]["file tasks"]["verdict"] == "FORMAT_ONLY"
    assert result.document["replies"] == "replies of tiny"


def test_a_server_that_fails_leaves_no_verdict_and_says_so(cli: Cli) -> None:
    with ModelServer(plan=["401", "401"]) as server:
        result = cli("demo", *only("uniq_sort"), "-m", "tiny", "--base-url", server.url, *LOCAL)
    assert result.status == 1
    assert "verdict: INSUFFICIENT_DATA (execution unknown of 3" in result.out
    assert "2 attempts ended through no fault of a model" in result.err


def test_a_report_goes_where_the_user_says(cli: Cli) -> None:
    result = cli("demo", *only("uniq_sort"), "--quick", *LOCAL, "--out", "page.html")
    assert (cli.folder / "page.html").is_file()
    assert f"report: {cli.folder / 'page.html'}" in result.out


def test_what_lacks_its_toolchain_is_left_out_by_name(
    local_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from swebench_lite.cli import demo

    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "git").symlink_to(shutil.which("git") or "")
    chosen = demo._chosen(replace(local_settings, path=str(programs)), quick=False)
    assert chosen is not None
    assert set(chosen.ids) == {
        "own__inifile-1", "own__rangeset-1", "own__textkit-1", "own__unitconv-1", "python_bugfix_prime_checker",
        "csv_to_json", "grep_lines", "json_pretty", "uniq_sort", "word_count",
    }  # fmt: skip
    said = capsys.readouterr().err
    assert "left out own__varnum-1, rust_bugfix_prime_checker: cargo is not on this machine; install it" in said


def test_a_quick_demonstration_has_one_instance_per_language_and_every_file_task(settings: Settings) -> None:
    from swebench_lite.cli import demo

    chosen = demo._chosen(settings, quick=True)
    assert chosen is not None
    own = [name for name in chosen.ids if name.startswith("own__")]
    assert (len(own), len(chosen.ids) - len(own)) == (5, 5)


def test_there_is_a_task_in_each_of_the_six_languages(settings: Settings) -> None:
    from swebench_lite.load import load
    from swebench_lite.records import Source

    found = load("demo", settings=settings).instances
    tasks = [one for one in found if one.source is Source.WORKSPACE and one.repo]
    assert sorted(one.language for one in tasks) == ["cpp", "go", "html", "node", "python", "rust"]


def test_an_unknown_item_is_a_usage_error(cli: Cli) -> None:
    result = cli("demo", "-i", "word_coun", *LOCAL)
    assert (result.status, "did you mean 'word_count'?" in result.err) == (2, True)


def test_a_server_without_a_model_is_not_passed_over(cli: Cli) -> None:
    result = cli("demo", "--base-url", "http://127.0.0.1:9/v1", "--quick", DEFAULT_MODEL="")
    assert (result.status, result.out) == (2, "")
    assert "give it with -m, or set DEFAULT_MODEL" in result.err


def test_the_usual_model_is_asked_where_only_its_server_is_named(cli: Cli) -> None:
    with ModelServer() as server:
        arguments = ("--base-url", server.url, "-i", "uniq_sort", "--sandbox", "local", "--unsafe-local", "--json")
        document = cli("demo", *arguments, DEFAULT_MODEL="mine").document
    assert (document["replies"], len(server.requests)) == ("replies of mine", 2)

"""The command ``suite`` as a user meets it: tables and documents, banners, warnings, exit statuses, an interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.cli import main
from swebench_lite.cli.suite_results import Oracle, suspects
from swebench_lite.settings import Settings, read_settings
from tests import suite_servers
from tests.suite_servers import Scripted
from tests.test_models_catalogs import serving
from tests.test_models_local_servers import Ollama

Output = pytest.CaptureFixture[str]


class House:
    """A server with scripted models by name, and the options that lead to it."""

    def __init__(self, url: str, models: dict[str, Any]) -> None:
        self.url, self.models = url, models

    def run(self, *arguments: str) -> int:
        return main(["suite", *arguments, "--base-url", f"{self.url}/v1", "--sandbox", "local"])


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWEBENCH_LITE_CACHE", str(tmp_path / "cache"))
    for name in ("BENCH_ORACLE", "BENCH_MAX_TOKENS", "DEFAULT_MODEL"):
        monkeypatch.delenv(name, raising=False)
    models: dict[str, Any] = {
        "good": Scripted(), "guesser": Scripted(suite_servers.guesses), "wrong": Scripted(suite_servers.wrong_tools)
    }  # fmt: skip

    def answer(method: str, path: str, body: Any) -> tuple[int, object]:
        if body is None:
            return 200, {"object": "list", "data": [{"id": name} for name in models]}
        scripted = models.get(body["model"])
        return scripted(method, path, body) if scripted else (400, {"error": {"message": "no such model"}})

    with serving(answer) as server:
        yield House(server.url, models)


def test_all_suites_of_a_good_model_add_up_to_62(house: House, local_settings: Settings, capsys: Output) -> None:
    assert house.run("all", "-m", "good", "--requests", "3", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    (model,) = document["models"]
    assert model["suites"] == {
        "python": {"passed": 52, "total": 52}, "cli": {"passed": 3, "total": 3}, "tooling": {"passed": 7, "total": 7}
    }  # fmt: skip
    assert (model["passed"], model["total"], document["suspect_tasks"]) == (62, 62, [])
    assert model["tokens"] == 20 * (14 + 3 + 18)
    assert model["tokens_per_second"] > 0


def test_a_table_tells_the_failures_and_where_the_results_are(house: House, tmp_path: Path, capsys: Output) -> None:
    assert house.run("tooling", "-m", "good", "-m", "guesser", "--out", "here.jsonl") == 0
    said = capsys.readouterr()
    assert "guesser  tooling:rate_then_calc  0/1  calculator was called without" in said.out
    assert "[7/7] guesser" in said.err
    rows = [line.split()[:3] for line in said.out.splitlines() if line.startswith(("good ", "guesser "))]
    assert ["good", "7/7", "7/7"] in rows
    assert ["guesser", "3/7", "3/7"] in rows
    assert f"file: {tmp_path}/here.jsonl" in said.out
    assert [json.loads(line)["model"] for line in (tmp_path / "here.jsonl").read_text().splitlines()] == [
        "good",
        "guesser",
    ]


def test_results_go_under_runs_unless_a_file_is_named(house: House, tmp_path: Path) -> None:
    house.run("tooling", "-m", "good")
    names = sorted(path.name for path in (tmp_path / "runs" / "suites").iterdir())
    assert len(names) == 2
    assert names[0].removesuffix(".exchanges.jsonl") == names[1].removesuffix(".jsonl")


def test_a_results_file_grows_by_a_line_for_each_model(house: House, tmp_path: Path) -> None:
    for _ in range(2):
        house.run("tooling", "-m", "good", "--out", "r.jsonl")
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == 2


def test_an_oracle_that_fails_makes_its_tasks_suspect_loudly(house: House, capsys: Output) -> None:
    assert house.run("tooling", "-m", "good", "--oracle", "guesser", "--json") == 1
    said = capsys.readouterr()
    suspects = [
        "tooling:lookup_then_email",
        "tooling:read_then_count",
        "tooling:rate_then_calc",
        "tooling:lookup_then_ticket",
    ]
    assert json.loads(said.out)["suspect_tasks"] == suspects
    assert "SUSPECT TASK(S): 4" in said.err
    assert all(f"!!!   {name}" in said.err for name in suspects)


def test_an_oracle_that_passes_everything_is_silent(
    house: House, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_ORACLE", "good")
    assert house.run("tooling", "-m", "guesser") == 0
    said = capsys.readouterr()
    assert "SUSPECT" not in said.err
    assert said.out.splitlines()[-3].startswith("guesser")
    assert any(line.startswith("good ") for line in said.out.splitlines())


def test_an_oracle_that_crashes_raises_the_banner_too(
    house: House, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCH_ORACLE", "gone")
    assert house.run("tooling", "-m", "good", "--json") == 1
    said = capsys.readouterr()
    assert len(json.loads(said.out)["suspect_tasks"]) == 7
    assert "SUSPECT TASK(S): 7" in said.err


def test_an_oracle_from_a_file_is_judged_by_its_replies(house: House, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "known.jsonl").write_text('{"instance_id": "tooling:search_topic", "reply": "no"}\n')
    assert house.run("tooling", "-m", "good", "--oracle", f"canned:{tmp_path}/known.jsonl", "--json") == 1
    said = capsys.readouterr()
    assert "known.jsonl must pass everything" in said.err
    assert [one["model"] for one in json.loads(said.out)["models"]] == ["known", "good"]


def test_an_oracle_is_not_told_the_reason_of_a_model_of_a_similar_name() -> None:
    oracle = Oracle(named="ollama/big", models=("ollama/big",))
    skipped = {"ollama/big.1": "another reason", "ollama/big": "its own reason"}
    tasks, told = suspects(oracle, (), skipped, ["cli:sort_names"])
    assert tasks == ("cli:sort_names",)
    assert "its own reason" in told


def test_an_oracle_that_is_not_installed_raises_the_banner_too(house: House, capsys: Output) -> None:
    state = Ollama("a:latest", lag=0)
    scripted = Scripted()
    with serving(lambda *one: (scripted if one[1].startswith("/v1/chat") else state)(*one)) as server:
        arguments = ["suite", "tooling", "-m", "ollama/a", "--oracle", "ollama/b", "--base-url", f"{server.url}/v1"]
        assert main([*arguments, "--json"]) == 1
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert [one["model"] for one in document["models"]] == ["ollama/a"]
    assert document["skipped"][0]["model"] == "ollama/b"
    assert "the oracle ollama/b could not be asked" in said.err
    assert len(document["suspect_tasks"]) == 7


@pytest.mark.parametrize(
    ("knobs", "budget", "warned"),
    [
        ((None, None), 16384, False),
        ((None, "900"), 900, False),
        (("800", "900"), 800, False),
        (("lots", "900"), 16384, True),
        ((None, "-5"), 16384, True),
        (("0", None), 16384, True),
        ((None, "1e3"), 16384, True),
    ],
)
def test_the_token_budget_is_a_knob_and_nonsense_is_warned_of(
    knobs: tuple[str | None, str | None], budget: int, warned: bool, house: House, capsys: Output
) -> None:
    option, variable = knobs
    if variable is not None:
        Path(".env").write_text(f"BENCH_MAX_TOKENS={variable}\n")
    house.run("tooling", "-m", "good", *(["--max-tokens", option] if option is not None else []))
    assert {body["max_tokens"] for body in house.models["good"].bodies} == {budget}
    assert ("is no whole number from 1" in capsys.readouterr().err) is warned


def test_stored_replies_replay_without_a_server(house: House, tmp_path: Path, capsys: Output) -> None:
    house.run("tooling", "-m", "guesser", "--out", "r.jsonl")
    file = tmp_path / "r.jsonl"
    # As an older grader would have left it.
    file.write_text(
        file.read_text().replace('"key": "email_strict", "passed": 1', '"key": "email_strict", "passed": 0')
    )
    capsys.readouterr()
    assert main(["suite", "--replay", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["models"][0]["suites"] == {"tooling": {"passed": 3, "total": 7}}
    assert document["changed"] == ["guesser  tooling:email_strict: 1/1, was 0/1"]


def test_a_replay_of_another_suite_says_that_there_are_no_replies(house: House, capsys: Output) -> None:
    house.run("tooling", "-m", "good", "--out", "r.jsonl")
    assert main(["suite", "cli", "--replay", "r.jsonl"]) == 2
    assert "holds no replies of cli" in capsys.readouterr().err


def test_the_needle_tells_the_effective_context(house: House, capsys: Output) -> None:
    assert house.run("needle", "-m", "good", "--sizes", "1k,2k", "--depths", "50") == 0
    said = capsys.readouterr()
    assert "good: effective context 2,000 tokens" in said.out
    assert "needle:1000@50" in said.err


def test_a_failed_server_is_an_exit_status_of_1_and_counts_every_case(house: House, capsys: Output) -> None:
    assert house.run("tooling", "-m", "gone", "--json") == 1
    assert json.loads(capsys.readouterr().out)["models"][0]["suites"] == {"tooling": {"passed": 0, "total": 7}}


def test_the_servers_models_are_listed(house: House, capsys: Output) -> None:
    assert main(["suite", "--list", "--base-url", f"{house.url}/v1"]) == 0
    assert "guesser" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["tooling", "-m", "good", "--out", "."], "is a folder; name a file"),
        (["tooling", "-m", "good", "--out", "e.exchanges.jsonl"], "is the name of a file of replies"),
        (["tooling", "-m", "good", "--out", "x" * 300], "results cannot be kept in"),
        (["tooling", "-m", "good", "--out", "a.file/r.jsonl"], "is no folder"),
        (["tooling", "-m", "good", "--request-timeout", "inf"], "less than or equal to 1000000"),
        (["--replay", "x" * 300], "cannot read"),
        (["--replay", "r.jsonl", "--out", "."], "is a folder; name a file"),
        (["tolling", "-m", "good"], "did you mean 'tooling'"),
        (["tooling"], "name a model with -m"),
        (["-m", "good"], "name a suite"),
        (["tooling", "-m", "gold"], "gold has no answers"),
        (["needle", "-m", "good", "--sizes", "many"], "--sizes 'many' is no list"),
        (["needle", "-m", "good", "--depths", "100"], "no percentage"),
    ],
)
def test_a_wrong_use_is_told_with_status_2(arguments: list[str], told: str, house: House, capsys: Output) -> None:
    Path("a.file").touch()
    assert house.run(*arguments) == 2
    assert told in " ".join(capsys.readouterr().err.split())
    assert house.models["good"].bodies == []


def test_an_interrupt_ends_with_130_and_keeps_what_is_done(house: House, tmp_path: Path) -> None:
    slow = Scripted(talk=lambda *one: time.sleep(1.5) or suite_servers.good(*one))  # type: ignore[func-returns-value]
    house.models["slow"] = slow
    command = [
        sys.executable,
        "-m",
        "swebench_lite",
        "suite",
        "tooling",
        "-m",
        "good",
        "--oracle",
        "guesser",
        "-m",
        "slow",
        "--out",
        "r.jsonl",
    ]
    process = subprocess.Popen(
        [*command, "--base-url", f"{house.url}/v1"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    with process.stderr as said:
        heard = next(line for line in said if line.startswith("[1/7] slow"))
        process.send_signal(signal.SIGINT)
        rest = said.read()
    assert process.wait(timeout=60) == 130
    assert "slow" in heard
    assert "2 models are done" in rest
    assert "SUSPECT TASK(S): 4" in rest
    models = [json.loads(line)["model"] for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert models == ["guesser", "good"]
    assert main(["suite", "--replay", str(tmp_path / "r.jsonl")]) == 1


def test_the_settings_read_both_variables() -> None:
    found = read_settings({"BENCH_MAX_TOKENS": " 900 ", "BENCH_ORACLE": "big"}, directory=Path("/nonexistent"))
    assert (found.suite_tokens, found.suite_oracle) == ("900", "big")

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.model_server import ModelServer
from tests.test_cli import Cli

ID = "own__textkit-1"
DRY = ("run", "own", "-i", ID, "--dry-run")


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


def test_the_prompt_that_is_shown_is_the_one_that_is_sent(cli: Cli) -> None:
    with ModelServer() as server:
        shown = cli(*DRY, "-m", "a", "--base-url", server.url, "--json").document["prompts"]
        assert server.requests == []
        cli("run", "own", "-i", ID, "-m", "a", "--base-url", server.url, "--sandbox", "local", "--unsafe-local")
        sent = [[one["content"] for one in request.body["messages"]] for request in server.requests]
    assert sorted(sent) == sorted([one["system"], one["user"]] for one in shown)


def test_nothing_is_asked_and_nothing_is_written(cli: Cli) -> None:
    with ModelServer() as server:
        result = cli(*DRY, "-m", "a", "-m", "b", "--samples", "3", "--base-url", server.url)
    assert (result.status, server.requests) == (0, [])
    assert not cli.runs.exists()
    assert "2 prompts for 12 attempts" in result.out


def test_the_estimate_is_the_sum_over_models_and_samples(cli: Cli) -> None:
    (cli.folder / "models.toml").write_text(
        "[models.a]\nblended_price = 10\nmax_tokens = 1000\n[models.b]\nblended_price = 30\nmax_tokens = 1000\n"
    )
    arguments = ("--base-url", "http://127.0.0.1:9/v1", "--arms", "harnessed", "--json")

    def estimate(*more: str) -> float:
        return float(cli(*DRY, *more, *arguments).document["estimated_cost_usd"])

    one, other = estimate("-m", "a"), estimate("-m", "b")
    assert 0.01 < one < other == pytest.approx(3 * one)
    assert estimate("-m", "a", "-m", "b", "--samples", "2") == pytest.approx(2 * (one + other))


def test_one_unknown_price_makes_the_whole_estimate_unknown(cli: Cli) -> None:
    models = ("-m", "nobody/knows", "-m", "openai/gpt-4.1-mini", "--base-url", "http://models.invalid/v1")
    result = cli(*DRY, *models, "--api-key", "sk-0123456789", "--json", SWEBENCH_LITE_OFFLINE="0")
    assert result.document["estimated_cost_usd"] is None
    assert "sk-0123456789" not in result.out + result.err


def test_what_a_profile_adds_is_shown_for_its_model_and_not_where_there_is_no_contract(cli: Cli) -> None:
    (cli.folder / "models.toml").write_text('[models.a]\nprofile = "one-diff"\n')
    arguments = ("-m", "a", "-m", "b", "--base-url", "http://127.0.0.1:9/v1")
    prompts = cli(*DRY, *arguments, "--json").document["prompts"]
    added = {one["arm"]: one["added_by_profiles"] for one in prompts}
    assert added == {"harnessed": {"a": "Write one fenced diff block only, and nothing after it.\n"}, "unharnessed": {}}
    assert cli(*DRY, *arguments).out.count("---- a gets more, by its profile:\nWrite one fenced diff block only") == 1


def test_files_that_are_shown_are_counted_and_cuts_are_told(cli: Cli) -> None:
    arguments = (*DRY, "-m", "gold", "--arms", "harnessed", "--context", "oracle")
    whole = cli(*arguments, "--json").document["prompts"][0]
    cut = cli(*arguments, "--json", "--prompt-tokens", str(whole["tokens"] - 100)).document["prompts"][0]
    assert (bool(whole["files"]), whole["truncated"]) == (True, [])
    assert cut["truncated"]
    shown = cli(*arguments, "--prompt-tokens", str(whole["tokens"] - 100)).out
    assert f"---- {cut['truncated'][0]}" in shown
    assert "context oracle:" in shown


def test_a_dry_run_is_one_json_document(cli: Cli) -> None:
    result = cli(*DRY, "-m", "gold", "--json")
    assert json.loads(result.out)["attempts"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("-m", "golld"), "unknown model"), (("-m", "gold", "--arms", "x"), "unknown arm 'x'"), ((), "no model is named")],
)
def test_what_cannot_be_run_cannot_be_shown(arguments: tuple[str, ...], said: str, cli: Cli) -> None:
    result = cli(*DRY, *arguments, DEFAULT_MODEL="")
    assert (result.status, result.out) == (2, "")
    assert said in result.err


def test_an_estimate_needs_no_key_and_no_network(cli: Cli) -> None:
    model = ("-m", "openrouter/moonshotai/kimi-k2", "--arms", "harnessed")
    result = cli(*DRY, *model, "--json", OPENROUTER_API_KEY="", SWEBENCH_LITE_OFFLINE="1")
    assert (result.status, result.document["attempts"]) == (0, 1)
    assert result.document["estimated_cost_usd"] > 0
    assert (
        "no key for the model"
        in cli("run", "own", "-i", ID, *model, OPENROUTER_API_KEY="", SWEBENCH_LITE_OFFLINE="0").err
    )


def test_a_dry_run_of_a_stored_run_shows_what_it_would_still_ask(cli: Cli) -> None:
    local = ("--sandbox", "local", "--unsafe-local")
    whole = ("--resume", "r1", "--dry-run", "--json")
    with ModelServer(plan=("401",)) as server:
        cli("run", "own", "-i", ID, "-m", "a", "--base-url", server.url, *local, "--requests", "1", "--run-id", "r1")
        asked = len(server.requests)
        assert [one["arm"] for one in cli("run", *whole).document["prompts"]] == ["harnessed"]
        assert len(server.requests) == asked == 2
        assert cli("run", "--resume", "r1", *local).status == 0
        assert cli("run", *whole).document["attempts"] == 0


def test_a_run_that_is_not_there_cannot_be_shown(cli: Cli) -> None:
    result = cli("run", "--resume", "r7", "--dry-run")
    assert (result.status, result.out) == (2, "")
    assert "unknown run 'r7'" in result.err

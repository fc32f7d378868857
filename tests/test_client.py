"""The Python API: replies over real HTTP, scores of replies, and ready-made patches through the whole pipeline."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from swebench_lite import file_tasks
from swebench_lite.client import HarnessedClient, evaluate, executor_score, format_score
from swebench_lite.errors import DatasetError, UsageError
from swebench_lite.records import Instance
from swebench_lite.sandbox import open_sandbox
from swebench_lite.settings import Settings
from tests.model_server import ModelServer

TASKS = {task.task_id: task for task in file_tasks.load_tasks()}
WORDS = TASKS["word_count"]
REPLY = file_tasks.gold_reply(WORDS)


@pytest.fixture
def local(shared_settings: Settings, tmp_path: Path) -> Settings:
    """Settings for the local sandbox; skips where bubblewrap does not work."""
    settings = replace(shared_settings, sandbox="local", runs=tmp_path / "runs")
    try:
        open_sandbox("local", settings)
    except UsageError as error:
        pytest.skip(str(error))
    return settings


def asked(server: ModelServer, at: int = -1) -> dict[str, str]:
    """The texts of a request by role."""
    messages: list[Mapping[str, str]] = server.requests[at].body["messages"]
    return {one["role"]: one["content"] for one in messages}


def test_a_reply_comes_with_what_is_known_of_it(settings: Settings) -> None:
    with ModelServer(reply=lambda _: "hello") as server:
        reply = HarnessedClient("tiny", base_url=server.url, settings=settings).complete("Say hello.")
    assert reply.pop("latency_s") > 0  # type: ignore[misc]
    assert reply == {
        "text": "hello",
        "model_used": "tiny-2025",
        "input_tokens": 100,
        "output_tokens": 20,
        "cost_usd": 0.0,  # a server on this machine costs nothing
        "error": None,
        "harnessed": True,
    }


def test_the_arms_differ_in_the_contract_alone(settings: Settings) -> None:
    with ModelServer() as server:
        client = HarnessedClient("tiny", base_url=server.url, settings=settings, contract="MY CONTRACT")
        client.complete(WORDS, harnessed=True)
        client.complete(WORDS, harnessed=False)
        with_it, without = asked(server, 0), asked(server, 1)
    assert with_it["system"] == without["system"]
    assert "MY CONTRACT" in with_it["user"]
    assert "MY CONTRACT" not in without["user"]
    assert with_it["user"].replace("MY CONTRACT", "").strip() == without["user"].strip()
    assert WORDS.prompt.strip() in without["user"]


def test_the_built_in_contract_asks_a_file_task_for_file_blocks(settings: Settings) -> None:
    client = HarnessedClient("tiny", base_url="http://127.0.0.1:9/v1", settings=settings)
    for task in (WORDS, "Write hello.py, which prints hello."):
        assert "FILE:" in client.prompt(task).user
        assert "FILE:" not in client.prompt(task, harnessed=False).user


def test_the_built_in_contract_asks_a_repository_for_a_diff(settings: Settings) -> None:
    client = HarnessedClient("tiny", base_url="http://127.0.0.1:9/v1", settings=settings)
    instance = Instance(instance_id="a__b-1", repo="a/b", base_commit="0" * 40, problem_statement="It breaks.")
    assert "diff" in client.prompt(instance).user
    assert "FILE:" not in client.prompt(instance).user


def test_an_empty_contract_makes_the_arms_equal(settings: Settings) -> None:
    client = HarnessedClient("tiny", base_url="http://127.0.0.1:9/v1", contract="", settings=settings)
    assert client.prompt("Do it.").user == client.prompt("Do it.", harnessed=False).user


def test_a_contract_may_come_from_a_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "contract.md"
    file.write_text("FROM A FILE: ä\n", encoding="utf-8")
    client = HarnessedClient("tiny", base_url="http://127.0.0.1:9/v1", contract=file, settings=settings)
    assert "FROM A FILE: ä" in client.prompt("Do it.").user


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_contract_that_cannot_be_read_is_said_at_once(
    settings: Settings, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "contract.md"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DatasetError, match="cannot read the contract"):
        HarnessedClient("tiny", base_url="http://127.0.0.1:9/v1", contract=file, settings=settings)


def test_a_system_text_takes_the_place_of_the_arms(settings: Settings) -> None:
    with ModelServer() as server:
        HarnessedClient("tiny", base_url=server.url, settings=settings).complete("Do it.", system="You are terse.")
        assert asked(server)["system"] == "You are terse."


def test_the_bound_on_a_replys_tokens_is_sent(settings: Settings) -> None:
    with ModelServer() as server:
        HarnessedClient("tiny", base_url=server.url, max_tokens=77, settings=settings).complete("Do it.")
        assert 77 in (server.requests[-1].body.get("max_tokens"), server.requests[-1].body.get("max_completion_tokens"))


@pytest.mark.parametrize("fault", ["401", "404"])
def test_what_a_provider_refuses_becomes_the_error(settings: Settings, fault: str) -> None:
    with ModelServer(plan=(fault,) * 9) as server:
        reply = HarnessedClient("tiny", base_url=server.url, settings=settings).complete("Do it.")
    assert reply["error"]
    assert f"told to say {fault}" in reply["error"]
    assert (reply["text"], reply["cost_usd"] or 0.0) == ("", 0.0)


@pytest.mark.parametrize("fault", ["429", "reset", "html", "choices-null", "truncated"])
def test_what_passes_is_tried_again(settings: Settings, fault: str) -> None:
    with ModelServer(plan=(fault,), reply=lambda _: "at last") as server:
        reply = HarnessedClient("tiny", base_url=server.url, settings=settings).complete("Do it.")
        assert server.count == 2
    assert (reply["text"], reply["error"]) == ("at last", None)


def test_a_real_key_never_reaches_a_server_of_this_machine(settings: Settings) -> None:
    keyed = replace(settings, keys={"OPENAI_API_KEY": "sk-real", "SWEBENCH_LITE_API_KEY": "sk-other"})
    with ModelServer() as server:
        HarnessedClient("tiny", "sk-argument", server.url, settings=keyed).complete("Do it.")
        sent = json.dumps([dict(one.headers) for one in server.requests]) + json.dumps(server.requests[-1].body)
    assert "sk-" not in sent


def test_a_missing_key_is_said_when_the_client_is_made(settings: Settings) -> None:
    online = replace(settings, offline=False, keys={})
    with pytest.raises(UsageError, match="OPENROUTER_API_KEY"):
        HarnessedClient("openrouter/some/model", settings=online)


def test_stored_replies_answer_too(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text(json.dumps({"instance_id": "word_count", "reply": REPLY}) + "\n")
    reply = HarnessedClient(f"canned:{file}", settings=settings).complete(WORDS)
    assert (reply["text"], reply["error"]) == (REPLY, None)


def test_the_format_of_a_good_reply_is_worth_everything() -> None:
    whole = f"{REPLY}\n```FILE: demo.sh\npython3 word_count.py a.txt\n```\n"
    assert format_score(whole, "word_count.py").total == 100


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        (REPLY, (50, 30, 0)),
        (f"{REPLY}\nRun it with `python3 word_count.py notes.txt`.", (50, 30, 15)),
        ("```FILE: other.py\nprint(1)\n```", (15, 30, 0)),
        ("```FILE: word_count.py\ndef f(:\n```", (50, 5, 0)),
        ("```python\nprint(1)\n```", (0, 30, 0)),
        ("I cannot do that.", (0, 0, 0)),
        ("", (0, 0, 0)),
    ],
)
def test_each_part_of_a_format_is_scored(reply: str, parts: tuple[int, ...]) -> None:
    assert tuple(points for _name, points, _most in format_score(reply, "word_count.py").parts) == parts


def test_a_good_reply_is_executed_and_right(local: Settings) -> None:
    found = executor_score(f"Here it is.\n\n{REPLY}", WORDS, settings=local)
    assert (found.strict.score.value, found.lenient.score.value) == (3, 3)
    assert found.strict is found.lenient, "equal readings run once"


def test_a_stray_language_line_costs_the_strict_score_only(local: Settings) -> None:
    found = executor_score(REPLY.replace(".py\n", ".py\npython\n", 1), WORDS, settings=local)
    assert (found.strict.score.value, found.lenient.score.value) == (0, 3)
    assert "NameError" in found.strict.score.reason


def test_an_ordinary_fence_is_taken_for_the_file(local: Settings) -> None:
    found = executor_score(f"```python\n{dict(WORDS.solution)['word_count.py']}```\n", WORDS, settings=local)
    assert found.strict.score.value == 3


def test_files_are_executed_as_they_are(local: Settings) -> None:
    found = executor_score({"word_count.py": "print(1)"}, WORDS, sandbox="local", settings=local)
    assert found.strict.score.value == 1


@pytest.mark.parametrize("reply", ["", "I cannot do that.", "<think>never ending"])
def test_a_reply_without_a_file_scores_nothing_and_says_why(local: Settings, reply: str) -> None:
    found = executor_score(reply, WORDS, settings=local)
    assert (found.strict.score.value, found.strict.runs) == (0, ())
    assert found.strict.score.reason.startswith("the reply ")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine")
def test_ready_made_patches_are_graded_and_stored(local: Settings) -> None:
    rows = [
        {"instance_id": "own__verrange-1", "model_name_or_path": "a", "model_patch": gold("own__verrange-1")},
        {"instance_id": "own__verrange-1", "model_name_or_path": "b", "model_patch": None},
    ]
    document = evaluate("own", rows, ids=["own__verrange-1"], settings=local, run_id="mine")
    attempts = {one["model"]: one for one in document["attempts"]}  # type: ignore[attr-defined]
    assert (attempts["a"]["outcome"], attempts["b"]["outcome"]) == ("RESOLVED", "NO_ANSWER")
    assert (local.runs / "mine" / "run.json").is_file()
    assert document["folder"] == str(local.runs / "mine")


def gold(instance_id: str) -> str:
    from swebench_lite.settings import bundled

    return (bundled("instances") / "own" / instance_id / "gold.patch").read_text(encoding="utf-8")


def test_predictions_for_other_instances_are_refused(settings: Settings) -> None:
    rows = [{"instance_id": "own__verrange-1", "model_name_or_path": "a", "model_patch": "x"}]
    with pytest.raises(DatasetError, match="none of the 1 predictions is for a selected instance"):
        evaluate("own", rows, ids=["own__lruttl-1"], settings=settings)


def test_no_predictions_are_refused(settings: Settings) -> None:
    with pytest.raises(DatasetError):
        evaluate("own", [], settings=settings)


def test_importing_the_api_imports_no_heavy_library() -> None:
    heavy = ("openai", "httpx", "docker", "datasets", "pyarrow", "numpy", "scipy", "rich", "pandas")
    code = f"import sys, swebench_lite.client\nprint([one for one in {heavy!r} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_contract_in_one_line_that_names_a_file_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_text("Answer with one diff.\n")
    with pytest.raises(UsageError, match="is the name of a file; give it as a Path"):
        HarnessedClient("gold", contract=str(file), settings=settings)


@pytest.mark.parametrize("contract", ["Answer with one diff.", "x" * 5000, "a\0b", ""])
def test_a_contract_in_one_line_is_a_contract(settings: Settings, contract: str) -> None:
    assert HarnessedClient("gold", contract=contract, settings=settings).contract == contract

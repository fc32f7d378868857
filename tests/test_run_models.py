"""Runs that ask models, through the command line, against a real server."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from swebench_lite.load import load
from swebench_lite.records import Instance
from swebench_lite.settings import PACKAGE, Settings, bundled, read_settings
from swebench_lite.store import RunStore
from swebench_lite.store.exchanges import Asked
from tests.model_server import ModelServer, Seen
from tests.test_cli import LOCAL, Cli, Result
from tests.test_cli_evaluate import instance_row
from tests.test_models_catalogs import Fake, serving
from tests.test_models_local_servers import Ollama

KEY = "sk-or-v1-0123456789abcdef"
ONE = ("run", "files", "-i", "word_count", "--arms", "harnessed", *LOCAL)
BLENDED = 1000.0  # USD per million tokens, so that a reply of 120 tokens costs 0.12


@pytest.fixture
def cli(tmp_path: Path, shared_cache: Path) -> Cli:
    return Cli(tmp_path, shared_cache)


class Shop(ModelServer):
    """Answers file tasks and our own instances, some well and some badly, and names a price of its own for every body."""

    def __init__(self, **more: Any) -> None:
        super().__init__(reply=self.answer, **more)
        dataset = load("own", settings=read_settings({}, directory=Path(), offline=True))
        self.instances: tuple[Instance, ...] = dataset.instances
        found = bundled("instances").glob("files/*/solution/*.py")
        self.solutions = {path.name: path.read_text() for path in found}

    def answer(self, body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        if drawn(body) % 4 == 0:
            return "I would rather talk about it."
        for one in self.instances:
            if one.problem_statement.strip()[:80] in asked:
                return f"Here it is.\n\n```diff\n{one.patch}```\n"
        name = next(one for one in self.solutions if one in asked)
        return f"```FILE: {name}\n{self.solutions[name]}```\n"

    def completion(self, body: dict[str, Any]) -> dict[str, Any]:
        said = super().completion(body)
        return {**said, "usage": {**said["usage"], "cost": float(price(body))}}

    @property
    def asked(self) -> list[Seen]:
        return [one for one in self.requests if one.path.endswith("/chat/completions")]

    @property
    def bill(self) -> Decimal:
        """What the replies cost that went out whole; one that is asked for again with its key is not billed again."""
        delivered = {once(one): price(one.body) for one in self.asked if not one.fault}
        return sum(delivered.values(), Decimal(0))


def drawn(body: dict[str, Any]) -> int:
    return int(hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12], 16)


def price(body: dict[str, Any]) -> Decimal:
    return Decimal(1 + drawn(body) % 90_000) / 1_000_000


def once(request: Seen) -> str:
    return request.headers["idempotency-key"]


class Background:
    """The command line in a process of its own, to be killed."""

    def __init__(self, cli: Cli, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "swebench_lite", *arguments],
            cwd=cli.folder, env=cli.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def end(self, number: signal.Signals) -> Result:
        os.kill(self.process.pid, number)
        return self.wait()

    def wait(self) -> Result:
        out, err = self.process.communicate(timeout=120)
        return Result(self.process.returncode, out, err)


def until(true: Callable[[], bool], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.005)


def answered(cli: Cli, run_id: str) -> dict[str, Asked]:
    """What a run has received, by the body that was sent; every body is another one because its seed is."""
    return {one.answer.request: one for one in RunStore(cli.runs).exchanges(run_id).all() if one.answer}


def adds_up(document: dict[str, Any], planned: int) -> bool:
    return sum(document["summary"]["by_outcome"].values()) == document["summary"]["planned"] == planned


PLANS = {"files": (("files",), 5 * 8), "own": (("own", "--language", "python"), 4 * 8)}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANS)
def test_a_run_that_is_killed_twice_asks_and_pays_for_nothing_twice(
    name: str, cli: Cli, local_settings: Settings
) -> None:
    dataset, planned = PLANS[name]
    begin = ("run", *dataset, "-m", "a", "-m", "b", "--samples", "2", "--model-seed", "5", "--sandbox", "local")
    with Shop(seed=3, rate=0.3, slow=0.05) as shop:
        command = (*begin, "--base-url", shop.url, "--run-id", "kill", "--json")
        for received_by_then in (planned // 4, planned // 2):
            job = Background(cli, *command)
            until(lambda least=received_by_then: len(answered_or_none(cli)) >= least)  # type: ignore[misc]
            before = len(shop.asked)
            until(lambda: len(shop.asked) > before)  # noqa: B023 - it is called before the next round
            assert job.end(signal.SIGKILL).status == -signal.SIGKILL
            received = answered(cli, "kill")
            lost = RunStore(cli.runs).exchanges("kill").lost()
            mark = len(shop.asked)
            command = ("run", "--resume", "kill", "--json")
        result = Background(cli, *command).wait()
        assert result.status == 0, result.err
        assert lost
        assert f"up to {lost} requests were under way when kill was killed" in result.err
        again = {json.dumps(one.body, ensure_ascii=False) for one in shop.asked[mark:]}
        assert again.isdisjoint(received)
        assert adds_up(result.document, planned)
        assert result.document["summary"]["by_outcome"]["RESOLVED"] > 0
        assert len(answered(cli, "kill")) == planned == len({once(one) for one in shop.asked})
        keys = Counter((once(one), json.dumps(one.body)) for one in shop.asked)
        assert len(keys) == planned
        assert any(one.fault for one in shop.asked)
        assert Decimal(str(result.document["summary"]["cost_usd"])) == shop.bill
    assert RunStore(cli.runs).exchanges("kill").lost() == 0


def answered_or_none(cli: Cli) -> dict[str, Asked]:
    return answered(cli, "kill") if (cli.runs / "kill" / "run.json").is_file() else {}


@pytest.mark.slow
def test_an_interrupted_run_keeps_what_was_under_way_and_sends_nothing_new(cli: Cli, local_settings: Settings) -> None:
    with Shop(seed=4, rate=0.3, slow=0.4) as shop:
        job = Background(
            cli, "run", "files", "-m", "a", "-m", "b", "--samples", "2", "--model-seed", "5", "--sandbox", "local",
            "--base-url", shop.url, "--run-id", "stop", "--json",
        )  # fmt: skip
        until(lambda: len(shop.asked) >= 12)
        stopped = job.end(signal.SIGINT)
        assert stopped.status == 130
        assert "resume with: swebench-lite run --resume stop" in stopped.err
        assert "requests are under way; what is paid is waited for" in stopped.err
        exchanges = RunStore(cli.runs).exchanges("stop")
        assert exchanges.lost() == 0
        # What was sent has an exchange, answered or failed, and nothing else has one.
        bodies = {one.exchanges[-1].request for one in exchanges.all()}
        assert bodies == {json.dumps(one.body, ensure_ascii=False) for one in shop.asked}
        received = answered(cli, "stop")
        mark = len(shop.asked)
        result = cli("run", "--resume", "stop", "--json")
        assert result.status == 0
        assert "were under way when" not in result.err
        again = {json.dumps(one.body, ensure_ascii=False) for one in shop.asked[mark:]}
        assert again.isdisjoint(received)
        assert max(Counter(once(one) for one in shop.asked if not one.fault).values()) == 1
        assert adds_up(result.document, 40)
        assert Decimal(str(result.document["summary"]["cost_usd"])) == shop.bill


def test_an_interrupt_ends_the_wait_for_the_next_try(cli: Cli) -> None:
    with ModelServer(plan=("429",) * 20, wait=120.0) as server:
        job = Background(cli, *ONE, "-m", "a", "-m", "b", "--base-url", server.url, "--run-id", "wait")
        until(lambda: server.count >= 1)
        begun = time.monotonic()
        assert job.end(signal.SIGINT).status == 130
        assert time.monotonic() - begun < 20


def test_requests_that_wait_for_their_turn_are_not_sent_after_an_interrupt(cli: Cli) -> None:
    (cli.folder / "models.toml").write_text("[models.a]\nconcurrency = 1\n")
    with ModelServer(slow=1.0) as server:
        job = Background(cli, *ONE, "-m", "a", "--samples", "6", "--base-url", server.url, "--run-id", "turn")
        until(lambda: server.count >= 1)
        assert job.end(signal.SIGINT).status == 130
        assert server.count <= 2
        kept = list(RunStore(cli.runs).exchanges("turn").all())
        assert len(kept) == server.count
        assert all(one.answer for one in kept)


def test_a_budget_stops_a_run_cleanly_and_a_larger_one_goes_on(cli: Cli) -> None:
    (cli.folder / "models.toml").write_text(f"[models.a]\nblended_price = {BLENDED}\n")
    arguments = ("-m", "a", "--samples", "6", "--max-tokens", "20", "--run-id", "cost", "--json")
    with ModelServer() as server:
        result = cli(*ONE, *arguments, "--base-url", server.url, "--max-cost", "0.9")
        counts = result.document["summary"]["by_outcome"]
        assert result.status == 1
        assert 0 < server.count < 6
        assert counts["NOT_RUN"] == 6 - server.count
        assert adds_up(result.document, 6)
        assert result.document["summary"]["cost_usd"] == pytest.approx(0.12 * server.count)
        reasons = {one["reason"] for one in result.document["attempts"] if one["outcome"] == "NOT_RUN"}
        assert all("raise the budget and resume the run" in reason for reason in reasons)
        more = cli("run", "--resume", "cost", "--max-cost", "20", "--json")
        assert (more.status, server.count) == (0, 6)
        assert more.document["summary"]["cost_usd"] == pytest.approx(0.72)


def test_tries_and_the_resumed_run_share_one_key_per_attempt(cli: Cli) -> None:
    with ModelServer(plan=("500", "html", "401", "401")) as server:
        cli(*ONE, "-m", "a", "--samples", "2", "--requests", "1", "--base-url", server.url, "--run-id", "keys")
        cli("run", "--resume", "keys")
        keys = [one.headers["idempotency-key"] for one in server.requests]
        other = cli(*ONE, "-m", "a", "--base-url", server.url)
    assert other.status == 0
    assert sorted(Counter(keys).values()) == [2, 4]
    assert server.requests[-1].headers["idempotency-key"] not in keys


def test_a_failing_server_is_no_models_fault_and_is_asked_again_on_resume(cli: Cli) -> None:
    with ModelServer(plan=("401",)) as server:
        result = cli(*ONE, "-m", "a", "--base-url", server.url, "--run-id", "again", "--json")
        assert result.status == 1
        assert outcome(result) == ("PROVIDER", "a did not answer: HTTP status 401: told to say 401")
        assert cli("run", "--resume", "again").status == 0
        assert cli("run", "--resume", "again").status == 0
    assert server.count == 2


def outcome(result: Result) -> tuple[str, str]:
    (one,) = result.document["attempts"]
    return one["outcome"], one["reason"]


def test_a_server_that_refuses_connections_is_said(cli: Cli) -> None:
    with ModelServer() as server:
        url = server.url
    result = cli(*ONE, "-m", "a", "--base-url", url, "--tries", "1", "--json")
    assert outcome(result)[0] == "PROVIDER"
    assert "refused; is the server running?" in outcome(result)[1]


def test_a_server_that_hangs_is_given_up_after_the_request_timeout(cli: Cli) -> None:
    with ModelServer(plan=("hang",)) as server:
        result = cli(*ONE, "-m", "a", "--base-url", server.url, "--tries", "1", "--request-timeout", "1", "--json")
        told = outcome(result)
    assert told == ("PROVIDER", f"a did not answer: no answer from {server.url} within 1 s")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("html", "'Bad gateway'"),
        ("choices-null", "the response holds no choices"),
        ("empty", "the body of the response is empty"),
        ("events-cut", "the stream broke off before the reply's end"),
        ("truncated", "the response broke off"),
    ],
)
def test_what_is_no_reply_is_told_and_kept(fault: str, said: str, cli: Cli) -> None:
    with ModelServer(plan=(fault,)) as server:
        result = cli(*ONE, "-m", "a", "--base-url", server.url, "--tries", "1", "--run-id", "odd", "--json")
    assert (result.status, outcome(result)[0]) == (1, "PROVIDER")
    assert said in outcome(result)[1]
    (kept,) = RunStore(cli.runs).exchanges("odd").all()
    assert kept.answer is None
    assert result.document["attempts"][0]["outcome"] == "PROVIDER"


_REPLIES = {
    "nothing": "",
    "blanks": " \n\t\n",
    "five megabytes": "word " * 1_000_000,
    "five megabytes of tags": "<" * 5_000_000,
    "many fences": "```\n" * 100_000,
    "many diff heads": "diff --git a/x b/x\n" * 50_000,
    "binary": "".join(map(chr, range(256))) * 40,
    "half characters": "\ud800 \udfff ```FILE: word_count.py\n\x00\ud800\n```",
}


@pytest.mark.parametrize("reply", list(_REPLIES))
@pytest.mark.parametrize("dataset", ["files", "own"])
def test_an_odd_reply_ends_its_attempt_and_nothing_else(reply: str, dataset: str, cli: Cli) -> None:
    which = {"files": "word_count", "own": "own__textkit-1"}[dataset]
    with ModelServer(reply=lambda _: _REPLIES[reply]) as server:
        result = cli(
            "run", dataset, "-i", which, "-m", "a", "--arms", "harnessed", "--base-url", server.url, *LOCAL, "--json"
        )
    assert outcome(result)[0] in {"NO_ANSWER", "PATCH_INVALID", "UNRESOLVED"}, result.err
    assert result.status == 0


@contextmanager
def elsewhere(server: ModelServer) -> Iterator[tuple[str, dict[str, str]]]:
    """A base URL at which the server seems to be on another machine, and the variables that make it so: an HTTP proxy."""
    where = urlsplit(server.url)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Quiet."""

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection(where.hostname or "", where.port)
            connection.request("POST", urlsplit(self.path).path, sent, dict(self.headers))
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        address = f"http://127.0.0.1:{made.server_port}"
        variables = {"HTTP_PROXY": address, "http_proxy": address, "NO_PROXY": "", "no_proxy": ""}
        yield f"http://models-{made.server_port}.invalid/v1", {**variables, "SWEBENCH_LITE_OFFLINE": "0"}
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


@pytest.mark.parametrize("given", ["variable", "option", "dot env"])
def test_a_key_is_in_no_file_and_on_no_screen(given: str, cli: Cli) -> None:
    with ModelServer(plan=("leak",)) as server, elsewhere(server) as (url, away):
        options = ("--api-key", KEY) if given == "option" else ()
        variables = {"SWEBENCH_LITE_API_KEY": KEY} if given == "variable" else {}
        if given == "dot env":
            (cli.folder / ".env").write_text(f"SWEBENCH_LITE_API_KEY={KEY}\n")
        said = [
            cli(
                *ONE, "-m", "a", "--base-url", url, "--run-id", "key", *options, "-v", *shown,
                **variables, **away,
            )
            for shown in ((), ("--json",))
        ]  # fmt: skip
        said.append(cli("run", "--resume", "key", *options, "--json", **variables, **away))
        said.append(cli("report", "key", "--format", "html", **variables))
    assert [one.headers["authorization"] for one in server.requests] == [f"Bearer {KEY}"] * 2
    assert [one.status for one in said] == [1, 2, 0, 0]
    assert "Bearer [key]" in said[0].out
    (cli.folder / ".env").unlink(missing_ok=True)
    files = [path for path in cli.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    assert [one for one in said if KEY in one.out + one.err] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-m", "sparrow"), "unknown model 'sparrow'"),
        (("-m", "opnai/x"), "did you mean 'openai/x'?"),
        (("-m", ""), "unknown model ''"),
        (("-m", "openai/gpt-5.5"), "set OPENAI_API_KEY in the environment or in .env"),
        (("-m", "openrouter/x/y"), "set OPENROUTER_API_KEY in the environment or in .env"),
        (("-m", "x", "--base-url", "http://models.invalid/v1"), "set SWEBENCH_LITE_API_KEY in the environment or in .env"),
        (("-m", "x", "--base-url", "models.example"), "is no web address"),
        (("-m", "gold", "--arms", "harnesed"), "did you mean 'harnessed'?"),
        (("-m", "gold", "--context", "bm26"), "did you mean 'bm25'?"),
        (("-m", "gold", "--prompt-tokens", "500"), "--prompt-tokens 500 has no room for a request; give 1000 or more"),
        (("-m", "gold", "--arms", "nowhere.toml"), "cannot read nowhere.toml"),
        (("-m", "gold", "--arms", "mine.toml"), "cannot read gone.txt"),
        (("-m", "x", "--models-file", "gone.toml"), "gone.toml' cannot be read"),
        (("-m", "canned:gone.jsonl"), "gone.jsonl' are not there"),
        (("-m", "gold@high"), "'gold' does not think"),
        (("-m", "ollama/x", "--thinking", "hihg"), "--thinking 'hihg' must be one of"),
        (("-m", "ollama/x@low", "--thinking", "high"), "names the level 'low', and --thinking others"),
        (("-m", "ollama/x", "--request-timeout", "inf"), "--request-timeout inf is no number"),
        (("-m", "ollama/x", "--provider", "p"), "provider routing is OpenRouter's"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_one_line_and_exit_status_2(arguments: tuple[str, ...], said: str, cli: Cli) -> None:
    (cli.folder / "mine.toml").write_text('name = "mine"\ncontract_file = "gone.txt"\n')
    result = cli("run", "files", "-i", "word_count", *arguments, *LOCAL, SWEBENCH_LITE_OFFLINE="0", **NO_KEYS)
    assert result.status == 2
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    assert said in result.err
    assert not cli.runs.exists()


@pytest.mark.parametrize("option", ["--max-cost", "--temperature", "--top-p", "--request-timeout"])
def test_what_is_no_number_is_no_setting(option: str, cli: Cli) -> None:
    assert cli(*ONE, "-m", "ollama/x", option, "nan").status == 2
    assert not cli.runs.exists()


NO_KEYS = {"OPENAI_API_KEY": "", "OPENROUTER_API_KEY": ""}


def test_unknown_prices_are_said_once_per_model_and_cost_null(cli: Cli) -> None:
    with ModelServer() as server, elsewhere(server) as (url, away):
        result = cli(
            *ONE, "-m", "nobody/knows", "-m", "openai/gpt-4.1-mini", "--samples", "2", "--json",
            "--base-url", url, "--api-key", KEY, **away,
        )  # fmt: skip
    costs = {one["model"]: one["cost_usd"] for one in stored(cli, result)}
    assert result.err.count("the price of nobody/knows is not known") == 1
    assert "the price of openai" not in result.err
    assert costs == {"nobody/knows": None, "openai/gpt-4.1-mini": pytest.approx(0.00012)}
    assert result.document["summary"]["cost_usd"] is None


def stored(cli: Cli, result: Result) -> list[dict[str, Any]]:
    attempts = RunStore(cli.runs).attempts(result.document["run_id"])
    return [{"model": one.key.model, "cost_usd": one.cost_usd} for one in attempts]


def test_a_sweep_by_price_asks_the_cheapest_model_first_and_unknown_prices_last(cli: Cli) -> None:
    names = ("nobody/knows", "openai/gpt-4.1-mini", "claude-opus-4.7", "gpt-4o-mini")
    with ModelServer() as server, elsewhere(server) as (url, away):
        models = [part for name in names for part in ("-m", name)]
        result = cli(
            *ONE, *models, "--samples", "2", "--sort-by-price", "--requests", "1", "--base-url", url, "--api-key", KEY, **away,
        )  # fmt: skip
        asked = [one.body["model"] for one in server.requests]
    order = ["gpt-4o-mini", "openai/gpt-4.1-mini", "claude-opus-4.7", "nobody/knows"]
    assert asked == [name for name in order for _ in range(2)]
    assert f"cheapest first, those of unknown price last: {', '.join(order)}" in result.err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("-m", "a"), "arms"),
        (("-m", "a", "-m", "b", "--arms", "harnessed"), "models"),
        (("-m", "a", "-m", "b"), "arms or models"),
        (("-m", "a", "--arms", "harnessed"), None),
    ],
)
def test_what_so_few_instances_can_show_is_said_before_a_comparison_is_paid(
    arguments: tuple[str, ...], what: str | None, cli: Cli
) -> None:
    with ModelServer() as server:
        result = cli("run", "files", "-i", "word_count", *arguments, "--base-url", server.url, *LOCAL)
    said = re.findall(r"difference between two ([a-z ]+) can show", result.err)
    assert said == ([what] if what else [])


def test_nothing_is_said_of_differences_where_nobody_is_paid(cli: Cli) -> None:
    assert "can show" not in cli("run", "files", "-i", "word_count", "-m", "gold", "-m", "null", *LOCAL).err


class Chatting(Ollama):
    """An Ollama that also answers, and notes what was in its memory whenever it was asked."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names, lag=1)
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.noting = threading.Lock()

    def __call__(self, method: str, path: str, body: Any) -> tuple[int, object]:
        if path != "/v1/chat/completions":
            with self.noting:
                return super().__call__(method, path, body)
        with self.noting:
            self.asked.append((body["model"], tuple(self.memory)))
        message = {"role": "assistant", "content": "no"}
        return 200, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": {}}


@contextmanager
def ollama(*names: str) -> Iterator[tuple[Chatting, Fake, dict[str, str]]]:
    state = Chatting(*names)
    with serving(state) as fake:
        yield state, fake, {"OLLAMA_BASE_URL": f"{fake.url}/v1"}


def test_local_models_are_in_memory_one_at_a_time_and_the_last_one_leaves(cli: Cli) -> None:
    with ollama("a:latest", "b:latest", "other:latest") as (state, _fake, variables):
        state.memory["other:latest"] = {"name": "other:latest", "model": "other:latest", "digest": "sha2"}
        result = cli(
            "run",
            "files",
            "-m",
            "ollama/a",
            "-m",
            "ollama/b",
            "--samples",
            "2",
            *LOCAL,
            "--run-id",
            "sweep",
            **variables,
        )
        assert result.status == 0, result.err
    assert state.loads == ["a:latest", "b:latest"]
    assert [model for model, _ in state.asked] == ["a"] * 20 + ["b"] * 20
    assert all(memory == (f"{model}:latest",) for model, memory in state.asked)
    assert state.memory == {}
    assert "loading a at" in result.err


def test_one_local_model_alone_is_left_to_its_server(cli: Cli) -> None:
    with ollama("a:latest", "other:latest") as (state, _fake, variables):
        state.memory["other:latest"] = {"name": "other:latest", "model": "other:latest", "digest": "sha1"}
        assert cli(*ONE, "-m", "ollama/a", **variables).status == 0
    assert state.loads == []
    assert list(state.memory) == ["other:latest"]


def test_models_that_a_local_server_lacks_are_named_and_the_others_go_on(cli: Cli) -> None:
    with ollama("a:latest", "b:latest") as (state, _fake, variables):
        models = ("-m", "ollama/a", "-m", "ollama/gone", "-m", "ollama/b")
        result = cli(*ONE, *models, "--json", "--run-id", "some", **variables)
        assert {one["model"] for one in result.document["attempts"]} == {"ollama/a", "ollama/b"}
        assert (result.status, result.document["summary"]["planned"]) == (0, 2)
        assert "warning: ollama/gone is left out: Ollama: unknown model 'gone'" in result.err
        again = cli("run", "--resume", "some", **variables)
    assert again.status == 0
    assert {model for model, _ in state.asked} == {"a", "b"}


def test_a_local_server_that_does_not_run_costs_only_its_own_models(cli: Cli) -> None:
    with ollama("a:latest") as (_state, _fake, variables):
        pass
    with ModelServer() as server:
        (cli.folder / "models.toml").write_text(f'[models.house]\nurl = "{server.url}"\n')
        result = cli(*ONE, "-m", "ollama/a", "-m", "house", "--json", **variables)
    assert {one["model"] for one in result.document["attempts"]} == {"house"}
    assert "warning: ollama/a is left out: no answer from Ollama" in result.err
    assert "ollama serve" in result.err


def test_a_run_of_nothing_but_missing_models_is_a_usage_error(cli: Cli) -> None:
    with ollama("a:latest") as (_state, _fake, variables):
        result = cli(*ONE, "-m", "ollama/b", "-m", "ollama/c", **variables)
    assert result.status == 2
    assert "unknown model 'b'" in result.err
    assert "unknown model 'c'" in result.err
    assert not cli.runs.exists()


def test_a_model_that_cannot_be_loaded_is_the_providers_failure_and_the_next_one_goes_on(cli: Cli) -> None:
    with ollama("embed:latest", "b:latest") as (state, _fake, variables):
        result = cli(*ONE, "-m", "ollama/embed", "-m", "ollama/b", "--samples", "2", "--json", **variables)
    outcomes = Counter((one["model"], one["outcome"]) for one in result.document["attempts"])
    assert outcomes == {("ollama/embed", "PROVIDER"): 2, ("ollama/b", "NO_ANSWER"): 2}
    assert "does not support generate" in result.document["attempts"][0]["reason"]
    assert [model for model, _ in state.asked] == ["b", "b"]


def test_an_interrupted_sweep_leaves_nothing_in_memory(cli: Cli) -> None:
    with ollama("a:latest", "b:latest") as (state, _fake, _variables):
        state.lag = 0
        entered, let_go = threading.Event(), threading.Event()
        answer = state.__call__

        def slow(method: str, path: str, body: Any) -> tuple[int, object]:
            if path == "/v1/chat/completions":
                entered.set()
                let_go.wait(20)
            return answer(method, path, body)

        with serving(slow) as front:
            job = subprocess.Popen(
                [sys.executable, "-m", "swebench_lite", *ONE, "-m", "ollama/a", "-m", "ollama/b", "--samples", "3"],
                cwd=cli.folder, env={**cli.environ, "OLLAMA_BASE_URL": f"{front.url}/v1"},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert entered.wait(30)
            job.send_signal(signal.SIGINT)
            time.sleep(0.3)
            let_go.set()
            _, err = job.communicate(timeout=60)
    assert job.returncode == 130, err
    assert len(state.asked) == 1
    assert state.loads == ["a:latest"]
    assert state.memory == {}


def test_a_profile_adds_its_words_where_there_is_a_contract_and_nowhere_else(cli: Cli) -> None:
    (cli.folder / "models.toml").write_text('[models.a]\nprofile = "no-language-line"\n')
    (cli.folder / "plain.toml").write_text('name = "plain"\ncontract = ""\n')
    words = "first line inside a block that opens with FILE"
    with ModelServer() as server:
        arms = ("--arms", "harnessed,unharnessed,plain.toml")
        cli("run", "files", "-i", "word_count", "-m", "a", "-m", "b", *arms, "--base-url", server.url, *LOCAL)
        asked = [(one.body["model"], one.body["messages"][-1]["content"]) for one in server.requests]
    healed = [(model, "CONTRACT" in text) for model, text in asked if words in text]
    assert len(asked) == 6
    assert healed == [("a", True)]


def test_a_seed_grows_with_each_sample(cli: Cli) -> None:
    with ModelServer() as server:
        cli(*ONE, "-m", "a", "--samples", "3", "--model-seed", "7", "--base-url", server.url)
    assert sorted(one.body["seed"] for one in server.requests) == [7, 8, 9]


def variables_read() -> set[str]:
    """The environment names in the settings' source, but for those that no .env can mean for this program alone."""
    names = set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"', (PACKAGE / "settings.py").read_text()))
    return names - {"XDG_CACHE_HOME"}


def example() -> str:
    return (PACKAGE.parent / ".env.example").read_text()


def test_the_example_of_an_env_file_names_every_variable_that_is_read() -> None:
    named = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", example(), re.MULTILINE)
    assert set(named) == variables_read()
    assert len(named) == len(set(named))


def test_the_example_of_an_env_file_changes_nothing_until_it_is_edited(tmp_path: Path) -> None:
    plain = read_settings({}, directory=tmp_path)
    (tmp_path / ".env").write_text(example())
    assert read_settings({}, directory=tmp_path) == plain


def test_every_value_of_the_example_is_one_that_can_be_used(tmp_path: Path) -> None:
    edited = re.sub(r"^# ?([A-Z][A-Z0-9_]+=)", r"\1", example(), flags=re.MULTILINE)
    (tmp_path / ".env").write_text(edited)
    settings = read_settings({}, directory=tmp_path)
    assert settings.sampling.temperature is not None
    assert set(settings.servers) == {"openai", "openrouter", "ollama", "lmstudio"}


@pytest.mark.parametrize("context", ["all", "oracle", "bm25", "repo-map"])
def test_a_file_task_is_asked_whatever_an_arm_shows_of_trees(cli: Cli, context: str) -> None:
    with ModelServer() as server:
        arguments = ("-i", "word_count", "--arms", "harnessed", "--context", context, "--base-url", server.url, *LOCAL)
        result = cli("run", "files", "-m", "a", *arguments, "--json")
    (one,) = result.document["attempts"]
    assert one["outcome"] in {"NO_ANSWER", "UNRESOLVED"}
    assert len(server.requests) == 1


def test_a_wrong_answer_format_is_blamed_on_the_option(cli: Cli) -> None:
    result = cli("run", "own", "-m", "gold", "--answer-format", "dif")
    assert result.status == 2
    assert result.err.startswith("error: unknown answer format 'dif'; did you mean 'diff'?")


def test_an_issue_that_is_cut_is_warned_of(cli: Cli) -> None:
    (cli.folder / "rows.jsonl").write_text(json.dumps(instance_row(problem_statement="word " * 3000)) + "\n")
    arguments = ("run", "rows.jsonl", "-m", "null", "--arms", "harnessed", *LOCAL)
    assert "1 issue longer than its budget of 2,000 tokens" in cli(*arguments, "--prompt-tokens", "2000").err
    assert "longer than its budget" not in cli(*arguments).err

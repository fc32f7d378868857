"""Sweeps over real servers: one model after the other, nothing lost, nothing shrunk, everything kept and graded again."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from swebench_lite.errors import DatasetError, StoreError
from swebench_lite.models import Access, Canned, Model, Retry, open_model
from swebench_lite.records import Exchange, Prompt
from swebench_lite.reports.suites import Record, Result
from swebench_lite.settings import Settings
from swebench_lite.suites import Sweep, items_of, keeping, replay, stored_items, sweep
from tests import suite_servers
from tests.suite_servers import SOLUTIONS, Scripted, write
from tests.test_models_catalogs import serving
from tests.test_models_local_servers import Ollama

TOOLING = items_of(("tooling",), seed=7)
QUICK = Retry(tries=3, first=0.01)


class Servers:
    """Several scripted models behind one address, by the model's name."""

    def __init__(self, **models: Any) -> None:
        self.models = models

    def __call__(self, method: str, path: str, body: Any) -> tuple[int, object]:
        if body and body.get("model") in self.models:
            answer: tuple[int, object] = self.models[body["model"]](method, path, body)
            return answer
        return 503, {"error": {"message": "nobody is there"}}


def wanted(folder: Path, **more: Any) -> Sweep:
    given: dict[str, Any] = {"items": TOOLING, "file": folder / "results.jsonl", "run": "r1", "seed": 7, **more}
    return Sweep(**given)


def opened(url: str, settings: Settings, *names: str) -> list[Model]:
    return [open_model(name, (), settings=settings, access=Access(base_url=f"{url}/v1", retry=QUICK)) for name in names]


def totals(records: Sequence[Record]) -> dict[str, tuple[int, int]]:
    return {one.model: one.total for one in records}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_one_models_failure_costs_the_others_nothing(settings: Settings, tmp_path: Path) -> None:
    servers = Servers(
        good=Scripted(), guesser=Scripted(suite_servers.guesses), flaky=Scripted(faults=(500, 500)),
        limping=Scripted(faults=(500, 500, 500)),
    )  # fmt: skip
    with serving(servers) as server:
        models = opened(server.url, settings, "down", "guesser", "flaky", "limping", "good")
        swept = sweep(models, wanted(tmp_path), settings)
    assert totals(swept.records) == {
        "down": (0, 7), "guesser": (3, 7), "flaky": (7, 7), "limping": (6, 7), "good": (7, 7)
    }  # fmt: skip
    down = swept.records[0]
    assert all(one.failed and "HTTP status 503" in one.reason for one in down.results)


def test_a_server_that_does_not_answer_at_all_fails_every_case(settings: Settings, tmp_path: Path) -> None:
    with serving(Scripted()) as server:
        url = server.url
    (record,) = sweep(opened(url, settings, "gone"), wanted(tmp_path), settings).records
    assert record.total == (0, 7)
    assert "no connection" in record.results[0].reason


def test_models_are_asked_one_after_the_other(settings: Settings, tmp_path: Path) -> None:
    seen: list[str] = []

    def noting(method: str, path: str, body: Any) -> tuple[int, object]:
        seen.append(body["model"])
        return servers(method, path, body)

    servers = Servers(a=Scripted(), b=Scripted())
    with serving(noting) as server:
        sweep(opened(server.url, settings, "a", "b"), wanted(tmp_path, requests=3), settings)
    assert seen == sorted(seen)


def test_each_record_is_on_the_disk_before_the_next_model_is_asked(settings: Settings, tmp_path: Path) -> None:
    there: list[int] = []
    with serving(Servers(a=Scripted(), b=Scripted())) as server:
        sweep(
            opened(server.url, settings, "a", "b"),
            wanted(tmp_path),
            settings,
            finished=lambda _: there.append(len(lines(tmp_path / "results.jsonl"))),
        )
    assert there == [1, 2]
    first = lines(tmp_path / "results.jsonl")[0]
    assert (first["model"], first["budget"], first["temperature"], first["run"]) == ("a", 16384, 0.2, "r1")
    assert {"suite", "key", "passed", "total", "seconds", "tokens"} <= set(first["results"][0])
    assert first["results"][3]["tokens"] == 60  # three requests


def test_every_exchange_is_kept_with_its_request_and_response(settings: Settings, tmp_path: Path) -> None:
    with serving(Scripted()) as server:
        sweep(opened(server.url, settings, "a"), wanted(tmp_path), settings)
    kept = {one["key"]: one["exchanges"] for one in lines(tmp_path / "results.exchanges.jsonl")}
    assert len(kept["lookup_then_email"]) == 3
    assert json.loads(kept["lookup_then_email"][1]["request"])["messages"][-1]["role"] == "tool"
    assert "chatcmpl-1" in kept["lookup_then_email"][0]["response"]


def test_the_budget_and_temperature_are_asked_of_the_server(settings: Settings, tmp_path: Path) -> None:
    scripted = Scripted()
    with serving(scripted) as server:
        sweep(opened(server.url, settings, "a"), wanted(tmp_path), settings)
    assert {(body["temperature"], body["max_tokens"]) for body in scripted.bodies} == {(0.2, 16384)}


def test_stored_replies_are_graded_again_without_a_model(settings: Settings, tmp_path: Path) -> None:
    with serving(Servers(a=Scripted(), b=Scripted(suite_servers.guesses))) as server:
        swept = sweep(opened(server.url, settings, "a", "b"), wanted(tmp_path), settings)
    again = replay(keeping.read(tmp_path / "results.jsonl"), stored_items, settings)
    assert [one.results for one in again] == [one.results for one in swept.records]
    assert [one.timestamp for one in again] == [one.timestamp for one in swept.records]


def test_what_a_broken_off_run_never_came_to_counts_as_failed(settings: Settings, tmp_path: Path) -> None:
    with serving(Scripted()) as server:
        sweep(opened(server.url, settings, "a"), wanted(tmp_path), settings)
    exchanges = tmp_path / "results.exchanges.jsonl"
    exchanges.write_text("\n".join(exchanges.read_text().splitlines()[:3]) + '\n{"run": "r1", "mod')
    (tmp_path / "results.jsonl").unlink()
    (record,) = replay(keeping.read(tmp_path / "results.jsonl"), stored_items, settings)
    assert record.total == (3, 7)
    assert record.results[-1].reason == "there is no stored reply"


def test_a_file_with_a_line_that_a_kill_cut_off_replays_after_it_was_used_again(
    settings: Settings, tmp_path: Path
) -> None:
    exchanges, records = tmp_path / "results.exchanges.jsonl", tmp_path / "results.jsonl"
    with serving(Scripted()) as server:
        sweep(opened(server.url, settings, "a"), wanted(tmp_path), settings)
        for file in (exchanges, records):
            file.write_text(file.read_text() + '{"run": "r1", "mod')
        sweep(opened(server.url, settings, "a"), wanted(tmp_path, run="r2"), settings)
    told: list[str] = []
    again = replay(keeping.read(records, told=told.append), stored_items, settings)
    assert [(one.run, one.total) for one in again] == [("r1", (7, 7)), ("r2", (7, 7))]
    assert told == [
        f"{exchanges} line 8 was cut off and is passed over", f"{records} line 2 was cut off and is passed over"
    ]  # fmt: skip


def test_a_model_that_could_not_be_asked_is_shown_again(settings: Settings, tmp_path: Path) -> None:
    with serving(Scripted()) as server:
        (good,) = sweep(opened(server.url, settings, "a"), wanted(tmp_path), settings).records
    lost = replace(
        good, model="b", error="it cannot be asked: gone", results=tuple(replace(one, passed=0) for one in good.results)
    )
    keeping.append_record(tmp_path / "results.jsonl", lost)
    first, second = replay(keeping.read(tmp_path / "results.jsonl"), stored_items, settings)
    assert (first.model, first.total, first.error) == ("a", (7, 7), "")
    assert (second.model, second.total, second.error) == ("b", (0, 7), "it cannot be asked: gone")
    assert all(one.failed for one in second.results)


@pytest.mark.parametrize("name", ["x" * 300, "folder", "no/such/file"])
def test_a_name_that_leads_nowhere_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.exchanges.jsonl").mkdir()
    with pytest.raises(DatasetError):
        keeping.read(tmp_path / name)


def test_the_seconds_of_a_request_that_failed_are_not_of_the_speed(settings: Settings, tmp_path: Path) -> None:
    def slow_then_gone(method: str, path: str, body: Any) -> tuple[int, object]:
        if body["messages"][-1]["role"] == "tool":
            time.sleep(0.3)
            return 400, {"error": {"message": "gone"}}
        answer: tuple[int, object] = Scripted()(method, path, body)
        return answer

    with serving(slow_then_gone) as server:
        (record,) = sweep(opened(server.url, settings, "a"), wanted(tmp_path), settings).records
    timed = [one.timed or 0.0 for one in record.results]
    assert record.seconds - sum(timed) > 7 * 0.3
    assert record.tokens_per_second == round(7 * 20 / sum(timed), 2)


def test_a_line_that_a_kill_cut_off_swallows_no_other(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    record = Record(model="m", results=(), timestamp="t", budget=1, version="1")
    file.write_text('{"model": "torn')
    keeping.append_record(file, record)
    assert json.loads(file.read_text().splitlines()[-1])["model"] == "m"


@pytest.mark.parametrize(
    "text", ['{"run": 1}\n{"run": 2}\n', "no json\n{}\n", '{"run":"r","model":"m","seed":"x","suite":"a"}']
)
def test_a_file_of_something_else_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.exchanges.jsonl").write_text(text)
    with pytest.raises(DatasetError, match="line 1"):
        keeping.read(tmp_path / "x.jsonl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there are no stored replies"):
        keeping.read(tmp_path / "nothing.jsonl")


def test_a_results_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write"):
        keeping.append_record(
            tmp_path / "file" / "r.jsonl", Record(model="m", results=(), timestamp="", budget=1, version="")
        )


def local(state: Ollama, scripted: Scripted) -> Any:
    return lambda method, path, body: (scripted if path.startswith("/v1/chat") else state)(method, path, body)


def test_local_models_are_loaded_one_at_a_time_and_the_last_one_leaves(settings: Settings, tmp_path: Path) -> None:
    state = Ollama("a:latest", "b:latest", lag=1)
    told: list[str] = []
    with serving(local(state, Scripted())) as server:
        here = replace(settings, servers={**settings.servers, "ollama": f"{server.url}/v1"})
        models = [open_model(f"ollama/{name}", (), settings=here) for name in ("a", "b", "missing")]
        swept = sweep(models, wanted(tmp_path, told=told.append), here)
    assert state.loads == ["a:latest", "b:latest"]
    assert state.memory == {}
    assert totals(swept.records) == {"ollama/a": (7, 7), "ollama/b": (7, 7)}
    assert list(swept.skipped) == ["ollama/missing"]
    assert any(one.startswith("skipped ollama/missing: ") for one in told)


def test_a_single_local_model_is_loaded_and_unloaded_too(settings: Settings, tmp_path: Path) -> None:
    state = Ollama("a:latest", lag=1)
    with serving(local(state, Scripted())) as server:
        here = replace(settings, servers={**settings.servers, "ollama": f"{server.url}/v1"})
        sweep([open_model("ollama/a", (), settings=here)], wanted(tmp_path), here)
    assert (state.loads, state.memory) == (["a:latest"], {})


class _Broken:
    """A model that brings the program down."""

    name = "broken"
    untouched = False

    def reply(self, _: Prompt, **__: object) -> Exchange:
        raise KeyError("a bug")

    def estimate(self, _: Prompt) -> float | None:
        return None


def test_a_bug_that_one_model_meets_costs_the_next_one_nothing(settings: Settings, tmp_path: Path) -> None:
    with serving(Scripted()) as server:
        swept = sweep([_Broken(), *opened(server.url, settings, "good")], wanted(tmp_path), settings)
    assert totals(swept.records) == {"broken": (0, 7), "good": (7, 7)}
    assert "this program failed: KeyError" in swept.records[0].results[0].reason


def test_an_interrupt_keeps_the_models_that_are_done_and_what_was_answered(settings: Settings, tmp_path: Path) -> None:
    def told(text: str) -> None:
        if text.startswith("[2/7] b"):
            raise KeyboardInterrupt

    with serving(Servers(a=Scripted(), b=Scripted())) as server, pytest.raises(KeyboardInterrupt):
        sweep(opened(server.url, settings, "a", "b"), wanted(tmp_path, told=told), settings)
    assert [one["model"] for one in lines(tmp_path / "results.jsonl")] == ["a"]
    kept = [one for one in lines(tmp_path / "results.exchanges.jsonl") if one["model"] == "b"]
    assert 2 <= len(kept) < 7


def test_canned_replies_pass_what_they_hold(local_settings: Settings, tmp_path: Path) -> None:
    items = items_of(("python", "cli"), seed=1)
    canned = Canned(name="c", replies={(item.name, None, None): write(item.prompt) for item in items})
    here = replace(local_settings, sandbox="local")
    (record,) = sweep([canned], wanted(tmp_path, items=items, requests=2), here).records
    assert record.suites == {"python": (52, 52), "cli": (3, 3)}
    assert record.results[0] == Result(suite="python", key="int_to_roman", passed=4, total=4, seconds=0.0)


@pytest.mark.parametrize(("suite", "total"), [("python", 52), ("cli", 3), ("tooling", 7), ("needle", 2)])
def test_every_suite_can_be_passed_alone(suite: str, total: int, local_settings: Settings, tmp_path: Path) -> None:
    here = replace(local_settings, sandbox="local")
    items = items_of((suite,), seed=1, sizes=(500, 1000), depths=(50,))
    with serving(Scripted()) as server:
        (record,) = sweep(opened(server.url, here, "a"), wanted(tmp_path, items=items, requests=2), here).records
    assert record.suites == {suite: (total, total)}, record.results


def test_a_reply_that_was_cut_off_is_graded_and_flagged(local_settings: Settings, tmp_path: Path) -> None:
    (item,) = (one for one in items_of(("python",), seed=1) if one.key == "two_sum")

    class Cut:
        name, untouched = "cut", False

        def reply(self, _: Prompt, **__: object) -> Exchange:
            text = f"```python{SOLUTIONS['two_sum']}"
            return Exchange(request="", reply=text, model="cut", finish_reason="length")

        def estimate(self, _: Prompt) -> float | None:
            return None

    here = replace(local_settings, sandbox="local")
    (record,) = sweep([Cut()], wanted(tmp_path, items=(item,)), here).records
    assert record.total == (3, 3)
    assert "cut off at its length limit" in record.results[0].flags

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from swebench_lite.errors import ProviderError, UsageError
from swebench_lite.models import Access, Model, open_model
from swebench_lite.models.local_servers import Loaded
from swebench_lite.models.sweeps import Memory, Resident, memories, survey
from swebench_lite.models.wire import Server
from swebench_lite.records import Prompt
from swebench_lite.respond import Budget, respond
from swebench_lite.settings import Settings
from tests.model_server import ModelServer
from tests.test_models_catalogs import serving
from tests.test_models_local_servers import Ollama

PROMPT = Prompt(system="s", user="u")


@contextmanager
def ollama(*names: str) -> Iterator[tuple[Ollama, Server]]:
    state = Ollama(*names, lag=1)
    with serving(state) as fake:
        yield state, Server(provider="ollama", base_url=f"{fake.url}/v1", timeout=5)


def at(server: Server, settings: Settings) -> Settings:
    return replace(settings, servers={**settings.servers, "ollama": server.base_url})


def models(settings: Settings, *names: str) -> list[Model]:
    return [open_model(name, (), settings=settings) for name in names]


def test_models_that_are_not_there_are_named_with_their_near_miss(settings: Settings) -> None:
    with ollama("qwen3:8b") as (_, server):
        here = at(server, settings)
        found = survey(models(here, "ollama/qwen3:8b", "ollama/qwen3:9b", "gold"), here)
    assert list(found.missing) == ["ollama/qwen3:9b"]
    assert "did you mean 'qwen3:8b'?" in found.missing["ollama/qwen3:9b"]
    assert found.doubts == ()


def test_a_server_that_does_not_run_has_none_of_its_models(settings: Settings) -> None:
    with ollama("a") as (_, server):
        here = at(server, settings)
    found = survey(models(here, "ollama/a", "null"), here)
    assert list(found.missing) == ["ollama/a"]
    assert "ollama serve" in found.missing["ollama/a"]


def test_a_server_that_talks_nonsense_is_doubted_and_its_models_are_kept(settings: Settings) -> None:
    with serving(lambda *_: (200, b"<html>hello</html>")) as fake:
        here = replace(settings, servers={**settings.servers, "ollama": f"{fake.url}/v1"})
        found = survey(models(here, "ollama/a"), here)
    assert (found.missing, len(found.doubts)) == ({}, 1)


def test_models_of_other_servers_are_not_looked_for(settings: Settings) -> None:
    assert survey(models(settings, "gold", "null"), settings).missing == {}


def test_only_a_server_with_several_models_is_told_what_to_load(settings: Settings) -> None:
    with ollama("a:latest", "b:latest") as (_, server):
        here = at(server, settings)
        stopping = threading.Event()
        several = models(here, "ollama/a", "ollama/b@low", "ollama/b@high", "gold")
        assert list(memories(several, here, stopping=stopping)) == ["ollama/a", "ollama/b@low", "ollama/b@high"]
        levels = models(here, "ollama/a@low", "ollama/a@high", "gold")
        assert memories(levels, here, stopping=stopping) == {}


def test_a_server_that_cannot_be_told_what_to_load_is_left_alone_and_said(settings: Settings) -> None:
    told: list[str] = []
    state = Ollama("a:latest", "b:latest")
    state.old = True
    with serving(state) as fake:
        here = replace(settings, servers={**settings.servers, "ollama": f"{fake.url}/v1"})
        found = memories(models(here, "ollama/a", "ollama/b"), here, stopping=threading.Event(), told=told.append)
    assert found == {}
    assert "it decides itself when to load which model" in told[0]


def test_a_model_leaves_memory_when_the_next_one_comes_and_at_the_end() -> None:
    seen = []
    with ollama("a:latest", "b:latest") as (state, server):
        with Memory(server, stopping=threading.Event()) as memory:
            for name in ("a", "a", "b"):
                with memory.turn(name):
                    seen.append(list(state.memory))
        assert seen == [["a:latest"], ["a:latest"], ["b:latest"]]
        assert (state.loads, state.memory, memory.problem) == (["a:latest", "b:latest"], {}, "")


def test_nothing_is_loaded_before_the_first_request_and_nothing_unloaded_without_one() -> None:
    with ollama("a:latest", "mine:latest") as (state, server):
        state.memory["mine:latest"] = {"name": "mine:latest", "model": "mine:latest", "digest": "sha1"}
        with Memory(server, stopping=threading.Event()):
            pass
        assert list(state.memory) == ["mine:latest"]


def test_another_model_waits_until_the_last_request_has_ended() -> None:
    with ollama("a:latest", "b:latest") as (state, server), Memory(server, stopping=threading.Event()) as memory:
        inside, leave, order = threading.Event(), threading.Event(), []

        def first() -> None:
            with memory.turn("a"):
                inside.set()
                leave.wait(10)
                order.append("a ended")

        def second() -> None:
            inside.wait(10)
            with memory.turn("b"):
                order.append("b begun")

        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(first), pool.submit(second)]
            inside.wait(10)
            time.sleep(0.2)
            assert (order, state.loads) == ([], ["a:latest"])
            leave.set()
            for one in done:
                one.result()
    assert order == ["a ended", "b begun"]


def test_requests_of_one_model_run_side_by_side() -> None:
    with ollama("a:latest") as (_, server), Memory(server, stopping=threading.Event()) as memory:
        together = threading.Barrier(3, timeout=10)

        def one() -> None:
            with memory.turn("a"):
                together.wait()

        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(one) for _ in range(3)]
        # The barrier breaks, and raises here, unless all three are inside at once.
        assert [done.exception() for done in waiting] == [None, None, None]


def test_a_model_waits_for_attempts_that_were_expected_of_the_one_before() -> None:
    with ollama("a:latest", "b:latest") as (state, server), Memory(server, stopping=threading.Event()) as memory:
        for name in ("a", "a", "b"):
            memory.expect(name)

        def b() -> None:
            with memory.turn("b"):
                pass

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(b)
            with memory.turn("a"):
                pass
            memory.over("a")
            time.sleep(0.2)
            assert state.loads == ["a:latest"]
            memory.over("a")
            waiting.result(10)
    assert state.loads == ["a:latest", "b:latest"]


def test_a_model_that_cannot_be_loaded_is_tried_once_and_each_request_hears_why() -> None:
    with ollama("embed:latest", "b:latest") as (state, server):
        with Memory(server, stopping=threading.Event()) as memory:
            for _ in range(2):
                with pytest.raises(ProviderError, match="does not support generate"), memory.turn("embed"):
                    pass
            with memory.turn("b"):
                assert list(state.memory) == ["b:latest"]
        assert state.memory == {}


def test_a_model_that_went_away_meanwhile_is_said() -> None:
    with (
        ollama("a:latest") as (_, server),
        Memory(server, stopping=threading.Event()) as memory,
        pytest.raises(UsageError, match="unknown model 'gone'"),
        memory.turn("gone"),
    ):
        pass


def test_a_stopped_run_loads_nothing_any_more() -> None:
    stopping = threading.Event()
    stopping.set()
    with ollama("a:latest") as (state, server), Memory(server, stopping=stopping) as memory, memory.turn("a") as held:
        assert (held, state.loads) == (None, [])


def test_what_goes_wrong_at_the_end_is_told_and_not_raised() -> None:
    with ollama("a:latest") as (state, server):
        with Memory(replace(server, timeout=0.3), stopping=threading.Event()) as memory:
            with memory.turn("a"):
                pass
            state.stuck = True
        assert "still in the memory" in memory.problem


def test_a_model_that_will_not_leave_does_not_cost_the_next_one_its_turn() -> None:
    told: list[str] = []

    def hear(text: str) -> None:
        told.append(text)
        state.stuck = state.stuck and "still in the memory" not in text

    with ollama("a:latest", "b:latest") as (state, server):
        memory = Memory(replace(server, timeout=0.3), stopping=threading.Event(), told=hear)
        with memory:
            with memory.turn("a"):
                state.stuck = True
            with memory.turn("b"):
                assert list(state.memory) == ["b:latest"]
    assert "a:latest is still in the memory" in told[1]
    assert memory.problem == ""


def test_a_stop_ends_the_wait_for_a_turn() -> None:
    stopping, inside = threading.Event(), threading.Event()

    def second() -> Loaded | None:
        inside.wait(10)
        with memory.turn("b") as held:
            return held

    with ollama("a:latest", "b:latest") as (state, server), Memory(server, stopping=stopping) as memory:
        with ThreadPoolExecutor(1) as pool, memory.turn("a"):
            waiting = pool.submit(second)
            inside.set()
            time.sleep(0.1)
            stopping.set()
            assert waiting.result(10) is None
        assert state.loads == ["a:latest"]


def test_whoever_waits_for_a_turn_keeps_no_room_in_the_budget(settings: Settings) -> None:
    settings.cache.mkdir(parents=True)
    tables = (
        f"[models.{name}]\nblended_price = 1000\nmax_tokens = {most}\n" for name, most in (("a", 600), ("b", 300))
    )
    (settings.cache / "models.toml").write_text("".join(tables))
    asked: list[tuple[str, int]] = []
    usage = {"prompt_tokens": 0, "completion_tokens": 250}
    with (
        ollama("a:latest", "b:latest") as (_, server),
        ModelServer(usage=usage, slow=0.2) as answers,
        Memory(server, stopping=threading.Event()) as memory,
    ):
        access = Access(base_url=answers.url, folder=settings.cache)
        a, b = (
            Resident(model=open_model(name, (), settings=settings, access=access), memory=memory) for name in ("a", "b")
        )
        wanted, budget = [(a, 0), (a, 1), (b, 0)], Budget(1.0)
        for resident, _ in wanted:
            memory.expect(resident.name)

        def one(resident: Resident, sample: int) -> None:
            prompt = replace(PROMPT, tokens=1)
            respond(prompt, resident, instance_id="i", arm="x", sample=sample, budget=budget)
            asked.append((resident.name, sample))
            memory.over(resident.name)

        with ThreadPoolExecutor(3) as pool:
            waiting = []
            for resident, sample in wanted:
                waiting.append(pool.submit(one, resident, sample))
                time.sleep(0.05)
            for done in waiting:
                done.result(20)
    assert [name for name, _ in asked] == ["a", "a", "b"]
    assert budget.spent_usd == 0.75


def test_a_resident_says_in_its_exchange_why_it_was_not_asked(settings: Settings) -> None:
    with ollama("embed:latest") as (_, server):
        here = at(server, settings)
        (model,) = models(here, "ollama/embed")
        with Memory(server, stopping=threading.Event()) as memory:
            resident = Resident(model=model, memory=memory)  # type: ignore[arg-type]
            exchange = resident.reply(PROMPT, instance_id="i", arm="a", sample=0)
    assert (exchange.tries, exchange.model) == (0, "ollama/embed")
    assert "does not support generate" in str(exchange.error)
    assert (resident.name, resident.untouched, resident.estimate(PROMPT)) == ("ollama/embed", False, 0.0)

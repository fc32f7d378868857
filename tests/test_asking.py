from __future__ import annotations

import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from swebench_lite.asking import Asker, Question, Reply, check_thinking, make_prompt
from swebench_lite.backends import Stopped
from swebench_lite.errors import RepositoryError, StoreError, UsageError
from swebench_lite.models import Access, Model, Retry, for_run, open_model
from swebench_lite.records import Arm, AttemptKey, Exchange, Instance, Prompt
from swebench_lite.respond import Budget, BudgetSpent, NoReply
from swebench_lite.settings import Settings
from swebench_lite.store import Exchanges
from tests.model_server import ModelServer

ARM = Arm(name="harnessed", contract="One diff.")
PLAIN = Instance(instance_id="plain", repo="no/where", base_commit="0" * 40, problem_statement="It breaks.")


@dataclass(frozen=True)
class Attempt:
    """What an asker needs to know of an attempt."""

    key: AttemptKey
    instance: Instance
    question: Question | None


@dataclass(frozen=True)
class Scripted:
    """A model that does what it is told for each sample, and counts how often it was asked."""

    act: Callable[[int], str | BaseException] = lambda _: "yes"
    cost: float | None = 0.0
    guess: float | None = 0.0
    tries: int = 1
    name: str = "scripted"
    untouched: bool = False
    asked: Counter[int] = field(default_factory=Counter)

    def reply(self, prompt: Prompt, *, instance_id: str, arm: str, sample: int) -> Exchange:  # noqa: ARG002
        self.asked[sample] += 1
        said = self.act(sample)
        exchange = Exchange(request=prompt.user, reply="", model=self.name, cost_usd=self.cost, tries=self.tries)
        if isinstance(said, OSError):
            return replace(exchange, error=str(said))
        if isinstance(said, BaseException):
            raise said
        return replace(exchange, reply=said)

    def estimate(self, prompt: Prompt) -> float | None:  # noqa: ARG002
        return self.guess


@pytest.fixture
def exchanges(tmp_path: Path) -> Exchanges:
    return Exchanges(tmp_path / "run")


def attempts(model: Model, samples: int = 1, *, arm: Arm = ARM, instance: Instance = PLAIN) -> list[Attempt]:
    return [
        Attempt(
            AttemptKey(run_id="r", instance_id=instance.instance_id, model=model.name, arm=arm.name, sample=number),
            instance,
            Question(model=model, arm=arm),
        )
        for number in range(samples)
    ]


def replies(asker: Asker, wanted: Sequence[Attempt]) -> list[Reply]:
    asker.begin(wanted)
    return [asker.reply(one.key) for one in wanted]


def test_every_attempt_gets_its_own_reply_with_the_prompt_it_answers(settings: Settings, exchanges: Exchanges) -> None:
    model = Scripted(act=lambda sample: f"reply {sample}")
    with Asker(settings=settings, exchanges=exchanges) as asker:
        found = replies(asker, attempts(model, 3))
    assert [one.exchange.reply for one in found] == ["reply 0", "reply 1", "reply 2"]
    assert all(one.prompt and "It breaks." in one.prompt.user for one in found)


def test_an_attempt_that_asks_nobody_is_passed_over(settings: Settings, exchanges: Exchanges) -> None:
    key = AttemptKey(run_id="r", instance_id="plain", model="gold")
    with Asker(settings=settings, exchanges=exchanges) as asker:
        asker.begin([Attempt(key, PLAIN, None)])
        with pytest.raises(KeyError):
            asker.reply(key)


def test_what_was_answered_is_never_asked_again(settings: Settings, exchanges: Exchanges) -> None:
    model = Scripted()
    for _ in range(2):
        with Asker(settings=settings, exchanges=exchanges) as asker:
            assert replies(asker, attempts(model))[0].exchange.reply == "yes"
    assert model.asked == {0: 1}


def test_what_failed_is_kept_and_asked_again_by_the_next_one(settings: Settings, exchanges: Exchanges) -> None:
    failing, well = Scripted(act=lambda _: OSError("HTTP status 500"), cost=0.25), Scripted()
    (one,) = attempts(failing)
    with Asker(settings=settings, exchanges=exchanges) as asker:
        asker.begin([one])
        with pytest.raises(NoReply, match="HTTP status 500"):
            asker.reply(one.key)
    with Asker(settings=settings, exchanges=exchanges) as asker:
        assert replies(asker, attempts(well))[0].exchange.reply == "yes"
    kept = exchanges.get(one.key)
    assert kept is not None
    assert [each.error for each in kept.exchanges] == ["HTTP status 500", None]
    assert exchanges.spent_usd() == 0.25


def test_a_request_under_way_is_on_record_until_its_reply_is(settings: Settings, exchanges: Exchanges) -> None:
    seen: list[int] = []

    def look(_: int) -> str:
        seen.append(exchanges.lost())
        return "yes"

    with Asker(settings=settings, exchanges=exchanges) as asker:
        replies(asker, attempts(Scripted(act=look)))
    assert (seen, exchanges.lost()) == ([1], 0)


def test_a_note_that_a_kill_left_beside_a_reply_goes(settings: Settings, exchanges: Exchanges) -> None:
    wanted = attempts(Scripted())
    with Asker(settings=settings, exchanges=exchanges) as asker:
        replies(asker, wanted)
    exchanges.asking(wanted[0].key)
    with Asker(settings=settings, exchanges=exchanges) as asker:
        replies(asker, wanted)
    assert exchanges.lost() == 0


def test_a_bug_in_a_model_reaches_its_own_attempt_only_and_leaves_no_note(
    settings: Settings, exchanges: Exchanges
) -> None:
    wanted = attempts(Scripted(act=lambda sample: ZeroDivisionError("deep") if sample == 1 else "yes"), 3)
    with Asker(settings=settings, exchanges=exchanges) as asker:
        asker.begin(wanted)
        assert asker.reply(wanted[0].key).exchange.reply == "yes"
        with pytest.raises(ZeroDivisionError):
            asker.reply(wanted[1].key)
        assert asker.reply(wanted[2].key).exchange.reply == "yes"
    assert exchanges.lost() == 0


def test_a_repository_that_is_not_there_ends_one_attempt_and_asks_nobody(
    settings: Settings, exchanges: Exchanges
) -> None:
    model = Scripted()
    (one,) = attempts(model, arm=replace(ARM, context="repo-map"))
    with Asker(settings=settings, exchanges=exchanges) as asker:
        asker.begin([one])
        with pytest.raises(RepositoryError, match="no/where"):
            asker.reply(one.key)
    assert (model.asked, exchanges.lost()) == ({}, 0)


def test_a_spent_budget_leaves_the_rest_unasked(settings: Settings, exchanges: Exchanges) -> None:
    model = Scripted(cost=0.4, guess=0.4)
    wanted = attempts(model, 4)
    ended = []
    with Asker(settings=settings, exchanges=exchanges, budget=Budget(1.0)) as asker:
        asker.begin(wanted)
        for one in wanted:
            try:
                ended.append(asker.reply(one.key).exchange.reply)
            except BudgetSpent:
                ended.append("spent")
    assert sorted(ended) == ["spent", "spent", "yes", "yes"]
    assert (sum(model.asked.values()), exchanges.lost(), exchanges.spent_usd()) == (2, 0, 0.8)


def test_once_stopped_nothing_new_is_asked(settings: Settings, exchanges: Exchanges) -> None:
    model = Scripted()
    wanted = attempts(model, 2)
    stopping = threading.Event()
    stopping.set()
    with Asker(settings=settings, exchanges=exchanges, stopping=stopping) as asker:
        asker.begin(wanted)
        for one in wanted:
            with pytest.raises(Stopped):
                asker.reply(one.key)
    assert model.asked == {}


def test_what_is_under_way_when_a_run_stops_is_waited_for_and_kept(settings: Settings, exchanges: Exchanges) -> None:
    entered = threading.Event()

    def slow(_: int) -> str:
        entered.set()
        time.sleep(0.3)
        return "yes"

    wanted = attempts(Scripted(act=slow), 5)

    def interrupted() -> None:
        with Asker(settings=settings, exchanges=exchanges, workers=1) as asker:
            asker.begin(wanted)
            entered.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [one.answer.reply for one in exchanges.all() if one.answer] == ["yes"]
    assert exchanges.lost() == 0


def test_a_request_that_was_stopped_before_it_was_sent_is_no_failure(settings: Settings, exchanges: Exchanges) -> None:
    stopping = threading.Event()
    with ModelServer(slow=0.5) as server:
        access = Access(base_url=server.url, folder=settings.cache)
        model = for_run(open_model("ollama/tiny", (), settings=settings, access=access), run_id="r", stopping=stopping)
        wanted = attempts(model, 4)
        with Asker(settings=settings, exchanges=exchanges, workers=4, stopping=stopping) as asker:
            asker.begin(wanted)
            while not server.count:
                time.sleep(0.01)
            stopping.set()
            ended = []
            for one in wanted:
                try:
                    ended.append(asker.reply(one.key).exchange.error)
                except Stopped:
                    ended.append("stopped")
    assert server.count == 1
    assert sorted(map(str, ended)) == ["None", "stopped", "stopped", "stopped"]
    assert (len(list(exchanges.all())), exchanges.lost()) == (1, 0)


def test_requests_that_wait_for_the_budget_are_not_sent_once_a_run_stops(
    settings: Settings, exchanges: Exchanges
) -> None:
    (settings.cache).mkdir(parents=True)
    (settings.cache / "models.toml").write_text("[models.tiny]\nblended_price = 100\nmax_tokens = 1000\n")
    stopping = threading.Event()
    with ModelServer(slow=0.5) as server:
        access = Access(base_url=server.url, folder=settings.cache, retry=Retry(tries=1))
        model = for_run(open_model("tiny", (), settings=settings, access=access), run_id="r", stopping=stopping)
        wanted = attempts(model, 4)
        budget = Budget((model.estimate(make_prompt(PLAIN, ARM, settings)) or 0) * 1.5)
        with Asker(settings=settings, exchanges=exchanges, budget=budget, stopping=stopping) as asker:
            asker.begin(wanted)
            while not server.count:
                time.sleep(0.01)
            stopping.set()
    assert server.count == 1


def test_a_failure_that_a_stop_cut_short_is_kept_as_one(settings: Settings, exchanges: Exchanges) -> None:
    stopping = threading.Event()
    with ModelServer(plan=("500",) * 6) as server:
        access = Access(base_url=server.url, folder=settings.cache, retry=Retry(first=60.0))
        model = for_run(open_model("tiny", (), settings=settings, access=access), run_id="r", stopping=stopping)
        (one,) = attempts(model)
        with Asker(settings=settings, exchanges=exchanges, stopping=stopping) as asker:
            asker.begin([one])
            while not server.count:
                time.sleep(0.01)
            time.sleep(0.1)
            begun = time.monotonic()
            stopping.set()
            with pytest.raises(NoReply, match="HTTP status 500"):
                asker.reply(one.key)
    assert time.monotonic() - begun < 10
    kept = exchanges.get(one.key)
    assert kept is not None
    assert [each.tries for each in kept.exchanges] == [1]


def test_a_level_that_a_model_cannot_be_asked_for_is_told_before_anybody_is_asked(settings: Settings) -> None:
    numbered = replace(ARM, name="numbered", thinking="8000")
    with ModelServer() as server:
        model = open_model("tiny", (), settings=settings, access=Access(base_url=server.url, folder=settings.cache))
        asked = [*attempts(model), *attempts(model, arm=numbered)]
        with pytest.raises(UsageError, match=r"tiny cannot be asked in the arm 'numbered': .*not a number of tokens"):
            check_thinking(one.question for one in asked if one.question is not None)
    assert server.count == 0


def test_a_prompt_is_made_once_for_all_models_and_samples(settings: Settings, exchanges: Exchanges) -> None:
    wanted = [*attempts(Scripted(name="a"), 3), *attempts(Scripted(name="b"), 3)]
    with Asker(settings=settings, exchanges=exchanges) as asker:
        made = {id(asker.prompt(one.instance, ARM)) for one in wanted}
    assert len(made) == 1


def test_replies_wait_on_the_disk_and_not_in_memory(settings: Settings, exchanges: Exchanges) -> None:
    wanted = attempts(Scripted(act=lambda sample: f"{sample}" * 1_000_000), 40)
    tracemalloc.start()
    try:
        with Asker(settings=settings, exchanges=exchanges) as asker:
            asker.begin(wanted)
            deadline = time.monotonic() + 60
            while len(list(exchanges.folder.glob("*.json"))) < len(wanted) or exchanges.lost():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            time.sleep(0.2)
            held, _ = tracemalloc.get_traced_memory()
            assert len(asker.reply(wanted[7].key).exchange.reply) == 1_000_000
    finally:
        tracemalloc.stop()
    assert held < 10_000_000


def test_a_kept_reply_that_is_damaged_before_it_is_used_stops_the_run(settings: Settings, exchanges: Exchanges) -> None:
    (one,) = attempts(Scripted())
    with Asker(settings=settings, exchanges=exchanges) as asker:
        asker.begin([one])
        while not any(exchanges.all()) or exchanges.lost():
            time.sleep(0.01)
        (file,) = exchanges.folder.glob("*.json")
        file.write_text("{")
        with pytest.raises(StoreError, match="resume the run"):
            asker.reply(one.key)


def test_a_damaged_reply_of_an_earlier_run_is_asked_for_again(settings: Settings, exchanges: Exchanges) -> None:
    model = Scripted()
    wanted = attempts(model)
    with Asker(settings=settings, exchanges=exchanges) as asker:
        replies(asker, wanted)
    (file,) = exchanges.folder.glob("*.json")
    file.write_bytes(file.read_bytes()[:40])
    with Asker(settings=settings, exchanges=exchanges) as asker:
        assert replies(asker, wanted)[0].exchange.reply == "yes"
    assert model.asked == {0: 2}


def test_a_reply_of_half_characters_is_kept_as_it_came(settings: Settings, exchanges: Exchanges) -> None:
    odd = "\ud800 \udcff \x00 \u2028 é"
    with Asker(settings=settings, exchanges=exchanges) as asker:
        assert replies(asker, attempts(Scripted(act=lambda _: odd)))[0].exchange.reply == odd


def test_no_more_requests_run_at_a_time_than_there_are_workers(settings: Settings, exchanges: Exchanges) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def act(_: int) -> str:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return "yes"

    with Asker(settings=settings, exchanges=exchanges, workers=3) as asker:
        replies(asker, attempts(Scripted(act=act), 12))
    assert most == [3]


def test_the_end_of_every_attempt_is_heard_of_however_it_came(settings: Settings, exchanges: Exchanges) -> None:
    acts: list[str | BaseException] = ["yes", OSError("no"), ZeroDivisionError()]
    wanted = attempts(Scripted(act=lambda sample: acts[sample]), 3)
    heard: list[int] = []
    with Asker(settings=settings, exchanges=exchanges, over=lambda key: heard.append(key.sample)) as asker:
        asker.begin(wanted)
    assert sorted(heard) == [0, 1, 2]

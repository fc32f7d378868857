from __future__ import annotations

import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from swebench_lite.errors import AttemptError, ProviderError
from swebench_lite.models import Access, Retry, open_model
from swebench_lite.records import Exchange, Outcome, Prompt
from swebench_lite.respond import Budget, BudgetSpent, NoReply, respond
from swebench_lite.settings import Settings
from tests.model_server import ModelServer

PROMPT = Prompt(system="s", user="u", tokens=100)


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A model with a price: what it says it may cost, and what it costs."""

    guess: float | None
    cost: float | None
    error: str | None = None
    seconds: float = 0.0
    name: str = "priced"
    untouched: bool = False
    asked: list[int] = field(default_factory=list)

    def reply(self, prompt: Prompt, *, instance_id: str, arm: str, sample: int) -> Exchange:  # noqa: ARG002
        self.asked.append(sample)
        time.sleep(self.seconds)
        return Exchange(request="q", reply="r", model=self.name, cost_usd=self.cost, error=self.error)

    def estimate(self, prompt: Prompt) -> float | None:  # noqa: ARG002
        return self.guess


def ask(model: Priced, budget: Budget | None, sample: int = 0) -> Exchange:
    return respond(PROMPT, model, instance_id="a", arm="x", sample=sample, budget=budget)


def test_a_failure_carries_its_exchange(settings: Settings) -> None:
    with ModelServer(plan=("401",)) as server:
        model = open_model("tiny", (), settings=settings, access=Access(base_url=server.url, folder=settings.cache))
        with pytest.raises(ProviderError, match="tiny did not answer: HTTP status 401") as caught:
            respond(PROMPT, model, instance_id="a", arm="x", sample=0)
    assert isinstance(caught.value, NoReply)
    assert (caught.value.exchange.status, caught.value.outcome) == (401, Outcome.PROVIDER)
    assert "told to say 401" in caught.value.exchange.response


def test_a_failure_travels_between_processes_whole() -> None:
    error = NoReply("no", Exchange(request="q", reply="", model="m", error="e"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (str(again), again.exchange) == ("no", error.exchange)


def test_seconds_are_the_models_own_where_it_says_them(settings: Settings) -> None:
    with ModelServer(plan=("500",)) as server:
        access = Access(base_url=server.url, folder=settings.cache, retry=Retry(sleep=lambda _: time.sleep(0.5)))
        model = open_model("tiny", (), settings=settings, access=access)
        begun = time.monotonic()
        exchange = respond(PROMPT, model, instance_id="a", arm="x", sample=0)
    assert time.monotonic() - begun > 0.5
    assert 0 < exchange.seconds < 0.5


def test_seconds_are_measured_where_the_model_says_none() -> None:
    assert ask(Priced(guess=0.0, cost=0.0, seconds=0.02), None).seconds >= 0.02


def test_a_canned_reply_needs_no_budget(tmp_path: Path) -> None:
    null = open_model("null", ())
    assert respond(PROMPT, null, instance_id="a", arm="x", sample=0, budget=Budget(0)).cost_usd == 0.0


def test_once_spent_nobody_is_asked_any_more() -> None:
    model, budget = Priced(guess=0.4, cost=0.3), Budget(1.0)
    for sample in range(3):
        ask(model, budget, sample)
    with pytest.raises(
        BudgetSpent, match=r"\$0.90 of \$1.00 are spent, and the next request to priced may cost \$0.40"
    ):
        ask(model, budget, 3)
    assert model.asked == [0, 1, 2]
    assert budget.spent_usd == 0.9


def test_an_attempt_without_budget_is_not_run() -> None:
    assert BudgetSpent.outcome is Outcome.NOT_RUN
    assert issubclass(BudgetSpent, AttemptError)


def test_a_resumed_run_counts_what_was_spent_before() -> None:
    with pytest.raises(BudgetSpent):
        ask(Priced(guess=0.2, cost=0.2), Budget(1.0, spent_usd=0.9))


def test_the_limit_itself_may_be_spent() -> None:
    budget = Budget(0.3)
    for _ in range(3):
        ask(Priced(guess=0.1, cost=0.1), budget)
    assert budget.spent_usd == 0.3


def test_a_failed_request_costs_nothing_unless_the_provider_says_so() -> None:
    budget = Budget(1.0)
    for cost in (None, 0.25):
        with pytest.raises(NoReply):
            ask(Priced(guess=0.5, cost=cost, error="down"), budget)
    assert budget.spent_usd == 0.25


def test_a_reply_without_a_cost_counts_as_its_estimate() -> None:
    budget = Budget(1.0)
    ask(Priced(guess=0.5, cost=None), budget)
    assert budget.spent_usd == 0.5


def test_a_model_without_any_price_cannot_be_kept_in_a_budget() -> None:
    model, budget = Priced(guess=None, cost=None), Budget(1.0)
    ask(model, budget)
    with pytest.raises(BudgetSpent, match=r"what priced costs is not known.*models\.toml"):
        ask(model, budget)
    assert model.asked == [0]


def test_without_an_estimate_the_dearest_request_so_far_is_reserved() -> None:
    model, budget = Priced(guess=None, cost=0.4), Budget(1.0)
    ask(model, budget)
    ask(model, budget)
    with pytest.raises(BudgetSpent, match=r"may cost \$0.40"):
        ask(model, budget)


def test_a_budget_of_nothing_allows_only_what_is_free() -> None:
    ask(Priced(guess=0.0, cost=0.0), Budget(0))
    for guess in (0.01, None):
        with pytest.raises(BudgetSpent):
            ask(Priced(guess=guess, cost=0.01), Budget(0))


@pytest.mark.parametrize("limit", [-1, float("nan"), float("inf")])
def test_a_limit_that_is_no_amount_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="is no amount of money"):
        Budget(limit)


def test_a_crash_in_between_gives_the_reservation_back() -> None:
    budget = Budget(1.0)
    with pytest.raises(ZeroDivisionError), budget.request(0.9):
        _ = 1 // 0
    ask(Priced(guess=0.9, cost=0.9), budget)


def test_many_threads_never_spend_more_than_the_limit() -> None:
    model, budget = Priced(guess=0.10, cost=0.07, seconds=0.001), Budget(1.0)

    def one(sample: int) -> bool:
        try:
            ask(model, budget, sample)
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = sum(pool.map(one, range(40)))
    # 13 requests make $0.91; a fourteenth might cost $0.10, which is more than is left.
    assert (made, budget.spent_usd) == (13, 0.91)


def test_requests_that_do_not_fit_beside_others_wait_for_them() -> None:
    budget, entered = Budget(1.0), threading.Event()

    def long() -> None:
        with budget.request(0.9) as bill:
            entered.set()
            time.sleep(0.1)
            bill.costs.append(0.1)

    thread = threading.Thread(target=long)
    thread.start()
    assert entered.wait(5)
    ask(Priced(guess=0.8, cost=0.8), budget)
    thread.join()
    assert budget.spent_usd == 0.9


@examples(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 50), max_size=30), st.integers(0, 300))
def test_a_budget_adds_to_the_cent(cents: list[int], limit: int) -> None:
    budget, spent = Budget(limit / 100), 0
    for cent in cents:
        try:
            ask(Priced(guess=cent / 100, cost=cent / 100), budget)
            spent += cent
        except BudgetSpent:
            assert spent + cent > limit
    assert Decimal(str(budget.spent_usd)) == Decimal(spent) / 100


@dataclass
class Crowd:
    """Counts how many are inside at once, and how many were let in."""

    inside: int = 0
    most: int = 0
    entered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def visit(self, budget: Budget, estimate: float | None, cost: float | None, who: str = "unpriced") -> None:
        try:
            with budget.request(estimate, who=who) as bill:
                with self.lock:
                    self.inside, self.entered = self.inside + 1, self.entered + 1
                    self.most = max(self.most, self.inside)
                time.sleep(0.05)
                with self.lock:
                    self.inside -= 1
                bill.costs.append(cost)
        except BudgetSpent:
            pass


@pytest.mark.parametrize("before", [0.0, 0.001])
@pytest.mark.parametrize("cost", [0.9, None])
def test_a_cheap_reply_of_another_model_does_not_let_unpriced_requests_go_together(
    before: float, cost: float | None
) -> None:
    budget, crowd = Budget(1.0), Crowd()
    ask(Priced(guess=before, cost=before, name="cheap"), budget)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crowd.visit(budget, None, cost), range(8)))
    assert (crowd.most, crowd.entered) == (1, 1)
    assert budget.spent_usd == pytest.approx(before + (cost or 0))


def test_an_unpriced_reply_that_cost_nothing_says_nothing_of_the_next_one() -> None:
    budget, crowd = Budget(1.0), Crowd()
    ask(Priced(guess=None, cost=0.0, name="unpriced"), budget)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: crowd.visit(budget, None, 0.9), range(8)))
    assert (crowd.most, crowd.entered, budget.spent_usd) == (1, 1, 0.9)


def test_nothing_that_costs_runs_beside_a_request_of_which_nothing_is_known() -> None:
    budget, crowd, entered = Budget(1.0), Crowd(), threading.Event()

    def unknown() -> None:
        with budget.request(None, who="unpriced") as bill:
            entered.set()
            time.sleep(0.2)
            assert crowd.entered == 0
            bill.costs.append(0.9)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(unknown)
        assert entered.wait(5)
        pool.submit(crowd.visit, budget, 0.5, 0.5, "priced").result()
        first.result()
    assert (crowd.entered, budget.spent_usd) == (0, 0.9)


def test_each_model_without_a_price_has_a_dearest_request_of_its_own() -> None:
    budget = Budget(1.0)
    ask(Priced(guess=None, cost=0.6, name="dear"), budget)
    ask(Priced(guess=None, cost=0.1, name="cheap"), budget)
    ask(Priced(guess=None, cost=0.1, name="cheap"), budget)
    with pytest.raises(BudgetSpent, match=r"next request to dear may cost \$0.60"):
        ask(Priced(guess=None, cost=0.6, name="dear"), budget)


def test_tries_that_failed_and_were_paid_count_in_the_budget(settings: Settings) -> None:
    budget = Budget(10.0)
    with ModelServer(plan=("broke-off",) * 3) as server:
        access = Access(base_url=server.url, folder=settings.cache, retry=Retry(tries=3, sleep=lambda _: None))
        model = open_model("tiny", (), settings=settings, access=access)
        with pytest.raises(NoReply) as caught:
            respond(PROMPT, model, instance_id="a", arm="x", sample=0, budget=budget)
    assert (caught.value.exchange.settled_usd, budget.spent_usd) == (1.5, 1.5)


@pytest.mark.parametrize(("cost", "settled"), [(None, 0.5), (0.2, 0.2)])
def test_an_exchange_says_what_the_budget_counted_for_it(cost: float | None, settled: float) -> None:
    assert ask(Priced(guess=0.5, cost=cost), Budget(1.0)).settled_usd == settled
    assert ask(Priced(guess=0.5, cost=cost), None).settled_usd is None


def test_a_stop_ends_the_wait_for_room_in_the_budget() -> None:
    budget, stopping, model = Budget(1.0), threading.Event(), Priced(guess=0.9, cost=0.9)
    threading.Timer(0.1, stopping.set).start()
    with budget.request(0.9), pytest.raises(NoReply, match="stopped before this was sent") as caught:
        respond(PROMPT, model, instance_id="a", arm="x", sample=0, budget=budget, stopping=stopping)
    assert (caught.value.exchange.tries, model.asked, budget.spent_usd) == (0, [], 0.0)

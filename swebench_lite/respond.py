"""Prompt, Model -> Exchange. The one place that asks a model, and the one that minds what it costs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from swebench_lite.errors import AttemptError, ProviderError
from swebench_lite.models import Model
from swebench_lite.models.protocol import UNSENT, InTurn
from swebench_lite.outcomes import Outcome
from swebench_lite.records import Exchange, Prompt

_LOOK = 0.2  # seconds after which whoever waits looks whether the run is being stopped


class NoReply(ProviderError):
    """The provider failed; ``exchange`` holds what was sent and what came back, to be stored."""

    def __init__(self, message: str, exchange: Exchange) -> None:
        super().__init__(message)
        self.exchange = exchange

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.exchange)


class BudgetSpent(AttemptError):
    """The next request may cost more than is left. The attempt was not made; a resumed run makes it."""

    outcome = Outcome.NOT_RUN


@dataclass(slots=True)
class Bill:
    """One request's account. costs: what it cost, by the caller; empty where it cost nothing, None for an unknown cost.

    settled_usd: what the budget counted for it, once it is settled. stopped: the run is being stopped, and there is no room
    kept: nothing is to be sent.
    """

    costs: list[float | None] = field(default_factory=list)
    settled_usd: float = 0.0
    stopped: bool = False


class Budget:
    """USD that the requests of a run may cost together. Thread-safe, and exact to the cent.

    A request reserves its estimate before it is sent and settles what it cost afterwards. One that does not fit beside
    those under way waits for them; one that does not fit beside what is spent is refused. A request without an estimate
    reserves what the dearest one to the same model has cost; until one has cost something it reserves all that is left, so
    that only what is free runs beside it. As soon as an estimate was too low, every request reserves at least what that one
    cost. Where neither price nor cost is known, the budget cannot be kept: after the first such request the next is refused.
    """

    def __init__(self, limit_usd: float, *, spent_usd: float = 0.0) -> None:
        """spent_usd: what a resumed run has spent already. Raises ValueError for a limit that is no amount."""
        self.limit = _amount(limit_usd)
        self._spent = _amount(spent_usd)
        self._reserved = Decimal(0)
        self._dearest: dict[str, Decimal] = {}
        self._missed = Decimal(0)
        self._unpriced = ""
        self._change = threading.Condition()

    @property
    def spent_usd(self) -> float:
        """What has been settled so far."""
        with self._change:
            return float(self._spent)

    @contextmanager
    def request(
        self, estimate: float | None, *, who: str = "the model", stopping: threading.Event | None = None
    ) -> Iterator[Bill]:
        """Room for one request within the block; the caller writes its cost into the bill, which is settled after it.

        who: the model's name. stopping: once it is set nothing is waited for. Raises BudgetSpent.
        """
        guess = None if estimate is None else _amount(estimate)
        reserved = self._reserve(guess, who, stopping or threading.Event())
        bill = Bill(stopped=reserved is None)
        try:
            yield bill
        finally:
            if reserved is not None:
                self._settle(reserved, guess, bill, who)

    def _reserve(self, estimate: Decimal | None, who: str, stopping: threading.Event) -> Decimal | None:
        """The amount that is kept free, all that is left where nothing is known of the model; None once stopping is set."""
        with self._change:
            while not stopping.is_set():
                held = self._price(estimate, who)
                left = self.limit - self._spent
                if left < held or (held == 0 and left == 0 and estimate is None):
                    raise BudgetSpent(
                        f"{_usd(self._spent)} of {_usd(self.limit)} are spent, and the next request to {who} may cost "
                        f"{_usd(held) if held else 'anything'}; raise the budget and resume the run"
                    )
                room = left if estimate is None and not held else held
                if self._reserved + room <= left:
                    self._reserved += room
                    return room
                self._change.wait(_LOOK)
        return None

    def _price(self, estimate: Decimal | None, who: str) -> Decimal:
        """What a request may cost: the estimate, no less than a cost that was above its own; else the model's dearest."""
        if estimate is None and self._unpriced:
            raise BudgetSpent(
                f"what {self._unpriced} costs is not known, so the budget of {_usd(self.limit)} cannot be kept; "
                "give its price in models.toml, or leave the budget out"
            )
        return max(estimate, self._missed) if estimate is not None else self._dearest.get(who, Decimal(0))

    def _settle(self, reserved: Decimal, estimate: Decimal | None, bill: Bill, who: str) -> None:
        with self._change:
            self._reserved -= reserved
            total = Decimal(0)
            for cost in bill.costs:
                if cost is not None:
                    spent = _amount(cost)
                elif estimate is not None:
                    # A request whose cost is not reported is taken at its estimate.
                    spent = reserved
                else:
                    spent = self._dearest.get(who, Decimal(0))
                    self._unpriced = self._unpriced or who
                total += spent
                if estimate is None and cost is not None:
                    self._dearest[who] = max(self._dearest.get(who, Decimal(0)), spent)
                if estimate is not None and spent > reserved:
                    self._missed = max(self._missed, spent)
            self._spent += total
            bill.settled_usd = float(total)
            self._change.notify_all()


def respond(
    prompt: Prompt,
    model: Model,
    *,
    instance_id: str,
    arm: str,
    sample: int,
    budget: Budget | None = None,
    stopping: threading.Event | None = None,
) -> Exchange:
    """One exchange; its ``seconds`` are those of the answered request, or the wall time where the model does not say.

    stopping: once it is set, room in the budget is not waited for any more; the exchange then has ``tries`` 0. Raises NoReply
    (a ProviderError with the exchange in it) where the provider failed or nothing was sent, BudgetSpent where the budget has
    no room for the request.
    """
    # The server first, then the budget: whoever kept room while it waits for its turn could keep out those it waits for.
    with model.turn() if isinstance(model, InTurn) else nullcontext(model) as ready:
        if budget is None:
            exchange = _timed(prompt, ready, instance_id, arm, sample)
        else:
            with budget.request(ready.estimate(prompt), who=model.name, stopping=stopping) as bill:
                exchange = _unsent(prompt, model) if bill.stopped else _timed(prompt, ready, instance_id, arm, sample)
                if not exchange.error or exchange.cost_usd is not None:
                    bill.costs.append(exchange.cost_usd)
            exchange = replace(exchange, settled_usd=bill.settled_usd)
    if exchange.error:
        raise NoReply(f"{model.name} did not answer: {exchange.error}", exchange)
    return exchange


def _unsent(prompt: Prompt, model: Model) -> Exchange:
    return Exchange(request=prompt.user, reply="", model=model.name, error=UNSENT, tries=0)


def _timed(prompt: Prompt, model: Model, instance_id: str, arm: str, sample: int) -> Exchange:
    begun = time.monotonic()
    exchange = model.reply(prompt, instance_id=instance_id, arm=arm, sample=sample)
    return exchange if exchange.seconds else replace(exchange, seconds=round(time.monotonic() - begun, 4))


def _amount(usd: float) -> Decimal:
    amount = Decimal(str(usd))
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{usd!r} is no amount of money; give USD from 0")
    return amount


def _usd(amount: Decimal) -> str:
    return f"${amount:.2f}" if amount == amount.quantize(Decimal("0.01")) else f"${amount.normalize():f}"

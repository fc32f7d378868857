"""What a run amounts to so far. Pure: a plan and its attempts in, figures out; the one owner of these counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from swebench_lite.records import Attempt, Outcome, Plan, Verdict

# Attempts that ended like this owe no bill, so an unknown cost of theirs leaves the total known.
_WITHOUT_BILL = frozenset({Outcome.NOT_RUN, Outcome.PROVIDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The figures of one run; ``by_outcome`` has every outcome and adds up to ``planned``.

    seconds: wall time. executions: attempts that ran in a sandbox; cache_hits: those whose evidence was there already.
    cost_usd: None where the bill of any attempt is unknown.
    """

    planned: int
    resolved: int
    official_resolved: int
    by_outcome: dict[str, int]
    seconds: float
    executions: int
    cache_hits: int
    cost_usd: float | None

    def document(self) -> dict[str, object]:
        """As in the ``summary`` of JSON documents."""
        return {
            "planned": self.planned,
            "resolved": self.resolved,
            "official_resolved": self.official_resolved,
            "by_outcome": dict(self.by_outcome),
            "seconds": round(self.seconds, 3),
            "executions": self.executions,
            "cache_hits": self.cache_hits,
            "cost_usd": None if self.cost_usd is None else round(self.cost_usd, 6),
        }


def fill(plan: Plan, attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """One attempt per planned key, in the plan's order; what is missing appears as NOT_RUN.

    Of attempts with the same key the last counts; attempts that were never planned do not.
    """
    found = {attempt.key: attempt for attempt in attempts}
    missing = Verdict(outcome=Outcome.NOT_RUN, reason="not run; resume the run to get it")
    return tuple(found.get(key) or Attempt(key=key, verdict=missing) for key in dict.fromkeys(plan.planned))


def totals(plan: Plan, attempts: Sequence[Attempt], *, seconds: float | None = None) -> Totals:
    """Figures over a plan. seconds: the run's wall time; None takes the span from the first start to the last end."""
    whole = fill(plan, attempts)
    counts = Counter(attempt.verdict.outcome for attempt in whole)
    return Totals(
        planned=len(whole),
        resolved=counts[Outcome.RESOLVED],
        official_resolved=sum(attempt.verdict.official_resolved for attempt in whole),
        by_outcome={outcome.value: counts[outcome] for outcome in Outcome},
        seconds=_span(whole) if seconds is None else seconds,
        executions=sum(bool(attempt.execution_key) and not attempt.cached for attempt in whole),
        cache_hits=sum(attempt.cached for attempt in whole),
        cost_usd=cost(whole),
    )


def cost(attempts: Sequence[Attempt]) -> float | None:
    """What attempts cost together in US dollars, or None where any bill is unknown or there is none."""
    billed = [attempt for attempt in attempts if attempt.verdict.outcome not in _WITHOUT_BILL or attempt.cost_usd]
    bills = [attempt.cost_usd for attempt in billed]
    known = [bill for bill in bills if bill is not None]
    return sum(known) if known and len(known) == len(bills) else None


def _span(attempts: Sequence[Attempt]) -> float:
    starts = [moment for attempt in attempts if (moment := _moment(attempt.started_at)) is not None]
    ends = [moment for attempt in attempts if (moment := _moment(attempt.finished_at)) is not None]
    return max(0.0, max(ends) - min(starts)) if starts and ends else 0.0


def _moment(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Attempt, AttemptKey, Outcome, Plan, Verdict
from swebench_lite.store.summary import cost, fill, totals


def key(number: int, run_id: str = "run") -> AttemptKey:
    return AttemptKey(run_id=run_id, instance_id=f"a-{number}", model="m")


def attempt(number: int, outcome: Outcome = Outcome.RESOLVED, **fields: object) -> Attempt:
    verdict = Verdict(outcome=outcome, reason="x", official_resolved=outcome is Outcome.RESOLVED)
    return Attempt(key=key(number), verdict=verdict, **fields)  # type: ignore[arg-type]


def plan(*numbers: int) -> Plan:
    planned = tuple(key(number) for number in numbers)
    return Plan(run_id="run", dataset="d", planned=planned, settings={}, provenance={}, created_at="")


@given(st.lists(st.integers(0, 9), max_size=12), st.lists(st.tuples(st.integers(0, 15), st.sampled_from(Outcome))))
def test_outcomes_add_up_to_the_plan(planned: list[int], ended: list[tuple[int, Outcome]]) -> None:
    figures = totals(plan(*planned), [attempt(number, outcome) for number, outcome in ended])
    assert sum(figures.by_outcome.values()) == figures.planned == len(set(planned))


def test_a_missing_attempt_appears_as_not_run_in_its_place() -> None:
    found = fill(plan(2, 1), [attempt(1)])
    assert [(one.key, one.verdict.outcome) for one in found] == [(key(2), Outcome.NOT_RUN), (key(1), Outcome.RESOLVED)]


def test_the_last_attempt_of_a_key_counts() -> None:
    assert fill(plan(1), [attempt(1), attempt(1, Outcome.TIMEOUT)])[0].verdict.outcome is Outcome.TIMEOUT


def test_an_attempt_outside_the_plan_does_not_count() -> None:
    assert totals(plan(1), [attempt(1), attempt(2)]).resolved == 1


def test_cached_evidence_is_no_execution() -> None:
    first, again = attempt(1, execution_key="k"), attempt(2, execution_key="k", cached=True)
    figures = totals(plan(1, 2, 3), [first, again, attempt(3)])
    assert (figures.executions, figures.cache_hits) == (1, 1)


def test_seconds_span_from_the_first_start_to_the_last_end() -> None:
    first = attempt(1, started_at="2026-11-21T11:00:00+00:00", finished_at="2026-11-21T11:00:05+00:00")
    last = attempt(2, started_at="2026-11-21T11:00:01Z", finished_at="2026-11-21T11:00:30Z")
    assert totals(plan(1, 2), [first, last]).seconds == 30


def test_times_that_are_no_times_span_nothing() -> None:
    assert totals(plan(1), [attempt(1, started_at="soon", finished_at="later")]).seconds == 0


def test_one_unknown_bill_makes_the_total_unknown() -> None:
    assert cost([attempt(1, cost_usd=1.0), attempt(2)]) is None


def test_known_bills_add_up() -> None:
    assert cost([attempt(1, cost_usd=1.0), attempt(2, cost_usd=0.5)]) == 1.5


def test_a_failed_request_does_not_hide_what_the_others_cost() -> None:
    assert cost([attempt(1, cost_usd=1.0), attempt(2, Outcome.PROVIDER)]) == 1.0


def test_no_bill_at_all_is_unknown_and_not_zero() -> None:
    assert totals(plan(1), [attempt(1)]).document()["cost_usd"] is None

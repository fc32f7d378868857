"""The one report model: a plan with every attempt in its place, and its JSON document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from swebench_lite.records import OUTCOMES, Attempt, FormatScore, Instance, Outcome, Plan, Reading, Score, Verdict
from swebench_lite.reports.figures import effect_document
from swebench_lite.reports.rates import Group, breakdowns, contestants, group
from swebench_lite.scoring.verdicts import ModelDeltas, attempt_deltas
from swebench_lite.store.summary import Totals, fill, totals

# Lists for people start with what was resolved and end with what never ran.
_ORDER = {outcome: number for number, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A run as every format shows it.

    attempts: one per planned key, in the plan's order. unplanned: how many stored attempts the plan does not know.
    breakdowns: groups per repository, language, difficulty, category, where instances are known and differ. effects: what
    the harness did for each model that has attempts in both arms. notes: what a reader must know of the run beside that.
    """

    plan: Plan
    attempts: tuple[Attempt, ...]
    unplanned: int
    totals: Totals
    overall: Group
    contestants: tuple[Group, ...]
    breakdowns: Mapping[str, tuple[Group, ...]]
    instances: Mapping[str, Instance]
    effects: tuple[ModelDeltas, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """Every group that a report shows, so that its tables can have the same columns."""
        return (*self.contestants, *(counts for groups in self.breakdowns.values() for counts in groups))

    @property
    def sorted_attempts(self) -> tuple[Attempt, ...]:
        """By outcome, then instance, model, arm and sample."""
        return tuple(sorted(self.attempts, key=_place))


def build(
    plan: Plan,
    attempts: Sequence[Attempt],
    *,
    seconds: float,
    instances: Mapping[str, Instance] | None = None,
    categories: Mapping[str, str] | None = None,
) -> RunReport:
    """The report of a run. seconds: the run's wall time; instances: by id, for tables per repository and the like.

    categories: of file tasks, by instance id. Planned attempts that are missing appear as NOT_RUN, so outcomes add up to the
    plan.
    """
    whole = fill(plan, attempts)
    known = instances or {}
    return RunReport(
        plan=plan,
        attempts=whole,
        unplanned=len({attempt.key for attempt in attempts} - set(plan.planned)),
        totals=totals(plan, attempts, seconds=seconds),
        overall=group("all", whole),
        contestants=contestants(whole),
        breakdowns=breakdowns(whole, known, categories),
        instances=known,
        effects=attempt_deltas(whole),
    )


def to_json(report: RunReport) -> dict[str, object]:
    """The JSON document of run, eval, replay, report and ``runs show``. Unknown costs and missing scores are null."""
    overall = report.overall
    statuses = Counter(OUTCOMES[attempt.verdict.outcome].status for attempt in report.attempts)
    summary = {
        **report.totals.document(),
        "scored": overall.scored,
        "instances": overall.instances,
        "rate": overall.rate,
        "interval": None if overall.interval is None else list(overall.interval),
        "strict_rate": overall.strict_rate,
        "statuses": {status: statuses[status] for status in ("passed", "failed", "error", "api_error")},
    }
    return {
        "run_id": report.plan.run_id,
        "dataset": report.plan.dataset,
        "created_at": report.plan.created_at,
        "summary": summary,
        "contestants": [_group(counts) for counts in report.contestants],
        "breakdowns": {title: [_group(counts) for counts in groups] for title, groups in report.breakdowns.items()},
        "effects": [effect_document(effect) for effect in report.effects],
        "attempts": [_attempt(attempt) for attempt in report.attempts],
    }


def render(report: RunReport) -> str:
    """``to_json`` as text."""
    return json.dumps(to_json(report), indent=2) + "\n"


def _group(counts: Group) -> dict[str, object]:
    return {
        "name": counts.name,
        "planned": counts.planned,
        "scored": counts.scored,
        "instances": counts.instances,
        "resolved": counts.resolved,
        "rate": counts.rate,
        "interval": None if counts.interval is None else list(counts.interval),
        "strict_rate": counts.strict_rate,
        "execution_score": counts.execution,
        "format_score": counts.form,
        "cost_usd": counts.cost_usd,
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    key, verdict, application = attempt.key, attempt.verdict, attempt.application
    return {
        "instance_id": key.instance_id,
        "model": key.model,
        "arm": key.arm,
        "sample": key.sample,
        "outcome": verdict.outcome.value,
        "status": OUTCOMES[verdict.outcome].status,
        "reason": verdict.reason,
        "resolved": verdict.resolved,
        "official_resolved": verdict.official_resolved,
        "apply_step": application.step if application else None,
        "strict_applies": application.strict if application else None,
        "official_applies": application.official if application else None,
        "repaired_applies": application.repaired if application else None,
        "repairs": list(application.repairs) if application else [],
        "f2p_failed": list(verdict.tests.f2p_failure),
        "p2p_failed": list(verdict.tests.p2p_failure),
        "test_seconds": round(attempt.test_seconds, 3),
        "overhead_seconds": round(attempt.overhead_seconds, 3),
        "cached": attempt.cached,
        "flags": [flag.value for flag in verdict.flags],
        "score": _score(attempt.score),
        "lenient_score": _score(attempt.lenient_score),
        "format_score": _format(attempt.format_score),
        "reading": _reading(attempt.reading),
        "repaired_verdict": _verdict(attempt.repaired_verdict),
        "model_seconds": attempt.model_seconds,
        "environment": attempt.environment,
        "patch_sha256": attempt.patch_sha256,
        "cost_usd": attempt.cost_usd,
        "input_tokens": attempt.input_tokens,
        "output_tokens": attempt.output_tokens,
    }


def _score(score: Score | None) -> dict[str, object] | None:
    return None if score is None else {"value": score.value, "maximum": score.maximum, "reason": score.reason}


def _format(score: FormatScore | None) -> dict[str, object] | None:
    if score is None:
        return None
    parts = [{"part": part, "points": points, "of": most} for part, points, most in score.parts]
    return {"total": score.total, "parts": parts}


def _reading(reading: Reading | None) -> dict[str, object] | None:
    if reading is None:
        return None
    return {"form": reading.form, "notes": list(reading.notes), "parses": reading.parses}


def _verdict(verdict: Verdict | None) -> dict[str, object] | None:
    if verdict is None:
        return None
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "resolved": verdict.resolved,
        "official_resolved": verdict.official_resolved,
    }


def _place(attempt: Attempt) -> tuple[int, str, str, str, int]:
    key = attempt.key
    return _ORDER[attempt.verdict.outcome], key.instance_id, key.model, key.arm, key.sample

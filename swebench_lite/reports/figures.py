"""One contestant in figures: how many resolved and how sure that is, how far the rest came, and what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from swebench_lite.records import Attempt, Outcome
from swebench_lite.reports.rates import mean_execution
from swebench_lite.reports.text import clean
from swebench_lite.scoring.funnel import Step, Usage, funnel, usage
from swebench_lite.scoring.intervals import clustered_wilson
from swebench_lite.scoring.passk import PassAtK, mean_pass_at_k
from swebench_lite.scoring.verdicts import ModelDeltas


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """Some attempts in figures. Rates are shares of 1, None where there is nothing to divide by.

    planned: all attempts. n: the scored ones, of so many instances. interval: 95 % of ``rate``, see ``clustered_wilson``.
    steps: how far the scored attempts came. pass_at: pass@k for every k that some instance has samples for; empty where
    the attempts of an instance are not samples of one thing. format_score: mean of those that have one, 0..100.
    execution_score: mean on the scale of 0 to 3; None where no attempt is graded in points.
    """

    name: str
    planned: int
    n: int
    instances: int
    resolved: int
    official_resolved: int
    interval: tuple[float, float] | None
    by_outcome: Mapping[Outcome, int]
    steps: tuple[Step, ...]
    usage: Usage
    pass_at: tuple[PassAtK, ...]
    format_score: float | None
    execution_score: float | None = None

    @property
    def rate(self) -> float | None:
        """Resolved of the scored attempts."""
        return self.resolved / self.n if self.n else None

    @property
    def strict_rate(self) -> float | None:
        """Resolved of all planned attempts: what is not scored counts as a failure."""
        return self.resolved / self.planned if self.planned else None

    @property
    def official_rate(self) -> float | None:
        """Resolved by the official rule, of the scored attempts."""
        return self.official_resolved / self.n if self.n else None

    @property
    def cost_per_attempt(self) -> float | None:
        """US dollars per planned attempt; None where any bill is unknown."""
        return None if self.usage.cost_usd is None else self.usage.cost_usd / self.planned

    @property
    def excluded(self) -> Mapping[Outcome, int]:
        """The attempts that are not scored, by outcome."""
        return {outcome: count for outcome, count in self.by_outcome.items() if not outcome.scored}

    def reached(self, step: str) -> float | None:
        """The share of the scored attempts that came to a step, by its name."""
        return next(one.share for one in self.steps if one.name == step)


def figures(name: str, attempts: Sequence[Attempt]) -> GroupFigures:
    """The figures of some attempts under one name; no attempt may be there twice."""
    scored = [attempt for attempt in attempts if attempt.verdict.outcome.scored]
    resolved = sum(attempt.verdict.resolved for attempt in scored)
    sizes = Counter(attempt.key.instance_id for attempt in scored)
    formats = [attempt.format_score.total for attempt in scored if attempt.format_score is not None]
    found = Counter(attempt.verdict.outcome for attempt in attempts)
    return GroupFigures(
        name=name,
        planned=len(attempts),
        n=len(scored),
        instances=len(sizes),
        resolved=resolved,
        official_resolved=sum(attempt.verdict.official_resolved for attempt in scored),
        interval=clustered_wilson(resolved, sizes.values()) if scored else None,
        by_outcome={outcome: found[outcome] for outcome in Outcome if found[outcome]},
        steps=funnel(attempts),
        usage=usage(attempts),
        pass_at=_pass_at(scored),
        format_score=fmean(formats) if formats else None,
        execution_score=mean_execution(scored),
    )


def document(group: GroupFigures) -> dict[str, object]:
    """A group in the JSON document of ``compare``; unknown figures are null."""
    used = group.usage
    return {
        "name": group.name,
        "planned": group.planned,
        "n": group.n,
        "instances": group.instances,
        "resolved": group.resolved,
        "official_resolved": group.official_resolved,
        "rate": group.rate,
        "interval": None if group.interval is None else list(group.interval),
        "strict_rate": group.strict_rate,
        "official_rate": group.official_rate,
        "strict_apply_rate": group.reached("strictly"),
        "official_apply_rate": group.reached("officially"),
        "repaired_apply_rate": group.reached("repaired"),
        "cost_usd": None if used.cost_usd is None else round(used.cost_usd, 6),
        "known_costs": used.known_costs,
        "cost_per_attempt": group.cost_per_attempt,
        "cost_per_resolved": used.cost_per_resolved,
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "latency_median": used.latency_median,
        "latency_p95": used.latency_p95,
        "format_score": group.format_score,
        "execution_score": group.execution_score,
        "by_outcome": {outcome.value: count for outcome, count in group.by_outcome.items()},
        "funnel": [
            {"step": step.name, "count": step.count, "of": step.of, "unknown": step.unknown, "meaning": step.meaning}
            for step in group.steps
        ],
        "pass_at_k": [
            {"k": one.k, "value": one.value, "instances": one.instances, "left_out": one.left_out}
            for one in group.pass_at
        ],
    }


def effect_document(effect: ModelDeltas) -> dict[str, object]:
    """What the harness did for a model in the JSON document: means of both arms, deltas and verdict."""
    arms = ("harnessed", "unharnessed")
    return {
        "model": effect.model,
        "pairs": effect.pairs,
        "left_out": effect.left_out,
        "format": effect.format and dict(zip(arms, effect.format, strict=True)),
        "execution": effect.execution and dict(zip(arms, effect.execution, strict=True)),
        "delta_format": effect.delta_format,
        "delta_execution": effect.delta_execution,
        "verdict": effect.verdict.value,
    }


def effect_line(effect: ModelDeltas) -> str:
    """What the harness did for a model, in a line."""
    if not effect.pairs:
        return f"{clean(effect.model)}: {effect.verdict}: no instance is scored in both arms"
    deltas = f"format {signed(effect.delta_format)} of 100, execution {signed(effect.delta_execution)} of 3"
    pairs = f"{effect.pairs} pair{'' if effect.pairs == 1 else 's'}"
    return f"{clean(effect.model)}: {effect.verdict} by the noise bands (harnessed - unharnessed: {deltas}; {pairs})"


def signed(value: float | None, *, digits: int = 2) -> str:
    """A difference with its sign, ``+0.25``; ``unknown`` where there is none."""
    return "unknown" if value is None else f"{value:+.{digits}f}"


def _pass_at(scored: Sequence[Attempt]) -> tuple[PassAtK, ...]:
    if len({(attempt.key.model, attempt.key.arm) for attempt in scored}) != 1:
        return ()
    samples = Counter(attempt.key.instance_id for attempt in scored)
    resolved = Counter(attempt.key.instance_id for attempt in scored if attempt.verdict.resolved)
    counts = [(samples[instance], resolved[instance]) for instance in samples]
    return tuple(mean_pass_at_k(counts, k) for k in range(1, max(samples.values()) + 1))

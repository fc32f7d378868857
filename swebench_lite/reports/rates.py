"""Rates with their uncertainty, for a whole run and for its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from swebench_lite.records import Attempt, AttemptKey, Instance, Outcome, Source
from swebench_lite.reports.text import percent
from swebench_lite.scoring.funnel import UNKNOWN
from swebench_lite.scoring.intervals import clustered_wilson
from swebench_lite.scoring.verdicts import execution_score
from swebench_lite.store.summary import cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Counts of some attempts. scored: those whose outcome is the model's doing, of so many instances.

    interval: 95 % of ``rate``, see ``scoring.intervals.clustered_wilson``; None where none is scored. test_seconds: the wall
    time of their tests.
    execution: their mean on the scale of 0 to 3 (see ``scoring.verdicts.execution_score``); None where no attempt is graded
    in points. form: the mean format score, 0 to 100, of those that have one; None where none has.
    """

    name: str
    planned: int
    scored: int
    instances: int
    resolved: int
    official_resolved: int
    interval: tuple[float, float] | None
    test_seconds: float
    cost_usd: float | None
    execution: float | None = None
    form: float | None = None

    @property
    def rate(self) -> float | None:
        """Resolved of the scored attempts; None where none is scored."""
        return self.resolved / self.scored if self.scored else None

    @property
    def strict_rate(self) -> float | None:
        """Resolved of all planned attempts: what was not scored counts as a failure."""
        return self.resolved / self.planned if self.planned else None


def group(name: str, attempts: Sequence[Attempt]) -> Group:
    """The counts of some attempts under one name."""
    counted = [attempt for attempt in attempts if attempt.verdict.outcome.scored]
    sizes = Counter(attempt.key.instance_id for attempt in counted)
    resolved = sum(attempt.verdict.outcome is Outcome.RESOLVED for attempt in counted)
    forms = [attempt.format_score.total for attempt in counted if attempt.format_score is not None]
    return Group(
        name=name,
        planned=len(attempts),
        scored=len(counted),
        instances=len(sizes),
        resolved=resolved,
        interval=clustered_wilson(resolved, sizes.values()) if counted else None,
        official_resolved=sum(attempt.verdict.official_resolved for attempt in attempts),
        test_seconds=sum(attempt.test_seconds for attempt in attempts),
        cost_usd=cost(attempts),
        execution=mean_execution(counted),
        form=fmean(forms) if forms else None,
    )


def mean_execution(attempts: Sequence[Attempt]) -> float | None:
    """The mean execution score, 0 to 3, of scored attempts; None where none of them is graded in points."""
    if not any(attempt.score is not None for attempt in attempts):
        return None
    scores = [score for attempt in attempts if (score := execution_score(attempt)) is not None]
    return fmean(scores) if scores else None


def by(attempts: Sequence[Attempt], label: Callable[[Attempt], str]) -> tuple[Group, ...]:
    """One group per label, by name."""
    parts: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        parts.setdefault(label(attempt), []).append(attempt)
    return tuple(group(name, parts[name]) for name in sorted(parts))


def contestants(attempts: Sequence[Attempt]) -> tuple[Group, ...]:
    """One group per model and arm: ``model`` or ``model · arm``."""
    return by(attempts, lambda attempt: contestant(attempt.key))


def contestant(key: AttemptKey) -> str:
    """The name under which a model in an arm competes."""
    return key.model if key.arm == "none" else f"{key.model} · {key.arm}"


def breakdowns(
    attempts: Sequence[Attempt], instances: Mapping[str, Instance], categories: Mapping[str, str] | None = None
) -> Mapping[str, tuple[Group, ...]]:
    """Groups per repository, language, difficulty and category; a property that tells no two instances apart is left out.

    categories: by instance id, of file tasks; a repository instance has none, and goes under ``repository``.
    """
    labels: dict[str, Callable[[Instance], str | None]] = {
        "repository": _place,
        "language": lambda instance: instance.language,
        "difficulty": lambda instance: instance.difficulty,
    }
    if categories or any(instance.category for instance in instances.values()):
        labels["category"] = lambda instance: category(instance, categories or {})

    def labelled(read: Callable[[Instance], str | None]) -> tuple[Group, ...]:
        known = {instance_id: read(instance) or UNKNOWN for instance_id, instance in instances.items()}
        return by(attempts, lambda attempt: known.get(attempt.key.instance_id, UNKNOWN))

    found = {title: labelled(read) for title, read in labels.items()}
    return {title: groups for title, groups in found.items() if len(groups) > 1}


def category(instance: Instance, categories: Mapping[str, str]) -> str | None:
    """The category of an instance: its own, that of its file task, or that it is a repository."""
    own = "repository" if instance.source is Source.REPOSITORY else None
    return categories.get(instance.instance_id) or instance.category or own


def _place(instance: Instance) -> str | None:
    """The repository; workspaces together count as one, and so do file tasks."""
    if instance.source is Source.REPOSITORY:
        return instance.repo or None
    return "tasks" if instance.repo else "file tasks"


def sentence(counts: Group) -> str:
    """``12 of 20 scored attempts resolved: 60.0 % (95 % interval 38.7 % to 78.1 %, n = 20)``.

    Where an instance has several attempts, n is ``60 attempts at 20 instances``.
    """
    if counts.interval is None:
        return f"no scored attempt among {counts.planned}"
    low, high = counts.interval
    several = "" if counts.scored == counts.instances else f" attempts at {counts.instances} instances"
    return (
        f"{counts.resolved} of {counts.scored} scored attempts resolved: {percent(counts.rate)} "
        f"(95 % interval {percent(low)} to {percent(high)}, n = {counts.scored}{several})"
    )

"""Contestants side by side: rates, steps and costs of each, and every two of them on what both have. Pure.

A rate is over scored attempts; beside it stands the strict rate, over all that were planned. A pair uses only attempts
that match (same instance and sample) and are scored on both sides.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from swebench_lite.records import AttemptKey
from swebench_lite.reports.contestants import Contestant, Match, StoredRun, gather, matches
from swebench_lite.reports.figures import GroupFigures, document, effect_document, figures
from swebench_lite.reports.text import clean
from swebench_lite.scoring.funnel import grouped
from swebench_lite.scoring.intervals import ALPHA
from swebench_lite.scoring.paired import MCNEMAR, PairedComparison, compare_paired, holm, holm_levels
from swebench_lite.scoring.power import smallest_visible_difference
from swebench_lite.scoring.sentences import difference_sentence
from swebench_lite.scoring.verdicts import ModelDeltas, attempt_deltas

SEED = 0  # of the resampling, where instances have several samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two contestants on what both have, and what that shows.

    adjusted: the p-value after Holm's correction over the pairs of its family that have an instance; None where this one
    has none. visible: the smallest difference that so many instances could have shown, the other pairs as they came out;
    None where no difference can show, and where instances have several samples: no one figure is true of them.
    """

    match: Match
    found: PairedComparison
    adjusted: float | None
    visible: float | None
    sentence: str

    @property
    def attempts(self) -> int:
        """How many pairs of attempts were compared; several per instance where there are samples."""
        return sum(len(results) for _, results in self.match.results)

    @property
    def shown(self) -> bool:
        """Whether a difference is shown, after correction."""
        return self.adjusted is not None and self.adjusted <= ALPHA and self.found.difference != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Corrected:
    """A p-value after correction for so many comparisons. level: up to which p-value the pair would have shown something."""

    p_value: float
    level: float
    comparisons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """What a comparison says of a run it is made from."""

    run_id: str
    dataset: str
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Groups by name, every pair of them, what the harness did for each model, and notes for the reader.

    categories: the groups' figures within each category, in order; empty where no instance has one, or all have the same.
    """

    by: str
    runs: tuple[RunLine, ...]
    groups: tuple[GroupFigures, ...]
    pairs: tuple[Pair, ...]
    effects: tuple[ModelDeltas, ...]
    notes: tuple[str, ...]
    categories: tuple[tuple[str, tuple[GroupFigures, ...]], ...] = ()

    @property
    def compared(self) -> bool:
        """Whether any two groups have an instance in common that is scored for both."""
        return any(pair.found.n for pair in self.pairs)


def compare(
    runs: Sequence[StoredRun],
    *,
    by: str = "contestant",
    keep: Callable[[AttemptKey], bool] = lambda _: True,
    notes: Sequence[str] = (),
    categories: Mapping[str, str] | None = None,
) -> Comparison:
    """Compares everything in some runs. by: a name in ``contestants.GROUPINGS``; keep: which attempts take part.

    notes: sentences of the caller, shown first. categories: by instance id. The same runs give the same figures: resampling
    has a fixed seed. Raises UsageError for an unknown grouping.
    """
    contestants, repeats = gather(runs, by=by, keep=keep)
    groups = tuple(figures(one.name, one.attempts) for one in contestants)
    lines = tuple(
        RunLine(run_id=run.plan.run_id, dataset=run.plan.dataset, created_at=run.plan.created_at) for run in runs
    )
    return Comparison(
        by=by,
        runs=lines,
        groups=groups,
        pairs=_pairs(matches(contestants, by=by)),
        effects=attempt_deltas([attempt for one in contestants for attempt in one.attempts]),
        notes=(*notes, *repeats, *_notes(runs, contestants, by)),
        categories=_by_category(contestants, categories or {}),
    )


def to_json(comparison: Comparison) -> dict[str, object]:
    """The JSON document of ``compare``: groups, pairs, and the by, runs, per_category, effects and notes beside them."""
    return {
        "by": comparison.by,
        "runs": [
            {"run_id": run.run_id, "dataset": run.dataset, "created_at": run.created_at} for run in comparison.runs
        ],
        "groups": [document(group) for group in comparison.groups],
        "pairs": [_pair_document(pair) for pair in comparison.pairs],
        "per_category": [
            {"category": name, **document(group)} for name, groups in comparison.categories for group in groups
        ],
        "effects": [effect_document(effect) for effect in comparison.effects],
        "notes": list(comparison.notes),
    }


def render(comparison: Comparison) -> str:
    """``to_json`` as text."""
    return json.dumps(to_json(comparison), indent=2) + "\n"


def _by_category(
    contestants: Sequence[Contestant], labels: Mapping[str, str]
) -> tuple[tuple[str, tuple[GroupFigures, ...]], ...]:
    parts = [(one.name, grouped(one.attempts, labels)) for one in contestants]
    names = sorted({name for _, found in parts for name in found})
    if not labels or len(names) < 2:
        return ()
    return tuple((name, tuple(figures(who, found[name]) for who, found in parts if name in found)) for name in names)


def _pairs(found: Sequence[Match]) -> tuple[Pair, ...]:
    tests = [
        compare_paired(
            {instance_id: [a for a, _ in results] for instance_id, results in match.results},
            {instance_id: [b for _, b in results] for instance_id, results in match.results},
            seed=SEED,
        )
        for match in found
    ]
    corrected: dict[int, _Corrected] = {}
    for name in {match.family for match in found}:
        real = [number for number, match in enumerate(found) if match.family == name and tests[number].n]
        p_values = [tests[number].p_value for number in real]
        for number, adjusted, level in zip(real, holm(p_values), holm_levels(p_values), strict=True):
            corrected[number] = _Corrected(p_value=adjusted, level=level, comparisons=len(real))
    return tuple(_pair(match, tests[number], corrected.get(number)) for number, match in enumerate(found))


def _pair(match: Match, found: PairedComparison, corrected: _Corrected | None) -> Pair:
    single = corrected if found.test == MCNEMAR else None
    return Pair(
        match=match,
        found=found,
        adjusted=None if corrected is None else corrected.p_value,
        visible=smallest_visible_difference(found.n, alpha=single.level) if single else None,
        sentence=_sentence(match, found, corrected),
    )


def _sentence(match: Match, found: PairedComparison, corrected: _Corrected | None) -> str:
    a, b = clean(match.a), clean(match.b)
    if corrected is None:
        return f"{a} and {b}: nothing to compare: {_why_nothing(match)}"
    said = difference_sentence(
        found, a=a, b=b, adjusted=corrected.p_value, comparisons=corrected.comparisons, level=corrected.level
    )
    extras = [clean(match.reason)] if match.reason else []
    if match.unscored:
        extras.append(f"{_counted(match.unscored, 'matching attempt')} left out: not scored for both")
    # A clause that claims something names the two itself.
    subject = f"{a} and {b}: " if said.startswith("no ") else ""
    return subject + "; ".join([said, *extras])


def _why_nothing(match: Match) -> str:
    if match.unscored:
        return f"none of {_counted(match.unscored, 'shared attempt')} is scored for both; resume their runs"
    if not match.alike:
        return f"{clean(match.reason)}; leave --by out, or make runs that have"
    also = f" ({clean(match.reason)})" if match.reason else ""
    return f"they share no instance{also}; make runs over the same instances"


def _notes(runs: Sequence[StoredRun], contestants: Sequence[Contestant], by: str) -> tuple[str, ...]:
    """What a reader must know of the runs and the groups as a whole."""
    datasets = sorted({run.plan.dataset for run in runs})
    unplanned = sum(len({one.key for one in run.attempts} - set(run.plan.planned)) for run in runs)
    notes = []
    if len(contestants) == 1:
        way = "--by run compares the runs with each other" if len(runs) > 1 and by != "run" else "name another run"
        notes.append(f"there is one {by} only, {clean(contestants[0].name)}, and nothing to compare it with; {way}")
    if len({frozenset(one.key.instance_id for one in each.attempts) for each in contestants}) > 1:
        of = f", of datasets {', '.join(map(clean, datasets))}" if len(datasets) > 1 else ""
        notes.append(f"the rates are over different instances{of}; only the pairs compare like with like")
    for each in contestants:
        ends = Counter(one.verdict.outcome for one in each.attempts)
        if not any(outcome.scored for outcome in ends):
            said = ", ".join(f"{count} {outcome}" for outcome, count in ends.items())
            notes.append(f"{clean(each.name)} has no rate: no attempt of it is scored ({said})")
    if unplanned:
        notes.append(f"{_counted(unplanned, 'stored attempt')} left out: in no run's plan")
    return tuple(notes)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _pair_document(pair: Pair) -> dict[str, object]:
    found, there = pair.found, pair.found.n > 0
    return {
        "a": pair.match.a,
        "b": pair.match.b,
        "n": found.n,
        "family": pair.match.family,
        "attempts": pair.attempts,
        "unscored": pair.match.unscored,
        "both": found.both,
        "only_a": found.only_a,
        "only_b": found.only_b,
        "neither": found.neither,
        "difference": found.difference,
        "interval": None if found.interval is None else list(found.interval),
        "p_value": found.p_value if there else None,
        "adjusted_p_value": pair.adjusted,
        "test": found.test if there else None,
        "smallest_visible_difference": pair.visible,
        "shown": pair.shown,
        "sentence": pair.sentence,
    }

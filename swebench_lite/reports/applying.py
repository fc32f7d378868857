"""How answers apply, by repository: strictly, officially, after repairs, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from swebench_lite.records import Attempt, Instance, Outcome

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from swebench_lite.reports.model import RunReport

_NOTED = 120  # characters of a reason that a list shows; the rest is in the attempt's file and in JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """Counts of some attempts. repaired: what applies officially or after named repairs. repairs: how often each was needed.

    steps: by the step of the official cascade that took the patch.
    """

    name: str
    planned: int
    answers: int
    strict: int
    official: int
    repaired: int
    steps: Mapping[str, int]
    repairs: Mapping[str, int]

    def document(self) -> dict[str, object]:
        """The counts for JSON."""
        return {
            "repository": self.name, "planned": self.planned, "answers": self.answers, "strict": self.strict,
            "official": self.official, "repaired": self.repaired, "steps": dict(self.steps), "repairs": dict(self.repairs),
        }  # fmt: skip


def by_repository(attempts: Sequence[Attempt], instances: Mapping[str, Instance]) -> tuple[Applying, ...]:
    """One row per repository by name, and one for all of them last."""
    parts: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        instance = instances.get(attempt.key.instance_id)
        parts.setdefault(instance.repo if instance and instance.repo else "unknown", []).append(attempt)
    rows = [_row(name, parts[name]) for name in sorted(parts)]
    return (*rows, _row("all", attempts)) if len(rows) != 1 else tuple(rows)


def table(rows: Sequence[Applying]) -> Table:
    """The rows for a terminal."""
    from swebench_lite.reports.table import fill_row, grid

    numbers = ("Planned", "Answers", "Strict", "Official", "Repaired")
    shown = grid(["Repository", *numbers, "Repairs needed"], right=numbers)
    for row in rows:
        needed = ", ".join(f"{name} {count}" for name, count in row.repairs.items())
        shares = (share(count, row.planned) for count in (row.strict, row.official, row.repaired))
        fill_row(shown, [row.name, str(row.planned), str(row.answers), *shares, needed or "-"])
    return shown


def share(count: int, whole: int) -> str:
    """A count and its share of a whole: ``45 (82 %)``."""
    return f"{count} ({100 * count / whole:.0f} %)" if whole else str(count)


def summary(report: RunReport, whole: Applying, *, until: str) -> RenderableType:
    """A run that ended before its tests, in two lines. whole: the counts of all its attempts."""
    from rich.console import Group
    from rich.text import Text

    from swebench_lite.reports import text

    first = f"{text.clean(report.plan.run_id)} on {text.clean(report.plan.dataset)}: "
    first += f"{text.counted(whole.answers, 'answer')} in {text.counted(whole.planned, 'reply')}"
    counts = (("as written", whole.strict), ("by the official rule", whole.official), ("with repairs", whole.repaired))
    if until == "apply":
        first += "; applies " + ", ".join(f"{name} {share(count, whole.planned)}" for name, count in counts)
    wrong = Counter(one.verdict.outcome for one in report.attempts if one.verdict.outcome is not Outcome.NOT_RUN)
    ended = ", ".join(f"{count} {outcome}" for outcome, count in wrong.most_common())
    second = f"{ended or 'nothing went wrong'}; no test was asked for; {text.seconds(report.totals.seconds)}"
    return Group(Text(first), Text(second))


def attempts(report: RunReport, *, until: str) -> Table:
    """The attempts of a run that ended before its tests: what was found or how it applied, and what was wrong with it.

    The worst come last, next to the totals that follow.
    """
    from swebench_lite.reports import text
    from swebench_lite.reports.table import fill_row, grid

    several = len({(one.key.model, one.key.arm, one.key.sample) for one in report.attempts}) > 1
    heading = "Applied by" if until == "apply" else "Read as"
    shown = grid(["Instance", *(["Attempt"] if several else []), heading, "Remarks"])
    for one in sorted(
        report.attempts, key=lambda one: (_badness(one), one.key.instance_id, one.key.model, one.key.sample)
    ):
        names = [one.key.instance_id, *([text.name(one)] if several else [])]
        fill_row(shown, [*names, *(_applied(one) if until == "apply" else _found(one))])
    return shown


def _badness(attempt: Attempt) -> int:
    applied = attempt.application
    if attempt.verdict.outcome is not Outcome.NOT_RUN:
        return 3 + (applied is None)
    return 0 if applied is None or applied.strict else 1 if applied.official else 2


def _applied(attempt: Attempt) -> tuple[str, str]:
    """How an answer applied, and in one line what was wrong with it."""
    from swebench_lite.reports import text

    applied = attempt.application
    if applied is None:
        return attempt.verdict.outcome.value, text.clean(attempt.verdict.reason, limit=_NOTED)
    kinds = ", ".join(repair_kinds(applied.repairs))
    said = [text.clean(applied.reason, limit=_NOTED)] if applied.reason else []
    said += [f"repaired: {kinds}"] if kinds else []
    return applied.step or "nothing", "; ".join(said)


def _found(attempt: Attempt) -> tuple[str, str]:
    from swebench_lite.reports import text

    if attempt.verdict.outcome is not Outcome.NOT_RUN:
        return attempt.verdict.outcome.value, text.clean(attempt.verdict.reason, limit=_NOTED)
    reading = attempt.reading
    points = f"format {text.points(attempt.format_score.total)} of 100" if attempt.format_score else ""
    notes = [*([points] if points else []), *(reading.notes if reading else ())]
    return reading.form if reading else "ready-made patch", text.clean("; ".join(notes), limit=_NOTED)


def repair_kinds(repairs: Sequence[str]) -> tuple[str, ...]:
    """The kinds of repairs by their texts, each once, in order."""
    return tuple(dict.fromkeys(one.partition(":")[0] for one in repairs))


def _row(name: str, attempts: Sequence[Attempt]) -> Applying:
    applied = [attempt.application for attempt in attempts if attempt.application]
    kinds = Counter(kind for one in applied for kind in repair_kinds(one.repairs))
    return Applying(
        name=name,
        planned=len(attempts),
        answers=sum(
            attempt.patch_sha256 is not None and attempt.verdict.outcome is not Outcome.NO_ANSWER
            for attempt in attempts
        ),
        strict=sum(one.strict for one in applied),
        official=sum(one.official for one in applied),
        repaired=sum(one.repaired is True for one in applied),
        steps=dict(Counter(one.step for one in applied if one.step).most_common()),
        repairs=dict(kinds.most_common()),
    )

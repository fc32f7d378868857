"""What ``demo`` shows of its run: both arms side by side, and what the harness did, in all and item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swebench_lite.cli import output
from swebench_lite.records import Attempt, Instance, Source
from swebench_lite.reports import RunReport, table, text
from swebench_lite.reports.figures import effect_document, signed
from swebench_lite.scoring.verdicts import (
    EXECUTION_MAXIMUM,
    HARNESSED,
    UNHARNESSED,
    ModelDeltas,
    attempt_deltas,
    execution_score,
)

_ARMS = (UNHARNESSED, HARNESSED)
_WHOLE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Some items of a run. effects: a model's deltas and verdict over them; resolved: (resolved, attempts) per arm."""

    name: str
    effect: ModelDeltas
    resolved: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """A two-arm run of one model, added up. parts: all items, then each kind. items: each on its own, in order."""

    parts: tuple[Sum, ...]
    items: tuple[Sum, ...]
    only: tuple[tuple[str, ...], ...]

    def document(self) -> dict[str, object]:
        """For the JSON document: per arm, per part and per item."""
        whole = self.parts[0]
        scores = {"execution_score": whole.effect.execution, "format_score": whole.effect.format}
        arms = {
            arm: {
                "planned": whole.resolved[place][1],
                "resolved": whole.resolved[place][0],
                # The means of a model's deltas are (harnessed, unharnessed).
                **{name: means and means[1 - place] for name, means in scores.items()},
                "only_here": list(self.only[place]),
            }
            for place, arm in enumerate(_ARMS)
        }
        return {
            "arms": arms,
            "harness": {part.name: effect_document(part.effect) for part in self.parts},
            "per_item": {item.name: effect_document(item.effect) for item in self.items},
        }


def sums(report: RunReport) -> Sums:
    """The sums of a run of one model in both arms."""
    by_item: dict[str, list[Attempt]] = {}
    for attempt in report.attempts:
        by_item.setdefault(attempt.key.instance_id, []).append(attempt)
    kinds: dict[str, list[Attempt]] = {_WHOLE: list(report.attempts)}
    for name, attempts in by_item.items():
        instance = report.instances.get(name)
        kinds.setdefault(_kind(instance), []).extend(attempts)
    resolved = [{one.key.instance_id for one in report.attempts if _resolved(one, arm)} for arm in _ARMS]
    return Sums(
        parts=tuple(_sum(name, attempts) for name, attempts in kinds.items()),
        items=tuple(_sum(name, attempts) for name, attempts in by_item.items()),
        only=tuple(tuple(sorted(own - other)) for own, other in zip(resolved, reversed(resolved), strict=True)),
    )


def _kind(instance: Instance | None) -> str:
    """What the parts of the demonstration are called; an instance without evidence counts among the first."""
    if instance is None or instance.source is Source.REPOSITORY:
        return "repository instances"
    return "tasks" if instance.repo else "file tasks"


def show(report: RunReport, label: str, places: Sequence[str]) -> None:
    """Print the run: its figures, both arms item by item, then their means, the model's verdict, and where all of it is."""
    found = sums(report)
    output.show(table.head(report), "")
    _show_items(report, found)
    output.show("")
    _show_parts(found)
    output.line("")
    whole = found.parts[0].effect
    output.line(f"verdict: {whole.verdict} (execution {signed(whole.delta_execution)} of {EXECUTION_MAXIMUM:g}, format "
                f"{signed(whole.delta_format)} of 100, harnessed - unharnessed)")  # fmt: skip
    output.line(f"These are {label}.")
    for line in ("", *places):
        output.line(line)


def _show_items(report: RunReport, found: Sums) -> None:
    cells = {(one.key.instance_id, one.key.arm): one for one in report.attempts}
    rows = [
        (
            item.name,
            *(_cell(cells.get((item.name, arm))) for arm in _ARMS),
            signed(item.effect.delta_execution),
            signed(item.effect.delta_format, digits=1),
            item.effect.verdict.value,
        )
        for item in found.items
    ]
    names = ("Instance", "Without harness", "With it", "Execution", "Format", "Effect of the harness")
    output.table(names, rows, right=("Execution", "Format"))


def _show_parts(found: Sums) -> None:
    rows = []
    # A single kind of items is all of them.
    for part in found.parts if len(found.parts) > 2 else found.parts[:1]:
        for place, arm in enumerate(_ARMS):
            done, of = part.resolved[place]
            execution, form = (pair and pair[1 - place] for pair in (part.effect.execution, part.effect.format))
            means = (text.mean(execution), text.mean(form, digits=1))
            rows.append((part.name if not place else "", arm, f"{done} of {of}", *means))
        deltas = (signed(part.effect.delta_execution), signed(part.effect.delta_format, digits=1))
        rows.append(("", part.effect.verdict.value, "", *deltas))
    names = ("Means over", "Arm", "Resolved", "Execution of 3", "Format of 100")
    output.table(names, rows, right=names[2:])


def _sum(name: str, attempts: Sequence[Attempt]) -> Sum:
    (effect,) = attempt_deltas(attempts)
    counts = tuple(
        (sum(_resolved(one, arm) for one in attempts), sum(one.key.arm == arm for one in attempts)) for arm in _ARMS
    )
    return Sum(name=name, effect=effect, resolved=counts)


def _resolved(attempt: Attempt, arm: str) -> bool:
    return attempt.key.arm == arm and attempt.verdict.resolved


def _cell(attempt: Attempt | None) -> str:
    """How an attempt ended, with its points where it is graded in them."""
    if attempt is None:
        return text.NOTHING
    if attempt.score is not None and execution_score(attempt) is not None:
        return text.score(attempt)
    return attempt.verdict.outcome.value

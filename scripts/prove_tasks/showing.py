"""Results of the proofs -> lines for people and JSON documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from prove_tasks.covering import FileReach, Reach, share
from prove_tasks.judging import Judged
from prove_tasks.mutating import Mutated

LEAST = 95.0  # percent of a solution's lines and branches
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def coverage_table(found: Sequence[Reach]) -> Table:
    """For each task a row that adds up the solution's files, then a row for each file, the solution's first."""
    rows = [
        row
        for reach in found
        for row in (
            _reach_row(reach.task_id, "the solution", reach.own, ""),
            *(_reach_row("", one.path, (one,), one.missing) for one in reach.own),
            *(_reach_row("", f"{one.path} (workspace)", (one,), one.missing) for one in reach.beside),
        )
    ]
    return ("Task", "File", "Reached", "Lines", "Branches", "Missing"), rows


def coverage_sentence(found: Sequence[Reach]) -> str:
    """The one line that sums it up."""
    below = [one.task_id for one in found if one.percent < LEAST]
    files = tuple(file for one in found for file in one.own)
    said = f"below {LEAST:.0f} %: {', '.join(below)}" if below else f"every task has at least {LEAST:.0f} %"
    return (
        f"{_counted(len(found), 'task')}, {percent(share(files))} of the lines and branches of their solutions; {said}"
    )


def coverage_document(found: Sequence[Reach], problems: Sequence[str]) -> dict[str, Any]:
    """The same as JSON."""
    tasks = [
        {
            "task_id": one.task_id,
            "percent": round(one.percent, 2),
            "solution": [_reach_document(file) for file in one.own],
            "workspace": [_reach_document(file) for file in one.beside],
            "seconds": one.seconds,
        }
        for one in found
    ]
    summary = {"tasks": len(found), "least": LEAST, "below": sum(one.percent < LEAST for one in found)}
    return {"summary": summary, "tasks": tasks, "problems": list(problems)}


def mutants_table(found: Sequence[Judged]) -> Table:
    """A row for each task, in the order in which they come."""
    rows: list[tuple[str, ...]] = [
        (
            task,
            f"{sum(one.killed for one in rows)}/{len(rows)}",
            str(sum(one.survived for one in rows)),
            str(sum(not (one.killed or one.survived) for one in rows)),
            str(sum(one.killed and not one.passed for one in rows)),
        )
        for task, rows in by_task(found).items()
    ]
    return ("Task", "Killed", "Survived", "Not judged", "Killed with no test passed"), rows


def mutants_lines(found: Sequence[Judged]) -> list[str]:
    """The survivors and those that could not be judged, with what is wrong with them."""
    lines: list[str] = []
    for one in found:
        mutant = one.mutant
        where = f"{mutant.task_id}, mutant {mutant.number}, {mutant.file}"
        if one.survived:
            lines.append(f"survived: {where}: {mutant.why}")
        elif not one.killed:
            lines.append(f"not judged: {where}: {one.outcome.value + ': ' if one.outcome else ''}{one.reason}")
    return lines


def mutants_sentence(found: Sequence[Judged]) -> str:
    """The one line that sums it up."""
    tasks = len({one.mutant.task_id for one in found})
    return f"{sum(one.killed for one in found)} of {len(found)} mutants of {_counted(tasks, 'task')} are killed"


def mutants_document(found: Sequence[Judged], problems: Sequence[str]) -> dict[str, Any]:
    """The same as JSON, with every mutant."""
    killed, survived = sum(one.killed for one in found), sum(one.survived for one in found)
    summary = {
        "tasks": len({one.mutant.task_id for one in found}),
        "mutants": len(found),
        "killed": killed,
        "survived": survived,
        "not_judged": len(found) - killed - survived,
        "not_made": len(problems),
    }
    tasks = [
        {
            "task_id": task,
            "killed": sum(one.killed for one in rows),
            "of": len(rows),
            "mutants": [_mutant_document(one) for one in rows],
        }
        for task, rows in by_task(found).items()
    ]
    return {"summary": summary, "tasks": tasks, "problems": list(problems)}


def mutate_table(found: Sequence[Mutated]) -> Table:
    """A row for each task, and one for all of them."""
    rows = [_score_row(one.task_id, [one]) for one in found]
    rows += [_score_row("all", found)] if len(found) > 1 else []
    return ("Task", "Score", "Killed", "By time limit", "Survived", "Not tried", "Possible", "Tests take"), rows


def mutate_lines(found: Sequence[Mutated]) -> list[str]:
    """Every survivor with its place, its operator and what it changes, so that a person can judge it."""
    lines: list[str] = []
    for task in found:
        for one in task.tried:
            if one.outcome != "killed":
                inside = f" in {one.definition}" if one.definition else ""
                lines.append(f"{one.outcome}: {task.task_id}, {one.file}:{one.line}{inside}, {one.operator}")
                lines += [f"    {line}" for line in one.diff.splitlines()]
    return lines


def mutate_document(found: Sequence[Mutated], problems: Sequence[str], *, limit: int, seed: int) -> dict[str, Any]:
    """The same as JSON, with every mutant that was tried."""
    tasks = [
        {
            "task_id": one.task_id,
            "score": score([one]),
            "killed": one.count("killed"),
            "killed_by_time_limit": sum(each.timed_out for each in one.tried),
            "survived": one.count("survived"),
            "possible": one.possible,
            "test_seconds": one.test_seconds,
            "seconds": one.seconds,
            "mutants": [asdict(each) for each in one.tried],
        }
        for one in found
    ]
    summary = {"tasks": len(found), "limit": limit, "seed": seed, "score": score(found)}
    return {"summary": summary, "tasks": tasks, "problems": list(problems)}


def score(found: Sequence[Mutated]) -> float | None:
    """Killed mutants of those that ran, in percent with one digit; None where none ran."""
    killed = sum(one.count("killed") for one in found)
    ran = killed + sum(one.count("survived") for one in found)
    return round(100.0 * killed / ran, 1) if ran else None


def percent(value: float | None) -> str:
    """``97.3 %``, rounded down: what falls short of a limit must not look as if it reached it."""
    return "-" if value is None else f"{int(value * 10 + 1e-9) / 10:.1f} %"


def by_task(found: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    """Judged mutants by their task; those of one task stand together."""
    return {task: list(rows) for task, rows in groupby(found, key=lambda one: one.mutant.task_id)}


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _score_row(name: str, found: Sequence[Mutated]) -> tuple[str, ...]:
    killed, survived = sum(one.count("killed") for one in found), sum(one.count("survived") for one in found)
    late = sum(each.timed_out for one in found for each in one.tried)
    others = sum(len(one.tried) for one in found) - killed - survived
    seconds = sum(one.test_seconds for one in found)
    possible = sum(one.possible for one in found)
    return (
        name,
        percent(score(found)),
        str(killed),
        str(late),
        str(survived),
        str(others),
        str(possible),
        f"{seconds:.1f} s",
    )


def _reach_row(task: str, name: str, files: tuple[FileReach, ...], missing: str) -> tuple[str, ...]:
    lines = f"{sum(one.lines_reached for one in files)}/{sum(one.lines for one in files)}"
    branches = f"{sum(one.branches_reached for one in files)}/{sum(one.branches for one in files)}"
    return task, name, percent(share(files)), lines, branches, missing


def _reach_document(one: FileReach) -> dict[str, Any]:
    return {**asdict(one), "percent": round(one.percent, 2)}


def _mutant_document(one: Judged) -> dict[str, Any]:
    return {
        "number": one.mutant.number,
        "file": one.mutant.file,
        "find": one.mutant.find,
        "replace": one.mutant.replace,
        "why": one.mutant.why,
        "outcome": one.outcome.value if one.outcome else None,
        "killed": one.killed,
        "reason": one.reason,
        "failed": list(one.failed),
        "passed": one.passed,
    }

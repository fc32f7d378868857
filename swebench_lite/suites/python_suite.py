"""The python suite: a function or class is asked for, and hidden cases run in the sandbox, each by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from swebench_lite.errors import InfraError, NoAnswer
from swebench_lite.records import Exchange
from swebench_lite.suites import jobs
from swebench_lite.suites.code import FILE, python_code
from swebench_lite.suites.nouns import Asker, Grade, Item, Room
from swebench_lite.suites.python_items import ITEMS, Case, PythonItem

NAME = "python"
SECONDS = 5.0  # of computing for one case
SYSTEM = "You are a careful Python programmer."
_RUNNER = "case_runner.py"
_KILLED = 128


def items(seed: int) -> tuple[Item, ...]:
    """The fourteen items; the seed decides nothing here."""
    return tuple(
        Item(
            suite=NAME,
            key=key,
            prompt=prompt(task),
            total=len(task.cases),
            ask=partial(_ask, task),
            grade=partial(grade, task),
            runs=True,
        )
        for key, task in ITEMS.items()
    )


def prompt(task: PythonItem) -> str:
    """What a model is asked."""
    what = "class" if task.signature.startswith("class") else "function"
    return f"""Write this Python {what}:

    {task.signature}

{task.rules}

Rules: Python 3.11, standard library only. The {what} reads no input, prints nothing and touches no files. Reply with one
fenced ```python block that holds the {what} and everything it needs, and nothing that runs when it is imported."""


def _ask(task: PythonItem, asker: Asker) -> tuple[Exchange, ...]:
    return (asker.once(f"{NAME}:{task.entry}", SYSTEM, prompt(task)),)


def grade(task: PythonItem, exchanges: Sequence[Exchange], room: Room | None) -> Grade:
    """The cases that the code of a reply passes. Raises InfraError, EngineDown and NoEnvironment where the sandbox fails."""
    try:
        source, notes = python_code(exchanges[-1], task.entry)
    except NoAnswer as error:
        return Grade(passed=0, reason=str(error))
    assert room is not None  # the item says that it runs
    told = _run(task, source, room)
    if all(one.status in {126, 127} and not one.outputs.get("result") for one in told):
        raise InfraError("python3 does not start in the sandbox's environment; name another sandbox with --sandbox")
    problems = [_problem(case, one) for case, one in zip(task.cases, told, strict=True)]
    wrong = [f"case {number}: {problem}" for number, problem in enumerate(problems, start=1) if problem]
    reason = f"{len(wrong)} of {len(problems)} cases fail, {wrong[0]}" if wrong else ""
    return Grade(passed=len(problems) - len(wrong), reason=reason, flags=notes)


def _run(task: PythonItem, source: str, room: Room) -> list[jobs.Told]:
    """What became of each case. One that takes the script around it down is the last of its job; the others get a new one."""
    steps = [
        # Prints go nowhere: they would fill a file up to its limit, and the answer would fail for that.
        jobs.Step(
            command=f'exec python3 -I "/@INPUT@/{_RUNNER}" "/@INPUT@/{FILE}" "/@INPUT@/case-{number}" > /dev/null 2>&1'
        )
        for number, _case in enumerate(task.cases)
    ]
    shared = {
        _RUNNER: Path(__file__).with_name(_RUNNER).read_bytes(),
        FILE: source.encode("utf-8", "replace"),
        **{f"case-{number}": _document(task, case) for number, case in enumerate(task.cases)},
    }
    told: list[jobs.Told] = []
    while len(told) < len(steps):
        left = steps[len(told) :]
        work = jobs.job(
            left,
            shared,
            room.environment,
            seconds=SECONDS,
            limits=room.limits,
            tree=room.tree,
            name=f"{NAME}:{task.entry}",
        )
        found = jobs.read(room.run(work), left, name=work.name)
        whole = next((at for at, one in enumerate(found) if one.status is None), len(found))
        told += found[: whole + 1]
    return told


def same(actual: object, expected: object) -> bool:
    """Whether a result is the expected one, by value and kind: 1 is neither True nor 1.0. Tuples arrive as lists."""
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(expected)
            and all(same(one, other) for one, other in zip(actual, expected, strict=True))
        )
    return type(actual) is type(expected) and actual == expected


def _document(task: PythonItem, case: Case) -> bytes:
    document: dict[str, Any] = {"entry": task.entry, "arguments": case.arguments}
    if case.inputs:
        document["inputs"] = case.inputs
    if case.calls:
        document |= {"calls": case.calls, "kept": task.kept}
    return json.dumps(document).encode()


def _problem(case: Case, told: jobs.Told) -> str:
    """What is wrong with a case, or ""."""
    if told.status is None:
        return "it took the sandbox's own script down with it"
    if told.late:
        return jobs.stopped(told, SECONDS)
    if "result" in told.too_long:
        return f"its result is longer than {jobs.MOST // 1024} KB"
    raw = (told.outputs.get("result") or b"").strip()
    if not raw:
        ended = f"signal {told.status - _KILLED}" if told.status > _KILLED else f"exit status {told.status}"
        return f"it ended without a result ({ended})"
    try:
        document = json.loads(raw)
        error, value = document.get("error"), document.get("value")
    except (ValueError, RecursionError, AttributeError):
        return "its result cannot be read"
    if error is not None:
        return f"it raises {str(error)[:200]}"
    shown = json.dumps(value)
    return "" if same(value, case.expected) else f"{shown[:80]}{'…' * (len(shown) > 80)} is not what was expected"

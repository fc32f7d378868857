"""Small tasks for tests: the example of a language, changed where a test needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from swebench_lite.catalog.skeleton import write_skeleton
from swebench_lite.settings import bundled


def make_task(folder: Path, task_id: str = "python_feature_clamp", language: str = "python", **changes: Any) -> Path:
    """A task's folder. changes: keys of its metadata."""
    place = write_skeleton(task_id, language, folder, templates=bundled("instances"))
    change(place, changes)
    return place


def change(place: Path, changes: Mapping[str, Any]) -> None:
    """Change keys of a task's metadata; None takes one out."""
    file = place / "metadata.json"
    document = {**json.loads(file.read_text()), **changes}
    file.write_text(json.dumps({key: value for key, value in document.items() if value is not None}))


def write_answer(
    answers: Path, task_id: str, name: str, *, line: str, fails: list[str], why: str = "It is wrong."
) -> None:
    """A wrong answer to the Python example: ``line`` is what its clamp returns."""
    place = answers / task_id / name
    place.mkdir(parents=True)
    (place / "numbers_kit.py").write_text(
        f"def double(number):\n    return 2 * number\n\n\ndef clamp(number, low, high):\n    {line}\n"
    )
    (place / "answer.toml").write_text(f"why = {json.dumps(why)}\nfails = {json.dumps(fails)}\n")

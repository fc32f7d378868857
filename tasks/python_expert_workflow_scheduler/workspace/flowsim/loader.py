"""Workflows as JSON documents: {"tasks": [{"name": "build", "duration": 3}, ...]}."""

from __future__ import annotations

import json
from dataclasses import fields

from flowsim.model import Task

_FIELDS = {field.name for field in fields(Task)}
_LISTS = ("needs", "after")


def load(text: str) -> list[Task]:
    """The tasks of a document, in its order. Raises ValueError for an unknown field or a document of another shape."""
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("tasks"), list):
        raise ValueError("a workflow is an object with a list named 'tasks'")
    return [_task(row) for row in document["tasks"]]


def _task(row: dict[str, object]) -> Task:
    unknown = sorted(set(row) - _FIELDS)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r} of task {row.get('name')!r}")
    return Task(**{name: tuple(value) if name in _LISTS else value for name, value in row.items()})

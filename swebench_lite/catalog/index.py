"""``catalog.json``: every task in one file, for people and programs that do not want to open the folders."""

from __future__ import annotations

import json
from collections.abc import Sequence

from swebench_lite.catalog.nouns import CatalogTask


def entry(task: CatalogTask) -> dict[str, object]:
    """What the index says of a task; nothing of its tests or its solution but their number."""
    metadata = task.metadata
    return {
        "task_id": metadata.task_id,
        "title": metadata.title,
        "language": metadata.language,
        "type": metadata.type,
        "difficulty": metadata.difficulty,
        "tags": list(metadata.tags),
        "command": list(metadata.eval.command),
        "timeout_seconds": metadata.eval.timeout_seconds,
        "files": sorted(task.workspace),
        "fail_to_pass": len(metadata.FAIL_TO_PASS),
        "pass_to_pass": len(metadata.PASS_TO_PASS),
    }


def index_text(tasks: Sequence[CatalogTask]) -> str:
    """The index of the tasks as it is kept beside them."""
    return json.dumps({"tasks": [entry(task) for task in tasks]}, indent=2, ensure_ascii=False) + "\n"

"""A new task: the small example of a language, under a new name."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from swebench_lite.catalog.nouns import LANGUAGES, TaskId
from swebench_lite.catalog.reading import METADATA, read_answer_files, read_task
from swebench_lite.errors import UsageError, unknown

_TEMPLATES = "templates"


def write_skeleton(task_id: str, language: str, folder: Path, *, templates: Path) -> Path:
    """Make ``folder/task_id`` from the example of a language; returns it. templates: the folder that holds ``templates``.

    Raises UsageError for a name that no task may have, an unknown language, a folder that is there already
    or cannot be made.
    """
    if language not in LANGUAGES:
        raise UsageError(unknown("language", language, LANGUAGES))
    try:
        TypeAdapter(TaskId).validate_python(task_id)
    except ValidationError as error:
        raise UsageError(
            f"'{task_id}' cannot name a task; use small letters, digits and '_', with at least two words, "
            "as in python_bugfix_rounding"
        ) from error
    place = folder / task_id
    files = dict(read_answer_files(templates / _TEMPLATES / language))
    document = json.loads(files[METADATA]) | {"task_id": task_id}
    files[METADATA] = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place.mkdir()
        for path, text in files.items():
            target = place / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already; choose another name, or remove it") from error
    except OSError as error:
        raise UsageError(
            f"cannot write {place}: {error.strerror or error}; name another folder with --folder"
        ) from error
    read_task(place)
    return place

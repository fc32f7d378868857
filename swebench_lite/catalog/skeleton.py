"""A new task: the small example of a language, under a new name."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from swebench_lite.catalog.nouns import LANGUAGES, TaskId
from swebench_lite.catalog.reading import METADATA, read_answer_files, read_task
from swebench_lite.errors import UsageError, unknown

_TEMPLATES = "templates"


def language_of(task_id: str, language: str | None) -> str:
    """The language of a new task: the given one, else the first word of its name, else Python.

    Raises UsageError for an unknown language, and for one that the name contradicts.
    """
    if language is not None and language not in LANGUAGES:
        raise UsageError(unknown("language", language, LANGUAGES))
    named = task_id.partition("_")[0]
    if named not in LANGUAGES:
        return language or "python"
    if language not in {None, named}:
        raise UsageError(
            f"'{task_id}' is named for {named}, not {language}; name it {language}_... or leave --language out"
        )
    return named


def write_skeleton(task_id: str, language: str | None, folder: Path, *, templates: Path) -> Path:
    """Make ``folder/task_id`` from the example of a language; returns it. templates: the folder that holds ``templates``.

    language: None takes it from the name. Raises UsageError for a name that no task may have, a wrong language, and a
    folder that is there already or cannot be made.
    """
    language = language_of(task_id, language)
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
        why = "is there already; choose another name, or remove it"
        why = why if error.filename == str(place) else "is no folder; name another with --folder"
        raise UsageError(f"{error.filename} {why}") from error
    except OSError as error:
        raise UsageError(
            f"cannot write {place}: {error.strerror or error}; name another folder with --folder"
        ) from error
    read_task(place)
    return place

"""The catalog of tasks: list, show, new, check, catalog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.check import Answers
from swebench_lite.cli.options import Choice, Json, Machine, Places, Verbose

if TYPE_CHECKING:
    from swebench_lite.catalog import CatalogTask
    from swebench_lite.settings import Settings

_Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="FOLDER", help="A folder of tasks; the catalog that comes along unless given."),
]
_Into = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="FOLDER", help="Where the task's folder is made; the working folder unless given."
    ),
]
_Task = Annotated[
    str, typer.Argument(metavar="TASK", help="A task's id, or the path of its folder.", show_default=False)
]
_Write = Annotated[
    bool, typer.Option("--write", help="Write what a run of the solution showed: the lists of tests, or the index.")
]
_Language = Annotated[
    str | None,
    typer.Option("--language", metavar="NAME", help="Its language; what its name says unless given, else Python."),
]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    command(app, "list")(list_tasks)
    command(app, "show")(show)
    command(app, "new")(new)
    command(app, "check")(check)
    command(app, "catalog")(catalog)


def list_tasks(*, folder: _Folder = None, choice: Choice, places: Places, as_json: Json = False) -> int:
    """List the tasks of the catalog; exit status 1 where one is broken."""
    from swebench_lite.catalog import entry
    from swebench_lite.cli import output

    tasks, problems = _chosen(folder, choice, places.settings())
    if as_json:
        output.document({"tasks": [entry(one) for one in tasks], "problems": list(problems)})
        return int(bool(problems))
    rows = [
        (one.task_id, one.metadata.language, one.metadata.type.replace("_", " "), one.metadata.difficulty,
         f"{len(one.metadata.FAIL_TO_PASS)}", f"{len(one.metadata.PASS_TO_PASS)}", one.metadata.title)
        for one in tasks
    ]  # fmt: skip
    output.table(
        ("Task", "Language", "Type", "Difficulty", "To fix", "To keep", "Title"), rows, right=("To fix", "To keep")
    )
    output.line(f"{len(tasks)} tasks in {len({one.metadata.language for one in tasks})} languages")
    return int(bool(problems))


def show(*, task: _Task, folder: _Folder = None, as_json: Json = False) -> None:
    """Show one task.

    What a model is told, and with --json the files that it starts from.
    """
    from swebench_lite.catalog import entry
    from swebench_lite.cli import output

    found = _one(task, folder)
    if as_json:
        output.document({**entry(found), "instructions": found.instructions, "workspace": dict(found.workspace)})
        return
    for name, value in entry(found).items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        output.line(f"{name.replace('_', ' ') + ':':17}{text or '-'}")
    output.text(f"\n{output.clean_lines(found.instructions.strip())}\n")


def new(
    *, task_id: Annotated[str, typer.Argument(metavar="ID", help="language_kind_name, in small letters.")],
    language: _Language = None, folder: _Into = None, as_json: Json = False,
) -> None:  # fmt: skip
    """Start a task of your own.

    A folder with a small one of that language in it, which `tasks check` takes as it is.
    """
    from swebench_lite.catalog.skeleton import language_of, write_skeleton
    from swebench_lite.cli import output
    from swebench_lite.settings import bundled
    from swebench_lite.sources import user_path

    place = write_skeleton(task_id, language, user_path(str(folder or Path.cwd())), templates=bundled("instances"))
    if as_json:
        output.document({"task_id": task_id, "folder": str(place)})
        return
    output.line(f"{place} holds a small {language_of(task_id, language)} task; write your own over it, then run")
    output.line(f"  swebench-lite tasks check {place} --write")


def check(
    *, task: _Task, folder: _Folder = None, write: _Write = False, answers: Answers = None, machine: Machine,
    places: Places, verbose: Verbose = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Check one task.

    Its solution passes, its untouched workspace fails, and so do wrong answers to it.
    With --write the tests that a run of the solution and of the untouched workspace shows become its two lists first.
    """
    from swebench_lite.cli import output
    from swebench_lite.cli.check import Wanted, show_check, wrong_answers_of
    from swebench_lite.cli.collecting import write_lists
    from swebench_lite.folders import load_catalog
    from swebench_lite.selection import EVERYTHING
    from swebench_lite.sources import SPLIT

    settings = machine.settings(places)
    found = _one(task, folder)
    if write:
        counts = write_lists(found, settings)
        output.note(f"wrote {found.folder / 'metadata.json'}: {counts[0]} tests to fix, {counts[1]} to keep")
    dataset = load_catalog(str(found.folder), found.folder, settings, EVERYTHING, SPLIT)
    wanted = Wanted(dataset=found.task_id, answers=wrong_answers_of(found.folder, answers, [found.task_id]))
    return show_check(dataset, wanted, machine, settings, verbose=verbose, as_json=as_json)


def catalog(*, folder: _Folder = None, write: _Write = False, as_json: Json = False) -> int:
    """Compare the catalog's index with its folders.

    Exit status 1 where it is not what they say. --write mends it.
    """
    from swebench_lite.catalog import index_text, read_catalog
    from swebench_lite.catalog.reading import INDEX
    from swebench_lite.cli import output
    from swebench_lite.errors import DatasetError
    from swebench_lite.store.files import write_atomic

    place = _place(folder)
    found = read_catalog(place)
    wanted, file = index_text(found.tasks), place / INDEX
    if write:
        write_atomic(file, wanted)
    try:
        fits = file.is_file() and file.read_bytes() == wanted.encode()
    except OSError as error:
        raise DatasetError(f"{file} cannot be read ({error.strerror or error}); mend or remove it") from error
    if as_json:
        output.document(
            {"index": str(file), "tasks": len(found.tasks), "current": fits, "problems": list(found.problems)}
        )
    else:
        output.problems("task", found.problems)
        said = "is what its folders say" if fits else "is not what its folders say; --write makes it so"
        output.line(f"{file}: {len(found.tasks)} tasks; it {said}")
    return int(not fits or bool(found.problems))


def _place(folder: Path | None) -> Path:
    from swebench_lite.settings import bundled
    from swebench_lite.sources import user_path

    return user_path(str(folder)) if folder else bundled("tasks")


def _chosen(folder: Path | None, choice: Choice, settings: Settings) -> tuple[tuple[CatalogTask, ...], tuple[str, ...]]:
    """The tasks that are chosen, and what is wrong with others; where ids are named, with those nothing is."""
    from swebench_lite.catalog import read_catalog
    from swebench_lite.cli import output
    from swebench_lite.load import load

    place = _place(folder)
    found = read_catalog(place)
    output.problems("task", found.problems)
    if choice == Choice():
        return found.tasks, found.problems
    wanted = {one.instance_id for one in load(str(place), settings=settings, selection=choice.selection()).instances}
    return tuple(one for one in found.tasks if one.task_id in wanted), () if choice.instance else found.problems


def _one(task: str, folder: Path | None) -> CatalogTask:
    """The task of that id, or in that folder. Raises UsageError with the near miss, DatasetError for a broken one."""
    from swebench_lite.catalog import read_task
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.sources import exists, user_path

    place = _place(folder)
    for one in (place / task, user_path(task)):
        if exists(one / "metadata.json"):
            return read_task(one)
    if "/" in task:
        raise UsageError(f"{task} holds no metadata.json; name a task's folder, or the id of a task")
    names = [one.parent.name for one in sorted(place.glob("*/metadata.json"))]
    raise UsageError(f"{unknown('task', task, names)}, or the path of a folder with a metadata.json")

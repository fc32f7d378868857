"""Datasets and their instances: list, show, add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Choice, DatasetArgument, Json, Places, Split

if TYPE_CHECKING:
    from swebench_lite.file_tasks import FileTask
    from swebench_lite.records import Instance
    from swebench_lite.settings import Settings

_Dataset = Annotated[
    str | None,
    typer.Option("--dataset", help="Where to look; own, files, tasks, the kept copies and verified unless given."),
]
_TESTS_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    command(app, "list")(list_instances)
    command(app, "show")(show)
    command(app, "add")(add)


def list_instances(
    *, dataset: DatasetArgument = None, split: Split = None, choice: Choice, places: Places, as_json: Json = False
) -> None:
    """List datasets, or the instances of one."""
    from swebench_lite.cli import output
    from swebench_lite.load import load
    from swebench_lite.sources import SPLIT

    settings = places.settings()
    if dataset is None:
        _list_datasets(settings, as_json=as_json)
        return
    found = load(dataset, settings=settings, selection=choice.selection(), split=split or SPLIT)
    output.problems("dataset", found.problems)
    tasks = {task.task_id: task for task in found.file_tasks}
    if as_json:
        listed = [_row(one, tasks.get(one.instance_id)) for one in found.instances]
        output.document({"dataset": dataset, "source": found.source, "instances": listed})
        return
    _print_list(found.instances, tasks)
    output.line(f"{len(found.instances)} instances of {dataset} ({found.source})")


def _print_list(instances: Sequence[Instance], tasks: Mapping[str, FileTask]) -> None:
    from swebench_lite.cli import output

    points = {name: task for name, task in tasks.items() if any(one.instance_id == name for one in instances)}
    patched = [one for one in instances if one.instance_id not in points]
    if patched:
        rows = [
            (i.instance_id, i.repo, i.language, i.difficulty or "", f"{len(i.fail_to_pass)}", f"{len(i.pass_to_pass)}")
            for i in patched
        ]
        names = ("Instance", "Repository", "Language", "Difficulty", "To fix", "To keep")
        output.table(names, rows, right=names[-2:])
    if points:
        rows = [
            (one.task_id, one.category, one.language, one.difficulty, one.file, f"{len(one.runs)}")
            for one in points.values()
        ]
        output.table(("Task", "Category", "Language", "Difficulty", "File", "Runs"), rows, right=("Runs",))


def show(
    *,
    instance_id: Annotated[str, typer.Argument(metavar="ID", help="An instance's id.", show_default=False)],
    dataset: _Dataset = None,
    places: Places,
    as_json: Json = False,
) -> None:
    """Show one instance.

    Its issue, its tests, and how large the reference patch is.
    """
    from swebench_lite.cli import output

    one, task = _find(instance_id, dataset, places.settings())
    if as_json:
        tests = {"fail_to_pass": list(one.fail_to_pass), "pass_to_pass": list(one.pass_to_pass)}
        files, added, removed = _stats(one.patch)
        patch = {"files": list(files), "added": added, "removed": removed}
        whole = {**_row(one, task), **tests, "problem_statement": one.problem_statement, "patch": patch}
        output.document(whole if task is None else {**_row(one, task), "problem_statement": one.problem_statement})
    elif task is not None:
        _show_task(task)
    else:
        _show(one)


def _show_task(task: FileTask) -> None:
    from swebench_lite.cli import output

    facts = {
        "file task": task.task_id, "category": task.category, "language": task.language, "difficulty": task.difficulty,
        "file": task.file, "command": " ".join(task.command), "time limit": f"{task.seconds:g} s a run",
        "solution": ", ".join(name for name, _ in task.solution),
    }  # fmt: skip
    for name, value in facts.items():
        output.line(f"{name + ':':17}{value or '-'}")
    output.text(f"\n{output.clean_lines(task.prompt.strip())}\n\n")
    output.line(f"{len(task.runs)} runs, of which the worst decides")
    for run in task.runs:
        output.line(f"  {run.name}")


def _show(one: Instance) -> None:
    from swebench_lite.cli import output

    files, added, removed = _stats(one.patch)
    facts = {
        "instance": one.instance_id, "repository": f"{one.repo} at {one.base_commit}", "language": one.language,
        "created": one.created_at, "version": one.version, "difficulty": one.difficulty, "log reader": one.log_parser,
        "reference patch": f"{len(files)} files, +{added} -{removed}",
    }  # fmt: skip
    for name, value in facts.items():
        output.line(f"{name + ':':17}{value or '-'}")
    output.text(f"\n{output.clean_lines(one.problem_statement.strip())}\n\n")
    for what, tests in (("must pass once fixed", one.fail_to_pass), ("must keep passing", one.pass_to_pass)):
        output.line(f"{len(tests)} tests {what}")
        for test in tests[:_TESTS_SHOWN]:
            output.line(f"  {test}")
        if len(tests) > _TESTS_SHOWN:
            output.line(f"  and {len(tests) - _TESTS_SHOWN} more")


def add(
    *,
    alias: Annotated[
        str, typer.Argument(metavar="ALIAS", help="verified, lite, ... or a new name.", show_default=False)
    ],
    source: Annotated[
        Path, typer.Option("--from", metavar="FILE", help="A .parquet, .json, .jsonl or subset .txt file, or a folder.")
    ],
    split: Split = None,
    places: Places,
    as_json: Json = False,
) -> None:
    """Keep a dataset's rows, to load them offline.

    They load under an alias from then on, without the network.
    """
    from swebench_lite.cli import output
    from swebench_lite.load import add as keep
    from swebench_lite.sources import SPLIT

    kept = keep(alias, source, settings=places.settings(), split=split or SPLIT)
    output.problems("dataset", kept.problems)
    if as_json:
        output.document({"alias": alias, "instances": len(kept.instances), "source": kept.source})
    else:
        output.line(f"{alias}: {len(kept.instances)} instances are kept ({kept.source})")


def _list_datasets(settings: Settings, *, as_json: bool) -> None:
    from swebench_lite.cli import output
    from swebench_lite.load import known

    found = known(settings)
    if as_json:
        rows = [{"name": one.name, "kind": one.kind, "count": one.count, "detail": one.detail} for one in found]
        output.document({"datasets": rows})
        return
    words = ((one.name, one.kind, "" if one.count is None else str(one.count), one.detail) for one in found)
    output.table(("Dataset", "Kind", "Instances", "Detail"), words, right=("Instances",))


def _find(instance_id: str, dataset: str | None, settings: Settings) -> tuple[Instance, FileTask | None]:
    """An instance, and the file task behind it."""
    from swebench_lite.errors import DatasetError, UsageError, unknown
    from swebench_lite.load import load
    from swebench_lite.selection import Selection, select

    wanted = Selection(ids=(instance_id,))
    ids: set[str] = set()
    looked, out_of_reach = [], []
    for name in [dataset] if dataset else _places_to_look(settings):
        try:
            found = load(name, settings=settings)
        except DatasetError:
            if dataset:
                raise
            out_of_reach.append(name)
            continue
        try:
            one = select(found.instances, wanted)[0]
        except UsageError:
            looked.append(name)
            ids |= {one.instance_id for one in found.instances}
            continue
        return one, next((task for task in found.file_tasks if task.task_id == one.instance_id), None)
    gone = "".join(f"; `instances add {name} --from FILE` brings {name}, not to be had here" for name in out_of_reach)
    places = "" if dataset else f" (looked in {', '.join(looked)}{gone}; name another with --dataset)"
    raise UsageError(f"{unknown('instance', instance_id, ids)}{places}")


def _places_to_look(settings: Settings) -> Sequence[str]:
    """What comes along first, then what is kept, then what most ids belong to."""
    from swebench_lite import file_tasks
    from swebench_lite.folders import TASKS
    from swebench_lite.load import known

    kept = [one.name for one in known(settings) if one.kind == "kept" or "kept here" in one.detail]
    return list(dict.fromkeys(("own", file_tasks.DATASET, TASKS, *kept, "verified")))


def _row(one: Instance, task: FileTask | None = None) -> dict[str, object]:
    if task is not None:
        return {
            "instance_id": one.instance_id, "category": task.category, "language": one.language,
            "difficulty": one.difficulty, "file": task.file, "command": list(task.command), "seconds": task.seconds,
            "runs": [run.name for run in task.runs],
        }  # fmt: skip
    return {
        "instance_id": one.instance_id, "repo": one.repo, "base_commit": one.base_commit, "language": one.language,
        "created_at": one.created_at, "version": one.version, "difficulty": one.difficulty, "log_parser": one.log_parser,
        "fail_to_pass_count": len(one.fail_to_pass), "pass_to_pass_count": len(one.pass_to_pass),
    }  # fmt: skip


def _stats(text: str) -> tuple[tuple[str, ...], int, int]:
    """The files that a patch touches, and how many lines it adds and removes."""
    from swebench_lite.patches import inspect
    from swebench_lite.records import Patch

    if not text.strip():
        return (), 0, 0
    lines = text.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++ ") for line in lines)
    removed = sum(line.startswith("-") and not line.startswith("--- ") for line in lines)
    return inspect(Patch(text=text)).paths, added, removed

"""``check``: whether instances can be trusted to judge patches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Choice, DatasetArgument, Json, Machine, Places, Split, Verbose

if TYPE_CHECKING:
    from swebench_lite.dataset import Dataset
    from swebench_lite.reports.check import CheckReport
    from swebench_lite.settings import Settings

_Repeat = Annotated[
    int, typer.Option("--repeat", metavar="N", min=0, help="Run gold and null N more times to find flaky instances.")
]
_NAMED = 10  # tasks in a remark
_Every = Annotated[bool, typer.Option("--every", help="With --language: every task of it, not a spot check.")]
Answers = Annotated[
    Path | None,
    typer.Option(
        "--answers", metavar="FOLDER", help="Wrong answers by task, which must fail; a checkout's own unless given."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a check is to show. answers: a folder of wrong answers, or None. problems: broken tasks, which count as failures."""

    dataset: str
    spot: bool = False
    answers: Path | None = None
    repeat: int = 0
    problems: tuple[str, ...] = ()


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "check")(check)


def check(
    *, dataset: DatasetArgument = None, repeat: _Repeat = 0, every: _Every = False, answers: Answers = None,
    split: Split = None, choice: Choice, machine: Machine, places: Places, verbose: Verbose = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Check that instances can be trusted.

    The reference patch must pass and the untouched tree must fail; of a file task, the reference answer and an empty program.
    Of a task, plausible wrong answers must fail too. `check tasks --language L` is a spot check of that toolchain: the
    easiest and the hardest task, run anew, with versions and times. Exit status 1 where an instance is not valid.
    """
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.folders import catalog_folder
    from swebench_lite.load import load
    from swebench_lite.sources import SPLIT

    if dataset is None:
        raise UsageError("no dataset is named; give one (verified-20, tasks, own, files, a path, ...)")
    settings = machine.settings(places)
    found = load(dataset, settings=settings, selection=choice.selection(), split=split or SPLIT)
    output.problems("dataset", found.problems)
    folder = catalog_folder(dataset)
    spot = folder is not None and bool(choice.language) and not every
    if answers is not None and folder is None:
        raise UsageError(f"--answers: only tasks have wrong answers, and '{dataset}' holds none; leave it out")
    if answers is not None and spot:
        raise UsageError("--answers: a spot check tries no wrong answers; add --every, or leave it out")
    ids = [one.instance_id for one in found.instances]
    wanted = Wanted(
        dataset=dataset, spot=spot, answers=None if spot or folder is None else wrong_answers_of(folder, answers, ids),
        # Whoever names tasks has them, and no other one is asked about.
        repeat=repeat, problems=found.problems if folder is not None and not choice.instance else (),
    )  # fmt: skip
    return show_check(found, wanted, machine, settings, verbose=verbose, as_json=as_json)


def show_check(
    found: Dataset, wanted: Wanted, machine: Machine, settings: Settings, *, verbose: bool, as_json: bool
) -> int:
    """Check a dataset's instances and print what came of it; the exit status. Tasks that cannot be read are a failure."""
    from swebench_lite.backends import Backends
    from swebench_lite.cli import output
    from swebench_lite.cli.checking import check_all
    from swebench_lite.cli.spot import easiest_and_hardest, versions
    from swebench_lite.reports import check as checks

    instances = easiest_and_hardest(found.instances) if wanted.spot else found.instances
    use_cache = not machine.no_cache and not wanted.spot
    with Backends(settings=settings, image=machine.image, use_cache=use_cache) as backends:
        tasks = {task.task_id: task for task in found.file_tasks}
        languages = sorted({one.language for one in instances}) if wanted.spot else []
        told = {language: versions(language, backends) for language in languages}
        report = check_all(
            instances, backends, tasks=tasks, answers=wanted.answers, may_skip=found.may_skip, repeat=wanted.repeat,
            verbose=verbose,
        )  # fmt: skip
    _tell_untried(report, wanted.answers)
    if as_json:
        extras: dict[str, object] = {"toolchains": told, "spot_check": wanted.spot, "problems": list(wanted.problems)}
        output.document({
            "dataset": wanted.dataset, "sandbox": settings.sandbox, **checks.to_json(report), **extras
        })  # fmt: skip
    else:
        output.show(checks.table(report, width=output.console().width), "")
        for language, text in told.items():
            output.line(f"{language}: {text}")
        if wanted.spot:
            output.line(
                f"spot check: {len(instances)} of {len(found.instances)} tasks, run anew; --every checks all of them"
            )
        output.line(checks.sentence(report))
    return int(bool(wanted.problems) or not all(row.valid for row in report.rows))


def _tell_untried(report: CheckReport, answers: Path | None) -> None:
    """Say which tasks no wrong answer was tried on, where a folder holds some: a name may be mistyped."""
    from swebench_lite.cli import output

    untried = [row.instance_id for row in report.rows if row.valid and not row.answers]
    if answers is not None and untried:
        shown = ", ".join(untried[:_NAMED]) + (f" and {len(untried) - _NAMED} more" if len(untried) > _NAMED else "")
        output.note(f"{answers} holds no wrong answer to {shown}: none was tried")


def wrong_answers_of(folder: Path, given: Path | None, task_ids: Collection[str] = ()) -> Path | None:
    """Where the wrong answers to a folder's tasks are: the given place, else that of a checkout, else nowhere.

    Raises UsageError where the given place is no folder, or holds nothing for any of these tasks.
    """
    from swebench_lite.errors import UsageError
    from swebench_lite.sources import exists, user_path

    if given is None:
        # Of "." the parent is known only by its real name.
        whole = folder.resolve()
        catalog = whole.parent if (whole / "metadata.json").is_file() else whole
        place = catalog.parent / "tests" / "task_answers"
        return place if place.is_dir() else None
    place = user_path(str(given))
    if not exists(place) or not place.is_dir():
        raise UsageError(f"--answers {given}: there is no such folder; it holds one folder per task")
    if task_ids and not any((place / name).is_dir() for name in task_ids):
        above = f"; name the folder above it, {place.resolve().parent}" if place.resolve().name in task_ids else ""
        raise UsageError(
            f"--answers {given}: no folder in it is called like a task that is checked ({', '.join(sorted(task_ids)[:3])}), "
            f"so no wrong answer would be tried{above}"
        )
    return place

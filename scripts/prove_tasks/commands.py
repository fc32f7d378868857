"""The command line: coverage, mutants, mutate."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from swebench_lite.cli import output
from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Machine, Places, Verbose

if TYPE_CHECKING:
    from prove_tasks.showing import Table
    from swebench_lite.catalog import CatalogTask

Found = TypeVar("Found")

app = typer.Typer(
    help="Proves that the hidden tests of the catalog's tasks tell right answers from wrong ones.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_Tasks = Annotated[
    list[str] | None, typer.Argument(metavar="[TASK]...", help="Ids of tasks; all unless given.", show_default=False)
]
_Folder = Annotated[
    Path | None, typer.Option("--folder", metavar="FOLDER", help="A folder of tasks; the catalog unless given.")
]
_Answers = Annotated[
    Path | None,
    typer.Option("--answers", metavar="FOLDER", help="Holds TASK/mutants.toml; the checkout's own unless given."),
]
_Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="Mutants per task.")]
_Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Another seed is another sample.")]
_Workers = Annotated[int, typer.Option("-j", "--workers", metavar="N", min=1, help="How many tasks at a time.")]


def coverage(*, tasks: _Tasks = None, folder: _Folder = None, workers: _Workers = 1, as_json: Json = False) -> int:
    """Show which lines and branches of the Python solutions the hidden tests reach; exit status 1 below 95 %."""
    from prove_tasks import showing
    from prove_tasks.choosing import PYTHON, chosen
    from prove_tasks.covering import cover

    found, problems = _each(chosen(tasks or (), folder, language=PYTHON), cover, workers=workers)
    if as_json:
        output.document(showing.coverage_document(found, problems))
    else:
        _show(showing.coverage_table(found), [], showing.coverage_sentence(found), problems)
    return int(bool(problems) or any(one.percent < showing.LEAST for one in found))


def mutants(
    *, tasks: _Tasks = None, folder: _Folder = None, answers: _Answers = None, machine: Machine, places: Places,
    verbose: Verbose = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Judge the hand-made mutants of every task as answers; exit status 1 where one survives or cannot be made."""
    from prove_tasks import showing
    from prove_tasks.choosing import chosen
    from prove_tasks.hand_made import Mutant, read_mutants
    from prove_tasks.judging import judge_all
    from swebench_lite.backends import Backends
    from swebench_lite.cli.check import wrong_answers_of
    from swebench_lite.errors import DatasetError, UsageError
    from swebench_lite.settings import bundled

    catalog = chosen(tasks or (), folder)
    where = wrong_answers_of(folder.expanduser() if folder else bundled("tasks"), answers)
    if where is None:
        raise UsageError("there is no folder of mutants beside these tasks; name it with --answers")
    made: list[Mutant] = []
    problems: list[str] = []
    for task in catalog:
        try:
            fit, unfit = read_mutants(where, task)
        except DatasetError as error:
            fit, unfit = (), (str(error),)
        made += fit
        problems += unfit
    settings = machine.settings(places)
    with Backends(settings=settings, image=machine.image, use_cache=not machine.no_cache) as backends:
        found = judge_all(made, {task.task_id: task for task in catalog}, backends, verbose=verbose)
    if as_json:
        output.document({"sandbox": settings.sandbox, **showing.mutants_document(found, problems)})
    else:
        _show(showing.mutants_table(found), showing.mutants_lines(found), showing.mutants_sentence(found), problems)
    return int(bool(problems) or not all(one.killed for one in found))


def mutate(
    *, tasks: _Tasks = None, folder: _Folder = None, limit: _Limit = 40, seed: _Seed = 1, workers: _Workers = 2,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Try a seeded sample of machine-made mutants of the Python solutions, and list the survivors to be judged by a person.

    Survivors are no failure: some are equivalent to the solution. Exit status 1 where a task's mutants cannot be tried.
    """
    from prove_tasks import showing
    from prove_tasks.choosing import PYTHON, chosen
    from prove_tasks.mutating import Mutated, tool_environment
    from prove_tasks.mutating import mutate as mutated

    catalog = chosen(tasks or (), folder, language=PYTHON)
    with tempfile.TemporaryDirectory(prefix="prove-tasks-tool-", ignore_cleanup_errors=True) as name:
        tool = tool_environment(Path(name).resolve() / "python")

        def one(task: CatalogTask) -> Mutated:
            begun = time.monotonic()
            made = mutated(task, tool, limit=limit, seed=seed)
            return replace(made, seconds=round(time.monotonic() - begun, 1))

        found, problems = _each(catalog, one, workers=workers)
    if as_json:
        output.document(showing.mutate_document(found, problems, limit=limit, seed=seed))
    else:
        said = f"sample of at most {limit} for each task, seed {seed}; score: {showing.percent(showing.score(found))}"
        _show(showing.mutate_table(found), showing.mutate_lines(found), said, problems)
    return int(bool(problems) or any(each.outcome not in {"killed", "survived"} for one in found for each in one.tried))


for _function in (coverage, mutants, mutate):
    command(app)(_function)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. arguments: those of the shell unless given."""
    try:
        app(None if arguments is None else list(arguments), prog_name="prove-tasks")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _each(
    tasks: Sequence[CatalogTask], prove: Callable[[CatalogTask], Found], *, workers: int
) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """What each task's proof found, in the order of the tasks, and a sentence for each proof that could not be given."""
    from prove_tasks.places import ProofError, kill_all
    from swebench_lite.schedule import run_all

    found: dict[str, Found] = {}
    problems: dict[str, str] = {}

    def do(task: CatalogTask) -> tuple[str, Found | ProofError]:
        try:
            return task.task_id, prove(task)
        except ProofError as error:
            return task.task_id, error

    def done(row: tuple[str, Found | ProofError]) -> None:
        name, result = row
        if isinstance(result, ProofError):
            problems[name] = str(result) if name in str(result) else f"{name}: {result}"
        else:
            found[name] = result
        output.note(f"{name} is done, {len(found) + len(problems)} of {len(tasks)}")

    run_all(tasks, do, workers=workers, done=done, stop=kill_all)
    order = [task.task_id for task in tasks]
    return (
        tuple(found[name] for name in order if name in found),
        tuple(problems[name] for name in order if name in problems),
    )


def _show(table: Table, lines: Sequence[str], sentence: str, problems: Sequence[str]) -> None:
    names, rows = table
    if rows:
        output.table(names, rows, right=[name for name in names if name not in {"Task", "File", "Missing"}])
    for text in lines:
        output.line(text)
    output.line(sentence)
    output.problems("task", problems)

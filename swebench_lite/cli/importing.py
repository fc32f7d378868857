"""``runs import``: a finished run of another harness becomes a stored run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.options import DryRun, Json, Places

if TYPE_CHECKING:
    from swebench_lite.importers import Imported, Notes
    from swebench_lite.records import Attempt, Plan
    from swebench_lite.reports import RunReport
    from swebench_lite.store import RunStore

_Path = Annotated[
    Path,
    typer.Argument(
        metavar="PATH",
        show_default=False,
        help="The folder with logs/run_evaluation/ in it, one run's or one model's folder below that, or a published "
        "results folder.",
    ),
]
_Format = Annotated[str, typer.Option("--format", metavar="NAME", help="Whose files they are: swebench.")]
_Dataset = Annotated[
    str | None,
    typer.Option("--dataset", metavar="DATASET", help="The rows that were graded; those that run.json names unless given."),
]  # fmt: skip
_RunId = Annotated[
    str | None, typer.Option("--run-id", metavar="ID", help="The new run's id instead of the official one.")
]


def import_run(
    *,
    path: _Path,
    format_name: _Format = "swebench",
    dataset: _Dataset = None,
    run_id: _RunId = None,
    places: Places,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Store a finished run of the official harness.

    Its verdicts are kept, its logs are read once more where the rows are known, and nothing is executed.
    """
    from datetime import UTC, datetime

    from swebench_lite import importers
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.reports import build
    from swebench_lite.store import RunStore
    from swebench_lite.store.summary import totals

    if format_name not in importers.FORMATS:
        raise UsageError(unknown("import format", format_name, importers.FORMATS))
    settings = places.settings()
    store = RunStore(settings.runs)
    notes = importers.Notes()
    found = importers.survey(path, notes)
    name = run_id or found.layout.run_id
    _check_free(store, name, given=run_id is not None)
    known = importers.rows(found, dataset=dataset, settings=settings, notes=notes)
    plan = importers.plan(found, run_id=name, dataset=dataset, known=known, now=datetime.now(UTC))
    made = importers.attempts(found, run_id=name, known=known, limits=settings.limits, notes=notes)
    attempts = [one.attempt for one in made] if dry_run else _store(plan, made, store)
    report = build(plan, attempts, seconds=totals(plan, attempts).seconds, instances=known)
    folder = None if dry_run else str(store.root / plan.run_id)
    _show(report, notes, folder=folder, as_json=as_json)
    return int(bool(notes.problems))


def _check_free(store: RunStore, run_id: str, *, given: bool) -> None:
    from swebench_lite.cli.output import clean
    from swebench_lite.errors import UsageError
    from swebench_lite.records import AttemptKey

    try:
        # Refuses what is no run id.
        store.folder(AttemptKey(run_id=run_id, instance_id="any", model="any"))
    except UsageError as error:
        raise UsageError(str(error) if given else f"{error}; --run-id gives the imported run another one") from error
    if (store.root / run_id / "run.json").exists():
        raise UsageError(
            f"run '{clean(run_id)}' exists already; give --run-id for another id, or delete the old one with "
            f"`swebench-lite runs delete {clean(run_id)}`"
        )


def _store(plan: Plan, made: Iterable[Imported], store: RunStore) -> list[Attempt]:
    """Save every attempt. What stops half-way is taken away again: half a run would pass for a whole one."""
    from swebench_lite.cli import output

    attempts = []
    store.create(plan)
    try:
        with store.alone(plan.run_id):
            for one in made:
                store.save(one.attempt, artefacts=one.artefacts)
                attempts.append(one.attempt)
            store.write_summary(plan.run_id, attempts)
    except BaseException:
        store.delete(plan.run_id)
        output.note(f"the import stopped half-way; {plan.run_id} was taken away again")
        raise
    output.problems("store", store.warnings)
    return attempts


def _show(report: RunReport, notes: Notes, *, folder: str | None, as_json: bool) -> None:
    from swebench_lite.cli import output
    from swebench_lite.cli.running import show_tables
    from swebench_lite.reports import to_json

    output.problems("import", notes.problems)
    if as_json:
        plan = {"settings": dict(report.plan.settings), "provenance": dict(report.plan.provenance)}
        said = {"problems": list(notes.problems), "remarks": list(notes.remarks)}
        output.document({**to_json(report), **plan, "folder": folder, **said})
        return
    for remark in notes.remarks:
        output.note(f"import: {output.clean(remark, limit=400)}")
    show_tables(report)
    if folder is None:
        output.line("nothing was written")
        return
    output.line(f"run folder: {folder}")
    output.line(f"reports: swebench-lite report {report.plan.run_id} --format md|html|json|csv|junit|swebench")

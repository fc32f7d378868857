"""``replay``: stored replies once more through the stages; no model is asked and no key is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Choice, Json, Machine, Places, Repairs, Resume, RunId, Split, Verbose, given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from swebench_lite.cli.jobs import Request
    from swebench_lite.cli.running import Ended
    from swebench_lite.records import Plan
    from swebench_lite.reports.applying import Applying
    from swebench_lite.settings import Settings

_Source = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN_OR_FILE",
        show_default=False,
        help="A run's id, its folder or latest; a file of JSON lines with instance_id and reply; or predictions.",
    ),
]
_Dataset = Annotated[
    str | None, typer.Option("--dataset", metavar="DATASET", help="What the replies are for; a run knows it by itself.")
]
_Until = Annotated[
    str | None,
    typer.Option("--until", metavar="STAGE", help="Stop after extract or apply, which need no environment; or grade."),
]
STAGES = ("extract", "apply", "grade")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "replay")(replay)


def replay(
    *, source: _Source = None, dataset: _Dataset = None, until: _Until = None, split: Split = None, choice: Choice,
    repairs: Repairs, machine: Machine, places: Places, run_id: RunId = None, resume: Resume = None,
    verbose: Verbose = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Read, apply and grade stored replies again.

    Nobody is asked: the replies of a stored run, or those in a file.
    """
    from swebench_lite.cli import output
    from swebench_lite.cli.jobs import check_unchanged, make_job
    from swebench_lite.cli.running import new_request, perform, present, settings_for, tell
    from swebench_lite.reports import applying

    settings = _with_place(machine.settings(places), machine, until or "grade")
    wanted = {**given(choice, machine, dataset=dataset, split=split, until=until), **repairs.given()}
    plan = None
    if resume is not None:
        plan, request = _resumed(resume, settings, other=source is not None or run_id is not None or bool(wanted))
        settings = settings_for(request, settings)
    else:
        request = new_request({**wanted, **_named(source, wanted, settings)}, settings)
    job = make_job(request, settings)
    tell(job)
    if plan is not None:
        check_unchanged(job, plan)
    output.note(f"{len(job.tasks)} stored replies, up to {request.until}; nobody is asked")
    ended = perform(job, settings, command="replay", run_id=run_id, resumed=plan, verbose=verbose)
    rows = applying.by_repository(ended.report.attempts, ended.report.instances)
    if as_json or request.until == "grade":
        extras = {"until": request.until, "by_repository": [row.document() for row in rows]}
        status = present(ended, as_json=as_json, extras=extras, graded=request.until == "grade")
    else:
        status = _present(ended, rows, until=request.until)
    if not as_json and request.until != "extract":
        output.show(applying.table(rows))
    return status


def _with_place(settings: Settings, machine: Machine, until: str) -> Settings:
    """The settings with a sandbox that is there, unless the user names one: to read and to apply replies takes no engine."""
    from dataclasses import replace

    from swebench_lite.cli import output
    from swebench_lite.engine import connect
    from swebench_lite.errors import EngineDown

    if until == "grade" or machine.sandbox is not None or settings.sandbox != "docker":
        return settings
    try:
        connect()
    except EngineDown:
        output.note(f"no container engine answers, and none is needed up to {until}: in the local sandbox")
        # Reading a reply runs nothing, so it needs no wall either.
        return replace(settings, sandbox="local", unsafe_local=settings.unsafe_local or until == "extract")
    return settings


def _resumed(run: str, settings: Settings, *, other: bool) -> tuple[Plan, Request]:
    """The plan of a replay that is to be continued, and its request. other: whether anything else was asked for."""
    from swebench_lite.cli.jobs import stored_request
    from swebench_lite.errors import UsageError
    from swebench_lite.store import RunStore

    plan = RunStore(settings.runs).plan(run)
    request = stored_request(plan)
    if plan.settings.get("command") != "replay":
        raise UsageError(f"run '{plan.run_id}' is no replay; continue it with the command that began it")
    if other:
        raise UsageError("--resume continues a replay as it was begun; leave the source and what changes it out")
    return plan, request


def _present(ended: Ended, rows: Sequence[Applying], *, until: str) -> int:
    """Show a run that ended before its tests; returns the exit status."""
    from swebench_lite.cli import output
    from swebench_lite.records import Outcome
    from swebench_lite.reports import applying
    from swebench_lite.reports.text import counted

    report = ended.report
    output.show(applying.summary(report, rows[-1], until=until), "", applying.attempts(report, until=until), "")
    output.line(f"run folder: {ended.folder}")
    wrong = ended.wrong - sum(one.verdict.outcome is Outcome.NOT_RUN for one in report.attempts)
    if wrong:
        output.warn(
            f"{counted(wrong, 'attempt')} ended through no fault of a model; the table says why; --resume makes them again"
        )
    return int(bool(wrong))


def _named(source: str | None, wanted: Mapping[str, object], settings: Settings) -> dict[str, object]:
    """The fields of a request that a source stands for: a file where there is one of that name, else a run."""
    from swebench_lite.errors import DatasetError, UsageError, unknown
    from swebench_lite.store import RunStore
    from swebench_lite.stored_replies import holds_replies, made_for

    if wanted.get("until", STAGES[-1]) not in STAGES:
        raise UsageError(unknown("stage", str(wanted["until"]), STAGES))
    if source is None:
        raise UsageError("nothing to replay is named; give a run's id, latest, or a file of replies, or --resume RUN")
    place = Path(source).expanduser()
    if (place / "run.json").is_file():
        place = place.resolve()  # "." and links have other names than the run
        store, name = RunStore(place.parent), place.name
    elif place.exists():
        if "dataset" not in wanted:
            raise UsageError(
                f"nothing says which instances {source} is for; name them with --dataset (lite, verified, ...)"
            )
        if place.is_file() and holds_replies(place):
            return {"replies": f"file:{place.absolute()}"}
        return {"predictions": str(place.absolute())}
    else:
        store, name = RunStore(settings.runs), source
    try:
        plan = store.plan(name)
    except UsageError as error:
        raise DatasetError(f"{error}; nor is there a file '{source}'") from error
    fields: dict[str, object] = {"replies": f"run:{store.root / plan.run_id}"}
    if "dataset" not in wanted:
        made, from_split = made_for(plan)
        fields.update({"dataset": made, **({"split": from_split} if from_split and "split" not in wanted else {})})
    return fields

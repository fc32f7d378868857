"""``demo``: the main job on bundled input: both arms, real tests, a report; no key and no model needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Machine, Places, RunId, Verbose

if TYPE_CHECKING:
    from swebench_lite.file_tasks import FileTask
    from swebench_lite.records import Instance
    from swebench_lite.reports import RunReport
    from swebench_lite.selection import Selection
    from swebench_lite.settings import Settings

_Model = Annotated[
    str | None, typer.Option("-m", "--model", metavar="MODEL", help="Ask this model; sample replies unless given.")
]
_BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="An OpenAI-compatible server that has the model.")
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="PATH", help="Write the report there: a file by its ending, or a folder."),
]
_Only = Annotated[
    list[str] | None, typer.Option("-i", "--instance", metavar="ID", help="Only this instance or task; repeatable.")
]
_Quick = Annotated[bool, typer.Option("--quick", help="One repository instance per language.")]
DATASET, ARMS = "demo", ("unharnessed", "harnessed")
_REPORTS = ("html", "md")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "demo")(demo)


def demo(
    *, model: _Model = None, base_url: _BaseUrl = None, out: _Out = None, quick: _Quick = False,
    instance: _Only = None, machine: Machine, places: Places, run_id: RunId = None, verbose: Verbose = False,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Show the main job on what is bundled.

    Both arms, with and without the harness, on instances, file tasks and sample replies that come along: no key, no model,
    no dataset.
    """
    from swebench_lite.cli import output
    from swebench_lite.cli.demonstration import show, sums
    from swebench_lite.cli.jobs import make_job
    from swebench_lite.cli.options import Choice, given
    from swebench_lite.cli.running import new_request, perform, tell
    from swebench_lite.cli.stored import report_of
    from swebench_lite.reports import to_json
    from swebench_lite.reports.text import counted

    settings = _with_sandbox(machine, places)
    model = model or (_default_model(settings) if base_url else None)
    wanted = given(
        Choice(), machine, dataset=DATASET, models=(model or _samples(),), arms=ARMS, sandbox=settings.sandbox,
        asking={"base_url": base_url} if base_url else None,
    )  # fmt: skip
    chosen = _chosen(settings, quick=quick, ids=instance or ())
    if chosen is not None:
        wanted["selection"] = chosen
    job = make_job(new_request(wanted, settings), settings)
    tell(job)
    label = f"replies of {model}" if model else "sample replies, written for this demonstration; no model was asked"
    output.note(f"{len(job.instances)} bundled instances and tasks in {len(ARMS)} arms; {label}")
    ended = perform(job, settings, command="run", run_id=run_id, verbose=verbose)
    # As it is stored: with the categories of the file tasks.
    report = replace(report_of(ended.store, ended.report.plan.run_id), notes=(f"These are {label}.",))
    files = _write(report, ended.folder, out)
    if as_json:
        extras = {"folder": ended.folder, "replies": label, **sums(report).document(), "reports": files}
        output.document({**to_json(report), **extras})
    else:
        show(report, label, [f"run folder: {ended.folder}", *(f"report: {file}" for file in files)])
    if ended.wrong:
        output.warn(
            f"{counted(ended.wrong, 'attempt')} ended through no fault of a model; run --resume makes them again"
        )
    return int(bool(ended.wrong))


def _default_model(settings: Settings) -> str:
    from swebench_lite.errors import UsageError

    if not settings.model:
        raise UsageError("--base-url names a server and nothing names the model; give it with -m, or set DEFAULT_MODEL")
    return settings.model


def _samples() -> str:
    from swebench_lite.errors import UsageError
    from swebench_lite.settings import bundled

    file = bundled("instances") / "demo" / "sample-replies.jsonl"
    if not file.is_file():
        raise UsageError(f"the sample replies are not at {file}; install swebench-lite again, or name a model with -m")
    return f"canned:{file}"


def _chosen(settings: Settings, *, quick: bool, ids: Sequence[str] = ()) -> Selection | None:
    """What to show, or None for all: one repository instance per language if quick; locally what has its toolchain here.

    ids: what the user chooses from. Raises UsageError for an unknown one.
    """
    from swebench_lite.load import load
    from swebench_lite.records import Source
    from swebench_lite.selection import Selection

    whole = load(DATASET, settings=settings, selection=Selection(ids=tuple(ids)))
    tasks = {task.task_id: task for task in whole.file_tasks}
    possible = _possible(whole.instances, tasks, settings) if settings.sandbox == "local" else whole.instances
    if quick:
        last = {one.language: one for one in reversed(possible) if one.source is Source.REPOSITORY}
        possible = [one for one in possible if one.instance_id in tasks or one in last.values()]
    shown = tuple(one.instance_id for one in possible)
    everything = not ids and len(shown) == len(whole.instances)
    return None if everything or not shown else Selection(ids=shown)


def _possible(instances: Sequence[Instance], tasks: Mapping[str, FileTask], settings: Settings) -> Sequence[Instance]:
    """The instances whose toolchain is on this machine; a warning says what the others lack."""
    from swebench_lite.cli import output
    from swebench_lite.environments import host_candidate
    from swebench_lite.errors import NoEnvironment
    from swebench_lite.file_tasks import environment

    possible = []
    lacking: dict[str, list[str]] = {}
    for instance in instances:
        try:
            if instance.instance_id in tasks:
                environment(tasks[instance.instance_id], settings)
            else:
                host_candidate(instance, settings).make()
            possible.append(instance)
        except NoEnvironment as error:
            lacking.setdefault(str(error), []).append(instance.instance_id)
    for why, names in lacking.items():
        output.warn(f"left out {', '.join(names)}: {why}")
    return possible


def _with_sandbox(machine: Machine, places: Places) -> Settings:
    """The settings with the best sandbox that works here, unless the user names one. Lesser ones are said loudly."""
    from swebench_lite.cli import output
    from swebench_lite.cli.fallback import engine_or_local
    from swebench_lite.engine import INSTALL_HINT
    from swebench_lite.errors import EngineDown, SwebenchLiteError
    from swebench_lite.sandbox import open_sandbox

    reasons: list[EngineDown] = []
    settings = engine_or_local(machine, places, fell=reasons.append)
    if not reasons:
        return settings
    output.warn(str(reasons[0]).partition(";")[0])
    output.warn("FALLING BACK to the local sandbox: the tests run with this machine's own toolchains")
    output.warn(f"for containers: {INSTALL_HINT}")
    try:
        open_sandbox("local", settings)
    except SwebenchLiteError as error:
        output.warn(str(error))
        output.warn("NO WALL AT ALL: the bundled instances run as you, with your files and network (--unsafe-local)")
        settings = replace(settings, unsafe_local=True)
    return settings


def _write(report: RunReport, folder: str, out: Path | None) -> list[str]:
    """Write the reports; a path with the ending of a format takes that one, any other is a folder for both."""
    from swebench_lite.reports import render
    from swebench_lite.store.files import write_atomic

    ending = out.suffix.lstrip(".").lower() if out is not None else ""
    if out is not None and ending in {*_REPORTS, "json", "csv"}:
        targets = {out.expanduser().absolute(): ending}
    else:
        place = (out or Path(folder)).expanduser().absolute()
        targets = {place / f"report.{name}": name for name in _REPORTS}
    for path, name in targets.items():
        write_atomic(path, render(report, name))
    return [str(path) for path in targets]

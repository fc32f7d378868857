"""``demo``: the main job on bundled input: both arms, real tests, a report; no key and no model needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Machine, Places, RunId, Verbose

if TYPE_CHECKING:
    from swebench_lite.cli.running import Ended
    from swebench_lite.records import Instance
    from swebench_lite.reports import RunReport
    from swebench_lite.selection import Selection
    from swebench_lite.settings import Settings

_Model = Annotated[
    str | None, typer.Option("-m", "--model", metavar="MODEL", help="Ask this model; sample replies unless given.")
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="PATH", help="Write the report there: a file by its ending, or a folder."),
]
_Quick = Annotated[bool, typer.Option("--quick", help="One instance per language.")]
_ARMS = ("unharnessed", "harnessed")
_REPORTS = ("html", "md")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "demo")(demo)


def demo(
    *, model: _Model = None, out: _Out = None, quick: _Quick = False, machine: Machine, places: Places,
    run_id: RunId = None, verbose: Verbose = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Show the main job on bundled instances.

    Both arms, with and without the harness, on instances and sample replies that come along: no key, no model, no dataset.
    """
    from swebench_lite.cli import output
    from swebench_lite.cli.jobs import make_job
    from swebench_lite.cli.options import Choice, given
    from swebench_lite.cli.running import new_request, perform, present, tell

    settings = _with_sandbox(machine, places)
    wanted = given(
        Choice(), machine, dataset="own", models=(model or _samples(),), arms=_ARMS, sandbox=settings.sandbox
    )
    chosen = _chosen(settings, quick=quick)
    if chosen is not None:
        wanted["selection"] = chosen
    job = make_job(new_request(wanted, settings), settings)
    tell(job)
    label = f"replies of {model}" if model else "sample replies, written for this demonstration; no model was asked"
    output.note(f"{len(job.instances)} bundled instances in {len(_ARMS)} arms; {label}")
    ended = perform(job, settings, command="run", run_id=run_id, verbose=verbose)
    files = _write(ended, out)
    arms = _arms(ended.report)
    status = present(ended, as_json=as_json, extras={"replies": label, "arms": arms, "reports": files})
    if not as_json:
        _show(ended.report, arms, label)
        for file in files:
            output.line(f"report: {file}")
    return status


def _samples() -> str:
    from swebench_lite.errors import UsageError
    from swebench_lite.settings import bundled

    file = bundled("instances") / "demo" / "replies.jsonl"
    if not file.is_file():
        raise UsageError(f"the sample replies are not at {file}; install swebench-lite again, or name a model with -m")
    return f"canned:{file}"


def _chosen(settings: Settings, *, quick: bool) -> Selection | None:
    """The instances to show, or None for all: one per language if quick; locally those whose toolchain is here."""
    from swebench_lite.load import load
    from swebench_lite.selection import Selection

    instances = load("own", settings=settings).instances
    possible = _possible(instances, settings) if settings.sandbox == "local" else instances
    if quick:
        possible = tuple({one.language: one for one in reversed(possible)}.values())
    ids = tuple(one.instance_id for one in instances if one in possible)
    return None if len(ids) == len(instances) or not ids else Selection(ids=ids)


def _possible(instances: Sequence[Instance], settings: Settings) -> Sequence[Instance]:
    """The instances whose toolchain is on this machine; a warning says what the others lack."""
    from swebench_lite.cli import output
    from swebench_lite.environments import host_candidate
    from swebench_lite.errors import NoEnvironment

    possible = []
    lacking: dict[str, list[str]] = {}
    for instance in instances:
        try:
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
    from swebench_lite.engine import INSTALL_HINT, connect
    from swebench_lite.errors import EngineDown, SwebenchLiteError
    from swebench_lite.sandbox import open_sandbox

    settings = machine.settings(places)
    if machine.sandbox is not None or settings.sandbox != "docker":
        return settings
    try:
        connect()
        return settings
    except EngineDown as error:
        output.warn(str(error).partition(";")[0])
        output.warn("FALLING BACK to the local sandbox: the tests run with this machine's own toolchains")
        output.warn(f"for containers: {INSTALL_HINT}")
    settings = replace(settings, sandbox="local")
    try:
        open_sandbox("local", settings)
    except SwebenchLiteError as error:
        output.warn(str(error))
        output.warn("NO WALL AT ALL: the bundled instances run as you, with your files and network (--unsafe-local)")
        settings = replace(settings, unsafe_local=True)
    return settings


def _arms(report: RunReport) -> dict[str, dict[str, object]]:
    """Per arm: how many attempts, how many resolved, and the instances that only this arm resolves."""
    resolved = {
        arm: [a.key.instance_id for a in report.attempts if a.key.arm == arm and a.verdict.resolved] for arm in _ARMS
    }
    return {
        arm: {
            "planned": sum(attempt.key.arm == arm for attempt in report.attempts),
            "resolved": len(resolved[arm]),
            "only_here": [name for name in resolved[arm] if all(name not in resolved[o] for o in _ARMS if o != arm)],
        }
        for arm in _ARMS
    }


def _show(report: RunReport, arms: dict[str, dict[str, object]], label: str) -> None:
    from swebench_lite.cli import output

    rows = [
        (arm, f"{found['resolved']} of {found['planned']}", _names(found["only_here"])) for arm, found in arms.items()
    ]
    output.line("")
    output.table(("Arm", "Resolved", "Resolved in this arm only"), rows, right=("Resolved",))
    output.line(f"These are {label}.")


def _names(found: object) -> str:
    return ", ".join(map(str, found)) if isinstance(found, Sequence) and found else "-"


def _write(ended: Ended, out: Path | None) -> list[str]:
    """Write the reports; a path with the ending of a format takes that one, any other is a folder for both."""
    from swebench_lite.reports import render
    from swebench_lite.store.files import write_atomic

    ending = out.suffix.lstrip(".").lower() if out is not None else ""
    if out is not None and ending in {*_REPORTS, "json", "csv"}:
        targets = {out.absolute(): ending}
    else:
        folder = (out or Path(ended.folder)).absolute()
        targets = {folder / f"report.{name}": name for name in _REPORTS}
    for path, name in targets.items():
        write_atomic(path, render(ended.report, name))
    return [str(path) for path in targets]

"""``run``: ask models, take the patches out of their replies, and grade them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import (
    Choice,
    DatasetArgument,
    DryRun,
    Json,
    Machine,
    Manners,
    Places,
    Repairs,
    Resume,
    RunId,
    Split,
    Verbose,
    given,
)

if TYPE_CHECKING:
    from swebench_lite.cli.running import Manner
    from swebench_lite.settings import Settings

_Models = Annotated[
    list[str] | None,
    typer.Option(
        "-m", "--model", metavar="MODEL",
        help="gold, null, canned:FILE, openrouter/…, openai/…, ollama/…, lmstudio/…, or any name with --base-url; "
             "NAME@LEVEL sets how long it thinks; repeatable.",
    ),
]  # fmt: skip
_Arms = Annotated[
    str | None,
    typer.Option("--arms", metavar="A,B", help="harnessed, unharnessed or files of your own; both unless given."),
]
_Samples = Annotated[
    int | None, typer.Option("--samples", metavar="N", min=1, help="How often each model is asked; once unless given.")
]
_File = Annotated[
    Path | None, typer.Option("--response-file", metavar="FILE", help="Take this file as the reply; nobody is asked.")
]
_Text = Annotated[
    str | None, typer.Option("--response-text", metavar="TEXT", help="Take this text as the reply; nobody is asked.")
]
_DEFAULT_ARMS = ("harnessed", "unharnessed")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "run")(run)


def run(
    *, dataset: DatasetArgument = None, model: _Models = None, arms: _Arms = None, samples: _Samples = None,
    response_file: _File = None, response_text: _Text = None, split: Split = None, choice: Choice, asked: Manners,
    repairs: Repairs, machine: Machine, places: Places, run_id: RunId = None, resume: Resume = None,
    dry_run: DryRun = False, verbose: Verbose = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Ask models, and grade what they answer."""
    from swebench_lite.cli.running import Manner, run_and_show

    settings = machine.settings(places)
    names = tuple(dict.fromkeys(name.strip() for name in arms.split(",") if name.strip())) if arms is not None else None
    reply = _reply(response_file, response_text)
    if reply is not None:
        options = {"-m": model, "--samples": samples, "--resume": resume, **_flags(asked.given())}
        names = _arm_of_reply(names, options)
    elif resume is None:
        names = _DEFAULT_ARMS if names is None else names
        model = model or ([settings.model] if settings.model else None)
    wanted = given(
        choice,
        machine,
        dataset=dataset,
        split=split,
        models=tuple(model) if model else None,
        arms=names,
        samples=samples,
        asking=asked.given() or None,
    )
    wanted.update(repairs.given())
    manner = Manner(
        command="run", run_id=run_id, resume=resume, verbose=verbose, as_json=as_json, api_key=asked.api_key
    )
    if reply is not None:
        return _with_reply({**wanted, "replies": f"reply:{reply}"}, settings, manner, dry_run=dry_run)
    _check(wanted, resume)
    if dry_run:
        from swebench_lite.cli.dry_run import show

        return show(wanted, settings, as_json=as_json, resume=resume)
    return run_and_show(wanted, settings, manner)


def _check(wanted: Mapping[str, object], resume: str | None) -> None:
    from swebench_lite.errors import UsageError

    if "models" not in wanted and resume is None:
        raise UsageError(
            "no model is named; give -m gold, -m canned:FILE or -m openrouter/NAME (or openai/, ollama/, lmstudio/), or "
            "set DEFAULT_MODEL"
        )
    if wanted.get("arms") == ():
        raise UsageError("--arms names no arm; choose from harnessed, unharnessed, or give files of your own")


def _reply(file: Path | None, text: str | None) -> str | None:
    """The one reply that the user brings along, or None."""
    from swebench_lite.errors import DatasetError, UsageError
    from swebench_lite.sources import user_path

    if file is None:
        return text
    if text is not None:
        raise UsageError("--response-file and --response-text both give a reply; leave one out")
    try:
        return user_path(str(file)).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise DatasetError(f"cannot read the reply in {file}: {error.strerror or error}") from error


def _flags(asking: Mapping[str, object]) -> dict[str, object]:
    """How a model would be asked, by the names of the options but for those that also say how a reply is read."""
    return {f"--{name.replace('_', '-')}": value for name, value in asking.items() if name != "answer_format"}


def _arm_of_reply(names: tuple[str, ...] | None, options: Mapping[str, object]) -> tuple[str, ...]:
    """The one arm in which a brought reply is read. options: what has no meaning beside one, by how it is called."""
    from swebench_lite.arms import ARMS
    from swebench_lite.errors import UsageError, unknown

    if useless := [name for name, value in options.items() if value is not None]:
        raise UsageError(f"nobody is asked for a reply that is given, so {useless[0]} says nothing; leave it out")
    if names is None:
        return _DEFAULT_ARMS[:1]
    if len(names) != 1:
        raise UsageError(f"--arms: a reply that is given is read in one arm, not in {len(names)}; name one")
    if names[0] not in ARMS:
        raise UsageError(unknown("arm", names[0], ARMS))
    return names


def _with_reply(wanted: Mapping[str, object], settings: Settings, manner: Manner, *, dry_run: bool) -> int:
    """A run of one reply that the user brings along; its text is kept in the plan, where a continued run finds it."""
    from swebench_lite.cli import output
    from swebench_lite.cli.jobs import make_job
    from swebench_lite.cli.running import new_request, run_and_show, tell

    if not dry_run:
        return run_and_show(wanted, settings, manner)
    job = make_job(new_request(wanted, settings), settings)
    tell(job)
    if manner.as_json:
        output.document({"attempts": len(job.tasks), "estimated_cost_usd": 0.0, "prompts": []})
    for task in () if manner.as_json else job.tasks:
        output.line(f"one reply to {task.key.instance_id}, read as of the arm {task.key.arm}; nobody would be asked")
    return 0

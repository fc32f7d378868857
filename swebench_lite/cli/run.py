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
    if resume is None:
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
    if response_file is not None or response_text is not None:
        return _with_reply(wanted, response_file, response_text, settings, manner)
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


def _with_reply(
    wanted: dict[str, object], file: Path | None, text: str | None, settings: Settings, manner: Manner
) -> int:
    """A run of one reply that the user brings along."""
    from swebench_lite import scratch
    from swebench_lite.cli.running import run_and_show
    from swebench_lite.errors import UsageError

    if file is not None and text is not None:
        raise UsageError("--response-file and --response-text both give a reply; leave one out")
    wanted.pop("models", None)
    with scratch.folder("reply") as folder:
        place = file
        if place is None:
            place = Path(folder) / "reply.txt"
            place.write_text(text or "", encoding="utf-8", errors="surrogateescape")
        return run_and_show({**wanted, "replies": f"text:{place.expanduser().absolute()}"}, settings, manner)

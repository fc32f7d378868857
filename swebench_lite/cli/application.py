"""The application: every command in its place, and the one entry point."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from swebench_lite import __version__
from swebench_lite.cli import (
    check,
    clean,
    compare,
    demo,
    doctor,
    evaluate,
    images,
    instances,
    models,
    regrade,
    replay,
    report,
    repos,
    run,
    runs,
    suite,
    tasks,
)

app = typer.Typer(
    name="swebench-lite",
    help="Evaluates model-written patches: exact official verdicts, fast, auditable.",
    no_args_is_help=True,
    add_completion=False,
    # Plain text: rich help takes four times as long to start, and errors stay greppable.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _group in (demo, run, evaluate, replay, check, regrade, report, compare, suite, doctor, clean):
    _group.register(app)
for _name, _group in (
    ("runs", runs),
    ("images", images),
    ("instances", instances),
    ("models", models),
    ("repos", repos),
    ("tasks", tasks),
):
    _sub = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=_group.__doc__)
    _group.register(_sub)
    app.add_typer(_sub, name=_name)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"swebench-lite {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Evaluates model-written patches: exact official verdicts, fast, auditable."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status. arguments: those of the shell unless given."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no UTF-8 gets question marks, never a traceback.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app(None if arguments is None else list(arguments), prog_name="swebench-lite")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0

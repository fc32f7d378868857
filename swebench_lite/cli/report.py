"""``report``: a stored run in the format that a reader wants."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Places, RunsArgument

if TYPE_CHECKING:
    from swebench_lite.reports import RunReport
    from swebench_lite.store import RunStore

_Format = Annotated[
    str, typer.Option("--format", metavar="NAME", help="md, html, json, csv, junit or swebench (the official files).")
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="PATH", help="Write there: a file, or a folder for several runs and for swebench."),
]
_ENDINGS = {"junit": "xml"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "report")(report)


def report(
    *, run: RunsArgument, format_name: _Format = "md", out: _Out = None, places: Places, as_json: Json = False
) -> None:
    """Write a stored run in a format.

    Markdown, HTML, JSON, CSV, JUnit XML, or the files of the official harness.
    """
    from swebench_lite.cli.stored import report_of
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.reports import FORMATS
    from swebench_lite.store import RunStore

    name = "json" if as_json else format_name
    if name not in FORMATS:
        raise UsageError(unknown("report format", name, FORMATS))
    store = RunStore(places.settings().runs)
    reports = [report_of(store, one) for one in dict.fromkeys(map(store.resolve, run))]
    if out is None:
        _print(reports, name, store)
    elif name == "swebench":
        _write_official(reports, out, store)
    else:
        _write(reports, name, out)


def _print(reports: list[RunReport], name: str, store: RunStore) -> None:
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.reports import render, to_json

    if name == "json":
        documents = [to_json(one) for one in reports]
        output.document(documents[0] if len(documents) == 1 else {"runs": documents})
    elif name == "swebench":
        summaries = {path: text for one in reports for path, text in _official(one, store).items() if "/" not in path}
        whole = {path.removesuffix(".json"): json.loads(text) for path, text in summaries.items()}
        output.document(next(iter(whole.values())) if len(whole) == 1 else whole)
    elif len(reports) > 1 and name != "md":
        raise UsageError(f"{len(reports)} runs do not fit into one {name} text; name a folder with --out")
    else:
        output.text("\n".join(render(one, name) for one in reports))


def _write(reports: list[RunReport], name: str, out: Path) -> None:
    from swebench_lite.cli import output
    from swebench_lite.reports import render
    from swebench_lite.store.files import write_atomic

    into_folder = len(reports) > 1 or out.is_dir()
    for one in reports:
        path = out / f"{one.plan.run_id}.{_ENDINGS.get(name, name)}" if into_folder else out
        write_atomic(path.absolute(), render(one, name))
        output.note(f"wrote {path}")


def _write_official(reports: list[RunReport], out: Path, store: RunStore) -> None:
    from swebench_lite.cli import output
    from swebench_lite.store.files import write_atomic

    for one in reports:
        files = _official(one, store)
        for path, text in files.items():
            write_atomic(out.absolute() / path, text)
        output.note(f"wrote {len(files)} files of {one.plan.run_id} under {out}")


def _official(one: RunReport, store: RunStore) -> dict[str, str]:
    from swebench_lite.cli.stored import artefact_text
    from swebench_lite.records import AttemptKey
    from swebench_lite.reports import official

    # The report modules know the test output by another name than the store.
    names = {"stdout.log": "test_output.txt"}

    def artefact(key: AttemptKey, name: str) -> str | None:
        return artefact_text(store, key, names.get(name, name))

    ids = one.plan.settings.get("instance_ids")
    asked = [str(each) for each in ids] if isinstance(ids, list | tuple) else None
    return dict(official.export(one.plan, one.attempts, artefact, dataset_ids=asked))

"""``report``: a stored run in the format that a reader wants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Places, RunsArgument

if TYPE_CHECKING:
    from swebench_lite.reports import RunReport
    from swebench_lite.store import RunStore

_Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help="md unless given, html, json, csv, junit or swebench (the official files)."
    ),
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="PATH", help="Write there: a file, or a folder for several runs and for swebench."),
]
_ENDINGS = {"junit": "xml"}
_DOCUMENTS = ("json", "swebench")  # what standard output gets as one JSON document


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "report")(report)


def report(
    *, run: RunsArgument, format_name: _Format = None, out: _Out = None, places: Places, as_json: Json = False
) -> None:
    """Write a stored run in a format.

    Markdown, HTML, JSON, CSV, JUnit XML, or the files of the official harness. --json prints its document beside what --out
    writes.
    """
    from swebench_lite.cli.stored import report_of
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.reports import FORMATS
    from swebench_lite.store import RunStore

    name = format_name or ("json" if as_json else "md")
    if name not in FORMATS:
        raise UsageError(unknown("report format", name, FORMATS))
    if as_json and out is None and name not in _DOCUMENTS:
        raise UsageError(f"json and {name} are asked for at once; choose one, or write the {name} with --out")
    store = RunStore(places.settings().runs)
    reports = [report_of(store, one) for one in dict.fromkeys(map(store.resolve, run))]
    if out is None:
        _print(reports, name, store)
        return
    if name == "swebench":
        _write_official(reports, out, store)
    else:
        _write(reports, name, out)
    if as_json:
        _print(reports, "json", store)


def _print(reports: list[RunReport], name: str, store: RunStore) -> None:
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.reports import render, to_json

    if name == "json":
        documents = [to_json(one) for one in reports]
        output.document(documents[0] if len(documents) == 1 else {"runs": documents})
    elif name == "swebench":
        summaries = {path: text for one in reports for path, text in _official(one, store) if "/" not in path}
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
        count = 0
        for path, text in _official(one, store):
            write_atomic(out.absolute() / path, text)
            count += 1
        output.note(f"wrote {count} files of {one.plan.run_id} under {out}")


def _official(one: RunReport, store: RunStore) -> Iterator[tuple[str, str]]:
    """The official files of a run, one at a time: its logs together may be larger than the memory."""
    from swebench_lite.cli.stored import artefact_text
    from swebench_lite.records import AttemptKey
    from swebench_lite.reports import official

    # The report modules know the test output by another name than the store.
    names = {"stdout.log": "test_output.txt"}

    def artefact(key: AttemptKey, name: str) -> str | None:
        return artefact_text(store, key, names.get(name, name))

    ids = one.plan.settings.get("instance_ids")
    asked = [str(each) for each in ids] if isinstance(ids, list | tuple) else None
    return official.export_files(one.plan, one.attempts, artefact, dataset_ids=asked)

"""``compare``: stored runs side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Places, RunsArgument

if TYPE_CHECKING:
    from swebench_lite.records import AttemptKey
    from swebench_lite.reports.compare import Comparison
    from swebench_lite.reports.contestants import StoredRun
    from swebench_lite.store import RunStore

_By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="WHAT",
        help="What is compared: contestant (a model in an arm), model, arm or run.",
        show_default=True,
    ),
]
_ValidOnly = Annotated[
    Path | None,
    typer.Option("--valid-only", metavar="FILE", help="Only instances that this document of check --json calls valid."),
]
_Format = Annotated[str | None, typer.Option("--format", metavar="NAME", help="md, html or json instead of tables.")]
_Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="PATH", help="A .md, .html or .json file to write, or a folder for all three and the plots."),
]  # fmt: skip
_Plots = Annotated[
    Path | None, typer.Option("--plots", metavar="DIR", help="Write the plots there, as SVG and PNG (extra: plots).")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which attempts take part; names are exact or globs, compared without regard to case."""

    instance: Annotated[
        list[str] | None, typer.Option("-i", "--instance", metavar="ID", help="An instance id or glob; repeatable.")
    ] = None
    model: Annotated[
        list[str] | None, typer.Option("-m", "--model", metavar="NAME", help="A model or glob; repeatable.")
    ] = None
    arm: Annotated[list[str] | None, typer.Option("--arm", metavar="NAME", help="An arm or glob; repeatable.")] = None
    dataset: Annotated[
        str | None, typer.Option("--dataset", metavar="DATASET", help="Only instances of this dataset or subset.")
    ] = None


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "compare")(compare)


def compare(
    *,
    run: RunsArgument,
    by: _By = "contestant",
    filters: Filter,
    valid_only: _ValidOnly = None,
    format_name: _Format = None,
    out: _Out = None,
    plots: _Plots = None,
    places: Places,
    as_json: Json = False,
) -> int:
    """Compare stored runs.

    Rates with intervals, steps, costs, and every two contestants on what both have.
    Ends with 1 where no two of them share a scored instance.
    """
    from swebench_lite.cli.stored import categories_of
    from swebench_lite.errors import UsageError
    from swebench_lite.reports.compare import compare as compared
    from swebench_lite.store import RunStore

    name = _format(format_name, out, as_json=as_json and out is None)
    store = RunStore(places.settings().runs)
    runs, notes = _runs(store, run)
    keep, left_out = _kept(runs, filters, valid_only, places)
    categories = {name: label for one in runs for name, label in categories_of(store, one.plan).items()}
    found = compared(runs, by=by, keep=keep, notes=[*notes, *left_out], categories=categories)
    if not found.groups:
        raise UsageError(
            "no attempt is left to compare: the runs plan none, or -i, -m, --arm, --dataset or --valid-only leave none"
        )
    if plots is not None:
        _write_plots(found, plots)
    if out is not None:
        _write(found, name, out)
    if out is None or as_json:
        _print(found, "json" if as_json else name)
    return 0 if found.compared else 1


def _format(format_name: str | None, out: Path | None, *, as_json: bool) -> str | None:
    """The format that is asked for: by name, by --json, or by the ending of a file; None means tables, or everything.

    as_json: the document is all that there will be; beside a file it goes to standard output.
    """
    from swebench_lite.errors import UsageError, unknown
    from swebench_lite.reports.compare_pages import FORMATS

    if format_name is not None and format_name not in FORMATS:
        raise UsageError(unknown("format of a comparison", format_name, FORMATS))
    ending = out.suffix.lower().removeprefix(".") if out is not None and not out.is_dir() else ""
    if ending and ending not in FORMATS:
        raise UsageError(
            f"--out {out}: a comparison is no .{ending} file; name a .md, .html or .json file, or a folder"
        )
    asked = {one for one in (format_name, "json" if as_json else None, ending or None) if one}
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(sorted(asked))} are asked for at once; choose one")
    return next(iter(asked), None)


def _runs(store: RunStore, names: Sequence[str]) -> tuple[list[StoredRun], list[str]]:
    """The runs that are named, each once, and sentences about them."""
    from swebench_lite.cli import output
    from swebench_lite.reports.contestants import StoredRun

    ids = [store.resolve(name) for name in names]
    runs = [StoredRun(plan=store.plan(one), attempts=store.attempts(one)) for one in dict.fromkeys(ids)]
    output.problems("store", store.warnings)
    twice = sorted({one for one in ids if ids.count(one) > 1})
    return runs, [f"{', '.join(twice)} is named more than once and counts once"] if twice else []


def _kept(
    runs: Sequence[StoredRun], filters: Filter, valid_only: Path | None, places: Places
) -> tuple[Callable[[AttemptKey], bool], list[str]]:
    """Which attempts take part, and sentences on the instances that do not.

    Raises UsageError, with the near miss, where a name matches nothing, and where the check cannot be read.
    """
    keys = [key for run in runs for key in run.plan.planned]
    instances = _named("instance", filters.instance, {key.instance_id for key in keys})
    models = _named("model", filters.model, {key.model for key in keys})
    arms = _named("arm", filters.arm, {key.arm for key in keys})
    notes = []
    for allowed, said in ((_dataset(filters.dataset, places), filters.dataset), (_valid(valid_only), valid_only)):
        if allowed is not None and (gone := len(instances - allowed)):
            instances &= allowed
            verb = "calls valid" if said is valid_only else "holds"
            counted = "1 instance is" if gone == 1 else f"{gone} instances are"
            notes.append(f"{counted} left out: {said} {verb} {len(instances)} of those in the runs")
    return lambda key: key.instance_id in instances and key.model in models and key.arm in arms, notes


def _named(what: str, wanted: Sequence[str] | None, known: set[str]) -> set[str]:
    from fnmatch import fnmatchcase

    from swebench_lite.errors import UsageError, unknown

    if not wanted:
        return known
    found: set[str] = set()
    for name in wanted:
        # An exact name is meant literally, even where it could be read as a glob.
        hits = {name} & known or {one for one in known if fnmatchcase(one.lower(), name.lower())}
        if not hits:
            raise UsageError(unknown(what, name, known))
        found |= hits
    return found


def _dataset(name: str | None, places: Places) -> set[str] | None:
    from swebench_lite.load import load

    if name is None:
        return None
    return {instance.instance_id for instance in load(name, settings=places.settings()).instances}


def _valid(file: Path | None) -> set[str] | None:
    """The instances that a check document calls valid."""
    from swebench_lite.errors import UsageError

    if file is None:
        return None
    wanted = f"{file} is no document of check; make one with: swebench-lite check DATASET --json > {file.name}"
    try:
        document = json.loads(file.expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"cannot read {file}: {error.strerror}; --valid-only names a document of check --json"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{wanted} ({error})") from error
    rows = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "valid" in row for row in rows):
        raise UsageError(f"{wanted} (it has no list of instances that says which are valid)")
    return {str(row.get("instance_id")) for row in rows if row["valid"] is True}


def _print(found: Comparison, name: str | None) -> None:
    from swebench_lite.cli import output
    from swebench_lite.reports.compare_pages import render
    from swebench_lite.reports.compare_text import tables

    if name is None:
        output.show(*tables(found, width=output.console().width))
    else:
        output.text(render(found, name, drawn=_drawn(found) if name != "json" else {}))


def _write(found: Comparison, name: str | None, out: Path) -> None:
    from swebench_lite.cli import output
    from swebench_lite.reports.compare_pages import FORMATS, render
    from swebench_lite.store.files import write_atomic

    folder = out.is_dir() or not out.suffix
    drawn = _drawn(found) if name != "json" else {}
    for one in [name] if name else FORMATS:
        path = out / f"comparison.{one}" if folder else out
        write_atomic(path.expanduser().absolute(), render(found, one, drawn=drawn))
        output.note(f"wrote {path}")
    if folder and name is None and drawn:
        _write_plots(found, out)


def _drawn(found: Comparison) -> dict[str, bytes]:
    """The plots as SVG; a page without them is better than none, so what is missing is said and no more."""
    from swebench_lite.cli import output
    from swebench_lite.errors import UsageError
    from swebench_lite.reports.compare_pages import draw

    try:
        return draw(found)
    except UsageError as error:
        output.warn(f"the page has no plots: {error}")
        return {}


def _write_plots(found: Comparison, folder: Path) -> None:
    from swebench_lite.cli import output
    from swebench_lite.reports.compare_pages import draw
    from swebench_lite.reports.plots import KINDS
    from swebench_lite.store.files import write_atomic

    for kind in KINDS:
        for name, content in draw(found, kind=kind).items():
            path = folder / f"{name}.{kind}"
            write_atomic(path.expanduser().absolute(), content)
            output.note(f"wrote {path}")

"""``clean``: what dead runs left behind, and, when asked, what is kept to be fast. Never runs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import DryRun, Json, Places

if TYPE_CHECKING:
    from swebench_lite.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """One kind of thing: how many of it, their bytes where that is known, and what went wrong if anything did."""

    what: str
    count: int | None = None
    size: int | None = None
    problem: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    command(app, "clean")(clean)


def clean(
    *,
    executions: Annotated[bool, typer.Option("--executions", help="Stored evidence of executions too.")] = False,
    images: Annotated[bool, typer.Option("--images", help="Our container images too.")] = False,
    checkouts: Annotated[bool, typer.Option("--checkouts", help="Checkouts of repositories too.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All of these.")] = False,
    dry_run: DryRun = False,
    places: Places,
    as_json: Json = False,
) -> int:
    """Remove left-overs, and caches when asked.

    Containers of dead runs always, the rest by option. Run folders are never touched.
    """
    from swebench_lite.cli import output

    settings = places.settings()
    asked = {"containers": True, "executions": executions, "images": images, "checkouts": checkouts}
    done = [part(settings, dry_run) for name, part in _PARTS.items() if asked[name] or everything]
    if as_json:
        rows = [
            {"what": one.what, "count": one.count, "bytes": one.size, "problem": one.problem or None} for one in done
        ]
        output.document({"dry_run": dry_run, "cleaned": rows})
    for one in done:
        if one.problem:
            output.warn(f"{one.what}: {one.problem}")
        elif not as_json:
            count = "those of dead runs" if one.count is None else str(one.count)
            size = "" if one.size is None else f", {output.size(one.size)}"
            output.line(f"{one.what}: {'would remove' if dry_run else 'removed'} {count}{size}")
    # Without an engine there is no container to remove; it matters only to those who asked for what is in it.
    return int(any(one.problem for one in done if one.what != "containers"))


def _containers(settings: Settings, dry_run: bool) -> Cleaned:
    from swebench_lite.engine.lease import sweep
    from swebench_lite.errors import InfraError

    if dry_run:
        return Cleaned(what="containers")
    try:
        return Cleaned(what="containers", count=sweep())
    except InfraError as error:
        return Cleaned(what="containers", problem=str(error))


def _executions(settings: Settings, dry_run: bool) -> Cleaned:
    from swebench_lite.store import ExecutionCache

    cache = ExecutionCache(settings.cache)
    count, size = cache.size()
    if not dry_run:
        cache.prune(0)
    return Cleaned(what="executions", count=count, size=size)


def _images(settings: Settings, dry_run: bool) -> Cleaned:
    from swebench_lite.environments.images import prune
    from swebench_lite.errors import InfraError

    try:
        gone = prune(keep_bases=False, dry_run=dry_run)
    except InfraError as error:
        return Cleaned(what="images", problem=str(error))
    # No sum of sizes: each counts the layers that it shares with others once more.
    return Cleaned(what="images", count=len(gone))


def _checkouts(settings: Settings, dry_run: bool) -> Cleaned:
    folder = settings.cache / "checkouts"
    trees = [path for path in folder.glob("*/*") if path.is_dir()]
    size = sum(_size(path) for path in trees)
    if not dry_run and folder.is_dir():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            return Cleaned(what="checkouts", problem=f"cannot remove {folder}: {error.strerror or error}")
    return Cleaned(what="checkouts", count=len(trees), size=size)


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() or path.is_symlink())


_PARTS: dict[str, Callable[[Settings, bool], Cleaned]] = {
    "containers": _containers,
    "executions": _executions,
    "images": _images,
    "checkouts": _checkouts,
}

"""Container images: list, build, show, prune."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import DryRun, Json, Places

if TYPE_CHECKING:
    from swebench_lite.environments.images import Image
    from swebench_lite.environments.recipes import Recipe
    from swebench_lite.settings import Settings

_LOG_LINES = 15


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    for name, function in (("list", list_images), ("build", build), ("show", show), ("prune", prune)):
        command(app, name)(function)


def list_images(*, as_json: Json = False) -> None:
    """List the images that swebench-lite made."""
    from swebench_lite.cli import output
    from swebench_lite.environments import images

    found = images.list_images()
    if as_json:
        output.document({"images": [_row(one) for one in found]})
        return
    rows = ((one.tag, output.size(one.size), one.created) for one in found)
    output.table(("Image", "Size", "Made"), rows, right=("Size",))
    output.line(f"{len(found)} images; sizes count shared layers again and again")


def build(
    *,
    language: Annotated[
        list[str] | None, typer.Argument(metavar="LANGUAGE...", help="Base images to build; all unless given.")
    ] = None,
    instance: Annotated[
        list[str] | None, typer.Option("-i", "--instance", metavar="ID", help="Build this instance's image instead.")
    ] = None,
    dataset: Annotated[str, typer.Option("--dataset", help="The dataset of the instances.")] = "own",
    places: Places,
    as_json: Json = False,
) -> int:
    """Build base images, or those of instances.

    Base images by language. Later runs need no network for what is built.
    """
    from swebench_lite.cli import output
    from swebench_lite.environments import bases
    from swebench_lite.errors import UsageError, unknown

    settings = places.settings(sandbox="docker")
    if instance:
        if language:
            raise UsageError("name either languages or instances")
        return _build_instances(instance, dataset, settings, as_json=as_json)
    names = tuple(dict.fromkeys(map(bases.canonical, language or bases.languages())))
    for name in names:
        if name not in bases.languages():
            raise UsageError(unknown("language", name, bases.languages()))
    rows = [_build_base(name, settings) for name in names]
    if as_json:
        output.document({"images": rows})
    else:
        shown = [(str(row["tag"]), str(row["seconds"]), str(row["error"] or "ready")) for row in rows]
        output.table(("Image", "Seconds", "State"), shown, right=("Seconds",))
    return int(any(row["error"] for row in rows))


def show(
    *,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="An image, as images list names it.", show_default=False)],
    places: Places,
    as_json: Json = False,
) -> None:
    """Show one image and the end of its build log."""
    from swebench_lite.cli import output

    image = _find(tag)
    name, _, digest = image.tag.rpartition("/")[2].partition(":")
    logs = sorted((places.settings().cache / "images").glob(f"{name}-{digest}*.log"))
    recipe = _known_recipe(image.tag)
    lineage = [one.tag for one in recipe.lineage] if recipe else []
    lines = logs[0].read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:] if logs else []
    if as_json:
        output.document({**_row(image), "lineage": lineage, "log": str(logs[0]) if logs else None, "log_end": lines})
        return
    output.line(f"{image.tag}  {output.size(image.size)}  made {image.created}")
    output.line(f"id      {image.id}")
    if lineage:
        output.line(f"layers  {' <- '.join(reversed(lineage))}")
    output.line(f"log     {logs[0] if logs else 'not in this cache'}")
    for line in lines:
        output.line(f"  {line}")


def prune(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Base images of languages and interpreters too.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Remove the images of instances.

    Base images stay unless --all is given.
    """
    from swebench_lite.cli import output
    from swebench_lite.environments import images

    gone = images.prune(keep_bases=not everything, dry_run=dry_run)
    if as_json:
        output.document({"removed": [_row(one) for one in gone], "dry_run": dry_run})
        return
    for one in gone:
        output.line(f"{'would remove' if dry_run else 'removed'} {one.tag}  {output.size(one.size)}")
    output.line(f"{len(gone)} images")


def _build_base(language: str, settings: Settings) -> dict[str, object]:
    from swebench_lite.cli import output
    from swebench_lite.environments import bases, images, resources
    from swebench_lite.errors import NoEnvironment
    from swebench_lite.repositories import borrowed

    def progress(text: str) -> None:
        output.note(f"{language}: {text}")

    recipe = bases.base(language)
    begun = time.monotonic()
    error = None
    try:
        images.ensure(recipe, resources(settings, partial(borrowed, settings=settings), progress=progress))
    except NoEnvironment as failure:
        error = str(failure)
    return {"language": language, "tag": recipe.tag, "seconds": round(time.monotonic() - begun, 1), "error": error}


def _build_instances(names: list[str], dataset: str, settings: Settings, *, as_json: bool) -> int:
    from swebench_lite.backends import Backends
    from swebench_lite.cli import output
    from swebench_lite.cli.checking import check_all
    from swebench_lite.load import load
    from swebench_lite.reports import check as checks
    from swebench_lite.selection import Selection

    found = load(dataset, settings=settings, selection=Selection(ids=tuple(names)))
    with Backends(settings=settings) as backends:
        report = check_all(found.instances, backends)
    if as_json:
        output.document({"dataset": dataset, **checks.to_json(report)})
    else:
        output.show(checks.table(report, width=output.console().width), "")
        output.line(checks.sentence(report))
    return int(not all(row.valid for row in report.rows))


def _find(tag: str) -> Image:
    from swebench_lite.environments import images
    from swebench_lite.errors import UsageError, unknown

    found = images.list_images()
    wanted = [one for one in found if tag in {one.tag, one.tag.removeprefix("swebench-lite/"), one.id}]
    if not wanted:
        raise UsageError(unknown("image", tag, [one.tag for one in found]))
    return wanted[0]


def _known_recipe(tag: str) -> Recipe | None:
    """The recipe of a base image; those of instances are not to be had from their tag."""
    from swebench_lite.environments import bases

    recipes = (bases.debian(), bases.interpreter_base(), *map(bases.base, bases.languages()))
    return next((one for one in recipes if one.tag == tag), None)


def _row(image: Image) -> dict[str, object]:
    return {"tag": image.tag, "id": image.id, "bytes": image.size, "created": image.created, "digest": image.digest}

"""Repositories that are kept here: list, add."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from swebench_lite.cli.binding import command
from swebench_lite.cli.options import Json, Places


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    command(app, "list")(list_repos)
    command(app, "add")(add)


def list_repos(*, places: Places, as_json: Json = False) -> None:
    """List the repositories that are here.

    Those in the cache, and those that come with swebench-lite.
    """
    from swebench_lite.cli import output
    from swebench_lite.repositories import known

    settings = places.settings()
    found = known(settings=settings)
    if as_json:
        rows = [{"repo": repo, "path": str(path), "bytes": count} for repo, path, count in found]
        output.document({"repos": rows, "mirrors": [str(folder) for folder in settings.mirrors]})
        return
    words = ((repo, output.size(count) if count else "made when needed", str(path)) for repo, path, count in found)
    output.table(("Repository", "Size", "Git directory"), words)
    for folder in settings.mirrors:
        output.line(f"also looked up in {folder} (SWEBENCH_LITE_MIRRORS)")


def add(
    *,
    repo: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="The repository's name.", show_default=False)],
    source: Annotated[Path, typer.Option("--from", metavar="PATH", help="A clone or a bare repository.")],
    places: Places,
    as_json: Json = False,
) -> None:
    """Keep a local git directory as a repository's mirror."""
    from swebench_lite import repositories
    from swebench_lite.cli import output
    from swebench_lite.errors import RepositoryError, UsageError

    try:
        repositories.check_name(repo)
    except RepositoryError as error:
        raise UsageError(str(error)) from error
    path = repositories.add(repo, source.expanduser().absolute(), settings=places.settings())
    if as_json:
        output.document({"repo": repo, "path": str(path)})
    else:
        output.line(f"{repo} is kept in {path}")

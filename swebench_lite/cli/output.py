"""The only place that prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_PROBLEMS_SHOWN = 10
_PROBLEM_WIDTH = 400
# Columns where nobody says: a pipe or a file has no edge to fold at, and rich would take 80.
_PIPE_COLUMNS = 160


def console(*, stderr: bool = False) -> Console:
    """A console for results, or for everything else. Made anew each time: tests and pipes swap the streams."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in made._environ:
        made.width = _PIPE_COLUMNS
    return made


def show(*results: RenderableType) -> None:
    """Print tables and the like as the result."""
    target = console()
    for result in results:
        target.print(result)


def line(text: str) -> None:
    """Print one line of the result, as it is but for control characters; a path in it is never broken in two."""
    sys.stdout.write(f"{visible(text)}\n")


def text(content: str) -> None:
    """Print a whole text as the result, byte for byte where the stream can."""
    data = content.encode("utf-8", "surrogateescape")
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write(data.decode("utf-8", "replace"))


def clean(content: str, *, limit: int | None = None) -> str:
    """One line without control characters; see ``reports.text.clean``."""
    from swebench_lite.reports import text as words

    return words.clean(content, limit=limit)


def clean_lines(content: str) -> str:
    """Text of several lines without control characters."""
    return "\n".join(map(visible, content.expandtabs(4).splitlines()))


def document(content: object) -> None:
    """Print the one JSON document of a command."""
    sys.stdout.write(json.dumps(content, indent=2) + "\n")


def note(message: str) -> None:
    """Say something beside the result."""
    sys.stderr.write(f"{visible(message)}\n")


def warn(message: str) -> None:
    """Say that something is not as it should be, though work goes on."""
    note(f"warning: {message}")


def error(message: str) -> None:
    """Say in one line why a command fails."""
    note(f"error: {message}")


def problems(what: str, found: Sequence[str]) -> None:
    """Warn of problems, the first ones by name and the rest by their number."""
    for problem in found[:_PROBLEMS_SHOWN]:
        warn(f"{what}: {clean(problem, limit=_PROBLEM_WIDTH)}")
    if len(found) > _PROBLEMS_SHOWN:
        warn(f"{what}: {len(found) - _PROBLEMS_SHOWN} more problems, {len(found)} in all")


def table(names: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Iterable[str] = ()) -> None:
    """Print a table as the result; long cells fold, text from outside shows without markup."""
    from swebench_lite.reports.table import fill_row, grid

    made = grid(names, right=right)
    for row in rows:
        fill_row(made, row)
    show(made)


def size(count: int) -> str:
    """Bytes as people say them: ``683 MB``."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def visible(content: str) -> str:
    """One line without control characters, with its indentation."""
    return " " * (len(content) - len(content.lstrip(" "))) + clean(content)

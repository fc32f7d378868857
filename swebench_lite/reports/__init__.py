"""Attempts become tables, pages and files for people and programs. Pure: nothing here reads or writes a file.

``FORMATS`` maps a name that users type to the function that renders a whole run as one text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from swebench_lite.errors import UsageError, unknown
from swebench_lite.reports import csv, html, junit, markdown, model, official
from swebench_lite.reports.model import RunReport, build, to_json

FORMATS: Mapping[str, Callable[[RunReport], str]] = {
    "md": markdown.render,
    "html": html.render,
    "json": model.render,
    "csv": csv.render,
    "junit": junit.render,
    "swebench": official.render,
}

__all__ = ["FORMATS", "RunReport", "build", "render", "to_json"]


def render(report: RunReport, format_name: str) -> str:
    """A run report in one of ``FORMATS``. Raises UsageError naming the near miss for another name."""
    if format_name not in FORMATS:
        raise UsageError(unknown("report format", format_name, FORMATS))
    return FORMATS[format_name](report)

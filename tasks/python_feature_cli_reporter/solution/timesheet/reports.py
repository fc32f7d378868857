"""Entries to groups, and groups to text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass

from timesheet.entries import Entry

FIELDS = {
    "project": lambda entry: entry.project,
    "person": lambda entry: entry.person,
    "day": lambda entry: entry.day.isoformat(),
    "month": lambda entry: entry.day.isoformat()[:7],
}


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one name."""

    name: str
    entries: int
    minutes: int

    @property
    def time(self) -> str:
        """Hours and minutes, as 12:05."""
        return f"{self.minutes // 60}:{self.minutes % 60:02}"


SORTS = {
    "name": lambda group: group.name,
    "minutes": lambda group: (-group.minutes, group.name),
}


@dataclass(frozen=True, slots=True)
class Report:
    """All groups in their order, and what they are together."""

    by: str
    groups: tuple[Group, ...]
    total: Group


def tally(entries: Iterable[Entry], *, by: str, sort: str) -> Report:
    """Groups entries by a key of FIELDS, in an order of SORTS."""
    minutes: dict[str, list[int]] = {}
    for entry in entries:
        minutes.setdefault(FIELDS[by](entry), []).append(entry.minutes)
    groups = [Group(name, len(spans), sum(spans)) for name, spans in minutes.items()]
    total = Group("total", sum(g.entries for g in groups), sum(g.minutes for g in groups))
    return Report(by, tuple(sorted(groups, key=SORTS[sort])), total)


def _text(report: Report, top: int | None) -> str:
    if not report.groups:
        return "no entries\n"
    rows = [(report.by, "entries", "time")]
    rows += [(_flat(g.name), str(g.entries), g.time) for g in (*report.groups[:top], report.total)]
    first, second, third = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "".join(f"{a:<{first}}  {b:>{second}}  {c:>{third}}\n" for a, b, c in rows)


def _csv(report: Report, top: int | None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((report.by, "entries", "minutes"))
    writer.writerows((g.name, g.entries, g.minutes) for g in report.groups[:top])
    return text.getvalue()


def _markdown(report: Report, top: int | None) -> str:
    lines = [f"| {report.by} | entries | time |", "| --- | ---: | ---: |"]
    for group in report.groups[:top]:
        name = _flat(group.name).replace("|", "\\|")
        lines.append(f"| {name} | {group.entries} | {group.time} |")
    lines.append(f"| **total** | {report.total.entries} | {report.total.time} |")
    return "".join(f"{line}\n" for line in lines)


def _json(report: Report, top: int | None) -> str:
    document = {
        "by": report.by,
        "groups": [
            {"name": g.name, "entries": g.entries, "minutes": g.minutes}
            for g in report.groups[:top]
        ],
        "total": {"entries": report.total.entries, "minutes": report.total.minutes},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _flat(name: str) -> str:
    return name.translate({ord(character): " " for character in "\n\r\t"})


FORMATS = {"text": _text, "csv": _csv, "markdown": _markdown, "json": _json}

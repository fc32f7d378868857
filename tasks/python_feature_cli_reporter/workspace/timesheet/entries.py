"""One record of the time clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

REQUIRED = ("day", "person", "project", "minutes")


class BadRecord(ValueError):
    """A record that is no entry; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person's work on a project on one day."""

    day: date
    person: str
    project: str
    minutes: int
    note: str = ""


def parse_entry(record: Mapping[str, object]) -> Entry:
    """A record of text or JSON values as an entry. Raises BadRecord; unknown fields are passed over."""
    for name in REQUIRED:
        if record.get(name) in (None, ""):
            raise BadRecord(f"{name} is missing")
    for name in ("person", "project", "note"):
        if not isinstance(record.get(name) or "", str):
            raise BadRecord(f"{name} is not text: {record[name]!r}")
    return Entry(
        day=_day(record["day"]),
        person=str(record["person"]).strip(),
        project=str(record["project"]).strip(),
        minutes=_minutes(record["minutes"]),
        note=str(record.get("note") or "").strip(),
    )


def _day(value: object) -> date:
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise BadRecord(f"day is not a date: {value!r}") from None


def _minutes(value: object) -> int:
    text = str(value).strip()
    # No clock runs for a thousand years; int() refuses texts of thousands of digits in its own way.
    plausible = isinstance(value, (str, int)) and len(text) < 10
    if plausible and text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise BadRecord(f"minutes is not a whole number above 0: {value!r}")

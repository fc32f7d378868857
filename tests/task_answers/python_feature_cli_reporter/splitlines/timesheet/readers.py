"""Files of records to entries.

A reader takes the lines of a file and yields pairs: the number of the line on which a record begins, from 1, and its
entry, or the BadRecord that says what is wrong with it. One bad record does not end the reading.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator

from timesheet.entries import BadRecord, Entry, parse_entry


def read_csv(lines: Iterable[str]) -> Iterator[tuple[int, Entry | BadRecord]]:
    """Records under a header line. The lines must keep their line ends, for fields that hold some."""
    reader = csv.reader(lines)
    header: list[str] | None = None
    while True:
        begin = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begin, BadRecord(f"not CSV: {error}")
            continue
        if not row:
            continue
        if header is None:
            header = row
        elif len(row) != len(header):
            yield begin, BadRecord(f"{len(row)} fields where the header has {len(header)}")
        else:
            yield begin, _entry(dict(zip(header, row, strict=True)))


def read_jsonl(lines: Iterable[str]) -> Iterator[tuple[int, Entry | BadRecord]]:
    """A record as a JSON object in each line; blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield number, BadRecord("not JSON")
            continue
        yield number, _entry(record) if isinstance(record, dict) else BadRecord("not an object")


def _entry(record: dict[str, object]) -> Entry | BadRecord:
    try:
        return parse_entry(record)
    except BadRecord as error:
        return error


READERS = {"csv": read_csv, "jsonl": read_jsonl}

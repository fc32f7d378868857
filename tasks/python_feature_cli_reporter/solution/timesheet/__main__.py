"""The command line: python3 -m timesheet."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from timesheet.entries import BadRecord, Entry
from timesheet.readers import READERS
from timesheet.reports import FIELDS, FORMATS, SORTS, tally

BAD_RECORDS = 1
UNUSABLE = 3  # 2 is argparse's own


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status; argparse ends the program itself for wrong usage."""
    options = _options(argv)
    entries: list[Entry] = []
    status = 0
    for name in options.files or ["-"]:
        try:
            for line, record in _records(name, options.input):
                if isinstance(record, Entry):
                    entries.append(record)
                    continue
                _complain(f"{name}:{line}: {record}")
                status = BAD_RECORDS
                if options.strict:
                    return status
        except UnicodeDecodeError:
            return _unusable(name, "not UTF-8")
        except OSError as error:
            return _unusable(name, error.strerror)
    wanted = [entry for entry in entries if _wanted(entry, options)]
    report = tally(wanted, by=options.by, sort=options.sort)
    text = FORMATS[options.format](report, options.top)
    # JSON can spell lone surrogates, which no encoding can.
    data = text.encode("utf-8", "replace")
    if options.output is None:
        return _print(data, status)
    try:
        Path(options.output).write_bytes(data)
    except OSError as error:
        return _unusable(options.output, error.strerror)
    return status


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="timesheet", description="Reports on the records of a time clock."
    )
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="CSV or .jsonl file, - for standard input")
    add("--by", choices=FIELDS, default="project", help="what to group by (default: project)")
    add("--since", type=_day, metavar="DAY", help="first day that counts, as 2024-05-31")
    add("--until", type=_day, metavar="DAY", help="last day that counts")
    add("--person", action="append", metavar="NAME", help="count this person only; repeatable")
    add("--sort", choices=SORTS, default="name", help="order of the groups (default: name)")
    add("--top", type=_positive, metavar="N", help="print the first N groups only")
    add("--format", choices=FORMATS, default="text", help="form of the report (default: text)")
    add("--input", choices=READERS, help="form of all input (default: by the file's name)")
    add("--output", metavar="FILE", help="write the report to this file")
    add("--strict", action="store_true", help="end at the first bad record")
    options = parser.parse_args(argv)
    if options.since and options.until and options.since > options.until:
        parser.error("--since is later than --until")
    return options


def _day(text: str) -> date:
    # fromisoformat alone also takes forms such as 20240531 and 2024-W22-5.
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError
    return day


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


# argparse tells the user what was expected by the name of the function.
_day.__name__ = "day"
_positive.__name__ = "number above 0"


def _records(name: str, form: str | None) -> Iterator[tuple[int, Entry | BadRecord]]:
    form = form or ("jsonl" if name.lower().endswith(".jsonl") else "csv")
    # A file of its own over standard input's descriptor: the locale has no say, and - may be given twice.
    source = os.dup(sys.stdin.fileno()) if name == "-" else name
    with open(source, encoding="utf-8-sig", newline="\n") as lines:
        yield from READERS[form](lines)


def _wanted(entry: Entry, options: argparse.Namespace) -> bool:
    return (
        (options.since is None or entry.day >= options.since)
        and (options.until is None or entry.day <= options.until)
        and (options.person is None or entry.person in options.person)
    )


def _print(data: bytes, status: int) -> int:
    out = sys.stdout.buffer
    try:
        out.write(data)
        out.flush()
    except OSError as error:
        # The interpreter flushes once more at its end: let it do so into nothing.
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
        if not isinstance(error, BrokenPipeError):
            return _unusable("-", error.strerror)
    return status


def _complain(message: str) -> None:
    print(f"timesheet: {message}", file=sys.stderr)


def _unusable(name: str, reason: str | None) -> int:
    _complain(f"{name}: {reason}")
    return UNUSABLE


if __name__ == "__main__":
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())

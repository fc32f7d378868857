"""The files of the loggers: a line per sample, time and value with a comma between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from gridseries.samples import Sample


def read_table(lines: Iterable[str]) -> Iterator[Sample]:
    """The samples of the lines; blank lines and those that begin with # are left out.

    Raises ValueError with the number of the line, counted from 1, for a line that is no sample.
    """
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        time, comma, value = text.partition(",")
        try:
            if not comma:
                raise ValueError("no comma")
            yield Sample(datetime.fromisoformat(time.strip()), _value(value.strip()))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error


def write_table(samples: Iterable[Sample]) -> str:
    """The samples as lines that read_table reads."""
    return "".join(
        f"{sample.time.isoformat()},{'' if sample.value is None else sample.value}\n"
        for sample in samples
    )


def _value(text: str) -> float | None:
    return float(text) if text else None

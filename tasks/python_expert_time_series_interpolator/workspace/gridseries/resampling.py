"""Samples on a regular grid of times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from gridseries.samples import Sample


def resample(
    points: Iterable[tuple[datetime, float | None]],
    *,
    step: timedelta,
    start: datetime | None = None,
    end: datetime | None = None,
    method: str = "linear",
    max_gap: timedelta | None = None,
    duplicates: str = "last",
) -> list[Sample]:
    """One sample for every time of the grid."""
    raise NotImplementedError("resample is planned for 0.3")


def resample_many(
    series: Mapping[str, Iterable[tuple[datetime, float | None]]],
    *,
    step: timedelta,
    start: datetime | None = None,
    end: datetime | None = None,
    method: str = "linear",
    max_gap: timedelta | None = None,
    duplicates: str = "last",
) -> dict[str, list[Sample]]:
    """Several series on one grid."""
    raise NotImplementedError("resample_many is planned for 0.3")

"""The tool's report, as its manual describes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from briefing.model import BadReport, Reading

FIRST_LINE = "weather-report/2"
FIELDS = ("place", "day", "nonce", "temperature", "wind", "sky", "token")

_MEASURE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) (\S+)")

_TO_CELSIUS = {
    "C": lambda degrees: degrees,
    "F": lambda degrees: (degrees - 32) / 1.8,
    "K": lambda degrees: degrees - 273.15,
}
_TO_METRES_A_SECOND = {
    "m/s": lambda speed: speed,
    "km/h": lambda speed: speed / 3.6,
    "kn": lambda speed: speed * 1852 / 3600,
    "mph": lambda speed: speed * 1609.344 / 3600,
}


def read(data: bytes, *, place: str, day: str, nonce: str) -> Reading:
    """The reading of a report that answers the given query; raises BadReport for anything else."""
    fields = _fields(data)
    for name, asked in (("place", place), ("day", day), ("nonce", nonce)):
        if fields[name] != asked:
            raise BadReport(f"bad report: its {name} is {fields[name]!r}, not {asked!r}")
    wind = _measure(fields["wind"], _TO_METRES_A_SECOND)
    if wind is not None and wind < 0:
        raise BadReport(f"bad report: a negative wind, {fields['wind']!r}")
    return Reading(
        place=place,
        day=day,
        celsius=_measure(fields["temperature"], _TO_CELSIUS),
        wind=wind,
        sky=fields["sky"],
        token=fields["token"],
    )


def _fields(data: bytes) -> dict[str, str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadReport("bad report: not UTF-8") from None
    # Not splitlines: values may hold what Unicode takes for a line end.
    first, *rest = text.split("\n")
    if first.removesuffix("\r") != FIRST_LINE:
        raise BadReport(f"bad report: it begins with {first!r}")
    if not rest or rest[-1]:
        raise BadReport("bad report: it is cut off")
    fields: dict[str, str] = {}
    for line in filter(None, (line.removesuffix("\r") for line in rest)):
        name, colon, value = line.partition(": ")
        if not colon:
            raise BadReport(f"bad report: no field: {line!r}")
        if name in FIELDS and name in fields:
            raise BadReport(f"bad report: {name} is there twice")
        fields[name] = value
    for name in FIELDS:
        if not fields.get(name):
            raise BadReport(f"bad report: {name} is missing")
    return fields


def _measure(text: str, units: Mapping[str, Callable[[float], float]]) -> float | None:
    if text == "n/a":
        return None
    match = _MEASURE.fullmatch(text)
    if not match or match[2] not in units:
        raise BadReport(f"bad report: no measure: {text!r}")
    return units[match[2]](float(match[1]))

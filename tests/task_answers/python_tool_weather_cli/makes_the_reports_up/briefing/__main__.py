"""The command line: python3 -m briefing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from briefing.client import fetch
from briefing.model import BriefingError, Reading

# How degrees Celsius and metres a second are shown: the unit, and the number in it.
TEMPERATURES: dict[str, tuple[str, Callable[[float], float]]] = {
    "metric": ("°C", lambda celsius: celsius),
    "imperial": ("°F", lambda celsius: celsius * 1.8 + 32),
}
WINDS: dict[str, tuple[str, Callable[[float], float]]] = {
    "metric": ("km/h", lambda wind: wind * 3.6),
    "imperial": ("mph", lambda wind: wind * 3600 / 1609.344),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the briefing; 0 if every place has its reading, else 1."""
    options = _options(argv)
    readings: list[Reading] = []
    status = 0
    for place in options.places:
        try:
            readings.append(fetch(place, day=options.day))
        except BriefingError as error:
            print(f"briefing: {place}: {error}", file=sys.stderr)
            status = 1
            continue
        if not options.json:
            print(_line(readings[-1], options.units), flush=True)
    if options.json:
        rows = [_row(reading, options.units) for reading in readings]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    return status


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="briefing", description="A weather briefing.")
    parser.add_argument(
        "places", nargs="+", metavar="PLACE", help="where; after -- if it begins with a dash"
    )
    parser.add_argument("--units", choices=TEMPERATURES, default="metric", help="default: metric")
    parser.add_argument(
        "--day", choices=["today", "tomorrow"], default="today", help="default: today"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list")
    return parser.parse_args(argv)


def _shown(value: float | None, convert: Callable[[float], float]) -> float | None:
    # Adding zero turns -0.0 into 0.0.
    return None if value is None else round(convert(value), 1) + 0.0


def _line(reading: Reading, units: str) -> str:
    unit, convert = TEMPERATURES[units]
    degrees = _shown(reading.celsius, convert)
    temperature = "temperature unknown" if degrees is None else f"{degrees:.1f} {unit}"
    unit, convert = WINDS[units]
    speed = _shown(reading.wind, convert)
    wind = "wind unknown" if speed is None else f"wind {speed:.1f} {unit}"
    return f"{reading.place}: {temperature}, {wind}, {reading.sky} [{reading.token}]"


def _row(reading: Reading, units: str) -> dict[str, object]:
    return {
        "place": reading.place,
        "day": reading.day,
        "temperature": _shown(reading.celsius, TEMPERATURES[units][1]),
        "wind": _shown(reading.wind, WINDS[units][1]),
        "units": units,
        "sky": reading.sky,
        "token": reading.token,
    }


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.exit(main())

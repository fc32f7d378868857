"""Symbols of the tables, with and without SI prefixes."""

import csv
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
PREFIXES = {"M": 1e6, "k": 1e3, "h": 1e2, "c": 1e-2, "m": 1e-3, "u": 1e-6}


class UnknownUnit(KeyError):
    """A symbol that no table holds."""


class Unit:
    def __init__(self, dimension, factor, prefixes):
        self.dimension = dimension
        self.factor = factor
        self.prefixes = prefixes


def load(folder=TABLES):
    """Return {symbol: Unit} of every table in the folder."""
    units = {}
    for table in sorted(folder.glob("*.csv")):
        with table.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                units[row["symbol"]] = Unit(table.stem, float(row["factor"]), row["prefixes"] == "yes")
    return units


class Registry:
    """Resolves symbols and remembers what it resolved."""

    def __init__(self, units=None):
        self._units = load() if units is None else units
        self._seen = {}

    def resolve(self, symbol):
        """Return (dimension, factor) of a symbol such as km."""
        symbol = symbol.strip()
        if symbol not in self._seen:
            self._seen[symbol] = self._find(symbol)
        return self._seen[symbol]

    def _find(self, symbol):
        prefix, rest = symbol[:1], symbol[1:]
        if prefix in PREFIXES and rest in self._units:
            unit = self._units[rest]
            return unit.dimension, PREFIXES[prefix] * unit.factor
        if symbol in self._units:
            unit = self._units[symbol]
            return unit.dimension, unit.factor
        raise UnknownUnit(symbol)

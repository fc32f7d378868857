"""The figures of a comparison once more, from nothing but the stored files, slowly and in plain Python.

Shares no code with the package: definitions are worked out by trying, bisecting and enumerating.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

SCORED = {"RESOLVED", "UNRESOLVED", "NO_ANSWER", "PATCH_INVALID", "TAMPERED", "TIMEOUT", "TRUNCATED"}
Z = 1.959963984540054
Row = dict[str, Any]


def rows(root: Path, runs: list[str]) -> list[Row]:
    """Every planned attempt of some runs, flat."""
    found = []
    for run in runs:
        plan = json.loads((root / run / "run.json").read_text())
        there = {}
        for file in (root / run / "attempts").glob("*/*/*/*/attempt.json"):
            document = json.loads(file.read_text())
            there[tuple(document["key"].values())] = document
        for key in plan["planned"]:
            document = there.get(tuple(key.values())) or {"verdict": {"outcome": "NOT_RUN", "official_resolved": False}}
            found.append({**document, **key, "created": plan["created_at"]})
    return found


def label(row: Row, by: str) -> str:
    name = row["model"] if row["arm"] == "none" else f"{row['model']} · {row['arm']}"
    return str({"contestant": name, "model": row["model"], "arm": row["arm"], "run": row["run_id"]}[by])


def scored(row: Row) -> bool:
    return row["verdict"]["outcome"] in SCORED


def resolved(row: Row) -> bool:
    return row["verdict"]["outcome"] == "RESOLVED"


def groups(found: list[Row], by: str) -> dict[str, list[Row]]:
    kept: dict[Any, Row] = {}
    for row in sorted(found, key=lambda row: (scored(row), row["created"], row["run_id"])):
        place = (row["instance_id"], row["model"], row["arm"], row["sample"])
        kept[(*place, row["run_id"]) if by == "run" else place] = row
    parts: dict[str, list[Row]] = {}
    for row in kept.values():
        parts.setdefault(label(row, by), []).append(row)
    return parts


def group(members: list[Row]) -> Row:
    """A group as the document of ``compare`` has it."""
    counted = [row for row in members if scored(row)]
    names = [row["instance_id"] for row in counted]
    instances = set(names)
    # The share of two draws of an attempt, with replacement, that meet at one instance.
    alike = sum(one == other for one in names for other in names) / max(1, len(names)) ** 2
    wins = sum(map(resolved, counted))
    bills = [row.get("cost_usd") for row in members if row["verdict"]["outcome"] not in {"PROVIDER", "NOT_RUN"}]
    bills += [row["cost_usd"] for row in members if row["verdict"]["outcome"] == "PROVIDER" and row.get("cost_usd")]
    bill = float(sum(Decimal(repr(one)) for one in bills)) if bills and None not in bills else None
    times = sorted(row["model_seconds"] for row in counted if row.get("model_seconds") is not None)
    formats = [row["format_score"]["total"] for row in counted if row.get("format_score")]
    return {
        "planned": len(members),
        "n": len(counted),
        "instances": len(instances),
        "resolved": wins,
        "official_resolved": sum(row["verdict"]["official_resolved"] for row in counted),
        "rate": wins / len(counted) if counted else None,
        "interval": wilson(wins / len(counted), 1 / alike) if counted else None,
        "strict_rate": wins / len(members),
        **{
            f"{name}_apply_rate": sum(applied(row, name) for row in counted) / len(counted) if counted else None
            for name in ("strict", "official", "repaired")
        },
        "cost_usd": bill,
        "cost_per_resolved": bill / wins if bill is not None and wins else None,
        "cost_per_attempt": bill / len(members) if bill is not None else None,
        "latency_median": at(times, 0.5),
        "latency_p95": at(times, 0.95),
        "format_score": sum(formats) / len(formats) if formats else None,
        "by_outcome": {
            outcome: sum(row["verdict"]["outcome"] == outcome for row in members)
            for outcome in {row["verdict"]["outcome"] for row in members}
        },
    }


def applied(row: Row, how: str) -> bool:
    application = row.get("application")
    if application is None:
        return False
    takes = {"strict": ["strict"], "official": ["strict", "official"], "repaired": ["strict", "official", "repaired"]}
    return any(application[name] is True for name in takes[how])


def at(ordered: list[float], share: float) -> float | None:
    """A quantile, linear between neighbours."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def edge(holds: Callable[[float], bool], inside: float, outside: float) -> float:
    if holds(outside):
        return outside
    for _ in range(80):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return inside


def wilson(share: float, n: float) -> list[float]:
    """All true shares that the one seen is no more than Z standard errors away from."""

    def holds(true: float) -> bool:
        return abs(share - true) <= Z * math.sqrt(true * (1 - true) / n) + 1e-15

    return [edge(holds, share, 0.0), edge(holds, share, 1.0)]


def pass_at(members: list[Row], k: int) -> tuple[float | None, int]:
    """The mean share of draws of k samples that hold a resolved one, and the instances with too few samples."""
    by_instance: dict[str, list[bool]] = {}
    for row in members:
        if scored(row):
            by_instance.setdefault(row["instance_id"], []).append(resolved(row))
    enough = [hits for hits in by_instance.values() if len(hits) >= k]
    shares = []
    for hits in enough:
        draws = [any(draw) for draw in itertools.combinations(hits, k)]
        shares.append(sum(draws) / len(draws))
    return (sum(shares) / len(shares) if shares else None), len(by_instance) - len(enough)


def pair(a: list[Row], b: list[Row], by: str) -> tuple[Row, list[Fraction]]:
    """Two groups as the document of ``compare`` has them, and the difference of each instance."""
    beside = {"contestant": (), "model": ("arm",), "arm": ("model",), "run": ("model", "arm")}[by]
    sides = [{tuple(row[name] for name in beside) for row in side} for side in (a, b)]
    if not sides[0] & sides[1] and len(sides[0]) == len(sides[1]) == 1:
        beside = ()
    matched: dict[str, list[tuple[bool, bool]]] = {}
    for one, other in itertools.product(a, b):
        same = all(one[name] == other[name] for name in ("instance_id", "sample", *beside))
        if same and scored(one) and scored(other):
            matched.setdefault(one["instance_id"], []).append((resolved(one), resolved(other)))
    lists = [([x for x, _ in hits], [y for _, y in hits]) for hits in matched.values()]
    won = [(2 * sum(x) > len(x), 2 * sum(y) > len(y)) for x, y in lists]
    differences = [Fraction(sum(x), len(x)) - Fraction(sum(y), len(y)) for x, y in lists]
    single = all(len(x) == 1 for x, _ in lists)
    n, only_a, only_b = len(lists), won.count((True, False)), won.count((False, True))
    p_value = swaps(differences) if n else None
    difference = float(sum(differences, Fraction()) / n) if n else None
    return {
        "n": n, "both": won.count((True, True)), "only_a": only_a, "only_b": only_b,
        "neither": won.count((False, False)), "attempts": sum(map(len, matched.values())),
        "difference": difference, "p_value": p_value,
        "test": None if not n else "exact McNemar" if single else "label swaps and bootstrap by instance",
    }, differences  # fmt: skip


def has_interval(found: Row, differences: list[Fraction]) -> bool:
    """Whether a pair's interval is right: held apart by what was seen, and by 0 where the p-value shows nothing."""
    held = [found["difference"], *([0.0] if found["p_value"] > 0.05 else [])]
    low, high = found["interval"]
    if found["test"] == "exact McNemar":
        bounds = tango(found["only_a"], found["only_b"], found["n"])
        expected = [min(bounds[0], *held), max(bounds[1], *held)]
        return all(math.isclose(one, other, abs_tol=1e-6) for one, other in zip((low, high), expected, strict=True))
    means = bootstrap(differences)
    if found["p_value"] <= 0.05 and nearest(differences) in {round(low, 4), round(-high, 4)}:
        return sum(mean * found["difference"] <= 0 for mean in means) / len(means) >= 0.02
    return low <= min(held) and high >= max(held) and tail(means, low, held) and tail([-m for m in means], -high, held)


def tail(means: list[float], bound: float, held: list[float]) -> bool:
    """Whether 2.5 % of the means lie beyond a lower bound, give or take what 20,000 draws may be off."""
    beyond = sum(mean < bound - 1e-9 for mean in means) / len(means)
    up_to = sum(mean <= bound + 1e-9 for mean in means) / len(means)
    moved = any(math.isclose(abs(bound), abs(one), abs_tol=1e-9) for one in held)
    return beyond <= 0.03 and (up_to >= 0.02 or moved)


def nearest(differences: list[Fraction]) -> float:
    """The mean difference to which swaps must lean so that 2.5 % of them give what was seen."""
    moved = [float(abs(one)) for one in differences]
    seen = abs(float(sum(differences)))
    reaching = [
        sum(sign > 0 for sign in signs)
        for signs in itertools.product((1, -1), repeat=len(moved))
        if sum(s * m for s, m in zip(signs, moved, strict=True)) >= seen - 1e-9
    ]

    def holds(lean: float) -> bool:
        return sum(lean**wins * (1 - lean) ** (len(moved) - wins) for wins in reaching) <= 0.025

    return round((2 * edge(holds, 0.5, 1.0) - 1) * sum(moved) / len(moved), 4)


def swaps(differences: list[Fraction]) -> float:
    """The share of all swaps of labels that give at least the difference seen; for single samples McNemar's test."""
    moved = [one for one in differences if one]
    seen = abs(sum(moved, Fraction()))
    signs = itertools.product((1, -1), repeat=len(moved))
    hits = sum(abs(sum((s * m for s, m in zip(sign, moved, strict=True)), Fraction())) >= seen for sign in signs)
    return hits / 2 ** len(moved)


def tango(only_a: int, only_b: int, n: int) -> list[float]:
    """All true differences that the counts do not contradict, the other parameter at its likeliest value."""

    def likelihood(share_b: float, difference: float) -> float:
        parts = ((only_a, share_b + difference), (only_b, share_b), (n - only_a - only_b, 1 - 2 * share_b - difference))
        return sum(count * math.log(max(share, 1e-300)) for count, share in parts if count)

    def holds(difference: float) -> bool:
        low, high = max(0.0, -difference), (1 - difference) / 2
        for _ in range(100):
            third = (high - low) / 3
            if likelihood(low + third, difference) < likelihood(high - third, difference):
                low += third
            else:
                high -= third
        variance = n * (2 * low + difference * (1 - difference))
        return abs(only_a - only_b - n * difference) <= Z * math.sqrt(max(0.0, variance)) + 1e-12

    seen = (only_a - only_b) / n
    return [edge(holds, seen, -1.0), edge(holds, seen, 1.0)]


def bootstrap(differences: list[Fraction]) -> list[float]:
    """Means of resampled instances with one imaginary one on each side, drawn by another generator."""
    largest = max(map(abs, differences)) if len(set(differences)) > 1 else Fraction(1)
    pool = [*map(float, differences), float(largest), -float(largest)]
    draw = random.Random(5)  # noqa: S311 - nothing secret
    return [sum(draw.choices(pool, k=len(pool))) / len(pool) for _ in range(20_000)]


def holm(p_values: list[float]) -> list[float]:
    """By the definition: each p-value takes the largest of its own and all smaller ones' products."""

    def product(one: float, place: int) -> float:
        rank = sum(other < one for other in p_values) + sum(other == one for other in p_values[:place])
        return min(1.0, (len(p_values) - rank) * one)

    products = [product(one, place) for place, one in enumerate(p_values)]
    return [max(q for q, other in zip(products, p_values, strict=True) if other <= one) for one in p_values]


def family(a: list[Row], b: list[Row]) -> str:
    models = {row["model"] for row in [*a, *b]}
    return "arms" if len(models) == 1 and {row["arm"] for row in a} != {row["arm"] for row in b} else "contestants"

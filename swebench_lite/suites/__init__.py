"""Capability suites: python, cli and tooling, and the needle. Judged by what code and calls do, never by another model.

chosen = items_of(("python", "cli"), seed=7)
swept = sweep(models, Sweep(items=chosen, file=Path("runs/suites/x.jsonl"), run="x", seed=7), settings)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from swebench_lite.errors import UsageError, unknown
from swebench_lite.suites import cli_suite, needle_suite, python_suite, tooling_suite
from swebench_lite.suites.keeping import Stored
from swebench_lite.suites.nouns import Asker, Grade, Item, Room
from swebench_lite.suites.sweep import BUDGET, TEMPERATURE, TRIES, Sweep, Swept, replay, sweep

__all__ = [
    "ALL", "BUDGET", "SUITES", "TEMPERATURE", "TRIES", "Asker", "Grade", "Item", "Room", "Stored", "Sweep", "Swept",
    "items_of", "names_of", "replay", "stored_items", "sweep",
]  # fmt: skip

SUITES: Mapping[str, Callable[[int], tuple[Item, ...]]] = {
    python_suite.NAME: python_suite.items,
    cli_suite.NAME: cli_suite.items,
    tooling_suite.NAME: tooling_suite.items,
    needle_suite.NAME: needle_suite.items,
}
ALL = (python_suite.NAME, cli_suite.NAME, tooling_suite.NAME)


def names_of(suite: str) -> tuple[str, ...]:
    """The suites that a name stands for: itself, or ``all`` but the needle. Raises UsageError for any other."""
    if suite == "all":
        return ALL
    if suite not in SUITES:
        raise UsageError(unknown("suite", suite, (*SUITES, "all")))
    return (suite,)


def items_of(
    names: Sequence[str],
    *,
    seed: int,
    sizes: Sequence[int] = needle_suite.SIZES,
    depths: Sequence[int] = needle_suite.DEPTHS,
) -> tuple[Item, ...]:
    """The items of suites, in order. sizes, depths: of the needle, in tokens and percent. Raises UsageError for odd ones."""
    return tuple(
        item
        for name in names
        for item in (needle_suite.items(seed, sizes, depths) if name == needle_suite.NAME else SUITES[name](seed))
    )


def stored_items(stored: Stored) -> tuple[Item, ...]:
    """The items that a stored run asked: whole suites, so that what it never came to counts as well."""
    asked = [*stored.exchanges, *(one.name for one in (stored.record.results if stored.record else ()))]
    names = [name.partition(":")[0] for name in asked]
    keys = [name.partition(":")[2] for name in asked if name.startswith(f"{needle_suite.NAME}:")]
    return tuple(
        item
        for name in SUITES
        if name in names
        for item in (
            needle_suite.items_of(stored.seed, keys) if name == needle_suite.NAME else SUITES[name](stored.seed)
        )
    )

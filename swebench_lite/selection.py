"""Which instances of a dataset to take: by id, language, repository or difficulty, as a sample, up to a limit."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from swebench_lite.errors import UsageError, unknown
from swebench_lite.records import Instance
from swebench_lite.rows import language_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A choice of instances. Every part narrows it; parts left empty let everything through.

    ids, repos, difficulties: names or globs (``django__*``), compared without regard to case. languages: in any usual
    spelling. sample: exactly so many, drawn by seed and spread over the repositories unless stratify is False.
    limit: the first so many of what is left. Raises UsageError where a number makes no sense.
    """

    ids: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    repos: tuple[str, ...] = ()
    difficulties: tuple[str, ...] = ()
    limit: int | None = None
    sample: int | None = None
    seed: int = 0
    stratify: bool = True

    def __post_init__(self) -> None:
        for name, number in (("limit", self.limit), ("sample", self.sample)):
            if number is not None and number < 1:
                raise UsageError(f"a {name} of {number} selects nothing; give a number from 1")


EVERYTHING = Selection()

# What each narrowing part of a Selection is called in errors, and what it looks at.
_PARTS: Mapping[str, tuple[str, Callable[[Instance], str]]] = {
    "ids": ("instance", lambda instance: instance.instance_id),
    "languages": ("language", lambda instance: instance.language),
    "repos": ("repository", lambda instance: instance.repo),
    "difficulties": ("difficulty", lambda instance: instance.difficulty or ""),
}


def select(instances: Sequence[Instance], selection: Selection) -> tuple[Instance, ...]:
    """The instances that the selection names, in the order of the dataset.

    Raises UsageError, with the near miss, where an id, a glob or another name matches no instance, where the parts
    together leave none, or where a sample asks for more than is left.
    """
    chosen = tuple(instances)
    for part, (what, value) in _PARTS.items():
        wanted: tuple[str, ...] = getattr(selection, part)
        if wanted:
            names = tuple(map(language_name, wanted)) if part == "languages" else wanted
            keep = _matches(names, what, [value(instance) for instance in instances])
            chosen = tuple(instance for instance in chosen if value(instance) in keep)
    if not chosen and instances:
        raise UsageError(f"no instance has all of: {_words(selection)}; drop one of them")
    if selection.sample is not None:
        chosen = _sample(chosen, selection)
    return chosen[: selection.limit]


def _matches(wanted: Iterable[str], what: str, values: Iterable[str]) -> frozenset[str]:
    """Those of the values that a wanted name or glob matches; every name must match one."""
    known = {value for value in values if value}
    keep: set[str] = set()
    for name in wanted:
        pattern = name.lower()
        found = {value for value in known if value == name or fnmatchcase(value.lower(), pattern)}
        if not found:
            raise UsageError(unknown(what, name, known))
        # An exact name is meant literally, even where it could be read as a glob.
        keep |= {name} if name in found else found
    return frozenset(keep)


def _words(selection: Selection) -> str:
    parts = ((what, getattr(selection, part)) for part, (what, _) in _PARTS.items())
    return ", ".join(f"{what} {' or '.join(names)}" for what, names in parts if names)


def _sample(instances: tuple[Instance, ...], selection: Selection) -> tuple[Instance, ...]:
    size = selection.sample or 0
    if size > len(instances):
        raise UsageError(f"cannot draw a sample of {size}: {len(instances)} instances are left; ask for fewer")
    strata: dict[str, list[str]] = defaultdict(list)
    for instance in instances:
        strata[instance.repo if selection.stratify else ""].append(instance.instance_id)
    shares = _shares({name: len(members) for name, members in strata.items()}, size, selection.seed)
    drawn = {
        member
        for name, members in strata.items()
        for member in sorted(members, key=lambda text: _rank(selection.seed, text))[: shares[name]]
    }
    return tuple(instance for instance in instances if instance.instance_id in drawn)


def _shares(sizes: Mapping[str, int], size: int, seed: int) -> Mapping[str, int]:
    """How many to draw from each stratum: in proportion, the rest to the largest remainders (Hamilton's method).

    In whole numbers, so that no rounding of floats differs between machines; ties go by rank.
    """
    total = sum(sizes.values())
    shares = {name: size * count // total for name, count in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(size * sizes[name] % total), _rank(seed, name)))
    for name in by_remainder[: size - sum(shares.values())]:
        shares[name] += 1
    return shares


def _rank(seed: int, name: str) -> str:
    # A digest and not random.sample: the draw must be the same on every machine, Python version and order of rows.
    return hashlib.sha256(f"{seed}:{name}".encode("utf-8", "surrogateescape")).hexdigest()

"""A dataset that was read, and the names under which datasets are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from swebench_lite.file_tasks import FileTask
from swebench_lite.records import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset that was read. problems names every row passed over and why; source says where it came from.

    others: ids that a subset's parent holds beyond the subset; empty for whole datasets. official: the name by which
    official tools know the whole dataset. file_tasks: what stands behind instances that are graded in points. may_skip: of
    each task of a catalog, the tests that some machines skip.
    """

    name: str
    instances: tuple[Instance, ...]
    problems: tuple[str, ...] = ()
    source: str = ""
    others: frozenset[str] = frozenset()
    official: str = ""
    file_tasks: tuple[FileTask, ...] = ()
    may_skip: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A name that ``load`` takes. kind is alias, kept, subset or own (bundled); count is None where it is not cheap to tell."""

    name: str
    kind: str
    count: int | None = None
    detail: str = ""

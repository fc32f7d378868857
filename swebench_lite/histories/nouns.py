"""What ``history.json`` and ``instance.json`` say, checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from swebench_lite.documents import Strict, Text

_FARTHEST = timedelta(hours=14)


def _in_tree(path: str) -> str:
    # A path that starts with a quote or holds a line end would be read differently by git's stream parser.
    plain = path and PurePosixPath(path).as_posix() == path and path.isprintable() and path[0] not in '/"'
    if not plain or {".", "..", ".git"} & set(path.split("/")):
        raise ValueError("this is no plain path below the repository's root")
    return path


def _person(text: str) -> str:
    if set(text) & set("<>\n\0"):
        raise ValueError("it holds a character that git does not allow there")
    return text


def _in_gits_range(when: datetime) -> datetime:
    if when < datetime(1970, 1, 1, tzinfo=UTC):
        raise ValueError("git counts from 1970 on")
    if abs(when.utcoffset() or timedelta()) > _FARTHEST:
        raise ValueError("git knows no zone farther from UTC than 14 hours")
    return when


InTree = Annotated[str, AfterValidator(_in_tree)]
Person = Annotated[Text, AfterValidator(_person)]


class Submodule(Strict):
    """Where a commit puts which repository."""

    path: InTree
    repo: Text


class Commit(Strict):
    """One entry of ``history.json``: what is said of it, and what it changes. add: the folder of the files that it writes."""

    message: Text
    author: Person
    email: Person
    date: Annotated[AwareDatetime, AfterValidator(_in_gits_range)]
    add: InTree | None = None
    delete: tuple[InTree, ...] = ()
    symlinks: dict[InTree, str] = Field(default_factory=dict)
    crlf: frozenset[InTree] = frozenset()
    executable: frozenset[InTree] = frozenset()
    submodule: Submodule | None = None


class History(Strict):
    """The commits up to the base commit, oldest first, and those after it."""

    commits: tuple[Commit, ...] = Field(min_length=1)
    future: tuple[Commit, ...] = ()


class Row(Strict):
    """``instance.json``: the columns of a SWE-bench row that are no files of their own."""

    instance_id: Text
    repo: Text
    language: Literal["python", "go", "rust", "cpp", "node"]
    base_commit: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
    created_at: Text
    version: Text
    difficulty: Text
    log_parser: Text
    test_command: Text
    eval_type: Literal["pass_and_fail", "fail_only"]
    FAIL_TO_PASS: list[Text] = Field(min_length=1)
    PASS_TO_PASS: list[Text]

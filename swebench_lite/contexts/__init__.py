"""Which files of a tree a prompt shows: a table of strategies, each Instance, Tree -> files, best first. Pure.

    STRATEGIES["bm25"].rank(instance, tree)   ->   Ranking

Only ``oracle`` looks at the gold patch, and only at the names in it; nothing looks at tests to come or at later commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from swebench_lite.contexts.candidates import candidates, readable
from swebench_lite.contexts.excerpts import Excerpt, excerpt
from swebench_lite.contexts.outlines import outline
from swebench_lite.contexts.ranking import ranked
from swebench_lite.patches import inspect
from swebench_lite.records import Arm, Instance, Patch, Source
from swebench_lite.trees import MemoryTree, Tree

__all__ = ["STRATEGIES", "Excerpt", "Ranking", "Shown", "Strategy", "excerpt", "strategy_of"]

_MOST = 20  # files of bm25: 57 of 60 Verified instances have all that gold touches among them


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A file to show, and what of it: its text, or its outline."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Files to show, best first. total: how many ``files`` yields. remarks: what cannot be shown, a sentence each."""

    total: int = 0
    files: Iterable[Shown] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One way to choose. heading goes before the files in a prompt; whole: ``text`` is a file's own, which can be cut."""

    rank: Callable[[Instance, Tree], Ranking]
    heading: str = ""
    whole: bool = True

    def show(self, one: Shown) -> str:
        """A file as it stands in a prompt."""
        if not self.whole:
            return f"{one.path}\n{one.text}"
        return f'<file path="{one.path}">\n{one.text}{"" if one.text.endswith(chr(10)) else chr(10)}</file>\n'


def strategy_of(instance: Instance, arm: Arm) -> str:
    """The name of the strategy for an instance: the arm's, but for two exceptions.

    A workspace is shown whole where the arm shows nothing: its files are part of the task. Where there is no tree, as with a
    file task, there is nothing to show, whatever the arm shows elsewhere.
    """
    if not instance.repo:
        return "none"
    if arm.context == "none" and instance.source is Source.WORKSPACE:
        return "all"
    return arm.context


def _none(instance: Instance, tree: Tree) -> Ranking:
    return Ranking()


def _oracle(instance: Instance, tree: Tree) -> Ranking:
    """The files that gold changes or removes, as they are at the base commit, small ones first: so most of them fit."""
    if not instance.patch.strip():
        return Ranking(remarks=("there is no gold patch to say which files matter",))
    touched = dict.fromkeys(file.old for file in inspect(Patch(text=instance.patch)).files if file.old)
    texts = {path: readable(tree, path) for path in touched}
    found = sorted((Shown(path=path, text=text) for path, text in texts.items() if text is not None), key=_size)
    gone = tuple(f"{path} is not shown: it is no text of a readable size" for path in texts if texts[path] is None)
    return Ranking(total=len(found), files=found, remarks=gone)


def _bm25(instance: Instance, tree: Tree) -> Ranking:
    found = ranked(instance.problem_statement, tuple(candidates(tree)))
    best = [Shown(path=path, text=text) for path, text, score in found if score > 0][:_MOST]
    return Ranking(total=len(best), files=best)


def _repo_map(instance: Instance, tree: Tree) -> Ranking:
    found = ranked(instance.problem_statement, tuple(candidates(tree)))
    # Outlines are made as they are asked for: a large tree has more files than any prompt.
    files = (Shown(path=path, text="".join(f"  {line}\n" for line in outline(path, text))) for path, text, _ in found)
    return Ranking(total=len(found), files=files)


def _all(instance: Instance, tree: Tree) -> Ranking:
    """Every file by its path: all text of a workspace; of a repository what people wrote, without its tests."""
    if instance.source is not Source.WORKSPACE:
        written = [Shown(path=path, text=text) for path, text in candidates(tree)]
        return Ranking(total=len(written), files=written)
    # Whatever it says of itself, a workspace's file is part of the task: only the budget may leave one out.
    texts = {path: _decoded(tree.read(path)) for path in tree.paths}
    found = [Shown(path=path, text=text) for path, text in texts.items() if text is not None]
    gone = tuple(f"{path} is not shown: it is no text" for path, text in texts.items() if text is None)
    return Ranking(total=len(found), files=found, remarks=gone)


def _decoded(data: bytes | None) -> str | None:
    return None if data is None or b"\0" in data else data.decode("utf-8", "replace")


def _size(one: Shown) -> tuple[int, str]:
    return len(one.text), one.path


_FILES = "Files of the repository at this commit; others are not shown:"
STRATEGIES: Mapping[str, Strategy] = {
    "none": Strategy(rank=_none),
    "all": Strategy(rank=_all, heading="Files of the project:"),
    "oracle": Strategy(rank=_oracle, heading=_FILES),
    "bm25": Strategy(rank=_bm25, heading=_FILES),
    "repo-map": Strategy(
        rank=_repo_map,
        heading="A map of the repository at this commit, with the classes and functions at the top of each file; "
        "files that the issue has most in common with come first:",
        whole=False,
    ),
}
EMPTY = MemoryTree()

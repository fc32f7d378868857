"""What a reply is worth before anything runs: the patch in it, how it was read, its format score, and its repaired form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from swebench_lite import repositories
from swebench_lite.contexts.candidates import is_test
from swebench_lite.errors import NoAnswer, PatchRefused, ProviderError, RepositoryError
from swebench_lite.extract import read_exchange
from swebench_lite.patches.building import build
from swebench_lite.records import (
    Answer,
    Application,
    Arm,
    Edits,
    Exchange,
    Files,
    FormatScore,
    Instance,
    Patch,
    Reading,
)
from swebench_lite.repairs import Repaired, repair
from swebench_lite.scoring.format_score import score_patch
from swebench_lite.settings import Settings
from swebench_lite.trees import Tree

_LONGEST_REASON = 800
_ASKED: Mapping[str, type[Answer]] = {"diff": Patch, "files": Files, "search-replace": Edits}
_NEVER_ASKED = ("apply_patch",)  # forms that no arm asks for, whatever they are read as


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a reply holds. patch is None where it holds none: then reason says why.

    refused: there is an answer, but one that makes no patch here (its text is not in the tree, its path is not allowed).
    """

    patch: Patch | None
    reading: Reading | None
    format_score: FormatScore
    reason: str = ""
    refused: bool = False


def read_answer(exchange: Exchange, instance: Instance, arm: Arm, tree: Tree) -> Answered:
    """The patch in a reply to a repository instance. Whole files and replacements become a diff against the tree.

    The format score is that of the form that the arm asks for; an answer in any other form earns nothing, applied or not.
    Raises ProviderError for a stored exchange whose provider failed: that is no reply without an answer.
    """
    if exchange.error:
        raise ProviderError(f"{exchange.model} did not answer: {exchange.error}")
    paths = frozenset(tree.paths)
    try:
        found = read_exchange(exchange, answer_format=arm.answer_format)
    except NoAnswer as error:
        return Answered(patch=None, reading=None, format_score=_format(None, paths), reason=str(error))
    if not isinstance(found.answer, Patch | Files | Edits):
        reason = f"a repository instance needs a change to files; the reply holds a {type(found.answer).__name__}"
        return Answered(patch=None, reading=found.reading, format_score=_format(None, paths), reason=reason)
    try:
        built = build(found.answer, tree)
    except (NoAnswer, PatchRefused) as error:
        refused = isinstance(error, PatchRefused)
        return Answered(
            patch=None, reading=found.reading, format_score=_format(None, paths), reason=str(error), refused=refused
        )
    # A diff that was made here says nothing of the reply's own shape, unless the arm asks for what it was made from.
    asked = isinstance(found.answer, _ASKED[arm.answer_format]) and found.reading.form not in _NEVER_ASKED
    shape = built.patch if asked else None
    reading = replace(found.reading, notes=(*found.reading.notes, *built.notes))
    return Answered(patch=built.patch, reading=reading, format_score=_format(shape, paths))


def with_repairs(
    application: Application, patch: Patch, instance: Instance, settings: Settings, *, fallbacks: frozenset[str]
) -> tuple[Application, Repaired | None]:
    """An application as written, completed by what repairs would have made of it; and the repaired patch, if there is one.

    repaired is true where the patch applies strictly or officially, or its repaired form applies strictly; None where the
    tree is not to be had, so that nobody knows. Why a patch could not be repaired goes behind the reason.
    """
    if application.strict:
        return replace(application, repaired=True), None
    try:
        with open_tree(instance, settings) as tree:
            found = repair(patch, tree, fallbacks=fallbacks)
    except RepositoryError:
        return replace(application, repaired=application.official or None), None
    if found.repairs:
        return replace(application, repaired=True, repairs=tuple(one.text for one in found.repairs)), found
    said = f"; not repaired: {found.reason}" if found.reason and not application.official else ""
    return replace(application, repaired=application.official, reason=_one_line(application.reason + said)), None


@contextmanager
def open_tree(instance: Instance, settings: Settings) -> Iterator[Tree]:
    """The tree of a repository instance, for reading. Raises RepositoryError where it is not to be had."""
    with repositories.open_tree(instance.repo, instance.base_commit, settings=settings) as tree:
        yield tree


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:_LONGEST_REASON].strip()


def _format(patch: Patch | None, paths: frozenset[str]) -> FormatScore:
    return score_patch(patch.text if patch else None, tree_paths=paths, protected=is_test)

"""Plausible wrong answers, by which a task's tests are proven: each must fail, for its own reason, and pass some tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from swebench_lite.catalog import read_answer_files
from swebench_lite.documents import Strict, Text, from_toml
from swebench_lite.errors import DatasetError, PatchRefused
from swebench_lite.patches.building import exact_patch
from swebench_lite.records import Instance, Outcome, Patch, Verdict
from swebench_lite.repairs import strict
from swebench_lite.trees import MemoryTree, Tree

NOTE, CHANGE = "answer.toml", "answer.diff"


class _Note(Strict):
    why: Text
    fails: list[Text] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    """A wrong answer to a task. why: what is wrong with it. fails: tests that must fail on it, at least."""

    task_id: str
    name: str
    why: str
    fails: tuple[str, ...]
    patch: Patch


def read_wrong_answers(folder: Path, instance: Instance, tree: Tree) -> tuple[WrongAnswer, ...]:
    """The wrong answers to a task, by name: the folders below ``folder/<task_id>``, each as ``read_wrong_answer`` reads it."""
    return tuple(read_wrong_answer(one, instance, tree) for one in answer_places(folder, instance.instance_id))


def answer_places(folder: Path, task_id: str) -> tuple[Path, ...]:
    """The folders of a task's wrong answers, by name."""
    place = folder / task_id
    found = sorted(place.iterdir()) if place.is_dir() else []
    return tuple(one for one in found if one.is_dir() and not one.name.startswith((".", "__")))


def read_wrong_answer(place: Path, instance: Instance, tree: Tree) -> WrongAnswer:
    """The wrong answer in a folder: an ``answer.toml``, and the files that it changes or adds or an ``answer.diff``.

    The diff is a change to the solution. tree: the task's workspace. Raises DatasetError, which names the file, where the
    answer cannot be read or changes nothing.
    """
    if not (place / NOTE).is_file():
        raise DatasetError(f"{place} holds no {NOTE}, which says why the answer is wrong and which tests fail on it")
    note = from_toml(_Note, place / NOTE)
    try:
        text = exact_patch(_files(place, instance, tree), tree)
    except PatchRefused as error:
        raise DatasetError(f"{place}: {error}") from error
    if not text:
        raise DatasetError(f"{place}: the answer changes nothing: every file is in the workspace just so")
    return WrongAnswer(
        task_id=instance.instance_id, name=place.name, why=note.why, fails=tuple(note.fails), patch=Patch(text=text)
    )


def complaint(answer: WrongAnswer, verdict: Verdict) -> str:
    """What is not as it should be when a wrong answer was judged, or "" where the tests caught it as they should."""
    passed = {*verdict.tests.f2p_success, *verdict.tests.p2p_success}
    if verdict.resolved:
        return "a wrong answer passes"
    if verdict.outcome is not Outcome.UNRESOLVED:
        return f"it ended as {verdict.outcome.value}: {verdict.reason}"
    if not passed:
        return "it passes no test at all, so it is not plausible"
    known = passed | {*verdict.tests.f2p_failure, *verdict.tests.p2p_failure}
    strange = [name for name in answer.fails if name not in known]
    if strange:
        return f"'{strange[0]}' is none of the task's tests"
    unexpected = [name for name in answer.fails if name in passed]
    return f"{unexpected[0]} passes, though it should fail" if unexpected else ""


def _files(place: Path, instance: Instance, tree: Tree) -> Mapping[str, str | None]:
    """The files of an answer, by path; None for one that it takes away."""
    files = dict(read_answer_files(place, leave_out=frozenset({NOTE})))
    change = files.pop(CHANGE, None)
    if change is None:
        return files
    file = place / CHANGE
    if files:
        raise DatasetError(f"{place} holds {CHANGE} and files; keep one of the two")
    solved = _applied(instance.patch, {path: tree.read(path) or b"" for path in tree.paths}, file)
    wrong = _applied(change, solved, file)
    gone = {path: None for path in tree.paths if path not in wrong}
    return {**gone, **{path: data.decode() for path, data in sorted(wrong.items())}}


def _applied(patch: str, files: Mapping[str, bytes], file: Path) -> dict[str, bytes]:
    found = strict.apply(patch, MemoryTree(files))
    if not found.applies:
        raise DatasetError(f"{file} does not apply to the task's solution: {found.reason}")
    made = {path: text.encode() for path, text in found.files.items() if text is not None}
    return {**{path: data for path, data in files.items() if path not in found.files}, **made}

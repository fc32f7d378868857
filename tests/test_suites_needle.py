"""The needle: where it stands, how long the text is, what counts as found, and the context that follows from it."""

from __future__ import annotations

import re

import pytest

from swebench_lite import tokens
from swebench_lite.errors import UsageError
from swebench_lite.records import Exchange
from swebench_lite.suites import ALL, items_of, names_of
from swebench_lite.suites.needle_suite import effective_context, items
from swebench_lite.suites.needle_suite import items_of as stored
from tests.suite_servers import write

NEEDLE = re.compile(r"The access code of the west archive is (\S+)\.")


def said(reply: str) -> list[Exchange]:
    return [Exchange(request="", reply=reply, model="m")]


def test_the_needle_is_no_part_of_all() -> None:
    assert names_of("all") == ALL == ("python", "cli", "tooling")
    assert names_of("needle") == ("needle",)


def test_an_unknown_suite_is_named_with_the_near_miss() -> None:
    with pytest.raises(UsageError, match="did you mean 'tooling'"):
        names_of("tolling")


@pytest.mark.parametrize("size", [2000, 16_000])
@pytest.mark.parametrize("depth", [0, 50, 99])
def test_a_text_has_its_length_and_the_needle_its_place(size: int, depth: int) -> None:
    (item,) = items(3, (size,), (depth,))
    assert abs(tokens.count(item.prompt) - size) < size * 0.08
    found = NEEDLE.search(item.prompt)
    assert found is not None
    assert abs(found.start() / len(item.prompt) - depth / 100) < 0.06
    assert len(NEEDLE.findall(item.prompt)) == 1


def test_the_usual_sizes_and_depths_are_asked_shortest_first() -> None:
    keys = [item.key for item in items_of(("needle",), seed=1, sizes=(3000, 500), depths=(90, 10))]
    assert keys == ["500@10", "500@90", "3000@10", "3000@90"]


def test_a_right_answer_is_found_and_a_code_of_another_archive_is_not() -> None:
    (item,) = items(3, (2000,), (50,))
    other = re.search(r"north archive is (\S+)\.", item.prompt)
    assert other is not None
    assert item.grade(said(write(item.prompt)), None).passed == 1
    assert item.grade(said(other[1]), None).reason == "the reply names another code"
    assert item.grade(said(f"{write(item.prompt)} or {other[1]}"), None).reason == "the reply names several codes"
    assert item.grade(said("I do not know."), None).reason == "the reply names no code"
    assert item.grade(said(f"<think>{write(item.prompt)}</think>No idea."), None).passed == 0


def test_the_same_seed_gives_the_same_text_for_a_replay() -> None:
    before = items(9, (500, 900), (10,))
    assert [one.prompt for one in stored(9, ["500@10", "900@10", "nonsense"])] == [one.prompt for one in before]
    assert items(10, (500,), (10,))[0].prompt != before[0].prompt


@pytest.mark.parametrize(
    ("passed", "size"),
    [
        ({"2000@10": True, "2000@90": True, "16000@10": True, "16000@90": True}, 16_000),
        ({"2000@10": True, "2000@90": True, "16000@10": True, "16000@90": False}, 2000),
        ({"2000@10": False, "16000@10": True}, 0),
        ({"2000@10": True, "16000@10": False, "64000@10": True}, 2000),
        ({}, 0),
    ],
)
def test_the_effective_context_ends_at_the_first_size_with_a_miss(passed: dict[str, bool], size: int) -> None:
    assert effective_context(passed) == size


@pytest.mark.parametrize(("sizes", "depths"), [((10,), (50,)), ((10**9,), (50,)), ((2000,), (100,)), ((2000,), (-1,))])
def test_odd_sizes_and_depths_are_refused(sizes: tuple[int, ...], depths: tuple[int, ...]) -> None:
    with pytest.raises(UsageError):
        items(1, sizes, depths)

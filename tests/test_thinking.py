from __future__ import annotations

import time

import pytest

from swebench_lite.thinking import Tags, Thought, head, orphan, stands_apart


def test_thinking_ends_at_the_tag_of_its_own_name() -> None:
    assert head("<think>a</thinking>b</think>c") == Thought(28, True)


def test_thinking_may_end_at_another_tag_where_its_own_is_missing() -> None:
    assert head("<think>a</thinking>b") == Thought(19, True)


def test_what_is_missing_once_is_found_where_another_text_has_it() -> None:
    assert Tags("<think>a").thought_at(0) == Thought(8, False)
    assert Tags("<think></think>").thought_at(0) == Thought(15, True)


def test_a_tag_in_quotes_or_in_a_line_of_a_diff_ends_nothing() -> None:
    assert orphan('x = "</think>"') is None
    assert orphan("+x</think>\n") is None


@pytest.mark.parametrize(
    ("before", "apart"),
    [
        ("I think.\n", True),
        ("```python\nx\n```\nSo.\n", True),
        ("````md\n```\n````\n", True),
        ("```python\nx\n", False),
        ("```FILE: a.md\n```python\nx\n```\n", False),
        ("````md\n```\n", False),
        ("~~~\n```\n", False),
        ("a.py\n<<<<<<< SEARCH\n", False),
        ("a.py\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n", True),
    ],
)
def test_a_place_stands_apart_outside_of_fences_and_edits(before: str, apart: bool) -> None:
    assert stands_apart(f"{before}</think>\n```\n", len(before)) is apart


def test_tags_that_never_close_take_no_time() -> None:
    text = "<think>\n</thinking>\n" * 300_000
    started = time.process_time()
    assert head(text) == Thought(len(text) - 1, True)
    assert time.process_time() - started < 10  # what grows with the square takes an hour

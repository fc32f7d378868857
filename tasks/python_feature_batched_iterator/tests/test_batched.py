"""Batches of plain iterables."""

import random
from itertools import count

import pytest

from streamkit import batched


class Source:
    """An iterator that records what is read from it, and refuses to be read too far."""

    def __init__(self, items, limit=50):
        self.items = iter(items)
        self.read = 0
        self.asked_after_end = 0
        self.ended = False
        self.limit = limit

    def __iter__(self):
        return self

    def __next__(self):
        if self.ended:
            self.asked_after_end += 1
            raise StopIteration
        assert self.read < self.limit, "read too far"
        try:
            item = next(self.items)
        except StopIteration:
            self.ended = True
            raise
        self.read += 1
        return item


def test_batches_have_the_size_that_was_asked_for():
    assert list(batched("abcdef", 3)) == [("a", "b", "c"), ("d", "e", "f")]
    assert list(batched("abc", 1)) == [("a",), ("b",), ("c",)]
    assert list(batched("abcd", 2, strict=True)) == [("a", "b"), ("c", "d")]


def test_the_last_batch_may_be_shorter():
    assert list(batched("abcdefg", 3)) == [("a", "b", "c"), ("d", "e", "f"), ("g",)]
    assert list(batched("ab", size=3)) == [("a", "b")]


def test_no_items_give_no_batches():
    assert list(batched([], 3)) == []
    assert list(batched([], key=len)) == []
    assert list(batched([], weigh=len, max_weight=1)) == []
    assert list(batched([], 3, strict=True)) == []


def test_falsy_items_are_items():
    assert list(batched([None, 0, "", False, ()], 2)) == [(None, 0), ("", False), ((),)]


def test_a_batch_ends_before_another_key():
    assert list(batched([1, 3, 2, 4, 6, 5], key=lambda n: n % 2)) == [(1, 3), (2, 4, 6), (5,)]


def test_none_is_a_key_like_any_other():
    owner = {"a": None, "b": None, "c": 7, "d": None}.get
    assert list(batched("abcd", key=owner)) == [("a", "b"), ("c",), ("d",)]


def test_size_and_key_together():
    assert list(batched("aaabbc", 2, key=str)) == [("a", "a"), ("a",), ("b", "b"), ("c",)]


def test_a_batch_ends_before_the_item_that_is_too_much():
    words = ["aaa", "bb", "c", "dddd"]
    assert list(batched(words, weigh=len, max_weight=5)) == [("aaa", "bb"), ("c", "dddd")]


def test_an_item_of_weight_zero_joins_a_batch_of_exactly_the_limit():
    words = ["aaa", "bb", "", "c"]
    assert list(batched(words, weigh=len, max_weight=5)) == [("aaa", "bb", ""), ("c",)]


def test_an_item_that_is_too_heavy_is_alone():
    words = ["a", "dddddddd", "", "e"]
    assert list(batched(words, weigh=len, max_weight=5)) == [("a",), ("dddddddd",), ("", "e")]
    assert list(batched(["xxx"], weigh=len, max_weight=1)) == [("xxx",)]


def test_strict_refuses_a_short_last_batch():
    batches = batched("abcde", 3, strict=True)
    assert next(batches) == ("a", "b", "c")
    with pytest.raises(ValueError, match="^last batch has 2 of 3 items$"):
        next(batches)
    assert list(batches) == []


def test_nothing_is_read_before_the_first_batch():
    source = Source(count())
    batched(source, 2)
    assert source.read == 0


def test_a_full_batch_reads_nothing_beyond_its_last_item():
    source = Source(count())
    batches = batched(source, 3, key=lambda n: "same", weigh=lambda n: 1, max_weight=3)
    assert (next(batches), source.read) == ((0, 1, 2), 3)
    assert (next(batches), source.read) == ((3, 4, 5), 6)


def test_a_batch_that_ends_by_key_or_weight_reads_one_item_more():
    source = Source(count())
    batches = batched(source, key=lambda n: n // 4)
    assert (next(batches), source.read) == ((0, 1, 2, 3), 5)
    source = Source(count())
    batches = batched(source, weigh=lambda n: 1, max_weight=2)
    assert (next(batches), source.read) == ((0, 1), 3)
    assert (next(batches), source.read) == ((2, 3), 5)


def test_the_rest_of_an_iterator_can_be_read_on():
    items = (n for n in range(7))
    batches = batched(items, 3)
    assert next(batches) == (0, 1, 2)
    del batches
    assert list(items) == [3, 4, 5, 6]


def test_items_that_have_ended_are_not_asked_again():
    source = Source("abc")
    batches = batched(source, 2)
    assert list(batches) == [("a", "b"), ("c",)]
    assert next(batches, "end") == "end"
    assert source.asked_after_end == 0


def test_key_and_weigh_are_called_once_for_each_item():
    keyed, weighed = [], []
    batches = batched(
        "aabbbc",
        2,
        key=lambda item: keyed.append(item) or item,
        weigh=lambda item: weighed.append(item) or 1,
        max_weight=9,
    )
    assert list(batches) == [("a", "a"), ("b", "b"), ("b",), ("c",)]
    assert "".join(keyed) == "".join(weighed) == "aabbbc"


def test_errors_of_the_items_go_through_and_end_the_batches():
    def broken():
        yield from "abc"
        raise OSError("disk gone")

    batches = batched(broken(), 2)
    assert next(batches) == ("a", "b")
    with pytest.raises(OSError, match="^disk gone$"):
        next(batches)
    assert list(batches) == []


def test_errors_of_key_and_weigh_go_through_and_end_the_batches():
    def inverse(n):
        return 1 // n

    for options in ({"key": inverse}, {"weigh": inverse, "max_weight": 9}):
        batches = batched([2, 2, 0, 2], **options)
        with pytest.raises(ZeroDivisionError):
            next(batches)
        assert list(batches) == []


def test_a_bad_weight_is_refused_when_its_item_is_read():
    for weight in (-1, float("nan")):
        batches = batched([1, 2, weight, 1], weigh=lambda n: n, max_weight=2)
        assert next(batches) == (1,)
        with pytest.raises(ValueError) as caught:
            next(batches)
        assert str(caught.value) == f"weight must not be negative, got {weight}"
        assert list(batches) == []


def plain_batches(items, size, key, max_weight):
    """The batches of (key, weight) pairs, found the slow way."""
    batches = []
    for item in items:
        last = batches[-1] if batches else []
        fits = (
            last
            and (size is None or len(last) < size)
            and (not key or last[0][0] == item[0])
            and (max_weight is None or sum(w for _, w in last) + item[1] <= max_weight)
        )
        if fits:
            last.append(item)
        else:
            batches.append([item])
    return [tuple(batch) for batch in batches]


def test_many_streams_with_every_mixture_of_limits():
    chance = random.Random(7)
    for _ in range(400):
        items = [(chance.choice("ab"), chance.randrange(5)) for _ in range(chance.randrange(15))]
        size = chance.choice([None, 1, 2, 3])
        max_weight = chance.choice([None, 1, 3, 6])
        key = chance.random() < 0.5 or (size is None and max_weight is None)
        options = {"key": lambda item: item[0]} if key else {}
        if max_weight is not None:
            options |= {"weigh": lambda item: item[1], "max_weight": max_weight}
        found = list(batched(items, size, **options))
        assert found == plain_batches(items, size, key, max_weight), (items, size, options)

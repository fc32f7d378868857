"""The fourteen items of the python suite, as data: what is asked, and the hidden cases with what they have to give.

The values were worked out by hand and by two implementations each; the tests hold them against a third.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """arguments: of the function or the constructor. expected: its result, or those of the kept calls, in order.

    inputs: the arguments of several calls of a function instead; ``expected`` has a result for each, and all must be right.
    """

    arguments: tuple[Any, ...]
    expected: Any
    inputs: tuple[tuple[Any, ...], ...] = ()
    calls: tuple[tuple[str, tuple[Any, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonItem:
    """signature: as the prompt shows it. rules: what it has to do, with one example. kept: methods whose results count."""

    entry: str
    signature: str
    rules: str
    cases: tuple[Case, ...]
    kept: tuple[str, ...] = ()


def _cases(*rows: tuple[tuple[Any, ...], Any]) -> tuple[Case, ...]:
    return tuple(Case(arguments=arguments, expected=expected) for arguments, expected in rows)


def _several(*rows: tuple[Any, Any]) -> Case:
    """One case of several inputs, each the only argument of its call."""
    return Case(arguments=(), expected=[expected for _, expected in rows], inputs=tuple((given,) for given, _ in rows))


def _sequence(capacity: int, script: str, *expected: int) -> Case:
    """A case of LRUCache. script: ``p1=10`` puts 10 under 1, ``g1`` gets 1."""
    calls: list[tuple[str, tuple[int, ...]]] = []
    for word in script.split():
        key, _, value = word[1:].partition("=")
        calls.append(("put", (int(key), int(value))) if word[0] == "p" else ("get", (int(key),)))
    return Case(arguments=(capacity,), expected=list(expected), calls=tuple(calls))


_NUMERALS = "I=1, V=5, X=10, L=50, C=100, D=500, M=1000, with the subtractive forms IV, IX, XL, XC, CD and CM"
# The key that goes first was put last, and the one that goes then was got most often.
_LONG_USE = "p1=10 p2=20 p3=30 g1 g1 g2 p4=40 g3 g1 g2 g4 p5=50 g1 g2 g4 g5"
_ITEMS = (
    PythonItem(
        entry="int_to_roman",
        signature="def int_to_roman(number: int) -> str",
        rules=f"Return the Roman numeral of a number from 1 to 3999 in capital letters ({_NUMERALS}).\n"
        "Example: int_to_roman(14) returns 'XIV'.",
        cases=_cases(((1,), "I"), ((444,), "CDXLIV"), ((888,), "DCCCLXXXVIII"), ((3999,), "MMMCMXCIX")),
    ),
    PythonItem(
        entry="is_balanced",
        signature="def is_balanced(text: str) -> bool",
        rules="Return True when every bracket of the text, (), [] and {}, is closed by its own kind and in the right order, "
        "else False. All other characters are ignored; a text without brackets is balanced.\n"
        "Example: is_balanced('f(x)[0]') returns True.",
        cases=(
            _several(("{a(b[c])} d", True), ("()[x]{}", True), ("none at all", True)),
            *_cases((("(a[b)c]",), False)),
            _several(("((x)", False), ("{", False)),
            _several(("][", False), ("(x)}", False)),
        ),
    ),
    PythonItem(
        entry="merge_intervals",
        signature="def merge_intervals(intervals: list[list[int]]) -> list[list[int]]",
        rules="Each interval is [start, end] with start <= end, in any order. Merge those that overlap and those that touch "
        "(one ends where the next starts), and return the result sorted by start.\n"
        "Example: merge_intervals([[1, 3], [2, 5], [8, 9]]) returns [[1, 5], [8, 9]].",
        cases=_cases(
            (([[1, 4], [4, 5], [7, 8]],), [[1, 5], [7, 8]]),
            (([[1, 10], [2, 3], [6, 8], [11, 15]],), [[1, 10], [11, 15]]),
            (([[8, 9], [1, 3], [20, 21], [2, 6]],), [[1, 6], [8, 9], [20, 21]]),
        ),
    ),
    PythonItem(
        entry="top_word",
        signature="def top_word(text: str) -> str",
        rules="A word is a longest run of the letters a-z and A-Z. Return the word that occurs most often, in lower case; "
        "upper and lower case count as the same. Of several that occur equally often, return the first in alphabetical order. "
        "Return '' for a text without words.\n"
        "Example: top_word('To be, or not to be: to') returns 'to'.",
        cases=(
            _several(
                ("A cat saw The cat. the dog saw THE bird; the end!", "the"), ("Don't say don't, t or T: no_no", "t")
            ),
            *_cases((("pear fig apple fig, apple pear",), "apple"), (("12 + 34 = 46!",), "")),
        ),
    ),
    PythonItem(
        entry="LRUCache",
        signature="class LRUCache:\n"
        "        def __init__(self, capacity: int) -> None\n"
        "        def get(self, key: int) -> int\n"
        "        def put(self, key: int, value: int) -> None",
        rules="get returns the value of a key, or -1 where there is none. put sets the value of a key. The cache holds at "
        "most capacity keys (capacity is at least 1): a new key beyond that removes the one that was least recently used. "
        "get of a key that is there, and every put, count as a use.\n"
        "Example: with capacity 2, after put(1, 10), put(2, 20), put(3, 30), get(1) returns -1.",
        cases=(
            _sequence(3, _LONG_USE, 10, 10, 20, -1, 10, 20, 40, -1, 20, 40, 50),
            _sequence(2, "p1=10 p2=20 p3=30 g1 g2 g3", -1, 20, 30),
            _sequence(2, "p1=10 p2=20 g1 p3=30 g2 g1 g3", 10, -1, 10, 30),
            _sequence(2, "p1=10 p2=20 p1=11 p3=30 g1 g2 g3", 11, -1, 30),
            _sequence(1, "p1=10 p1=12 g1 p2=20 g1 g2 p2=0 g2", 12, -1, 20, 0),
        ),
        kept=("get",),
    ),
    PythonItem(
        entry="lcs_length",
        signature="def lcs_length(first: str, second: str) -> int",
        rules="Return the length of the longest common subsequence of two texts: characters in the same order in both, not "
        "necessarily next to each other. It has to be quick for texts of a few hundred letters.\n"
        "Example: lcs_length('abcde', 'ace') returns 3.",
        cases=_cases(
            (("AGGTAB", "GXTXAYB"), 4), (("", "abc"), 0), (("abcdef", "fedcba"), 1), (("ab" * 60, "ba" * 60), 119)
        ),
    ),
    PythonItem(
        entry="two_sum",
        signature="def two_sum(numbers: list[int], target: int) -> list[int]",
        rules="Exactly one pair of different positions holds numbers that add up to the target. Return the two positions, "
        "counted from 0, the smaller one first.\n"
        "Example: two_sum([2, 7, 11, 15], 9) returns [0, 1].",
        cases=_cases((([3, 2, 4], 6), [1, 2]), (([5, 3, 9, 3], 6), [1, 3]), (([-3, 8, 1, -7, 20], -10), [0, 3])),
    ),
    PythonItem(
        entry="roman_to_int",
        signature="def roman_to_int(numeral: str) -> int",
        rules=f"Return the number of a valid Roman numeral in capital letters ({_NUMERALS}).\n"
        "Example: roman_to_int('XIV') returns 14.",
        cases=_cases((("LXXVIII",), 78), (("CDXLIV",), 444), (("DCCCXC",), 890), (("MMMCMXCIX",), 3999)),
    ),
    PythonItem(
        entry="is_palindrome",
        signature="def is_palindrome(text: str) -> bool",
        rules="Return True when the letters and digits of the text read the same in both directions, else False. Upper and "
        "lower case are the same, all other characters are ignored, and a text without letters and digits is a palindrome.\n"
        "Example: is_palindrome('Never odd or even') returns True.",
        cases=_cases(
            (("_A man, a plan, a canal: Panama",), True), (("race a car",), False), ((" .,!",), True), (("0P",), False)
        ),
    ),
    PythonItem(
        entry="longest_unique",
        signature="def longest_unique(text: str) -> int",
        rules="Return the length of the longest part of the text, of characters that stand next to each other, in which no "
        "character occurs twice.\n"
        "Example: longest_unique('abcabcbb') returns 3.",
        cases=_cases((("",), 0), (("zzzz",), 1), (("dvdf",), 3), (("tmmzuxt",), 5)),
    ),
    PythonItem(
        entry="rpn_eval",
        signature="def rpn_eval(tokens: list[str]) -> int",
        rules="Evaluate an expression in reverse Polish notation: whole numbers, perhaps negative, and the operators +, -, * "
        "and /. Division cuts off towards zero; nothing is divided by zero.\n"
        "Example: rpn_eval(['4', '13', '5', '/', '+']) returns 6.",
        cases=_cases(
            ((["9", "2", "-", "3", "*"],), 21),
            ((["7", "-2", "/"],), -3),
            ((["10", "6", "9", "3", "+", "-11", "*", "/", "*", "17", "+", "5", "+"],), 22),
        ),
    ),
    PythonItem(
        entry="min_coins",
        signature="def min_coins(coins: list[int], amount: int) -> int",
        rules="Return the smallest number of coins that add up to the amount, each coin as often as needed, or -1 where no "
        "coins do. The amount 0 needs 0 coins. It has to be quick for amounts of several thousand.\n"
        "Example: min_coins([1, 2, 5], 11) returns 3.",
        cases=_cases((([4, 1, 3], 6), 2), (([5, 3], 7), -1), (([7], 0), 0), (([186, 419, 83, 408], 6249), 20)),
    ),
    PythonItem(
        entry="word_break",
        signature="def word_break(text: str, words: list[str]) -> bool",
        rules="Return True when the whole text can be cut into words of the list, each as often as needed, else False. It has "
        "to be quick for texts of a hundred letters.\n"
        "Example: word_break('applepenapple', ['apple', 'pen']) returns True.",
        cases=_cases(
            (("abcdabcdecd", ["ab", "abc", "cd", "de"]), True),
            (("catsandog", ["cats", "dog", "sand", "and", "cat"]), False),
            (("a" * 90 + "b", ["a", "aa", "aaa", "aaaa"]), False),
        ),
    ),
    PythonItem(
        entry="edit_distance",
        signature="def edit_distance(first: str, second: str) -> int",
        rules="Return the smallest number of edits that make one text of the other; an edit inserts, deletes or replaces one "
        "character.\n"
        "Example: edit_distance('kitten', 'sitting') returns 3.",
        cases=_cases((("", "abc"), 3), (("intention", "execution"), 5), (("ab", "ba"), 2), (("flaw", "lawn"), 2)),
    ),
)
ITEMS: Mapping[str, PythonItem] = {item.entry: item for item in _ITEMS}

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swebench_lite.records import Flag, Outcome
from swebench_lite.reports import text
from tests.test_reports_model import APPLIED, FUZZY, attempt


@given(st.text(st.characters()))
def test_cleaned_text_is_one_printable_line(given_text: str) -> None:
    cleaned = text.clean(given_text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in cleaned)
    assert not any(0xD800 <= ord(character) < 0xE000 for character in cleaned)
    assert len(cleaned.splitlines()) <= 1


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing_more(given_text: str) -> None:
    once = text.clean(given_text)
    assert text.clean(once) == once


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[31;1mred\x1b[0m", "red"), ("\x1b]0;title\x07name", "name"), ("\x1b]8;;http://x\x1b\\link", "link"),
        ("a\r\nb\tc", "a b c"), ("user\u202etxt.exe", "usertxt.exe"), ("\x9b2Jx", "x"), ("naïve ✓", "naïve ✓"),
    ],
)  # fmt: skip
def test_control_sequences_disappear_and_words_stay(given_text: str, shown: str) -> None:
    assert text.clean(given_text) == shown


def test_long_text_is_cut_where_asked() -> None:
    assert text.clean("abcdef", limit=4) == "abc…"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (3600, "1 h 00 min")]
)
def test_seconds_read_like_times(value: float, shown: str) -> None:
    assert text.seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "unknown"), (0.0, "$0.0000"), (0.1234, "$0.1234"), (1234, "$1,234.00")]
)
def test_money_is_never_zero_by_ignorance(value: float | None, shown: str) -> None:
    assert text.money(value) == shown


def test_the_apply_step_names_repairs() -> None:
    shown = [text.step(attempt("a", Outcome.RESOLVED, application=one)) for one in (APPLIED, FUZZY, None)]
    assert shown == ["git-apply", "patch after hunk-counts", "-"]


def test_flags_say_where_the_official_rule_differs() -> None:
    tampered = attempt("a", Outcome.TAMPERED, flags=(Flag.SUSPECT,), official_resolved=True, cached=True)
    assert text.flags(tampered) == "SUSPECT, official: resolved, cached"


@pytest.mark.parametrize(
    ("count", "what", "said"), [(1, "reply", "1 reply"), (2, "reply", "2 replies"), (1200, "attempt", "1,200 attempts")]
)
def test_a_count_has_its_noun(count: int, what: str, said: str) -> None:
    assert text.counted(count, what) == said

import pytest

from textkit import clip, pad


def test_short_text_is_left_alone():
    assert clip("short", 10) == "short"


def test_text_of_exactly_the_width_is_left_alone():
    assert clip("exact", 5) == "exact"


def test_long_text_ends_with_an_ellipsis():
    assert clip("a rather long title", 10) == "a rather \u2026"


def test_own_ellipsis_counts():
    assert clip("abcdefgh", 5, ellipsis="...") == "ab..."


@pytest.mark.parametrize("align, expected", [("left", "ab   "), ("right", "   ab"), ("center", " ab  ")], ids=["left", "right", "center"])
def test_pad(align, expected):
    assert pad("ab", 5, align) == expected


def test_pad_rejects_unknown_alignment():
    with pytest.raises(ValueError, match="align"):
        pad("ab", 5, "middle")

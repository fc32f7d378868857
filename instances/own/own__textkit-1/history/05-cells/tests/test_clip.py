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


@pytest.mark.parametrize("cells, expected", [(0, ""), (1, "."), (3, "...")], ids=["none", "one", "all"])
def test_an_ellipsis_that_does_not_fit_is_cut(cells, expected):
    assert clip("abcdef", cells, ellipsis="...") == expected


@pytest.mark.parametrize("align, expected", [("left", "ab   "), ("right", "   ab"), ("center", " ab  ")], ids=["left", "right", "center"])
def test_pad(align, expected):
    assert pad("ab", 5, align) == expected


def test_clip_counts_wide_characters_twice():
    assert clip("\u591c\u306b\u99c6\u3051\u308b", 5) == "\u591c\u306b\u2026"


def test_clip_leaves_out_a_wide_character_that_only_half_fits():
    assert clip("\u591c\u306b\u99c6\u3051\u308b", 6) == "\u591c\u306b\u2026"
    assert clip("a\u591c\u306b", 4) == "a\u591c\u2026"


def test_clip_keeps_an_accent_with_its_letter():
    assert clip("cafe\u0301 noir", 5) == "cafe\u0301\u2026"


def test_clip_leaves_decomposed_text_that_fits_alone():
    assert clip("e\u0301e\u0301", 2) == "e\u0301e\u0301"


def test_pad_counts_cells():
    assert pad("\u591c", 4) == "\u591c  "
    assert pad("e\u0301", 3, "right") == "  e\u0301"


def test_pad_rejects_unknown_alignment():
    with pytest.raises(ValueError, match="align"):
        pad("ab", 5, "middle")

import pytest

import textkit


@pytest.mark.parametrize(
    "text, cells",
    [("", 0), ("abc", 3), ("\u591c\u306b", 4), ("\uff21", 2), ("\uff71", 1), ("e\u0301", 1), ("a\u200db", 2)],
    ids=["empty", "ascii", "wide", "fullwidth", "halfwidth", "accent", "joiner"],
)
def test_width_counts_cells(text, cells):
    assert textkit.width(text) == cells

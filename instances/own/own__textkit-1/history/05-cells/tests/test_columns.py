from textkit import columns


def test_columns_are_as_wide_as_their_widest_cell():
    assert columns([["a", "bb"], ["ccc", "d"]]) == ["a    bb", "ccc  d"]


def test_columns_line_up_beside_wide_characters():
    lines = columns([["\u591c\u306b", "1"], ["abcdef", "2"]])
    assert lines == ["\u591c\u306b    1", "abcdef  2"]


def test_columns_line_up_beside_decomposed_accents():
    assert columns([["e\u0301e\u0301", "1"], ["ab", "2"]]) == ["e\u0301e\u0301  1", "ab  2"]


def test_no_rows_give_no_lines():
    assert columns([]) == []


def test_rows_may_be_ragged():
    assert columns([["a"], ["b", "c"]]) == ["a", "b  c"]


def test_limit_clips_cells():
    assert columns([["abcdef", "x"]], limit=4) == ["abc\u2026  x"]


def test_cells_need_not_be_strings():
    assert columns([[1, None]], gap=1) == ["1 None"]

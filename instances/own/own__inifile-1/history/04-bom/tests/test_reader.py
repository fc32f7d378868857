import pytest

import inifile


def read(*lines):
    return inifile.loads("\r\n".join(lines))


def test_sections_and_keys():
    assert read("[Window]", "width=80", "", "[Font]", "name = Courier New") == {
        "": {},
        "Window": {"width": "80"},
        "Font": {"name": "Courier New"},
    }


def test_keys_before_any_section():
    assert read("version=3")[""] == {"version": "3"}


def test_byte_order_mark_is_skipped():
    assert read("\ufeff[a]", "b=1")["a"] == {"b": "1"}


def test_keys_have_no_case():
    assert read("[a]", "KEY=1", "key=2")["a"] == {"key": "2"}


@pytest.mark.parametrize("mark", [";", "#"], ids=["semicolon", "hash"])
def test_comment_lines(mark):
    assert read("[a]", mark + " nothing=here", "b=1")["a"] == {"b": "1"}


@pytest.mark.parametrize("mark", [";", "#"], ids=["semicolon", "hash"])
def test_comment_behind_a_value(mark):
    assert read("a = 1 " + mark + " one")[""] == {"a": "1"}


def test_quotes_keep_blanks():
    assert read('a = "  b "')[""] == {"a": "  b "}


def test_value_may_hold_equals():
    assert read("a=b=c")[""] == {"a": "b=c"}


def test_empty_value():
    assert read("a=")[""] == {"a": ""}


def test_bad_line_is_named():
    with pytest.raises(inifile.ParseError) as caught:
        read("[a]", "nonsense")
    assert caught.value.number == 2

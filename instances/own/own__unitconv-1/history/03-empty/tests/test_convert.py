import pytest

from unitconv import UnknownUnit, convert


def test_prefix_on_the_source():
    assert convert(3, "km", "m") == pytest.approx(3000)


def test_prefix_on_the_target():
    assert convert(1, "ft", "cm") == pytest.approx(30.48)


def test_prefix_on_a_longer_symbol():
    assert convert(1013.25, "hPa", "atm") == pytest.approx(1)


def test_same_unit():
    assert convert(5, "s", "s") == 5


def test_dimensions_must_agree():
    with pytest.raises(ValueError, match="cannot convert"):
        convert(1, "km", "s")


def test_blanks_around_a_symbol():
    assert convert(1, " km ", "m") == pytest.approx(1000)


@pytest.mark.parametrize("symbol", ["", " ", "k"], ids=["empty", "blank", "prefix"])
def test_nothing_is_no_unit(symbol):
    with pytest.raises(UnknownUnit):
        convert(1, symbol, "m")


def test_unknown_symbol():
    with pytest.raises(UnknownUnit):
        convert(1, "furlong", "m")

"""The examples of the README."""

import pytest

from primes import factorize, is_prime
from primes.__main__ import main


def test_the_check_example(capsys):
    assert main(["check", "97", "98"]) == 0
    assert capsys.readouterr().out == "97: prime\n98: 2 * 7^2\n"


def test_the_list_example(capsys):
    assert main(["list", "20", "40"]) == 0
    assert capsys.readouterr().out == "23 29 31 37\n"


def test_the_errors():
    with pytest.raises(TypeError, match=r"^expected a whole number, got 7\.0$"):
        is_prime(7.0)
    with pytest.raises(ValueError, match="^expected a number of at least 1, got 0$"):
        factorize(0)

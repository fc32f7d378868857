"""Lists of primes, and the next one."""

import pytest

from primes import next_prime, primes_between, primes_up_to
from primes.__main__ import main


def is_prime_by_count(n):
    return n > 1 and all(n % d for d in range(2, n))


KNOWN = [n for n in range(300) if is_prime_by_count(n)]


@pytest.mark.parametrize("limit", [2, 7])
def test_a_prime_limit_is_listed(limit):
    assert primes_up_to(limit)[-1:] == [limit]


def test_a_square_at_the_limit_is_not_listed():
    for root in (2, 3, 5, 7, 11, 13):
        assert root * root not in primes_up_to(root * root)


def test_a_square_just_below_the_limit_is_not_listed():
    assert primes_up_to(10) == [2, 3, 5, 7]
    assert primes_up_to(30) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]


def test_every_limit_up_to_two_hundred():
    for limit in range(200):
        assert primes_up_to(limit) == [p for p in KNOWN if p <= limit], limit


def test_there_are_no_primes_below_two():
    for limit in (1, 0, -1, -100):
        assert primes_up_to(limit) == []


def test_the_primes_below_a_million_are_counted():
    assert len(primes_up_to(10**6)) == 78498


def test_both_ends_of_a_range_are_listed():
    assert primes_between(7, 13) == [7, 11, 13]
    assert primes_between(8, 12) == [11]


def test_a_range_without_primes_is_empty():
    assert primes_between(24, 28) == []
    assert primes_between(13, 7) == []
    assert primes_between(-10, 1) == []


def test_the_next_prime_is_always_larger():
    for n in range(280):
        assert next_prime(n) == min(p for p in KNOWN if p > n), n


def test_the_next_prime_below_two_is_two():
    assert [next_prime(n) for n in (-8, -1, 0, 1)] == [2, 2, 2, 2]


def test_the_next_prime_of_two_is_three():
    assert next_prime(2) == 3


def test_lists_accept_only_whole_numbers():
    for call in (
        lambda: primes_up_to(7.0),
        lambda: primes_between(7.0, 9),
        lambda: primes_between(7, 9.0),
        lambda: next_prime(True),
    ):
        with pytest.raises(TypeError, match="^expected a whole number, got "):
            call()


def test_the_command_line_tells_composites_apart(capsys):
    assert main(["check", "25", "1", "2", "143"]) == 0
    assert capsys.readouterr().out == "25: 5^2\n1: not prime\n2: prime\n143: 11 * 13\n"


def test_the_command_line_lists_both_ends(capsys):
    assert main(["list", "2", "7"]) == 0
    assert capsys.readouterr().out == "2 3 5 7\n"

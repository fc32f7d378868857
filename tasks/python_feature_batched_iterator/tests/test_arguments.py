"""Both functions refuse bad arguments at the call, with the same words."""

import pytest

from streamkit import abatched, batched


async def nothing():
    return
    yield


def refuse(error, message, *args, **options):
    for function, items in ((batched, []), (abatched, nothing())):
        with pytest.raises(error) as caught:
            function(items, *args, **options)
        assert str(caught.value) == message


def test_size_must_be_a_whole_number():
    refuse(TypeError, "size must be a whole number, got 2.5", 2.5)
    refuse(TypeError, "size must be a whole number, got True", True)
    refuse(TypeError, "size must be a whole number, got '3'", "3")


def test_size_must_be_positive():
    refuse(ValueError, "size must be at least 1, got 0", 0)
    refuse(ValueError, "size must be at least 1, got -2", -2)


def test_weigh_and_max_weight_go_together():
    refuse(ValueError, "weigh and max_weight go together", 2, weigh=len)
    refuse(ValueError, "weigh and max_weight go together", 2, max_weight=2)


def test_max_weight_must_be_positive():
    nan = float("nan")
    refuse(ValueError, "max_weight must be positive, got 0", weigh=len, max_weight=0)
    refuse(ValueError, "max_weight must be positive, got -0.5", weigh=len, max_weight=-0.5)
    refuse(ValueError, "max_weight must be positive, got nan", weigh=len, max_weight=nan)


def test_strict_goes_with_size_alone():
    message = "strict needs size, and neither key nor max_weight"
    refuse(ValueError, message, strict=True, key=len)
    refuse(ValueError, message, 2, strict=True, key=len)
    refuse(ValueError, message, 2, strict=True, weigh=len, max_weight=3)


def test_some_limit_is_needed():
    refuse(ValueError, "give at least one of size, key and max_weight")


def test_items_must_be_iterable():
    with pytest.raises(TypeError):
        batched(7, 2)
    with pytest.raises(TypeError):
        abatched([1, 2], 2)

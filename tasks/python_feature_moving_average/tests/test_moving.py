import itertools
import math
import tracemalloc
from decimal import Decimal
from fractions import Fraction

import pytest
from sensorstats import MissingReading, MovingAverage, moving_average

NAN = float("nan")
INF = float("inf")


def averages(readings, window, **options):
    """The averages of the class and of the function, which must agree."""
    average = MovingAverage(window, **options)
    pushed = [average.push(reading) for reading in readings]
    assert list(moving_average(readings, window, **options)) == pushed
    return pushed


# Ordinary windows


def test_the_window_slides():
    assert averages([1, 2, 3, 5, 10], 3) == [None, None, 2.0, pytest.approx(10 / 3), 6.0]


def test_min_periods_lets_the_first_averages_out():
    assert averages([1, 2, 6, 4], 3, min_periods=1) == [1.0, 1.5, 3.0, 4.0]
    assert averages([1, 2, 6, 4], 3, min_periods=2) == [None, 1.5, 3.0, 4.0]


def test_a_window_of_one_gives_the_readings():
    assert averages([3, -1, 2.5], 1) == [3.0, -1.0, 2.5]


def test_averages_are_floats():
    result = averages([1, Decimal("0.5"), Fraction(3, 2)], 1)
    assert result == [1.0, 0.5, 1.5]
    assert {type(number) for number in result} == {float}


def test_nothing_gives_nothing():
    assert averages([], 3) == []


def test_value_and_count_follow_the_pushes():
    average = MovingAverage(2)
    assert (average.value, average.count) == (None, 0)
    seen = []
    for reading in (4, None, 2, 8):
        average.push(reading)
        seen.append((average.value, average.count))
    assert seen == [(None, 1), (None, 1), (None, 1), (5.0, 2)]


def test_reset_forgets_readings_and_keeps_options():
    average = MovingAverage(3, min_periods=2, missing="raise")
    for reading in (9, 9, 9):
        average.push(reading)
    average.reset()
    assert (average.value, average.count) == (None, 0)
    assert [average.push(reading) for reading in (1, 3)] == [None, 2.0]
    with pytest.raises(MissingReading) as caught:
        average.push(None)
    assert caught.value.position == 2


def test_a_window_longer_than_the_stream():
    assert averages([2, 4], 100) == [None, None]
    assert averages([2, 4], 100, min_periods=2) == [None, 3.0]


# Missing readings


@pytest.mark.parametrize("gap", [None, NAN, Decimal("NaN")], ids=["none", "nan", "decimal"])
def test_every_kind_of_missing_reading_is_passed_over(gap):
    assert averages([1, gap, 3], 3, min_periods=2) == [None, None, 2.0]


def test_a_gap_takes_up_its_position():
    readings = [1, 2, None, 4, 6]
    assert averages(readings, 2, min_periods=1) == [1.0, 1.5, 2.0, 4.0, 5.0]


def test_by_default_a_gap_leaves_a_window_without_average():
    assert averages([1, 2, None, 4, 6], 2) == [None, 1.5, None, None, 5.0]


def test_a_window_of_gaps_alone_has_no_average():
    assert averages([5, None, NAN, 7], 2, min_periods=1) == [5.0, 5.0, None, 7.0]


def test_propagate_gives_nothing_while_the_gap_is_in_the_window():
    readings = [1, 2, None, 4, 6, 8]
    assert averages(readings, 2, min_periods=1, missing="propagate") == [
        1.0,
        1.5,
        None,
        None,
        5.0,
        7.0,
    ]


def test_propagate_still_counts_min_periods():
    assert averages([1, 2, 3], 2, missing="propagate") == [None, 1.5, 2.5]


def test_raise_tells_the_position():
    average = MovingAverage(2, missing="raise")
    average.push(1)
    average.push(2)
    with pytest.raises(MissingReading) as caught:
        average.push(NAN)
    assert caught.value.position == 2
    assert str(caught.value) == "the reading at position 2 is missing"


def test_a_push_that_raises_changes_nothing():
    average = MovingAverage(2, missing="raise")
    average.push(1)
    average.push(3)
    for bad, error in ((None, MissingReading), ("4", TypeError), (True, TypeError)):
        with pytest.raises(error):
            average.push(bad)
        assert (average.value, average.count) == (2.0, 2)
    assert average.push(5) == 4.0
    with pytest.raises(MissingReading) as caught:
        average.push(None)
    assert caught.value.position == 3


def test_a_wrong_type_does_not_slide_the_window():
    average = MovingAverage(2, min_periods=1)
    average.push(1)
    with pytest.raises(TypeError, match="not a reading"):
        average.push("2")
    assert average.push(3) == 2.0


# Exactness


def test_a_large_reading_leaves_no_trace():
    assert averages([1e16, 1.0, 2.0, 3.0], 2)[2:] == [1.5, 2.5]


def test_long_streams_do_not_drift():
    average = MovingAverage(3)
    for number in range(30000):
        average.push(0.1 * 10 ** (number % 17))
    for reading in (0.1, 0.2, 0.3):
        average.push(reading)
    assert average.value == pytest.approx(0.2, rel=1e-12)


def test_cancelling_readings_keep_the_rest():
    assert averages([1e16, 1.0, -1e16], 3)[2] == pytest.approx(1 / 3, rel=1e-12)
    assert averages([1e100, 1.0, -1e100, 3.0], 4)[3] == pytest.approx(1.0, rel=1e-12)


def test_a_sum_too_large_for_a_float_has_a_mean():
    assert averages([1.5e308, 1.5e308], 2)[1] == pytest.approx(1.5e308, rel=1e-12)
    assert averages([-1.7e308] * 4, 4)[3] == pytest.approx(-1.7e308, rel=1e-12)
    assert averages([1.5e308, 1.5e308, -1.5e308], 3)[2] == pytest.approx(5e307, rel=1e-12)


def test_an_infinity_is_the_mean_until_it_leaves():
    assert averages([1, INF, 3, 5], 2) == [None, INF, INF, 4.0]
    assert averages([1, -INF, -INF, 3, 5], 2) == [None, -INF, -INF, -INF, 4.0]


def test_infinities_of_both_signs_have_no_average():
    average = MovingAverage(3, min_periods=1)
    assert [average.push(reading) for reading in (INF, -INF, 2, 4)] == [INF, None, None, -INF]
    assert average.count == 3
    assert [average.push(reading) for reading in (6,)] == [4.0]


def test_infinities_do_not_count_as_missing():
    assert averages([INF, -INF, 2], 2, missing="propagate", min_periods=1) == [INF, None, -INF]


# Options


@pytest.mark.parametrize("window", [0, -1], ids=["zero", "negative"])
def test_a_window_without_room_is_refused(window):
    with pytest.raises(ValueError):
        MovingAverage(window)


@pytest.mark.parametrize("min_periods", [0, -1, 4], ids=["zero", "negative", "too_many"])
def test_min_periods_outside_the_window_are_refused(min_periods):
    with pytest.raises(ValueError):
        MovingAverage(3, min_periods=min_periods)


@pytest.mark.parametrize(
    "options",
    [{"window": 2.0}, {"window": True}, {"window": "3"}, {"window": None}]
    + [{"window": 3, "min_periods": 1.0}, {"window": 3, "min_periods": True}],
    ids=["float", "bool", "str", "none", "float_periods", "bool_periods"],
)
def test_sizes_of_other_types_are_refused(options):
    with pytest.raises(TypeError):
        MovingAverage(**options)


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError):
        MovingAverage(2, missing="drop")


# The iterator


def test_an_average_is_there_before_the_next_reading_is_asked_for():
    asked = []

    def stream():
        for number in itertools.count(1):
            asked.append(number)
            yield number

    result = moving_average(stream(), 2)
    assert asked == []
    assert next(result) is None
    assert asked == [1]
    assert next(result) == 1.5
    assert asked == [1, 2]


def test_wrong_options_raise_at_the_call():
    with pytest.raises(ValueError):
        moving_average([1, 2], 0)
    with pytest.raises(ValueError):
        moving_average([1, 2], 2, min_periods=3)
    with pytest.raises(ValueError):
        moving_average([1, 2], 2, missing="never")


def test_the_iterator_raises_at_the_missing_reading():
    result = moving_average(iter([1, 3, None]), 2, missing="raise")
    assert [next(result), next(result)] == [None, 2.0]
    with pytest.raises(MissingReading):
        next(result)


def test_memory_does_not_grow_with_the_stream():
    average = MovingAverage(10)
    for number in range(100):
        average.push(number + 0.5)
    tracemalloc.start()
    try:
        for number in range(20000):
            average.push(number + 0.25)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 100_000
    assert math.isclose(average.value, 19994.75)

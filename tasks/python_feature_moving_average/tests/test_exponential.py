import itertools
import tracemalloc

import pytest
from sensorstats import ExponentialAverage, MissingReading, exponential_average

NAN = float("nan")
INF = float("inf")


def averages(readings, **options):
    """The averages of the class and of the function, which must agree."""
    average = ExponentialAverage(**options)
    pushed = [average.push(reading) for reading in readings]
    assert list(exponential_average(readings, **options)) == pushed
    return pushed


def weighted(readings, alpha):
    """The corrected average after all readings, straight from its definition."""
    pairs = [
        ((1 - alpha) ** age, reading)
        for age, reading in enumerate(reversed(readings))
        if reading is not None
    ]
    return sum(w * r for w, r in pairs) / sum(w for w, _ in pairs)


# The plain form


def test_each_reading_moves_the_average_by_its_share():
    assert averages([4, 8, 0, 2], alpha=0.5) == [4.0, 6.0, 3.0, 2.5]
    assert averages([10, 20], alpha=0.25) == [10.0, 12.5]


def test_an_alpha_of_one_gives_the_readings():
    assert averages([4, 8, -1], alpha=1) == [4.0, 8.0, -1.0]


def test_the_first_average_is_a_float():
    average = ExponentialAverage(alpha=0.5)
    assert average.value is None
    assert type(average.push(3)) is float
    assert average.value == 3.0


def test_a_gap_keeps_the_last_average():
    assert averages([4, None, NAN, 8], alpha=0.5) == [4.0, 4.0, 4.0, 6.0]


def test_a_gap_at_the_start_has_no_average():
    assert averages([None, None, 4, 8], alpha=0.5) == [None, None, 4.0, 6.0]


# The corrected form


def test_the_corrected_form_is_a_weighted_mean():
    readings = [3, 1, 4, 1, 5, 9, 2, 6]
    result = averages(readings, alpha=0.3, corrected=True)
    expected = [weighted(readings[: end + 1], 0.3) for end in range(len(readings))]
    assert result == pytest.approx(expected, rel=1e-9)


def test_gaps_age_the_corrected_form():
    assert averages([4, None, 8], alpha=0.5, corrected=True) == pytest.approx([4.0, 4.0, 7.2])
    readings = [None, 3, None, None, 4, 5, None, 9]
    result = averages(readings, alpha=0.2, corrected=True)
    expected = [weighted(readings[: end + 1], 0.2) for end in range(1, len(readings))]
    assert result[0] is None
    assert result[1:] == pytest.approx(expected, rel=1e-9)


def test_the_corrected_form_with_an_alpha_of_one():
    assert averages([4, 8, None, 2], alpha=1, corrected=True) == [4.0, 8.0, 8.0, 2.0]


def test_a_very_long_gap_ends_well():
    average = ExponentialAverage(alpha=0.5, corrected=True)
    average.push(100)
    for _ in range(5000):
        assert average.push(None) == 100.0
    assert average.push(3) == 3.0
    assert average.push(6) == pytest.approx(5.0)


# Missing readings


@pytest.mark.parametrize("corrected", [False, True], ids=["plain", "corrected"])
def test_propagate_gives_nothing_at_the_gap_alone(corrected):
    average = ExponentialAverage(alpha=0.5, corrected=corrected, missing="propagate")
    assert [average.push(reading) for reading in (4, None)] == [4.0, None]
    assert average.value is None
    assert average.push(8) == pytest.approx(7.2 if corrected else 6.0)


@pytest.mark.parametrize("corrected", [False, True], ids=["plain", "corrected"])
def test_a_push_that_raises_changes_nothing(corrected):
    average = ExponentialAverage(alpha=0.5, corrected=corrected, missing="raise")
    other = ExponentialAverage(alpha=0.5, corrected=corrected)
    for reading in (4, 7):
        average.push(reading)
        other.push(reading)
    value = average.value
    bad = ((None, MissingReading), ("1", TypeError), (INF, ValueError), (-INF, ValueError))
    for reading, error in bad:
        with pytest.raises(error):
            average.push(reading)
        assert average.value == value
    assert average.push(1) == other.push(1)
    with pytest.raises(MissingReading) as caught:
        average.push(NAN)
    assert caught.value.position == 3


def test_reset_forgets_readings_and_keeps_options():
    average = ExponentialAverage(alpha=0.5, corrected=True, missing="raise")
    for reading in (9, 9, 9):
        average.push(reading)
    average.reset()
    assert average.value is None
    assert [average.push(reading) for reading in (4, 7)] == [4.0, pytest.approx(6.0)]
    with pytest.raises(MissingReading) as caught:
        average.push(None)
    assert caught.value.position == 2


# Options


@pytest.mark.parametrize(
    ("options", "alpha"),
    [
        ({"alpha": 0.2}, 0.2),
        ({"alpha": 1}, 1),
        ({"span": 9}, 0.2),
        ({"span": 1}, 1),
        ({"half_life": 1}, 0.5),
        ({"half_life": 0.5}, 0.75),
        ({"half_life": 3.5}, 0.179664643992),
    ],
    ids=["alpha", "alpha_of_one", "span", "span_of_one", "half_life", "short", "odd"],
)
def test_each_option_gives_its_alpha(options, alpha):
    average = ExponentialAverage(**options)
    assert average.alpha == pytest.approx(alpha, rel=1e-9)
    average.push(0)
    assert average.push(1) == pytest.approx(alpha, rel=1e-9)


@pytest.mark.parametrize(
    "options",
    [{}, {"alpha": 0.5, "span": 3}, {"span": 3, "half_life": 2}]
    + [{"alpha": 0.5, "span": 3, "half_life": 1}],
    ids=["none", "two", "other_two", "all"],
)
def test_exactly_one_option_must_be_given(options):
    with pytest.raises(TypeError):
        ExponentialAverage(**options)


@pytest.mark.parametrize("value", [0, -0.5, 1.0001, NAN, INF], ids=str)
def test_an_alpha_outside_is_refused(value):
    with pytest.raises(ValueError):
        ExponentialAverage(alpha=value)


@pytest.mark.parametrize("value", [0.999, 0, -3, NAN, INF], ids=str)
def test_a_span_outside_is_refused(value):
    with pytest.raises(ValueError):
        ExponentialAverage(span=value)


@pytest.mark.parametrize("value", [0, -1, NAN, INF], ids=str)
def test_a_half_life_outside_is_refused(value):
    with pytest.raises(ValueError):
        ExponentialAverage(half_life=value)


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError):
        ExponentialAverage(alpha=0.5, missing="drop")


# The iterator


def test_an_average_is_there_before_the_next_reading_is_asked_for():
    source = itertools.count(4, 4)
    result = exponential_average(source, alpha=0.5)
    assert [next(result), next(result)] == [4.0, 6.0]
    assert next(source) == 12


def test_wrong_options_raise_at_the_call():
    with pytest.raises(TypeError):
        exponential_average([1, 2])
    with pytest.raises(ValueError):
        exponential_average([1, 2], alpha=2)
    with pytest.raises(ValueError):
        exponential_average([1, 2], alpha=0.5, missing="never")


def test_memory_does_not_grow_with_the_stream():
    average = ExponentialAverage(span=5, corrected=True)
    average.push(1)
    tracemalloc.start()
    try:
        for number in range(20000):
            average.push(number + 0.25)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 100_000

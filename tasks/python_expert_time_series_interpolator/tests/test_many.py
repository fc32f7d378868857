"""Several series on one grid."""

from datetime import datetime

import pytest
from times import HOUR, NOON, TOWN, UTC, at, minutes, near, times, values

from gridseries import resample, resample_many

TEN = minutes(10)


def test_all_series_share_a_grid_that_spans_them():
    found = resample_many({"b": iter([at(15, 1), at(25, 3)]), "a": [at(30, 5)]}, step=TEN)
    assert list(found) == ["b", "a"]
    assert times(found["b"]) == times(found["a"])
    assert times(found["a"]) == [f"2024-03-01T12:{n}:00+00:00" for n in (10, 20, 30)]
    assert near(values(found["b"]), [None, 2.0, None])
    assert values(found["a"]) == [None, None, 5.0]


def test_a_series_without_points_is_none_everywhere():
    found = resample_many({"empty": [], "full": [at(0, 1), at(10, 2)]}, step=TEN)
    assert values(found["empty"]) == [None, None]
    assert values(found["full"]) == [1.0, 2.0]

    assert resample_many({}, step=TEN) == {}
    assert resample_many({"a": [], "b": []}, step=TEN) == {"a": [], "b": []}
    found = resample_many({"a": []}, step=TEN, start=NOON, end=NOON + TEN)
    assert values(found["a"]) == [None, None]


def test_the_options_hold_for_every_series():
    options = {
        "step": TEN,
        "start": NOON.astimezone(TOWN),
        "end": NOON + HOUR,
        "method": "forward_fill",
        "max_gap": minutes(20),
        "duplicates": "mean",
    }
    series = {"a": [at(0, 1), at(0, 2)], "b": [at(25, 4), at(-5, 3)]}
    found = resample_many(series, **options)
    assert found == {name: resample(points, **options) for name, points in series.items()}
    assert values(found["b"]) == [3.0, 3.0, None, 4.0, 4.0, None, None]


def refuse(error, message, points=(), **options):
    """Both functions must raise that error; bad options must be found before points are read."""

    def read():
        nonlocal begun
        begun = True
        yield from points

    options = {"step": TEN} | options
    for call in (
        lambda: resample(read(), **options),
        lambda: resample_many({"a": read()}, **options),
    ):
        begun = False
        with pytest.raises(error) as caught:
            call()
        assert str(caught.value) == message
        assert begun == bool(points)


def test_bad_steps_and_gaps_are_refused():
    refuse(ValueError, "step must be positive, got 0:00:00", step=minutes(0))
    refuse(ValueError, "step must be positive, got -1 day, 23:50:00", step=-TEN)

    refuse(ValueError, "max_gap must not be negative, got -1 day, 23:00:00", max_gap=-HOUR)


def test_unknown_choices_are_refused():
    method = "unknown method 'cubic'; choose linear or forward_fill"
    refuse(ValueError, method, method="cubic")
    duplicates = "unknown duplicates 'sum'; choose first, last, mean or error"
    refuse(ValueError, duplicates, duplicates="sum")


def test_times_need_a_zone():
    naive = datetime(2024, 3, 1, 12)
    refuse(ValueError, "start has no time zone: 2024-03-01 12:00:00", start=naive)
    refuse(ValueError, "end has no time zone: 2024-03-01 12:00:00", end=naive)

    points = [at(0, 1), at(1, 2), (datetime(2024, 3, 1, 12), 3)]
    refuse(ValueError, "point 2 has no time zone: 2024-03-01 12:00:00", points)


def test_a_start_after_the_end_is_refused():
    refuse(ValueError, "start is after end", start=NOON + TEN, end=NOON)
    late = datetime(2024, 10, 27, 2, 15, fold=1, tzinfo=TOWN)
    early = datetime(2024, 10, 27, 2, 45, tzinfo=TOWN)
    refuse(ValueError, "start is after end", start=late, end=early)


def test_values_are_finite_numbers():
    refuse(TypeError, "point 1 is not a number: '7'", [at(0, 1), at(1, "7")])
    refuse(TypeError, "point 0 is not a number: True", [at(0, True)])

    refuse(ValueError, "point 1 is not finite: nan", [at(9, 1), at(0, float("nan"))])
    refuse(ValueError, "point 0 is not finite: -inf", [at(0, float("-inf"))])


def test_duplicates_can_be_refused():
    points = [at(0, 1), at(5, 2), (NOON.astimezone(TOWN), None)]
    message = "two points at 2024-03-01T12:00:00+00:00"
    refuse(ValueError, message, points, duplicates="error")
    fine = resample(points[:2], step=minutes(5), duplicates="error")
    assert values(fine) == [1.0, 2.0]
    assert all(sample.time.tzinfo is UTC for sample in fine)

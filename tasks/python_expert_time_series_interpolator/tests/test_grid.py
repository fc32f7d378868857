"""The times of the grid."""

from datetime import datetime, timedelta, timezone

from times import HOUR, NOON, TOWN, UTC, at, minutes, near, times, values

from gridseries import Sample, resample

TEN = minutes(10)


def test_the_example_of_the_specification():
    found = resample([(NOON, 10), (NOON + minutes(30), 40)], step=TEN)
    assert near(values(found), [10.0, 20.0, 30.0, 40.0])
    assert isinstance(found, list)
    assert all(isinstance(sample, Sample) for sample in found)
    assert all(type(sample.value) is float for sample in found)


def test_the_end_belongs_to_the_grid_only_if_a_step_hits_it():
    points = [at(0, 1), at(60, 1)]
    hit = resample(points, step=TEN, start=NOON, end=NOON + minutes(20))
    assert times(hit)[-1] == "2024-03-01T12:20:00+00:00"
    missed = resample(points, step=TEN, start=NOON, end=NOON + minutes(19))
    assert times(missed)[-1] == "2024-03-01T12:10:00+00:00"

    assert times(resample([], step=HOUR, start=NOON, end=NOON)) == ["2024-03-01T12:00:00+00:00"]


def test_a_given_start_is_not_aligned():
    found = resample([at(0, 0), at(10, 10)], step=minutes(4), start=NOON + minutes(1))
    assert times(found) == [f"2024-03-01T12:0{n}:00+00:00" for n in (1, 5, 9)]
    assert near(values(found), [1.0, 5.0, 9.0])


def test_without_a_start_the_grid_is_aligned_to_whole_steps_since_1970():
    found = resample([at(7, 1), at(33, 1)], step=TEN)
    assert times(found) == [f"2024-03-01T12:{n}:00+00:00" for n in ("00", "10", "20", "30")]
    # A step that no hour is a multiple of.
    odd = timedelta(seconds=61)
    [first] = resample([(NOON, 1)], step=odd, end=NOON)
    seconds = (first.time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    assert seconds % 61 == 0
    assert 0 <= (NOON - first.time).total_seconds() < 61

    half = timezone(timedelta(hours=5, minutes=30))
    local = datetime(2024, 3, 1, 17, 45, tzinfo=half)
    found = resample([(local, 1), (local + HOUR, 1)], step=HOUR)
    assert times(found) == ["2024-03-01T12:00:00+00:00", "2024-03-01T13:00:00+00:00"]


def test_the_alignment_before_1970_goes_down_too():
    early = datetime(1969, 12, 31, 23, 45, tzinfo=UTC)
    found = resample([(early, 5)], step=HOUR, end=early + HOUR)
    assert times(found) == ["1969-12-31T23:00:00+00:00", "1970-01-01T00:00:00+00:00"]
    assert values(found) == [None, None]


def test_points_without_a_value_span_a_grid_too():
    found = resample([at(25, None), at(0, 1)], step=TEN)
    assert times(found)[-1] == "2024-03-01T12:20:00+00:00"

    found = resample([at(20, 2), at(0, None)], step=TEN)
    assert values(found) == [None, None, 2.0]


def test_a_start_after_the_last_point_leaves_nothing():
    assert resample([at(0, 1)], step=TEN, start=NOON + minutes(1)) == []
    assert resample([at(0, 1)], step=TEN, start=NOON + HOUR) == []
    assert resample([at(0, 1)], step=TEN, end=NOON - HOUR) == []


def test_no_points_need_a_start_and_an_end():
    assert resample([], step=TEN) == []
    assert resample([], step=TEN, start=NOON) == []
    assert resample([], step=TEN, end=NOON) == []
    assert values(resample([], step=TEN, start=NOON, end=NOON + minutes(20))) == [None] * 3


def test_the_times_are_in_the_zone_of_the_start_or_in_utc():
    found = resample([at(0, 1), at(60, 2)], step=HOUR, start=NOON.astimezone(TOWN))
    assert times(found) == ["2024-03-01T13:00:00+01:00", "2024-03-01T14:00:00+01:00"]
    assert all(sample.time.tzinfo is TOWN for sample in found)

    local = NOON.astimezone(TOWN)
    found = resample([(local, 1)], step=HOUR, end=local + HOUR)
    assert times(found) == ["2024-03-01T12:00:00+00:00", "2024-03-01T13:00:00+00:00"]
    assert all(sample.time.tzinfo is UTC for sample in found)


def test_the_grid_goes_by_instants_when_the_clocks_go_back():
    start = datetime(2024, 10, 27, 1, 30, tzinfo=TOWN)
    end = datetime(2024, 10, 27, 3, 30, tzinfo=TOWN)
    found = resample([(start, 0), (end, 3)], step=HOUR, start=start, end=end)
    assert times(found) == [
        "2024-10-27T01:30:00+02:00",
        "2024-10-27T02:30:00+02:00",
        "2024-10-27T02:30:00+01:00",
        "2024-10-27T03:30:00+01:00",
    ]
    assert [sample.time.fold for sample in found] == [0, 0, 1, 0]
    assert near(values(found), [0.0, 1.0, 2.0, 3.0])

    start = datetime(2024, 10, 27, 2, 45, tzinfo=TOWN)
    end = datetime(2024, 10, 27, 2, 15, fold=1, tzinfo=TOWN)
    found = resample([], step=minutes(30), start=start, end=end)
    assert times(found) == ["2024-10-27T02:45:00+02:00", "2024-10-27T02:15:00+01:00"]


def test_the_grid_goes_by_instants_when_the_clocks_go_forward():
    start = datetime(2024, 3, 31, 0, 30, tzinfo=TOWN)
    end = datetime(2024, 3, 31, 3, 30, tzinfo=TOWN)
    found = resample([(end, 4), (start, 0)], step=HOUR, start=start, end=end)
    assert times(found) == [
        "2024-03-31T00:30:00+01:00",
        "2024-03-31T01:30:00+01:00",
        "2024-03-31T03:30:00+02:00",
    ]
    assert near(values(found), [0.0, 2.0, 4.0])

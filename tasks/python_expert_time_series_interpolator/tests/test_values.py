"""The values at the times of the grid."""

import math
import subprocess
import sys
from datetime import datetime, timedelta, timezone

from times import HOUR, NOON, TOWN, at, minutes, near, values

from gridseries import Sample, resample

TEN = minutes(10)


def on_grid(points, last=60, step=10, **options):
    """The values at noon, ten minutes later, and so on."""
    return values(
        resample(points, step=minutes(step), start=NOON, end=NOON + minutes(last), **options)
    )


def test_points_come_in_any_order_and_of_any_iterable():
    points = [at(30, 40), at(0, 10), at(20, 30)]
    given = list(points)
    assert near(on_grid(points, 30), [10.0, 20.0, 30.0, 40.0])
    assert points == given
    samples = (Sample(*point) for point in points)
    assert near(on_grid(samples, 30), [10.0, 20.0, 30.0, 40.0])

    east = timezone(timedelta(hours=9))
    early = datetime(2024, 3, 1, 21, 0, tzinfo=east)
    late = datetime(2024, 3, 1, 13, 20, tzinfo=TOWN)
    assert near(on_grid([(late, 3), (early, 1)], 20), [1.0, 2.0, 3.0])


def test_a_line_lies_between_its_nearest_points():
    found = on_grid([at(0, 0), at(15, 3), at(45, 9), at(60, 0)])
    assert near(found, [0.0, 2.0, 4.0, 6.0, 8.0, 6.0, 0.0])

    assert near(on_grid([at(15, 1), at(25, 3)], 40), [None, None, 2.0, None, None])


def test_points_outside_of_the_grid_are_neighbours():
    assert near(on_grid([at(-10, 0), at(30, 4)], 20), [1.0, 2.0, 3.0])
    assert on_grid([at(-10, 7)], 20, method="forward_fill") == [7.0] * 3


def test_forward_fill_carries_the_last_value_on():
    points = [at(5, 1), at(30, 2), at(31, 3)]
    assert on_grid(points, method="forward_fill") == [None, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0]


def test_a_broken_sensor_interrupts_a_line():
    points = [at(0, 0), at(25, None), at(40, 4), at(60, 6)]
    assert near(on_grid(points), [0.0, None, None, None, 4.0, 5.0, 6.0])


def test_a_broken_sensor_ends_a_forward_fill():
    points = [at(0, 1), at(15, None), at(40, 4)]
    assert on_grid(points, method="forward_fill") == [1.0, 1.0, None, None, 4.0, 4.0, 4.0]


def test_a_broken_sensor_counts_at_its_very_instant():
    for method in ("linear", "forward_fill"):
        assert on_grid([at(0, 1), at(10, None), at(20, 1)], 20, method=method) == [1.0, None, 1.0]


def test_a_gap_may_be_as_long_as_max_gap():
    points = [at(5, 5), at(25, 25), at(46, 46)]
    assert near(on_grid(points, 40, max_gap=minutes(20)), [None, 10.0, 20.0, None, None])
    wide = on_grid(points, 40, max_gap=minutes(21))
    assert near(wide, [None, 10.0, 20.0, 30.0, 40.0])


def test_a_gap_does_not_hide_the_points_themselves():
    for method in ("linear", "forward_fill"):
        points = [at(0, 1), at(20, 2)]
        assert on_grid(points, 20, method=method, max_gap=minutes(0)) == [1.0, None, 2.0]


def test_a_value_is_carried_on_for_max_gap():
    points = [at(0, 1), at(35, 2)]
    found = on_grid(points, method="forward_fill", max_gap=minutes(20))
    assert found == [1.0, 1.0, 1.0, None, 2.0, 2.0, None]


def test_gaps_are_measured_in_instants():
    before = datetime(2024, 10, 27, 1, 30, tzinfo=TOWN)
    after = datetime(2024, 10, 27, 3, 30, tzinfo=TOWN)
    options = {"step": HOUR, "start": before, "end": after}
    points = [(before, 0), (after, 3)]
    assert values(resample(points, max_gap=2 * HOUR, **options)) == [0.0, None, None, 3.0]
    assert near(values(resample(points, max_gap=3 * HOUR, **options)), [0.0, 1.0, 2.0, 3.0])


def test_the_repeated_hour_holds_two_instants():
    first = datetime(2024, 10, 27, 2, 30, tzinfo=TOWN)
    second = first.replace(fold=1)
    found = resample([(second, 9), (first, 1)], step=minutes(30), duplicates="error")
    assert near(values(found), [1.0, 5.0, 9.0])


def test_a_point_is_taken_as_it_is():
    odd = [0.1, 1e-300, -0.7, 1e16 + 2, 1 / 3]
    points = [at(10 * n, value) for n, value in enumerate(odd)]
    assert on_grid(points, 40) == odd


def test_a_line_stays_between_its_ends():
    for value in (0.1, 1 / 3, -2.7, 1e308, 5e-324):
        assert on_grid([at(0, value), at(61, value)], 61, step=1) == [value] * 62

    low, high = 0.1, 0.1 + 2**-54
    found = on_grid([at(0, high), at(7, low), at(14, high)], 14, step=1)
    assert all(low <= value <= high for value in found)


def test_a_line_between_huge_values_is_finite():
    found = on_grid([at(0, -1.7e308), at(40, 1.7e308)], 40)
    assert all(map(math.isfinite, found))
    assert near([n / 1e308 + 5 for n in found], [3.3, 4.15, 5.0, 5.85, 6.7])


def test_the_last_or_the_first_duplicate_counts():
    points = [at(0, 1), at(10, 5), at(0, 3), at(0, 2)]
    assert on_grid(points, 10) == [2.0, 5.0]
    assert on_grid(points, 10, duplicates="last") == [2.0, 5.0]
    assert on_grid(points, 10, duplicates="first") == [1.0, 5.0]

    points = [(NOON, 1), (NOON.astimezone(TOWN), 2)]
    assert on_grid(points, 0) == [2.0]
    assert on_grid(points, 0, duplicates="first") == [1.0]


def test_a_duplicate_may_be_a_broken_sensor():
    points = [at(0, 1), at(0, None)]
    assert on_grid(points, 0) == [None]
    assert on_grid(points, 0, duplicates="first") == [1.0]
    assert on_grid(points[::-1], 0, duplicates="first") == [None]


def test_the_mean_of_duplicates():
    points = [at(0, 1), at(0, None), at(0, 4), at(10, None), at(10, None), at(20, 7)]
    assert on_grid(points, 20, duplicates="mean") == [2.5, None, 7.0]

    for value in (0.1, 1 / 3, 1.7e308, -1.7e308):
        for count in (2, 3, 7):
            assert on_grid([at(0, value)] * count, 0, duplicates="mean") == [value]


def test_a_long_series_is_quick():
    program = """
from datetime import datetime, timedelta, timezone
from gridseries import resample
noon = datetime(2024, 3, 1, 12, tzinfo=timezone.utc)
points = [(noon + timedelta(seconds=30 * n), n) for n in range(30_000)]
for method in ("linear", "forward_fill"):
    found = resample(points, step=timedelta(seconds=30), start=noon + timedelta(seconds=10),
                     method=method)
    assert len(found) == 29_999, len(found)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

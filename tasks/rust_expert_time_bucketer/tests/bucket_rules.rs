use tally::{Aggregate, Bucketer, Config, Error, Gaps, Row, Sample, Width};

const DAY: i64 = 86_400;

/// Seconds at the beginning of a day of the years 1600 to 2400, found by counting.
fn utc(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = |year: i64, month: i64| match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let whole = |year: i64| 365 + i64::from(leap(year));
    let years: i64 = if year >= 1970 {
        (1970..year).map(whole).sum()
    } else {
        -(year..1970).map(whole).sum::<i64>()
    };
    let months: i64 = (1..month).map(|month| length(year, month)).sum();
    (years + months + day - 1) * DAY
}

fn config(width: Width) -> Config {
    Config::new(width, Aggregate::Sum)
}

fn bucket(config: Config, at: i64) -> (i64, i64) {
    let bucket = Bucketer::new(config).unwrap().bucket_of(at).unwrap();
    (bucket.start, bucket.end)
}

fn samples(samples: &[(i64, f64)]) -> Vec<Sample> {
    let sample = |&(at, value)| Sample { at, value };
    samples.iter().map(sample).collect()
}

fn run(config: Config, input: &[(i64, f64)]) -> Result<Vec<Row>, Error> {
    Bucketer::new(config).unwrap().aggregate(&samples(input))
}

/// Starts, counts and values of the rows.
fn rows(config: Config, input: &[(i64, f64)]) -> Vec<(i64, usize, Option<f64>)> {
    let rows = run(config, input).unwrap();
    rows.iter()
        .map(|row| (row.start, row.count, row.value))
        .collect()
}

/// The aggregate of values in one bucket, at times 0, 1, 2, ...
fn of(aggregate: Aggregate, values: &[f64]) -> f64 {
    let input: Vec<(i64, f64)> = (0..).zip(values.iter().copied()).collect();
    let rows = rows(Config::new(Width::Days(1), aggregate), &input);
    assert_eq!((rows.len(), rows[0].1), (1, values.len()));
    rows[0].2.unwrap()
}

mod fixed {
    use super::*;

    #[test]
    fn seconds_are_cut_at_multiples() {
        let config = config(Width::Seconds(60));
        assert_eq!(bucket(config, 0), (0, 60));
        assert_eq!(bucket(config, 59), (0, 60));
        assert_eq!(bucket(config, 60), (60, 120));
    }

    #[test]
    fn times_before_1970_are_rounded_down() {
        let config = config(Width::Seconds(60));
        assert_eq!(bucket(config, -1), (-60, 0));
        assert_eq!(bucket(config, -60), (-60, 0));
        assert_eq!(bucket(config, -61), (-120, -60));
        let days = Config::new(Width::Days(7), Aggregate::Sum);
        assert_eq!(bucket(days, -1), (-7 * DAY, 0));
    }

    #[test]
    fn days_begin_at_local_midnight() {
        let mut config = config(Width::Days(1));
        config.utc_offset = 3600;
        assert_eq!(bucket(config, 0), (-3600, DAY - 3600));
        assert_eq!(bucket(config, DAY - 3600), (DAY - 3600, 2 * DAY - 3600));
        config.utc_offset = -5 * 3600;
        assert_eq!(bucket(config, 0), (5 * 3600 - DAY, 5 * 3600));
    }

    #[test]
    fn several_days_count_from_1970() {
        let config = config(Width::Days(10));
        assert_eq!(bucket(config, 25 * DAY + 5), (20 * DAY, 30 * DAY));
    }

    #[test]
    fn seconds_follow_local_time_too() {
        let mut config = config(Width::Seconds(3600));
        config.utc_offset = 1800;
        assert_eq!(bucket(config, 0), (-1800, 1800));
    }

    #[test]
    fn weeks_begin_on_monday() {
        let mut config = config(Width::Weeks(1));
        assert_eq!(bucket(config, 0), (utc(1969, 12, 29), utc(1970, 1, 5)));
        let (monday, next) = (utc(2024, 2, 26), utc(2024, 3, 4));
        assert_eq!(bucket(config, utc(2024, 3, 3) + 5), (monday, next));
        assert_eq!(bucket(config, monday), (monday, next));
        config.utc_offset = 7200;
        assert_eq!(
            bucket(config, next - 7200),
            (next - 7200, next + 7 * DAY - 7200)
        );
    }

    #[test]
    fn several_weeks_count_from_the_monday_before_1970() {
        let config = config(Width::Weeks(2));
        assert_eq!(bucket(config, 0), (utc(1969, 12, 29), utc(1970, 1, 12)));
        assert_eq!(
            bucket(config, utc(1969, 12, 28)),
            (utc(1969, 12, 15), utc(1969, 12, 29))
        );
    }

    #[test]
    fn a_shift_moves_the_cuts() {
        let mut seconds = config(Width::Seconds(60));
        seconds.shift = 15;
        assert_eq!(bucket(seconds, 14), (-45, 15));
        assert_eq!(bucket(seconds, 15), (15, 75));
        let mut days = config(Width::Days(3));
        days.shift = 1;
        assert_eq!(bucket(days, 0), (-2 * DAY, DAY));
        let mut weeks = config(Width::Weeks(2));
        weeks.shift = 1;
        assert_eq!(bucket(weeks, 0), (utc(1969, 12, 22), utc(1970, 1, 5)));
    }

    #[test]
    fn only_the_remainder_of_a_shift_matters() {
        let mut config = config(Width::Seconds(60));
        for shift in [-45, 15 + 60 * 1_000_000_007, 15 - 60 * 1_000_000_007] {
            config.shift = shift;
            assert_eq!(bucket(config, 20), (15, 75), "{shift}");
        }
        config.shift = i64::MAX;
        assert_eq!(bucket(config, 0), (-53, 7));
        config.shift = i64::MIN;
        assert_eq!(bucket(config, 0), (-8, 52));
        let mut months = Config::new(Width::Months(12), Aggregate::Sum);
        months.shift = i64::MIN;
        assert_eq!(bucket(months, utc(2021, 6, 1)).0, utc(2021, 5, 1));
    }
}

mod months {
    use super::*;

    #[test]
    fn months_have_their_own_lengths() {
        let config = config(Width::Months(1));
        for (year, month) in [
            (1970, 1),
            (2023, 2),
            (2024, 2),
            (1999, 12),
            (2100, 2),
            (2000, 2),
        ] {
            let start = utc(year, month, 1);
            let end = utc(year + month / 12, month % 12 + 1, 1);
            for at in [start, start + 15 * DAY + 7, end - 1] {
                assert_eq!(bucket(config, at), (start, end), "{year}-{month}");
            }
        }
    }

    #[test]
    fn every_month_of_eight_centuries_is_right() {
        let bucketer = Bucketer::new(config(Width::Months(1))).unwrap();
        let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let mut start = utc(1600, 1, 1);
        for year in 1600..2400 {
            for length in [
                31,
                28 + i64::from(leap(year)),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ] {
                let end = start + length * DAY;
                for at in [start, end - 1] {
                    let found = bucketer.bucket_of(at).unwrap();
                    assert_eq!((found.start, found.end), (start, end), "{year}");
                }
                start = end;
            }
        }
    }

    #[test]
    fn quarters_and_years_begin_in_january() {
        let quarters = config(Width::Months(3));
        assert_eq!(
            bucket(quarters, utc(2023, 6, 30)),
            (utc(2023, 4, 1), utc(2023, 7, 1))
        );
        let years = config(Width::Months(12));
        assert_eq!(
            bucket(years, utc(2024, 12, 31)),
            (utc(2024, 1, 1), utc(2025, 1, 1))
        );
        assert_eq!(
            bucket(years, utc(1969, 12, 31)),
            (utc(1969, 1, 1), utc(1970, 1, 1))
        );
    }

    #[test]
    fn odd_widths_count_from_january_1970_in_both_directions() {
        let config = config(Width::Months(5));
        assert_eq!(
            bucket(config, utc(1970, 11, 1)),
            (utc(1970, 11, 1), utc(1971, 4, 1))
        );
        assert_eq!(
            bucket(config, utc(1969, 12, 31)),
            (utc(1969, 8, 1), utc(1970, 1, 1))
        );
        assert_eq!(
            bucket(config, utc(1969, 7, 31)),
            (utc(1969, 3, 1), utc(1969, 8, 1))
        );
    }

    #[test]
    fn a_shift_of_months_makes_fiscal_years() {
        let mut config = config(Width::Months(12));
        for shift in [3, -9, 3 + 1200] {
            config.shift = shift;
            let expected = (utc(2023, 4, 1), utc(2024, 4, 1));
            assert_eq!(bucket(config, utc(2024, 3, 31)), expected, "{shift}");
        }
        assert_eq!(bucket(config, utc(1969, 5, 1)).0, utc(1969, 4, 1));
    }

    #[test]
    fn months_begin_at_local_midnight() {
        let mut config = config(Width::Months(1));
        config.utc_offset = 9 * 3600;
        let start = utc(2024, 3, 1) - 9 * 3600;
        assert_eq!(bucket(config, start).0, start);
        assert_eq!(
            bucket(config, start - 1),
            (utc(2024, 2, 1) - 9 * 3600, start)
        );
        config.utc_offset = -9 * 3600;
        assert_eq!(
            bucket(config, utc(2024, 3, 1)).0,
            utc(2024, 2, 1) + 9 * 3600
        );
    }

    #[test]
    fn far_years_keep_the_calendar() {
        let config = config(Width::Months(12));
        // 400 years are 146097 days.
        let cycles = 40_000_000;
        let far = cycles * 146_097 * DAY;
        for at in [utc(2024, 2, 29), utc(1900, 12, 31), utc(2000, 12, 31)] {
            let (start, end) = bucket(config, at);
            assert_eq!(bucket(config, at + far), (start + far, end + far));
            assert_eq!(bucket(config, at - far), (start - far, end - far));
        }
    }
}

mod limits {
    use super::*;

    #[test]
    fn the_settings_are_checked_in_order() {
        let refusal = |config| Bucketer::new(config).err();
        let mut config = config(Width::Months(0));
        config.utc_offset = 64_801;
        config.range = Some((5, 5));
        assert_eq!(refusal(config), Some(Error::ZeroWidth));
        for width in [Width::Seconds(0), Width::Days(0), Width::Weeks(0)] {
            assert_eq!(refusal(Config { width, ..config }), Some(Error::ZeroWidth));
        }
        config.width = Width::Days(1);
        assert_eq!(refusal(config), Some(Error::UtcOffset(64_801)));
        config.utc_offset = i32::MIN;
        assert_eq!(refusal(config), Some(Error::UtcOffset(i32::MIN)));
        config.utc_offset = -64_800;
        assert_eq!(refusal(config), Some(Error::EmptyRange { from: 5, to: 5 }));
        config.range = Some((5, 4));
        assert_eq!(refusal(config), Some(Error::EmptyRange { from: 5, to: 4 }));
        config.range = Some((5, 6));
        config.utc_offset = 64_800;
        assert_eq!(refusal(config), None);
    }

    #[test]
    fn buckets_at_the_ends_of_time_do_not_fit() {
        for width in [
            Width::Seconds(10),
            Width::Days(3),
            Width::Weeks(1),
            Width::Months(7),
        ] {
            let bucketer = Bucketer::new(config(width)).unwrap();
            for at in [i64::MIN, i64::MAX] {
                assert_eq!(
                    bucketer.bucket_of(at),
                    Err(Error::OutOfRange(at)),
                    "{width:?}"
                );
            }
        }
    }

    #[test]
    fn buckets_that_just_fit_are_given() {
        let single = config(Width::Seconds(1));
        assert_eq!(bucket(single, i64::MIN), (i64::MIN, i64::MIN + 1));
        assert_eq!(bucket(single, i64::MAX - 1), (i64::MAX - 1, i64::MAX));
        let mut shifted = config(Width::Seconds(10));
        shifted.shift = 7;
        // The largest time ends in 7.
        assert_eq!(bucket(shifted, i64::MAX - 1), (i64::MAX - 10, i64::MAX));
    }

    #[test]
    fn the_widest_buckets_do_not_overflow() {
        let most = u32::MAX;
        for width in [
            Width::Seconds(most),
            Width::Days(most),
            Width::Weeks(most),
            Width::Months(most),
        ] {
            let mut config = config(width);
            for shift in [0, -1, i64::MIN, i64::MAX] {
                config.shift = shift;
                let (start, end) = bucket(config, 5);
                assert!(start <= 5 && 5 < end, "{width:?}");
            }
        }
    }

    #[test]
    fn values_must_be_finite_even_outside_the_range() {
        let mut config = config(Width::Days(1));
        config.range = Some((0, 10));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let input = [(5, 1.0), (99, bad), (3, bad)];
            assert_eq!(run(config, &input), Err(Error::NotFinite { index: 1 }));
        }
    }

    #[test]
    fn the_earliest_sample_that_does_not_fit_is_named() {
        let config = config(Width::Days(1));
        let input = [
            (i64::MAX, 1.0),
            (i64::MIN + 1, 1.0),
            (0, 1.0),
            (i64::MIN, 2.0),
        ];
        assert_eq!(run(config, &input), Err(Error::OutOfRange(i64::MIN)));
        assert_eq!(run(config, &input[..1]), Err(Error::OutOfRange(i64::MAX)));
        let bad = [(i64::MIN, 1.0), (0, f64::NAN)];
        assert_eq!(run(config, &bad), Err(Error::NotFinite { index: 1 }));
    }

    #[test]
    fn ends_of_the_range_that_do_not_fit_are_named() {
        let mut config = config(Width::Days(1));
        config.gaps = Gaps::Empty;
        config.range = Some((i64::MIN, i64::MAX));
        assert_eq!(run(config, &[]), Err(Error::OutOfRange(i64::MIN)));
        config.range = Some((0, i64::MAX));
        assert_eq!(run(config, &[]), Err(Error::OutOfRange(i64::MAX - 1)));
        let late = [(i64::MAX - 5, 1.0)];
        assert_eq!(run(config, &late), Err(Error::OutOfRange(i64::MAX - 5)));
        config.gaps = Gaps::Skip;
        assert_eq!(run(config, &[(1, 1.0)]).map(|rows| rows.len()), Ok(1));
    }

    #[test]
    fn too_many_rows_are_counted_without_building_them() {
        let mut config = config(Width::Seconds(1));
        config.gaps = Gaps::Empty;
        config.range = Some((i64::MIN, i64::MAX));
        let needed = u128::from(u64::MAX);
        let allowed = 1_000_000;
        assert_eq!(
            run(config, &[]),
            Err(Error::TooManyRows { needed, allowed })
        );
        config.range = None;
        let input = [(i64::MIN, 1.0), (i64::MAX - 1, 1.0)];
        assert_eq!(
            run(config, &input),
            Err(Error::TooManyRows { needed, allowed })
        );
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        let mut config = config(Width::Seconds(10));
        config.max_rows = 3;
        let input = [(0, 1.0), (10, 1.0), (20, 1.0), (35, 1.0)];
        let too_many = Error::TooManyRows {
            needed: 4,
            allowed: 3,
        };
        assert_eq!(run(config, &input), Err(too_many));
        assert_eq!(run(config, &input[..3]).unwrap().len(), 3);
        config.gaps = Gaps::Previous;
        assert_eq!(run(config, &[input[0], input[3]]), Err(too_many));
        assert_eq!(run(config, &[input[0], input[2]]).unwrap().len(), 3);
    }
}

mod aggregates {
    use super::*;

    #[test]
    fn each_aggregate_does_what_its_name_says() {
        let values = [3.0, -1.0, 4.0, 1.5];
        assert_eq!(of(Aggregate::Count, &values), 4.0);
        assert_eq!(of(Aggregate::Sum, &values), 7.5);
        assert_eq!(of(Aggregate::Mean, &values), 1.875);
        assert_eq!(of(Aggregate::Min, &values), -1.0);
        assert_eq!(of(Aggregate::Max, &values), 4.0);
        assert_eq!(of(Aggregate::First, &values), 3.0);
        assert_eq!(of(Aggregate::Last, &values), 1.5);
    }

    #[test]
    fn extremes_work_for_values_of_one_sign() {
        assert_eq!(of(Aggregate::Max, &[-3.0, -2.0, -5.0]), -2.0);
        assert_eq!(of(Aggregate::Min, &[3.0, 2.0, 5.0]), 2.0);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(of(Aggregate::Median, &[9.0, 1.0, 5.0]), 5.0);
        assert_eq!(of(Aggregate::Median, &[9.0, 1.0, 5.0, -10.0]), 3.0);
        assert_eq!(of(Aggregate::Median, &[2.0]), 2.0);
        assert_eq!(of(Aggregate::Median, &[f64::MAX, f64::MAX]), f64::MAX);
    }

    #[test]
    fn sums_are_compensated() {
        assert_eq!(of(Aggregate::Sum, &[1e16, 1.0, -1e16]), 1.0);
        assert_eq!(of(Aggregate::Sum, &[1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(of(Aggregate::Mean, &[1.0, 1e100, 1.0, -1e100]), 0.5);
        let tenths = vec![0.1; 80_000];
        assert!((of(Aggregate::Sum, &tenths) - 8_000.0).abs() < 1e-11);
    }

    #[test]
    fn first_and_last_go_by_time_and_then_by_input() {
        let input = [
            (50, 1.0),
            (10, 2.0),
            (90, 3.0),
            (10, 4.0),
            (90, 5.0),
            (50, 6.0),
        ];
        let mut config = Config::new(Width::Days(1), Aggregate::First);
        assert_eq!(rows(config, &input), [(0, 6, Some(2.0))]);
        config.aggregate = Aggregate::Last;
        assert_eq!(rows(config, &input), [(0, 6, Some(5.0))]);
    }

    #[test]
    fn samples_come_in_any_order_and_rows_in_ascending_order() {
        let input = [
            (25, 1.0),
            (-5, 2.0),
            (9, 3.0),
            (20, 4.0),
            (0, 5.0),
            (-10, 6.0),
        ];
        let expected = [(-10, 2, Some(8.0)), (0, 2, Some(8.0)), (20, 2, Some(5.0))];
        assert_eq!(rows(config(Width::Seconds(10)), &input), expected);
        let all = run(config(Width::Seconds(10)), &input).unwrap();
        assert!(all.iter().all(|row| row.end == row.start + 10));
    }
}

mod gaps {
    use super::*;

    const INPUT: [(i64, f64); 3] = [(12, 3.0), (45, 6.0), (18, 1.0)];

    fn with(gaps: Gaps, range: Option<(i64, i64)>) -> Vec<(i64, usize, Option<f64>)> {
        let mut config = config(Width::Seconds(10));
        config.gaps = gaps;
        config.range = range;
        rows(config, &INPUT)
    }

    #[test]
    fn gaps_are_left_out() {
        let expected = [(10, 2, Some(4.0)), (40, 1, Some(6.0))];
        assert_eq!(with(Gaps::Skip, None), expected);
        assert_eq!(with(Gaps::Skip, Some((-100, 100))), expected);
    }

    #[test]
    fn empty_buckets_have_no_value_but_a_count_and_a_sum() {
        let mut config = config(Width::Seconds(10));
        config.gaps = Gaps::Empty;
        for aggregate in [
            Aggregate::Mean,
            Aggregate::Max,
            Aggregate::Last,
            Aggregate::Median,
        ] {
            config.aggregate = aggregate;
            let all = rows(config, &INPUT);
            assert_eq!(all.len(), 4);
            assert_eq!(all[1..3], [(20, 0, None), (30, 0, None)]);
        }
        for aggregate in [Aggregate::Count, Aggregate::Sum] {
            config.aggregate = aggregate;
            let all = rows(config, &INPUT);
            assert_eq!(all[1..3], [(20, 0, Some(0.0)), (30, 0, Some(0.0))]);
        }
    }

    #[test]
    fn a_value_fills_every_gap() {
        let rows = with(Gaps::Value(-1.0), Some((0, 55)));
        let values: Vec<f64> = rows.iter().map(|row| row.2.unwrap()).collect();
        assert_eq!(values, [-1.0, 4.0, -1.0, -1.0, 6.0, -1.0]);
        assert_eq!(rows[0], (0, 0, Some(-1.0)));
        let rows = with(Gaps::Value(f64::NAN), None);
        assert!(rows[1].2.unwrap().is_nan());
    }

    #[test]
    fn the_previous_value_goes_on() {
        let rows = with(Gaps::Previous, Some((0, 60)));
        let values: Vec<_> = rows.iter().map(|row| row.2).collect();
        let (four, six) = (Some(4.0), Some(6.0));
        assert_eq!(values, [None, four, four, four, six, six]);
        assert_eq!(rows[2].1, 0);
    }

    #[test]
    fn a_line_joins_the_neighbours() {
        let rows = with(Gaps::Linear, Some((0, 60)));
        let values: Vec<_> = rows.iter().map(|row| row.2).collect();
        assert_eq!((values[0], values[5]), (None, None));
        assert!((values[2].unwrap() - (4.0 + 2.0 / 3.0)).abs() < 1e-12);
        assert!((values[3].unwrap() - (4.0 + 4.0 / 3.0)).abs() < 1e-12);
        assert_eq!((values[1], values[4]), (Some(4.0), Some(6.0)));
    }

    #[test]
    fn a_line_over_months_counts_real_days() {
        let mut config = config(Width::Months(1));
        config.gaps = Gaps::Linear;
        let input = [(utc(2023, 1, 20), 0.0), (utc(2023, 4, 2), 90.0)];
        let all = rows(config, &input);
        let starts: Vec<i64> = all.iter().map(|row| row.0).collect();
        assert_eq!(starts, [1, 2, 3, 4].map(|month| utc(2023, month, 1)));
        assert!((all[1].2.unwrap() - 31.0).abs() < 1e-9);
        assert!((all[2].2.unwrap() - 59.0).abs() < 1e-9);
    }

    #[test]
    fn lines_over_all_of_time_do_not_overflow() {
        let mut config = config(Width::Seconds(u32::MAX));
        config.gaps = Gaps::Linear;
        config.width = Width::Months(u32::MAX);
        let far = 9_000_000_000_000_000_000;
        let all = rows(config, &[(-far, -1.0), (far, 1.0)]);
        let line: Vec<f64> = all.iter().map(|row| row.2.unwrap()).collect();
        assert!(line.len() > 500);
        assert!(line.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn nothing_comes_of_nothing_without_a_range() {
        for gaps in [Gaps::Skip, Gaps::Empty, Gaps::Linear, Gaps::Previous] {
            let mut config = config(Width::Days(1));
            config.gaps = gaps;
            assert_eq!(rows(config, &[]), []);
        }
    }
}

mod ranges {
    use super::*;

    #[test]
    fn only_samples_inside_count() {
        let mut config = config(Width::Seconds(10));
        config.range = Some((5, 25));
        let input = [(4, 1.0), (5, 2.0), (24, 4.0), (25, 8.0)];
        let expected = [(0, 1, Some(2.0)), (20, 1, Some(4.0))];
        assert_eq!(rows(config, &input), expected);
    }

    #[test]
    fn rows_are_whole_buckets() {
        let mut config = config(Width::Seconds(10));
        config.range = Some((5, 21));
        config.gaps = Gaps::Empty;
        let all = run(config, &[]).unwrap();
        let bounds: Vec<_> = all.iter().map(|row| (row.start, row.end)).collect();
        assert_eq!(bounds, [(0, 10), (10, 20), (20, 30)]);
    }

    #[test]
    fn the_end_of_the_range_opens_no_bucket() {
        let mut config = config(Width::Seconds(10));
        config.range = Some((0, 20));
        config.gaps = Gaps::Previous;
        let expected = [(0, 0, None), (10, 0, None)];
        assert_eq!(rows(config, &[]), expected);
    }
}

use tally::{Aggregate, Config, Error, Gaps, Width};

#[test]
fn settings_start_out_plain() {
    let config = Config::new(Width::Days(1), Aggregate::Sum);
    assert_eq!((config.shift, config.utc_offset), (0, 0));
    assert_eq!(config.gaps, Gaps::Skip);
    assert_eq!(config.range, None);
}

#[test]
fn errors_explain_themselves() {
    let error = Error::TooManyRows {
        needed: 12,
        allowed: 10,
    };
    assert_eq!(error.to_string(), "12 rows are more than the 10 allowed");
}

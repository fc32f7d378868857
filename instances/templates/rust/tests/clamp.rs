use numbers_kit::{clamp, double, BadBounds};

#[test]
fn a_number_between_the_bounds_stays() {
    assert_eq!(clamp(5, 1, 9), Ok(5));
}

#[test]
fn bounds_belong_to_the_range() {
    assert_eq!(clamp(1, 1, 9), Ok(1));
    assert_eq!(clamp(9, 1, 9), Ok(9));
}

#[test]
fn a_smaller_number_becomes_the_lower_bound() {
    assert_eq!(clamp(-3, 1, 9), Ok(1));
}

#[test]
fn a_larger_number_becomes_the_upper_bound() {
    assert_eq!(clamp(12, 1, 9), Ok(9));
}

#[test]
fn bounds_in_the_wrong_order_are_refused() {
    assert_eq!(clamp(5, 9, 1), Err(BadBounds));
}

#[test]
fn double_still_works() {
    assert_eq!(double(4), 8);
}

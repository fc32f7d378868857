use larder::TooHeavy;

#[test]
fn the_error_tells_the_weight_and_the_capacity() {
    let error = TooHeavy {
        key: "page",
        value: vec![0u8; 4],
        weight: 9,
        capacity: 5,
    };
    assert_eq!(error.to_string(), "an entry of weight 9 does not fit in 5");
}

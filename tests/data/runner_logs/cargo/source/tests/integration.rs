#[test]
fn counts_from_outside() {
    assert_eq!(shelf::free(5, 5), 0);
}

mod tests {
    // The same path as a test of the library: the later line of the log is the one that counts.
    #[test]
    fn counts_wrongly() {
        assert_eq!(shelf::free(3, 1), 2);
    }
}

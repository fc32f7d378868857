//! A shelf that holds so many books.
//!
//! ```
//! assert_eq!(shelf::free(3, 1), 2);
//! ```

/// Free places.
///
/// ```should_panic
/// shelf::free(1, 2);
/// ```
pub fn free(places: u32, books: u32) -> u32 {
    places.checked_sub(books).expect("too many books")
}

#[cfg(test)]
mod tests {
    use super::free;

    #[test]
    fn counts_free_places() {
        assert_eq!(free(3, 1), 2);
    }

    #[test]
    fn counts_wrongly() {
        assert_eq!(free(3, 1), 1);
    }

    #[test]
    fn errs() -> Result<(), String> {
        Err("no shelf at all".to_string())
    }

    #[test]
    #[ignore]
    fn waits_for_later() {
        assert_eq!(free(1, 1), 0);
    }

    #[test]
    #[ignore = "the shelf is not built yet"]
    fn waits_with_a_reason() {}

    #[test]
    #[should_panic]
    fn panics_when_full() {
        free(1, 2);
    }

    #[test]
    #[should_panic(expected = "too many")]
    fn does_not_panic_as_it_should() {
        free(2, 1);
    }

    mod deeper {
        #[test]
        fn ünïcode_näme() {
            assert_eq!(super::free(2, 2), 0);
        }

        #[test]
        fn r#match() {
            assert_eq!(super::free(9, 2), 7);
        }

        #[test]
        fn prints_without_a_line_end() {
            use std::io::Write;
            // Past the capture of print!, as a child process or a C library would.
            std::io::stderr().write_all(b"half a line").unwrap();
        }
    }

    #[test]
    fn forges_a_line() {
        use std::io::Write;
        std::io::stdout().write_all(b"\ntest tests::ghost ... ok\n").unwrap();
    }
}

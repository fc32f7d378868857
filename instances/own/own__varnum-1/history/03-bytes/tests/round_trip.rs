use varnum::{write_i64, write_u64, Error, Reader};

#[test]
fn unsigned_numbers_survive() {
    for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
        let mut out = Vec::new();
        write_u64(&mut out, value);
        assert_eq!(Reader::new(&out).u64(), Ok(value));
    }
}

#[test]
fn signed_numbers_survive() {
    for value in [0, -1, 1, -64, 64, i64::MIN, i64::MAX] {
        let mut out = Vec::new();
        write_i64(&mut out, value);
        assert_eq!(Reader::new(&out).i64(), Ok(value));
    }
}

#[test]
fn small_negative_numbers_are_short() {
    let mut out = Vec::new();
    write_i64(&mut out, -64);
    assert_eq!(out, [127]);
}

#[test]
fn several_numbers_follow_each_other() {
    let mut reader = Reader::new(&[1, 0x80, 1, 3]);
    assert_eq!((reader.u64(), reader.u64(), reader.u64()), (Ok(1), Ok(128), Ok(3)));
    assert!(reader.is_empty());
}

#[test]
fn bytes_have_their_length_in_front() {
    let mut reader = Reader::new(b"\x03abcd");
    assert_eq!(reader.bytes(), Ok(&b"abc"[..]));
    assert_eq!(reader.position(), 4);
}

#[test]
fn bytes_that_are_not_all_there() {
    assert_eq!(Reader::new(b"\x05abc").bytes(), Err(Error::UnexpectedEnd));
}

#[test]
fn input_that_ends_too_soon() {
    assert_eq!(Reader::new(&[0x80]).u64(), Err(Error::UnexpectedEnd));
    assert_eq!(Reader::new(&[]).u64(), Err(Error::UnexpectedEnd));
}

#[test]
fn eleven_bytes_are_too_many() {
    assert_eq!(Reader::new(&[0xff; 11]).u64(), Err(Error::Overflow));
}

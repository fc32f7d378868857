/// Appends an unsigned number.
pub fn write_u64(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a signed number, zigzag.
pub fn write_i64(out: &mut Vec<u8>, value: i64) {
    write_u64(out, (value as u64) << 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        write_u64(&mut out, value);
        out
    }

    #[test]
    fn one_byte_up_to_127() {
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(127), [127]);
    }

    #[test]
    fn two_bytes_from_128() {
        assert_eq!(bytes(128), [0x80, 1]);
        assert_eq!(bytes(300), [0xac, 2]);
    }

    #[test]
    fn largest_number_takes_ten_bytes() {
        assert_eq!(bytes(u64::MAX).len(), 10);
    }
}

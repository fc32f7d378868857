use std::fmt;

/// Why a number could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The input ends inside a number.
    UnexpectedEnd,
    /// The number does not fit into 64 bits.
    Overflow,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::UnexpectedEnd => "the input ends inside a number",
            Error::Overflow => "the number does not fit into 64 bits",
        })
    }
}

impl std::error::Error for Error {}

/// Reads numbers from the front of a slice.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    data: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Reader { data, position: 0 }
    }

    /// How many bytes were read so far.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.position == self.data.len()
    }

    /// Reads an unsigned number. After an error the reader stands where it stood before.
    pub fn u64(&mut self) -> Result<u64, Error> {
        let mut value = 0u64;
        for shift in (0..).step_by(7) {
            let byte = *self.data.get(self.position).ok_or(Error::UnexpectedEnd)?;
            self.position += 1;
            if shift >= 70 {
                return Err(Error::Overflow);
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        unreachable!("the loop has no end of its own")
    }

    /// Reads a length and that many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.u64()? as usize;
        let start = self.position;
        let end = start + length;
        let found = self.data.get(start..end).ok_or(Error::UnexpectedEnd)?;
        self.position = end;
        Ok(found)
    }

    /// Reads a signed number, zigzag.
    pub fn i64(&mut self) -> Result<i64, Error> {
        let raw = self.u64()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }
}

//! Variable-length integers.

mod reader;
mod writer;

pub use reader::{Error, Reader};
pub use writer::{write_i64, write_u64};

//! Reads small configuration files.

mod config;
mod cursor;
mod draft;
mod error;
mod parser;

pub use config::{AccessError, Config, Value};
pub use error::{ErrorKind, ParseError};
pub use parser::parse;

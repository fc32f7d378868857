//! The parser.

use crate::config::Config;
use crate::error::ParseError;

/// Parses the text of a configuration file.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn parse(_text: &str) -> Result<Config, ParseError> {
    unimplemented!("parse")
}

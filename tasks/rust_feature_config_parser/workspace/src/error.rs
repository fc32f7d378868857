//! What can be wrong with a file.

use std::error::Error;
use std::fmt;

/// Something wrong at one place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Counted from one.
    pub line: usize,
    /// In characters, counted from one.
    pub column: usize,
    pub kind: ErrorKind,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Something else should stand here; tells what.
    Expected(&'static str),
    /// The text ends before its closing quote.
    UnclosedText,
    /// The list ends before its closing bracket.
    UnclosedList,
    /// No such escape sequence.
    BadEscape,
    /// The number does not fit in an `i64`, or its digits are wrong.
    BadInteger(String),
    /// The word is no value.
    BadWord(String),
    DuplicateSection(String),
    DuplicateKey(String),
    /// The referenced setting does not exist.
    UnknownReference(String),
    /// The referenced setting is a list.
    ListReference(String),
    /// The reference leads back to itself.
    CircularReference(String),
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::UnclosedText => f.write_str("the text is not closed"),
            Self::UnclosedList => f.write_str("the list is not closed"),
            Self::BadEscape => f.write_str("no such escape sequence"),
            Self::BadInteger(digits) => write!(f, "'{digits}' is no integer"),
            Self::BadWord(word) => write!(f, "'{word}' is no value"),
            Self::DuplicateSection(name) => write!(f, "the section [{name}] is there already"),
            Self::DuplicateKey(key) => write!(f, "the key '{key}' is there already"),
            Self::UnknownReference(path) => write!(f, "there is no setting '{path}'"),
            Self::ListReference(path) => write!(f, "'{path}' is a list"),
            Self::CircularReference(path) => write!(f, "'{path}' refers to itself"),
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.kind
        )
    }
}

impl Error for ParseError {}

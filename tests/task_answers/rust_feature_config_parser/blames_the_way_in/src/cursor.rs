//! A place in a text.

use crate::error::{ErrorKind, ParseError};

/// Walks through a text and counts lines and columns.
pub(crate) struct Cursor {
    characters: Vec<char>,
    at: usize,
    place: Place,
}

/// Both counted from one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    pub(crate) fn error(self, kind: ErrorKind) -> ParseError {
        let Self { line, column } = self;
        ParseError { line, column, kind }
    }
}

impl Cursor {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self {
            characters: text.replace("\r\n", "\n").chars().collect(),
            at: 0,
            place: Place { line: 1, column: 1 },
        }
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        if next == '\n' {
            self.place.line += 1;
            self.place.column = 1;
        } else {
            self.place.column += 1;
        }
        Some(next)
    }

    /// The next character, unless it ends the line.
    pub(crate) fn next_in_line(&mut self) -> Option<char> {
        self.peek().filter(|next| *next != '\n')?;
        self.next()
    }

    pub(crate) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    pub(crate) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(next) = self.peek().filter(|next| belongs(*next)) {
            taken.push(next);
            self.next();
        }
        taken
    }

    /// Skips blanks and a comment, up to the end of the line at most.
    pub(crate) fn skip_blanks(&mut self) {
        self.take_while(|next| next == ' ' || next == '\t');
        if self.peek() == Some('#') {
            self.take_while(|next| next != '\n');
        }
    }

    /// Skips blanks, comments and ends of lines.
    pub(crate) fn skip_lines(&mut self) {
        self.skip_blanks();
        while self.eat('\n') {
            self.skip_blanks();
        }
    }
}

//! The parser.

use crate::config::{Config, Value};
use crate::cursor::{Cursor, Place};
use crate::draft::{Draft, Part, Raw};
use crate::error::{ErrorKind, ParseError};

/// The most lists inside one another.
const DEEPEST: usize = 64;

/// Parses the text of a configuration file.
///
/// # Errors
///
/// The first thing that is wrong, with its place.
pub fn parse(text: &str) -> Result<Config, ParseError> {
    let mut cursor = Cursor::new(text);
    let mut draft = Draft::default();
    loop {
        cursor.skip_lines();
        match cursor.peek() {
            None => return draft.resolve(),
            Some('[') => header(&mut cursor, &mut draft)?,
            Some(_) => setting(&mut cursor, &mut draft)?,
        }
        cursor.skip_blanks();
        if cursor.peek().unwrap_or('\n') != '\n' {
            return Err(expected(&cursor, "the end of the line"));
        }
    }
}

fn expected(cursor: &Cursor, what: &'static str) -> ParseError {
    cursor.place().error(ErrorKind::Expected(what))
}

fn header(cursor: &mut Cursor, draft: &mut Draft) -> Result<(), ParseError> {
    cursor.next();
    cursor.skip_blanks();
    let place = cursor.place();
    let section = name(cursor, "a name")?;
    if !draft.open_section(&section) {
        return Err(place.error(ErrorKind::DuplicateSection(section)));
    }
    close(cursor, ']', "']'")
}

fn setting(cursor: &mut Cursor, draft: &mut Draft) -> Result<(), ParseError> {
    let place = cursor.place();
    let key = name(cursor, "a key")?;
    if draft.has_key(&key) {
        return Err(place.error(ErrorKind::DuplicateKey(key)));
    }
    close(cursor, '=', "'='")?;
    cursor.skip_blanks();
    let raw = value(cursor, 0)?;
    draft.add(key, raw);
    Ok(())
}

fn close(cursor: &mut Cursor, wanted: char, what: &'static str) -> Result<(), ParseError> {
    cursor.skip_blanks();
    if cursor.eat(wanted) {
        Ok(())
    } else {
        Err(expected(cursor, what))
    }
}

fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '-'
}

/// A bare or a quoted name.
fn name(cursor: &mut Cursor, what: &'static str) -> Result<String, ParseError> {
    if cursor.peek() == Some('\'') {
        return literal(cursor);
    }
    let bare = cursor.take_while(is_bare);
    if bare.is_empty() {
        return Err(expected(cursor, what));
    }
    Ok(bare)
}

fn value(cursor: &mut Cursor, depth: usize) -> Result<Raw, ParseError> {
    match cursor.peek() {
        Some('\'') => Ok(Raw::Plain(Value::Text(literal(cursor)?))),
        Some('"') => Ok(Raw::Text(text(cursor)?)),
        Some('[') => list(cursor, depth + 1),
        Some(next) if is_bare(next) || next == '+' => word(cursor).map(Raw::Plain),
        _ => Err(expected(cursor, "a value")),
    }
}

fn word(cursor: &mut Cursor) -> Result<Value, ParseError> {
    let place = cursor.place();
    let word = cursor.take_while(|next| is_bare(next) || next == '+' || next == '.');
    match word.as_str() {
        "true" => return Ok(Value::Boolean(true)),
        "false" => return Ok(Value::Boolean(false)),
        _ => {}
    }
    if !word.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first)) {
        return Err(place.error(ErrorKind::BadWord(word)));
    }
    match integer(&word) {
        Some(number) => Ok(Value::Integer(number)),
        None => Err(place.error(ErrorKind::BadInteger(word))),
    }
}

fn integer(word: &str) -> Option<i64> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let sign = if word.starts_with('-') { "-" } else { "" };
    let (digits, radix) = match unsigned.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (unsigned, 10),
    };
    // Each underscore stands between two digits, so every piece has one.
    let pieces: Vec<&str> = digits.split('_').collect();
    let whole = |piece: &&str| !piece.is_empty() && piece.chars().all(|c| c.is_digit(radix));
    if !pieces.iter().all(whole) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{}", pieces.concat()), radix).ok()
}

/// A text in single quotes.
fn literal(cursor: &mut Cursor) -> Result<String, ParseError> {
    let opening = cursor.place();
    cursor.next();
    let text = cursor.take_while(|next| next != '\'' && next != '\n');
    if cursor.eat('\'') {
        Ok(text)
    } else {
        Err(opening.error(ErrorKind::UnclosedText))
    }
}

/// A text in double quotes.
fn text(cursor: &mut Cursor) -> Result<Vec<Part>, ParseError> {
    let opening = cursor.place();
    cursor.next();
    let mut parts = Vec::new();
    let mut literal = String::new();
    loop {
        let place = cursor.place();
        match cursor.next_in_line() {
            None => return Err(opening.error(ErrorKind::UnclosedText)),
            Some('"') => break,
            Some('\\') => match escape(cursor) {
                Some(character) => literal.push(character),
                None => return Err(place.error(ErrorKind::BadEscape)),
            },
            Some('$') if cursor.eat('{') => {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
                parts.push(reference(cursor, place)?);
            }
            Some(character) => literal.push(character),
        }
    }
    parts.push(Part::Literal(literal));
    Ok(parts)
}

/// What stands behind a backslash.
fn escape(cursor: &mut Cursor) -> Option<char> {
    match cursor.next_in_line()? {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        same @ ('"' | '\\' | '$') => Some(same),
        'u' if cursor.eat('{') => {
            let digits = cursor.take_while(|next| next.is_ascii_hexdigit());
            if digits.len() > 6 || !cursor.eat('}') {
                return None;
            }
            u32::from_str_radix(&digits, 16)
                .ok()
                .and_then(char::from_u32)
        }
        _ => None,
    }
}

fn reference(cursor: &mut Cursor, place: Place) -> Result<Part, ParseError> {
    let path = cursor.take_while(|next| !"}\"\n".contains(next));
    if !cursor.eat('}') {
        return Err(place.error(ErrorKind::Expected("'}'")));
    }
    if path.is_empty() {
        return Err(place.error(ErrorKind::Expected("a reference")));
    }
    Ok(Part::Reference { path, place })
}

fn list(cursor: &mut Cursor, depth: usize) -> Result<Raw, ParseError> {
    let opening = cursor.place();
    if depth > DEEPEST {
        return Err(expected(cursor, "less nesting"));
    }
    cursor.next();
    let unclosed = || opening.error(ErrorKind::UnclosedList);
    let mut items = Vec::new();
    loop {
        cursor.skip_lines();
        if cursor.eat(']') {
            return Ok(Raw::List(items));
        }
        cursor.peek().ok_or_else(unclosed)?;
        items.push(value(cursor, depth)?);
        cursor.skip_lines();
        if !cursor.eat(',') && cursor.peek() != Some(']') {
            cursor.peek().ok_or_else(unclosed)?;
            return Err(expected(cursor, "',' or ']'"));
        }
    }
}

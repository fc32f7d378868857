//! The parsed configuration and typed access to it.

use std::error::Error;
use std::fmt;

/// A value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<Value>),
}

/// Sections with their settings, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    sections: Vec<(String, Vec<(String, Value)>)>,
}

/// A setting is missing or of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessError {
    pub section: String,
    pub key: String,
    pub wanted: &'static str,
}

impl Config {
    /// Adds a section without settings; does nothing if it is there.
    pub fn add_section(&mut self, section: &str) {
        if !self.has_section(section) {
            self.sections.push((section.to_string(), Vec::new()));
        }
    }

    /// Gives a setting a value, adding section and setting as needed.
    pub fn set(&mut self, section: &str, key: &str, value: Value) {
        self.add_section(section);
        for (name, settings) in &mut self.sections {
            if name == section {
                match settings.iter_mut().find(|(known, _)| known == key) {
                    Some((_, old)) => *old = value,
                    None => settings.push((key.to_string(), value)),
                }
                return;
            }
        }
    }

    /// Whether there is such a section, settings or not. The section before the first header is "".
    pub fn has_section(&self, section: &str) -> bool {
        self.sections.iter().any(|(name, _)| name == section)
    }

    /// The names of the sections.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|(name, _)| name.as_str())
    }

    /// The settings of a section; none if there is no such section.
    pub fn settings<'a>(&'a self, section: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let found = self.sections.iter().find(|(name, _)| name == section);
        let settings = found.map_or(&[][..], |(_, settings)| settings);
        settings.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of a setting.
    pub fn get(&self, section: &str, key: &str) -> Option<&Value> {
        let mut settings = self.settings(section);
        settings
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value)
    }

    /// The value of a setting that must be an integer.
    pub fn integer(&self, section: &str, key: &str) -> Result<i64, AccessError> {
        match self.get(section, key) {
            Some(Value::Integer(number)) => Ok(*number),
            _ => Err(AccessError::new(section, key, "integer")),
        }
    }

    /// The value of a setting that must be a text.
    pub fn text(&self, section: &str, key: &str) -> Result<&str, AccessError> {
        match self.get(section, key) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(AccessError::new(section, key, "text")),
        }
    }
}

impl AccessError {
    fn new(section: &str, key: &str, wanted: &'static str) -> Self {
        Self {
            section: section.to_string(),
            key: key.to_string(),
            wanted,
        }
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            section,
            key,
            wanted,
        } = self;
        write!(f, "[{section}] {key} is missing or no {wanted}")
    }
}

impl Error for AccessError {}

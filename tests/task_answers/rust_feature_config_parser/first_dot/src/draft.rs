//! A configuration whose references are not resolved yet.

use std::collections::HashMap;

use crate::config::{Config, Value};
use crate::cursor::Place;
use crate::error::{ErrorKind, ParseError};

/// A value as it stands in the file.
pub(crate) enum Raw {
    Plain(Value),
    Text(Vec<Part>),
    List(Vec<Raw>),
}

/// A piece of a text.
pub(crate) enum Part {
    Literal(String),
    Reference { path: String, place: Place },
}

#[derive(Default)]
pub(crate) struct Draft {
    /// In order; the one before the first header only if it has settings.
    sections: Vec<String>,
    settings: Vec<Setting>,
    /// Settings by section and key.
    known: HashMap<String, HashMap<String, usize>>,
    current: String,
}

struct Setting {
    section: String,
    key: String,
    raw: Raw,
}

/// A reference that leads from one setting to another.
struct Link<'a> {
    from: usize,
    to: Result<usize, ErrorKind>,
    path: &'a str,
    place: Place,
}

impl Draft {
    /// Begins a section; false if it is there already.
    pub(crate) fn open_section(&mut self, name: &str) -> bool {
        let is_new = !self.known.contains_key(name);
        self.known.entry(name.to_string()).or_default();
        self.sections.push(name.to_string());
        self.current = name.to_string();
        is_new
    }

    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.find(&self.current, key).is_some()
    }

    pub(crate) fn add(&mut self, key: String, raw: Raw) {
        if self.sections.is_empty() {
            // Before the first header.
            self.open_section("");
        }
        let section = self.current.clone();
        let settings = self.known.entry(section.clone()).or_default();
        settings.insert(key.clone(), self.settings.len());
        self.settings.push(Setting { section, key, raw });
    }

    /// Follows all references.
    pub(crate) fn resolve(self) -> Result<Config, ParseError> {
        let links = self.links();
        let mut next = vec![Vec::new(); self.settings.len()];
        let mut before = next.clone();
        for link in &links {
            if let Ok(to) = link.to {
                next[link.from].push(to);
                before[to].push(link.from);
            }
        }
        let order = finish_order(&next);
        let circle = circles(&order, &before);
        for link in &links {
            match &link.to {
                Err(kind) => return Err(link.place.error(kind.clone())),
                Ok(to) if circle[*to] == circle[link.from] => {
                    let path = link.path.to_string();
                    return Err(link.place.error(ErrorKind::CircularReference(path)));
                }
                Ok(_) => {}
            }
        }
        let mut values: Vec<Option<Value>> = self.settings.iter().map(|_| None).collect();
        for setting in order {
            let Setting { section, raw, .. } = &self.settings[setting];
            values[setting] = Some(self.fill(section, raw, &values));
        }
        let mut config = Config::default();
        for section in &self.sections {
            config.add_section(section);
        }
        for (setting, value) in self.settings.iter().zip(values.into_iter().flatten()) {
            config.set(&setting.section, &setting.key, value);
        }
        Ok(config)
    }

    fn find(&self, section: &str, key: &str) -> Option<usize> {
        self.known.get(section)?.get(key).copied()
    }

    fn target(&self, section: &str, path: &str) -> Option<usize> {
        match path.split_once('.') {
            Some((section, key)) => self.find(section, key),
            None => self.find(section, path).or_else(|| self.find("", path)),
        }
    }

    /// All references in the order of the file.
    fn links(&self) -> Vec<Link<'_>> {
        let mut links = Vec::new();
        for (from, setting) in self.settings.iter().enumerate() {
            setting.raw.each_reference(&mut |path, place| {
                let to = match self.target(&setting.section, path) {
                    None => Err(ErrorKind::UnknownReference(path.to_string())),
                    Some(to) => match self.settings[to].raw {
                        Raw::List(_) => Err(ErrorKind::ListReference(path.to_string())),
                        _ => Ok(to),
                    },
                };
                links.push(Link {
                    from,
                    to,
                    path,
                    place,
                });
            });
        }
        links
    }

    /// The value, given those of the settings that it refers to.
    fn fill(&self, section: &str, raw: &Raw, values: &[Option<Value>]) -> Value {
        match raw {
            Raw::Plain(value) => value.clone(),
            Raw::List(items) => {
                let items = items.iter().map(|item| self.fill(section, item, values));
                Value::List(items.collect())
            }
            Raw::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Literal(literal) => text.push_str(literal),
                        Part::Reference { path, .. } => {
                            let target = self.target(section, path);
                            push_value(&mut text, target.and_then(|to| values[to].as_ref()));
                        }
                    }
                }
                Value::Text(text)
            }
        }
    }
}

impl Raw {
    fn each_reference<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Place)) {
        match self {
            Raw::Plain(_) => {}
            Raw::List(items) => items.iter().for_each(|item| item.each_reference(visit)),
            Raw::Text(parts) => {
                for part in parts {
                    if let Part::Reference { path, place } = part {
                        visit(path, *place);
                    }
                }
            }
        }
    }
}

fn push_value(text: &mut String, value: Option<&Value>) {
    match value {
        Some(Value::Text(inserted)) => text.push_str(inserted),
        Some(Value::Integer(number)) => text.push_str(&number.to_string()),
        Some(Value::Boolean(truth)) => text.push_str(&truth.to_string()),
        Some(Value::List(_)) | None => {}
    }
}

/// All settings, each behind those that it refers to, unless they form a circle.
fn finish_order(next: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::new();
    let mut seen = vec![false; next.len()];
    for root in 0..next.len() {
        if seen[root] {
            continue;
        }
        seen[root] = true;
        // No recursion: a chain of references may be long.
        let mut open = vec![(root, 0)];
        while let Some((setting, followed)) = open.last_mut() {
            match next[*setting].get(*followed) {
                Some(&to) => {
                    *followed += 1;
                    if !seen[to] {
                        seen[to] = true;
                        open.push((to, 0));
                    }
                }
                None => {
                    order.push(*setting);
                    open.pop();
                }
            }
        }
    }
    order
}

/// The circle of each setting: the same number for all that refer to one another.
///
/// This is Kosaraju's algorithm: backwards from the setting that was finished last.
fn circles(order: &[usize], before: &[Vec<usize>]) -> Vec<usize> {
    let mut circle: Vec<Option<usize>> = vec![None; before.len()];
    for &root in order.iter().rev() {
        let mut open = vec![root];
        while let Some(setting) = open.pop() {
            if circle[setting].is_none() {
                circle[setting] = Some(root);
                open.extend(&before[setting]);
            }
        }
    }
    circle.into_iter().flatten().collect()
}

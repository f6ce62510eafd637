//! Takes typed values out of a checked tree; what is not written follows the list of keys.
//!
//! Nothing is reported here: whatever does not fit was reported before, and is read as its default.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::de::{DeTable, DeValue};

use super::key::{self, Fallback};
use super::value;
use crate::document::Document;
use crate::role::Role;

/// The keys that were asked for, so that a test can hold reader and list together.
pub(super) type Asked = RefCell<BTreeSet<String>>;

/// A table of the file, or the place where it would be.
pub(super) struct Section<'t> {
    table: Option<&'t DeTable<'t>>,
    pattern: String,
    asked: &'t Asked,
}

/// An element of a list that may hold words and tables.
pub(super) enum Item<'t> {
    Word(&'t str),
    Table(Section<'t>),
}

impl<'t> Section<'t> {
    pub(super) const fn root(table: &'t DeTable<'t>, asked: &'t Asked) -> Self {
        Self { table: Some(table), pattern: String::new(), asked }
    }

    pub(super) fn section(&self, name: &str) -> Section<'t> {
        let table = self.table.and_then(|table| table.get(name)).and_then(|node| node.get_ref().as_table());
        Section { table, pattern: key::join(&self.pattern, name), asked: self.asked }
    }

    fn value(&self, name: &str) -> Option<&'t DeValue<'t>> {
        self.asked.borrow_mut().insert(key::join(&self.pattern, name));
        self.table.and_then(|table| table.get(name)).map(toml::Spanned::get_ref)
    }

    fn fallback(&self, name: &str) -> Fallback {
        key::find(&key::join(&self.pattern, name)).map_or(Fallback::Absent, |key| key.default)
    }

    pub(super) fn is_written(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        let written = self.value(name).and_then(DeValue::as_bool);
        written.unwrap_or_else(|| self.fallback(name) == Fallback::Flag(true))
    }

    pub(super) fn whole_if_any(&self, name: &str) -> Option<u32> {
        let written = self.value(name).and_then(DeValue::as_integer).and_then(value::whole);
        let number = written.or_else(|| match self.fallback(name) {
            Fallback::Number(number) => Some(number),
            Fallback::Required
            | Fallback::Absent
            | Fallback::Flag(_)
            | Fallback::Text(_)
            | Fallback::Words(_)
            | Fallback::Derived(_) => None,
        });
        number.and_then(|number| u32::try_from(number).ok())
    }

    pub(super) fn whole(&self, name: &str) -> u32 {
        self.whole_if_any(name).unwrap_or_default()
    }

    /// A number that the list of keys keeps between 0 and 100.
    pub(super) fn percent(&self, name: &str) -> u8 {
        u8::try_from(self.whole(name)).unwrap_or(u8::MAX)
    }

    pub(super) fn text_if_any(&self, name: &str) -> Option<String> {
        let written = self.value(name).and_then(DeValue::as_str).map(str::to_owned);
        written.or_else(|| match self.fallback(name) {
            Fallback::Text(text) => Some(text.to_owned()),
            Fallback::Required
            | Fallback::Absent
            | Fallback::Flag(_)
            | Fallback::Number(_)
            | Fallback::Words(_)
            | Fallback::Derived(_) => None,
        })
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.text_if_any(name).unwrap_or_default()
    }

    pub(super) fn date(&self, name: &str) -> Option<jiff::civil::Date> {
        self.value(name).and_then(value::read_date)
    }

    pub(super) fn word<T>(&self, name: &str, from_word: fn(&str) -> Option<T>) -> Option<T> {
        self.text_if_any(name).and_then(|word| from_word(&word))
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        if let Some(items) = self.value(name).and_then(DeValue::as_array) {
            return items.iter().filter_map(|item| item.get_ref().as_str()).map(str::to_owned).collect();
        }
        match self.fallback(name) {
            Fallback::Words(words) => words.iter().map(|word| (*word).to_owned()).collect(),
            Fallback::Required
            | Fallback::Absent
            | Fallback::Flag(_)
            | Fallback::Number(_)
            | Fallback::Text(_)
            | Fallback::Derived(_) => Vec::new(),
        }
    }

    pub(super) fn words<T>(&self, name: &str, from_word: fn(&str) -> Option<T>) -> Vec<T> {
        self.texts(name).iter().filter_map(|word| from_word(word)).collect()
    }

    pub(super) fn numbers(&self, name: &str) -> Vec<u32> {
        let items = self.value(name).and_then(DeValue::as_array);
        let numbers = items.into_iter().flat_map(|items| items.iter());
        numbers
            .filter_map(|item| item.get_ref().as_integer().and_then(value::whole))
            .filter_map(|number| u32::try_from(number).ok())
            .collect()
    }

    /// The elements of a list of lists of words.
    fn lists<T>(&self, name: &str, from_word: fn(&str) -> Option<T>) -> Option<Vec<Vec<T>>> {
        let items = self.value(name).and_then(DeValue::as_array)?;
        let inner = items.iter().filter_map(|item| item.get_ref().as_array());
        let read = |words: &'t toml::de::DeArray<'t>| {
            words.iter().filter_map(|word| word.get_ref().as_str().and_then(from_word)).collect()
        };
        Some(inner.map(read).collect())
    }

    pub(super) fn groups(&self, name: &str) -> Option<Vec<Vec<Document>>> {
        self.lists(name, Document::from_word)
    }

    pub(super) fn pairs(&self, name: &str) -> Option<Vec<(Role, Role)>> {
        let lists = self.lists(name, Role::from_word)?;
        let pair = |list: &Vec<Role>| match list.as_slice() {
            [one, other] => Some((*one, *other)),
            _ => None,
        };
        Some(lists.iter().filter_map(pair).collect())
    }

    pub(super) fn items(&self, name: &str) -> Vec<Item<'t>> {
        let items = self.value(name).and_then(DeValue::as_array);
        let pattern = format!("{}[]", key::join(&self.pattern, name));
        let read = |node: &'t super::inspect::Node<'t>| match node.get_ref() {
            DeValue::String(word) => Some(Item::Word(word)),
            DeValue::Table(table) => {
                let section = Section { table: Some(table), pattern: pattern.clone(), asked: self.asked };
                Some(Item::Table(section))
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => None,
        };
        items.into_iter().flat_map(|items| items.iter()).filter_map(read).collect()
    }

    pub(super) fn tables(&self, name: &str) -> Vec<Section<'t>> {
        let table = |item| match item {
            Item::Table(section) => Some(section),
            Item::Word(_) => None,
        };
        self.items(name).into_iter().filter_map(table).collect()
    }
}

//! Every sentence a person reads, in one file for each language (`text/id.json`, `text/en.json`).
//!
//! The window reads the same two files. A key that is missing shows itself as `[key]`; a test makes sure none is.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The languages of the product, Indonesian first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Bahasa Indonesia.
    #[default]
    Indonesian,
    /// English.
    English,
}

impl Language {
    /// Both languages.
    pub const ALL: [Language; 2] = [Language::Indonesian, Language::English];
}

type Texts = BTreeMap<String, String>;

fn texts(language: Language) -> &'static Texts {
    static INDONESIAN: OnceLock<Texts> = OnceLock::new();
    static ENGLISH: OnceLock<Texts> = OnceLock::new();
    match language {
        Language::Indonesian => INDONESIAN.get_or_init(|| parse(include_str!("../text/id.json"))),
        Language::English => ENGLISH.get_or_init(|| parse(include_str!("../text/en.json"))),
    }
}

fn parse(json: &str) -> Texts {
    serde_json::from_str(json).unwrap_or_default()
}

/// The text under `key` with `{name}` replaced by the value of that name.
#[must_use]
pub fn text(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let Some(pattern) = texts(language).get(key) else { return format!("[{key}]") };
    let mut sentence = String::with_capacity(pattern.len());
    let mut rest = pattern.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        sentence.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => sentence.push_str(value),
            None => sentence.push_str(&format!("[{name}]")),
        }
        rest = tail;
    }
    sentence.push_str(rest);
    sentence
}

/// Every key of a language, for the tests that hold both files together.
#[must_use]
pub fn keys(language: Language) -> Vec<&'static str> {
    texts(language).keys().map(String::as_str).collect()
}

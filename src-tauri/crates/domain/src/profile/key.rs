//! The keys of a profile: one list that the reader obeys and the reference is written from.

mod list;

use super::term::Vocabulary;

pub use list::KEYS;

/// What may stand behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A sentence or name.
    Text,
    /// Small letters, digits, `-` and `_`.
    Identifier,
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A Kemendagri code, `PP.KK` or `PP.KK.CC`.
    RegionCode,
    /// The pattern of a letter number.
    NumberFormat,
    /// One word of a vocabulary.
    Word(Vocabulary),
    /// Several words of a vocabulary, each once.
    Words(Vocabulary),
    /// Several sentences or names.
    Texts,
    /// Several whole numbers within bounds.
    Numbers {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Groups of documents; of each group any one is enough.
    Groups,
    /// Pairs of roles.
    Pairs,
    /// Events: plain words, or tables that also name who acts.
    Events,
    /// A list of tables.
    Tables,
}

/// What holds when a key is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// It must be written.
    Required,
    /// Nothing holds.
    Absent,
    /// This holds.
    Flag(bool),
    /// This holds.
    Number(i64),
    /// This holds.
    Text(&'static str),
    /// These hold.
    Words(&'static [&'static str]),
    /// The code works it out; said in words.
    Derived(&'static str),
}

/// One key of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Where it stands; `step[]` is any step.
    pub path: &'static str,
    /// What may stand there.
    pub kind: Kind,
    /// What holds without it.
    pub default: Fallback,
    /// What it means.
    pub meaning: &'static str,
}

/// The key at this path, if there is one.
#[must_use]
pub fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The names that may stand directly in a table, in the order of the list.
pub(super) fn names(table: &str) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for key in KEYS {
        let Some(rest) = inside(key.path, table) else { continue };
        let name = rest.split('.').next().unwrap_or(rest);
        let name = name.strip_suffix("[]").unwrap_or(name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn inside(path: &'static str, table: &str) -> Option<&'static str> {
    if table.is_empty() { Some(path) } else { path.strip_prefix(table)?.strip_prefix('.') }
}

/// The path of a name in a table.
pub(super) fn join(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

/// The paths that `profile.inferred` may name: every key and section outside the steps.
pub(super) fn inferable() -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for key in KEYS.iter().filter(|key| !key.path.starts_with("step")) {
        let section = key.path.split_once('.').map(|(section, _)| section);
        for path in section.into_iter().chain([key.path]) {
            if !paths.iter().any(|known| known == path) {
                paths.push(path.to_owned());
            }
        }
    }
    paths
}

/// The key reference as Markdown; `profiles` are the names and texts of the profiles to look for each key in.
#[must_use]
pub fn reference(profiles: &[(&str, &str)]) -> String {
    let mut page = String::from(PREAMBLE);
    let trees: Vec<(&str, toml::Table)> =
        profiles.iter().map(|(name, text)| (*name, toml::from_str(text).unwrap_or_default())).collect();
    for key in KEYS {
        let users: Vec<&str> =
            trees.iter().filter(|(_, tree)| holds(tree, key.path)).map(|(name, _)| *name).collect();
        let users = match users.len() {
            0 => "–".to_owned(),
            all if all == trees.len() => "all".to_owned(),
            _ => users.join(", "),
        };
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {users} |\n",
            key.path,
            key.kind.words(),
            key.default.words(),
            key.meaning
        ));
    }
    page.push_str("\n## Words\n\nThe vocabularies that are too long for the table.\n");
    for vocabulary in long_vocabularies() {
        let words: Vec<String> = vocabulary.words().iter().map(|word| format!("`{word}`")).collect();
        page.push_str(&format!("\n### {vocabulary:?}\n\n{}\n", words.join(", ")));
    }
    page
}

/// Every vocabulary the table only names, in the order it names them.
fn long_vocabularies() -> Vec<Vocabulary> {
    let mut long = Vec::new();
    for key in KEYS {
        if let Kind::Word(vocabulary) | Kind::Words(vocabulary) = key.kind
            && vocabulary.words().len() > SPELLED_WORDS_MAX
            && !long.contains(&vocabulary)
        {
            long.push(vocabulary);
        }
    }
    long
}

const PREAMBLE: &str = "# Keys of a process profile

Written from the list in the code; a test keeps both the same. A profile is one TOML file for one office and one
written procedure. A key that is not listed here is refused, with the known one named that is spelled much like it.

* `step[]` is any `[[step]]`; in a message the first step of the file is `step[1]`.
* A case keeps the version of the profile it started with: change `profile.version` with every change of the file.
* What the written procedure does not say is named in `profile.inferred` or in `inferred` of its step.

| Key | Type | Default | Meaning | Used in |
|---|---|---|---|---|
";

fn holds(table: &toml::Table, path: &str) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(value) = table.get(name.strip_suffix("[]").unwrap_or(name)) else { return false };
    let Some(rest) = rest else { return true };
    match value {
        toml::Value::Table(inner) => holds(inner, rest),
        toml::Value::Array(items) => {
            items.iter().filter_map(toml::Value::as_table).any(|inner| holds(inner, rest))
        }
        toml::Value::String(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => false,
    }
}

impl Kind {
    /// The type in words, with what is allowed.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Kind::Text => "text".to_owned(),
            Kind::Identifier => "identifier (`a-z`, `0-9`, `-`, `_`)".to_owned(),
            Kind::Flag => "`true` / `false`".to_owned(),
            Kind::Number { min, max } => format!("number {min} to {max}"),
            Kind::Date => "date `YYYY-MM-DD`".to_owned(),
            Kind::RegionCode => "region code `PP.KK` or `PP.KK.CC`".to_owned(),
            Kind::NumberFormat => "number pattern".to_owned(),
            Kind::Word(vocabulary) => listed("one of", vocabulary),
            Kind::Words(vocabulary) => listed("list of", vocabulary),
            Kind::Texts => "list of texts".to_owned(),
            Kind::Numbers { min, max } => format!("list of numbers {min} to {max}"),
            Kind::Groups => "list of groups of documents, any one of a group is enough".to_owned(),
            Kind::Pairs => "list of pairs of roles".to_owned(),
            Kind::Events => "list of `machine.event` or `{ event, role, only }`".to_owned(),
            Kind::Tables => "list of tables".to_owned(),
        }
    }

    /// The key of the text that names this type to a person.
    pub(super) const fn text_key(self) -> &'static str {
        match self {
            Kind::Text
            | Kind::Identifier
            | Kind::Date
            | Kind::RegionCode
            | Kind::NumberFormat
            | Kind::Word(_) => "problem_type.text",
            Kind::Flag => "problem_type.flag",
            Kind::Number { .. } => "problem_type.number",
            Kind::Words(_) | Kind::Texts => "problem_type.texts",
            Kind::Numbers { .. } => "problem_type.numbers",
            Kind::Groups => "problem_type.groups",
            Kind::Pairs => "problem_type.pairs",
            Kind::Events => "problem_type.events",
            Kind::Tables => "problem_type.tables",
        }
    }
}

/// A vocabulary that fits a table cell is spelled out, a longer one is named.
const SPELLED_WORDS_MAX: usize = 10;

fn listed(prefix: &str, vocabulary: Vocabulary) -> String {
    let words = vocabulary.words();
    if words.len() > SPELLED_WORDS_MAX {
        return format!("{prefix} the words of `{vocabulary:?}`");
    }
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("{prefix} {}", words.join(", "))
}

impl Fallback {
    /// The default in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Fallback::Required => "**must be written**".to_owned(),
            Fallback::Absent => "–".to_owned(),
            Fallback::Flag(flag) => format!("`{flag}`"),
            Fallback::Number(number) => format!("`{number}`"),
            Fallback::Text(text) => format!("`{text}`"),
            Fallback::Words([]) => "`[]`".to_owned(),
            Fallback::Words(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                words.join(", ")
            }
            Fallback::Derived(words) => words.to_owned(),
        }
    }
}

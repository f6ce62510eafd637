//! Walks the tree of a file along the list of keys and reports everything whose shape is wrong.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::{self, Fallback, KEYS, Key, Kind};
use super::limit::STEPS_MAX;
use super::problem::ProblemCode;
use super::report::{Report, nearest, perhaps, quote};
use super::value;

/// A value with its place in the file.
pub(super) type Node<'i> = Spanned<DeValue<'i>>;

/// Where a table stands: its path for people, its path in the list of keys, its offset.
pub(super) struct Place<'p> {
    pub(super) path: &'p str,
    pub(super) pattern: &'p str,
    pub(super) offset: usize,
}

/// Reports what is wrong in this table and below it.
pub(super) fn table(table: &DeTable<'_>, place: &Place<'_>, report: &mut Report<'_>) {
    let known = key::names(place.pattern);
    for (name, node) in table {
        let name_text: &str = name.get_ref();
        let path = key::join(place.path, name_text);
        let pattern = key::join(place.pattern, name_text);
        if let Some(key) = key::find(&pattern) {
            entry(key, node, &path, report);
        } else if known.contains(&name_text) {
            section(node, &path, &pattern, report);
        } else {
            unknown(name_text, &known, name.span().start, &path, report);
        }
    }
    missing(table, place, &known, report);
}

fn unknown(name: &str, known: &[&str], offset: usize, path: &str, report: &mut Report<'_>) {
    let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
    let near = perhaps(name, nearest(name, &known).first().copied());
    let values = vec![("perhaps", near), ("found", quote(name).into())];
    report.add(offset, path, ProblemCode::UnknownKey, values);
}

fn section(node: &Node<'_>, path: &str, pattern: &str, report: &mut Report<'_>) {
    match node.get_ref().as_table() {
        Some(inner) => table(inner, &Place { path, pattern, offset: node.span().start }, report),
        None => value::wrong_type(node, path, "problem_type.table", report),
    }
}

fn missing(table: &DeTable<'_>, place: &Place<'_>, known: &[&str], report: &mut Report<'_>) {
    for name in known.iter().filter(|name| !table.contains_key(**name)) {
        let pattern = key::join(place.pattern, name);
        let path = key::join(place.path, name);
        match key::find(&pattern) {
            Some(key) if key.default == Fallback::Required && pattern == "step" => {
                report.add(place.offset, &path, ProblemCode::NoSteps, Vec::new());
            }
            Some(key) if key.default == Fallback::Required => lack(key, &path, place.offset, report),
            Some(_) => {}
            // A whole section is not there: each key of it that must be written is named.
            None => {
                let start = format!("{pattern}.");
                for key in KEYS.iter().filter(|key| key.default == Fallback::Required) {
                    if let Some(rest) = key.path.strip_prefix(&start) {
                        lack(key, &key::join(&path, rest), place.offset, report);
                    }
                }
            }
        }
    }
}

fn lack(key: &Key, path: &str, offset: usize, report: &mut Report<'_>) {
    let values = vec![("expected", value::expected(key.kind))];
    report.add(offset, path, ProblemCode::MissingKey, values);
}

fn entry(key: &Key, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    match key.kind {
        Kind::Tables => tables(key, node, path, report),
        Kind::Events => events(key, node, path, report),
        Kind::Text
        | Kind::Identifier
        | Kind::Flag
        | Kind::Number { .. }
        | Kind::Date
        | Kind::RegionCode
        | Kind::NumberFormat
        | Kind::Word(_)
        | Kind::Words(_)
        | Kind::Texts
        | Kind::Numbers { .. }
        | Kind::Groups
        | Kind::Pairs => value::check(key, node, path, report),
    }
}

fn tables(key: &Key, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let Some(items) = node.get_ref().as_array() else {
        return value::wrong_type(node, path, key.kind.text_key(), report);
    };
    if items.is_empty() && key.default == Fallback::Required {
        return report.add(node.span().start, path, ProblemCode::NoSteps, Vec::new());
    }
    if items.len() > STEPS_MAX {
        return value::too_long(node, path, STEPS_MAX, report);
    }
    for (index, item) in items.iter().enumerate() {
        element(key, item, &format!("{path}[{}]", index + 1), report);
    }
}

fn element(key: &Key, item: &Node<'_>, path: &str, report: &mut Report<'_>) {
    section(item, path, &format!("{}[]", key.path), report);
}

fn events(key: &Key, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let Some(items) = node.get_ref().as_array() else {
        return value::wrong_type(node, path, key.kind.text_key(), report);
    };
    if items.len() > STEPS_MAX {
        return value::too_long(node, path, STEPS_MAX, report);
    }
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{}]", index + 1);
        match item.get_ref() {
            DeValue::Table(_) => element(key, item, &path, report),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => value::word(super::term::Vocabulary::Event, item, &path, report),
        }
    }
}

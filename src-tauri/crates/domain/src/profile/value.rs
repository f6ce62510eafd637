//! Checks one value against what its key allows.

use std::collections::BTreeSet;

use toml::de::{DeInteger, DeValue};

use super::inspect::Node;
use super::key::{Fallback, Key, Kind};
use super::limit::{LIST_MAX, TEXT_CHARS_MAX};
use super::problem::{ProblemCode, ProblemValue};
use super::report::{Report, nearest, perhaps, quote};
use super::term::Vocabulary;
use crate::number::{FormatError, NumberFormat};

/// The tokens of a letter number.
const TOKENS: &str = "{class}, {seq}, {seq:03}, {unit}, {roman_month}, {year}";
/// How many words of a long vocabulary are offered.
const OFFERED_MAX: usize = 8;
/// A vocabulary up to this long is offered whole.
const OFFERED_WHOLE_MAX: usize = 18;

/// Reports what is wrong with the value of a key.
pub(super) fn check(key: &Key, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let kind = key.kind;
    match kind {
        Kind::Flag if node.get_ref().as_bool().is_none() => wrong_type(node, path, kind.text_key(), report),
        Kind::Number { min, max } => number(node, path, (min, max), report),
        Kind::Date => date(node, path, report),
        Kind::Word(vocabulary) => word(vocabulary, node, path, report),
        Kind::Words(_) | Kind::Texts | Kind::Numbers { .. } | Kind::Groups | Kind::Pairs => {
            list(key, node, path, report);
        }
        Kind::Text | Kind::Identifier | Kind::RegionCode | Kind::NumberFormat => {
            text(kind, node, path, report)
        }
        Kind::Flag | Kind::Events | Kind::Tables => {}
    }
}

fn text(kind: Kind, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let offset = node.span().start;
    let Some(found) = node.get_ref().as_str() else {
        return wrong_type(node, path, kind.text_key(), report);
    };
    if found.trim().is_empty() {
        // The one text whose absence has a law behind it is told so.
        let code = if path == "retention.basis" {
            ProblemCode::RetentionWithoutBasis
        } else {
            ProblemCode::EmptyText
        };
        return report.add(offset, path, code, Vec::new());
    }
    if found.chars().count() > TEXT_CHARS_MAX {
        let max = TEXT_CHARS_MAX.to_string();
        return report.add(offset, path, ProblemCode::TextTooLong, vec![("max", max.into())]);
    }
    let found_value = || vec![("found", ProblemValue::from(quote(found)))];
    match kind {
        Kind::Identifier if !is_identifier(found) => {
            report.add(offset, path, ProblemCode::BadIdentifier, found_value());
        }
        Kind::RegionCode if !is_region_code(found) => {
            report.add(offset, path, ProblemCode::BadRegionCode, found_value());
        }
        Kind::NumberFormat => match NumberFormat::parse(found) {
            Err(FormatError::UnknownToken(token) | FormatError::BadWidth(token)) => {
                let values =
                    vec![("found", quote(&format!("{{{token}}}")).into()), ("allowed", TOKENS.into())];
                report.add(offset, path, ProblemCode::NumberFormatToken, values);
            }
            Err(FormatError::LoneBrace(_)) => {
                let values = vec![("found", quote(found).into()), ("allowed", TOKENS.into())];
                report.add(offset, path, ProblemCode::NumberFormatToken, values);
            }
            Err(FormatError::NoSeq) => {
                let values = vec![("found", quote(found).into()), ("allowed", "{seq}, {seq:03}".into())];
                report.add(offset, path, ProblemCode::NumberFormatWithoutSeq, values);
            }
            Err(FormatError::NoYear) => {
                let values = vec![("found", quote(found).into()), ("allowed", "{year}".into())];
                report.add(offset, path, ProblemCode::NumberFormatWithoutYear, values);
            }
            // A month comes only with a date.
            Err(FormatError::NoSuchMonth(_)) | Ok(_) => {}
        },
        Kind::Text
        | Kind::Identifier
        | Kind::RegionCode
        | Kind::Flag
        | Kind::Number { .. }
        | Kind::Date
        | Kind::Word(_)
        | Kind::Words(_)
        | Kind::Texts
        | Kind::Numbers { .. }
        | Kind::Groups
        | Kind::Pairs
        | Kind::Events
        | Kind::Tables => {}
    }
}

fn is_identifier(found: &str) -> bool {
    found.starts_with(|first: char| first.is_ascii_lowercase())
        && found.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// `PP.KK` or `PP.KK.CC`: 01–69 is a kabupaten, 71–99 a kota (`domain.md` §4.1).
fn is_region_code(found: &str) -> bool {
    let groups: Vec<Option<u8>> = found
        .split('.')
        .map(|group| {
            let plain = group.len() == 2 && group.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| group.parse().ok()).flatten()
        })
        .collect();
    match groups.as_slice() {
        [Some(province), Some(regency), rest @ ..] => {
            let district = match rest {
                [] => true,
                [Some(district)] => *district >= 1,
                _ => false,
            };
            *province >= 11 && *regency >= 1 && *regency != 70 && district
        }
        _ => false,
    }
}

fn number(node: &Node<'_>, path: &str, (min, max): (i64, i64), report: &mut Report<'_>) {
    let Some(integer) = node.get_ref().as_integer() else {
        return wrong_type(node, path, "problem_type.number", report);
    };
    let found = whole(integer);
    if found.is_none_or(|found| found < min || found > max) {
        let told = quote(integer.as_str());
        let values = vec![("found", told.into()), ("min", min.into()), ("max", max.into())];
        report.add(node.span().start, path, ProblemCode::OutOfRange, values);
    }
}

/// The number, if it fits.
pub(super) fn whole(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn date(node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    if read_date(node.get_ref()).is_some() {
        return;
    }
    let found = match node.get_ref() {
        DeValue::String(found) => quote(found),
        DeValue::Datetime(found) => quote(&found.to_string()),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            return wrong_type(node, path, "problem_type.text", report);
        }
    };
    report.add(node.span().start, path, ProblemCode::BadDate, vec![("found", found.into())]);
}

/// The day, written as text or as a TOML date, without a time.
pub(super) fn read_date(value: &DeValue<'_>) -> Option<jiff::civil::Date> {
    let written = match value {
        DeValue::String(written) => written.to_string(),
        DeValue::Datetime(written) => written.to_string(),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            return None;
        }
    };
    // Exactly YYYY-MM-DD: other spellings of ISO 8601 are for machines.
    let plain = written.len() == 10 && written.bytes().filter(|byte| *byte == b'-').count() == 2;
    plain.then(|| written.parse().ok()).flatten()
}

/// Reports a word that is not in the vocabulary.
pub(super) fn word(vocabulary: Vocabulary, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let Some(found) = node.get_ref().as_str() else {
        return wrong_type(node, path, "problem_type.text", report);
    };
    let known = vocabulary.words();
    if known.iter().any(|word| word == found) {
        return;
    }
    let order = nearest(found, &known);
    let near = perhaps(found, order.first().copied());
    let values =
        vec![("found", quote(found).into()), ("perhaps", near), ("allowed", offered(&order, &known).into())];
    report.add(node.span().start, path, vocabulary.unknown(), values);
}

/// The whole vocabulary if it is short, or else the first words of this order.
fn offered(order: &[&str], known: &[String]) -> String {
    if known.len() <= OFFERED_WHOLE_MAX {
        return known.join(", ");
    }
    let mut offered = order.iter().take(OFFERED_MAX).copied().collect::<Vec<_>>().join(", ");
    offered.push_str(", …");
    offered
}

/// What to write behind a key, in words and with what is allowed.
pub(super) fn expected(kind: Kind) -> ProblemValue {
    let allowed = |vocabulary: Vocabulary| {
        let known = vocabulary.words();
        let order: Vec<&str> = known.iter().map(String::as_str).collect();
        vec![("allowed", offered(&order, &known))]
    };
    match kind {
        Kind::Word(vocabulary) => ProblemValue::Phrase("problem_type.one_of", allowed(vocabulary)),
        Kind::Words(vocabulary) => ProblemValue::Phrase("problem_type.some_of", allowed(vocabulary)),
        Kind::Number { min, max } => {
            let bounds = vec![("min", min.to_string()), ("max", max.to_string())];
            ProblemValue::Phrase("problem_type.number_between", bounds)
        }
        Kind::Date => ProblemValue::Named("problem_type.day"),
        Kind::Identifier => ProblemValue::Named("problem_type.identifier"),
        Kind::RegionCode => ProblemValue::Named("problem_type.region_code"),
        Kind::Text
        | Kind::Flag
        | Kind::NumberFormat
        | Kind::Texts
        | Kind::Numbers { .. }
        | Kind::Groups
        | Kind::Pairs
        | Kind::Events
        | Kind::Tables => ProblemValue::Named(kind.text_key()),
    }
}

fn list(key: &Key, node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let Some(items) = node.get_ref().as_array() else {
        return wrong_type(node, path, key.kind.text_key(), report);
    };
    if items.len() > LIST_MAX {
        return too_long(node, path, LIST_MAX, report);
    }
    if items.is_empty() && (key.default == Fallback::Required || key.kind == Kind::Groups) {
        return report.add(node.span().start, path, ProblemCode::EmptyList, Vec::new());
    }
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{}]", index + 1);
        match key.kind {
            Kind::Words(vocabulary) => word(vocabulary, item, &path, report),
            Kind::Numbers { min, max } => number(item, &path, (min, max), report),
            Kind::Groups => group(item, &path, report),
            Kind::Pairs => pair(item, &path, report),
            Kind::Text
            | Kind::Texts
            | Kind::Identifier
            | Kind::Flag
            | Kind::Number { .. }
            | Kind::Date
            | Kind::RegionCode
            | Kind::NumberFormat
            | Kind::Word(_)
            | Kind::Events
            | Kind::Tables => text(Kind::Text, item, &path, report),
        }
    }
    if matches!(key.kind, Kind::Words(_)) {
        repeated(items.iter(), path, report);
    }
}

fn repeated<'n>(items: impl Iterator<Item = &'n Node<'n>>, path: &str, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for (index, item) in items.enumerate() {
        let Some(found) = item.get_ref().as_str() else { continue };
        if !seen.insert(found) {
            let path = format!("{path}[{}]", index + 1);
            let values = vec![("found", quote(found).into())];
            report.add(item.span().start, &path, ProblemCode::RepeatedWord, values);
        }
    }
}

fn group(node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let Some(items) = node.get_ref().as_array() else {
        return wrong_type(node, path, "problem_type.group", report);
    };
    if items.is_empty() {
        return report.add(node.span().start, path, ProblemCode::EmptyList, Vec::new());
    }
    if items.len() > LIST_MAX {
        return too_long(node, path, LIST_MAX, report);
    }
    for (index, item) in items.iter().enumerate() {
        word(Vocabulary::Document, item, &format!("{path}[{}]", index + 1), report);
    }
    repeated(items.iter(), path, report);
}

fn pair(node: &Node<'_>, path: &str, report: &mut Report<'_>) {
    let Some(items) = node.get_ref().as_array() else {
        return wrong_type(node, path, "problem_type.pair", report);
    };
    for (index, item) in items.iter().take(2).enumerate() {
        word(Vocabulary::Role, item, &format!("{path}[{}]", index + 1), report);
    }
    let mut words = items.iter().filter_map(|item| item.get_ref().as_str());
    let same = words.next() == words.next();
    if items.len() != 2 || same {
        report.add(node.span().start, path, ProblemCode::BadPair, Vec::new());
    }
}

/// Reports a value of another type than expected.
pub(super) fn wrong_type(node: &Node<'_>, path: &str, expected: &'static str, report: &mut Report<'_>) {
    let found = match node.get_ref() {
        DeValue::String(_) => "problem_type.text",
        DeValue::Integer(_) => "problem_type.number",
        DeValue::Float(_) => "problem_type.float",
        DeValue::Boolean(_) => "problem_type.flag",
        DeValue::Datetime(_) => "problem_type.date",
        DeValue::Array(_) => "problem_type.list",
        DeValue::Table(_) => "problem_type.table",
    };
    let values = vec![("found", ProblemValue::Named(found)), ("expected", ProblemValue::Named(expected))];
    report.add(node.span().start, path, ProblemCode::WrongType, values);
}

/// Reports a list that is too long.
pub(super) fn too_long(node: &Node<'_>, path: &str, max: usize, report: &mut Report<'_>) {
    report.add(node.span().start, path, ProblemCode::ListTooLong, vec![("max", max.to_string().into())]);
}

//! What happens, one JSON object a line on standard error. Never anything about a person.

use std::io::Write as _;

use serde_json::{Map, Value};

/// Writes one line.
pub fn log(event: &str, fields: &[(&str, Value)]) {
    let mut line = Map::new();
    line.insert("at_ms".into(), crate::office::now_ms().into());
    line.insert("event".into(), event.into());
    line.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    // Whoever reads may have gone; the office goes on.
    let _ = writeln!(std::io::stderr().lock(), "{}", Value::Object(line));
}

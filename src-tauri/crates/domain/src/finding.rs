//! What a check found, graded.

use serde::{Deserialize, Serialize};

use crate::text::{Language, text};

/// How much a finding weighs. Ordered: information < warning < error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Good to know, needs nothing.
    Information,
    /// Look twice; never blocks.
    Warning,
    /// Cannot go on like this.
    Error,
}

/// One finding: its grade, a stable code and the values its text names.
///
/// The values never hold personal data beyond what the person at the desk has just typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub grade: Grade,
    /// Stable code, also the key of its text.
    pub code: &'static str,
    /// Named values for the text.
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    /// A finding without values.
    #[must_use]
    pub const fn new(grade: Grade, code: &'static str) -> Self {
        Self { grade, code, values: Vec::new() }
    }

    /// The same finding with one more named value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let values: Vec<(&str, &str)> =
            self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(language, &format!("finding.{}", self.code), &values)
    }
}

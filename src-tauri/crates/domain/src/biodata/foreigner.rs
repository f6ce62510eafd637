//! What only a foreigner has.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::iso_date;
use crate::redact::redacted;

/// The papers of a foreigner, as form F-1.01 asks for them.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForeignerPapers {
    /// Country of the nationality.
    pub country: String,
    /// Number of the passport.
    pub passport_no: String,
    /// End of the passport.
    #[serde(with = "iso_date::option")]
    pub passport_expiry: Option<Date>,
    /// Number of the permanent stay permit (ITAP).
    pub itap_no: String,
    /// Where the permit was issued.
    pub itap_issue_place: String,
    /// When the permit was issued.
    #[serde(with = "iso_date::option")]
    pub itap_issue_date: Option<Date>,
    /// End of the permit.
    #[serde(with = "iso_date::option")]
    pub itap_expiry: Option<Date>,
    /// The sponsor.
    pub sponsor: String,
}

redacted!(ForeignerPapers);

/// How long a card is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidUntil {
    /// SEUMUR HIDUP.
    Lifelong,
    /// The end of the permanent stay permit.
    Until(#[serde(with = "iso_date")] Date),
}

impl ValidUntil {
    /// As the card shows it.
    #[must_use]
    pub fn printed(self) -> String {
        match self {
            Self::Lifelong => "SEUMUR HIDUP".to_owned(),
            Self::Until(date) => iso_date::paper(date),
        }
    }
}

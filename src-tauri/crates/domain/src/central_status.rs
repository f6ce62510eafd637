//! Statuses the centre reports for a packet (`domain.md` §4.7). A status we do not know is kept as it is.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::label;

crate::word::words! {
    /// A known central status.
    pub enum KnownStatus {
        /// Exists in SIAK, not recorded.
        Unregistered => "UNREGISTERED",
        /// Not yet obliged to hold a card.
        NotYetObliged => "BELUM WAJIB",
        /// Captured, not yet sent to the data centre.
        BioCaptured => "BIO_CAPTURED",
        /// Being prepared for sending.
        Processing => "PROCESSING",
        /// Sent from the regional server.
        SentForEnrollment => "SENT_FOR_ENROLLMENT",
        /// Arrived at the centre.
        ReceivedAtCentral => "RECEIVED_AT_CENTRAL",
        /// Unreadable or incomplete at the regency.
        EnrollFailureAtRegional => "ENROLL_FAILURE_AT_REGIONAL",
        /// Unreadable or incomplete at the centre.
        EnrollFailureAtCentral => "ENROLL_FAILURE_AT_CENTRAL",
        /// The centre could not search.
        SearchFailureAtCentral => "SEARCH_FAILURE_AT_CENTRAL",
        /// Needs validation.
        RequestValidation => "REQUEST_VALIDATION",
        /// Similar to another record, an expert decides.
        AdjudicateRecord => "ADJUDICATE_RECORD",
        /// The same person was recorded before.
        DuplicateRecord => "DUPLICATE_RECORD",
        /// Unique, ready to print.
        PrintReadyRecord => "PRINT_READY_RECORD",
        /// Sent to printing.
        SentForCardPrinting => "SENT_FOR_CARD_PRINTING",
        /// Printed.
        CardPrinted => "CARD_PRINTED",
        /// Shipped.
        CardShipped => "CARD_SHIPPED",
        /// Given to its holder.
        CardIssued => "CARD_ISSUED",
    }
}

/// Abbreviations and other spellings seen in lists.
const ALIASES: &[(&str, KnownStatus)] = &[
    ("BELUM REKAM", KnownStatus::Unregistered),
    ("BELUM PEREKAMAN", KnownStatus::Unregistered),
    ("NOT YET OBLIGED", KnownStatus::NotYetObliged),
    ("BELUM WAJIB KTP", KnownStatus::NotYetObliged),
    ("BC", KnownStatus::BioCaptured),
    ("PRO", KnownStatus::Processing),
    ("SFE", KnownStatus::SentForEnrollment),
    ("EFAR", KnownStatus::EnrollFailureAtRegional),
    ("EFAC", KnownStatus::EnrollFailureAtCentral),
    ("SFAC", KnownStatus::SearchFailureAtCentral),
    ("ADJUDICATE", KnownStatus::AdjudicateRecord),
    ("DUPLICATE", KnownStatus::DuplicateRecord),
    ("DUP", KnownStatus::DuplicateRecord),
    ("PRINT READY", KnownStatus::PrintReadyRecord),
    ("PRR", KnownStatus::PrintReadyRecord),
];

impl KnownStatus {
    /// Reads the status or its abbreviation; case, spaces and underscores do not matter.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        label::read(text, Self::ALL, Self::word, ALIASES)
    }

    const fn progress(self) -> Progress {
        match self {
            Self::Unregistered | Self::NotYetObliged => Progress::NotRecorded,
            Self::BioCaptured
            | Self::Processing
            | Self::SentForEnrollment
            | Self::ReceivedAtCentral
            | Self::SearchFailureAtCentral
            | Self::RequestValidation => Progress::UnderWay,
            Self::EnrollFailureAtRegional | Self::EnrollFailureAtCentral | Self::AdjudicateRecord => {
                Progress::Failed
            }
            Self::DuplicateRecord => Progress::Duplicate,
            Self::PrintReadyRecord
            | Self::SentForCardPrinting
            | Self::CardPrinted
            | Self::CardShipped
            | Self::CardIssued => Progress::Done,
        }
    }
}

/// How far the recording of a person has come, in what matters at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Not recorded.
    NotRecorded,
    /// Recorded, the centre has not finished.
    UnderWay,
    /// The centre could not use the recording; a new one needs an order.
    Failed,
    /// The same person was recorded before.
    Duplicate,
    /// Recorded and unique.
    Done,
    /// A status we do not know.
    NotUnderstood,
}

/// What the centre says; a status we do not know is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CentralStatus {
    /// One of the known statuses.
    Known(KnownStatus),
    /// Any other text, unchanged.
    Other(String),
}

impl CentralStatus {
    /// Reads a status; never fails.
    #[must_use]
    pub fn read(text: &str) -> Self {
        KnownStatus::read(text).map_or_else(|| Self::Other(text.to_owned()), Self::Known)
    }

    /// The known spelling, or the text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(known) => known.word(),
            Self::Other(text) => text,
        }
    }

    /// How far the recording has come.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        match self {
            Self::Known(known) => known.progress(),
            Self::Other(_) => Progress::NotUnderstood,
        }
    }

    /// Whether a card may be printed.
    #[must_use]
    pub const fn allows_print(&self) -> bool {
        matches!(self, Self::Known(KnownStatus::PrintReadyRecord))
    }

    /// Whether somebody must act before the case can go on.
    #[must_use]
    pub const fn blocks(&self) -> bool {
        matches!(
            self,
            Self::Known(
                KnownStatus::EnrollFailureAtRegional
                    | KnownStatus::EnrollFailureAtCentral
                    | KnownStatus::SearchFailureAtCentral
                    | KnownStatus::RequestValidation
                    | KnownStatus::AdjudicateRecord
                    | KnownStatus::DuplicateRecord
            )
        )
    }

    /// Whether nothing more will come.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Known(KnownStatus::CardIssued))
    }

    /// The key of the text that says what the status means.
    #[must_use]
    pub fn text_key(&self) -> String {
        format!("central_status.{}", self.key_word())
    }

    /// The key of the text that says what the desk does.
    #[must_use]
    pub fn action_key(&self) -> String {
        format!("central_status_action.{}", self.key_word())
    }

    const fn key_word(&self) -> &'static str {
        match self {
            Self::Known(known) => known.word(),
            Self::Other(_) => "other",
        }
    }
}

impl fmt::Display for CentralStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for CentralStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CentralStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(Self::read(&text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_statuses_and_abbreviations() {
        let read = |text| CentralStatus::read(text);
        assert_eq!(read(" prr "), CentralStatus::Known(KnownStatus::PrintReadyRecord));
        assert_eq!(read("Print Ready Record"), CentralStatus::Known(KnownStatus::PrintReadyRecord));
        assert_eq!(read("SFE"), CentralStatus::Known(KnownStatus::SentForEnrollment));
        assert_eq!(read("belum rekam"), CentralStatus::Known(KnownStatus::Unregistered));
        assert_eq!(read("CARD SHIPPED"), CentralStatus::Known(KnownStatus::CardShipped));
        assert_eq!(read("EFAC"), CentralStatus::Known(KnownStatus::EnrollFailureAtCentral));
        assert_eq!(read("PRO"), CentralStatus::Known(KnownStatus::Processing));
        assert_eq!(read("DUP"), CentralStatus::Known(KnownStatus::DuplicateRecord));
        assert_eq!(read("Status  Baru"), CentralStatus::Other("Status  Baru".to_owned()));
        for known in KnownStatus::ALL {
            assert_eq!(read(known.word()), CentralStatus::Known(*known));
        }
    }

    #[test]
    fn prints_only_what_is_unique() {
        for known in KnownStatus::ALL {
            let status = CentralStatus::Known(*known);
            assert_eq!(status.allows_print(), *known == KnownStatus::PrintReadyRecord);
            assert!(!(status.blocks() && status.allows_print()));
        }
        let other = CentralStatus::Other("X".to_owned());
        assert!(!other.allows_print() && !other.blocks() && !other.is_final());
        assert!(CentralStatus::Known(KnownStatus::CardIssued).is_final());
        let blocking = KnownStatus::ALL.iter().filter(|known| CentralStatus::Known(**known).blocks()).count();
        assert_eq!(blocking, 6);
    }

    proptest! {
        #[test]
        fn keeps_every_text_through_a_file(text in any::<String>()) {
            let status = CentralStatus::read(&text);
            let json = serde_json::to_string(&status).unwrap();
            prop_assert_eq!(serde_json::from_str::<CentralStatus>(&json).unwrap(), status);
        }
    }
}

//! Who may be recorded, and what a person does next (`domain.md` §4.5).

mod age;
mod decide;
mod reason;
mod rules;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::biodata::{MaritalStatus, Nationality};
use crate::central_status::CentralStatus;
use crate::document::Document;
use crate::nik::{NikCheck, NikReading};
use crate::purpose::Purpose;
use crate::redact::redacted;

pub use crate::effect::RedirectTarget;
pub use crate::profile::AgeBasis;
pub use age::{CARD_AGE_YEARS, age_on, birthday, check_card_age};
pub use decide::decide;
pub use reason::{MissingDocuments, NextAction, NextCode, Reason, ReasonCode};
pub use rules::{DocumentGroup, EligibilityRules};

crate::word::words! {
    /// What the NIK of the person is worth.
    pub enum NikStanding {
        /// Read without an error, or the error was overridden by a supervisor.
        Sound => "sound",
        /// There is none.
        Missing => "missing",
        /// A temporary number, which counts as none.
        Temporary => "temporary",
        /// Read with an error that nobody has overridden.
        Faulty => "faulty",
    }
}

impl NikStanding {
    /// What a checked NIK is worth, before any supervisor has overridden an error.
    #[must_use]
    pub fn of(check: &NikCheck) -> Self {
        match check.reading {
            NikReading::Temporary => Self::Temporary,
            NikReading::Valid(_) if !check.has_error() => Self::Sound,
            NikReading::Valid(_) | NikReading::Unreadable => Self::Faulty,
        }
    }
}

crate::word::words! {
    /// Where the person is.
    pub enum Presence {
        /// At the desk.
        AtDesk => "at_desk",
        /// The station has come to a home or institution.
        Visited => "visited",
        /// Cannot come: bed-ridden, very old, in prison, mental disorder.
        CannotCome => "cannot_come",
    }
}

crate::word::words! {
    /// The permit a foreigner stays on.
    pub enum StayPermit {
        /// ITAP, shown by a KITAP.
        Permanent => "itap",
        /// ITAS, shown by a KITAS.
        Limited => "itas",
        /// Anything else, or nothing.
        None => "none",
    }
}

/// What is known when the question is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct EligibilityQuestion {
    /// What the person comes for.
    pub service: Purpose,
    /// The date the age is judged on.
    pub service_date: Date,
    /// Where the person is.
    pub presence: Presence,
    /// What the NIK is worth.
    pub nik: NikStanding,
    /// Birth date in SIAK or the roster.
    pub birth_date: Option<Date>,
    /// Birth date on the birth certificate.
    pub certificate_date: Option<Date>,
    /// Marital status.
    pub marital_status: Option<MaritalStatus>,
    /// Nationality; unknown counts as Indonesian.
    pub nationality: Option<Nationality>,
    /// Permit of a foreigner.
    pub permit: StayPermit,
    /// End of the permit.
    pub permit_end: Option<Date>,
    /// Whether the person says that the data shown are wrong.
    pub data_wrong: bool,
    /// Whether the person lives in the area of this office.
    pub lives_here: bool,
    /// Whether the person was recorded before, here or anywhere, by own word, by the roster or by our own books.
    pub was_recorded: bool,
    /// What the centre or the roster says; `None` while nobody knows.
    pub central: Option<CentralStatus>,
    /// What the person has brought.
    pub documents: Vec<Document>,
}

redacted!(EligibilityQuestion);

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// May be recorded now.
    RecordNow,
    /// May be recorded now; the card is printed only from the 17th birthday.
    RecordEarly,
    /// No recording; the card is issued at this office.
    IssueHere,
    /// Goes elsewhere first.
    Redirected(RedirectTarget),
    /// Not entitled.
    Rejected,
    /// Not now; the next action says what must happen first.
    Wait,
}

impl Verdict {
    /// The key of its text.
    #[must_use]
    pub fn text_key(self) -> String {
        match self {
            Self::RecordNow => "verdict.record_now".to_owned(),
            Self::RecordEarly => "verdict.record_early".to_owned(),
            Self::IssueHere => "verdict.issue_here".to_owned(),
            Self::Redirected(target) => format!("verdict.redirected.{}", target.word()),
            Self::Rejected => "verdict.rejected".to_owned(),
            Self::Wait => "verdict.wait".to_owned(),
        }
    }

    /// Whether a recording may begin.
    #[must_use]
    pub const fn may_record(self) -> bool {
        matches!(self, Self::RecordNow | Self::RecordEarly)
    }
}

/// The answer: a verdict, why, what next, and which papers are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EligibilityDecision {
    /// The verdict.
    pub verdict: Verdict,
    /// Why. The first blocking reason decided; the others save the person a second trip.
    pub reasons: Vec<Reason>,
    /// What the person does next.
    pub next: NextAction,
    /// Documents still missing.
    pub missing: Vec<MissingDocuments>,
}

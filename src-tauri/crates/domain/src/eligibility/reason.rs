//! Why, and what next.

use std::fmt;

use crate::document::Document;
use crate::finding::Grade;
use crate::text::{Language, text};

crate::word::words! {
    /// Why a decision came out as it did.
    pub enum ReasonCode {
        /// 17 or older.
        OldEnough => "old_enough",
        /// Under 17, is or was married.
        EverMarried => "ever_married",
        /// Under 17, the profile allows early recording.
        EarlyAge => "early_age",
        /// Too young.
        UnderAge => "under_age",
        /// The card is printed only from the 17th birthday.
        CardOnlyAt17 => "card_only_at_17",
        /// No birth date is known.
        BirthDateMissing => "birth_date_missing",
        /// The certificate should tell the age and is not there.
        AgeFromBiodata => "age_from_biodata",
        /// Birth certificate and biodata have different dates.
        BirthDatesDiffer => "birth_dates_differ",
        /// No NIK.
        NoNik => "no_nik",
        /// A temporary number only.
        TemporaryNik => "temporary_nik",
        /// The NIK has an error.
        NikFaulty => "nik_faulty",
        /// The person says that the data are wrong.
        DataWrong => "data_wrong",
        /// Foreigner with a permanent stay permit.
        ItapHolder => "itap_holder",
        /// Limited stay permit only.
        ItasOnly => "itas_only",
        /// No stay permit.
        NoPermit => "no_permit",
        /// The permanent permit has ended.
        ItapEnded => "itap_ended",
        /// The permanent permit ends soon.
        ItapEndsSoon => "itap_ends_soon",
        /// The end of the permanent permit is not known.
        ItapEndUnknown => "itap_end_unknown",
        /// A foreigner, and this office serves citizens only.
        NationalsOnly => "nationals_only",
        /// Two nationalities.
        DualNationality => "dual_nationality",
        /// Recorded before, here or anywhere.
        AlreadyRecorded => "already_recorded",
        /// The earlier recording is on its way through the centre.
        RecordingInProcess => "recording_in_process",
        /// The centre rejected the earlier recording; a new one needs an order.
        RerecordNeedsOrder => "rerecord_needs_order",
        /// The centre found the same person twice.
        DuplicateRecord => "duplicate_record",
        /// Nobody can say now whether the person was recorded.
        StatusUnknown => "status_unknown",
        /// The centre answered with a status we do not know.
        StatusNotUnderstood => "status_not_understood",
        /// Comes for a card and was never recorded.
        RecordFirst => "record_first",
        /// This office does not record.
        RecordingElsewhere => "recording_elsewhere",
        /// Moved in, needs no new recording.
        MovedNoRecording => "moved_no_recording",
        /// Lives elsewhere, data stay the same.
        OutOfDomicile => "out_of_domicile",
        /// Lives elsewhere and wants data changed.
        OutOfDomicileChange => "out_of_domicile_change",
        /// Cannot come to the desk.
        VisitNeeded => "visit_needed",
        /// Is being visited.
        Visited => "visited",
        /// Documents of the rule are missing.
        DocumentsMissing => "documents_missing",
        /// Documents only this office asks for are missing.
        LocalDocumentsMissing => "local_documents_missing",
    }
}

impl ReasonCode {
    /// How much it weighs.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::OldEnough
            | Self::EverMarried
            | Self::EarlyAge
            | Self::ItapHolder
            | Self::AlreadyRecorded
            | Self::RecordFirst
            | Self::MovedNoRecording
            | Self::OutOfDomicile
            | Self::Visited => Grade::Information,
            Self::AgeFromBiodata | Self::ItapEndsSoon | Self::ItapEndUnknown | Self::StatusUnknown => {
                Grade::Warning
            }
            Self::UnderAge
            | Self::CardOnlyAt17
            | Self::BirthDateMissing
            | Self::BirthDatesDiffer
            | Self::NoNik
            | Self::TemporaryNik
            | Self::NikFaulty
            | Self::DataWrong
            | Self::ItasOnly
            | Self::NoPermit
            | Self::ItapEnded
            | Self::NationalsOnly
            | Self::DualNationality
            | Self::RecordingInProcess
            | Self::RerecordNeedsOrder
            | Self::DuplicateRecord
            | Self::StatusNotUnderstood
            | Self::RecordingElsewhere
            | Self::OutOfDomicileChange
            | Self::VisitNeeded
            | Self::DocumentsMissing
            | Self::LocalDocumentsMissing => Grade::Error,
        }
    }

    /// The rule it stands on, as an officer would cite it.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::OldEnough | Self::EverMarried | Self::UnderAge | Self::CardOnlyAt17 => {
                "UU 24/2013 Pasal 63 ayat (1), Perpres 96/2018 Pasal 15"
            }
            Self::OutOfDomicile | Self::OutOfDomicileChange => "Perpres 96/2018 Pasal 22",
            Self::ItapHolder
            | Self::ItasOnly
            | Self::NoPermit
            | Self::ItapEnded
            | Self::ItapEndsSoon
            | Self::ItapEndUnknown
            | Self::MovedNoRecording
            | Self::DocumentsMissing => "Perpres 96/2018",
            Self::EarlyAge
            | Self::NoNik
            | Self::TemporaryNik
            | Self::NikFaulty
            | Self::BirthDateMissing
            | Self::AgeFromBiodata
            | Self::BirthDatesDiffer
            | Self::DataWrong
            | Self::RecordFirst
            | Self::NationalsOnly
            | Self::RecordingElsewhere
            | Self::LocalDocumentsMissing => "SOP kantor",
            Self::DualNationality
            | Self::AlreadyRecorded
            | Self::RecordingInProcess
            | Self::RerecordNeedsOrder
            | Self::DuplicateRecord
            | Self::StatusUnknown
            | Self::StatusNotUnderstood => "Aturan penunggalan Ditjen Dukcapil",
            Self::VisitNeeded | Self::Visited => "Pelayanan jemput bola",
        }
    }

    /// Whether it is a rule of this office and not of the country.
    #[must_use]
    pub const fn is_local(self) -> bool {
        matches!(self, Self::LocalDocumentsMissing | Self::NationalsOnly)
    }

    pub(super) const fn reason(self) -> Reason {
        Reason { code: self, values: Vec::new() }
    }
}

/// One reason with the values its text names.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    /// The code.
    pub code: ReasonCode,
    /// Named values for the text.
    pub values: Vec<(&'static str, String)>,
}

impl fmt::Debug for Reason {
    /// The values may tell a birthday: only the code is shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Reason({})", self.code.word())
    }
}

impl Reason {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        render(language, "reason", self.code.word(), &self.values)
    }
}

crate::word::words! {
    /// What the person or the officer does next.
    pub enum NextCode {
        /// Begin the recording.
        Record => "record",
        /// Begin the recording, tell the date of the card.
        RecordEarly => "record_early",
        /// Go on to issuance at this office.
        IssueHere => "issue_here",
        /// Go to the office that issues.
        IssueElsewhere => "issue_elsewhere",
        /// Fill in the form for people without NIK.
        FillForm => "fill_form",
        /// Have the family card corrected.
        FixKk => "fix_kk",
        /// Come back with the missing documents.
        BringDocuments => "bring_documents",
        /// Come back from a date on.
        ComeBackOn => "come_back_on",
        /// Call the supervisor with the SIAK print-out.
        CallSupervisor => "call_supervisor",
        /// Ask Disdukcapil.
        AskAgency => "ask_agency",
        /// Wait for the answer of the centre.
        AwaitCentre => "await_centre",
        /// Arrange a visit.
        ArrangeVisit => "arrange_visit",
        /// Go to the immigration office first.
        Immigration => "immigration",
        /// Go to the office of the domicile.
        HomeOffice => "home_office",
        /// Go to an office that records.
        RecordingOffice => "recording_office",
    }
}

/// The next action with the values its text names.
#[derive(Clone, PartialEq, Eq)]
pub struct NextAction {
    /// The code.
    pub code: NextCode,
    /// Named values for the text.
    pub values: Vec<(&'static str, String)>,
}

impl fmt::Debug for NextAction {
    /// The values may tell a birthday: only the code is shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NextAction({})", self.code.word())
    }
}

impl NextAction {
    pub(super) const fn new(code: NextCode) -> Self {
        Self { code, values: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        render(language, "next", self.code.word(), &self.values)
    }
}

fn render(language: Language, family: &str, word: &str, values: &[(&'static str, String)]) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    text(language, &format!("{family}.{word}"), &values)
}

/// A group of documents of which none was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingDocuments {
    /// Any of these will do.
    pub any_of: Vec<Document>,
    /// Asked for by this office only.
    pub is_local: bool,
}

impl MissingDocuments {
    /// The names of the documents, joined by "or".
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let names: Vec<_> = self
            .any_of
            .iter()
            .map(|document| text(language, &format!("document.{}", document.word()), &[]))
            .collect();
        names.join(match language {
            Language::Indonesian => " atau ",
            Language::English => " or ",
        })
    }
}

//! What differs from office to office; the profile fills it.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::profile::{AgeBasis, Profile};
use crate::purpose::Purpose;

/// Below this age nobody is recorded early, whatever a profile says (`domain.md` §4.5).
const PRE_ENROLL_AGE_FLOOR: i16 = 16;

/// One group of documents: any of them will do.
pub type DocumentGroup = Vec<Document>;

/// The rules of one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EligibilityRules {
    /// From this age a person is recorded.
    pub min_age: i16,
    /// From this age a person is recorded early; `None` switches early recording off.
    pub pre_enroll_min_age: Option<i16>,
    /// Whether a widowed or divorced person under 17 counts like a married one.
    pub ever_married: bool,
    /// Whether only citizens are served.
    pub nationals_only: bool,
    /// Which date tells the age.
    pub age_basis: AgeBasis,
    /// Code of the form for a person without NIK, as this office numbers it.
    pub no_nik_form: String,
    /// Whether this office records at all.
    pub records_here: bool,
    /// Whether this office issues cards.
    pub issues_here: bool,
    /// Documents for each service.
    pub documents: BTreeMap<Purpose, Vec<DocumentGroup>>,
    /// Documents of a foreigner, in place of those for a first card and on top of those for any other service.
    pub foreigner_documents: Vec<DocumentGroup>,
    /// Proof of marriage under 17.
    pub married_under_age: Vec<DocumentGroup>,
    /// Documents this office asks for although no national rule does.
    pub local_extra: Vec<Document>,
}

impl Default for EligibilityRules {
    /// The national rule.
    fn default() -> Self {
        use Document::{
            FormF102, Kitap, Kk, KkCopy, MarriageBook, MarriageCertificate, MovingLetter, OldCard,
            PoliceLossLetter, SupportingDocument, TravelDocument,
        };
        let groups = |documents: &[Document]| documents.iter().map(|document| vec![*document]).collect();
        Self {
            min_age: super::CARD_AGE_YEARS,
            pre_enroll_min_age: None,
            ever_married: true,
            nationals_only: false,
            age_basis: AgeBasis::Biodata,
            no_nik_form: "F-1.01".to_owned(),
            records_here: true,
            issues_here: false,
            documents: BTreeMap::from([
                (Purpose::New, groups(&[FormF102, Kk])),
                (Purpose::Lost, groups(&[FormF102, KkCopy, PoliceLossLetter])),
                (Purpose::Damaged, groups(&[FormF102, KkCopy, OldCard])),
                (Purpose::WrongData, groups(&[FormF102, KkCopy, OldCard, SupportingDocument])),
                (Purpose::MovedIn, groups(&[FormF102, Kk, MovingLetter])),
                (Purpose::OutOfDomicile, groups(&[FormF102, Kk])),
            ]),
            foreigner_documents: groups(&[FormF102, Kk, TravelDocument, Kitap]),
            married_under_age: vec![vec![MarriageBook, MarriageCertificate]],
            local_extra: Vec::new(),
        }
    }
}

impl EligibilityRules {
    /// The rules of the office this profile is for.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let eligibility = &profile.eligibility;
        let age = |years: u32| i16::try_from(years).unwrap_or(i16::MAX);
        Self {
            min_age: age(eligibility.min_age),
            pre_enroll_min_age: eligibility.pre_enroll_min_age.map(age),
            ever_married: eligibility.ever_married,
            nationals_only: eligibility.nationals_only,
            age_basis: eligibility.age_basis,
            no_nik_form: eligibility.no_nik_form.clone(),
            records_here: profile.uses_recording(),
            issues_here: profile.uses_card(),
            documents: Purpose::ALL
                .iter()
                .map(|purpose| (*purpose, profile.documents(*purpose).into_owned()))
                .collect(),
            foreigner_documents: profile.documents.foreigner.clone(),
            married_under_age: profile.documents.if_married_under_age.clone(),
            local_extra: profile.documents.local_extra.clone(),
        }
    }

    /// The age from which early recording is allowed, with the floor that no profile lowers.
    ///
    /// A `min_age` under 17 can only mean early recording too, because the card waits for 17 in any case.
    #[must_use]
    pub fn early_age(&self) -> Option<i16> {
        self.pre_enroll_min_age
            .or_else(|| (self.min_age < super::CARD_AGE_YEARS).then_some(self.min_age))
            .map(|age| age.max(PRE_ENROLL_AGE_FLOOR))
    }
}

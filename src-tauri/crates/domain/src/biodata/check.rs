//! The check of a person's data as a whole.

use jiff::civil::Date;

use super::name::is_unprintable;
use super::{Biodata, ForeignerPapers, Nationality, PersonalField, ValidUntil, check_name};
use crate::eligibility::age_on;
use crate::family_card::check_kk;
use crate::finding::{Finding, Grade};
use crate::nik::{BatchCode, NumberContext, check_nik};
use crate::text::{Language, text};

/// Nobody is known to have grown older; a higher age is a typing error.
const AGE_YEARS_MAX: i16 = 120;
/// A foreigner must report before the permit ends (`domain.md` §4.5).
pub(crate) const ITAP_REPORT_DAYS: i32 = 30;

crate::word::words! {
    /// What a check of the data as a whole can find.
    pub enum BiodataCode {
        /// A field without which nobody can be recorded is empty.
        Missing => "biodata_missing",
        /// A field that the card shows is empty.
        Blank => "biodata_blank",
        /// A field holds characters that cannot be printed.
        Unprintable => "biodata_unprintable",
        /// Older than anyone alive.
        TooOld => "biodata_too_old",
        /// The printed status does not belong to the finer one.
        MaritalStatusDiffers => "biodata_marital_status_differs",
        /// The person has the NIK of a parent.
        NikOfParent => "biodata_nik_of_parent",
        /// Two nationalities.
        DualNationality => "biodata_dual_nationality",
        /// A foreigner without papers, or papers without a foreigner.
        ForeignerPapersDiffer => "biodata_foreigner_papers_differ",
        /// The permit ended.
        ItapEnded => "biodata_itap_ended",
        /// The permit ends soon.
        ItapEndsSoon => "biodata_itap_ends_soon",
        /// The permit ends before it begins.
        ItapDatesSwapped => "biodata_itap_dates_swapped",
        /// The passport ended.
        PassportEnded => "biodata_passport_ended",
        /// The validity of the card does not fit the nationality or the permit.
        ValidUntilDiffers => "biodata_valid_until_differs",
    }
}

impl BiodataCode {
    /// How much it weighs.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::Missing | Self::Unprintable | Self::NikOfParent | Self::ItapEnded => Grade::Error,
            Self::Blank
            | Self::TooOld
            | Self::MaritalStatusDiffers
            | Self::DualNationality
            | Self::ForeignerPapersDiffer
            | Self::ItapEndsSoon
            | Self::ItapDatesSwapped
            | Self::PassportEnded
            | Self::ValidUntilDiffers => Grade::Warning,
        }
    }

    const fn finding(self) -> Finding {
        Finding::new(self.grade(), self.word())
    }

    /// Names the field by its Indonesian label, which is what the papers on the desk say.
    fn about(self, field: PersonalField) -> Finding {
        self.finding().with("field", label(field))
    }
}

fn label(field: PersonalField) -> String {
    text(Language::Indonesian, &field.text_key(), &[])
}

impl Biodata {
    /// Everything there is to say about these data, the NIK and the family card number included.
    #[must_use]
    pub fn check(&self, context: &NumberContext<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.check_numbers(context, &mut findings);
        self.check_presence(&mut findings);
        self.check_names(&mut findings);
        self.check_texts(&mut findings);
        self.check_dates(context.today, &mut findings);
        if self.marital_form.zip(self.marital_status).is_some_and(|(form, status)| form.status() != status) {
            findings.push(BiodataCode::MaritalStatusDiffers.finding());
        }
        self.check_nationality(context.today, &mut findings);
        findings
    }

    fn check_numbers(&self, context: &NumberContext<'_>, findings: &mut Vec<Finding>) {
        if let Some(nik) = &self.nik {
            // A birth date in the future is its own finding and decides no century.
            let born = self.birth_date.filter(|born| *born <= context.today);
            findings.extend(check_nik(nik, born, self.sex, context).findings);
            if self.mother_nik == Some(*nik) || self.father_nik == Some(*nik) {
                findings.push(BiodataCode::NikOfParent.finding());
            }
        }
        if let Some(number) = &self.kk_number {
            findings.extend(check_kk(number, context).findings);
        }
    }

    fn check_presence(&self, findings: &mut Vec<Finding>) {
        let needed = [
            (self.nik.is_none(), PersonalField::Nik),
            (self.kk_number.is_none(), PersonalField::KkNumber),
            (self.birth_date.is_none(), PersonalField::BirthDate),
            (self.sex.is_none(), PersonalField::Sex),
        ];
        let shown = [
            (self.birth_place.trim().is_empty(), PersonalField::BirthPlace),
            (self.address.trim().is_empty(), PersonalField::Address),
            (self.religion.is_none(), PersonalField::Religion),
            (self.marital_status().is_none(), PersonalField::MaritalStatus),
            (self.occupation.is_none(), PersonalField::Occupation),
            (self.nationality.is_none(), PersonalField::Nationality),
        ];
        let about = |code: BiodataCode| move |(_, field)| code.about(field);
        findings.extend(needed.into_iter().filter(|(absent, _)| *absent).map(about(BiodataCode::Missing)));
        findings.extend(shown.into_iter().filter(|(absent, _)| *absent).map(about(BiodataCode::Blank)));
    }

    fn check_names(&self, findings: &mut Vec<Finding>) {
        findings.extend(check_name(&self.full_name, &label(PersonalField::FullName)));
        // The rule is not retroactive, and parents had their names long before it: only errors count.
        let parents =
            [(&self.mother_name, PersonalField::MotherName), (&self.father_name, PersonalField::FatherName)];
        for (name, field) in parents {
            if !name.trim().is_empty() {
                let errors = check_name(name, &label(field)).into_iter();
                findings.extend(errors.filter(|finding| finding.grade == Grade::Error));
            }
        }
    }

    fn check_texts(&self, findings: &mut Vec<Finding>) {
        let texts = [
            (&self.birth_place, PersonalField::BirthPlace),
            (&self.address, PersonalField::Address),
            (&self.village, PersonalField::Village),
            (&self.district, PersonalField::District),
            (&self.regency, PersonalField::Regency),
            (&self.province, PersonalField::Province),
            (&self.birth_certificate_no, PersonalField::BirthCertificateNo),
        ];
        let bad = texts.into_iter().filter(|(text, _)| text.chars().any(is_unprintable));
        findings.extend(bad.map(|(_, field)| BiodataCode::Unprintable.about(field)));
    }

    fn check_dates(&self, today: Date, findings: &mut Vec<Finding>) {
        match self.birth_date {
            Some(born) if born > today => findings.push(BatchCode::BornInFuture.finding()),
            Some(born) if age_on(born, today) > AGE_YEARS_MAX => findings.push(BiodataCode::TooOld.finding()),
            Some(_) | None => {}
        }
    }

    fn check_nationality(&self, today: Date, findings: &mut Vec<Finding>) {
        let mut found = |code: BiodataCode| findings.push(code.finding());
        let is_foreign = self.nationality == Some(Nationality::Foreign);
        match (&self.foreigner, self.nationality) {
            (Some(_), Some(Nationality::Indonesian)) | (None, Some(Nationality::Foreign)) => {
                found(BiodataCode::ForeignerPapersDiffer);
            }
            (_, Some(Nationality::Dual)) => found(BiodataCode::DualNationality),
            (Some(papers), _) => papers.check(today, findings),
            (None, _) => {}
        }
        let permit_end = self.foreigner.as_ref().and_then(|papers| papers.itap_expiry);
        let differs = match self.valid_until {
            Some(ValidUntil::Lifelong) => is_foreign,
            Some(ValidUntil::Until(end)) => !is_foreign || permit_end.is_some_and(|permit| permit != end),
            None => false,
        };
        if differs && self.nationality.is_some() {
            findings.push(BiodataCode::ValidUntilDiffers.finding());
        }
    }
}

impl ForeignerPapers {
    fn check(&self, today: Date, findings: &mut Vec<Finding>) {
        let texts = [
            (&self.country, PersonalField::Country),
            (&self.passport_no, PersonalField::PassportNo),
            (&self.itap_no, PersonalField::ItapNo),
        ];
        for (text, field) in texts {
            if text.trim().is_empty() {
                findings.push(BiodataCode::Blank.about(field));
            } else if text.chars().any(is_unprintable) {
                findings.push(BiodataCode::Unprintable.about(field));
            }
        }
        match self.itap_expiry {
            None => findings.push(BiodataCode::Blank.about(PersonalField::ItapExpiry)),
            Some(end) if end < today => findings.push(BiodataCode::ItapEnded.finding()),
            Some(end) if days_between(today, end) < ITAP_REPORT_DAYS => {
                findings.push(BiodataCode::ItapEndsSoon.finding());
            }
            Some(_) => {}
        }
        if self.itap_issue_date.zip(self.itap_expiry).is_some_and(|(issue, end)| end < issue) {
            findings.push(BiodataCode::ItapDatesSwapped.finding());
        }
        if self.passport_expiry.is_some_and(|end| end < today) {
            findings.push(BiodataCode::PassportEnded.finding());
        }
    }
}

/// Days from one date to another.
pub(crate) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

//! The row of a person.

use std::borrow::Cow;

use super::cell::{clean, digits, read_date};
use super::columns::Columns;
use super::family::{Family, PageHead};
use super::{CardHeld, Obligation, ReadEntry, RefusedRow, RosterCode, RosterEntry, RosterField, Row};
use crate::biodata::{
    Biodata, BiodataCode, BloodType, Education, FamilyRelation, MaritalForm, MaritalStatus, Occupation,
    Religion, Sex,
};
use crate::finding::{Finding, Grade};
use crate::nik::{BatchCode, Nik, NikReading, NumberContext, check_nik_text};

/// What the row of a person is read with.
pub(super) struct MemberReader<'a, 't> {
    pub(super) columns: &'a Columns,
    pub(super) family: &'a Family,
    pub(super) page: &'a PageHead,
    pub(super) context: &'a NumberContext<'t>,
    pub(super) labels: &'a Labels,
}

/// Labels of the fields, looked up once: the checks name fields by them.
pub(super) struct Labels(Vec<(String, RosterField)>);

impl Labels {
    pub(super) fn new() -> Self {
        let label = |field: &RosterField| (field.label(crate::text::Language::Indonesian), *field);
        Self(RosterField::ALL.iter().map(label).collect())
    }

    /// The field a finding is about.
    fn field(&self, finding: &Finding) -> Option<RosterField> {
        match finding.values.iter().find(|(name, _)| *name == "field") {
            Some((_, label)) => self.0.iter().find(|(known, _)| known == label).map(|(_, field)| *field),
            None => super::refused::column(finding.code),
        }
    }
}

/// Reads one row, keeping what there is to say about it.
struct Reading<'m, 'a, 't, 'r> {
    by: &'m MemberReader<'a, 't>,
    row: &'r Row,
    nik: Option<Nik>,
    findings: Vec<Finding>,
    /// Fields that hold something we do not know; they need not be called blank as well.
    unknown: Vec<RosterField>,
}

impl MemberReader<'_, '_> {
    /// Reads the row. The recording status is left to whoever sees the rows below.
    pub(super) fn read(&self, row: &Row) -> Result<ReadEntry, RefusedRow> {
        Reading { by: self, row, nik: None, findings: Vec::new(), unknown: Vec::new() }.entry()
    }
}

impl<'r> Reading<'_, '_, '_, 'r> {
    fn entry(mut self) -> Result<ReadEntry, RefusedRow> {
        let nik = self.nik()?;
        self.nik = match nik {
            NikReading::Valid(nik) => Some(nik),
            NikReading::Temporary | NikReading::Unreadable => None,
        };
        let has_temporary_nik = nik == NikReading::Temporary;
        if has_temporary_nik {
            self.findings.push(RosterCode::TemporaryNik.finding());
        }
        let biodata = self.biodata()?;
        let entry = RosterEntry {
            place: self.row.place,
            head_of_family: self.by.family.head.clone(),
            hamlet: self.by.family.address.hamlet.clone(),
            has_temporary_nik,
            obligation: self.value(RosterField::Obligation, Obligation::read)?,
            card_held: self.value(RosterField::CardHeld, CardHeld::read)?,
            status: self.text(RosterField::Status)?,
            recording_status: None,
            biodata,
        };
        self.judge(&entry)?;
        Ok(ReadEntry { entry, findings: self.findings })
    }

    fn refuse(&self, field: RosterField, reason: Finding) -> RefusedRow {
        RefusedRow { place: self.row.place, field: Some(field), nik: self.nik, reason }
    }

    fn cell(&self, field: RosterField) -> Result<Cow<'r, str>, RefusedRow> {
        clean(self.by.columns.cell(self.row, field)).map_err(|code| self.refuse(field, code.finding()))
    }

    /// A free text; a dash means nothing.
    fn text(&self, field: RosterField) -> Result<String, RefusedRow> {
        self.cell(field).map(|text| if text == "-" { String::new() } else { text.into_owned() })
    }

    fn nik(&self) -> Result<NikReading, RefusedRow> {
        let field = RosterField::Nik;
        let cell = self.cell(field)?;
        let digits = digits(&cell).map_err(|code| self.refuse(field, code.finding()))?;
        if digits.is_empty() || digits == "-" {
            let missing = BiodataCode::Missing;
            let label = field.label(crate::text::Language::Indonesian);
            return Err(
                self.refuse(field, Finding::new(missing.grade(), missing.word()).with("field", label))
            );
        }
        match NikReading::of(&digits) {
            NikReading::Unreadable => {
                let mut found = check_nik_text(&digits, None, None, self.by.context).findings.into_iter();
                let reason = found.next().unwrap_or_else(|| RosterCode::RowNotRecognised.finding());
                Err(self.refuse(field, reason))
            }
            reading @ (NikReading::Valid(_) | NikReading::Temporary) => Ok(reading),
        }
    }

    /// A closed value; one that is not known is left out with a warning.
    fn value<T>(
        &mut self,
        field: RosterField,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, RefusedRow> {
        let cell = self.cell(field)?;
        let value = read(&cell);
        if value.is_none() && !cell.is_empty() && cell != "-" {
            self.findings.push(RosterCode::ValueUnknown.about(field));
            self.unknown.push(field);
        }
        Ok(value)
    }

    fn biodata(&mut self) -> Result<Biodata, RefusedRow> {
        let born = self.cell(RosterField::BirthDate)?;
        let birth_date = read_date(&born);
        if birth_date.is_none() && !born.is_empty() {
            return Err(self.refuse(RosterField::BirthDate, BatchCode::BornUnreadable.finding()));
        }
        let sex = self.cell(RosterField::Sex)?;
        if !sex.is_empty() && Sex::read(&sex).is_none() {
            return Err(self.refuse(RosterField::Sex, BatchCode::SexUnreadable.finding()));
        }
        let marital_status = self.value(RosterField::MaritalStatus, MaritalStatus::read)?;
        let marital_form = MaritalForm::read(&self.cell(RosterField::MaritalStatus)?);
        let (family, page) = (self.by.family, self.by.page);
        let village = [&family.address.village, &page.village].into_iter().find(|name| !name.is_empty());
        Ok(Biodata {
            nik: self.nik,
            kk_number: Some(family.kk),
            full_name: self.text(RosterField::FullName)?,
            birth_place: self.text(RosterField::BirthPlace)?,
            birth_date,
            sex: Sex::read(&sex),
            blood_type: self.value(RosterField::BloodType, BloodType::read)?,
            address: family.address.street.clone(),
            rt: family.address.rt,
            rw: family.address.rw,
            village: village.cloned().unwrap_or_default(),
            district: page.district.clone(),
            regency: page.regency.clone(),
            province: page.province.clone(),
            religion: self.value(RosterField::Religion, Religion::read)?,
            marital_status,
            marital_form,
            occupation: self.value(RosterField::Occupation, Occupation::read)?,
            family_relation: self.value(RosterField::FamilyRelation, FamilyRelation::read)?,
            education: self.value(RosterField::Education, Education::read)?,
            mother_name: self.text(RosterField::MotherName)?,
            father_name: self.text(RosterField::FatherName)?,
            birth_certificate_no: self.text(RosterField::BirthCertificateNo)?,
            ..Biodata::default()
        })
    }

    /// The checks of the biodata: an error refuses the row, what the list cannot say is not held against it.
    fn judge(&mut self, entry: &RosterEntry) -> Result<(), RefusedRow> {
        if !self.by.family.address.is_read && !entry.biodata.address.is_empty() {
            self.findings.push(RosterCode::AddressUnread.finding());
        }
        for finding in entry.biodata.check(self.by.context) {
            let field = self.by.labels.field(&finding);
            if finding.grade == Grade::Error {
                if entry.has_temporary_nik && field == Some(RosterField::Nik) {
                    continue;
                }
                let reason = RefusedRow { place: self.row.place, field, nik: self.nik, reason: finding };
                return Err(reason);
            }
            let is_blank = finding.code == BiodataCode::Blank.word();
            if !is_blank || field.is_some_and(|field| self.could_say(field, entry)) {
                self.findings.push(finding);
            }
        }
        Ok(())
    }

    /// Whether an empty field is worth a word: the list has a column for it, and nothing unknown stands there.
    fn could_say(&self, field: RosterField, entry: &RosterEntry) -> bool {
        if field == RosterField::Address {
            // In a village without streets the village, RT and RW are the address.
            return entry.biodata.village.is_empty();
        }
        self.by.columns.has(field) && !self.unknown.contains(&field)
    }
}

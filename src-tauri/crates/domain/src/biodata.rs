//! What is known about a person (`domain.md` §4.3), as it came from SIAK.
//!
//! The station never edits these data. A difference leads the person to the correction of the family card.

mod check;
mod field;
mod foreigner;
mod name;
mod occupation;
#[cfg(test)]
mod tests;
mod value;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::family_card::KartuKeluarga;
use crate::iso_date;
use crate::nik::Nik;
use crate::redact::redacted;

pub use check::BiodataCode;
pub(crate) use check::{ITAP_REPORT_DAYS, days_between};
pub use field::{CardElement, Classification, PersonalField, ProtectionClass};
pub use foreigner::{ForeignerPapers, ValidUntil};
pub(crate) use name::is_unprintable;
pub use name::{NameCode, check_name, normal_name};
pub use occupation::Occupation;
pub use value::{
    BloodType, Disability, Education, FamilyRelation, MaritalForm, MaritalStatus, Nationality,
    NeighbourhoodNumber, Religion, Sex, read_rt_rw,
};

/// The biodata of one person. An empty text or `None` means that the source says nothing.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Biodata {
    /// NIK.
    pub nik: Option<Nik>,
    /// Number of the family card.
    pub kk_number: Option<KartuKeluarga>,
    /// Name as SIAK writes it.
    pub full_name: String,
    /// Place of birth.
    pub birth_place: String,
    /// Date of birth.
    #[serde(with = "iso_date::option")]
    pub birth_date: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Blood type.
    pub blood_type: Option<BloodType>,
    /// Street and number.
    pub address: String,
    /// Rukun tetangga.
    pub rt: Option<NeighbourhoodNumber>,
    /// Rukun warga.
    pub rw: Option<NeighbourhoodNumber>,
    /// Desa, kelurahan and their like.
    pub village: String,
    /// Kecamatan.
    pub district: String,
    /// Kabupaten or kota.
    pub regency: String,
    /// Provinsi.
    pub province: String,
    /// Religion.
    pub religion: Option<Religion>,
    /// Marital status as printed.
    pub marital_status: Option<MaritalStatus>,
    /// Marital status in the finer words of form F-1.01.
    pub marital_form: Option<MaritalForm>,
    /// Occupation.
    pub occupation: Option<Occupation>,
    /// Nationality.
    pub nationality: Option<Nationality>,
    /// How long the card is valid.
    pub valid_until: Option<ValidUntil>,
    /// Place in the family.
    pub family_relation: Option<FamilyRelation>,
    /// Education.
    pub education: Option<Education>,
    /// Disability. Protected by law.
    pub disability: Option<Disability>,
    /// Name of the mother.
    pub mother_name: String,
    /// Name of the father.
    pub father_name: String,
    /// NIK of the mother.
    pub mother_nik: Option<Nik>,
    /// NIK of the father.
    pub father_nik: Option<Nik>,
    /// Number of the birth certificate.
    pub birth_certificate_no: String,
    /// Papers of a foreigner.
    pub foreigner: Option<ForeignerPapers>,
}

redacted!(Biodata);

impl Biodata {
    /// The marital status, taken from the finer form where only that is given.
    #[must_use]
    pub fn marital_status(&self) -> Option<MaritalStatus> {
        self.marital_status.or_else(|| self.marital_form.map(MaritalForm::status))
    }
}

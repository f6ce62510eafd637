//! The fields of an entry, and the titles their columns have.

use crate::biodata::PersonalField;
use crate::label;
use crate::text::{Language, text};

crate::word::words! {
    /// A field of the list: its 19 columns, then what stands in the row of a family and in the head of a page.
    pub enum RosterField {
        /// NO.
        Number => "number",
        /// Nama Lengkap.
        FullName => "full_name",
        /// NIK.
        Nik => "nik",
        /// Tempat Lahir.
        BirthPlace => "birth_place",
        /// Tanggal Lahir.
        BirthDate => "birth_date",
        /// JK.
        Sex => "sex",
        /// Stat Kwn.
        MaritalStatus => "marital_status",
        /// Gol. Drh.
        BloodType => "blood_type",
        /// SHDK.
        FamilyRelation => "family_relation",
        /// Agama.
        Religion => "religion",
        /// Pendidikan Terakhir.
        Education => "education",
        /// No Akta Lahir.
        BirthCertificateNo => "birth_certificate_no",
        /// Pekerjaan.
        Occupation => "occupation",
        /// Nama Ibu.
        MotherName => "mother_name",
        /// Nama Ayah.
        FatherName => "father_name",
        /// Wjb KTP.
        Obligation => "obligation",
        /// KTP-eL.
        CardHeld => "card_held",
        /// Status.
        Status => "status",
        /// Stat Rkm.
        RecordingStatus => "recording_status",
        /// Number of the family card.
        KkNumber => "kk_number",
        /// Head of the family.
        HeadOfFamily => "head_of_family",
        /// Street and number.
        Address => "address",
        /// Rukun tetangga.
        Rt => "rt",
        /// Rukun warga.
        Rw => "rw",
        /// Dusun.
        Hamlet => "hamlet",
        /// Village.
        Village => "village",
        /// Kecamatan.
        District => "district",
        /// Kabupaten or kota.
        Regency => "regency",
        /// Provinsi.
        Province => "province",
    }
}

impl RosterField {
    /// Columns without which a list cannot be used.
    pub const NEEDED: [RosterField; 4] = [Self::FullName, Self::Nik, Self::BirthDate, Self::Sex];

    /// The titles a column may have; none for what is no column.
    pub(super) const fn titles(self) -> &'static [&'static str] {
        match self {
            Self::Number => &["NO", "NO URUT", "NOMOR", "NOMOR URUT"],
            Self::FullName => &["NAMA LENGKAP", "NAMA", "NAMA LGKP", "NAMA PENDUDUK"],
            Self::Nik => &["NIK", "NO NIK", "NOMOR INDUK KEPENDUDUKAN"],
            Self::BirthPlace => &["TEMPAT LAHIR", "TMPT LAHIR", "TMP LAHIR", "TMPT LHR"],
            Self::BirthDate => &["TANGGAL LAHIR", "TGL LAHIR", "TGL LHR"],
            Self::Sex => &["JK", "JENIS KELAMIN", "L/P", "JNS KELAMIN", "JENIS KLMIN"],
            Self::MaritalStatus => &[
                "STAT KWN",
                "STATUS KAWIN",
                "STATUS PERKAWINAN",
                "STAT KAWIN",
                "STATUS KWN",
                "STAT PERKAWINAN",
            ],
            Self::BloodType => &["GOL DRH", "GOL DARAH", "GOLONGAN DARAH", "GOLDAR", "GOL"],
            Self::FamilyRelation => &[
                "SHDK",
                "STAT HBKEL",
                "HUBUNGAN KELUARGA",
                "STATUS HUBUNGAN DALAM KELUARGA",
                "HUB KELUARGA",
                "SHDRT",
            ],
            Self::Religion => &["AGAMA"],
            Self::Education => &["PENDIDIKAN TERAKHIR", "PENDIDIKAN", "PDDK AKHIR", "PDDK TERAKHIR"],
            Self::BirthCertificateNo => {
                &["NO AKTA LAHIR", "AKTA LAHIR", "NOMOR AKTA LAHIR", "NO AKTA KELAHIRAN"]
            }
            Self::Occupation => &["PEKERJAAN", "JENIS PEKERJAAN", "JNS PEKERJAAN"],
            Self::MotherName => &["NAMA IBU", "NAMA LGKP IBU", "NAMA LENGKAP IBU", "IBU"],
            Self::FatherName => &["NAMA AYAH", "NAMA LGKP AYAH", "NAMA LENGKAP AYAH", "AYAH"],
            Self::Obligation => &["WJB KTP", "WAJIB KTP", "WKTP", "WAJIB KTP EL", "WJB KTP EL"],
            Self::CardHeld => &["KTP EL", "KTPEL", "E KTP", "EKTP", "KTP ELEKTRONIK"],
            Self::Status => &["STATUS", "STAT", "KETERANGAN"],
            Self::RecordingStatus => &[
                "STAT RKM",
                "STATUS REKAM",
                "STATUS PEREKAMAN",
                "STAT REKAM",
                "STATUS RKM",
                "STATUS PEREKAMAN KTP EL",
            ],
            Self::KkNumber
            | Self::HeadOfFamily
            | Self::Address
            | Self::Rt
            | Self::Rw
            | Self::Hamlet
            | Self::Village
            | Self::District
            | Self::Regency
            | Self::Province => &[],
        }
    }

    /// The field whose column has this title.
    pub(super) fn titled(title: &str) -> Option<Self> {
        let title = title.trim_start_matches('\u{feff}');
        Self::ALL.iter().copied().find(|field| field.titles().iter().any(|known| label::same(title, known)))
    }

    /// The key of its label.
    #[must_use]
    pub fn text_key(self) -> String {
        match PersonalField::from_word(self.word()) {
            Some(field) => field.text_key(),
            None => format!("roster.field.{}", self.word()),
        }
    }

    /// Its label.
    #[must_use]
    pub fn label(self, language: Language) -> String {
        text(language, &self.text_key(), &[])
    }
}

//! The closed values of the biodata. Their spelling is the label of SIAK; reading is generous.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::label;

crate::word::words! {
    /// Jenis kelamin.
    pub enum Sex {
        /// Man.
        Male => "LAKI-LAKI",
        /// Woman.
        Female => "PEREMPUAN",
    }
}

impl Sex {
    /// Reads the label, `L`/`P` or `Lk`/`Pr`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, Sex)] = &[
            ("L", Sex::Male),
            ("P", Sex::Female),
            ("LK", Sex::Male),
            ("PR", Sex::Female),
            ("LAKILAKI", Sex::Male),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

crate::word::words! {
    /// Golongan darah.
    pub enum BloodType {
        /// A.
        A => "A",
        /// B.
        B => "B",
        /// AB.
        AB => "AB",
        /// O.
        O => "O",
        /// A positive.
        APositive => "A+",
        /// A negative.
        ANegative => "A-",
        /// B positive.
        BPositive => "B+",
        /// B negative.
        BNegative => "B-",
        /// AB positive.
        ABPositive => "AB+",
        /// AB negative.
        ABNegative => "AB-",
        /// O positive.
        OPositive => "O+",
        /// O negative.
        ONegative => "O-",
        /// Not known.
        Unknown => "TIDAK TAHU",
    }
}

impl BloodType {
    /// Reads the label or the printed `-`. The sign counts, so only case and spaces are forgiven.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text: String =
            text.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_uppercase).collect();
        match text.as_str() {
            "-" | "TIDAKTAHU" => Some(Self::Unknown),
            text => Self::from_word(text),
        }
    }

    /// As the card shows it.
    #[must_use]
    pub const fn printed(self) -> &'static str {
        if matches!(self, Self::Unknown) { "-" } else { self.word() }
    }
}

crate::word::words! {
    /// Agama.
    pub enum Religion {
        /// Islam.
        Islam => "ISLAM",
        /// Protestant.
        Kristen => "KRISTEN",
        /// Catholic.
        Katholik => "KATHOLIK",
        /// Hindu.
        Hindu => "HINDU",
        /// Buddhist.
        Budha => "BUDHA",
        /// Confucian.
        Khonghucu => "KHONGHUCU",
        /// Belief in the One God, and others.
        Kepercayaan => "KEPERCAYAAN TERHADAP TUHAN YME/LAINNYA",
    }
}

impl Religion {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, Religion)] = &[
            ("KRISTEN PROTESTAN", Religion::Kristen),
            ("PROTESTAN", Religion::Kristen),
            ("KATOLIK", Religion::Katholik),
            ("KRISTEN KATOLIK", Religion::Katholik),
            ("BUDDHA", Religion::Budha),
            ("KONGHUCU", Religion::Khonghucu),
            ("KONG HU CU", Religion::Khonghucu),
            ("KHONG HU CU", Religion::Khonghucu),
            ("KEPERCAYAAN", Religion::Kepercayaan),
            ("PENGHAYAT KEPERCAYAAN", Religion::Kepercayaan),
            ("KEPERCAYAAN TERHADAP TUHAN YME", Religion::Kepercayaan),
            ("KEPERCAYAAN TERHADAP TUHAN YANG MAHA ESA", Religion::Kepercayaan),
            ("LAINNYA", Religion::Kepercayaan),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

crate::word::words! {
    /// Status perkawinan as printed.
    pub enum MaritalStatus {
        /// Never married.
        Single => "BELUM KAWIN",
        /// Married.
        Married => "KAWIN",
        /// Divorced.
        Divorced => "CERAI HIDUP",
        /// Widowed.
        Widowed => "CERAI MATI",
    }
}

impl MaritalStatus {
    /// Reads the label, its abbreviation or the finer words of form F-1.01.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, MaritalStatus)] = &[
            ("BK", MaritalStatus::Single),
            ("K", MaritalStatus::Married),
            ("CH", MaritalStatus::Divorced),
            ("CM", MaritalStatus::Widowed),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
            .or_else(|| MaritalForm::read(text).map(MaritalForm::status))
    }

    /// Whether the person is or was married.
    #[must_use]
    pub const fn ever_married(self) -> bool {
        match self {
            Self::Single => false,
            Self::Married | Self::Divorced | Self::Widowed => true,
        }
    }
}

crate::word::words! {
    /// Status perkawinan in the six words of form F-1.01, in the order of its codes.
    pub enum MaritalForm {
        /// Never married.
        Single => "BELUM KAWIN",
        /// Married, registered.
        MarriedRegistered => "KAWIN TERCATAT",
        /// Married, not registered yet.
        MarriedUnregistered => "KAWIN BELUM TERCATAT",
        /// Divorced, registered.
        DivorcedRegistered => "CERAI HIDUP TERCATAT",
        /// Divorced, not registered yet.
        DivorcedUnregistered => "CERAI HIDUP BELUM TERCATAT",
        /// Widowed.
        Widowed => "CERAI MATI",
    }
}

impl MaritalForm {
    /// Reads the label.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        label::read(text, Self::ALL, Self::word, &[])
    }

    /// The status with this code of the form, 1 to 6.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// The printed status it belongs to.
    #[must_use]
    pub const fn status(self) -> MaritalStatus {
        match self {
            Self::Single => MaritalStatus::Single,
            Self::MarriedRegistered | Self::MarriedUnregistered => MaritalStatus::Married,
            Self::DivorcedRegistered | Self::DivorcedUnregistered => MaritalStatus::Divorced,
            Self::Widowed => MaritalStatus::Widowed,
        }
    }
}

crate::word::words! {
    /// Kewarganegaraan.
    pub enum Nationality {
        /// Indonesian.
        Indonesian => "WNI",
        /// Foreign; the country stands with the papers.
        Foreign => "WNA",
        /// Both, as village data have it.
        Dual => "DUA KEWARGANEGARAAN",
    }
}

impl Nationality {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, Nationality)] = &[
            ("INDONESIA", Nationality::Indonesian),
            ("WARGA NEGARA INDONESIA", Nationality::Indonesian),
            ("WARGA NEGARA ASING", Nationality::Foreign),
            ("ORANG ASING", Nationality::Foreign),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

crate::word::words! {
    /// Status hubungan dalam keluarga (SHDK).
    pub enum FamilyRelation {
        /// Head of the family.
        Head => "KEPALA KELUARGA",
        /// Husband.
        Husband => "SUAMI",
        /// Wife.
        Wife => "ISTRI",
        /// Child.
        Child => "ANAK",
        /// Child in law.
        ChildInLaw => "MENANTU",
        /// Grandchild.
        Grandchild => "CUCU",
        /// Parent.
        Parent => "ORANGTUA",
        /// Parent in law.
        ParentInLaw => "MERTUA",
        /// Other family.
        OtherFamily => "FAMILI LAIN",
        /// Domestic worker.
        DomesticWorker => "PEMBANTU",
        /// Other.
        Other => "LAINNYA",
    }
}

impl FamilyRelation {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, FamilyRelation)] = &[
            ("ORANG TUA", FamilyRelation::Parent),
            ("FAMILI", FamilyRelation::OtherFamily),
            ("ISTERI", FamilyRelation::Wife),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

crate::word::words! {
    /// Pendidikan, as the family card has it.
    pub enum Education {
        /// None, or not yet at school.
        None => "TIDAK/BELUM SEKOLAH",
        /// Primary school not finished.
        PrimaryUnfinished => "BELUM TAMAT SD",
        /// Primary school.
        Primary => "TAMAT SD",
        /// Lower secondary school.
        LowerSecondary => "SLTP",
        /// Upper secondary school.
        UpperSecondary => "SLTA",
        /// Diploma I or II.
        DiplomaOneTwo => "DIPLOMA I/II",
        /// Academy or diploma III.
        DiplomaThree => "AKADEMI/DIPLOMA III/S. MUDA",
        /// Diploma IV or bachelor.
        Bachelor => "DIPLOMA IV/STRATA I",
        /// Master.
        Master => "STRATA II",
        /// Doctor.
        Doctor => "STRATA III",
    }
}

impl Education {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, Education)] = &[
            ("BELUM TAMAT SD/SEDERAJAT", Education::PrimaryUnfinished),
            ("TAMAT SD/SEDERAJAT", Education::Primary),
            ("SLTP/SEDERAJAT", Education::LowerSecondary),
            ("SLTA/SEDERAJAT", Education::UpperSecondary),
            ("DIPLOMA III", Education::DiplomaThree),
            ("STRATA I", Education::Bachelor),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

crate::word::words! {
    /// Penyandang disabilitas. Protected by law; `Debug` shows it, so it stays inside redacted types.
    pub enum Disability {
        /// Physical.
        Physical => "FISIK",
        /// Blind.
        Blind => "NETRA/BUTA",
        /// Deaf or mute.
        DeafMute => "RUNGU/WICARA",
        /// Mental.
        Mental => "MENTAL/JIWA",
        /// Physical and mental.
        PhysicalAndMental => "FISIK DAN MENTAL",
        /// Other.
        Other => "LAINNYA",
        /// None.
        None => "TIDAK CACAT",
    }
}

impl Disability {
    /// Reads the label and its usual spellings.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const ALIASES: &[(&str, Disability)] = &[
            ("CACAT FISIK", Disability::Physical),
            ("CACAT NETRA/BUTA", Disability::Blind),
            ("NETRA", Disability::Blind),
            ("CACAT RUNGU/WICARA", Disability::DeafMute),
            ("CACAT MENTAL/JIWA", Disability::Mental),
            ("CACAT FISIK DAN MENTAL", Disability::PhysicalAndMental),
            ("CACAT LAINNYA", Disability::Other),
            ("TIDAK ADA", Disability::None),
        ];
        label::read(text, Self::ALL, Self::word, ALIASES)
    }
}

/// Number of an RT or RW, shown with three digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NeighbourhoodNumber(u16);

crate::redact::redacted!(NeighbourhoodNumber);

impl NeighbourhoodNumber {
    /// Reads one to three digits.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = (1..=3).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for NeighbourhoodNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:03}", self.0)
    }
}

impl Serialize for NeighbourhoodNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NeighbourhoodNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::read(&text).ok_or_else(|| serde::de::Error::custom("not an RT or RW number"))
    }
}

/// Reads `002/000`, as lists write RT and RW together.
#[must_use]
pub fn read_rt_rw(text: &str) -> Option<(NeighbourhoodNumber, NeighbourhoodNumber)> {
    let (rt, rw) = text.split_once('/')?;
    Some((NeighbourhoodNumber::read(rt)?, NeighbourhoodNumber::read(rw)?))
}

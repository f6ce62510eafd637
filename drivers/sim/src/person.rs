//! Synthetic people.

mod names;

use jiff::ToSpan;
use jiff::civil::Date;
use rekam_domain::biodata::{
    Biodata, BloodType, Education, FamilyRelation, MaritalStatus, Nationality, NeighbourhoodNumber,
    Occupation, Religion, Sex, ValidUntil,
};
use rekam_domain::family_card::KartuKeluarga;
use rekam_domain::nik::Nik;
use rekam_domain::photo::{BackgroundColour, photo_background};
use rekam_driver_api::{Eye, Finger};

use crate::chance::Chance;
use crate::face::{HeadCover, Looks};

/// The region all synthetic people come from: that of the demonstration office.
pub const REGION_CODE: &str = "367109";
/// First serial of a synthetic person number. SIAK counts the people of one birth date in one district from 0001,
/// so a serial of 9000 and more belongs to nobody.
pub const SERIAL_MIN: u64 = 9_000;

/// What is special about a person who comes to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Situation {
    /// Nothing: an adult with a NIK, ten fingers, two eyes.
    Ordinary,
    /// Fifteen years old and not married: not eligible.
    UnderAge,
    /// Sixteen and married: eligible, with the marriage book.
    UnderAgeMarried,
    /// Has no NIK yet.
    WithoutNik,
    /// One finger is missing.
    MissingFinger,
    /// Hard work has worn the ridges: every capture is poor.
    WornFingers,
    /// One eye is blind and cannot be taken.
    BlindEye,
    /// Cannot sign.
    CannotSign,
}

impl Situation {
    /// Every situation.
    pub const ALL: [Situation; 8] = [
        Self::Ordinary,
        Self::UnderAge,
        Self::UnderAgeMarried,
        Self::WithoutNik,
        Self::MissingFinger,
        Self::WornFingers,
        Self::BlindEye,
        Self::CannotSign,
    ];

    /// A situation as a desk meets them: of a hundred people eighty-six are ordinary, two are in each other one.
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "situation");
        if chance.percent(86) { Self::Ordinary } else { chance.pick(&Self::ALL, Self::Ordinary) }
    }
}

/// A person who does not exist: everything is drawn from the seed, and the same seed is always the same person.
///
/// The NIK has the form of a real one but a serial from [`SERIAL_MIN`] on, which is never issued. No other part of
/// the product may make up a NIK: this type is the one place, and what it makes is for simulated devices,
/// demonstration stations and tests only. The serial follows the seed, so that thousand people with seeds in a row
/// have thousand different numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntheticPerson {
    /// What the person was drawn from.
    pub seed: u64,
    /// What is special.
    pub situation: Situation,
    /// Person number, unless there is none yet.
    pub nik: Option<String>,
    /// Number of the family card.
    pub kk_number: String,
    /// Name in capital letters, as in the register.
    pub full_name: String,
    /// Place of birth.
    pub birth_place: String,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Religion, in the register's word.
    pub religion: &'static str,
    /// Marital status, in the register's word.
    pub marital_status: &'static str,
    /// Blood type, in the register's word.
    pub blood_type: &'static str,
    /// Occupation, in the register's word.
    pub occupation: &'static str,
    /// Education, in the register's word.
    pub education: &'static str,
    /// Place in the family, in the register's word.
    pub family_relation: &'static str,
    /// Nationality.
    pub nationality: &'static str,
    /// Street and house.
    pub address: String,
    /// Neighbourhood, three digits.
    pub rt: String,
    /// Greater neighbourhood, three digits.
    pub rw: String,
    /// Village.
    pub village: String,
    /// District.
    pub district: &'static str,
    /// Regency or city.
    pub regency: &'static str,
    /// Province.
    pub province: &'static str,
    /// Name of the mother.
    pub mother_name: String,
    /// Name of the father.
    pub father_name: String,
    /// Number of the birth certificate, if there is one.
    pub birth_certificate_no: Option<String>,
    /// Fingers that are missing.
    pub missing_fingers: Vec<Finger>,
    /// Eyes that cannot be taken.
    pub blind_eyes: Vec<Eye>,
    /// What is worn on the head.
    pub head_cover: HeadCover,
    /// Age in whole years on the service date.
    pub age: u8,
}

impl SyntheticPerson {
    /// An adult with nothing special on the day of service.
    #[must_use]
    pub fn new(seed: u64, service_date: Date) -> Self {
        Self::in_situation(seed, service_date, Situation::Ordinary)
    }

    /// A person in a situation.
    #[must_use]
    pub fn in_situation(seed: u64, service_date: Date, situation: Situation) -> Self {
        let mut chance = Chance::new(seed, "person");
        let sex = if chance.percent(50) { Sex::Male } else { Sex::Female };
        let age = match situation {
            Situation::UnderAge => 15,
            Situation::UnderAgeMarried => 16,
            Situation::WornFingers => chance.whole(38, 70),
            Situation::Ordinary
            | Situation::WithoutNik
            | Situation::MissingFinger
            | Situation::BlindEye
            | Situation::CannotSign => {
                // Most who are recorded for the first time have just turned seventeen.
                if chance.percent(70) { chance.whole(17, 23) } else { chance.whole(24, 78) }
            }
        };
        let birth_date = birth_date(&mut chance, service_date, age);
        let serial = SERIAL_MIN + seed % 1_000;
        let nik = (situation != Situation::WithoutNik).then(|| number(birth_date, sex, serial));
        let card_date = birth_date.saturating_add(i64::from(chance.whole(0, age)).years());
        let religion = chance.pick(RELIGIONS, "ISLAM");
        let is_married = situation == Situation::UnderAgeMarried || (age >= 22 && chance.percent(70));
        let village = chance.pick(VILLAGES, "CIBODAS").to_owned();
        Self {
            seed,
            situation,
            nik,
            kk_number: number(card_date, Sex::Male, serial),
            full_name: names::full_name(&mut chance, sex),
            birth_place: chance
                .pick(&["TANGERANG", "SERANG", "JAKARTA", "BOGOR", "LEBAK"], "TANGERANG")
                .to_owned(),
            birth_date,
            sex,
            religion,
            marital_status: match (is_married, age) {
                (false, _) => "BELUM KAWIN",
                (true, 60..) if chance.percent(30) => "CERAI MATI",
                (true, 30..) if chance.percent(8) => "CERAI HIDUP",
                (true, _) => "KAWIN",
            },
            blood_type: chance.pick(&["A", "B", "AB", "O", "TIDAK TAHU"], "TIDAK TAHU"),
            occupation: match age {
                ..=18 => "PELAJAR/MAHASISWA",
                60.. => "PENSIUNAN",
                _ if situation == Situation::WornFingers => "PETANI/PEKEBUN",
                _ => chance.pick(OCCUPATIONS, "KARYAWAN SWASTA"),
            },
            education: chance.pick(&["TAMAT SD", "SLTP", "SLTA", "DIPLOMA IV/STRATA I"], "SLTA"),
            family_relation: match (is_married, sex) {
                (false, _) => "ANAK",
                (true, Sex::Male) => "KEPALA KELUARGA",
                (true, Sex::Female) => "ISTRI",
            },
            nationality: "WNI",
            address: format!(
                "JL. {} SIMULASI NO. {}",
                chance.pick(&["MELATI", "ANGGREK", "KENANGA", "CEMPAKA"], "MELATI"),
                chance.whole(1, 98)
            ),
            rt: format!("{:03}", chance.whole(1, 12)),
            rw: format!("{:03}", chance.whole(1, 9)),
            village,
            district: "CIBODAS",
            regency: "KOTA TANGERANG",
            province: "BANTEN",
            mother_name: names::full_name(&mut chance, Sex::Female),
            father_name: names::full_name(&mut chance, Sex::Male),
            birth_certificate_no: chance.percent(85).then(|| format!("3671-LT-SIM-{serial}")),
            missing_fingers: match situation {
                Situation::MissingFinger => vec![chance.pick(Finger::ALL, Finger::LeftLittle)],
                Situation::Ordinary
                | Situation::UnderAge
                | Situation::UnderAgeMarried
                | Situation::WithoutNik
                | Situation::WornFingers
                | Situation::BlindEye
                | Situation::CannotSign => Vec::new(),
            },
            blind_eyes: if situation == Situation::BlindEye {
                vec![chance.pick(Eye::ALL, Eye::Left)]
            } else {
                Vec::new()
            },
            head_cover: if sex == Sex::Female && religion == "ISLAM" && chance.percent(70) {
                HeadCover::Scarf
            } else {
                HeadCover::None
            },
            age: u8::try_from(age).unwrap_or(u8::MAX),
        }
    }

    /// The curtain the photo needs.
    #[must_use]
    pub fn curtain(&self) -> BackgroundColour {
        photo_background(self.birth_date, Nationality::Indonesian, None)
    }

    /// The person as the register would know it.
    #[must_use]
    pub fn biodata(&self) -> Biodata {
        Biodata {
            nik: self.nik.as_deref().and_then(Nik::parse),
            kk_number: KartuKeluarga::parse(&self.kk_number),
            full_name: self.full_name.clone(),
            birth_place: self.birth_place.clone(),
            birth_date: Some(self.birth_date),
            sex: Some(self.sex),
            blood_type: BloodType::read(self.blood_type),
            address: self.address.clone(),
            rt: NeighbourhoodNumber::read(&self.rt),
            rw: NeighbourhoodNumber::read(&self.rw),
            village: self.village.clone(),
            district: self.district.to_owned(),
            regency: self.regency.to_owned(),
            province: self.province.to_owned(),
            religion: Religion::read(self.religion),
            marital_status: MaritalStatus::read(self.marital_status),
            occupation: Occupation::read(self.occupation),
            nationality: Nationality::read(self.nationality),
            valid_until: Some(ValidUntil::Lifelong),
            family_relation: FamilyRelation::read(self.family_relation),
            education: Education::read(self.education),
            mother_name: self.mother_name.clone(),
            father_name: self.father_name.clone(),
            birth_certificate_no: self.birth_certificate_no.clone().unwrap_or_default(),
            ..Biodata::default()
        }
    }

    /// Whether the person can sign.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.situation != Situation::CannotSign
    }

    pub(crate) fn looks(&self) -> Looks {
        Looks { person: self.seed, is_woman: self.sex == Sex::Female, age: self.age, cover: self.head_cover }
    }
}

const RELIGIONS: &[&str] = &[
    "ISLAM",
    "ISLAM",
    "ISLAM",
    "ISLAM",
    "ISLAM",
    "ISLAM",
    "KRISTEN",
    "KATHOLIK",
    "HINDU",
    "BUDHA",
    "KHONGHUCU",
];
const VILLAGES: &[&str] =
    &["CIBODAS", "CIBODASARI", "CIBODAS BARU", "PANUNGGANGAN BARAT", "UWUNG JAYA", "JATIUWUNG"];
const OCCUPATIONS: &[&str] = &[
    "KARYAWAN SWASTA",
    "BURUH HARIAN LEPAS",
    "MENGURUS RUMAH TANGGA",
    "PERDAGANGAN",
    "GURU",
    "SOPIR",
    "WIRASWASTA",
];

/// A date on which the person has exactly this age on the day of service.
fn birth_date(chance: &mut Chance, service_date: Date, age: i32) -> Date {
    let days = i64::from(chance.whole(1, 364));
    service_date.saturating_sub(i64::from(age).years()).saturating_sub(days.days())
}

/// Region, date and serial; the day of a woman counts forty more.
fn number(date: Date, sex: Sex, serial: u64) -> String {
    let day = i32::from(date.day()) + if sex == Sex::Female { 40 } else { 0 };
    format!("{REGION_CODE}{day:02}{:02}{:02}{serial:04}", date.month(), date.year().rem_euclid(100))
}

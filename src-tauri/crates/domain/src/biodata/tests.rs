use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::finding::{Finding, Grade};
use crate::nik::NumberContext;
use crate::region::{RegionCode, RegionTable};
use crate::text::Language;

fn person() -> Biodata {
    Biodata {
        nik: Nik::parse("3671095508060002"),
        kk_number: KartuKeluarga::parse("3671091508180001"),
        full_name: "SARI CONTOH".to_owned(),
        birth_place: "TANGERANG".to_owned(),
        birth_date: Some(date(2006, 8, 15)),
        sex: Some(Sex::Female),
        blood_type: Some(BloodType::Unknown),
        address: "JL. CONTOH NO. 1".to_owned(),
        rt: NeighbourhoodNumber::read("2"),
        rw: NeighbourhoodNumber::read("000"),
        village: "CIBODAS".to_owned(),
        district: "CIBODAS".to_owned(),
        regency: "KOTA TANGERANG".to_owned(),
        province: "BANTEN".to_owned(),
        religion: Some(Religion::Islam),
        marital_status: Some(MaritalStatus::Single),
        occupation: Occupation::from_code(3),
        nationality: Some(Nationality::Indonesian),
        valid_until: Some(ValidUntil::Lifelong),
        mother_name: "IBU".to_owned(),
        ..Biodata::default()
    }
}

fn foreigner() -> Biodata {
    Biodata {
        nationality: Some(Nationality::Foreign),
        valid_until: Some(ValidUntil::Until(date(2028, 1, 1))),
        foreigner: Some(ForeignerPapers {
            country: "NEGERI CONTOH".to_owned(),
            passport_no: "X0000001".to_owned(),
            passport_expiry: Some(date(2030, 1, 1)),
            itap_no: "C000001".to_owned(),
            itap_issue_date: Some(date(2023, 1, 1)),
            itap_expiry: Some(date(2028, 1, 1)),
            ..ForeignerPapers::default()
        }),
        ..person()
    }
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    for finding in findings {
        for language in Language::ALL {
            assert!(!finding.text(language).contains('['), "{} has a hole in its text", finding.code);
        }
    }
    findings.iter().map(|finding| finding.code).collect()
}

fn check(biodata: &Biodata) -> Vec<&'static str> {
    let regions = RegionTable::starter();
    let context =
        NumberContext { regions: &regions, station: RegionCode::parse("36.71.09"), today: date(2025, 6, 1) };
    codes(&biodata.check(&context))
}

#[test]
fn finds_nothing_in_sound_data() {
    assert_eq!(check(&person()), [""; 0]);
    assert_eq!(check(&foreigner()), [""; 0]);
}

#[test]
fn finds_each_defect() {
    let changed = |change: fn(&mut Biodata)| {
        let mut person = person();
        change(&mut person);
        check(&person)
    };
    assert_eq!(changed(|p| p.nik = None), ["biodata_missing"]);
    assert_eq!(changed(|p| p.kk_number = KartuKeluarga::parse("3671093508180001")), ["kk_day"]);
    assert_eq!(changed(|p| p.birth_date = Some(date(2006, 8, 16))), ["nik_birth_date_differs"]);
    assert_eq!(changed(|p| p.sex = Some(Sex::Male)), ["nik_sex_differs"]);
    assert_eq!(changed(|p| p.birth_date = Some(date(2026, 8, 15))), ["born_in_future"]);
    assert_eq!(
        changed(|p| p.birth_date = Some(date(1890, 8, 15))),
        ["nik_birth_date_differs", "biodata_too_old"]
    );
    assert_eq!(changed(|p| p.religion = None), ["biodata_blank"]);
    assert_eq!(changed(|p| p.full_name.clear()), ["name_empty"]);
    assert_eq!(changed(|p| p.mother_name = "IBU 2".to_owned()), ["name_digit"]);
    assert_eq!(changed(|p| p.address = "JL.\u{202e}X".to_owned()), ["biodata_unprintable"]);
    assert_eq!(changed(|p| p.marital_form = Some(MaritalForm::Widowed)), ["biodata_marital_status_differs"]);
    assert_eq!(changed(|p| p.mother_nik = p.nik), ["biodata_nik_of_parent"]);
    assert_eq!(changed(|p| p.nationality = Some(Nationality::Dual)), ["biodata_dual_nationality"]);
    assert_eq!(
        changed(|p| p.nationality = Some(Nationality::Foreign)),
        ["biodata_foreigner_papers_differ", "biodata_valid_until_differs"]
    );
    assert_eq!(
        changed(|p| p.valid_until = Some(ValidUntil::Until(date(2028, 1, 1)))),
        ["biodata_valid_until_differs"]
    );
    let empty = check(&Biodata::default());
    assert_eq!(empty.iter().filter(|code| **code == "biodata_missing").count(), 4);
    assert_eq!(empty.iter().filter(|code| **code == "biodata_blank").count(), 6);
    assert_eq!(empty.len(), 11);
}

#[test]
fn finds_each_defect_of_a_foreigners_papers() {
    let changed = |change: fn(&mut ForeignerPapers)| {
        let mut person = foreigner();
        change(person.foreigner.as_mut().unwrap());
        check(&person)
    };
    let end = |date| Some(ValidUntil::Until(date));
    assert_eq!(changed(|p| p.country.clear()), ["biodata_blank"]);
    assert_eq!(changed(|p| p.passport_expiry = Some(date(2025, 5, 31))), ["biodata_passport_ended"]);
    assert_eq!(changed(|p| p.itap_expiry = Some(date(2027, 1, 1))), ["biodata_valid_until_differs"]);
    assert_eq!(changed(|p| p.itap_issue_date = Some(date(2029, 1, 1))), ["biodata_itap_dates_swapped"]);
    for (itap_end, code) in [
        (date(2025, 5, 31), Some("biodata_itap_ended")),
        (date(2025, 6, 1), Some("biodata_itap_ends_soon")),
        (date(2025, 6, 30), Some("biodata_itap_ends_soon")),
        (date(2025, 7, 1), None),
    ] {
        let mut person = foreigner();
        person.valid_until = end(itap_end);
        person.foreigner.as_mut().unwrap().itap_expiry = Some(itap_end);
        assert_eq!(check(&person), code.into_iter().collect::<Vec<_>>(), "{itap_end}");
    }
}

#[test]
fn grades_names() {
    let vectors: [(&str, &[&str]); 17] = [
        ("SARI CONTOH", &[]),
        ("  sari   contoh ", &[]),
        ("SARI", &["name_one_word"]),
        ("SARI'AH, S.PD.", &["name_punctuation"]),
        ("NUR-AINI", &["name_one_word", "name_punctuation"]),
        ("SARI C0NTOH", &["name_digit"]),
        ("SARI ٣", &["name_direction"]),
        ("SARI\u{7} CONTOH", &["name_control"]),
        ("SARI\tCONTOH", &["name_control"]),
        ("SARI \u{202e}CONTOH", &["name_direction"]),
        ("سري CONTOH", &["name_direction"]),
        ("САРИ CONTOH", &["name_other_script"]),
        ("RENÉ CONTOH", &["name_diacritic"]),
        ("RENE\u{301} CONTOH", &["name_diacritic"]),
        ("SARI/CONTOH X", &["name_symbol"]),
        ("ＳＡＲＩ CONTOH", &["name_other_script"]),
        (" \n", &["name_empty"]),
    ];
    for (name, expected) in vectors {
        assert_eq!(codes(&check_name(name, "Nama")), expected, "{name:?}");
    }
    assert_eq!(codes(&check_name(&format!("AB {}", "C".repeat(57)), "Nama")), [""; 0]);
    assert_eq!(codes(&check_name(&format!("AB {}", "C".repeat(58)), "Nama")), ["name_too_long"]);
    assert_eq!(normal_name("  sari   'aini\u{a0}binti  x. "), "SARI 'AINI BINTI X.");
}

#[test]
fn reads_labels_generously() {
    assert_eq!(Sex::read(" laki - laki"), Some(Sex::Male));
    assert_eq!(Sex::read("pr"), Some(Sex::Female));
    assert_eq!(Sex::read("LAKI"), None);
    assert_eq!(BloodType::read(" ab + "), Some(BloodType::ABPositive));
    assert_eq!(BloodType::read("-"), Some(BloodType::Unknown));
    assert_eq!(BloodType::Unknown.printed(), "-");
    assert_eq!(Religion::read("Katolik"), Some(Religion::Katholik));
    assert_eq!(Religion::read("kepercayaan terhadap tuhan yme / lainnya"), Some(Religion::Kepercayaan));
    assert_eq!(MaritalStatus::read("k"), Some(MaritalStatus::Married));
    assert_eq!(MaritalStatus::read("cerai hidup belum tercatat"), Some(MaritalStatus::Divorced));
    assert_eq!(Education::read("DIPLOMA III"), Some(Education::DiplomaThree));
    assert_eq!(Education::read("diploma i/ii"), Some(Education::DiplomaOneTwo));
    assert_eq!(FamilyRelation::read("Orang Tua"), Some(FamilyRelation::Parent));
    assert_eq!(Nationality::read("Indonesia"), Some(Nationality::Indonesian));
    assert_eq!(Disability::read("tidak cacat"), Some(Disability::None));
    assert_eq!(Occupation::read("pegawai negeri sipil (pns)").map(Occupation::code), Some(5));
    assert_eq!(Occupation::read("PELAJAR / MAHASISWA").map(Occupation::code), Some(3));
    assert_eq!(Occupation::read(""), None);
    assert_eq!(read_rt_rw("002/000").map(|(rt, rw)| format!("{rt}/{rw}")), Some("002/000".to_owned()));
    for wrong in ["", "1000", "a", "-1", "+1"] {
        assert_eq!(NeighbourhoodNumber::read(wrong), None);
    }
}

#[test]
fn reads_every_own_label_back() {
    assert!(BloodType::ALL.iter().all(|value| BloodType::read(value.word()) == Some(*value)));
    assert!(Religion::ALL.iter().all(|value| Religion::read(value.word()) == Some(*value)));
    assert!(MaritalStatus::ALL.iter().all(|value| MaritalStatus::read(value.word()) == Some(*value)));
    assert!(MaritalForm::ALL.iter().all(|value| MaritalForm::read(value.word()) == Some(*value)));
    assert!(FamilyRelation::ALL.iter().all(|value| FamilyRelation::read(value.word()) == Some(*value)));
    assert!(Education::ALL.iter().all(|value| Education::read(value.word()) == Some(*value)));
    assert!(Disability::ALL.iter().all(|value| Disability::read(value.word()) == Some(*value)));
    assert_eq!(Occupation::all().count(), 89);
    assert!(Occupation::all().all(|value| Occupation::read(value.label()) == Some(value)));
    assert_eq!(Occupation::from_code(89).map(Occupation::label), Some("LAINNYA"));
    assert_eq!(Occupation::from_code(0), None);
    assert_eq!(Occupation::from_code(90), None);
}

#[test]
fn maps_the_six_codes_of_the_form_to_four() {
    let mapped: Vec<_> = (1..=6).filter_map(MaritalForm::from_code).map(MaritalForm::status).collect();
    use MaritalStatus::{Divorced, Married, Single, Widowed};
    assert_eq!(mapped, [Single, Married, Married, Divorced, Divorced, Widowed]);
    assert_eq!(MaritalForm::from_code(0), None);
    assert_eq!(MaritalForm::from_code(7), None);
    assert!(MaritalStatus::ALL.iter().all(|status| status.ever_married() == (*status != Single)));
}

#[test]
fn knows_what_never_changes_and_what_is_protected() {
    let fixed: Vec<_> = PersonalField::ALL
        .iter()
        .filter(|field| field.card_element() == CardElement::Static)
        .map(|field| field.word())
        .collect();
    assert_eq!(fixed, ["nik", "birth_place", "birth_date", "blood_type"]);
    let protected: Vec<_> = PersonalField::ALL
        .iter()
        .filter(|field| field.classification(false).is_protected)
        .map(|field| field.word())
        .collect();
    assert_eq!(protected, ["disability", "signature", "fingerprints", "irises", "exception_reason"]);
    assert_eq!(PersonalField::FullName.classification(false).class, ProtectionClass::General);
    assert_eq!(PersonalField::Photo.classification(false).class, ProtectionClass::Specific);
    assert!(
        PersonalField::ALL.iter().all(|field| field.classification(true).class == ProtectionClass::Specific)
    );
}

#[test]
fn survives_a_file_and_shows_nothing_in_logs() {
    for biodata in [person(), foreigner(), Biodata::default()] {
        let json = serde_json::to_string(&biodata).unwrap();
        assert!(serde_json::from_str::<Biodata>(&json).unwrap() == biodata);
        assert_eq!(format!("{biodata:?}"), "Biodata(redacted)");
    }
    assert!(serde_json::from_str::<Biodata>("{\"unknown\":1}").is_err());
    assert_eq!(ValidUntil::Lifelong.printed(), "SEUMUR HIDUP");
    assert_eq!(ValidUntil::Until(date(2028, 1, 2)).printed(), "02-01-2028");
}

proptest! {
    #[test]
    fn no_text_panics(text in any::<String>()) {
        let normal = normal_name(&text);
        prop_assert!(!normal.contains("  "));
        for finding in check_name(&text, "Nama") {
            prop_assert!(finding.grade >= Grade::Warning);
        }
        let _ = (Sex::read(&text), BloodType::read(&text), Religion::read(&text), Education::read(&text));
        let _ = (Occupation::read(&text), read_rt_rw(&text), NeighbourhoodNumber::read(&text));
        let _ = check(&Biodata { full_name: text.clone(), address: text, ..person() });
    }
}

use jiff::civil::{Date, date};

use super::*;
use crate::biodata::Sex;
use crate::region::{RegionEdition, RegionTable};
use crate::text::Language;

const TODAY: Date = date(2025, 6, 1);

fn context(regions: &RegionTable) -> NumberContext<'_> {
    NumberContext { regions, station: RegionCode::parse("36.71.09"), today: TODAY }
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    for finding in findings {
        for language in Language::ALL {
            assert!(!finding.text(language).contains('['), "{} has a hole in its text", finding.code);
        }
    }
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn grades_the_vectors_of_the_specification() {
    let regions = RegionTable::starter();
    let vectors: [(&str, &[&str]); 24] = [
        ("3671091508060001", &[]),
        ("3671095508060002", &[]),
        ("3671097112990003", &[]),
        ("3671092902080004", &[]),
        ("3671092902070005", &["nik_date_impossible"]),
        ("3671093508060006", &["nik_day"]),
        ("3671097208060007", &["nik_day"]),
        ("3671091513060008", &["nik_month"]),
        ("367109150806001", &["nik_length"]),
        ("0367109200000001", &["nik_temporary"]),
        ("9400000101000001", &["nik_region_unknown"]),
        ("3671091508060000", &["nik_serial_zero"]),
        ("3671011508060001", &["nik_region_elsewhere"]),
        ("3201011508060001", &["nik_region_elsewhere"]),
        ("3671141508060001", &["nik_region_unknown"]),
        ("36710915O8060001", &["nik_not_digits"]),
        ("３６71091508060001", &["nik_not_digits"]),
        ("36710915080600012", &["nik_length"]),
        ("", &["nik_empty"]),
        (" \u{a0}\n", &["nik_empty"]),
        ("1", &["nik_length"]),
        ("3671093513060000", &["nik_day", "nik_month", "nik_serial_zero"]),
        ("3671096902070005", &["nik_date_impossible"]),
        (" 3671091508060001\u{a0}\n", &[]),
    ];
    for (text, expected) in vectors {
        let check = check_nik_text(text, None, None, &context(&regions));
        assert_eq!(codes(&check.findings), expected, "{text}");
        for finding in &check.findings {
            assert_eq!(Some(finding.grade), NikCode::of(finding).map(NikCode::grade));
        }
    }
}

#[test]
fn tells_date_sex_serial_and_region() {
    let regions = RegionTable::starter();
    let vectors = [
        ("3671091508060001", date(2006, 8, 15), Sex::Male, 1),
        ("3671095508060002", date(2006, 8, 15), Sex::Female, 2),
        ("3671097112990003", date(1999, 12, 31), Sex::Female, 3),
        ("3671092902080004", date(2008, 2, 29), Sex::Male, 4),
        ("3671090106250005", date(2025, 6, 1), Sex::Male, 5),
        ("3671090206250005", date(1925, 6, 2), Sex::Male, 5),
        ("3671092902000006", date(2000, 2, 29), Sex::Male, 6),
    ];
    for (text, born, sex, serial) in vectors {
        let told = check_nik_text(text, None, None, &context(&regions)).explanation.unwrap();
        assert_eq!((told.birth_date, told.sex, told.serial), (Some(born), Some(sex), serial), "{text}");
        assert_eq!(told.century, Some(CenturyChoice::LatestPast));
        assert_eq!(told.region_names, ["Banten", "Kota Tangerang", "Cibodas"]);
        let sentences = told.sentences(Language::Indonesian);
        assert!(sentences.iter().all(|sentence| !sentence.contains('[')), "{sentences:?}");
    }
    let told = check_nik_text("3201011508060001", None, None, &context(&regions)).explanation.unwrap();
    assert_eq!(told.region_names, ["Jawa Barat"]);
    assert_eq!(told.sentences(Language::English).len(), 5);
}

#[test]
fn warns_when_the_biodata_say_otherwise_and_never_blocks() {
    let regions = RegionTable::starter();
    let check = |text, born, sex| {
        let check = check_nik_text(text, born, sex, &context(&regions));
        (codes(&check.findings), check.explanation.unwrap())
    };
    let (found, told) = check("3671091508250001", Some(date(1925, 8, 15)), Some(Sex::Male));
    assert_eq!(found, [""; 0]);
    assert_eq!(told.century, Some(CenturyChoice::FromBiodata));
    assert_eq!(told.birth_date, Some(date(1925, 8, 15)));
    assert_eq!(check("3671091508060001", Some(date(2006, 8, 16)), None).0, ["nik_birth_date_differs"]);
    assert_eq!(check("3671091508060001", None, Some(Sex::Female)).0, ["nik_sex_differs"]);
    assert_eq!(
        check("3671095508060001", Some(date(2006, 8, 14)), Some(Sex::Male)).0,
        ["nik_birth_date_differs", "nik_sex_differs"]
    );
    // A day that is wrong tells neither date nor sex: one finding. A month that is wrong still tells the sex.
    assert_eq!(check("3671093508060001", Some(date(2006, 8, 14)), Some(Sex::Female)).0, ["nik_day"]);
    assert_eq!(
        check("3671091513060001", Some(date(2006, 8, 14)), Some(Sex::Female)).0,
        ["nik_month", "nik_sex_differs"]
    );
    // 1900 was not a leap year: in the century of the biodata there is no such day, so another one is told.
    for born in [date(1900, 3, 1), date(1999, 3, 1)] {
        let (found, told) = check("3671092902000001", Some(born), None);
        assert_eq!(found, ["nik_birth_date_differs"]);
        assert_eq!(told.birth_date, Some(date(2000, 2, 29)));
        assert_eq!(told.century, Some(CenturyChoice::LatestPast));
    }
    assert_eq!(check("3671092902000001", None, None).0, [""; 0]);
}

#[test]
fn knows_a_prefix_of_an_old_edition() {
    let (old, _) =
        RegionEdition::import("code,name\n36,Banten\n36.71,X\n36.71.20,Y\n", "Lama 2018", date(2018, 1, 1));
    let regions = RegionTable::starter().with_historical(old);
    let mut context = context(&regions);
    context.station = RegionCode::parse("36.71");
    let check = check_nik_text("3671201508060001", None, None, &context);
    assert_eq!(codes(&check.findings), ["nik_region_historical"]);
    context.station = RegionCode::parse("62.03");
    let check = check_nik_text("3671201508060001", None, None, &context);
    assert_eq!(codes(&check.findings), ["nik_region_historical", "nik_region_elsewhere"]);
    context.station = None;
    assert_eq!(codes(&check_nik_text("3671011508060001", None, None, &context).findings), [""; 0]);
}

#[test]
fn lets_a_supervisor_override_dates_only() {
    let regions = RegionTable::starter();
    let may =
        |text| check_nik_text(text, None, None, &context(&regions)).supervisor_may_override_with_siak_print();
    assert!(may("3671092902070005"));
    assert!(may("3671093513060000"));
    assert!(!may("367109150806001"));
    assert!(!may("0367109200000001"));
    assert!(NikCode::Temporary.means_no_nik());
}

#[test]
fn keeps_a_reading_when_the_clock_is_lost() {
    let regions = RegionTable::starter();
    let context = NumberContext { regions: &regions, station: None, today: date(1970, 1, 1) };
    let told = check_nik_text("3671091508850001", None, None, &context).explanation.unwrap();
    assert_eq!(told.birth_date, Some(date(1985, 8, 15)));
    assert_eq!(codes(&check_nik_text("3671092902000006", None, None, &context).findings), [""; 0]);
}

#[test]
fn shows_no_digits_in_logs() {
    let nik = Nik::parse("3671091508060001").unwrap();
    assert_eq!(format!("{nik:?}"), "Nik(redacted)");
    assert_eq!(nik.masked(), "367109••••••0001");
    assert_eq!(nik.expose(), "3671091508060001");
    let regions = RegionTable::starter();
    let shown = format!("{:?}", check_nik(&nik, Some(date(2001, 1, 1)), None, &context(&regions)));
    assert!(!shown.contains("150806") && !shown.contains("2006") && !shown.contains("2001"), "{shown}");
    let json = serde_json::to_string(&nik).unwrap();
    assert_eq!(serde_json::from_str::<Nik>(&json).unwrap(), nik);
    assert!(serde_json::from_str::<Nik>("\"0367109200000001\"").is_err());
}

#[test]
fn reads_headers_in_any_order() {
    assert!(Header::read(&["nik"]).is_ok());
    assert!(Header::read(&["Sex", "BORN", "\u{feff}NIK", "note"]).is_ok());
    assert_eq!(Header::read(&["born", "sex"]), Err(HeaderError::NikMissing));
    assert_eq!(Header::read(&["nik", "NIK"]), Err(HeaderError::ColumnTwice));
    assert_eq!(Header::read(&[]), Err(HeaderError::NikMissing));
}

#[test]
fn judges_rows() {
    let regions = RegionTable::starter();
    let header = Header::read(&["sex", "nik", "born"]).unwrap();
    let rows: [(&[&str], &[&str]); 12] = [
        (&["L", "3671091508060001", "2006-08-15"], &[]),
        (&["Pr", "3671095508060002", "15-08-2006"], &[]),
        (&["perempuan", "3671095508060002", ""], &[]),
        (&["LAKI-LAKI", "3671091508060001", "15-08-2006"], &[]),
        (&["Lk", " 3671091508060001 "], &[]),
        (&["P", "3671091508060001", "2006-08-15"], &["nik_sex_differs"]),
        (&["", "3671091508060001", "2006-08-16"], &["nik_birth_date_differs"]),
        (&["X", "3671091508060001", "16/08/2006"], &["born_unreadable", "sex_unreadable"]),
        (&["L", "3671091508060001", "2026-01-01"], &["born_in_future"]),
        (&["L"], &["nik_empty"]),
        (&[], &["nik_empty"]),
        (&["?", "0367109200000001", ""], &["nik_temporary", "sex_unreadable"]),
    ];
    for (fields, expected) in rows {
        let line = check_row(fields, &header, &context(&regions));
        assert_eq!(codes(&line.findings), expected, "{fields:?}");
    }
}

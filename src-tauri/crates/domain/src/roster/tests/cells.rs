//! Every way a cell can be refused, and that no cell ever panics.

use proptest::prelude::*;

use super::super::cell::{digits, read_date};
use super::*;

#[test]
fn reads_dates_in_every_form() {
    let born = Some(date(2006, 8, 15));
    for text in [
        "15-08-2006",
        "15/08/2006",
        "2006-08-15",
        "2006/08/15",
        "38944",
        "38944.0",
        "2006-08-15 00:00:00",
        "2006-08-15T00:00:00",
        "'15-08-2006",
    ] {
        assert_eq!(read_date(text), born, "{text}");
    }
    assert_eq!(read_date("2101"), Some(date(1905, 10, 1)));
    assert_eq!(read_date("73050"), Some(date(2099, 12, 31)));
    for text in [
        "",
        "2006",
        "1",
        "73051",
        "38944.5",
        "8/15/2006",
        "5/8/2006",
        "08/15/2006",
        "31-02-2006",
        "15-08-06",
        "15.08.2006",
        "99999999999999",
    ] {
        assert_eq!(read_date(text), None, "{text}");
    }
}

#[test]
fn keeps_digits_and_refuses_those_that_were_rounded() {
    for text in [
        "3671095508060002",
        "'3671095508060002",
        "’3671095508060002",
        "3671095508060002.0",
        "3.671095508060002E+15",
        "3,671095508060002e15",
    ] {
        assert_eq!(digits(text).as_deref(), Ok("3671095508060002"), "{text}");
    }
    for text in [
        "3.6711E+15",
        "3.67109550806e15",
        "3E15",
        "3671095508060000.0",
        // Above 2^53, where a spreadsheet holds even numbers only.
        "9.171095508060002E+15",
        "3.6710955080600021E+15",
        "1E99999999999999999999",
    ] {
        assert_eq!(digits(text), Err(RosterCode::NumberRounded), "{text}");
    }
    for text in ["", "abc", "E", "1E", "E1", "36710955O8060002", "3671.0955.0806.0002", "1e-5"] {
        assert_eq!(digits(text).as_deref(), Ok(text), "{text}");
    }
}

#[test]
fn refuses_every_kind_of_bad_cell_by_column_and_code() {
    use RosterField as F;
    let long = "A".repeat(CELL_CHARS_MAX + 1);
    let cases: &[(F, &str, F, &str)] = &[
        (F::Nik, "3.6711E+15", F::Nik, "roster_number_rounded"),
        (F::Nik, "", F::Nik, "biodata_missing"),
        (F::Nik, "-", F::Nik, "biodata_missing"),
        (F::Nik, "367109550806000", F::Nik, "nik_length"),
        (F::Nik, "36710955O8060002", F::Nik, "nik_not_digits"),
        (F::Nik, "3671093508060006", F::Nik, "nik_day"),
        (F::Nik, "3671091513060008", F::Nik, "nik_month"),
        (F::Nik, "3671096902070005", F::Nik, "nik_date_impossible"),
        (F::BirthDate, "", F::BirthDate, "biodata_missing"),
        (F::BirthDate, "8/15/2006", F::BirthDate, "born_unreadable"),
        (F::BirthDate, "15-08-2036", F::BirthDate, "born_in_future"),
        (F::Sex, "", F::Sex, "biodata_missing"),
        (F::Sex, "X", F::Sex, "sex_unreadable"),
        (F::FullName, "SITI C0NTOH", F::FullName, "name_digit"),
        (F::FullName, "-", F::FullName, "name_empty"),
        (F::FullName, "SITI\u{202e} CONTOH", F::FullName, "roster_cell_unprintable"),
        (F::FullName, "SITI\u{7} CONTOH", F::FullName, "roster_cell_unprintable"),
        (F::FullName, "SITI \u{fffd} CONTOH", F::FullName, "roster_cell_not_text"),
        (F::BirthPlace, "\u{200f}CONTOH", F::BirthPlace, "roster_cell_unprintable"),
        (F::MotherName, "AN1 CONTOH", F::MotherName, "name_digit"),
        (F::FatherName, "BUDI; CONTOH", F::FatherName, "name_symbol"),
        (F::Religion, "\u{1b}[2J", F::Religion, "roster_cell_unprintable"),
        (F::Status, &long, F::Status, "roster_cell_too_long"),
        (F::RecordingStatus, "PRR\u{0}", F::RecordingStatus, "roster_cell_unprintable"),
    ];
    for (field, cell, at, code) in cases {
        assert_eq!(refusal_with(*field, cell), Some((Some(*at), *code)), "{cell}");
    }
}

#[test]
fn leaves_unknown_values_out_with_a_warning() {
    use RosterField as F;
    for field in [
        F::MaritalStatus,
        F::BloodType,
        F::FamilyRelation,
        F::Religion,
        F::Education,
        F::Occupation,
        F::Obligation,
        F::CardHeld,
    ] {
        let read = only(read(&[TITLES, FAMILY, &person_with(field, "ENTAH")]));
        let said: Vec<_> = read.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(said, ["roster_value_unknown"], "{field:?}");
    }
    let blank = only(read(&[TITLES, FAMILY, &person_with(F::Religion, "")]));
    assert_eq!(blank.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["biodata_blank"]);
}

#[test]
fn refuses_rows_that_stand_wrong() {
    let codes = |texts: &[&str]| -> Vec<(u32, &str)> {
        let (_, refused, _) = read(texts).unwrap();
        refused.iter().map(|row| (row.place.row, row.code())).collect()
    };
    let wide = format!("{PERSON}{}", "|x".repeat(CELLS_MAX));
    assert_eq!(codes(&[TITLES, FAMILY, &wide]), [(3, "roster_too_many_cells")]);
    assert_eq!(codes(&[TITLES, FAMILY, PERSON, PERSON]), [(4, "roster_nik_twice")]);
    assert_eq!(codes(&[TITLES, PERSON]), [(2, "roster_family_missing")]);
    assert_eq!(codes(&[FAMILY, TITLES, FAMILY]), [(1, "roster_above_titles")]);
    assert_eq!(codes(&[TITLES, FAMILY, "|||||apa ini|||"]), [(3, "roster_row_not_recognised")]);
    for (number, code) in [
        ("3.67109E+15", "roster_number_rounded"),
        ("367109150818000", "kk_length"),
        ("3671093213180001", "kk_day"),
        ("36710915081800O1", "kk_not_digits"),
    ] {
        let family = FAMILY.replace("3671091508180001", number);
        assert_eq!(codes(&[TITLES, &family, PERSON]), [(2, code), (3, "roster_family_refused")], "{number}");
    }
    let family = FAMILY.replace("BUDI", "BUDI\u{202e}");
    assert_eq!(codes(&[TITLES, &family])[0], (2, "roster_cell_unprintable"));
    let long = FAMILY.replace("3671091508180001", "NO. KK : 3671091508180001");
    assert_eq!(codes(&[TITLES, &long, PERSON]), []);
}

/// Cells that look like those of a list more often than pure chance would.
fn any_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        2 => "[0-9]{0,18}",
        1 => "[0-9][.,][0-9]{0,17}[eE][+]?[0-9]{0,3}",
        2 => Just("3671095508060002".to_owned()),
        1 => "(DESA|KEL) .{0,5} ?RT ?/ ?RW ?:? ?[0-9/-]{0,8} DUSUN :? ?.{0,5}",
        2 => proptest::sample::select(TITLES.split('|').collect::<Vec<_>>()).prop_map(str::to_owned),
        3 => proptest::sample::select(PERSON.split('|').collect::<Vec<_>>()).prop_map(str::to_owned),
        3 => Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn no_cell_panics(table in proptest::collection::vec(proptest::collection::vec(any_cell(), 0..24), 0..12), sheets in any::<bool>()) {
        let mut all = rows(&[TITLES, FAMILY]);
        all.extend(table.into_iter().zip(3..).map(|(cells, row)| {
            let sheet = if sheets && row % 5 == 0 { 2 } else { 1 };
            Row { place: RowPlace { sheet, row }, cells }
        }));
        if let Ok((entries, refused, summary)) = read_rows(&all) {
            prop_assert!(entries.len() + refused.len() <= all.len());
            prop_assert_eq!(summary.rows as usize, all.len());
            for read in &entries {
                prop_assert!(read.findings.iter().all(|finding| finding.grade < crate::finding::Grade::Error));
                prop_assert_eq!(read.entry.has_temporary_nik, read.entry.biodata.nik.is_none());
            }
        }
    }

    #[test]
    fn one_wild_cell_never_hides_a_person(field in 0..19_usize, cell in any_cell()) {
        let person = { let mut cells: Vec<String> = PERSON.split('|').map(str::to_owned).collect(); cells[field] = cell; cells };
        let mut all = rows(&[TITLES, FAMILY]);
        all.push(Row { place: RowPlace { sheet: 1, row: 3 }, cells: person });
        let (entries, refused, summary) = read_rows(&all).unwrap();
        prop_assert!(entries.len() + refused.len() == 1 || summary.families == 2);
    }

    #[test]
    fn no_date_or_number_panics(text in any_cell()) {
        let _ = (read_date(&text), digits(&text));
    }
}

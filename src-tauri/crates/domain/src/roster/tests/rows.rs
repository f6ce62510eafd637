//! Families, people, spilled statuses and what stands around them.

use super::*;
use crate::biodata::{Education, FamilyRelation, MaritalStatus, Occupation, Religion, Sex};
use crate::central_status::{CentralStatus, KnownStatus};

fn statuses(texts: &[&str]) -> Vec<String> {
    let (entries, refused, _) = read(texts).unwrap();
    assert!(refused.is_empty());
    let status = |read: &ReadEntry| {
        read.entry.recording_status.as_ref().map_or(String::new(), |one| one.as_str().to_owned())
    };
    entries.iter().map(status).collect()
}

#[test]
fn reads_a_person_of_the_list() {
    let read = only(read(&[TITLES, FAMILY, PERSON]));
    assert_eq!(read.findings, []);
    let RosterEntry { place, biodata, head_of_family, hamlet, .. } = &read.entry;
    assert_eq!(*place, RowPlace { sheet: 1, row: 3 });
    assert_eq!((head_of_family.as_str(), hamlet.as_str()), ("BUDI CONTOH", ""));
    assert_eq!(biodata.nik.unwrap().expose(), "3671095508060002");
    assert_eq!(biodata.kk_number.unwrap().expose(), "3671091508180001");
    assert_eq!((biodata.full_name.as_str(), biodata.birth_place.as_str()), ("SITI CONTOH", "CONTOH"));
    assert_eq!((biodata.birth_date, biodata.sex), (Some(date(2006, 8, 15)), Some(Sex::Female)));
    assert_eq!(biodata.marital_status, Some(MaritalStatus::Single));
    assert_eq!(biodata.blood_type, Some(crate::biodata::BloodType::Unknown));
    assert_eq!(biodata.family_relation, Some(FamilyRelation::Child));
    assert_eq!(
        (biodata.religion, biodata.education),
        (Some(Religion::Islam), Some(Education::UpperSecondary))
    );
    assert_eq!(biodata.occupation, Occupation::read("PELAJAR/MAHASISWA"));
    assert_eq!(biodata.birth_certificate_no, "");
    assert_eq!((biodata.mother_name.as_str(), biodata.father_name.as_str()), ("ANI CONTOH", "BUDI CONTOH"));
    assert_eq!(biodata.village, "MAJU");
    assert_eq!(biodata.rt.unwrap().to_string() + "/" + &biodata.rw.unwrap().to_string(), "002/000");
    assert_eq!(
        (read.entry.obligation, read.entry.card_held),
        (Some(Obligation::Obliged), Some(CardHeld::None))
    );
    assert_eq!(read.entry.status, "SDH DPT");
    assert_eq!(read.entry.recording_status, Some(CentralStatus::Known(KnownStatus::Unregistered)));
    assert_eq!(format!("{:?}", read.entry), "RosterEntry(redacted)");
    let json = serde_json::to_string(&read.entry).unwrap();
    assert_eq!(serde_json::from_str::<RosterEntry>(&json).unwrap(), read.entry);
}

#[test]
fn finds_columns_by_name_in_any_order() {
    let titles =
        "Status Perekaman|Jenis Kelamin|TGL_LAHIR|\u{feff}Nomor Induk Kependudukan|nama|No.|tidak dikenal";
    let family = "|||||3671091508180001|DESA MAJU RT/RW: 002/000 DUSUN: MELATI";
    let person = "PRR|P|2006-08-15|3671095508060002|SITI CONTOH|1|apa saja";
    let (entries, refused, summary) = read(&[titles, family, person]).unwrap();
    assert!(refused.is_empty());
    assert_eq!(entries[0].findings, []);
    assert_eq!(entries[0].entry.recording_status, Some(CentralStatus::Known(KnownStatus::PrintReadyRecord)));
    assert_eq!(summary.absent.len(), 19 - 6);
}

#[test]
fn joins_a_status_that_spilled_over_rows() {
    let sent = person_with(RosterField::RecordingStatus, "SENT FOR CARD");
    let spilled = [
        "||||||||||||||||||",
        "||||||||||||||||||PRIN",
        "Halaman 1 dari 3||||||||||||||||||",
        TITLES,
        "||||||||||||||||||TING",
    ];
    let all = [&[TITLES, FAMILY, sent.as_str()], &spilled[..]].concat();
    assert_eq!(statuses(&all), ["SENT_FOR_CARD_PRINTING"]);

    let unknown = person_with(RosterField::RecordingStatus, "STATUS");
    assert_eq!(statuses(&[TITLES, FAMILY, &unknown, "||||||||||||||||||BARU"]), ["STATUS BARU"]);
    let empty = person_with(RosterField::RecordingStatus, "");
    assert_eq!(statuses(&[TITLES, FAMILY, &empty]), [""]);
    let broken = person_with(RosterField::RecordingStatus, "CARD\nSHIPPED");
    assert_eq!(statuses(&[TITLES, FAMILY, &broken]), ["CARD_SHIPPED"]);
    let two = [TITLES, FAMILY, &sent, "|||||||||||||||||SUSULAN|PRINTING"];
    assert_eq!(only(read(&two)).entry.status, "SDH DPT SUSULAN");
}

#[test]
fn gives_the_rest_of_a_refused_persons_status_to_nobody_else() {
    let bad = person_with(RosterField::BirthDate, "kemarin");
    let second = PERSON.replace("0002|", "0003|").replace("BELUM REKAM", "CARD ISSUED");
    let (entries, refused, _) = read(&[TITLES, FAMILY, &second, &bad, "||||||||||||||||||REKAM"]).unwrap();
    assert_eq!(entries[0].entry.recording_status, Some(CentralStatus::Known(KnownStatus::CardIssued)));
    assert_eq!(refused.len(), 1);
}

#[test]
fn a_status_spills_only_so_far() {
    let sent = person_with(RosterField::RecordingStatus, "SENT");
    let spill = "||||||||||||||||||X";
    let (entries, refused, _) = read(&[TITLES, FAMILY, &sent, spill, spill, spill, spill, spill]).unwrap();
    assert_eq!(entries[0].entry.recording_status, Some(CentralStatus::Other("SENT X X X X".to_owned())));
    assert_eq!(refused[0].code(), "roster_row_not_recognised");
    let (_, refused, _) = read(&[TITLES, spill]).unwrap();
    assert_eq!(refused[0].code(), "roster_row_not_recognised");
    let control = "||||||||||||||||||X\u{202e}";
    let (entries, refused, _) = read(&[TITLES, FAMILY, &sent, control]).unwrap();
    assert!(entries.is_empty());
    assert_eq!((refused[0].place.row, refused[0].code()), (3, "roster_cell_unprintable"));
}

#[test]
fn skips_heads_and_footers_of_pages_and_keeps_the_regions_they_name() {
    let second = PERSON.replace("0002|", "0003|");
    let all = [
        "PEMERINTAH KOTA CONTOH",
        "DAFTAR PENDUDUK WAJIB KTP",
        "PROVINSI|: 36 BANTEN",
        "KOTA : CONTOH",
        "KECAMATAN|:|CIBODAS",
        "",
        TITLES,
        "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19",
        FAMILY,
        PERSON,
        "|||Halaman 1||||||||||||||||",
        "Dicetak : 20-11-2026|||",
        "DAFTAR PENDUDUK WAJIB KTP",
        TITLES,
        &second,
        "JUMLAH|2||",
    ];
    let (entries, refused, summary) = read(&all).unwrap();
    assert!(refused.is_empty(), "{:?}", refused.iter().map(|row| row.place).collect::<Vec<_>>());
    assert_eq!((summary.families, summary.entries, summary.rows), (1, 2, 16));
    let biodata = &entries[1].entry.biodata;
    assert_eq!([&biodata.province, &biodata.regency, &biodata.district], ["BANTEN", "CONTOH", "CIBODAS"]);
}

#[test]
fn takes_addresses_apart_or_keeps_them_whole() {
    let address = |text: &str| {
        let read =
            only(read(&[TITLES, &format!("3671091508180001||BUDI CONTOH|||||||||{text}|||||||"), PERSON]));
        let entry = read.entry;
        let number = |number: Option<crate::biodata::NeighbourhoodNumber>| {
            number.map_or("-".to_owned(), |one| one.to_string())
        };
        let shown = [
            entry.biodata.address,
            entry.biodata.village,
            number(entry.biodata.rt),
            number(entry.biodata.rw),
            entry.hamlet,
        ];
        (shown.join("|"), read.findings.iter().map(|finding| finding.code).collect::<Vec<_>>())
    };
    let good = [
        ("DESA MAJU RT/RW : 002/000 DUSUN : -", "|MAJU|002|000|"),
        ("desa maju jaya  rt / rw: 2/10 dusun: Melati Dua", "|maju jaya|002|010|Melati Dua"),
        ("JL. MELATI NO 5 KEL. CIBODAS RT/RW : 001/004 DUSUN :", "JL. MELATI NO 5|CIBODAS|001|004|"),
        ("DESA MAJU RT/RW : - DUSUN : -", "|MAJU|-|-|"),
        ("JL. MELATI 7 RT/RW : 003/001", "JL. MELATI 7||003|001|"),
    ];
    for (text, shown) in good {
        assert_eq!(address(text), (shown.to_owned(), vec![]), "{text}");
    }
    for text in ["JALAN TANPA RT", "DESA MAJU RT/RW : dua DUSUN : -"] {
        assert_eq!(address(text), (format!("{text}||-|-|"), vec!["roster_address_unread"]), "{text}");
    }
    assert_eq!(address(""), ("||-|-|".to_owned(), vec!["biodata_blank"]));
}

#[test]
fn begins_anew_on_every_sheet() {
    let mut all = rows(&[TITLES, FAMILY, PERSON, TITLES, PERSON, FAMILY, PERSON]);
    for row in all.iter_mut().skip(3) {
        row.place.sheet = 2;
    }
    let (entries, refused, _) = read_rows(&all).unwrap();
    assert_eq!(entries.len(), 1);
    let codes: Vec<_> = refused.iter().map(|row| (row.place.row, row.code())).collect();
    assert_eq!(codes, [(5, "roster_family_missing"), (7, "roster_nik_twice")]);
    let above = rows(&["catatan", FAMILY]).into_iter().map(|mut row| {
        row.place.sheet = 3;
        row
    });
    let (_, refused, _) = read_rows(&all.iter().cloned().chain(above).collect::<Vec<_>>()).unwrap();
    assert_eq!(refused.last().unwrap().code(), "roster_above_titles");
}

#[test]
fn keeps_a_temporary_number_as_no_nik() {
    let read = only(read(&[TITLES, FAMILY, &person_with(RosterField::Nik, "0367109200000001")]));
    assert!(read.entry.has_temporary_nik && read.entry.biodata.nik.is_none());
    assert_eq!(
        read.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        ["roster_temporary_nik"]
    );
}

#[test]
fn names_a_list_that_cannot_be_used() {
    let problem = |texts: &[&str]| read(texts).unwrap_err();
    assert_eq!(problem(&[]), RosterProblem::TitlesMissing);
    assert_eq!(problem(&["hanya", "catatan"]), RosterProblem::TitlesMissing);
    assert_eq!(problem(&vec!["catatan"; 300]), RosterProblem::TitlesMissing);
    let place = RowPlace { sheet: 1, row: 1 };
    for (title, field) in
        [("NIK", RosterField::Nik), ("Nama Lengkap", RosterField::FullName), ("JK", RosterField::Sex)]
    {
        let titles = TITLES.replace(&format!("|{title}|"), "|lain|");
        assert_eq!(problem(&[&titles, FAMILY]), RosterProblem::ColumnMissing { place, field });
    }
    let twice = format!("{TITLES}|Nomor Induk Kependudukan");
    assert_eq!(problem(&[&twice]), RosterProblem::ColumnTwice { place, field: RosterField::Nik });
}

#[test]
fn sees_that_a_spreadsheet_rounded_every_nik() {
    let niks = |last: &str| -> Vec<String> {
        let rounded = (100..112)
            .map(|serial| PERSON.replace("3671095508060002", &format!("367109550806{serial}{last}")));
        [TITLES.to_owned(), FAMILY.to_owned()].into_iter().chain(rounded).collect()
    };
    let as_text = |texts: &[String]| {
        read(&texts.iter().map(String::as_str).collect::<Vec<_>>()).map(|(entries, ..)| entries.len())
    };
    assert_eq!(as_text(&niks("0")), Err(RosterProblem::EveryNikRounded));
    assert_eq!(as_text(&niks("1")), Ok(12));
}

#[test]
fn stops_at_more_rows_than_a_list_can_have() {
    let regions = RegionTable::starter();
    let mut reader = RosterReader::new(NumberContext { regions: &regions, station: None, today: TODAY });
    reader.row(&rows(&[TITLES])[0]).unwrap();
    let empty = Row { place: RowPlace { sheet: 1, row: 2 }, cells: Vec::new() };
    for _ in 1..ROWS_MAX {
        assert!(reader.row(&empty).unwrap().is_none());
    }
    assert_eq!(reader.row(&empty).err(), Some(RosterProblem::TooManyRows));
}

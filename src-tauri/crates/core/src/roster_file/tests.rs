//! Files that are no list, files that lie about their size, and the two kinds side by side.

use std::io::{Cursor, Write};

use jiff::civil::date;
use rekam_domain::region::RegionTable;
use zip::write::SimpleFileOptions;

use super::*;

const TITLES: &str = "NO;Nama Lengkap;NIK;Tanggal Lahir;JK;Stat Rkm";
const FAMILY: &str = "3671091508180001;;BUDI CONTOH;DESA MAJU RT/RW : 002/000 DUSUN : -;;";
const PERSON: &str = "1;SITI CONTOH;3671095508060002;15-08-2006;Pr;BELUM REKAM";

fn rows(bytes: &[u8]) -> Result<Vec<Row>, RosterFileError> {
    let mut rows = Vec::new();
    let taken = read_rows_from(bytes, &mut |row| {
        rows.push(row.clone());
        Ok(())
    });
    taken.map(|_| rows)
}

fn word(bytes: &[u8]) -> &'static str {
    rows(bytes).err().map_or("read", |error| error.word())
}

/// The smallest workbook, each sheet given as its rows in XML.
fn workbook(sheets: &[&str], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut book = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, text: &[u8]| {
        book.start_file(name, SimpleFileOptions::default()).unwrap();
        book.write_all(text).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut list = String::new();
    let mut targets = String::new();
    for (number, rows) in (1..).zip(sheets) {
        list.push_str(&format!(r#"<sheet name="S{number}" sheetId="{number}" r:id="r{number}"/>"#));
        targets.push_str(&format!(
            r#"<Relationship Id="r{number}" Type="{relation}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
        ));
        let sheet = format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#);
        part(&format!("xl/worksheets/sheet{number}.xml"), sheet.as_bytes());
    }
    let book_xml =
        format!(r#"<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>{list}</sheets></workbook>"#);
    part("xl/workbook.xml", book_xml.as_bytes());
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relations = format!(r#"<Relationships xmlns="{package}">{targets}</Relationships>"#);
    part("xl/_rels/workbook.xml.rels", relations.as_bytes());
    let target =
        format!(r#"<Relationship Id="b" Type="{relation}/officeDocument" Target="xl/workbook.xml"/>"#);
    let relations = format!(r#"<Relationships xmlns="{package}">{target}</Relationships>"#);
    part("_rels/.rels", relations.as_bytes());
    for (name, text) in more {
        part(name, text);
    }
    book.finish().unwrap().into_inner()
}

#[test]
fn names_what_is_no_list() {
    assert_eq!(word(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), "old_workbook");
    assert_eq!(word(b"\n <html><table>"), "not_a_table");
    assert_eq!(word(b"%PDF-1.7"), "not_a_table");
    assert_eq!(word(b"N\0O\0;\0"), "not_a_table");
    assert_eq!(word(b"PK\x03\x04"), "damaged");
    assert_eq!(word(b""), "read");
    let list = |bytes: &[u8]| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let regions = RegionTable::starter();
        let context = NumberContext { regions: &regions, station: None, today: date(2026, 11, 20) };
        read_roster(file.path(), context, |_| {}).map(|(kind, summary)| (kind, summary.entries))
    };
    assert_eq!(list(b"").unwrap_err().word(), "titles_missing");
    let good = format!("{TITLES}\r\n{FAMILY}\r\n{PERSON}\r\n");
    assert_eq!(list(good.as_bytes()).unwrap(), (RosterFileKind::Csv, 1));
    let missing = read_rows(Path::new("there-is-no-such-file.csv"), &mut |_| Ok(()));
    assert_eq!(missing.unwrap_err().word(), "open");
    assert_eq!(read_rows(Path::new("/"), &mut |_| Ok(())).unwrap_err().word(), "read");
}

#[test]
fn finds_the_separator_and_the_lines() {
    for separator in [';', ',', '\t'] {
        let family = FAMILY.replace(';', &separator.to_string());
        let text = format!("\u{feff}judul\n\n{family}\n\"a{separator}b\nc\"{separator}d\n\nx");
        let read = rows(text.as_bytes()).unwrap();
        let places: Vec<_> = read.iter().map(|row| (row.place.row, row.cells.len())).collect();
        assert_eq!(places, [(1, 1), (3, 6), (4, 2), (7, 1)]);
        assert_eq!(read[2].cells[0], format!("a{separator}b\nc"));
        let windows = rows(text.replace('\n', "\r\n").as_bytes()).unwrap();
        assert_eq!(windows.iter().map(|row| (row.place.row, row.cells.len())).collect::<Vec<_>>(), places);
    }
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let mut text = format!("{TITLES}\n{FAMILY}\n\"").into_bytes();
    text.resize(4 << 20, b'a');
    assert!(matches!(rows(&text), Err(RosterFileError::RowTooLong(3))));
}

#[test]
fn bytes_that_are_no_text_become_a_mark() {
    let read = rows(b"a;b\xffc;d").unwrap();
    assert_eq!(read[0].cells, ["a", "b\u{fffd}c", "d"]);
}

#[test]
fn cuts_cells_and_rows_to_what_is_refused_anyway() {
    let long = format!("{};{}", "é".repeat(5000), "x;".repeat(200));
    let read = rows(long.as_bytes()).unwrap();
    assert_eq!(read[0].cells[0].chars().count(), CELL_CHARS_MAX + 1);
    assert_eq!(read[0].cells.len(), rekam_domain::roster::CELLS_MAX + 1);
    let far = r#"<row r="2"><c r="XFD2"><v>1</v></c></row>"#;
    assert_eq!(rows(&workbook(&[far], &[])).unwrap()[0].cells.len(), rekam_domain::roster::CELLS_MAX + 1);
}

#[test]
fn reads_numbers_dates_and_texts_of_a_workbook() {
    let styles = br#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let first = r#"<row r="3"><c r="A3"><v>3671095508060002</v></c><c r="B3"><v>3671095508060000</v></c>
        <c r="C3" s="1"><v>38944</v></c><c r="D3"><v>38944</v></c><c r="E3" s="1"><v>38944.5</v></c>
        <c r="G3" t="inlineStr"><is><t>'36</t></is></c><c r="H3" t="str"><v>a&amp;b</v></c><c r="I3" t="b"><v>1</v></c></row>
        <row r="4"><c r="A4"/></row>"#;
    let second = r#"<row r="1"><c r="A1"><v>7</v></c></row>"#;
    let read = rows(&workbook(&[first, second], &[("xl/styles.xml", styles)])).unwrap();
    assert_eq!(read[0].place, rekam_domain::roster::RowPlace { sheet: 1, row: 3 });
    let expected = [
        "3.671095508060002e15",
        "3.67109550806e15",
        "2006-08-15",
        "38944",
        "38944.5",
        "",
        "'36",
        "a&b",
        "true",
    ];
    assert_eq!(read[0].cells, expected);
    assert_eq!((read[1].place.sheet, read[1].cells[0].as_str()), (2, "7"));
    assert_eq!(read.len(), 2);
}

#[test]
fn an_unpacking_bomb_is_refused_before_it_is_read() {
    let zeros = vec![b' '; 1 << 20];
    let mut book = zip::ZipWriter::new(Cursor::new(Vec::new()));
    book.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    for _ in 0..=(HELD_BYTES_MAX >> 20) {
        book.write_all(&zeros).unwrap();
    }
    let bytes = book.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(word(&bytes), "unpacks_too_big");
}

#[test]
fn a_damaged_workbook_is_an_error_and_never_a_panic() {
    let row = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>"#;
    let strings = br#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>NIK</t></si><si><t>JK</t></si></sst>"#;
    let good = workbook(&[row], &[("xl/sharedStrings.xml", strings)]);
    assert_eq!(rows(&good).unwrap()[0].cells, ["NIK", "JK"]);
    for length in 4..good.len() {
        assert_eq!(word(&good[..length]), "damaged", "cut at {length}");
    }
    // Where the checksum of a part does not match, the measuring finds it; the rest must be told by the reader.
    for place in 0..good.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[place] ^= mask;
            let _ = rows(&bad);
        }
    }
    for xml in [
        "<row r=\"0\"><c r=\"A0\"><v>1</v></c></row>",
        "<row r=\"99999999999\"><c r=\"ZZZZZZ1\"><v>1</v></c></row>",
        "<row><c r=\"1A\"><v>1</v></c></row>",
        "<row><c t=\"s\"><v>99</v></c></row>",
        "<row><c t=\"s\"><v>-1</v></c></row>",
        "<row><c s=\"99\"><v>1e999</v></c></row>",
        "<row><c t=\"e\"><v>#WAS?</v></c></row>",
        "<row><c t=\"b\"><v>x</v></c></row>",
        "<row><c t=\"zz\"><v>x</v></c></row>",
        "<row><c t=\"str\"><v>&unknown;&#x110000;</v></c></row>",
        "<row><c><v>",
        "<row><c><x/></c></row>",
        "</sheetData><row>",
        "",
    ] {
        let _ = rows(&workbook(&[xml], &[]));
    }
}

#[test]
fn every_code_has_a_text_that_says_what_to_do() {
    let errors = [
        RosterFileError::Open(io::ErrorKind::NotFound.into()),
        RosterFileError::Read(io::ErrorKind::Other.into()),
        RosterFileError::TooBig(FILE_BYTES_MAX),
        RosterFileError::UnpacksTooBig(UNPACKED_BYTES_MAX),
        RosterFileError::OldWorkbook,
        RosterFileError::NotATable,
        RosterFileError::Damaged("a cell"),
        RosterFileError::RowTooLong(7),
    ];
    assert_eq!(errors.each_ref().map(RosterFileError::word), RosterFileError::WORDS);
    for language in Language::ALL {
        for error in &errors {
            let sentence = error.text(language, "a.csv");
            assert!(!sentence.contains('[') && sentence.matches(". ").count() >= 1, "{sentence}");
        }
        let owned = rekam_domain::text::keys(language);
        assert_eq!(owned.iter().filter(|key| key.starts_with("roster_file.")).count(), errors.len());
    }
    let list = RosterFileError::List(RosterProblem::TitlesMissing);
    assert!(list.text(Language::English, "a.csv").starts_with("a.csv: "));
}

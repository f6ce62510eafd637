use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::text::Language;

fn code(text: &str) -> RegionCode {
    RegionCode::parse(text).unwrap()
}

fn edition(text: &str, label: &str) -> RegionEdition {
    let (edition, refused) = RegionEdition::import(text, label, date(2018, 1, 1));
    assert_eq!(refused, []);
    edition
}

#[test]
fn reads_dotted_and_plain_codes() {
    for (text, shown) in [
        ("36", "36"),
        ("3671", "36.71"),
        ("36.71.09", "36.71.09"),
        ("3671091001", "36.71.09.1001"),
        (" 11 ", "11"),
    ] {
        assert_eq!(code(text).to_string(), shown);
        assert_eq!(code(shown), code(text));
        assert_eq!(code(&code(text).digits()), code(text));
    }
    for wrong in [
        "",
        "3",
        "367",
        "36710",
        "36710910",
        "36.7109",
        "3671.09",
        "36..71",
        "36.71.",
        ".36",
        "３６",
        "36.71.09.10011",
    ] {
        assert_eq!(RegionCode::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn knows_kabupaten_from_kota_and_codes_that_never_exist() {
    assert_eq!(code("62.03").regency_kind(), Some(RegencyKind::Kabupaten));
    assert_eq!(code("36.71.09").regency_kind(), Some(RegencyKind::Kota));
    assert_eq!(code("36").regency_kind(), None);
    for impossible in ["36.00", "36.70", "36.70.01", "36.71.00", "36.71.00.1001"] {
        assert!(!code(impossible).can_exist(), "{impossible}");
    }
    assert!(code("36.71").contains(code("36.71.09")));
    assert!(!code("36.71.09").contains(code("36.71")));
}

#[test]
fn starter_table_has_every_province_and_reads_without_a_refused_line() {
    let (starter, refused) =
        RegionEdition::import(include_str!("../../data/region-starter.csv"), "x", date(2025, 1, 1));
    assert_eq!(refused, []);
    assert_eq!(starter.len_of(RegionLevel::Province), 38);
    assert_eq!(starter.len_of(RegionLevel::Regency), 4);
    assert_eq!(starter.len_of(RegionLevel::District), 14);
    assert_eq!(starter.len(), 56);
}

#[test]
fn starter_table_says_what_it_knows_and_where_it_ends() {
    let table = RegionTable::starter();
    let reading = table.read(code("36.71.09"));
    assert_eq!(reading.knowledge, RegionKnowledge::Current);
    let names: Vec<_> = reading.names.iter().map(|name| name.name).collect();
    assert_eq!(names, ["Banten", "Kota Tangerang", "Cibodas"]);

    let knowledge = |text| table.read(code(text)).knowledge;
    assert_eq!(knowledge("36.71.14"), RegionKnowledge::Unknown);
    assert_eq!(knowledge("94.00.00"), RegionKnowledge::Unknown);
    assert_eq!(knowledge("97.01.01"), RegionKnowledge::Unknown);
    assert_eq!(knowledge("32.01.01"), RegionKnowledge::NotCovered { reaches: RegionLevel::Province });
    assert_eq!(knowledge("36.03.01"), RegionKnowledge::NotCovered { reaches: RegionLevel::Province });
    assert_eq!(knowledge("62.03.01"), RegionKnowledge::NotCovered { reaches: RegionLevel::Regency });
    assert_eq!(knowledge("63.05.01"), RegionKnowledge::NotCovered { reaches: RegionLevel::Regency });
    assert_eq!(knowledge("32.70.01"), RegionKnowledge::Unknown);
}

#[test]
fn names_the_historical_edition_that_has_a_code() {
    let table =
        RegionTable::new(edition("code,name\n36,Banten\n36.71,Kota Tangerang\n36.71.09,Cibodas\n", "2025"))
            .with_historical(edition(
                "kode;nama\n36;Banten\n36.71;Tangerang\n36.71.20;Lama\n54;Timor Timur\n",
                "2018",
            ));
    let knowledge = |text| table.read(code(text)).knowledge;
    assert_eq!(knowledge("36.71.20"), RegionKnowledge::Historical { edition: "2018" });
    assert_eq!(knowledge("54.01.01"), RegionKnowledge::Historical { edition: "2018" });
    assert_eq!(knowledge("36.71.21"), RegionKnowledge::Unknown);
    assert_eq!(table.read(code("36.71.20")).names.last().map(|name| name.name), Some("Lama"));
}

#[test]
fn imports_every_shape_an_office_saves() {
    let shapes = [
        "code,name\n36,Banten\n36.71,Kota Tangerang\n",
        "\u{feff}kode;nama\r\n36;Banten\r\n3671;Kota Tangerang\r\n",
        "nama,kode\n\"Banten\",\"36\"\n\"Kota Tangerang\",\"36.71\"\n",
        "No;NAMA;Kode\n1;Banten;36\n2;Kota Tangerang;36.71",
    ];
    for shape in shapes {
        let edition = edition(shape, "x");
        assert_eq!(edition.len(), 2, "{shape}");
        assert_eq!(edition.name(code("36.71")), Some("Kota Tangerang"));
    }
    assert_eq!(edition("code,name\n36,\"Satu, Dua\"\n", "x").name(code("36")), Some("Satu, Dua"));
}

#[test]
fn refuses_lines_with_number_and_reason() {
    let (edition, refused) = RegionEdition::import(
        "code,name\n36,Banten\nabc,X\n\n36,Lagi\n36.70,Tidak ada\n12,\n13\n",
        "x",
        date(2018, 1, 1),
    );
    assert_eq!(edition.len(), 1);
    let told: Vec<_> = refused.iter().map(|line| (line.line, line.refusal)).collect();
    assert_eq!(
        told,
        [
            (3, RegionRefusal::CodeUnreadable),
            (5, RegionRefusal::CodeTwice),
            (6, RegionRefusal::CodeImpossible),
            (7, RegionRefusal::NameEmpty),
            (8, RegionRefusal::NameEmpty),
        ]
    );
    let (_, refused) =
        RegionEdition::import("code,name\r\n36,Banten\r\n\r\nabc,X\r\n", "x", date(2018, 1, 1));
    assert_eq!(refused, [RefusedLine { line: 4, refusal: RegionRefusal::CodeUnreadable }]);
    assert!(refused.iter().all(|line| !line.text(Language::Indonesian).contains('[')));
    for headless in ["", "36,Banten\n", "\u{feff}", "kode\n36\n"] {
        let (edition, refused) = RegionEdition::import(headless, "x", date(2018, 1, 1));
        assert!(edition.is_empty());
        assert_eq!(refused, [RefusedLine { line: 1, refusal: RegionRefusal::HeaderMissing }]);
    }
}

#[test]
fn is_kept_as_dotted_text() {
    let json = serde_json::to_string(&code("367109")).unwrap();
    assert_eq!(json, "\"36.71.09\"");
    assert_eq!(serde_json::from_str::<RegionCode>(&json).unwrap(), code("367109"));
    assert!(serde_json::from_str::<RegionCode>("\"x\"").is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_import_or_a_code_panic(text in any::<String>()) {
        let _ = RegionEdition::import(&text, "x", date(2018, 1, 1));
        let _ = RegionEdition::import(&format!("code,name\n{text}"), "x", date(2018, 1, 1));
        if let Some(code) = RegionCode::parse(&text) {
            prop_assert_eq!(RegionCode::parse(&code.to_string()), Some(code));
            let _ = RegionTable::starter().read(code);
        }
    }
}

#[test]
fn an_edition_comes_back_as_it_was_kept_and_tells_what_changed() {
    let day = jiff::civil::date(2025, 6, 1);
    let read = |text: &str| RegionEdition::import(text, "Contoh", day).0;
    let old = read("code,name,coverage\n36,BANTEN,partial\n36.71,KOTA CONTOH,\n36.72,KOTA HILANG,\n");
    let kept = old.regions().map(|(code, name, partial)| (code, name.to_owned(), partial));
    assert_eq!(RegionEdition::restore("Contoh", day, kept.collect::<Vec<_>>()), old);
    let new = read("code,name\n36,BANTEN\n36.71,KOTA LAIN\n36.73,KOTA BARU\n");
    let change = RegionChange { added: 1, renamed: 1, gone: 1, unchanged: 1 };
    assert_eq!(new.changes_from(&old), change);
}

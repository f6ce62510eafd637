mod cells;
mod compared;
mod rows;
mod texts;

use jiff::civil::{Date, date};

use super::*;
use crate::nik::NumberContext;
use crate::region::RegionTable;

const TODAY: Date = date(2026, 11, 20);
const TITLES: &str = "NO|Nama Lengkap|NIK|Tempat Lahir|Tanggal Lahir|JK|Stat Kwn|Gol. Drh|SHDK|Agama|Pendidikan Terakhir|\
No Akta Lahir|Pekerjaan|Nama Ibu|Nama Ayah|Wjb KTP|KTP-eL|Status|Stat Rkm";
const FAMILY: &str = "3671091508180001||BUDI CONTOH|||||||||DESA MAJU RT/RW : 002/000 DUSUN : -|||||||";
const PERSON: &str = "1|SITI CONTOH|3671095508060002|CONTOH|15-08-2006|Pr|BK|-|ANAK|ISLAM|SLTA / SEDERAJAT|-|\
PELAJAR / MAHASISWA|ANI CONTOH|BUDI CONTOH|WAJIB|BELUM|SDH DPT|BELUM REKAM";

fn rows(texts: &[&str]) -> Vec<Row> {
    let row = |(text, row): (&&str, u32)| {
        let cells = text.split('|').map(str::to_owned).collect();
        Row { place: RowPlace { sheet: 1, row }, cells }
    };
    texts.iter().zip(1..).map(row).collect()
}

type Outcome = Result<(Vec<ReadEntry>, Vec<RefusedRow>, RosterSummary), RosterProblem>;

fn read_rows(rows: &[Row]) -> Outcome {
    let regions = RegionTable::starter();
    let mut reader = RosterReader::new(NumberContext { regions: &regions, station: None, today: TODAY });
    let mut lines = Vec::new();
    for row in rows {
        lines.extend(reader.row(row)?);
    }
    let (last, summary) = reader.end()?;
    lines.extend(last);
    let (mut entries, mut refused) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            RosterLine::Entry(read) => entries.push(*read),
            RosterLine::Refused(row) => refused.push(*row),
        }
    }
    assert_eq!(entries.len(), summary.entries as usize);
    assert_eq!(refused.len(), summary.refused as usize);
    Ok((entries, refused, summary))
}

fn read(texts: &[&str]) -> Outcome {
    read_rows(&rows(texts))
}

/// The only refused row of a list whose person has one cell replaced.
fn refusal_with(field: RosterField, cell: &str) -> Option<(Option<RosterField>, &'static str)> {
    let (entries, refused, _) = read(&[TITLES, FAMILY, &person_with(field, cell)]).unwrap();
    assert_eq!(entries.len() + refused.len(), 1, "{cell}");
    refused.first().map(|row| (row.field, row.code()))
}

fn person_with(field: RosterField, cell: &str) -> String {
    let mut cells: Vec<&str> = PERSON.split('|').collect();
    cells[field as usize] = cell;
    cells.join("|")
}

fn only(outcome: Outcome) -> ReadEntry {
    let (mut entries, refused, _) = outcome.unwrap();
    assert!(refused.is_empty() && entries.len() == 1, "{:?}", refused.first().map(|row| row.reason.clone()));
    entries.remove(0)
}

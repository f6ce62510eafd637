//! The row of a family, and what stands around the table: heads and footers of pages.

use super::cell::{clean, digits, is_blank};
use super::columns::{Columns, is_long_number};
use super::{RefusedRow, RosterCode, RosterField, Row};
use crate::biodata::{NeighbourhoodNumber, read_rt_rw};
use crate::family_card::{KartuKeluarga, check_kk_text};
use crate::finding::Grade;
use crate::label;
use crate::nik::NumberContext;

/// Words before the name of a village.
const VILLAGE_WORDS: [&str; 9] =
    ["DESA", "KELURAHAN", "KALURAHAN", "KEL", "DS", "NAGARI", "GAMPONG", "PEKON", "LEMBANG"];
/// First words of lines that print-outs put below or above a page.
const PAGE_WORDS: [&str; 20] = [
    "HALAMAN",
    "HAL",
    "PAGE",
    "DICETAK",
    "TANGGAL CETAK",
    "TGL CETAK",
    "JUMLAH",
    "TOTAL",
    "SUMBER",
    "BUKU INDUK",
    "DAFTAR",
    "PEMERINTAH",
    "PROVINSI",
    "KABUPATEN",
    "KOTA",
    "KECAMATAN",
    "KELURAHAN",
    "DESA",
    "DINAS",
    "CATATAN",
];
/// A line of a page head or footer has few cells; a person has many.
const PAGE_CELLS_MAX: usize = 4;
/// A row of column numbers has at least so many of them.
const COLUMN_NUMBERS_MIN: usize = 4;

/// The family that the people below belong to.
#[derive(Clone)]
pub(super) struct Family {
    pub(super) kk: KartuKeluarga,
    pub(super) head: String,
    pub(super) address: Address,
}

/// The address of a family, taken apart.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) street: String,
    pub(super) village: String,
    pub(super) rt: Option<NeighbourhoodNumber>,
    pub(super) rw: Option<NeighbourhoodNumber>,
    pub(super) hamlet: String,
    /// It has the shape that SIAK writes.
    pub(super) is_read: bool,
}

crate::redact::redacted!(Family, Address);

impl Family {
    /// Reads the row, or says why not.
    pub(super) fn read(
        row: &Row,
        columns: &Columns,
        context: &NumberContext<'_>,
    ) -> Result<Self, RefusedRow> {
        let refuse =
            |field, code: RosterCode| RefusedRow { field: Some(field), ..RefusedRow::of(row.place, code) };
        let place = columns.family_place();
        let number = row.cells.get(place).map_or("", String::as_str);
        let number = clean(number).map_err(|code| refuse(RosterField::KkNumber, code))?;
        let bare = number.rsplit_once(':').map_or(&*number, |(_, bare)| bare);
        let bare = digits(bare).map_err(|code| refuse(RosterField::KkNumber, code))?;
        let check = check_kk_text(&bare, context);
        let error = check.findings.into_iter().find(|finding| finding.grade == Grade::Error);
        let (kk, reason) = (check.number, error);
        if let Some(reason) = reason {
            return Err(RefusedRow {
                place: row.place,
                field: Some(RosterField::KkNumber),
                nik: None,
                reason,
            });
        }
        let kk = kk.ok_or_else(|| refuse(RosterField::KkNumber, RosterCode::RowNotRecognised))?;
        let mut others = Vec::new();
        for (_, cell) in row.cells.iter().enumerate().filter(|(at, cell)| *at != place && !is_blank(cell)) {
            others.push(clean(cell).map_err(|code| refuse(RosterField::Address, code))?);
        }
        let is_address = |text: &str| {
            let text = text.to_ascii_uppercase();
            text.replace(' ', "").contains("RT/RW") || text.contains("DUSUN")
        };
        let address = others.iter().position(|text| is_address(text)).or((others.len() > 1).then_some(1));
        let (head, address) = match address {
            Some(at) => {
                let head = others.iter().enumerate().find(|(other, _)| *other != at).map(|(_, text)| text);
                (head, others.get(at).map(|text| Address::read(text)))
            }
            None => (others.first(), None),
        };
        let head = head.map(ToString::to_string).unwrap_or_default();
        Ok(Self { kk, head, address: address.unwrap_or_default() })
    }
}

impl Address {
    /// Takes `DESA … RT/RW : 002/000 DUSUN : -` apart; anything else is kept whole as the street.
    pub(super) fn read(text: &str) -> Self {
        Self::taken_apart(text).unwrap_or_else(|| Self { street: text.to_owned(), ..Self::default() })
    }

    fn taken_apart(text: &str) -> Option<Self> {
        // ASCII case keeps the places of the bytes.
        let upper = text.to_ascii_uppercase();
        let mark = ["RT/RW", "RT / RW", "RT /RW", "RT/ RW"].into_iter().find(|mark| upper.contains(mark))?;
        let start = upper.find(mark)?;
        let before = text.get(..start)?.trim();
        let after = start + mark.len();
        let (numbers, hamlet) = match upper.get(after..)?.find("DUSUN") {
            Some(at) => (text.get(after..after + at)?, text.get(after + at + "DUSUN".len()..)?),
            None => (text.get(after..)?, ""),
        };
        let (rt, rw) = match value(numbers) {
            "" | "/" => (None, None),
            numbers => read_rt_rw(numbers).map(|(rt, rw)| (Some(rt), Some(rw)))?,
        };
        let words: Vec<&str> = before.split_whitespace().collect();
        let is_village = |word: &&str| VILLAGE_WORDS.iter().any(|known| label::same(word, known));
        let (street, village) = match words.iter().rposition(is_village) {
            Some(at) => (words.get(..at)?.join(" "), words.get(at + 1..)?.join(" ")),
            None => (before.to_owned(), String::new()),
        };
        Some(Self { street, village, rt, rw, hamlet: value(hamlet).to_owned(), is_read: true })
    }
}

/// What follows a colon; a dash means nothing.
fn value(text: &str) -> &str {
    match text.trim().trim_start_matches(':').trim() {
        "-" => "",
        text => text,
    }
}

/// Names of regions that a page head gives for everybody below it.
#[derive(Clone, Default)]
pub(super) struct PageHead {
    pub(super) province: String,
    pub(super) regency: String,
    pub(super) district: String,
    pub(super) village: String,
}

impl PageHead {
    /// Whether the row belongs to the page and not to the table; names of regions in it are kept.
    pub(super) fn take(&mut self, row: &Row) -> bool {
        let filled = || row.cells.iter().filter(|cell| !is_blank(cell));
        if filled().any(|cell| is_long_number(cell)) {
            return false;
        }
        let is_small_number =
            |cell: &String| cell.trim().len() <= 2 && cell.trim().bytes().all(|byte| byte.is_ascii_digit());
        let count = filled().take(PAGE_CELLS_MAX + 1).count();
        if count >= COLUMN_NUMBERS_MIN && filled().all(is_small_number) {
            return true;
        }
        if count > PAGE_CELLS_MAX {
            return false;
        }
        let text = filled().map(|cell| cell.trim()).collect::<Vec<_>>().join(" ");
        let begins = |words: &str| {
            let mut own =
                text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
            words.split(' ').all(|word| own.next().is_some_and(|own| own.eq_ignore_ascii_case(word)))
        };
        if !PAGE_WORDS.into_iter().any(begins) {
            return false;
        }
        if let Some((label, name)) = text.split_once(':')
            && let Ok(name) = clean(name)
        {
            self.keep(label, name.trim_start_matches(|letter: char| !letter.is_alphabetic()));
        }
        true
    }

    fn keep(&mut self, title: &str, name: &str) {
        let named = |titles: &[&str]| titles.iter().any(|known| label::same(title, known));
        let place = if named(&["PROVINSI"]) {
            &mut self.province
        } else if named(&["KABUPATEN", "KOTA", "KABUPATEN/KOTA", "KAB/KOTA", "KOTA/KABUPATEN"]) {
            &mut self.regency
        } else if named(&["KECAMATAN"]) {
            &mut self.district
        } else if named(&["KELURAHAN", "DESA", "DESA/KELURAHAN", "KELURAHAN/DESA"]) {
            &mut self.village
        } else {
            return;
        };
        name.clone_into(place);
    }
}

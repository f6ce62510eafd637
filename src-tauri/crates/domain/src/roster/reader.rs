//! From rows to lines: one row goes in, at most one line comes out, and memory stays flat.

use std::collections::HashMap;

use super::cell::{clean, is_blank};
use super::columns::{Columns, is_long_number};
use super::family::{Family, PageHead};
use super::member::{Labels, MemberReader};
use super::status::{SPILLED_ROWS_MAX, join};
use super::{
    CELLS_MAX, ROWS_MAX, ReadEntry, RefusedRow, RosterCode, RosterField, RosterProblem, Row, RowPlace,
};
use crate::nik::{Nik, NumberContext};

/// A list whose columns are not named within so many rows is not one.
const ROWS_ABOVE_TITLES_MAX: u32 = 200;
/// So many NIKs that all end in zero do not happen by chance: a spreadsheet rounded them.
const ROUNDED_NIKS_MIN: u32 = 10;

/// A line of the list, judged.
#[derive(Clone, PartialEq, Eq)]
pub enum RosterLine {
    /// Somebody.
    Entry(Box<ReadEntry>),
    /// A row that was not taken.
    Refused(Box<RefusedRow>),
}

crate::redact::redacted!(RosterLine);

/// What a list held, all in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterSummary {
    /// Rows seen, empty ones included.
    pub rows: u32,
    /// Families.
    pub families: u32,
    /// People taken.
    pub entries: u32,
    /// People taken who have a temporary number and so no NIK.
    pub without_nik: u32,
    /// People taken about whom there is something to say.
    pub with_findings: u32,
    /// Rows refused.
    pub refused: u32,
    /// Columns the list does not have.
    pub absent: Vec<RosterField>,
}

/// Reads a list row by row. Nothing it gave counts before [`RosterReader::end`] found the whole list usable.
///
/// ```
/// use rekam_domain::nik::NumberContext;
/// use rekam_domain::region::RegionTable;
/// use rekam_domain::roster::{RosterLine, RosterReader, Row, RowPlace};
///
/// let regions = RegionTable::starter();
/// let today = jiff::civil::date(2026, 11, 20);
/// let mut reader = RosterReader::new(NumberContext { regions: &regions, station: None, today });
/// let mut lines = Vec::new();
/// for (row, text) in (1..).zip([
///     "NO|Nama Lengkap|NIK|Tanggal Lahir|JK|Stat Rkm",
///     "3671091508180001||BUDI CONTOH|DESA MAJU RT/RW : 002/000 DUSUN : -||",
///     "1|SITI CONTOH|3671095508060002|15-08-2006|Pr|BELUM",
///     "|||||REKAM",
/// ]) {
///     let cells = text.split('|').map(str::to_owned).collect();
///     lines.extend(reader.row(&Row { place: RowPlace { sheet: 1, row }, cells }).unwrap());
/// }
/// let (last, summary) = reader.end().unwrap();
/// lines.extend(last);
/// let [RosterLine::Entry(read)] = &lines[..] else { panic!() };
/// assert_eq!(read.entry.recording_status.as_ref().unwrap().as_str(), "UNREGISTERED");
/// assert_eq!(summary.families, 1);
/// ```
pub struct RosterReader<'t> {
    context: NumberContext<'t>,
    labels: Labels,
    columns: Option<Columns>,
    family: FamilyAbove,
    page: PageHead,
    sheet: u16,
    pending: Option<Pending>,
    seen: HashMap<Nik, RowPlace>,
    ending_in_zero: u32,
    titles_seen: bool,
    summary: RosterSummary,
}

enum FamilyAbove {
    Missing,
    Refused,
    Read(Box<Family>),
}

/// A line that may still get the rest of its status from the rows below.
struct Pending {
    line: RosterLine,
    status: Vec<String>,
    spilled: usize,
}

impl<'t> RosterReader<'t> {
    /// A reader that judges numbers and dates with this.
    #[must_use]
    pub fn new(context: NumberContext<'t>) -> Self {
        Self {
            context,
            labels: Labels::new(),
            columns: None,
            family: FamilyAbove::Missing,
            page: PageHead::default(),
            sheet: 0,
            pending: None,
            seen: HashMap::new(),
            ending_in_zero: 0,
            titles_seen: false,
            summary: RosterSummary::default(),
        }
    }

    /// Takes the next row; gives the line before it, once its status is complete.
    ///
    /// # Errors
    /// When the list as a whole cannot be used.
    pub fn row(&mut self, row: &Row) -> Result<Option<RosterLine>, RosterProblem> {
        if self.summary.rows == ROWS_MAX {
            return Err(RosterProblem::TooManyRows);
        }
        self.summary.rows += 1;
        let before = (row.place.sheet != self.sheet).then(|| self.begin_sheet(row.place.sheet)).flatten();
        let line = self.judge(row)?;
        // A new sheet has let go of what was pending, so there is only ever one of the two.
        Ok(before.or(line))
    }

    /// The last line and the whole.
    ///
    /// # Errors
    /// When the list as a whole cannot be used.
    pub fn end(mut self) -> Result<(Option<RosterLine>, RosterSummary), RosterProblem> {
        let last = self.release();
        if !self.titles_seen {
            return Err(RosterProblem::TitlesMissing);
        }
        let niks = self.summary.entries - self.summary.without_nik;
        if niks >= ROUNDED_NIKS_MIN && niks == self.ending_in_zero {
            return Err(RosterProblem::EveryNikRounded);
        }
        Ok((last, self.summary))
    }

    fn begin_sheet(&mut self, sheet: u16) -> Option<RosterLine> {
        self.sheet = sheet;
        self.columns = None;
        self.family = FamilyAbove::Missing;
        self.page = PageHead::default();
        self.release()
    }

    fn judge(&mut self, row: &Row) -> Result<Option<RosterLine>, RosterProblem> {
        if row.cells.iter().all(|cell| is_blank(cell)) {
            return Ok(None);
        }
        if row.cells.len() > CELLS_MAX {
            return Ok(self.refuse(RefusedRow::of(row.place, RosterCode::TooManyCells)));
        }
        if let Some(columns) = Columns::find(row)? {
            if !self.titles_seen {
                self.summary.absent = columns.absent();
            }
            self.titles_seen = true;
            self.columns = Some(columns);
            return Ok(None);
        }
        let Some(columns) = self.columns.clone() else { return self.above_titles(row) };
        if columns.begins_family(row) {
            return Ok(self.begin_family(row, &columns));
        }
        if self.page.take(row) {
            return Ok(None);
        }
        if columns.holds_person(row) {
            return Ok(self.member(row, &columns));
        }
        if columns.is_spilled(row) && self.take_spilled(row, &columns) {
            return Ok(None);
        }
        Ok(self.refuse(RefusedRow::of(row.place, RosterCode::RowNotRecognised)))
    }

    fn above_titles(&mut self, row: &Row) -> Result<Option<RosterLine>, RosterProblem> {
        if !self.titles_seen && self.summary.rows > ROWS_ABOVE_TITLES_MAX {
            return Err(RosterProblem::TitlesMissing);
        }
        if row.cells.iter().any(|cell| is_long_number(cell)) {
            return Ok(self.refuse(RefusedRow::of(row.place, RosterCode::AboveTitles)));
        }
        self.page.take(row);
        Ok(None)
    }

    fn begin_family(&mut self, row: &Row, columns: &Columns) -> Option<RosterLine> {
        match Family::read(row, columns, &self.context) {
            Ok(family) => {
                self.summary.families += 1;
                self.family = FamilyAbove::Read(Box::new(family));
                self.release()
            }
            Err(refused) => {
                self.family = FamilyAbove::Refused;
                self.refuse(refused)
            }
        }
    }

    fn member(&mut self, row: &Row, columns: &Columns) -> Option<RosterLine> {
        let family = match &self.family {
            FamilyAbove::Read(family) => family,
            FamilyAbove::Missing | FamilyAbove::Refused => {
                let is_missing = matches!(self.family, FamilyAbove::Missing);
                let code = if is_missing { RosterCode::FamilyMissing } else { RosterCode::FamilyRefused };
                let nik = super::cell::digits(columns.cell(row, RosterField::Nik)).ok();
                let nik = nik.and_then(|digits| Nik::parse(&digits));
                return self.refuse(RefusedRow { nik, ..RefusedRow::of(row.place, code) });
            }
        };
        let (context, labels, page) = (&self.context, &self.labels, &self.page);
        let read = MemberReader { columns, family, page, context, labels }.read(row).and_then(|read| {
            let status = clean(columns.cell(row, RosterField::RecordingStatus)).map_err(|code| {
                let field = Some(RosterField::RecordingStatus);
                RefusedRow { field, nik: read.entry.biodata.nik, ..RefusedRow::of(row.place, code) }
            })?;
            match read.entry.biodata.nik.and_then(|nik| self.seen.get(&nik)) {
                None => Ok((read, status.into_owned())),
                Some(first) => Err(RefusedRow {
                    place: row.place,
                    field: Some(RosterField::Nik),
                    nik: None,
                    reason: RosterCode::NikTwice.finding().with("row", first.row.to_string()),
                }),
            }
        });
        match read {
            Err(refused) => self.refuse(refused),
            Ok((read, status)) => {
                let before = self.release();
                if let Some(nik) = read.entry.biodata.nik {
                    self.seen.insert(nik, row.place);
                }
                let status = if status == "-" { Vec::new() } else { vec![status] };
                self.pending = Some(Pending { line: RosterLine::Entry(Box::new(read)), status, spilled: 0 });
                before
            }
        }
    }

    fn refuse(&mut self, refused: RefusedRow) -> Option<RosterLine> {
        let before = self.release();
        let line = RosterLine::Refused(Box::new(refused));
        // It waits as well: the rest of its status belongs to it and to nobody else.
        self.pending = Some(Pending { line, status: Vec::new(), spilled: 0 });
        before
    }

    /// Adds the rest of a status to the person above.
    fn take_spilled(&mut self, row: &Row, columns: &Columns) -> bool {
        let Some(pending) = &mut self.pending else { return false };
        pending.spilled += 1;
        if pending.spilled > SPILLED_ROWS_MAX {
            return false;
        }
        let RosterLine::Entry(read) = &mut pending.line else { return true };
        let cell = |field| clean(columns.cell(row, field)).map_err(|code| (field, code));
        match (cell(RosterField::Status), cell(RosterField::RecordingStatus)) {
            (Ok(status), Ok(recording)) => {
                if !status.is_empty() {
                    read.entry.status = format!("{} {status}", read.entry.status).trim().to_owned();
                }
                pending.status.push(recording.into_owned());
            }
            (Err((field, code)), _) | (_, Err((field, code))) => {
                let nik = read.entry.biodata.nik;
                let refused =
                    RefusedRow { field: Some(field), nik, ..RefusedRow::of(read.entry.place, code) };
                pending.line = RosterLine::Refused(Box::new(refused));
            }
        }
        true
    }

    /// Lets go of the pending line and counts it.
    fn release(&mut self) -> Option<RosterLine> {
        let mut pending = self.pending.take()?;
        match &mut pending.line {
            RosterLine::Refused(_) => self.summary.refused += 1,
            RosterLine::Entry(read) => {
                read.entry.recording_status = join(&pending.status);
                self.summary.entries += 1;
                self.summary.with_findings += u32::from(!read.findings.is_empty());
                self.summary.without_nik += u32::from(read.entry.biodata.nik.is_none());
                let ends_in_zero = read.entry.biodata.nik.is_some_and(|nik| nik.expose().ends_with('0'));
                self.ending_in_zero += u32::from(ends_in_zero);
            }
        }
        Some(pending.line)
    }
}

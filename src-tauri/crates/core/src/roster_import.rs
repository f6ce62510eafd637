//! Taking over a list of people, or telling what that would change: one promise for all of it.
//!
//! The list goes by row by row: memory grows with the numbers of its people alone, not with what is known of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::master_data::{MasterDataKind, MasterSource};
use rekam_domain::nik::{Nik, NumberContext};
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::region::RegionCode;
use rekam_domain::roster::{
    RefusedRow, RosterChange, RosterComparison, RosterEntry, RosterLine, RosterSummary,
};
use rekam_store::{Hash, NewAudit, Reading, RosterPersonRow, RosterSourceRow, StoreError, Writing};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::master::{Given, MasterError, end_of_day_ms, roster_source, said_by_name};
use crate::problem::{Code, Problem};
use crate::roster_file::{FILE_BYTES_MAX, RosterFileError, RosterFileKind, read_roster_from};
use crate::station::Station;

/// Most refused rows that are kept for listing; all are counted.
pub const REFUSED_LISTED_MAX: usize = 10_000;
/// Most different statuses that are counted apart: about 18 are known.
const STATUSES_MAX: usize = 100;
/// Bytes hashed at a time.
const PART_BYTES: usize = 1 << 16;

/// What a list held, in counts.
#[derive(Debug, Default)]
pub struct RosterTally {
    /// The first rows that were refused.
    pub refused: Vec<RefusedRow>,
    /// How often each finding was made.
    pub findings: BTreeMap<&'static str, u32>,
    /// How many people have each recording status.
    pub statuses: BTreeMap<String, u32>,
}

impl RosterTally {
    /// Counts a line.
    pub fn take(&mut self, line: &RosterLine) {
        match line {
            RosterLine::Refused(row) => {
                if self.refused.len() < REFUSED_LISTED_MAX {
                    self.refused.push((**row).clone());
                }
            }
            RosterLine::Entry(read) => {
                for finding in &read.findings {
                    *self.findings.entry(finding.code).or_default() += 1;
                }
                let status = read.entry.recording_status.as_ref().map_or("", |status| status.as_str());
                if let Some(count) = self.statuses.get_mut(status) {
                    *count += 1;
                } else if self.statuses.len() < STATUSES_MAX {
                    self.statuses.insert(status.to_owned(), 1);
                }
            }
        }
    }
}

/// What a list changed, or would change.
#[derive(Debug)]
pub struct RosterReport {
    /// What the file turned out to be.
    pub kind: RosterFileKind,
    /// What the list held.
    pub summary: RosterSummary,
    /// The same, counted.
    pub tally: RosterTally,
    /// Where it comes from.
    pub source: MasterSource,
    /// SHA-256 of the file, as the audit names it.
    pub hash: String,
    /// The list it takes the place of.
    pub replaces: Option<MasterSource>,
    /// What differs from what the station knows.
    pub change: RosterChange,
    /// This very list is in use already: nothing changes.
    pub is_known: bool,
    /// It is on the disk now.
    pub is_imported: bool,
}

/// A file that is open, with what it held when it was looked at first.
struct OpenList {
    file: File,
    hash: Hash,
}

impl OpenList {
    fn open(path: &Path) -> Result<Self, RosterFileError> {
        let mut file = File::open(path).map_err(RosterFileError::Open)?;
        let length = file.metadata().map_err(RosterFileError::Open)?.len();
        if length > FILE_BYTES_MAX {
            return Err(RosterFileError::TooBig(FILE_BYTES_MAX));
        }
        let mut hashed = Hashed { source: (&mut file).take(FILE_BYTES_MAX), hasher: Sha256::new() };
        let mut part = vec![0; PART_BYTES];
        while hashed.read(&mut part).map_err(RosterFileError::Read)? > 0 {}
        let hash = Hash(hashed.hasher.finalize().into());
        Ok(Self { file, hash })
    }

    /// Reads every line, and makes sure that it was the file that was hashed.
    fn each_line(
        &mut self,
        context: NumberContext<'_>,
        take: impl FnMut(RosterLine),
    ) -> Result<(RosterFileKind, RosterSummary), RosterFileError> {
        self.file.rewind().map_err(RosterFileError::Read)?;
        let mut hashed = Hashed { source: &mut self.file, hasher: Sha256::new() };
        let read = read_roster_from(&mut hashed, context, take)?;
        if Hash(hashed.hasher.finalize().into()) == self.hash {
            Ok(read)
        } else {
            Err(RosterFileError::Read(io::Error::other("the file changed while it was read")))
        }
    }
}

/// Hashes what passes through.
struct Hashed<R> {
    source: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let given = self.source.read(to)?;
        self.hasher.update(to.get(..given).unwrap_or_default());
        Ok(given)
    }
}

/// Where the lines go: nowhere, or into an edition of the promise that is being made.
enum Ground<'g, 'w> {
    Look(&'g Reading<'w>),
    Write(&'g mut Writing<'w>, i64),
}

impl Ground<'_, '_> {
    fn known(&self, nik: Option<Nik>) -> Result<Option<RosterEntry>, MasterError> {
        let Some(nik) = nik else { return Ok(None) };
        let row = match self {
            Self::Look(reading) => reading.get_roster_person(nik.expose())?,
            Self::Write(writing, _) => writing.get_roster_person(nik.expose())?,
        };
        row.map(|row| entry_of(row).map_err(MasterError::Station)).transpose()
    }

    fn keep(&mut self, entry: &RosterEntry) -> Result<(), MasterError> {
        if let Self::Write(writing, source) = self {
            writing.insert_roster_person(&row_of(*source, entry)?)?;
        }
        Ok(())
    }

    fn niks(&self) -> Result<Vec<Nik>, StoreError> {
        let mut niks = Vec::new();
        let take = |nik: String| niks.extend(Nik::parse(&nik));
        match self {
            Self::Look(reading) => reading.each_roster_nik(take)?,
            Self::Write(writing, _) => writing.each_roster_nik(take)?,
        }
        Ok(niks)
    }
}

/// What going through a list found.
struct Walked {
    kind: RosterFileKind,
    summary: RosterSummary,
    tally: RosterTally,
    change: RosterChange,
}

fn walk(
    list: &mut OpenList,
    context: NumberContext<'_>,
    mut ground: Ground<'_, '_>,
) -> Result<Walked, MasterError> {
    let (mut tally, mut comparison) = (RosterTally::default(), RosterComparison::default());
    // Before the list is written: afterwards its own people would be known as well.
    let known = ground.niks()?;
    let mut stopped = None;
    let (kind, summary) = list.each_line(context, |line| {
        if stopped.is_some() {
            return;
        }
        tally.take(&line);
        match &line {
            RosterLine::Refused(row) => comparison.refused(row),
            RosterLine::Entry(read) => {
                let kept = ground.known(read.entry.biodata.nik).and_then(|old| {
                    comparison.entry(&read.entry, old.as_ref());
                    ground.keep(&read.entry)
                });
                stopped = kept.err();
            }
        }
    })?;
    if let Some(error) = stopped {
        return Err(error);
    }
    let change = comparison.end(known);
    if let Ground::Write(writing, source) = ground {
        if summary.entries == 0 {
            return Err(MasterError::NobodyTaken);
        }
        let kept: Vec<&str> = change.kept.iter().map(Nik::expose).collect();
        let people = usize::try_from(summary.entries).unwrap_or(usize::MAX);
        writing.mark_roster_complete(source, people, &kept)?;
    }
    Ok(Walked { kind, summary, tally, change })
}

impl Station {
    /// Takes over a list of people, or tells what that would change. All of it is on the disk when this returns, or
    /// nothing of it. People whose new row was refused stay as they were known.
    ///
    /// # Errors
    /// Not permitted, the list cannot be used or is older than the one in use (unless `older`), or the disk refuses;
    /// nothing was changed.
    pub fn import_roster(&mut self, given: &Given<'_>, older: bool) -> Result<RosterReport, MasterError> {
        self.permit(Operation::Enter, Subject::Profile)?;
        let mut list = OpenList::open(given.file)?;
        let said = given.said.clone().or(said_by_name(given.file));
        let source = said.source(MasterDataKind::Roster).ok_or(MasterError::DateMissing)?;
        let rows = self.store()?.read(|reading| reading.list_roster_sources())?;
        let replaces = rows.first().map(roster_source);
        if let Some(present) = replaces.as_ref().filter(|present| present.made_on > source.made_on && !older)
        {
            return Err(MasterError::Older(present.made_on));
        }
        let row = RosterSourceRow {
            id: 0,
            name: source.label.clone(),
            hash: list.hash,
            data_day: source.made_on.to_string(),
            lines: 0,
            imported_ms: self.now(),
            valid_until_ms: end_of_day_ms(source.valid_until),
        };
        let is_known = rows.first().is_some_and(|known| {
            let said = (known.hash, &known.data_day, known.valid_until_ms);
            said == (row.hash, &row.data_day, row.valid_until_ms)
        });
        let is_imported = !given.dry_run && !is_known;
        let walked = if is_imported {
            self.write_roster(&mut list, &row)?
        } else {
            let context = self.number_context();
            self.store()?.read(|reading| Ok(walk(&mut list, context, Ground::Look(reading))))??
        };
        let Walked { kind, summary, tally, change } = walked;
        let hash = list.hash.hex();
        Ok(RosterReport { kind, summary, tally, source, hash, replaces, change, is_known, is_imported })
    }

    fn write_roster(&mut self, list: &mut OpenList, row: &RosterSourceRow) -> Result<Walked, MasterError> {
        let mut why = None;
        let written = self.promise(|station, writing| {
            let id = writing.insert_roster_source(row)?;
            let walked = walk(list, station.number_context(), Ground::Write(writing, id));
            let walked = match walked {
                Ok(walked) => walked,
                Err(MasterError::Station(problem)) => return Err(problem),
                Err(error) => {
                    // The promise is given up; why, is told behind it.
                    why = Some(error);
                    return Err(Problem::new(Code::InputRefused));
                }
            };
            writing.append_audit(&NewAudit {
                event: AuditEvent::RosterImported.word(),
                actor: station.signed_in()?.0,
                subject: "",
                fields: &json!({"count": walked.summary.entries, "hash": row.hash.hex()}),
                wall_ms: station.now(),
            })?;
            Ok(walked)
        });
        let walked = written.map_err(|problem| why.unwrap_or(MasterError::Station(problem)))?;
        // The log has grown by the whole list; nobody at the desk should wait for that later.
        self.store()?.checkpoint()?;
        Ok(walked)
    }

    fn number_context(&self) -> NumberContext<'_> {
        NumberContext {
            regions: self.regions(),
            station: RegionCode::parse(&self.profile().office.region_code),
            today: self.today(),
        }
    }
}

/// A person as the database keeps them.
fn row_of(source: i64, entry: &RosterEntry) -> Result<RosterPersonRow, Problem> {
    let biodata = &entry.biodata;
    Ok(RosterPersonRow {
        source,
        line: entry.place.line(),
        nik: biodata.nik.as_ref().map(|nik| nik.expose().to_owned()).unwrap_or_default(),
        kk_number: biodata.kk_number.as_ref().map(|kk| kk.expose().to_owned()).unwrap_or_default(),
        full_name: biodata.full_name.clone(),
        birth_date: biodata.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        sex: biodata.sex.map(|sex| sex.word().to_owned()).unwrap_or_default(),
        village: biodata.village.clone(),
        status: entry.recording_status.as_ref().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        columns: serde_json::to_value(entry).map_err(|_| Problem::new(Code::OurMistake))?,
    })
}

/// The person of a row.
pub(crate) fn entry_of(row: RosterPersonRow) -> Result<RosterEntry, Problem> {
    serde_json::from_value(row.columns)
        .map_err(|_| Problem::new(Code::FileDamaged).with("file", "station.db"))
}

#[cfg(test)]
mod tests;

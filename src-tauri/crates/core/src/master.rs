//! What the office hands down to a station: roster, region table, profile, blocks of numbers.
//!
//! Each edition has a source, a day it was made and a last day. Age is shown; nobody is sent home for it. Files are not
//! signed yet: whoever imports one vouches for it, and the audit names its hash.

mod age;
mod error;
mod file;
mod numbers;
mod profile;
mod regions;
mod report;

use std::path::Path;

use jiff::civil::Date;
use rekam_domain::profile::Profile;
use rekam_domain::region::{RegionCode, RegionEdition, RegionTable};
use rekam_store::{ProfileVersionRow, Reading, RegionEditionRow, StoreError};

pub(crate) use age::roster_source;
pub use age::{BlockShare, MasterAge};
pub use error::MasterError;
pub(crate) use file::{GivenFile, day_of, end_of_day_ms, said_by_name, start_of_day_ms};
pub(crate) use numbers::block_of;
pub use rekam_domain::master_data::SourceSaid;
pub use report::{MasterChange, MasterReport, RefusedMasterLine};

use crate::problem::Problem;
use crate::station::Station;

/// Older editions of the region table that are kept at hand; a NIK of 2011 has seen about so many.
const EDITIONS_AT_HAND: usize = 8;

/// A file that is to be taken over.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// The file.
    pub file: &'a Path,
    /// What is said about it beside what it says itself.
    pub said: SourceSaid,
    /// Only tell what would change.
    pub dry_run: bool,
}

/// What of the database is in use, so that it is read once and not at every sign-in. Holds nothing about people.
pub(crate) struct InUse {
    /// The version from the folder and every version imported, by version.
    versions: Vec<Profile>,
    /// Numbers of the editions of the region table, as they were when it was read.
    editions: Vec<i64>,
}

impl InUse {
    /// The versions of the profile, beginning with the one from the folder.
    pub(crate) fn of(first: &Profile) -> Self {
        Self { versions: vec![first.clone()], editions: Vec::new() }
    }

    /// The version from the folder: only higher ones are imported.
    pub(crate) fn first(&self) -> Option<&Profile> {
        self.versions.first()
    }

    /// Changes the version from the folder: tests.
    #[cfg(test)]
    pub(crate) fn change_first(&mut self, change: impl FnOnce(&mut Profile)) {
        if let Some(first) = self.versions.first_mut() {
            change(first);
        }
    }

    /// The version a case was opened with.
    pub(crate) fn version(&self, version: u32) -> Option<&Profile> {
        self.versions.iter().find(|profile| profile.identity.version == version)
    }

    /// The newest version whose first day has come; before any has, the oldest.
    pub(crate) fn in_force(&self, today: Date) -> Option<&Profile> {
        let has_begun = |profile: &&Profile| profile.identity.valid_from <= today;
        self.versions.iter().rev().find(has_begun).or_else(|| self.versions.first())
    }

    /// Reads the versions that were imported since; one that this program cannot read any more stays out of use.
    fn take_versions(&mut self, rows: &[ProfileVersionRow]) {
        let Some(id) = self.versions.first().map(|first| first.identity.id.clone()) else { return };
        for row in rows.iter().filter(|row| row.profile == id) {
            if self.version(row.version).is_none() {
                self.versions.extend(Profile::read(&row.source, &row.text));
            }
        }
        self.versions.sort_by_key(|profile| profile.identity.version);
    }
}

impl Station {
    /// Puts into use what was imported: the newest version of the profile that holds today, and the newest region table
    /// with the older ones beside it.
    pub(crate) fn use_master_data(&mut self) -> Result<(), Problem> {
        let (versions, editions) = self
            .store()?
            .read(|reading| Ok((reading.list_profile_versions()?, reading.list_region_editions()?)))?;
        let today = self.today();
        self.in_use().take_versions(&versions);
        let in_force = self.in_use().in_force(today).cloned();
        let known: Vec<i64> = editions.iter().map(|edition| edition.id).collect();
        let mut table = None;
        if known != self.in_use().editions {
            table = self.store()?.read(|reading| read_table(reading, &editions))?;
            self.in_use().editions = known;
        }
        self.put_into_use(in_force, table);
        self.tell_keeping_to_delivery();
        Ok(())
    }
}

/// The edition that was made last; of two of one day the one that came later.
fn newest(editions: &[RegionEditionRow]) -> Option<&RegionEditionRow> {
    editions.iter().max_by(|one, other| (&one.made_on, one.id).cmp(&(&other.made_on, other.id)))
}

/// The table of all editions, the newest as the current one; nothing if none was imported.
fn read_table(
    reading: &Reading<'_>,
    editions: &[RegionEditionRow],
) -> Result<Option<RegionTable>, StoreError> {
    let Some(current) = newest(editions) else { return Ok(None) };
    let mut older: Vec<_> = editions.iter().filter(|edition| edition.id != current.id).collect();
    older.sort_by(|one, other| (&other.made_on, other.id).cmp(&(&one.made_on, one.id)));
    let mut table = RegionTable::new(read_edition(reading, current)?);
    for edition in older.into_iter().take(EDITIONS_AT_HAND) {
        table = table.with_historical(read_edition(reading, edition)?);
    }
    Ok(Some(table))
}

fn read_edition(reading: &Reading<'_>, edition: &RegionEditionRow) -> Result<RegionEdition, StoreError> {
    let mut regions = Vec::new();
    reading.each_region(edition.id, |region| {
        regions.extend(RegionCode::parse(&region.code).map(|code| (code, region.name, region.is_partial)));
    })?;
    let made_on = edition.made_on.parse().unwrap_or(Date::MIN);
    Ok(RegionEdition::restore(&edition.name, made_on, regions))
}

#[cfg(test)]
mod tests;

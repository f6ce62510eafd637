//! How old everything is that was handed down, and how long it may still be used.

use jiff::civil::Date;
use rekam_domain::master_data::{MasterDataKind, MasterSource};
use rekam_domain::number::NumberBlock;
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::text::{Language, text};
use rekam_store::{NumberShareRow, Reading, RosterSourceRow, StoreError};
use serde::Serialize;

use super::{day_of, newest};
use crate::problem::Problem;
use crate::station::Station;

/// A tenth or less left of a block is few, as for [`NumberBlock::is_nearly_exhausted`].
const NUMBERS_FEW_AT_ONE_OF: u32 = 10;

/// What a block of numbers still holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BlockShare {
    /// Series word.
    pub series: String,
    /// Year.
    pub year: i32,
    /// First number.
    pub first: u32,
    /// Last number.
    pub last: u32,
    /// How many were given, void ones included.
    pub used: u32,
    /// How many can still be given.
    pub left: u32,
}

impl BlockShare {
    /// A block nothing was given from.
    pub(crate) fn of(block: &NumberBlock) -> Self {
        let (first, last) = block.range();
        Self {
            series: block.series().word().to_owned(),
            year: block.year().into(),
            first,
            last,
            used: 0,
            left: block.left(),
        }
    }

    fn kept(share: &NumberShareRow) -> Self {
        Self {
            series: share.block.series.clone(),
            year: share.block.year,
            first: small(share.block.first),
            last: small(share.block.last),
            used: small(share.used),
            left: small(share.left),
        }
    }

    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let series = text(language, &format!("series.{}", self.series), &[]);
        let numbers = [self.first, self.last, self.used, self.left].map(|number| number.to_string());
        let [first, last, used, left] = numbers.each_ref().map(String::as_str);
        let year = self.year.to_string();
        let values = [
            ("series", series.as_str()),
            ("year", &year),
            ("first", first),
            ("last", last),
            ("used", used),
            ("left", left),
        ];
        text(language, "master.numbers", &values)
    }
}

/// One edition of something handed down, with its age. `none` stands for what nobody imported yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MasterAge {
    /// `roster`, `region_table`, `profile` or `number_block`.
    pub kind: String,
    /// What the office calls it.
    pub label: String,
    /// The day it was made, `yyyy-mm-dd`.
    pub made_on: Option<String>,
    /// Its age today; negative when it was made later.
    pub age_days: Option<i32>,
    /// The last day it may be used, `yyyy-mm-dd`.
    pub valid_until: Option<String>,
    /// `fresh`, `old`, `expired` or `from_future`; `none` when the station has only what it was set up with.
    pub state: String,
    /// People, regions or numbers in it; steps of a profile.
    pub count: u32,
    /// Used now; older editions stay listed.
    pub is_in_use: bool,
    /// Version of a profile.
    pub version: Option<u32>,
    /// What a block of numbers still holds.
    pub block: Option<BlockShare>,
}

impl MasterAge {
    fn none(kind: MasterDataKind) -> Self {
        Self {
            kind: kind.word().to_owned(),
            label: String::new(),
            made_on: None,
            age_days: None,
            valid_until: None,
            state: "none".to_owned(),
            count: 0,
            is_in_use: true,
            version: None,
            block: None,
        }
    }

    fn of(source: &MasterSource, today: Date, count: impl TryInto<u32>, is_in_use: bool) -> Self {
        Self {
            label: source.label.clone(),
            made_on: Some(source.made_on.to_string()),
            age_days: Some(source.age_days(today)),
            valid_until: Some(source.valid_until.to_string()),
            state: source.freshness(today).word().to_owned(),
            count: small(count),
            is_in_use,
            ..Self::none(source.kind)
        }
    }

    /// Whether somebody should fetch a newer one, or the first one.
    #[must_use]
    pub fn wants_newer(&self) -> bool {
        let is_needed = self.state == "none" && self.kind != MasterDataKind::Profile.word();
        let is_nearly_empty =
            self.block.as_ref().is_some_and(|block| block.left <= self.count / NUMBERS_FEW_AT_ONE_OF);
        self.is_in_use
            && (is_needed
                || is_nearly_empty
                || ["old", "expired", "from_future"].contains(&self.state.as_str()))
    }

    /// The sentence a person reads about its age, with what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let date = |day: &Option<String>| day.as_deref().and_then(|day| day.parse::<Date>().ok());
        let (made_on, valid_until) = (date(&self.made_on), date(&self.valid_until));
        let source = MasterDataKind::from_word(&self.kind).zip(made_on).zip(valid_until);
        let aged = match (source, self.age_days) {
            (Some(((kind, made_on), valid_until)), Some(days)) => {
                let source = MasterSource { kind, label: self.label.clone(), made_on, valid_until };
                let today = made_on.checked_add(jiff::Span::new().days(days)).unwrap_or(made_on);
                source.text(language, today)
            }
            _ => {
                let date = made_on.map(|day| day.strftime("%d-%m-%Y").to_string()).unwrap_or_default();
                text(language, &format!("master.none.{}", self.kind), &[("date", &date)])
            }
        };
        match &self.block {
            Some(block) => format!("{} {aged}", block.text(language)),
            None => aged,
        }
    }
}

impl Station {
    /// What is in use of everything handed down, with its age: for the home screen. It informs and never blocks.
    ///
    /// # Errors
    /// Nobody is signed in, or the disk refuses.
    pub fn master_ages(&self) -> Result<Vec<MasterAge>, Problem> {
        let mut all = self.list_ages(false)?;
        all.retain(|age| age.is_in_use);
        Ok(all)
    }

    /// Every edition the station knows of, those that are no longer used included.
    ///
    /// # Errors
    /// Nobody is signed in, or the disk refuses.
    pub fn list_master(&self) -> Result<Vec<MasterAge>, Problem> {
        self.list_ages(true)
    }

    fn list_ages(&self, counts_all: bool) -> Result<Vec<MasterAge>, Problem> {
        self.permit(Operation::Read, Subject::Profile)?;
        let mut ages = self.store()?.read(|reading| {
            let mut ages = roster_ages(reading, self.today())?;
            ages.extend(self.region_ages(reading, counts_all)?);
            ages.extend(self.profile_ages(reading)?);
            Ok(ages)
        })?;
        ages.extend(self.number_ages()?);
        Ok(ages)
    }

    fn region_ages(&self, reading: &Reading<'_>, counts_all: bool) -> Result<Vec<MasterAge>, StoreError> {
        let editions = reading.list_region_editions()?;
        let Some(current) = newest(&editions).map(|edition| edition.id) else {
            let starter = self.regions().current();
            let label = starter.label().to_owned();
            return Ok(vec![MasterAge {
                label,
                count: small(starter.len()),
                ..MasterAge::none(MasterDataKind::RegionTable)
            }]);
        };
        let mut ages = Vec::new();
        for edition in &editions {
            let source = MasterSource {
                kind: MasterDataKind::RegionTable,
                label: edition.name.clone(),
                made_on: edition.made_on.parse().unwrap_or(Date::MIN),
                valid_until: day_of(edition.valid_until_ms),
            };
            let is_current = edition.id == current;
            // Counting an edition of the whole country reads all of it; the current one is at hand.
            let count = match (is_current, counts_all) {
                (true, _) => small(self.regions().current().len()),
                (false, true) => small(reading.count_regions(edition.id)?),
                (false, false) => 0,
            };
            ages.push(MasterAge::of(&source, self.today(), count, is_current));
        }
        Ok(ages)
    }

    fn profile_ages(&self, reading: &Reading<'_>) -> Result<Vec<MasterAge>, StoreError> {
        let used = &self.profile().identity;
        let rows = reading.list_profile_versions()?;
        let is_in_use = |version| version == used.version;
        let mut ages = Vec::new();
        for row in &rows {
            let source = MasterSource {
                kind: MasterDataKind::Profile,
                label: row.source.clone(),
                made_on: row.made_on.parse().unwrap_or(Date::MIN),
                valid_until: day_of(row.valid_until_ms),
            };
            let steps = self.profile_of(row.version).steps().len();
            let version = Some(row.version);
            let age = MasterAge::of(&source, self.today(), steps, is_in_use(row.version));
            ages.push(MasterAge { version, ..age });
        }
        let first = self.first_profile();
        ages.push(MasterAge {
            label: first.identity.title.clone(),
            made_on: Some(first.identity.valid_from.to_string()),
            count: small(first.steps().len()),
            is_in_use: is_in_use(first.identity.version),
            version: Some(first.identity.version),
            ..MasterAge::none(MasterDataKind::Profile)
        });
        Ok(ages)
    }

    fn number_ages(&self) -> Result<Vec<MasterAge>, Problem> {
        let shares = self.store()?.read(|reading| reading.list_number_shares())?;
        let today = self.today();
        let ages = shares.iter().map(|share| {
            let year = share.block.year.try_into().unwrap_or(today.year());
            let source = MasterSource {
                kind: MasterDataKind::NumberBlock,
                label: share.block.source.clone(),
                made_on: day_of(share.block.given_ms),
                // A block belongs to one book year.
                valid_until: Date::new(year, 12, 31).unwrap_or(Date::MAX),
            };
            let numbers = share.block.last - share.block.first + 1;
            let is_in_use = year == today.year();
            let block = Some(BlockShare::kept(share));
            MasterAge { block, ..MasterAge::of(&source, today, numbers, is_in_use) }
        });
        let mut ages: Vec<MasterAge> = ages.collect();
        if !ages.iter().any(|age| age.is_in_use) {
            ages.push(MasterAge::none(MasterDataKind::NumberBlock));
        }
        Ok(ages)
    }
}

/// Where a roster of the database comes from.
pub(crate) fn roster_source(row: &RosterSourceRow) -> MasterSource {
    MasterSource {
        kind: MasterDataKind::Roster,
        label: row.name.clone(),
        made_on: row.data_day.parse().unwrap_or(Date::MIN),
        valid_until: day_of(row.valid_until_ms),
    }
}

fn roster_ages(reading: &Reading<'_>, today: Date) -> Result<Vec<MasterAge>, StoreError> {
    let rows = reading.list_roster_sources()?;
    if rows.is_empty() {
        return Ok(vec![MasterAge::none(MasterDataKind::Roster)]);
    }
    let newest_first = rows.iter().enumerate();
    Ok(newest_first
        .map(|(place, row)| MasterAge::of(&roster_source(row), today, row.lines, place == 0))
        .collect())
}

fn small(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}

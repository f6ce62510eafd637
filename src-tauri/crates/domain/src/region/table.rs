//! The current edition and the historical ones side by side.

use jiff::civil::{Date, date};

use super::edition::Within;
use super::{RegionCode, RegionEdition, RegionLevel};

/// Label of the table that comes with the program.
const STARTER_LABEL: &str = "Tabel awal Rekam";
/// The provinces stood like this on that day.
const STARTER_DATE: Date = date(2025, 1, 1);

/// What the table knows about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionKnowledge<'t> {
    /// In the current edition.
    Current,
    /// Only in a historical edition.
    Historical {
        /// Label of the newest edition that has it.
        edition: &'t str,
    },
    /// The table covers this place and has no such code, or the code can never exist.
    Unknown,
    /// The table ends above this code; it cannot say.
    NotCovered {
        /// The finest level the table reaches here.
        reaches: RegionLevel,
    },
}

/// A region and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegionName<'t> {
    /// Its code.
    pub code: RegionCode,
    /// Its name in the newest edition that has it.
    pub name: &'t str,
}

/// The answer of the table about one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionReading<'t> {
    /// The code asked for.
    pub code: RegionCode,
    /// What is known.
    pub knowledge: RegionKnowledge<'t>,
    /// The names as far as they are known, province first.
    pub names: Vec<RegionName<'t>>,
}

/// Region editions side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionTable {
    current: RegionEdition,
    /// Newest first.
    historical: Vec<RegionEdition>,
}

impl RegionTable {
    /// A table with this current edition.
    #[must_use]
    pub const fn new(current: RegionEdition) -> Self {
        Self { current, historical: Vec::new() }
    }

    /// The small table that comes with the program: all provinces, and the districts of the five procedures.
    #[must_use]
    pub fn starter() -> Self {
        let (edition, _) =
            RegionEdition::import(include_str!("../../data/region-starter.csv"), STARTER_LABEL, STARTER_DATE);
        Self::new(edition)
    }

    /// The same table with one more historical edition.
    #[must_use]
    pub fn with_historical(mut self, edition: RegionEdition) -> Self {
        self.historical.push(edition);
        self.historical.sort_by_key(|edition| std::cmp::Reverse(edition.date()));
        self
    }

    /// The current edition.
    #[must_use]
    pub const fn current(&self) -> &RegionEdition {
        &self.current
    }

    /// The historical editions, newest first.
    #[must_use]
    pub fn historical(&self) -> &[RegionEdition] {
        &self.historical
    }

    /// The name of a region in the newest edition that has it.
    #[must_use]
    pub fn name(&self, code: RegionCode) -> Option<&str> {
        self.current.name(code).or_else(|| self.historical.iter().find_map(|edition| edition.name(code)))
    }

    /// What the table knows about a code.
    #[must_use]
    pub fn read(&self, code: RegionCode) -> RegionReading<'_> {
        let mut names: Vec<_> =
            code.upwards().filter_map(|code| Some(RegionName { code, name: self.name(code)? })).collect();
        names.reverse();
        RegionReading { code, knowledge: self.knowledge(code), names }
    }

    fn knowledge(&self, code: RegionCode) -> RegionKnowledge<'_> {
        if !code.can_exist() {
            return RegionKnowledge::Unknown;
        }
        match self.current.within(code) {
            Within::Known => RegionKnowledge::Current,
            // A current edition that does not reach this place cannot call a code historical.
            Within::NotCovered(above) => RegionKnowledge::NotCovered { reaches: above.level() },
            Within::Absent => self
                .historical
                .iter()
                .find(|edition| match edition.within(code) {
                    Within::Known => true,
                    // A province that only the old edition has, with nothing finer: as far as it goes, historical.
                    Within::NotCovered(above) => self.current.name(above).is_none(),
                    Within::Absent => false,
                })
                .map_or(RegionKnowledge::Unknown, |edition| RegionKnowledge::Historical {
                    edition: edition.label(),
                }),
        }
    }
}

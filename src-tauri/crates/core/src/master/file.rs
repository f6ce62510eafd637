//! A handed-down text file: read once, hashed, its head understood; and days as the database keeps them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use jiff::civil::Date;
use rekam_domain::master_data::{MasterDataKind, MasterSource, behind_comments};
use rekam_store::Hash;

use super::{Given, MasterError, SourceSaid};
use crate::clock::UnixMs;

/// Larger than any region table, profile or file of blocks; the whole country's regions have about 5 MB.
pub(crate) const GIVEN_BYTES_MAX: u64 = 64 * 1024 * 1024;

const DAY_MS: i64 = 86_400_000;
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A file that was read.
pub(crate) struct GivenFile {
    /// All of it.
    pub(crate) text: String,
    /// Of all of it.
    pub(crate) hash: Hash,
    /// What whoever brings it, its head and its name say, in this order.
    pub(crate) said: SourceSaid,
}

impl GivenFile {
    /// Reads a file of at most so many bytes.
    pub(crate) fn read(given: &Given<'_>, bytes_max: u64) -> Result<Self, MasterError> {
        let mut bytes = Vec::new();
        let file = File::open(given.file).map_err(MasterError::Open)?;
        file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(MasterError::Read)?;
        if bytes.len() as u64 > bytes_max {
            return Err(MasterError::TooBig(bytes_max));
        }
        let hash = Hash::of(&bytes);
        let text = String::from_utf8(bytes).map_err(|_| MasterError::NotText)?;
        let head = SourceSaid::read(&text).map_err(MasterError::HeadUnreadable)?;
        let said = given.said.clone().or(head).or(said_by_name(given.file));
        Ok(Self { text, hash, said })
    }

    /// The table in it, and how many lines stand above.
    pub(crate) fn table(&self) -> (&str, u64) {
        behind_comments(&self.text)
    }

    /// Where it comes from.
    pub(crate) fn source(&self, kind: MasterDataKind) -> Result<MasterSource, MasterError> {
        self.said.clone().source(kind).ok_or(MasterError::DateMissing)
    }
}

/// What the name of a file says about it.
pub(crate) fn said_by_name(file: &Path) -> SourceSaid {
    SourceSaid::of_name(&file.file_stem().unwrap_or_default().to_string_lossy())
}

/// The first moment of a day, as days stand in the database: by the calendar alone, in no office's time.
pub(crate) fn start_of_day_ms(day: Date) -> UnixMs {
    i64::from((day - EPOCH).get_days()) * DAY_MS
}

/// The last moment of a day.
pub(crate) fn end_of_day_ms(day: Date) -> UnixMs {
    start_of_day_ms(day) + DAY_MS - 1
}

/// The day of such a moment.
pub(crate) fn day_of(moment: UnixMs) -> Date {
    let days = jiff::Span::new().try_days(moment.div_euclid(DAY_MS));
    days.and_then(|days| EPOCH.checked_add(days)).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_come_back_as_they_were_kept() {
        for day in [date(1970, 1, 1), date(2026, 2, 28), date(2038, 8, 1), date(9999, 12, 31)] {
            assert_eq!(day_of(start_of_day_ms(day)), day);
            assert_eq!(day_of(end_of_day_ms(day)), day);
        }
    }
}

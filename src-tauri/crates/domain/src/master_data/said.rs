//! What a handed-down file, or whoever brings it, says about where it comes from.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{MasterDataKind, MasterSource};
use crate::biodata::is_unprintable;
use crate::iso_date;

/// Longest label that is kept; the number of a decree with its subject is shorter.
const LABEL_CHARS_MAX: usize = 120;
/// Letters of `yyyy-mm-dd`.
const DATE_LETTERS: usize = 10;

/// As much as is said about a source; what is not said stays open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSaid {
    /// What the office calls it.
    pub label: Option<String>,
    /// The day it was made.
    pub made_on: Option<Date>,
    /// The last day it may be used.
    pub valid_until: Option<Date>,
}

impl SourceSaid {
    /// Reads the comment lines a text file begins with: `# source: …` (`# sumber:`), `# made_on: 2026-01-31`
    /// (`# dibuat:`), `# valid_until: 2027-01-31` (`# berlaku_sampai:`). Any other comment is passed over.
    ///
    /// # Errors
    /// The number of the line whose date cannot be read.
    pub fn read(text: &str) -> Result<Self, usize> {
        let mut said = Self::default();
        for (number, line) in (1_usize..).zip(comments(text)) {
            let Some((name, value)) = line.trim_start_matches('#').split_once(':') else { continue };
            let date = || iso_date::read(value).ok_or(number);
            match name.trim() {
                "source" | "sumber" => said.label = Some(label(value)).filter(|label| !label.is_empty()),
                "made_on" | "dibuat" => said.made_on = Some(date()?),
                "valid_until" | "berlaku_sampai" => said.valid_until = Some(date()?),
                _ => {}
            }
        }
        Ok(said)
    }

    /// What the name of a file says: its label, and a date in it (`…2026-01-31…`) as the day it was made.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let date = |start| name.get(start..start + DATE_LETTERS)?.parse().ok();
        Self { label: Some(label(name)), made_on: (0..name.len()).find_map(date), valid_until: None }
    }

    /// This, and what another says where this says nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            label: self.label.or(other.label),
            made_on: self.made_on.or(other.made_on),
            valid_until: self.valid_until.or(other.valid_until),
        }
    }

    /// The source, once it is known when it was made; without a last day it may be used as long as its kind is.
    #[must_use]
    pub fn source(self, kind: MasterDataKind) -> Option<MasterSource> {
        let made_on = self.made_on?;
        let valid_days = i64::from(kind.valid_days()).days();
        let valid_until = self.valid_until.or_else(|| made_on.checked_add(valid_days).ok())?;
        Some(MasterSource { kind, label: self.label.unwrap_or_default(), made_on, valid_until })
    }
}

/// The comment lines a text begins with.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().take_while(|line| line.starts_with('#'))
}

/// The text behind the comment lines it begins with, and how many those are.
#[must_use]
pub fn behind_comments(text: &str) -> (&str, u64) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rest = text;
    let mut lines = 0;
    while rest.starts_with('#') {
        rest = rest.split_once('\n').map_or("", |(_, behind)| behind);
        lines += 1;
    }
    (rest, lines)
}

fn label(text: &str) -> String {
    text.trim().chars().filter(|letter| !is_unprintable(*letter)).take(LABEL_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn reads_the_head_of_a_file() {
        let text = "\u{feff}# Daftar resmi\n# sumber: Keputusan 1\u{202e}\n# made_on: 2025-06-01\n# berlaku_sampai: 31-12-2027\ncode,name\n# source: none";
        let said = SourceSaid::read(text).unwrap();
        assert_eq!(said.label.as_deref(), Some("Keputusan 1"));
        assert_eq!((said.made_on, said.valid_until), (Some(date(2025, 6, 1)), Some(date(2027, 12, 31))));
        assert_eq!(behind_comments(text), ("code,name\n# source: none", 4));
        assert_eq!(behind_comments("# only"), ("", 1));
        assert_eq!(SourceSaid::read("code,name\n").unwrap(), SourceSaid::default());
        assert_eq!(SourceSaid::read("# a\n# made_on: soon\n").unwrap_err(), 2);
    }

    #[test]
    fn whoever_speaks_first_is_believed() {
        let name = SourceSaid::of_name("wilayah-2025-06-01");
        assert_eq!(name.made_on, Some(date(2025, 6, 1)));
        assert_eq!(SourceSaid::of_name("wilayah é").made_on, None);
        let said = SourceSaid { made_on: Some(date(2025, 7, 1)), ..SourceSaid::default() };
        let source = said.or(name).source(MasterDataKind::Roster).unwrap();
        assert_eq!((source.label.as_str(), source.made_on), ("wilayah-2025-06-01", date(2025, 7, 1)));
        assert_eq!(source.valid_until, date(2025, 10, 1));
        assert_eq!(SourceSaid::default().source(MasterDataKind::Roster), None);
    }
}

//! One edition of the region list, read from text.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{RegionCode, RegionLevel};
use crate::text::{Language, text};

/// Most lines of one edition; the whole country has about 92,000.
const LINES_MAX: usize = 200_000;
/// Longest region name in characters; the longest official one has about 50.
const NAME_CHARS_MAX: usize = 120;

crate::word::words! {
    /// Why a line of a region list was refused.
    pub enum RegionRefusal {
        /// The first line does not name the two columns.
        HeaderMissing => "region_header_missing",
        /// The line is not readable as CSV.
        LineUnreadable => "region_line_unreadable",
        /// The code is not 2, 4, 6 or 10 digits.
        CodeUnreadable => "region_code_unreadable",
        /// The code can never exist.
        CodeImpossible => "region_code_impossible",
        /// The code stood there before; the first line counts.
        CodeTwice => "region_code_twice",
        /// There is no name.
        NameEmpty => "region_name_empty",
        /// The name is far too long.
        NameTooLong => "region_name_too_long",
        /// The list has more lines than any region list; the rest was left out.
        TooManyLines => "region_too_many_lines",
    }
}

/// A line that was not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedLine {
    /// Number of the line in the file, from 1.
    pub line: u64,
    /// Why.
    pub refusal: RegionRefusal,
}

impl RefusedLine {
    /// The sentence a person reads.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        text(language, &format!("finding.{}", self.refusal.word()), &[("line", &self.line.to_string())])
    }
}

/// One edition of the official list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionEdition {
    label: String,
    date: Date,
    names: HashMap<RegionCode, String>,
    /// Regions with entries below them.
    parents: HashSet<RegionCode>,
    /// Regions of which the edition says that it lists only some of what lies below.
    partial: HashSet<RegionCode>,
}

/// How an edition differs from an older one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RegionChange {
    /// Codes that are new.
    pub added: usize,
    /// Codes that have another name now.
    pub renamed: usize,
    /// Codes that are no longer listed; the older edition still explains them.
    pub gone: usize,
    /// Codes that stay as they are.
    pub unchanged: usize,
}

pub(super) enum Within {
    Known,
    Absent,
    NotCovered(RegionCode),
}

struct Columns {
    code: usize,
    name: usize,
    coverage: Option<usize>,
}

impl Columns {
    fn read(header: &csv::StringRecord) -> Option<Self> {
        let place = |wanted: &[&str]| {
            header.iter().position(|field| wanted.iter().any(|name| field.trim().eq_ignore_ascii_case(name)))
        };
        Some(Self {
            code: place(&["code", "kode"])?,
            name: place(&["name", "nama"])?,
            coverage: place(&["coverage", "cakupan"]),
        })
    }
}

/// Counts lines up to a record. The reader's own count stands before the empty lines it skips.
struct LineCounter<'t> {
    rest: &'t [u8],
    byte: u64,
    line: u64,
}

impl LineCounter<'_> {
    fn line_at(&mut self, byte: u64) -> u64 {
        while let Some((letter, rest)) = self.rest.split_first()
            && (self.byte < byte || matches!(letter, b'\r' | b'\n'))
        {
            self.line += u64::from(*letter == b'\n');
            self.byte += 1;
            self.rest = rest;
        }
        self.line
    }
}

impl RegionEdition {
    /// Reads an edition from CSV: `code,name` or `kode,nama` in any order, comma or semicolon, dotted codes or plain.
    ///
    /// An optional column `coverage` (`cakupan`) marks with `partial` (`sebagian`) a region of which only some parts
    /// are listed, so that a part that is not listed is not called unknown.
    #[must_use]
    pub fn import(text: &str, label: &str, date: Date) -> (Self, Vec<RefusedLine>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first_line = text.lines().next().unwrap_or_default();
        let semicolons = first_line.matches(';').count() > first_line.matches(',').count();
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(if semicolons { b';' } else { b',' })
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut edition = Self {
            label: label.to_owned(),
            date,
            names: HashMap::new(),
            parents: HashSet::new(),
            partial: HashSet::new(),
        };
        let mut refused = Vec::new();
        let mut columns = None;
        let mut last_line = 0;
        let mut lines = LineCounter { rest: text.as_bytes(), byte: 0, line: 1 };
        for (number, record) in reader.records().enumerate() {
            let Ok(record) = record else {
                refused.push(RefusedLine { line: last_line + 1, refusal: RegionRefusal::LineUnreadable });
                continue;
            };
            let line = lines.line_at(record.position().map_or(0, csv::Position::byte));
            last_line = line;
            let Some(columns) = columns.as_ref() else {
                columns = Columns::read(&record);
                if columns.is_none() {
                    refused.push(RefusedLine { line, refusal: RegionRefusal::HeaderMissing });
                    break;
                }
                continue;
            };
            if number > LINES_MAX {
                refused.push(RefusedLine { line, refusal: RegionRefusal::TooManyLines });
                break;
            }
            if let Err(refusal) = edition.take(columns, &record) {
                refused.push(RefusedLine { line, refusal });
            }
        }
        if columns.is_none() && refused.is_empty() {
            refused.push(RefusedLine { line: 1, refusal: RegionRefusal::HeaderMissing });
        }
        (edition, refused)
    }

    /// An edition as it was kept; of a code that stands twice the last one counts.
    #[must_use]
    pub fn restore(
        label: &str,
        date: Date,
        regions: impl IntoIterator<Item = (RegionCode, String, bool)>,
    ) -> Self {
        let mut edition = Self {
            label: label.to_owned(),
            date,
            names: HashMap::new(),
            parents: HashSet::new(),
            partial: HashSet::new(),
        };
        for (code, name, is_partial) in regions {
            edition.names.insert(code, name);
            edition.parents.extend(code.parent());
            if is_partial {
                edition.partial.insert(code);
            }
        }
        edition
    }

    /// Every region with its name, and whether only some of what lies below it is listed; in no order.
    pub fn regions(&self) -> impl Iterator<Item = (RegionCode, &str, bool)> {
        self.names.iter().map(|(code, name)| (*code, name.as_str(), self.partial.contains(code)))
    }

    /// How many codes this edition has that another lacks, how many have another name there, and how many it lacks.
    #[must_use]
    pub fn changes_from(&self, older: &Self) -> RegionChange {
        let mut change = RegionChange::default();
        for (code, name, _) in self.regions() {
            match older.name(code) {
                None => change.added += 1,
                Some(known) if known == name => change.unchanged += 1,
                Some(_) => change.renamed += 1,
            }
        }
        change.gone = older.names.keys().filter(|code| !self.names.contains_key(code)).count();
        change
    }

    fn take(&mut self, columns: &Columns, record: &csv::StringRecord) -> Result<(), RegionRefusal> {
        let field = |place: usize| record.get(place).map(str::trim).unwrap_or_default();
        let code = RegionCode::parse(field(columns.code)).ok_or(RegionRefusal::CodeUnreadable)?;
        let name = field(columns.name);
        if !code.can_exist() {
            return Err(RegionRefusal::CodeImpossible);
        }
        if name.is_empty() {
            return Err(RegionRefusal::NameEmpty);
        }
        if name.chars().count() > NAME_CHARS_MAX {
            return Err(RegionRefusal::NameTooLong);
        }
        if self.names.contains_key(&code) {
            return Err(RegionRefusal::CodeTwice);
        }
        self.names.insert(code, name.to_owned());
        self.parents.extend(code.parent());
        let coverage = columns.coverage.map(field).unwrap_or_default();
        if ["partial", "sebagian"].iter().any(|word| coverage.eq_ignore_ascii_case(word)) {
            self.partial.insert(code);
        }
        Ok(())
    }

    /// The label of the edition, such as the number of the decree.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The date of the edition.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.date
    }

    /// How many regions it lists.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether it lists none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How many regions it lists on one level.
    #[must_use]
    pub fn len_of(&self, level: RegionLevel) -> usize {
        self.names.keys().filter(|code| code.level() == level).count()
    }

    /// The name of a region in this edition.
    #[must_use]
    pub fn name(&self, code: RegionCode) -> Option<&str> {
        self.names.get(&code).map(String::as_str)
    }

    pub(super) fn within(&self, code: RegionCode) -> Within {
        if self.names.contains_key(&code) {
            return Within::Known;
        }
        match code.upwards().find(|above| self.names.contains_key(above)) {
            Some(above) if self.parents.contains(&above) && !self.partial.contains(&above) => Within::Absent,
            Some(above) => Within::NotCovered(above),
            None => Within::Absent,
        }
    }
}

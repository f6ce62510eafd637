//! `rekam roster check`: what a list holds and what it would change. Nothing is changed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use jiff::ToSpan;
use jiff::civil::Date;
use rekam_core::roster_file::{RosterFileError, RosterFileKind, read_roster};
use rekam_domain::master_data::{Freshness, MasterDataKind, MasterSource, ROSTER_VALID_DAYS};
use rekam_domain::nik::NumberContext;
use rekam_domain::roster::{
    RefusedRow, RosterChange, RosterEntry, RosterField, RosterLine, RosterSource, RosterSummary, compare,
};
use serde::Serialize;

use crate::args::{RosterCheckArgs, RosterCommand};
use crate::output::Output;
use crate::regions;

/// Most refused or changed rows that are listed; all are counted.
const ROWS_LISTED_MAX: usize = 10_000;
/// The same for a person who reads along.
const ROWS_PRINTED_MAX: usize = 100;
/// Most different statuses that are counted apart: about 18 are known.
const STATUSES_MAX: usize = 100;

#[derive(Serialize)]
struct CheckJson<'a> {
    file: String,
    ok: bool,
    kind: Option<&'static str>,
    source: Option<SourceJson<'a>>,
    rows: u32,
    families: u32,
    entries: u32,
    without_nik: u32,
    with_findings: u32,
    absent: Vec<&'static str>,
    findings: &'a BTreeMap<&'static str, u32>,
    statuses: &'a BTreeMap<String, u32>,
    refused: u32,
    refused_rows: Vec<RefusedJson>,
    change: Option<ChangeJson>,
    problem: Option<ProblemJson>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    label: &'a str,
    made_on: String,
    valid_until: String,
    age_days: i32,
    freshness: Freshness,
    text: String,
}

#[derive(Serialize)]
struct RefusedJson {
    sheet: u16,
    row: u32,
    field: Option<&'static str>,
    code: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct ChangeJson {
    against: String,
    added: usize,
    changed: usize,
    gone: usize,
    kept: usize,
    unchanged: u32,
    without_nik: u32,
    changed_rows: Vec<ChangedJson>,
}

#[derive(Serialize)]
struct ChangedJson {
    sheet: u16,
    row: u32,
    fields: Vec<&'static str>,
}

#[derive(Serialize)]
struct ProblemJson {
    code: &'static str,
    reason: String,
}

/// What a list held. Its people are kept only where they are to be compared.
#[derive(Default)]
struct Seen {
    keeps_people: bool,
    people: Vec<RosterEntry>,
    refused: Vec<RefusedRow>,
    findings: BTreeMap<&'static str, u32>,
    statuses: BTreeMap<String, u32>,
}

/// A list that was read to its end.
struct Checked {
    kind: RosterFileKind,
    summary: RosterSummary,
    source: Option<RosterSource>,
    change: Option<RosterChange>,
}

pub(crate) fn run(wanted: &RosterCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let RosterCommand::Check(wanted) = wanted;
    let regions = regions::table(wanted.by.regions.as_deref(), &wanted.by.regions_historical)?;
    let station = regions::station(wanted.by.station.as_deref())?;
    let today = wanted.by.today.unwrap_or_else(rekam_core::clock::today_in_indonesia);
    let context = NumberContext { regions: &regions, station, today };
    let mut seen = Seen { keeps_people: wanted.against.is_some(), ..Seen::default() };
    match check(wanted, context, &mut seen) {
        Ok(checked) if wanted.json => output.json(&json(wanted, &checked, &seen, today, output))?,
        Ok(checked) => print(wanted, &checked, &seen, today, output)?,
        Err((file, error)) => {
            let reason = error.text(output.language, &file.display().to_string());
            if wanted.json {
                output.json(&unusable(file, error.word(), reason))?;
            } else {
                output.line(reason)?;
            }
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the list, and the older one if there is one; an error names the file it is about.
fn check<'a>(
    wanted: &'a RosterCheckArgs,
    context: NumberContext<'_>,
    seen: &mut Seen,
) -> Result<Checked, (&'a Path, RosterFileError)> {
    let file = wanted.file.as_path();
    let (kind, summary) =
        read_roster(file, context, |line| seen.take(line)).map_err(|error| (file, error))?;
    let change = match &wanted.against {
        None => None,
        Some(older) => {
            let mut old = Vec::new();
            let keep = |line| {
                if let RosterLine::Entry(read) = line {
                    old.push(read.entry);
                }
            };
            read_roster(older, context, keep).map_err(|error| (older.as_path(), error))?;
            Some(compare(old, &seen.people, &seen.refused))
        }
    };
    let source = source(wanted, summary.rows);
    Ok(Checked { kind, summary, source, change })
}

impl Seen {
    fn take(&mut self, line: RosterLine) {
        match line {
            RosterLine::Refused(row) => {
                if self.keeps_people || self.refused.len() < ROWS_LISTED_MAX {
                    self.refused.push(*row);
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
                if self.keeps_people {
                    self.people.push(read.entry);
                }
            }
        }
    }
}

/// Where the list comes from: its name, and the day it was made as far as anybody says.
fn source(wanted: &RosterCheckArgs, rows: u32) -> Option<RosterSource> {
    let label = wanted.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let made_on = wanted.made_on.or_else(|| regions::date_in(&label))?;
    let valid_until =
        wanted.valid_until.or_else(|| made_on.checked_add(i64::from(ROSTER_VALID_DAYS).days()).ok())?;
    let master = MasterSource { kind: MasterDataKind::Roster, label, made_on, valid_until };
    Some(RosterSource { master, rows })
}

fn json<'a>(
    wanted: &RosterCheckArgs,
    checked: &'a Checked,
    seen: &'a Seen,
    today: Date,
    output: &Output,
) -> CheckJson<'a> {
    let summary = &checked.summary;
    CheckJson {
        file: wanted.file.display().to_string(),
        ok: true,
        kind: Some(checked.kind.word()),
        source: checked.source.as_ref().map(|RosterSource { master, .. }| SourceJson {
            label: &master.label,
            made_on: master.made_on.to_string(),
            valid_until: master.valid_until.to_string(),
            age_days: master.age_days(today),
            freshness: master.freshness(today),
            text: master.text(output.language, today),
        }),
        rows: summary.rows,
        families: summary.families,
        entries: summary.entries,
        without_nik: summary.without_nik,
        with_findings: summary.with_findings,
        absent: words(&summary.absent),
        findings: &seen.findings,
        statuses: &seen.statuses,
        refused: summary.refused,
        refused_rows: seen
            .refused
            .iter()
            .take(ROWS_LISTED_MAX)
            .map(|row| RefusedJson {
                sheet: row.place.sheet,
                row: row.place.row,
                field: row.field.map(RosterField::word),
                code: row.code(),
                reason: row.text(output.language),
            })
            .collect(),
        change: checked.change.as_ref().zip(wanted.against.as_ref()).map(|(change, against)| ChangeJson {
            against: against.display().to_string(),
            added: change.added.len(),
            changed: change.changed.len(),
            gone: change.gone.len(),
            kept: change.kept.len(),
            unchanged: change.unchanged,
            without_nik: change.without_nik,
            changed_rows: change
                .changed
                .iter()
                .take(ROWS_LISTED_MAX)
                .map(|row| ChangedJson {
                    sheet: row.place.sheet,
                    row: row.place.row,
                    fields: words(&row.fields),
                })
                .collect(),
        }),
        problem: None,
    }
}

fn unusable(file: &Path, code: &'static str, reason: String) -> CheckJson<'static> {
    static NO_FINDINGS: BTreeMap<&str, u32> = BTreeMap::new();
    static NO_STATUSES: BTreeMap<String, u32> = BTreeMap::new();
    CheckJson {
        file: file.display().to_string(),
        ok: false,
        kind: None,
        source: None,
        rows: 0,
        families: 0,
        entries: 0,
        without_nik: 0,
        with_findings: 0,
        absent: Vec::new(),
        findings: &NO_FINDINGS,
        statuses: &NO_STATUSES,
        refused: 0,
        refused_rows: Vec::new(),
        change: None,
        problem: Some(ProblemJson { code, reason }),
    }
}

fn words(fields: &[RosterField]) -> Vec<&'static str> {
    fields.iter().map(|field| field.word()).collect()
}

fn labels(fields: &[RosterField], output: &Output) -> String {
    fields.iter().map(|field| field.label(output.language)).collect::<Vec<_>>().join(", ")
}

fn print(
    wanted: &RosterCheckArgs,
    checked: &Checked,
    seen: &Seen,
    today: Date,
    output: &mut Output,
) -> anyhow::Result<()> {
    let summary = &checked.summary;
    let numbers =
        [summary.rows, summary.families, summary.entries, summary.refused].map(|count| count.to_string());
    let [rows, families, entries, refused] = numbers.each_ref().map(String::as_str);
    let file = wanted.file.display().to_string();
    let head = [
        ("file", file.as_str()),
        ("rows", rows),
        ("families", families),
        ("entries", entries),
        ("refused", refused),
    ];
    output.line(output.say("cli.roster.head", &head))?;
    match &checked.source {
        Some(RosterSource { master, .. }) => output.line(master.text(output.language, today))?,
        None => output.line(output.say("cli.roster.no_date", &[]))?,
    }
    if !summary.absent.is_empty() {
        let fields = labels(&summary.absent, output);
        output.line(output.say("cli.roster.absent", &[("fields", &fields)]))?;
    }
    if summary.without_nik > 0 {
        let count = summary.without_nik.to_string();
        output.line(output.say("cli.roster.without_nik", &[("count", &count)]))?;
    }
    if summary.with_findings > 0 {
        let count = summary.with_findings.to_string();
        output.line(output.say("cli.roster.with_findings", &[("count", &count)]))?;
        for (code, count) in &seen.findings {
            output.line(format!("  {count:>7}  {code}"))?;
        }
    }
    output.line(output.say("cli.roster.statuses", &[]))?;
    for (status, count) in &seen.statuses {
        let none = output.say("cli.roster.no_status", &[]);
        output.line(format!("  {count:>7}  {}", if status.is_empty() { &none } else { status }))?;
    }
    if let Some((change, against)) = checked.change.as_ref().zip(wanted.against.as_ref()) {
        print_change(change, against, output)?;
    }
    print_refused(&seen.refused, summary.refused, output)
}

fn print_change(change: &RosterChange, against: &Path, output: &mut Output) -> anyhow::Result<()> {
    let numbers = [change.added.len(), change.changed.len(), change.gone.len(), change.kept.len()];
    let numbers = numbers.map(|count| count.to_string());
    let [added, changed, gone, kept] = numbers.each_ref().map(String::as_str);
    let (file, unchanged) = (against.display().to_string(), change.unchanged.to_string());
    let values = [
        ("file", file.as_str()),
        ("added", added),
        ("changed", changed),
        ("gone", gone),
        ("kept", kept),
        ("unchanged", &unchanged),
    ];
    output.line(output.say("cli.roster.change", &values))?;
    for row in change.changed.iter().take(ROWS_PRINTED_MAX) {
        let (sheet, number) = (row.place.sheet.to_string(), row.place.row.to_string());
        let fields = labels(&row.fields, output);
        let values = [("sheet", sheet.as_str()), ("row", &number), ("fields", &fields)];
        output.line(format!("  {}", output.say("cli.roster.changed_row", &values)))?;
    }
    Ok(())
}

fn print_refused(refused: &[RefusedRow], count: u32, output: &mut Output) -> anyhow::Result<()> {
    for row in refused.iter().take(ROWS_PRINTED_MAX) {
        let (sheet, number) = (row.place.sheet.to_string(), row.place.row.to_string());
        // A reason that names its field need not say it twice.
        let names_field = row.reason.values.iter().any(|(name, _)| *name == "field");
        let field = row.field.filter(|_| !names_field);
        let field = field.map(|field| format!("{}: ", field.label(output.language))).unwrap_or_default();
        let reason = row.text(output.language);
        let values = [
            ("sheet", sheet.as_str()),
            ("row", &number),
            ("field", &field),
            ("reason", &reason),
            ("code", row.code()),
        ];
        output.line(format!("  {}", output.say("cli.roster.refused_row", &values)))?;
    }
    let listed = refused.len().min(ROWS_PRINTED_MAX);
    let more = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(listed);
    if more > 0 {
        output.line(output.say("cli.roster.refused_more", &[("count", &more.to_string())]))?;
    }
    Ok(())
}

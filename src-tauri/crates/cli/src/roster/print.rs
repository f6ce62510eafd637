//! A list for a person who reads along.

use rekam_domain::roster::{RefusedRow, RosterChange, RosterField};

use super::{Import, Told};
use crate::output::Output;

/// Most refused or changed rows that are printed; all are counted.
const ROWS_PRINTED_MAX: usize = 100;

fn labels(fields: &[RosterField], output: &Output) -> String {
    fields.iter().map(|field| field.label(output.language)).collect::<Vec<_>>().join(", ")
}

pub(super) fn print(told: &Told<'_>, output: &mut Output) -> anyhow::Result<()> {
    let summary = &told.summary;
    let numbers =
        [summary.rows, summary.families, summary.entries, summary.refused].map(|count| count.to_string());
    let [rows, families, entries, refused] = numbers.each_ref().map(String::as_str);
    let file = told.file.display().to_string();
    let head = [
        ("file", file.as_str()),
        ("rows", rows),
        ("families", families),
        ("entries", entries),
        ("refused", refused),
    ];
    output.line(output.say("cli.roster.head", &head))?;
    match &told.source {
        Some(source) => output.line(source.text(output.language, told.today))?,
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
        for (code, count) in &told.tally.findings {
            output.line(format!("  {count:>7}  {code}"))?;
        }
    }
    output.line(output.say("cli.roster.statuses", &[]))?;
    for (status, count) in &told.tally.statuses {
        let none = output.say("cli.roster.no_status", &[]);
        output.line(format!("  {count:>7}  {}", if status.is_empty() { &none } else { status }))?;
    }
    if let Some((change, against)) = &told.change {
        print_change(change, against, output)?;
    }
    print_refused(&told.tally.refused, summary.refused, output)?;
    if let Some(import) = &told.import {
        output.line(outcome(import, summary.entries > 0, output))?;
    }
    Ok(())
}

/// What became of the file at the station.
fn outcome(import: &Import, holds_people: bool, output: &Output) -> String {
    let word = match (import.is_imported, import.is_known) {
        (true, _) => "imported",
        (false, true) => "known",
        (false, false) if holds_people => "dry_run",
        (false, false) => "nothing",
    };
    output.say(&format!("cli.master.{word}"), &[("hash", &import.hash)])
}

fn print_change(change: &RosterChange, against: &str, output: &mut Output) -> anyhow::Result<()> {
    let numbers = [change.added.len(), change.changed.len(), change.gone.len(), change.kept.len()];
    let numbers = numbers.map(|count| count.to_string());
    let [added, changed, gone, kept] = numbers.each_ref().map(String::as_str);
    let unchanged = change.unchanged.to_string();
    let none = output.say("cli.roster.no_list", &[]);
    let values = [
        ("file", if against.is_empty() { none.as_str() } else { against }),
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

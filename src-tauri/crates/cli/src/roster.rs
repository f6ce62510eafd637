//! `rekam roster`: what a list holds and what it would change, and taking it over.

mod print;
mod shape;

use std::path::Path;
use std::process::ExitCode;

use jiff::civil::Date;
use rekam_core::master::{MasterError, SourceSaid};
use rekam_core::roster_file::{RosterFileError, RosterFileKind, read_roster};
use rekam_core::roster_import::RosterTally;
use rekam_domain::master_data::{MasterDataKind, MasterSource};
use rekam_domain::nik::NumberContext;
use rekam_domain::roster::{RefusedRow, RosterChange, RosterEntry, RosterLine, RosterSummary, compare};

use crate::args::{RosterCheckArgs, RosterCommand, RosterImportArgs};
use crate::output::Output;
use crate::oversight::open;
use crate::regions;

/// A list that was read to its end, as it is told.
struct Told<'a> {
    file: &'a Path,
    kind: RosterFileKind,
    summary: RosterSummary,
    tally: RosterTally,
    source: Option<MasterSource>,
    /// What it changes, and against what.
    change: Option<(RosterChange, String)>,
    today: Date,
    import: Option<Import>,
}

/// What became of it at the station.
struct Import {
    hash: String,
    is_known: bool,
    is_imported: bool,
}

pub(crate) fn run(wanted: &RosterCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        RosterCommand::Check(wanted) => run_check(wanted, output),
        RosterCommand::Import(wanted) => run_import(wanted, output),
    }
}

fn run_check(wanted: &RosterCheckArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let regions = regions::table(wanted.by.regions.as_deref(), &wanted.by.regions_historical)?;
    let station = regions::station(wanted.by.station.as_deref())?;
    let today = wanted.by.today.unwrap_or_else(rekam_core::clock::today_in_indonesia);
    let context = NumberContext { regions: &regions, station, today };
    match check(wanted, context) {
        Ok(told) => tell(&told, wanted.json, output),
        Err((file, error)) => {
            let reason = error.text(output.language, &file.display().to_string());
            refuse(&shape::unusable(file, error.word(), &reason), &reason, wanted.json, output)
        }
    }
}

fn run_import(wanted: &RosterImportArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let given = wanted.given.given();
    let imported = open(&wanted.given.at, "pengawas").map_err(MasterError::from).and_then(|mut station| {
        let report = station.import_roster(&given, wanted.older)?;
        Ok((report, station.today()))
    });
    match imported {
        Ok((report, today)) => {
            let against = report.replaces.map(|older| older.label).unwrap_or_default();
            let told = Told {
                file: given.file,
                kind: report.kind,
                summary: report.summary,
                tally: report.tally,
                source: Some(report.source),
                change: Some((report.change, against)),
                today,
                import: Some(Import {
                    hash: report.hash,
                    is_known: report.is_known,
                    is_imported: report.is_imported,
                }),
            };
            tell(&told, wanted.given.json, output)
        }
        Err(error) => {
            let reason = error.text(output.language, &given.file.display().to_string());
            let unusable = shape::unusable_import(given.file, error.word(), &reason);
            refuse(&unusable, &reason, wanted.given.json, output)
        }
    }
}

fn tell(told: &Told<'_>, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    if json {
        output.json(&shape::shape(told, output))?;
    } else {
        print::print(told, output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn refuse(
    unusable: &shape::ListJson<'_>,
    reason: &str,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<ExitCode> {
    if json {
        output.json(unusable)?;
    } else {
        output.line(reason)?;
    }
    Ok(ExitCode::FAILURE)
}

/// Reads the list, and the older one if there is one; an error names the file it is about.
fn check<'a>(
    wanted: &'a RosterCheckArgs,
    context: NumberContext<'_>,
) -> Result<Told<'a>, (&'a Path, RosterFileError)> {
    let file = wanted.file.as_path();
    let mut tally = RosterTally::default();
    let (mut people, mut refused): (Vec<RosterEntry>, Vec<RefusedRow>) = Default::default();
    // People are kept only where they are to be compared.
    let keeps_people = wanted.against.is_some();
    let (kind, summary) = read_roster(file, context, |line| {
        tally.take(&line);
        match line {
            RosterLine::Entry(read) if keeps_people => people.push(read.entry),
            RosterLine::Refused(row) if keeps_people => refused.push(*row),
            RosterLine::Entry(_) | RosterLine::Refused(_) => {}
        }
    })
    .map_err(|error| (file, error))?;
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
            Some((compare(old, &people, &refused), older.display().to_string()))
        }
    };
    let said = SourceSaid { label: None, made_on: wanted.made_on, valid_until: wanted.valid_until };
    let name = SourceSaid::of_name(&file.file_stem().unwrap_or_default().to_string_lossy());
    let source = said.or(name).source(MasterDataKind::Roster);
    Ok(Told { file, kind, summary, tally, source, change, today: context.today, import: None })
}

//! `rekam master`: what the office hands down to a station, taken over and listed with its age.

use std::process::ExitCode;

use rekam_core::master::{BlockShare, MasterAge, MasterChange, MasterError, MasterReport};
use rekam_domain::region::RegionChange;
use serde::Serialize;

use crate::args::{At, GivenArgs, MasterCommand, MasterImportCommand};
use crate::output::Output;
use crate::oversight::open;
use crate::station::explain;

/// Most refused lines that are printed; all are counted.
const LINES_PRINTED_MAX: usize = 100;
/// Most refused lines that are listed in JSON; all are counted.
const LINES_LISTED_MAX: usize = 10_000;

#[derive(Serialize)]
struct AgeJson {
    #[serde(flatten)]
    age: MasterAge,
    text: String,
}

#[derive(Default, Serialize)]
struct ImportJson<'a> {
    file: String,
    ok: bool,
    source: Option<SourceJson<'a>>,
    hash: Option<&'a str>,
    change: Option<&'a MasterChange>,
    refused: usize,
    refused_lines: Vec<LineJson>,
    known: bool,
    imported: bool,
    problem: Option<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    label: &'a str,
    made_on: String,
    valid_until: String,
}

#[derive(Serialize)]
struct LineJson {
    line: u64,
    code: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    code: &'static str,
    reason: &'a str,
}

pub(crate) fn run(wanted: &MasterCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        MasterCommand::Import(wanted) => import(wanted, output),
        MasterCommand::List { at, json } => list(at, *json, output),
    }
}

fn list(at: &At, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let ages = open(at, "pengawas").and_then(|station| station.list_master());
    let ages = ages.map_err(|problem| explain(&problem, output))?;
    let told = |age: MasterAge| AgeJson { text: age.text(output.language), age };
    let told: Vec<AgeJson> = ages.into_iter().map(told).collect();
    if json {
        output.json(&told)?;
        return Ok(ExitCode::SUCCESS);
    }
    for AgeJson { age, text } in told {
        let mark = if age.is_in_use { "*" } else { " " };
        let label = if age.label.is_empty() { String::new() } else { format!(" [{}]", age.label) };
        output.line(format!("{mark} {text}{label}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn import(wanted: &MasterImportCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let (MasterImportCommand::Regions(args)
    | MasterImportCommand::Profile(args)
    | MasterImportCommand::Numbers(args)) = wanted;
    let given = args.given();
    let report = open(&args.at, "pengawas").map_err(MasterError::from).and_then(|mut station| match wanted {
        MasterImportCommand::Regions(_) => station.import_regions(&given),
        MasterImportCommand::Profile(_) => station.import_profile(&given),
        MasterImportCommand::Numbers(_) => station.import_numbers(&given),
    });
    match report {
        Ok(report) => tell(args, &report, output),
        Err(error) => refuse(args, &error, output),
    }
}

fn refuse(args: &GivenArgs, error: &MasterError, output: &mut Output) -> anyhow::Result<ExitCode> {
    let file = args.file.display().to_string();
    let reason = error.text(output.language, &file);
    if args.json {
        let problem = Some(ProblemJson { code: error.word(), reason: &reason });
        output.json(&ImportJson { file, problem, ..ImportJson::default() })?;
    } else {
        output.line(&reason)?;
    }
    Ok(ExitCode::FAILURE)
}

fn tell(args: &GivenArgs, report: &MasterReport, output: &mut Output) -> anyhow::Result<ExitCode> {
    // Every line was refused: that is nothing anybody wanted.
    let ok = report.is_usable();
    if args.json {
        let refused = report.refused.iter().take(LINES_LISTED_MAX);
        output.json(&ImportJson {
            file: args.file.display().to_string(),
            ok,
            source: Some(SourceJson {
                label: &report.source.label,
                made_on: report.source.made_on.to_string(),
                valid_until: report.source.valid_until.to_string(),
            }),
            hash: Some(&report.hash),
            change: Some(&report.change),
            refused: report.refused.len(),
            refused_lines: refused
                .map(|line| LineJson {
                    line: line.line(),
                    code: line.code(),
                    reason: line.text(output.language),
                })
                .collect(),
            known: report.is_known,
            imported: report.is_imported,
            problem: None,
        })?;
    } else {
        print(report, ok, output)?;
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(report: &MasterReport, ok: bool, output: &mut Output) -> anyhow::Result<()> {
    match &report.change {
        MasterChange::RegionTable { regions, against, is_current, change } => {
            let RegionChange { added, renamed, gone, unchanged } = change;
            let numbers = [regions, added, renamed, gone, unchanged].map(|count| count.to_string());
            let [regions, added, renamed, gone, unchanged] = numbers.each_ref().map(String::as_str);
            let values = [
                ("count", regions),
                ("against", against.as_str()),
                ("added", added),
                ("renamed", renamed),
                ("gone", gone),
                ("unchanged", unchanged),
            ];
            output.line(output.say("cli.master.regions", &values))?;
            if !is_current {
                output.line(output.say("cli.master.regions_beside", &[]))?;
            }
        }
        MasterChange::Profile { profile, from, to, valid_from } => {
            let (from, to) = (from.to_string(), to.to_string());
            let values = [("profile", profile.as_str()), ("from", &from), ("to", &to), ("date", valid_from)];
            output.line(output.say("cli.master.profile", &values))?;
        }
        MasterChange::NumberBlock { added, unchanged } => {
            for block in added {
                output.line(BlockShare::text(block, output.language))?;
            }
            let (added, unchanged) = (added.len().to_string(), unchanged.to_string());
            let values = [("added", added.as_str()), ("unchanged", &unchanged)];
            output.line(output.say("cli.master.numbers", &values))?;
        }
    }
    for line in report.refused.iter().take(LINES_PRINTED_MAX) {
        output.line(format!("  {} [{}]", line.text(output.language), line.code()))?;
    }
    let more = report.refused.len().saturating_sub(LINES_PRINTED_MAX);
    if more > 0 {
        output.line(output.say("cli.roster.refused_more", &[("count", &more.to_string())]))?;
    }
    let word = match (report.is_imported, report.is_known, ok) {
        (true, ..) => "imported",
        (_, true, _) => "known",
        (_, _, true) => "dry_run",
        (_, _, false) => "nothing",
    };
    output.line(output.say(&format!("cli.master.{word}"), &[("hash", &report.hash)]))?;
    Ok(())
}

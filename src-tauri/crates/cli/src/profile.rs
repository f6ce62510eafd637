//! `rekam profile`: list, show and check the procedures.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rekam_core::clock::{Clock, today_in_indonesia};
use rekam_core::walk::walk;
use rekam_domain::profile::{Profile, ProfileProblem, SHIPPED, Step};
use rekam_domain::role::Role;
use serde::Serialize;

use crate::args::ProfileCommand;
use crate::output::Output;

/// A profile is a few kilobytes; the reader itself refuses far less than this.
const PROFILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(Serialize)]
struct ListJson<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    office: &'a str,
    steps: usize,
    stated_minutes_total: Option<u32>,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    #[serde(flatten)]
    head: ListJson<'a>,
    valid_from: String,
    region_code: &'a str,
    time_zone: &'static str,
    channels: Vec<&'static str>,
    registers: Vec<&'static str>,
    inferred: &'a [String],
    steps_in_order: Vec<StepJson<'a>>,
}

#[derive(Serialize)]
struct StepJson<'a> {
    no: &'a str,
    step: &'a str,
    name: &'a str,
    role: Role,
    also: &'a [Role],
    minutes: Option<u32>,
    inputs: Vec<&'static str>,
    output: Option<&'a str>,
    events: Vec<String>,
    branches: Vec<BranchJson<'a>>,
    inferred: Vec<&'static str>,
}

#[derive(Serialize)]
struct BranchJson<'a> {
    when: &'a str,
    event: Option<String>,
    to: Option<&'a str>,
    say: &'a str,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    file: String,
    ok: bool,
    profile: Option<&'a str>,
    problems: Vec<ProblemJson>,
}

#[derive(Serialize)]
struct ProblemJson {
    line: usize,
    column: usize,
    key: String,
    code: &'static str,
    reason: String,
}

pub(crate) fn run(wanted: &ProfileCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        ProfileCommand::List { json, ids } => list(*json, *ids, output)?,
        ProfileCommand::Show { profile, json } => show(&find(profile, output)?, *json, output)?,
        ProfileCommand::Check { file, json } => return check(file, *json, output),
    }
    Ok(ExitCode::SUCCESS)
}

/// The built-in profile of this id, or the profile in this file.
pub(crate) fn find(wanted: &str, output: &Output) -> anyhow::Result<Profile> {
    if let Some(known) = Profile::shipped().into_iter().find(|profile| profile.identity.id == wanted) {
        return Ok(known);
    }
    let file = Path::new(wanted);
    if !file.exists() {
        let known: Vec<String> = Profile::shipped().into_iter().map(|profile| profile.identity.id).collect();
        bail!("{wanted}: neither a file nor one of {}", known.join(", "));
    }
    read(file)?.map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(|problem| problem.sentence(output.language)).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

/// The text of the same, once it reads without a problem.
pub(crate) fn text_of(wanted: &str, output: &Output) -> anyhow::Result<String> {
    find(wanted, output)?;
    match SHIPPED.iter().find(|(id, _)| *id == wanted) {
        Some((_, text)) => Ok((*text).to_owned()),
        None => read_text(Path::new(wanted)),
    }
}

fn read(file: &Path) -> anyhow::Result<Result<Profile, Vec<ProfileProblem>>> {
    Ok(Profile::read(&file.display().to_string(), &read_text(file)?))
}

fn read_text(file: &Path) -> anyhow::Result<String> {
    let name = file.display().to_string();
    let mut bytes = Vec::new();
    let opened = File::open(file).with_context(|| format!("{name}: cannot be opened"))?;
    opened
        .take(PROFILE_BYTES_MAX)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{name}: cannot be read"))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!("{name}:{line}: not UTF-8 text; save the file as UTF-8")
    })
}

fn head(profile: &Profile) -> ListJson<'_> {
    ListJson {
        id: &profile.identity.id,
        version: profile.identity.version,
        title: &profile.identity.title,
        office: &profile.office.name,
        steps: profile.steps().len(),
        stated_minutes_total: profile.stated_minutes(),
    }
}

fn list(json: bool, ids: bool, output: &mut Output) -> anyhow::Result<()> {
    let profiles = Profile::shipped();
    if json {
        return output.json(&profiles.iter().map(head).collect::<Vec<_>>());
    }
    for profile in &profiles {
        if ids {
            output.line(&profile.identity.id)?;
            continue;
        }
        let steps = profile.steps().len().to_string();
        let total = total(profile, output);
        output.line(format!(
            "{:<31} {} · {} · {} · {total}",
            profile.identity.id,
            profile.office.name,
            profile.identity.title,
            output.say("cli.profile.steps", &[("count", &steps)]),
        ))?;
    }
    Ok(())
}

/// The sum of the written times in words, or that none is written.
pub(crate) fn total(profile: &Profile, output: &Output) -> String {
    match profile.stated_minutes() {
        Some(minutes) => output.say("cli.minutes_total", &[("minutes", &minutes.to_string())]),
        None => output.say("cli.minutes_none", &[]),
    }
}

fn step_json(step: &Step) -> StepJson<'_> {
    StepJson {
        no: &step.no,
        step: &step.id,
        name: &step.name,
        role: step.role,
        also: &step.also,
        minutes: step.minutes,
        inputs: step.inputs.iter().map(|input| input.word()).collect(),
        output: step.output.as_deref(),
        events: step.events.iter().map(|event| event.event.word()).collect(),
        branches: step
            .branches
            .iter()
            .map(|branch| BranchJson {
                when: &branch.when,
                event: branch.event.map(rekam_domain::machine::CaseEvent::word),
                to: branch.to.as_deref(),
                say: &branch.say,
            })
            .collect(),
        inferred: step.inferred.iter().map(|fact| fact.word()).collect(),
    }
}

fn show(profile: &Profile, json: bool, output: &mut Output) -> anyhow::Result<()> {
    if json {
        return output.json(&ShowJson {
            head: head(profile),
            valid_from: profile.identity.valid_from.to_string(),
            region_code: &profile.office.region_code,
            time_zone: profile.office.time_zone.word(),
            channels: profile.channels.iter().map(|channel| channel.word()).collect(),
            registers: profile.registers.iter().map(|book| book.word()).collect(),
            inferred: &profile.identity.inferred,
            steps_in_order: profile.steps().iter().map(step_json).collect(),
        });
    }
    let version = profile.identity.version.to_string();
    let from = profile.identity.valid_from.strftime("%d-%m-%Y").to_string();
    output.line(format!("{} · {}", profile.identity.title, profile.office.name))?;
    output.line(format!(
        "{} · {}",
        profile.identity.id,
        output.say("cli.profile.version", &[("version", &version), ("date", &from)])
    ))?;
    let books: Vec<&str> = profile.registers.iter().map(|book| book.word()).collect();
    output.line(output.say("cli.profile.registers", &[("books", &books.join(", "))]))?;
    for step in profile.steps() {
        let minutes = minutes(step.minutes, output);
        let role = output.say(&format!("role.{}", step.role.word()), &[]);
        output.line(format!("{:>4}  {:<60} {role}, {minutes}", step.no, step.name))?;
        for branch in &step.branches {
            output.line(format!("        → {}", branch.say))?;
        }
    }
    output.line(total(profile, output))?;
    if !profile.identity.inferred.is_empty() {
        let inferred = profile.identity.inferred.join(", ");
        output.line(output.say("cli.profile.inferred", &[("keys", &inferred)]))?;
    }
    Ok(())
}

/// A step's time in words.
pub(crate) fn minutes(minutes: Option<u32>, output: &Output) -> String {
    match minutes {
        Some(minutes) => output.say("cli.minutes", &[("minutes", &minutes.to_string())]),
        None => output.say("cli.minutes_unstated", &[]),
    }
}

fn check(file: &Path, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let read = read(file)?;
    // A profile that reads well must also be walkable: its events in an order the rules accept, to the end.
    let walked = read.as_ref().ok().map(|profile| walk(profile, today_in_indonesia(), Clock::System.now()));
    let unwalkable = walked.and_then(Result::err).map(|error| error.to_string());
    let ok = read.is_ok() && unwalkable.is_none();
    let profile = read.as_ref().ok().map(|profile| profile.identity.id.as_str());
    let empty = Vec::new();
    let problems = read.as_ref().err().unwrap_or(&empty);
    if json {
        let mut shown: Vec<ProblemJson> = problems
            .iter()
            .map(|problem| ProblemJson {
                line: problem.line,
                column: problem.column,
                key: problem.key.clone(),
                code: problem.code.word(),
                reason: problem.reason(output.language),
            })
            .collect();
        shown.extend(unwalkable.map(|reason| ProblemJson {
            line: 0,
            column: 0,
            key: "step".to_owned(),
            code: "cannot_be_walked",
            reason,
        }));
        output.json(&CheckJson { file: file.display().to_string(), ok, profile, problems: shown })?;
    } else if let Some(reason) = unwalkable {
        output.line(format!(
            "{}: {}",
            file.display(),
            output.say("cli.profile.unwalkable", &[("reason", &reason)])
        ))?;
    } else if let Some(profile) = profile {
        output.line(output.say("cli.profile.good", &[("profile", profile)]))?;
    } else {
        for problem in problems {
            output.line(problem.sentence(output.language))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

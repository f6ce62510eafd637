//! `rekam case`, `rekam audit`, `rekam status`: what a station holds and how it stands.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use rekam_core::audit_export::{AuditFile, check_audit_file};
use rekam_core::backup;
use rekam_core::clock::Clock;
use rekam_core::demonstration;
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use serde::Serialize;

use crate::args::{At, AuditCommand, BackupCommand};
use crate::keeping::warn_of_place;
use crate::output::Output;
use crate::station::explain;

#[derive(Serialize)]
struct CaseJson {
    case: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<StepJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    states: Option<StatesJson>,
}

#[derive(Serialize)]
struct StepJson {
    step: String,
    hash: String,
}

#[derive(Serialize)]
struct StatesJson {
    registration: String,
    recording: String,
    card: String,
    letter: String,
    berkas: String,
}

/// Opens the station and lets somebody in.
pub(crate) fn open(at: &At, demonstration_account: &str) -> Result<Station, Problem> {
    let mut station = Station::open(&at.data, Clock::System)?;
    let request = who(at, &station, demonstration_account)?;
    station.sign_in(request)?;
    Ok(station)
}

/// The named account, or, at a demonstration station, one that may do it.
pub(crate) fn who(at: &At, station: &Station, demonstration_account: &str) -> Result<SignInRequest, Problem> {
    let (account, secret) = match (&at.account, &at.secret_file) {
        (Some(account), Some(file)) => (account.clone(), first_line(file)?),
        _ => {
            let shown = if station.is_demonstration() { demonstration::accounts_shown() } else { Vec::new() };
            let known = shown.into_iter().find(|shown| shown.account == demonstration_account);
            let known = known.ok_or_else(|| Problem::new(Code::SignInFirst))?;
            (known.account, known.passphrase)
        }
    };
    Ok(SignInRequest { account, secret })
}

/// The first line of a file: a secret, or a recovery key.
pub(crate) fn first_line(file: &Path) -> Result<String, Problem> {
    let refused = || Problem::new(Code::DiskRefused).with("operation", "read").with("file", file.display());
    let text = fs::read_to_string(file).map_err(|_| refused())?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

pub(crate) fn list_cases(at: &At, steps: bool, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let mut station = match open(at, "operator") {
        Ok(station) => station,
        // A set-up that was interrupted holds nobody yet.
        Err(problem) if problem.code == Code::NotSetUp => {
            if json {
                output.json(&Vec::<CaseJson>::new())?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Err(problem) => return Err(explain(&problem, output)),
    };
    let cases = station.list_cases().map_err(|problem| explain(&problem, output))?;
    let mut shown = Vec::new();
    for case in cases {
        let listed = if steps {
            let listed = station.list_steps(case.id).map_err(|problem| explain(&problem, output))?;
            Some(listed.into_iter().map(|one| StepJson { step: one.step, hash: one.hash }).collect())
        } else {
            None
        };
        let states = (!steps).then(|| StatesJson {
            registration: case.registration_number.clone(),
            recording: case.recording_state.clone(),
            card: case.card_state.clone(),
            letter: case.letter_state.clone(),
            berkas: case.berkas_state.clone(),
        });
        shown.push(CaseJson { case: case.id.to_string(), steps: listed, states });
    }
    if json {
        output.json(&shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    for case in shown {
        if let Some(states) = case.states {
            let recording = output.say(&format!("state.recording.{}", states.recording), &[]);
            output.line(format!("{}  {:<24} {recording}", case.case, states.registration))?;
        }
        for step in case.steps.into_iter().flatten() {
            output.line(format!("{}  {:<40} {}", case.case, step.step, step.hash))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn audit(wanted: &AuditCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        AuditCommand::Verify { at, json } => verify(at, *json, output),
        AuditCommand::Export { at, to, json } => {
            let done = open(at, "pengawas").and_then(|mut station| station.export_audit(to));
            audit_file(
                &done.map_err(|problem| explain(&problem, output))?,
                "cli.audit.exported",
                *json,
                output,
            )
        }
        AuditCommand::Check { file, json } => {
            let found = check_audit_file(file).map_err(|problem| explain(&problem, output))?;
            audit_file(&found, "cli.audit.file_whole", *json, output)
        }
    }
}

fn audit_file(file: &AuditFile, key: &str, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    if json {
        output.json(file)?;
    } else {
        let (entries, days) = (file.entries.to_string(), file.days_signed.to_string());
        let values = [("station", file.station.as_str()), ("entries", &entries), ("days", &days)];
        match &file.breach {
            None => output.line(output.say(key, &values))?,
            Some(breach) => output.line(output.say("cli.audit.file_broken", &[("breach", breach)]))?,
        }
        for signer in &file.signers {
            let values = [("account", signer.account.as_str()), ("key", &signer.key)];
            output.line(output.say("cli.audit.signer", &values))?;
        }
    }
    Ok(if file.breach.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verify(at: &At, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let found = open(at, "pengawas").and_then(|station| station.verify());
    let verified = found.map_err(|problem| explain(&problem, output))?;
    if json {
        output.json(&verified)?;
    } else {
        let (entries, steps) = (verified.audit_entries.to_string(), verified.journal_steps.to_string());
        let days = verified.days_signed.to_string();
        let values = [("entries", entries.as_str()), ("steps", &steps), ("days", &days)];
        match &verified.breach {
            None => output.line(output.say("cli.audit.intact", &values))?,
            Some(breach) => output.line(output.say("cli.audit.broken", &[("breach", breach)]))?,
        }
    }
    Ok(if verified.intact { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(crate) fn backup(wanted: &BackupCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let mb = |bytes: u64| bytes.div_ceil(1_000_000).to_string();
    let sentence = match wanted {
        BackupCommand::Create { at, to } => {
            let made = open(at, "pengawas").and_then(|mut station| station.back_up(to));
            let made = made.map_err(|problem| explain(&problem, output))?;
            let folder = made.folder.display().to_string();
            output.say("cli.backup.made", &[("folder", &folder), ("size", &mb(made.bytes))])
        }
        BackupCommand::Schedule { at, to, every_hours } => {
            let set = open(at, "pengawas").and_then(|mut station| {
                station.back_up_to(to.as_deref(), *every_hours)?;
                Ok(station.copies_view().backup.is_same_disk)
            });
            if set.map_err(|problem| explain(&problem, output))? {
                warn_of_place(output)?;
            }
            match to {
                Some(to) => {
                    let (hours, folder) = (every_hours.to_string(), to.display().to_string());
                    output.say("cli.backup.scheduled", &[("hours", &hours), ("folder", &folder)])
                }
                None => output.say("cli.backup.unscheduled", &[]),
            }
        }
        BackupCommand::Verify { copy } => {
            let report = backup::verify(copy).map_err(|problem| explain(&problem, output))?;
            let files = report.files.to_string();
            output.say("cli.backup.whole", &[("files", &files), ("size", &mb(report.bytes))])
        }
        BackupCommand::Restore { copy, data } => {
            backup::restore(copy, data).map_err(|problem| explain(&problem, output))?;
            output.say("cli.backup.restored", &[("folder", &data.display().to_string())])
        }
    };
    output.line(sentence)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn status(at: &At, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    let found = open(at, "pengawas").and_then(|station| station.status());
    let status = found.map_err(|problem| explain(&problem, output))?;
    if json {
        output.json(&status)?;
        return Ok(ExitCode::SUCCESS);
    }
    output.line(output.say("cli.status.station", &[("station", &status.station)]))?;
    for (state, count) in &status.cases {
        let state = output.say(&format!("state.recording.{state}"), &[]);
        output.line(format!("  {state:<24} {count:>6}"))?;
    }
    let room = match status.free_disk_mb {
        Some(free) => output.say("cli.status.disk", &[("free", &free.to_string())]),
        None => output.say("cli.status.disk_unknown", &[]),
    };
    output.line(room)?;
    output.line(output.say(&format!("window.trust.{}", status.trust), &[]))?;
    if status.clock.trust != "steady" {
        output.line(output.say(&format!("window.clock.{}", status.clock.trust), &[]))?;
    }
    let delivery = &status.delivery;
    let (count, size) = (delivery.waiting.to_string(), delivery.waiting_kb.to_string());
    let delivered = delivery.delivered_today.to_string();
    let values = [("count", count.as_str()), ("size", &size), ("delivered", &delivered)];
    output.line(output.say("cli.status.delivery", &values))?;
    if delivery.refused + delivery.damaged > 0 {
        let (count, damaged) = (delivery.refused.to_string(), delivery.damaged.to_string());
        output.line(output.say("cli.status.refused", &[("count", &count), ("damaged", &damaged)]))?;
    }
    for line in &status.budget {
        let kind = line.kind.as_str();
        let count = line.count.map(|count| count.unsigned_abs().to_string()).unwrap_or_default();
        let word = output.say(&budget_key(kind, line.count), &[("count", &count)]);
        let next = match line.level.as_str() {
            "fine" => String::new(),
            _ => format!(" — {}", output.say(&format!("budget.{kind}.next"), &[])),
        };
        output.line(format!("  {word}{next}"))?;
        let problem = match kind {
            "mirror" => status.copies.mirror.problem,
            "backup" => status.copies.backup.problem,
            _ => None,
        };
        if let Some(problem) = problem {
            output.line(format!("    {}", output.say(&format!("code.{}", problem.word()), &[])))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The sentence of one line of the budget.
fn budget_key(kind: &str, count: Option<i32>) -> String {
    let form = match count {
        None => ".none",
        Some(0) if matches!(kind, "mirror" | "backup") => ".today",
        Some(..0) => ".over",
        Some(_) => "",
    };
    format!("budget.{kind}{form}")
}

#[cfg(test)]
mod tests {
    use rekam_domain::text::{Language, text};

    use super::*;

    #[test]
    fn what_ran_out_and_what_was_copied_today_have_sentences_of_their_own() {
        let over = ["days", "decree", "packets", "admission", "master_data"];
        let over = over.map(|kind| (kind, -3, format!("budget.{kind}.over")));
        let today = ["mirror", "backup"].map(|kind| (kind, 0, format!("budget.{kind}.today")));
        for (kind, count, key) in over.into_iter().chain(today) {
            assert_eq!(budget_key(kind, Some(count)), key);
            for language in Language::ALL {
                assert!(!text(language, &key, &[]).starts_with('['), "{language:?} lacks {key}");
            }
        }
        assert_eq!(budget_key("days", Some(0)), "budget.days");
        assert_eq!(budget_key("backup", None), "budget.backup.none");
    }
}

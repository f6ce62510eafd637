//! `rekam station init|recover|renew-recovery`: a station begins, and the key in the office's safe.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use rekam_core::clock::Clock;
use rekam_core::people::{self, NewPerson, Rescue};
use rekam_core::problem::{Code, Problem};
use rekam_core::setup::{self, NewStation, RecoveryKey, Tpm};
use rekam_core::station::Station;
use serde::Serialize;

use crate::account::{new_person, secret, tell};
use crate::args::{At, InitArgs, RecoverArgs};
use crate::output::Output;
use crate::oversight::{first_line, open};
use crate::profile::text_of;
use crate::station::explain;

/// How often somebody may mistype the key that lies before them.
const TYPED_MAX: u32 = 3;

#[derive(Serialize)]
struct InitJson<'a> {
    data: String,
    station: &'a str,
    account: &'a str,
    recovery_file: Option<String>,
}

pub(crate) fn init(wanted: &InitArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let file = wanted.recovery_file.as_deref();
    check_reachable(file, output)?;
    let profile = text_of(&wanted.profile, output)?;
    let begun = new_person(&wanted.account, &wanted.person, &wanted.secret_file).and_then(|first| {
        let new = NewStation { station: &wanted.station, profile: &profile, first };
        let tpm = if wanted.without_chip { None } else { Tpm::detect() };
        setup::begin(&wanted.data, &Clock::System, &new, tpm)
    });
    let unfinished = begun.map_err(|problem| explain(&problem, output))?;
    hand_over(unfinished.recovery(), file, |typed| unfinished.is_recovery(typed), output)?;
    unfinished.finish().map_err(|problem| explain(&problem, output))?;
    let data = wanted.data.display().to_string();
    if wanted.json {
        let recovery_file = file.map(|file| file.display().to_string());
        let (station, account) = (wanted.station.as_str(), wanted.account.as_str());
        output.json(&InitJson { data, station, account, recovery_file })?;
    } else {
        let values = [("station", wanted.station.as_str()), ("folder", &data), ("account", &wanted.account)];
        output.line(output.say("cli.init.made", &values))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn recover(wanted: &RecoverArgs, output: &mut Output) -> anyhow::Result<ExitCode> {
    let typed = match &wanted.recovery_file {
        Some(file) => first_line(file).map_err(|problem| explain(&problem, output))?,
        None => ask(output.say("cli.recovery.type", &[]), output)?,
    };
    let (account, secret) = (wanted.account.clone(), secret(&wanted.new_secret_file));
    let new = wanted.name.clone().zip(wanted.decree.clone()).zip(wanted.decree_expires);
    let word = if new.is_some() { "added" } else { "reset" };
    let rescue = secret.map(|secret| match new {
        Some(((name, decree), decree_expires)) => {
            let roles = wanted.roles.clone();
            Rescue::Add(NewPerson { account, secret, name, roles, decree, decree_expires })
        }
        None => Rescue::Reset { account, secret },
    });
    let done = rescue.and_then(|rescue| people::recover(&wanted.data, Clock::System, &typed, &rescue));
    tell(done, &wanted.account, word, wanted.json, output)
}

pub(crate) fn renew(at: &At, file: Option<&Path>, output: &mut Output) -> anyhow::Result<ExitCode> {
    check_reachable(file, output)?;
    let renewed = open(at, "pengawas").and_then(|mut station: Station| station.renew_recovery());
    let key = renewed.map_err(|problem| explain(&problem, output))?;
    let printed = key.printed();
    let is_same = |typed: &str| RecoveryKey::parse(typed).is_ok_and(|typed| *typed.printed() == *printed);
    hand_over(&key, file, is_same, output)?;
    output.line(output.say("cli.recovery.renewed", &[]))?;
    Ok(ExitCode::SUCCESS)
}

/// Somebody must be able to get the key before one is drawn.
fn check_reachable(file: Option<&Path>, output: &Output) -> anyhow::Result<()> {
    match file {
        Some(file) if file.exists() => {
            let problem = Problem::new(Code::InputRefused).with("field", "recovery_file");
            Err(explain(&problem, output).context(output.say("cli.recovery.file_exists", &[])))
        }
        None if !has_terminal() => anyhow::bail!(output.say("cli.recovery.no_terminal", &[])),
        Some(_) | None => Ok(()),
    }
}

/// Puts the key into a file, or shows it once and has it typed back.
fn hand_over(
    key: &RecoveryKey,
    file: Option<&Path>,
    is_same: impl Fn(&str) -> bool,
    output: &mut Output,
) -> anyhow::Result<()> {
    let printed = key.printed();
    if let Some(file) = file {
        write_new(file, &printed).with_context(|| file.display().to_string())?;
        return Ok(());
    }
    output.line(output.say("cli.recovery.print", &[]))?;
    output.line(format!("\n    {}\n", *printed))?;
    let mut question = "cli.recovery.type_back";
    for _ in 0..TYPED_MAX {
        if is_same(&ask(output.say(question, &[]), output)?) {
            return Ok(());
        }
        question = "cli.recovery.typed_wrong";
    }
    anyhow::bail!(output.say("cli.recovery.not_confirmed", &[]))
}

/// A file that nobody else reads, and that was not there before.
fn write_new(file: &Path, printed: &str) -> io::Result<()> {
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(written, "{printed}")?;
    written.sync_all()
}

pub(crate) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Asks for a line.
pub(crate) fn ask(question: String, output: &mut Output) -> anyhow::Result<String> {
    output.line(question)?;
    output.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line)
}

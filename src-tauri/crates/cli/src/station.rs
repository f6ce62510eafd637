//! `rekam station`: set up a station.

use std::path::Path;
use std::process::ExitCode;

use rekam_core::clock::Clock;
use rekam_core::demonstration;
use rekam_core::problem::Problem;
use rekam_core::view::DemonstrationAccountView;
use serde::Serialize;

use crate::admission;
use crate::args::StationCommand;
use crate::output::Output;
use crate::recovery;

#[derive(Serialize)]
struct DemonstrateJson {
    data: String,
    accounts: Vec<DemonstrationAccountView>,
}

pub(crate) fn run(wanted: &StationCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        StationCommand::Init(wanted) => recovery::init(wanted, output),
        StationCommand::Recover(wanted) => recovery::recover(wanted, output),
        StationCommand::RenewRecovery { at, recovery_file } => {
            recovery::renew(at, recovery_file.as_deref(), output)
        }
        StationCommand::Request { data, to, json } => admission::request(data, to, *json, output),
        StationCommand::Admit(wanted) => admission::admit(wanted, output),
        StationCommand::Demonstrate { data, station, json } => demonstrate(data, station, *json, output),
    }
}

fn demonstrate(data: &Path, id: &str, json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    demonstration::set_up_as(data, &Clock::System, id).map_err(|problem| explain(&problem, output))?;
    let accounts = demonstration::accounts_shown();
    if json {
        output.json(&DemonstrateJson { data: data.display().to_string(), accounts })?;
    } else {
        print(data, &accounts, output)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(data: &Path, accounts: &[DemonstrationAccountView], output: &mut Output) -> anyhow::Result<()> {
    output.line(output.say("cli.demonstration.made", &[("folder", &data.display().to_string())]))?;
    output.line(output.say("cli.demonstration.sign_in", &[]))?;
    for account in accounts {
        let roles: Vec<String> =
            account.roles.iter().map(|role| output.say(&format!("role.{role}"), &[])).collect();
        output.line(format!("  {:<10} {:<28} {}", account.account, account.passphrase, roles.join(", ")))?;
    }
    Ok(())
}

/// Cause and next action, as the screen would say them.
pub(crate) fn explain(problem: &Problem, output: &Output) -> anyhow::Error {
    let values: Vec<(&str, &str)> =
        problem.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let cause = output.say(&format!("code.{}", problem.code.word()), &values);
    let next = output.say(&format!("code.{}.next", problem.code.word()), &values);
    // Some causes have a sentence of their own: which rule refused the step, what is wrong with the secret.
    let why = ["refusal", "why"].into_iter().find_map(|name| problem.values.get(name));
    let why = why.map(|key| format!("{} ", output.say(key, &values))).unwrap_or_default();
    anyhow::anyhow!("{cause} {why}{next} [{problem}]")
}

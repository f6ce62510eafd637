//! `rekam account`: the people of a station.

use std::path::Path;
use std::process::ExitCode;

use rekam_core::people::{AccountView, CardChange, NewPerson, Secret, WaitingRecordings};
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use serde::Serialize;

use crate::args::{AccountCommand, At, PersonArgs};
use crate::output::Output;
use crate::oversight::{first_line, open};
use crate::station::explain;

/// What was done to an account.
#[derive(Serialize)]
pub(crate) struct DoneJson<'a> {
    pub(crate) account: &'a str,
    pub(crate) done: &'a str,
}

pub(crate) fn run(wanted: &AccountCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    match wanted {
        AccountCommand::List { at, json } => {
            let listed = open(at, "pengawas").and_then(|mut station| station.list_accounts());
            list(&listed.map_err(|problem| explain(&problem, output))?, *json, output)
        }
        AccountCommand::Add { id, at, person, new_secret_file, json } => {
            let done = new_person(id, person, new_secret_file)
                .and_then(|new| change(at, |station| station.add_account(&new)));
            tell(done, id, "added", *json, output)
        }
        AccountCommand::Reset { id, at, new_secret_file, json } => {
            let done = secret(new_secret_file)
                .and_then(|secret| change(at, |station| station.reset_account(id, &secret)));
            tell(done, id, "reset", *json, output)
        }
        AccountCommand::Close { id, at, take_over, json } => {
            let waiting = if *take_over { WaitingRecordings::TakeOver } else { WaitingRecordings::Keep };
            tell(change(at, |station| station.close_account(id, waiting)), id, "closed", *json, output)
        }
        AccountCommand::Decree { id, at, decree, decree_expires, roles, json } => {
            let card = CardChange {
                decree: decree.clone().zip(*decree_expires),
                roles: (!roles.is_empty()).then(|| roles.clone()),
            };
            tell(change(at, |station| station.change_card(id, &card)), id, "changed", *json, output)
        }
        AccountCommand::Secret { at, new_secret_file, json } => {
            let mut account = String::new();
            let done = change(at, |station| {
                account = station.home()?.person.account;
                let old = at.secret_file.as_deref().ok_or_else(|| Problem::new(Code::SignInFirst))?;
                station.change_own_secret(&secret(old)?, &secret(new_secret_file)?)
            });
            tell(done, &account, "changed", *json, output)
        }
    }
}

/// Somebody to be let in, as the command line names them.
pub(crate) fn new_person(id: &str, person: &PersonArgs, secret_file: &Path) -> Result<NewPerson, Problem> {
    Ok(NewPerson {
        account: id.to_owned(),
        secret: secret(secret_file)?,
        name: person.name.clone(),
        roles: person.roles.clone(),
        decree: person.decree.clone(),
        decree_expires: person.decree_expires,
    })
}

pub(crate) fn secret(file: &Path) -> Result<Secret, Problem> {
    first_line(file).map(Secret::new)
}

fn change(at: &At, act: impl FnOnce(&mut Station) -> Result<(), Problem>) -> Result<(), Problem> {
    act(&mut open(at, "pengawas")?)
}

/// Says what was done, or why not.
pub(crate) fn tell(
    done: Result<(), Problem>,
    account: &str,
    word: &str,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<ExitCode> {
    done.map_err(|problem| explain(&problem, output))?;
    if json {
        output.json(&DoneJson { account, done: word })?;
    } else {
        output.line(output.say(&format!("cli.account.{word}"), &[("account", account)]))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(accounts: &[AccountView], json: bool, output: &mut Output) -> anyhow::Result<ExitCode> {
    if json {
        output.json(&accounts)?;
        return Ok(ExitCode::SUCCESS);
    }
    for account in accounts {
        let days = account.decree_days_left.to_string();
        let state = match account {
            AccountView { damaged: true, .. } => output.say("cli.account.is_damaged", &[]),
            AccountView { closed: true, .. } => output.say("cli.account.is_closed", &[]),
            AccountView { decree_days_left: ..0, .. } => output.say("cli.account.is_expired", &[]),
            AccountView { .. } => output.say("cli.account.days_left", &[("days", &days)]),
        };
        let roles: Vec<String> =
            account.roles.iter().map(|role| output.say(&format!("role.{role}"), &[])).collect();
        let AccountView { account, name, decree, decree_expires, trust, .. } = account;
        let roles = roles.join(", ");
        output.line(format!(
            "{account:<16} {name:<28} {roles:<36} {decree} {decree_expires} {state} [{trust}]"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

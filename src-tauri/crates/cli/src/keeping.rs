//! `rekam mirror`, `rekam clock`: what the station keeps by itself.

use std::process::ExitCode;

use rekam_core::clock::Clock;
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;

use crate::args::{At, ClockCommand, MirrorCommand};
use crate::output::Output;
use crate::oversight::{open, who};
use crate::station::explain;

pub(crate) fn mirror(wanted: &MirrorCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let mut is_same_disk = false;
    let (done, sentence) = match wanted {
        MirrorCommand::Keep { at, to } => {
            let done = open(at, "pengawas").and_then(|mut station| {
                station.keep_mirror_in(Some(to))?;
                is_same_disk = station.copies_view().mirror.is_same_disk;
                Ok(())
            });
            (done, output.say("cli.mirror.kept", &[("folder", &to.display().to_string())]))
        }
        MirrorCommand::Stop { at } => {
            let done = open(at, "pengawas").and_then(|mut station| station.keep_mirror_in(None));
            (done, output.say("cli.mirror.stopped", &[]))
        }
        MirrorCommand::GiveBack { at } => {
            let done = give_back(at);
            let key = match done {
                Ok(false) => "cli.mirror.nothing_damaged",
                _ => "cli.mirror.given_back",
            };
            (done.map(|_| ()), output.say(key, &[]))
        }
    };
    done.map_err(|problem| explain(&problem, output))?;
    output.line(sentence)?;
    if is_same_disk {
        warn_of_place(output)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says that a copy lies where one broken disk takes it along.
pub(crate) fn warn_of_place(output: &mut Output) -> anyhow::Result<()> {
    let (word, next) = (output.say("budget.copy_place.none", &[]), output.say("budget.copy_place.next", &[]));
    output.line(format!("{word}. {next}"))?;
    Ok(())
}

/// Whether anything had to be given back: whoever can sign in as ever has a database that is not damaged.
fn give_back(at: &At) -> Result<bool, Problem> {
    let mut station = Station::open(&at.data, Clock::System)?;
    let request = who(at, &station, "operator")?;
    match station.sign_in(request) {
        Ok(_) => Ok(false),
        Err(problem) if problem.code == Code::DatabaseDamaged => {
            let request = who(at, &station, "operator")?;
            station.give_back_from_mirror(request).map(|_| true)
        }
        Err(problem) => Err(problem),
    }
}

pub(crate) fn clock(wanted: &ClockCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let ClockCommand::Confirm { at } = wanted;
    let confirmed = open(at, "teknisi").and_then(|mut station| {
        station.confirm_clock()?;
        station.home()
    });
    let now = confirmed.map_err(|problem| explain(&problem, output))?.now;
    output.line(output.say("cli.clock.confirmed", &[("date", &now.date), ("time", &now.time)]))?;
    Ok(ExitCode::SUCCESS)
}

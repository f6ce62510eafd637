//! `rekam mirror`, `rekam clock`: what the station keeps by itself.

use std::process::ExitCode;

use rekam_core::clock::Clock;
use rekam_core::station::Station;

use crate::args::{ClockCommand, MirrorCommand};
use crate::output::Output;
use crate::oversight::{open, who};
use crate::station::explain;

pub(crate) fn mirror(wanted: &MirrorCommand, output: &mut Output) -> anyhow::Result<ExitCode> {
    let (done, sentence) = match wanted {
        MirrorCommand::Keep { at, to } => {
            let done = open(at, "pengawas").and_then(|mut station| station.keep_mirror_in(Some(to)));
            (done, output.say("cli.mirror.kept", &[("folder", &to.display().to_string())]))
        }
        MirrorCommand::Stop { at } => {
            let done = open(at, "pengawas").and_then(|mut station| station.keep_mirror_in(None));
            (done, output.say("cli.mirror.stopped", &[]))
        }
        MirrorCommand::GiveBack { at } => {
            let done = Station::open(&at.data, Clock::System).and_then(|mut station| {
                let request = who(at, &station, "operator")?;
                station.give_back_from_mirror(request).map(|_| ())
            });
            (done, output.say("cli.mirror.given_back", &[]))
        }
    };
    done.map_err(|problem| explain(&problem, output))?;
    output.line(sentence)?;
    Ok(ExitCode::SUCCESS)
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

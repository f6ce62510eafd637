//! The station without a window: the same core, driven from the command line.
//!
//! It never holds a rule of its own: it reads what was asked, calls the core or the domain, and prints.
//! Every `--json` output has a documented shape (`packaging/COMMANDS.md`).

mod args;
mod nik;
mod output;
mod oversight;
mod packet;
mod profile;
mod regions;
mod roster;
mod simulate;
mod sop;
mod station;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};
use crate::output::Output;

fn main() -> ExitCode {
    let args = Args::parse();
    let mut output = Output::new(args.language());
    let done = match &args.command {
        Command::Nik(wanted) => nik::run(wanted, &mut output),
        Command::Profile(wanted) => profile::run(wanted, &mut output),
        Command::Roster(wanted) => roster::run(wanted, &mut output),
        Command::Sop(wanted) => sop::run(wanted, &mut output),
        Command::Station(wanted) => station::run(wanted, &mut output),
        Command::Day(wanted) => simulate::run(wanted, &mut output),
        Command::Case(wanted) => oversight::list_cases(wanted, &mut output),
        Command::Audit(wanted) => oversight::verify(wanted, &mut output),
        Command::Backup(wanted) => oversight::backup(wanted, &mut output),
        Command::Packet(wanted) => packet::run(wanted, &mut output),
        Command::Status { at, json } => oversight::status(at, *json, &mut output),
    };
    match done.and_then(|code| output.flush().map(|()| code)) {
        Ok(code) => code,
        Err(error) if output::reader_left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

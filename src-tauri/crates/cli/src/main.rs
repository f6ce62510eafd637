//! The station without a window: the same core, driven from the command line.
//!
//! It never holds a rule of its own: it reads what was asked, calls the core or the domain, and prints.
//! Every `--json` output has a documented shape (`packaging/COMMANDS.md`).

mod account;
mod admission;
mod args;
mod case_page;
mod delivery;
mod keeping;
mod master;
mod nik;
mod output;
mod oversight;
mod packet;
mod profile;
mod recovery;
mod regions;
mod roster;
mod simulate;
mod sop;
mod station;
mod task;

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use rekam_core::memory::Wiping;

use crate::args::{Args, Command};
use crate::output::Output;

/// What was in memory is wiped when it is given back.
#[global_allocator]
static MEMORY: Wiping = Wiping(System);

fn main() -> ExitCode {
    // Where the system does not let us, the station works all the same.
    let _ = rekam_core::memory::protect();
    let args = Args::parse();
    let mut output = Output::new(args.language());
    let done = match &args.command {
        Command::Nik(wanted) => nik::run(wanted, &mut output),
        Command::Profile(wanted) => profile::run(wanted, &mut output),
        Command::Roster(wanted) => roster::run(wanted, &mut output),
        Command::Master(wanted) => master::run(wanted, &mut output),
        Command::Sop(wanted) => sop::run(wanted, &mut output),
        Command::Station(wanted) => station::run(wanted, &mut output),
        Command::Account(wanted) => account::run(wanted, &mut output),
        Command::Day(wanted) => simulate::run(wanted, &mut output),
        Command::Case(wanted) => case_page::run(wanted, &mut output),
        Command::Task(wanted) => task::run(wanted, &mut output),
        Command::Audit(wanted) => oversight::audit(wanted, &mut output),
        Command::Backup(wanted) => oversight::backup(wanted, &mut output),
        Command::Mirror(wanted) => keeping::mirror(wanted, &mut output),
        Command::Clock(wanted) => keeping::clock(wanted, &mut output),
        Command::Packet(wanted) => packet::run(wanted, &mut output),
        Command::Deliver(wanted) => delivery::deliver(wanted, &mut output),
        Command::Courier(wanted) => delivery::courier(wanted, &mut output),
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

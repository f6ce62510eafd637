//! The program of the office: it reads what was asked, calls the library, and prints.
//! Every `--json` output has a documented shape (`packaging/COMMANDS.md`).

mod args;
mod command;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let asked = args::Asked::parse();
    let mut output = output::Output::new(asked.language());
    let done = command::run(asked.command, &mut output);
    match done.and_then(|code| output.flush().map(|()| code)) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

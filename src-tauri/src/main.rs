//! The program `rekam-desk`: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Where the system does not let us, the station works all the same.
    let _ = rekam_core::memory::protect();
    let ended = rekam_desk::Start::from_arguments(std::env::args_os().skip(1)).and_then(rekam_desk::run);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(rekam_desk::report(&error)),
    }
}

//! The program `rekam-desk`: arguments in, exit code out.

use std::alloc::System;
use std::process::ExitCode;

use rekam_core::memory::Wiping;

/// What was in memory is wiped when it is given back.
#[global_allocator]
static MEMORY: Wiping = Wiping(System);

fn main() -> ExitCode {
    // Where the system does not let us, the station works all the same.
    let _ = rekam_core::memory::protect();
    let ended = rekam_desk::Start::from_arguments(std::env::args_os().skip(1)).and_then(rekam_desk::run);
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(rekam_desk::report(&error)),
    }
}

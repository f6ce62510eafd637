//! Plays one seed of the simulator step by step: `cargo run -p rekam-sync --example replay -- SEED [FLAW]`.
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "a program for people to read")]

#[path = "../tests/sim/sim.rs"]
mod sim;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(seed) = words.next().and_then(|word| word.parse().ok()) else {
        eprintln!("which seed?");
        return ExitCode::from(2);
    };
    let wanted = words.next();
    let flaw = sim::flaw::FLAWS.iter().copied().find(|flaw| Some(format!("{flaw:?}")) == wanted);
    let outcome = sim::run(seed, flaw, true);
    println!("SEED={seed} {}", outcome.tell());
    if outcome.verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

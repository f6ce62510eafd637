//! The built programs, as a person would start them.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

/// The target folder this test was built into.
///
/// # Errors
/// When the test does not run from a target folder.
pub fn target_folder() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    Ok(test.ancestors().nth(3).context("the test does not run from a target folder")?.to_path_buf())
}

/// A program that was built beforehand.
///
/// # Errors
/// It is not there; the sentence says how to build it.
pub fn built(name: &str) -> Result<PathBuf> {
    let built = target_folder()?.join("debug").join(name);
    if !built.is_file() {
        bail!("{} is missing: run `cargo build` first, as packaging/test.sh does", built.display());
    }
    Ok(built)
}

/// The root of the tree.
#[must_use]
pub fn root() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map_or_else(|| tests.clone(), Into::into)
}

/// Runs `rekam` with these arguments in the root of the tree.
///
/// # Errors
/// It is not built, or cannot be started.
pub fn rekam(arguments: &[&str]) -> Result<Output> {
    run("rekam", arguments)
}

/// Runs one of our programs with these arguments in the root of the tree.
///
/// # Errors
/// It is not built, or cannot be started.
pub fn run(name: &str, arguments: &[&str]) -> Result<Output> {
    Command::new(built(name)?)
        .args(arguments)
        .current_dir(root())
        .output()
        .with_context(|| format!("{name} {} cannot be started", arguments.join(" ")))
}

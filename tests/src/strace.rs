//! Lets the n-th system call of a program fail on the files of a station, and tells what the program did on them.
//!
//! ```
//! use rekam_tests::strace::Fault;
//!
//! let fault = Fault { call: "fdatasync", error: "EIO", at: 3, is_for_ever: true };
//! assert_eq!(fault.to_string(), "fdatasync:error=EIO:when=3+");
//! ```

mod doubt;

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
pub use doubt::{path_of, promises_on_doubtful_files};

/// Which call fails, how, and whether all later ones fail as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The system call.
    pub call: &'static str,
    /// The error it gives; with none the program is killed before the call.
    pub error: &'static str,
    /// Which call of its kind, from 1.
    pub at: usize,
    /// Every later one too.
    pub is_for_ever: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.is_for_ever { "+" } else { "" };
        let (call, at) = (self.call, self.at);
        match self.error {
            "" => write!(formatter, "{call}:signal=KILL:when={at}{more}"),
            error => write!(formatter, "{call}:error={error}:when={at}{more}"),
        }
    }
}

/// What a program answered, and its calls.
#[derive(Debug)]
pub struct Traced {
    /// Exit, output and complaints.
    pub output: Output,
    /// One call a line, as strace writes it.
    pub log: String,
}

impl Traced {
    /// Whether the fault was reached.
    #[must_use]
    pub fn is_injected(&self) -> bool {
        self.log.contains("(INJECTED)")
    }

    /// How often a call was made.
    #[must_use]
    pub fn count(&self, call: &str) -> usize {
        self.log.lines().filter(|line| name_of(line) == Some(call)).count()
    }
}

/// The name of the call of a line.
#[must_use]
pub fn name_of(line: &str) -> Option<&str> {
    let (before, _) = line.split_once('(')?;
    before.split_whitespace().last()
}

/// Runs a program; only calls of these names on these files are looked at or fail.
///
/// # Errors
/// The program cannot be traced.
pub fn run(
    program: &Command,
    files: &[PathBuf],
    calls: &[&str],
    fault: Option<&Fault>,
    log: &Path,
) -> Result<Traced> {
    let mut strace = Command::new("strace");
    if fault.is_none_or(|fault| !fault.error.is_empty()) {
        // Quicker; but a signal sent from such a stop never arrives.
        strace.arg("--seccomp-bpf");
    }
    strace.args(["-f", "-qq", "-s", "120", "-o"]).arg(log);
    for file in files {
        strace.arg("-P").arg(file);
    }
    strace.arg("-e").arg(format!("trace={}", calls.join(",")));
    if calls.contains(&"close") {
        // Whoever follows files wants their names beside the numbers; looking each up takes time.
        strace.arg("-y");
    }
    if let Some(fault) = fault {
        strace.arg("-e").arg(format!("inject={fault}"));
    }
    let words: Vec<OsString> =
        std::iter::once(program.get_program()).chain(program.get_args()).map(Into::into).collect();
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            strace.env(name, value);
        }
    }
    let output = strace
        .args(words)
        .stdin(Stdio::null())
        .output()
        .context("strace cannot be started: install the Debian package strace")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!said.contains("PTRACE"), "this machine does not let strace look at programs: {said}");
    let log = std::fs::read_to_string(log).context("strace wrote no log")?;
    Ok(Traced { output, log })
}

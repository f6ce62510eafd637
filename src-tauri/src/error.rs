//! Why the window could not be shown at all, said on the terminal, as there is no window to say it in.

use std::io::Write;

/// The window cannot be shown. What goes wrong later is a `Problem` and is shown in the window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// There is neither an X nor a Wayland display.
    #[error(
        "rekam-desk: there is no screen to show the window on (DISPLAY is not set, or its screen does not answer).\n\
         Start it from a desktop session; without a screen, use the program `rekam`."
    )]
    NoScreen,
    /// The system refused a window.
    #[error("rekam-desk: the system refused a window: {0}")]
    NoWindow(String),
    /// An argument that is not known.
    #[error("rekam-desk: unknown argument {0:?}. Usage: rekam-desk [--data DIR]")]
    UnknownArgument(String),
    /// `--data` without a folder.
    #[error("rekam-desk: a folder is missing after --data. Usage: rekam-desk [--data DIR]")]
    FolderMissing,
}

impl StartError {
    /// The exit code a script can tell them apart by.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            StartError::NoWindow(_) => 1,
            StartError::NoScreen => 2,
            StartError::UnknownArgument(_) | StartError::FolderMissing => 64,
        }
    }
}

/// Writes one sentence to the terminal; nobody is told if even that fails.
pub(crate) fn say(sentence: &str) {
    let _ = writeln!(std::io::stderr(), "{sentence}");
}

/// Says why the window could not be shown, and returns the exit code.
#[must_use]
pub fn report(error: &StartError) -> u8 {
    say(&error.to_string());
    error.exit_code()
}

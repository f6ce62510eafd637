//! Where the answers go: standard output, buffered; complaints to standard error.

use std::io::{self, BufWriter, StdoutLock, Write};

use rekam_domain::text::{Language, text};
use serde::Serialize;

/// Buffered standard output in one language.
pub(crate) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    /// The language of every sentence.
    pub(crate) language: Language,
}

impl Output {
    pub(crate) fn new(language: Language) -> Self {
        Self { to: BufWriter::with_capacity(1 << 16, io::stdout().lock()), language }
    }

    /// One line of text.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        self.to.write_all(line.as_ref().as_bytes())?;
        self.to.write_all(b"\n")
    }

    /// One line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.to, value)?;
        self.to.write_all(b"\n")?;
        Ok(())
    }

    /// A text in the chosen language.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        text(self.language, key, values)
    }

    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

/// Whether whoever read our output has gone, as `head` does: no reason to complain.
pub(crate) fn reader_left(error: &anyhow::Error) -> bool {
    let is_broken = |kind: Option<io::ErrorKind>| kind == Some(io::ErrorKind::BrokenPipe);
    error.chain().any(|cause| {
        is_broken(cause.downcast_ref::<io::Error>().map(io::Error::kind))
            || is_broken(cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind))
    })
}

/// Tells why the command failed, with every cause.
#[expect(clippy::print_stderr, reason = "this is where a command line complains")]
pub(crate) fn complain(error: &anyhow::Error) {
    eprintln!("rekam: {error:#}");
}

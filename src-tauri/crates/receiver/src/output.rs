//! Where the answers go: standard output, buffered; complaints to standard error.

use std::io::{self, BufWriter, StdoutLock, Write as _};

use rekam_domain::text::{Language, text};
use serde::Serialize;

/// Buffered standard output in one language.
pub(crate) struct Output {
    to: BufWriter<StdoutLock<'static>>,
    language: Language,
}

impl Output {
    pub(crate) fn new(language: Language) -> Self {
        Self { to: BufWriter::new(io::stdout().lock()), language }
    }

    pub(crate) const fn language(&self) -> Language {
        self.language
    }

    /// One line of text.
    pub(crate) fn line(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(writeln!(self.to, "{line}")?)
    }

    /// One line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.to, value)?;
        Ok(writeln!(self.to)?)
    }

    /// A text in the chosen language, under `receiver.`.
    pub(crate) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        text(self.language, &format!("receiver.{key}"), values)
    }

    /// JSON where a program reads, else one sentence.
    pub(crate) fn tell(
        &mut self,
        json: bool,
        value: &impl Serialize,
        key: &str,
        values: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        if json {
            return self.json(value);
        }
        let sentence = self.say(key, values);
        self.line(&sentence)
    }

    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.to.flush()?)
    }
}

/// Tells why the command failed, with every cause.
#[expect(clippy::print_stderr, reason = "this is where a command line complains")]
pub(crate) fn complain(error: &anyhow::Error) {
    eprintln!("rekam-receiver: {error:#}");
}

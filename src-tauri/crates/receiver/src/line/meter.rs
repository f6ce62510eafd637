//! Figures for Prometheus. They count; they never name a person, a packet or a station.

use std::fmt::Write as _;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use http::StatusCode;

use crate::ledger::{LedgerError, PacketState};
use crate::office::{Office, now_ms};

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Meter {
    /// Connections taken in.
    pub connections: AtomicU64,
    /// Connections whose TLS did not succeed.
    pub handshakes_failed: AtomicU64,
    /// Requests.
    pub requests: AtomicU64,
    /// Answers by the first digit of their status.
    pub answers: [AtomicU64; 6],
    /// Bytes of uploads.
    pub bytes: AtomicU64,
    /// Packets entered.
    pub packets: AtomicU64,
    /// Commits that entered them.
    pub commits: AtomicU64,
    /// Packets opened or refused on opening.
    pub opened: AtomicU64,
    /// Packets that could not be opened when they were last tried.
    pub unopened: AtomicU64,
}

impl Meter {
    pub(super) fn count(&self, status: StatusCode) {
        if let Some(counter) = self.answers.get(usize::from(status.as_u16() / 100)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// The page Prometheus reads.
    ///
    /// # Errors
    /// The ledger.
    pub fn page(&self, office: &Office) -> Result<String, LedgerError> {
        let mut page = String::new();
        let mut line = |name: &str, kind: &str, value: u64| {
            let _ = write!(page, "# TYPE rekam_{name} {kind}\nrekam_{name} {value}\n");
        };
        for (name, counter) in [
            ("connections_total", &self.connections),
            ("handshakes_failed_total", &self.handshakes_failed),
            ("requests_total", &self.requests),
            ("upload_bytes_total", &self.bytes),
            ("packets_stored_total", &self.packets),
            ("commits_total", &self.commits),
            ("packets_opened_total", &self.opened),
        ] {
            line(name, "counter", counter.load(Relaxed));
        }
        line("packets_unopenable", "gauge", self.unopened.load(Relaxed));
        for state in PacketState::ALL {
            let (count, oldest) = office.ledger.read(|view| view.count(*state))?;
            line(&format!("packets_{}", state.word()), "gauge", count);
            if *state == PacketState::Stored {
                let age = oldest.map_or(0, |oldest| (now_ms() - oldest).max(0) / 1_000);
                line("oldest_unopened_seconds", "gauge", age.unsigned_abs());
            }
        }
        line("free_bytes", "gauge", office.blob.free_bytes().unwrap_or(0));
        let _ = writeln!(page, "# TYPE rekam_answers_total counter");
        for (class, counter) in self.answers.iter().enumerate().skip(1) {
            let _ = writeln!(page, "rekam_answers_total{{class=\"{class}xx\"}} {}", counter.load(Relaxed));
        }
        Ok(page)
    }
}

//! How delivery stands, for the screen: written by its thread, read by whoever asks.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rekam_sync::{Finding, LineView};

use crate::clock::UnixMs;
use crate::problem::Code;

/// Findings that are shown; older ones give way.
const FINDINGS_MAX: usize = 20;

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noticed {
    pub(crate) finding: Finding,
    pub(crate) at_ms: UnixMs,
}

/// What is known at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The thread runs.
    pub(crate) is_running: bool,
    /// The office that admitted this station gave an address.
    pub(crate) has_line: bool,
    /// How the line stands, once it was tried.
    pub(crate) line: Option<LineView>,
    /// Why no line can be opened, as the tail of a text key.
    pub(crate) line_problem: Option<&'static str>,
    /// What keeps delivery from working at all.
    pub(crate) problem: Option<Code>,
    /// The last answer of the office itself.
    pub(crate) contact_ms: Option<UnixMs>,
    /// When the office was last asked for a newer admission.
    pub(crate) bundle_checked_ms: Option<UnixMs>,
    /// Bytes that still have to leave.
    pub(crate) bytes_left: u64,
    /// The latest hour the office has signed, or 0.
    pub(crate) hour_ms: UnixMs,
    /// A renewed admission waits for somebody who signs in.
    pub(crate) has_renewed: bool,
    pub(crate) findings: VecDeque<Noticed>,
}

impl Standing {
    /// Notes what was noticed: once for each thing, and what is over goes.
    pub(super) fn notice(&mut self, finding: Finding, at_ms: UnixMs) {
        let is_clock =
            |finding: &Finding| matches!(finding, Finding::ClockWrong { .. } | Finding::ClockRight);
        let is_about_clock = is_clock(&finding);
        self.findings
            .retain(|known| known.finding != finding && !(is_about_clock && is_clock(&known.finding)));
        if finding != Finding::ClockRight {
            self.findings.push_back(Noticed { finding, at_ms });
        }
        while self.findings.len() > FINDINGS_MAX {
            self.findings.pop_front();
        }
    }

    /// The outbox can be written again.
    pub(super) fn outbox_kept(&mut self) {
        self.findings.retain(|known| known.finding != Finding::OutboxRefuses);
    }
}

/// What the thread and the station share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    standing: Mutex<(u64, Standing)>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, (u64, Standing)> {
        // Plain values; a panic leaves none of them half changed.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn standing(&self) -> Standing {
        self.lock().1.clone()
    }

    pub(super) fn change(&self, act: impl FnOnce(&mut Standing)) {
        let mut held = self.lock();
        let before = held.1.clone();
        act(&mut held.1);
        if held.1 != before {
            held.0 += 1;
            self.changed.notify_all();
        }
    }

    /// Waits until something has changed since then, at most so long; answers the number of the last change.
    pub(super) fn wait(&self, seen: u64, most: Duration) -> u64 {
        let is_same = |held: &mut (u64, Standing)| held.0 <= seen;
        let (held, _) = self
            .changed
            .wait_timeout_while(self.lock(), most, is_same)
            .unwrap_or_else(PoisonError::into_inner);
        held.0
    }
}

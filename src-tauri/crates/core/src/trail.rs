//! Who sat at the station, from when to when, and who tried to: written into the audit as far as the disk lets it.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rekam_domain::audit::AuditEvent;
use rekam_domain::clock_trust::ClockTrust;
use rekam_domain::master_data::{Freshness, MasterDataKind};
use rekam_keys::AccountId;
use rekam_store::{NewAudit, Store, StoreError};
use serde_json::{Value, json};

use crate::account::AccountCard;
use crate::clock::{UnixMs, on_the_wall};
use crate::problem::Problem;
use crate::station::Station;

/// Longest that locking waits for its audit entry: the screen is dark by then, and a broken disk may never answer.
const LAST_WORD_WAIT: Duration = Duration::from_secs(2);

/// Why somebody does not sit at the station any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockReason {
    /// The person locked it.
    Chosen,
    /// Nobody touched it for a while.
    Idle,
    /// Somebody signs in.
    NextSignIn,
    /// The program ends.
    Closing,
}

/// Under which the list of people whose end was written down last is kept.
const ROSTER_EXPIRED: &str = "roster.expired";

impl LockReason {
    /// Its spelling in the audit.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Idle => "idle",
            Self::NextSignIn => "next_sign_in",
            Self::Closing => "closing",
        }
    }
}

/// Who sat here last.
#[derive(Debug)]
pub(crate) struct Left {
    account: String,
    reason: LockReason,
    written: bool,
}

impl Left {
    fn event(&self) -> AuditEvent {
        match self.reason {
            LockReason::Chosen | LockReason::Idle => AuditEvent::ScreenLocked,
            LockReason::NextSignIn | LockReason::Closing => AuditEvent::SignedOut,
        }
    }

    /// Whether this person comes back to a locked screen.
    fn returns(&self, account: &str) -> bool {
        self.account == account && self.event() == AuditEvent::ScreenLocked
    }
}

/// Closes the database of whoever leaves, with an entry as its last word. Never fails and never waits for long; what
/// could not be written is written by the next sign-in, unless the program is killed before.
pub(crate) fn leave(store: Store, account: String, reason: LockReason, now: UnixMs) -> Left {
    let mut left = Left { account, reason, written: false };
    let (event, actor) = (left.event(), left.account.clone());
    let (done, finished) = mpsc::channel();
    let last_word = move || {
        let fields = json!({"reason": reason.word()});
        let entry =
            NewAudit { event: event.word(), actor: &actor, subject: "", fields: &fields, wall_ms: now };
        let written = store.write(|writing| writing.append_audit(&entry)).is_ok();
        drop(store);
        // Nobody listens any more when it took too long.
        let _ = done.send(written);
    };
    // Where no thread can be begun the database is closed without a word.
    if thread::Builder::new().spawn(last_word).is_ok() {
        left.written = finished.recv_timeout(LAST_WORD_WAIT).unwrap_or(false);
    }
    left
}

impl Station {
    /// Writes who signed in, who left without a word because the disk refused, and every try since that let nobody in, in one promise.
    pub(crate) fn write_sign_in(&mut self) -> Result<(), Problem> {
        let (ring, _) = self.ring_and_opened()?;
        let refused = ring.refused_tries()?;
        let zone = self.profile().office.time_zone;
        self.promise(|station, writing| {
            let (account, _) = station.signed_in()?;
            let mut write = |event: AuditEvent, actor: &str, fields: Value| -> Result<(), StoreError> {
                let event = event.word();
                let entry = NewAudit { event, actor, subject: "", fields: &fields, wall_ms: station.now() };
                writing.append_audit(&entry).map(|_| ())
            };
            for tries in &refused {
                let event = if tries.locked { AuditEvent::SignInBlocked } else { AuditEvent::SignInFailed };
                // What was typed for an account that does not exist is written nowhere: it may be a secret.
                let account = tries.account.as_ref().map_or("-", AccountId::as_str);
                let since = on_the_wall(tries.since_unix_ms, zone).strftime("%Y-%m-%d %H:%M").to_string();
                write(event, account, json!({"count": tries.count, "since": since}))?;
            }
            let left = station.left.as_ref();
            if let Some(left) = left.filter(|left| !left.written) {
                write(left.event(), &left.account, json!({"reason": left.reason.word()}))?;
            }
            let returns = left.is_some_and(|left| left.returns(account));
            let event = if returns { AuditEvent::ScreenUnlocked } else { AuditEvent::SignedIn };
            Ok(write(event, account, json!({}))?)
        })?;
        self.left = None;
        let (ring, _) = self.ring_and_opened()?;
        for tries in &refused {
            // What cannot be forgotten now is told of once more.
            let _ = ring.forget_refused(tries);
        }
        Ok(())
    }

    /// Writes down that somebody was turned away because the decree has run out, as far as the disk lets it. Not by a
    /// clock that is in doubt: what is written down dates everything after it. Nor at a station that comes from a copy:
    /// how many numbers it leaves out is counted from what was written last.
    pub(crate) fn tell_of_expired(&self, store: &Store, account: &str, card: &AccountCard) {
        if self.clock_trust() != ClockTrust::Steady || self.outbox().is_none() {
            return;
        }
        let fields = json!({"target": account, "until": card.decree_expires.to_string()});
        let (event, wall_ms) = (AuditEvent::AccountExpired.word(), self.now());
        let entry = NewAudit { event, actor: account, subject: "", fields: &fields, wall_ms };
        let _ = store.write(|writing| writing.append_audit(&entry));
    }

    /// Writes down, once for each list, that the list of people in use has run out.
    pub(crate) fn tell_of_expired_roster(&mut self) -> Result<(), Problem> {
        if self.clock_trust() != ClockTrust::Steady {
            return Ok(());
        }
        let expired = self
            .master_ages()?
            .into_iter()
            .find(|age| age.kind == MasterDataKind::Roster.word() && age.state == Freshness::Expired.word());
        let Some(until) = expired.as_ref().and_then(|age| age.valid_until.clone()) else { return Ok(()) };
        let list = format!("{until} {}", expired.map(|age| age.label).unwrap_or_default());
        if self.store()?.read(|reading| reading.get_setting(ROSTER_EXPIRED))?.as_ref() == Some(&list) {
            return Ok(());
        }
        self.promise(|station, writing| {
            let (event, wall_ms) = (AuditEvent::RosterExpired.word(), station.now());
            let fields = json!({"until": until});
            writing.append_audit(&NewAudit {
                event,
                actor: "station",
                subject: "",
                fields: &fields,
                wall_ms,
            })?;
            Ok(writing.mark_setting(ROSTER_EXPIRED, &list, wall_ms)?)
        })
    }
}

#[cfg(test)]
mod tests;

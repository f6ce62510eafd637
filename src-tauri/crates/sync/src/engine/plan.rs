//! What to do next, or how long there is nothing to do. One function answers both, so that they never disagree.

use rekam_domain::packet::PacketState;
use uuid::Uuid;

use super::{Engine, Now};
use crate::config::Metered;
use crate::item::{Held, Kind, Part, Turn};
use crate::line::PROBE_EVERY_MS;

/// A wait for the wall clock is looked at again after this: the clock may be set.
const WALL_RECHECK_MS: u64 = 10 * 60_000;

/// While there is something to send, the feed waits so much longer.
const FEED_WAITS_MS: u64 = 30_000;

/// At most one receipt is asked for by name in this time.
const ASK_EVERY_MS: u64 = 10_000;
/// The same on a line that is paid by the byte.
const ASK_EVERY_METERED_MS: u64 = 5 * 60_000;

/// The next step.
pub(super) enum Step {
    Probe,
    Feed,
    Part(Uuid, Part),
    Ask(Uuid),
}

/// What to do now, or when to look again.
pub(super) enum Plan {
    Do(Step),
    Wait(Option<u64>),
}

/// The earliest of several times.
#[derive(Default)]
struct Wake(Option<u64>);

impl Wake {
    fn at(&mut self, mono_ms: u64) {
        self.0 = Some(self.0.map_or(mono_ms, |earliest| earliest.min(mono_ms)));
    }
}

impl Engine {
    pub(super) fn plan(&self, now: Now) -> Plan {
        if self.flight.is_some() || self.checking.is_some() {
            return Plan::Wait(None);
        }
        let mut wake = Wake::default();
        let step = if self.line.is_good {
            self.plan_work(now, &mut wake)
        } else {
            self.plan_approach(now, &mut wake)
        };
        match step.or_else(|| self.plan_watch(now, &mut wake)) {
            Some(step) => Plan::Do(step),
            None => Plan::Wait(wake.0),
        }
    }

    /// The line is not known to be good: before anything else, it is tried, at growing intervals.
    fn plan_approach(&self, now: Now, wake: &mut Wake) -> Option<Step> {
        let due_ms = self.wish_ms(now)?.max(self.line.backoff.not_before_ms).max(self.wait_until_ms);
        if due_ms <= now.mono_ms {
            return Some(self.interrupted(now).unwrap_or(Step::Probe));
        }
        wake.at(due_ms);
        None
    }

    /// An upload that a cut left in the dark: to ask for it tries the line as well as a probe, and saves its round trip.
    fn interrupted(&self, now: Now) -> Option<Step> {
        let upload = self.lost.as_ref()?.upload;
        let item = self.items.get(&upload.item).filter(|item| item.state == PacketState::Sending)?;
        let turn = item.turn(upload.part);
        let is_dark = item.is_checked && item.travel(upload.part)?.held == Held::Unknown;
        let is_next = self.queue.turns.contains(&turn) && self.may_go(&turn, now);
        (is_dark && is_next).then_some(Step::Part(upload.item, upload.part))
    }

    fn plan_work(&self, now: Now, wake: &mut Wake) -> Option<Step> {
        let gate_ms = self.work.not_before_ms.max(self.wait_until_ms);
        if gate_ms > now.mono_ms {
            if let Some(wish_ms) = self.wish_ms(now) {
                wake.at(wish_ms.max(gate_ms));
            }
            return None;
        }
        let turn = self.queue.turns.iter().find(|turn| self.may_go(turn, now));
        if let Some(due_ms) = self.feed_due_ms() {
            // Receipts come with the answers to uploads too: between two of them the news can wait a little.
            let late_ms = if turn.is_some() { FEED_WAITS_MS } else { 0 };
            if due_ms + late_ms <= now.mono_ms {
                return Some(Step::Feed);
            }
            wake.at(due_ms);
        }
        if let Some(turn) = turn {
            return Some(Step::Part(turn.id, turn.part));
        }
        if let Some((due_ms, item)) = self.ask_due() {
            if due_ms <= now.mono_ms {
                return Some(Step::Ask(item));
            }
            wake.at(due_ms);
        }
        if let Some(due_ms) = self.queue.delayed_ms() {
            wake.at(due_ms);
        }
        if let Some(wait_ms) = self.blocked_ms(now) {
            wake.at(now.mono_ms + wait_ms);
        }
        None
    }

    /// While somebody looks at an idle line, it is tried often, unless that costs money or cannot help.
    fn plan_watch(&self, now: Now, wake: &mut Wake) -> Option<Step> {
        if !self.is_watched || self.is_metered || !self.line.may_be_watched() {
            return None;
        }
        let due_ms = (self.line.heard_ms + PROBE_EVERY_MS).max(self.wait_until_ms);
        if due_ms <= now.mono_ms {
            return Some(Step::Probe);
        }
        wake.at(due_ms);
        None
    }

    /// When the engine next wants anything of the office.
    fn wish_ms(&self, now: Now) -> Option<u64> {
        let turn_ms = if self.queue.turns.iter().any(|turn| self.may_go(turn, now)) {
            Some(0)
        } else {
            self.blocked_ms(now).map(|wait_ms| now.mono_ms + wait_ms)
        };
        let ask_ms = self.ask_due().map(|(due_ms, _)| due_ms);
        [turn_ms, self.queue.delayed_ms(), ask_ms, self.feed_due_ms()].into_iter().flatten().min()
    }

    /// Whom to ask for next, and when: a thousand unopened packets are not asked for in one go.
    fn ask_due(&self) -> Option<(u64, Uuid)> {
        let every_ms = if self.is_metered { ASK_EVERY_METERED_MS } else { ASK_EVERY_MS };
        let (due_ms, item) = self.queue.asks.first()?;
        let gate_ms = self.asked_ms.map_or(0, |asked_ms| asked_ms + every_ms);
        Some(((*due_ms).max(gate_ms), *item))
    }

    fn feed_due_ms(&self) -> Option<u64> {
        (self.feed.has_more || !self.queue.news.is_empty()).then_some(self.feed.backoff.not_before_ms)
    }

    /// Whether a part may leave under the office's terms.
    pub(super) fn may_go(&self, turn: &Turn, now: Now) -> bool {
        let Some(item) = self.items.get(&turn.id) else { return false };
        let is_exempt = item.is_urgent || item.kind != Kind::Packet;
        let is_open = is_exempt || self.config.to_window_ms(now.wall_ms) == 0;
        let is_cheap =
            !self.is_metered || self.config.metered == Metered::Everything || turn.part == Part::Facts;
        let left = item.travel(turn.part).map_or(0, |travel| travel.length);
        let is_granted = self.grant.is_some() || self.budget.grant(left, &self.config, now.wall_ms) > 0;
        is_open && is_cheap && is_granted
    }

    /// How long until the terms may allow what they forbid now. A change of the line comes as a hint.
    fn blocked_ms(&self, now: Now) -> Option<u64> {
        if self.queue.turns.is_empty() {
            return None;
        }
        let window_ms = self.config.to_window_ms(now.wall_ms);
        let wait_ms = if window_ms > 0 { window_ms } else { self.config.to_midnight_ms(now.wall_ms) };
        Some(wait_ms.clamp(1_000, WALL_RECHECK_MS))
    }
}

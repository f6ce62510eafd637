//! The state machine: events in, effects out, time as an argument.

mod courier;
mod plan;
mod reply;
mod signed;
mod start;

use std::collections::{BTreeMap, VecDeque};

use rekam_domain::effect::Effect as Consequence;
use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
use rekam_domain::refusal::Refusal;
use rekam_domain::role::{Role, RoleSet};
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::budget::Budget;
use crate::chance::Chance;
use crate::config::Config;
use crate::effect::{Change, Effect, Request};
use crate::finding::Finding;
use crate::item::{Item, ItemSnapshot, Upload};
use crate::line::{Cause, Line, LineView};
use crate::promise::Promise;
use crate::queue::Queue;
use crate::signed::Verify;
use crate::size::RequestSize;

/// A quarter of 250 people a day is 15,000 packets; beyond four times that, the outbox offers them again later.
pub const ITEMS_MAX: usize = 65_536;
/// Findings nobody fetched; older ones give way.
const TOLD_MAX: usize = 64;
/// Without any progress an exchange is given up after this; doubled while nothing answers.
const PATIENCE_MS: u64 = 30_000;
/// The longest patience: a black hole must not hold a delivery for long.
const PATIENCE_MAX_MS: u64 = 240_000;
/// What an exchange gets when the network under it has changed.
const PATIENCE_HINT_MS: u64 = 5_000;
/// All packets are looked at for retention when its time has moved on by this; a changed one at once.
const LOOK_EVERY_MS: i64 = 60_000;
/// Hints about the network are heeded this often.
const HINT_EVERY_MS: u64 = 5_000;

/// The present, twice: a clock that only runs, for waiting; and the clock on the wall, which may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since anything; never goes back while the engine lives.
    pub mono_ms: u64,
    /// Milliseconds since 1970 by the station's clock.
    pub wall_ms: i64,
}

/// What the outbox remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Every packet that is not purged, and every notice; those the office has opened are forgotten at once.
    pub items: Vec<ItemSnapshot>,
    /// The cursor of the status feed, or empty.
    pub cursor: String,
    /// Day and bytes of the last `Spent`.
    pub spent: (i64, u64),
}

/// What the machine or the desk says about the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The machine has a network again.
    NetworkUp,
    /// The machine has no network.
    NetworkDown,
    /// The line is paid by the byte, or not.
    Metered(bool),
    /// Somebody looks at the state of the line, or nobody does.
    Watched(bool),
}

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// As many items as the engine holds are waiting already; offer it again later.
    #[error("too many items wait")]
    TooManyItems,
    /// The outbox has to catch up first; offer it again when it has.
    #[error("too much waits for the outbox")]
    OutboxBehind,
    /// The office did not sign it.
    #[error("not signed by the office")]
    Forged,
    /// No such packet is waiting.
    #[error("no such packet waits here")]
    UnknownItem,
    /// The rules of a packet do not allow it.
    #[error("refused: {0}")]
    Refused(Refusal),
}

/// An exchange on its way.
#[derive(Debug)]
struct Flight {
    id: u64,
    request: Request,
    /// The last sign of life.
    heard_ms: u64,
    written: u64,
    patience_ms: u64,
    is_shown_silent: bool,
}

/// A body that was sent and whose fate is not known.
#[derive(Debug, Clone, Copy)]
struct Lost {
    upload: Upload,
    offset: u64,
    written: u64,
}

/// Bytes of the budget set aside for the next request of an upload.
#[derive(Debug, Clone, Copy)]
struct Grant {
    upload: Upload,
    bytes: u64,
}

/// Where the reading of the feed stands.
#[derive(Debug)]
struct Feed {
    cursor: String,
    backoff: Backoff,
    has_more: bool,
}

/// The delivery engine of one station.
#[derive(Debug)]
pub struct Engine {
    config: Config,
    verify: Verify,
    chance: Chance,
    items: BTreeMap<Uuid, Item>,
    queue: Queue,
    promise: Promise,
    line: Line,
    work: Backoff,
    feed: Feed,
    size: RequestSize,
    budget: Budget,
    grant: Option<Grant>,
    flight: Option<Flight>,
    checking: Option<Uuid>,
    lost: Option<Lost>,
    told: VecDeque<Effect>,
    /// Packets that may be ready to be forgotten.
    leaving: VecDeque<Uuid>,
    /// The time of retention when all packets were last looked at for it.
    looked_ms: Option<i64>,
    creates_with_body: bool,
    last_exchange: u64,
    patience_ms: u64,
    wait_until_ms: u64,
    hinted_ms: Option<u64>,
    asked_ms: Option<u64>,
    is_metered: bool,
    is_watched: bool,
    is_clock_wrong: bool,
    /// The latest time the office has signed.
    office_ms: i64,
}

impl Engine {
    /// An engine that goes on where the outbox stands.
    #[must_use]
    pub fn new(config: Config, verify: Verify, snapshot: Snapshot) -> Self {
        let mut engine = Self {
            chance: Chance::new(config.seed),
            config,
            verify,
            items: BTreeMap::new(),
            queue: Queue::default(),
            promise: Promise::new(),
            line: Line::new(),
            work: Backoff::new(),
            feed: Feed { cursor: snapshot.cursor, backoff: Backoff::new(), has_more: true },
            size: RequestSize::default(),
            budget: Budget::new(snapshot.spent.0, snapshot.spent.1),
            grant: None,
            flight: None,
            checking: None,
            lost: None,
            told: VecDeque::new(),
            leaving: VecDeque::new(),
            looked_ms: None,
            creates_with_body: true,
            last_exchange: 0,
            patience_ms: PATIENCE_MS,
            wait_until_ms: 0,
            hinted_ms: None,
            asked_ms: None,
            is_metered: false,
            is_watched: false,
            is_clock_wrong: false,
            office_ms: i64::MIN,
        };
        for item in &snapshot.items {
            engine.admit(item);
        }
        for item in &snapshot.items {
            engine.close_notice(item.id);
        }
        engine
    }

    /// A new packet or notice waits in the outbox. One that is known already changes nothing.
    ///
    /// # Errors
    /// When too many wait.
    pub fn handle_item(&mut self, item: &ItemSnapshot) -> Result<(), EngineError> {
        if self.items.contains_key(&item.id) {
            return Ok(());
        }
        if self.items.len() >= ITEMS_MAX {
            return Err(EngineError::TooManyItems);
        }
        self.admit(item);
        self.close_notice(item.id);
        Ok(())
    }

    /// A person or another part of the station moves a packet: exports it, sends it again, supersedes it. The engine
    /// alone writes states of packets in the outbox, so that no two writers disagree.
    ///
    /// # Errors
    /// When the packet is not here, or its rules refuse.
    pub fn handle_event(
        &mut self,
        item: Uuid,
        event: PacketEvent,
        roles: RoleSet,
        facts: &PacketFacts,
    ) -> Result<(), EngineError> {
        if !self.promise.has_room() {
            return Err(EngineError::OutboxBehind);
        }
        self.step(item, event, roles, facts, "")?;
        if event == PacketEvent::Requeue {
            self.doubt(item);
            self.change(item, |item| item.backoff.reset());
        }
        Ok(())
    }

    /// The promise was kept: committed and synced.
    pub fn handle_persisted(&mut self, id: u64) {
        self.promise.persisted(id);
    }

    /// The promise could not be kept, or it is not known whether it was.
    pub fn handle_persist_failed(&mut self, id: u64, now: Now) {
        if self.promise.failed(id, &mut self.chance, now.mono_ms) {
            self.tell(Finding::OutboxRefuses);
        }
    }

    /// The bytes on the disk are, or are not, what was sealed.
    pub fn handle_checked(&mut self, item: Uuid, is_intact: bool) {
        if self.checking == Some(item) {
            self.checking = None;
        }
        if is_intact {
            self.change(item, |item| item.is_checked = true);
        } else {
            let _ = self.step_here(item, PacketEvent::Quarantine, &PacketFacts::default(), "not_intact");
        }
    }

    /// The disk does not say whether the bytes are what was sealed: this packet waits and is checked anew, the others
    /// go on.
    pub fn handle_unreadable(&mut self, item: Uuid, now: Now) {
        if self.checking == Some(item) {
            self.checking = None;
        }
        self.change(item, |item| item.is_checked = false);
        self.delay_item(item, now);
        self.tell(Finding::Unreadable { packet: item });
    }

    /// The bytes of a packet are deleted, durably.
    pub fn handle_purged(&mut self, packet: Uuid) {
        let is_leaving = self.items.get(&packet).is_some_and(|item| item.is_leaving);
        if !is_leaving {
            return;
        }
        self.promise.add(Change::State {
            item: packet,
            event: PacketEvent::Purge,
            state: PacketState::Purged,
            reason: String::new(),
            consequences: Vec::new(),
        });
        self.forget(packet);
    }

    /// The bytes of a packet could not be deleted; it will be allowed again.
    pub fn handle_purge_failed(&mut self, packet: Uuid) {
        self.change(packet, |item| item.is_leaving = false);
    }

    /// What the machine or the desk says about the line.
    pub fn handle_hint(&mut self, hint: Hint, now: Now) {
        match hint {
            Hint::Metered(is_metered) => self.is_metered = is_metered,
            Hint::Watched(is_watched) => self.is_watched = is_watched,
            Hint::NetworkUp if self.may_heed(now) => {
                self.line.backoff.reset();
                self.work.reset();
                self.feed.backoff.reset();
                self.hurry_flight(now);
            }
            Hint::NetworkDown if self.may_heed(now) => {
                self.line.fail(Cause::NoNetwork, &mut self.chance, now.mono_ms);
                self.hurry_flight(now);
            }
            Hint::NetworkUp | Hint::NetworkDown => {}
        }
    }

    /// The next thing to do. Ask until there is nothing, then wait for an event or for [`Self::poll_timeout`].
    pub fn poll_effect(&mut self, now: Now) -> Option<Effect> {
        self.pass_time(now);
        loop {
            if let Some(view) = self.line.poll() {
                return Some(Effect::Line(view));
            }
            if let Some(effect) = self.told.pop_front() {
                return Some(effect);
            }
            if let Some(effect) = self.promise.poll(now.mono_ms) {
                return Some(effect);
            }
            if !self.promise.is_kept() {
                return None;
            }
            if let Some(permit) = self.next_permit(now) {
                return Some(Effect::AllowPurge(permit));
            }
            match self.begin(now) {
                start::Begun::Effect(effect) => return Some(effect),
                start::Begun::Changed => {}
                start::Begun::Nothing => return None,
            }
        }
    }

    /// When to ask again though nothing happened, on the clock that only runs.
    #[must_use]
    pub fn poll_timeout(&self, now: Now) -> Option<u64> {
        if let Some(flight) = &self.flight {
            let end_ms = flight.heard_ms + flight.patience_ms;
            let silent_ms = flight.heard_ms + crate::line::SILENCE_MS;
            let wake_ms = if flight.is_shown_silent { end_ms } else { end_ms.min(silent_ms) };
            return Some(self.promise.due_ms().map_or(wake_ms, |due_ms| due_ms.min(wake_ms)));
        }
        if !self.promise.is_kept() {
            return self.promise.due_ms();
        }
        match self.plan(now) {
            plan::Plan::Do(_) => Some(now.mono_ms),
            plan::Plan::Wait(wake_ms) => wake_ms,
        }
    }

    /// How the line stands.
    #[must_use]
    pub const fn line(&self) -> LineView {
        self.line.view()
    }

    /// Where a packet or notice stands, as the engine knows it.
    #[must_use]
    pub fn state(&self, item: Uuid) -> Option<PacketState> {
        self.items.get(&item).map(|item| item.state)
    }

    /// Bytes that are not known to be at the office, of everything that may travel: what a full drain still sends.
    #[must_use]
    pub fn bytes_left(&self) -> u64 {
        let travelling = self.items.values().filter(|item| item.may_travel());
        travelling
            .flat_map(|item| item.travels.iter())
            .filter(|travel| !travel.is_done)
            .map(|travel| match travel.held {
                crate::item::Held::Bytes(bytes) => travel.length.saturating_sub(bytes),
                crate::item::Held::Nothing | crate::item::Held::Unknown => travel.length,
            })
            .sum()
    }

    fn admit(&mut self, snapshot: &ItemSnapshot) {
        let mut item = Item::new(snapshot);
        for bytes in &snapshot.signed {
            self.recall(&mut item, bytes);
        }
        let id = item.id;
        let is_sealed = item.state == PacketState::Sealed;
        self.queue.enter(&item);
        self.items.insert(id, item);
        if is_sealed {
            let _ = self.step_here(id, PacketEvent::Queue, &PacketFacts::default(), "");
        }
    }

    fn forget(&mut self, id: Uuid) {
        if let Some(item) = self.items.remove(&id) {
            self.queue.leave(&item);
        }
    }

    /// Changes an item and every list it stands in.
    fn change<T>(&mut self, id: Uuid, act: impl FnOnce(&mut Item) -> T) -> Option<T> {
        let item = self.items.get_mut(&id)?;
        self.queue.leave(item);
        let answer = act(item);
        self.queue.enter(item);
        Some(answer)
    }

    /// A step the engine makes by itself.
    fn step_here(
        &mut self,
        id: Uuid,
        event: PacketEvent,
        facts: &PacketFacts,
        reason: &str,
    ) -> Result<(), EngineError> {
        self.step(id, event, RoleSet::of(&[Role::Station]), facts, reason)
    }

    fn step(
        &mut self,
        id: Uuid,
        event: PacketEvent,
        roles: RoleSet,
        facts: &PacketFacts,
        reason: &str,
    ) -> Result<(), EngineError> {
        let item = self.items.get(&id).ok_or(EngineError::UnknownItem)?;
        let moved = item.state.next(event, roles, facts).map_err(EngineError::Refused)?;
        let consequences: Vec<Consequence> = moved.effects;
        self.promise.add(Change::State {
            item: id,
            event,
            state: moved.state,
            reason: reason.to_owned(),
            consequences,
        });
        self.change(id, |item| item.state = moved.state);
        self.leaving.push_back(id);
        Ok(())
    }

    fn tell(&mut self, finding: Finding) {
        if self.told.len() >= TOLD_MAX {
            self.told.pop_front();
        }
        self.told.push_back(Effect::Finding(finding));
    }

    fn may_heed(&mut self, now: Now) -> bool {
        let may = self.hinted_ms.is_none_or(|last_ms| now.mono_ms >= last_ms + HINT_EVERY_MS);
        if may {
            self.hinted_ms = Some(now.mono_ms);
        }
        may
    }

    /// The network under an exchange changed: it gets a short time to show that it lives.
    fn hurry_flight(&mut self, now: Now) {
        if let Some(flight) = &mut self.flight {
            flight.patience_ms = (now.mono_ms - flight.heard_ms) + PATIENCE_HINT_MS;
        }
    }

    fn next_permit(&mut self, now: Now) -> Option<crate::purge::Permit> {
        let time_ms = crate::purge::time(self.office_ms, now.wall_ms);
        if self.looked_ms.is_none_or(|looked_ms| time_ms >= looked_ms.saturating_add(LOOK_EVERY_MS)) {
            self.looked_ms = Some(time_ms);
            self.leaving.extend(self.items.keys());
        }
        while let Some(id) = self.leaving.pop_front() {
            let Some(item) = self.items.get_mut(&id).filter(|item| !item.is_leaving) else { continue };
            if let Ok(permit) = crate::purge::allow(item, self.config.retention, time_ms) {
                item.is_leaving = true;
                return Some(permit);
            }
        }
        None
    }
}

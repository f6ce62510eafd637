//! The delivery engine and what stands around it, moved by one caller: orders and events in, effects carried out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rekam_domain::packet::{PacketEvent, PacketFacts};
use rekam_domain::role::RoleSet;
use rekam_link::{Event, Fetch, Fetched, Link};
use rekam_store::{StoreError, Uuid};
use rekam_sync::{
    Answer, Change, Config, Effect, Engine, EngineError, Exchange, Failure, Finding, Hint, Now, Permit,
    Request, Way,
};

use super::content::Shelf;
use super::identity::Admission;
use super::standing::Shared;
use super::word;
use crate::clock::StationClock;
use crate::problem::{Code, Problem};

/// The cursor of the outbox that holds the latest hour the office has signed.
pub(super) const HOUR_CURSOR: &str = "hour";
/// The cursor that says when the office was last asked for a newer admission.
const BUNDLE_CURSOR: &str = "bundle_checked";
/// An hour that is kept is at most this old: a promise to the disk for each page would be too dear.
const HOUR_KEPT_EVERY_MS: i64 = 10 * 60_000;
/// The office is asked for a newer admission once a day.
const BUNDLE_EVERY_MS: i64 = 24 * 3_600_000;
/// After a failure it is asked again after this.
const BUNDLE_AGAIN_MS: u64 = 10 * 60_000;
/// The thread looks around at least this often.
const REST_MAX: Duration = Duration::from_secs(60);

/// What carries requests: the link, or a test's.
pub(super) trait Line: Send {
    fn carry(&self, exchange: Exchange);
    fn abort(&self, exchange: u64);
    fn fetch(&self, fetch: Fetch);
}

impl Line for Link {
    fn carry(&self, exchange: Exchange) {
        Self::carry(self, exchange);
    }

    fn abort(&self, exchange: u64) {
        Self::abort(self, exchange);
    }

    fn fetch(&self, fetch: Fetch) {
        Self::fetch(self, fetch);
    }
}

/// What stays the same when the office's admission changes.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) shelf: Shelf,
    pub(super) clock: StationClock,
    pub(super) shared: Arc<Shared>,
    pub(super) config: Config,
    /// The line is paid by the byte.
    pub(super) is_metered: bool,
}

/// Delivery under one admission.
pub(super) struct Dispatch {
    pub(super) ground: Ground,
    admission: Admission,
    engine: Engine,
    line: Option<Box<dyn Line>>,
    flight: Option<Exchange>,
    hour_ms: Arc<AtomicI64>,
    kept_hour_ms: i64,
    bundle_checked_ms: i64,
    bundle_not_before_ms: u64,
    is_fetching: bool,
    is_renewed: bool,
    seen_change: i64,
    /// What the disk said to the last promise.
    promise: Result<(), StoreError>,
}

impl Dispatch {
    /// Goes on where the outbox stands.
    ///
    /// # Errors
    /// The outbox cannot be read.
    pub(super) fn begin(
        ground: &Ground,
        admission: Admission,
        line: Option<Box<dyn Line>>,
    ) -> Result<Self, Problem> {
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or_default();
        let (snapshot, seen_change, hour_ms, bundle_checked_ms) = ground.shelf.outbox.read(|reading| {
            let hour_ms = number(reading.get_cursor(HOUR_CURSOR)?);
            let checked_ms = number(reading.get_cursor(BUNDLE_CURSOR)?);
            Ok((reading.snapshot()?, reading.last_change()?, hour_ms, checked_ms))
        })?;
        let heard = Arc::new(AtomicI64::new(hour_ms));
        let verify = word::verify(admission.trust.clone(), Arc::clone(&heard));
        let mut dispatch = Self {
            engine: Engine::new(ground.config.clone(), verify, snapshot),
            ground: ground.clone(),
            admission,
            line,
            flight: None,
            hour_ms: heard,
            kept_hour_ms: hour_ms,
            bundle_checked_ms,
            bundle_not_before_ms: 0,
            is_fetching: false,
            is_renewed: false,
            seen_change,
            promise: Ok(()),
        };
        if ground.is_metered {
            dispatch.hint(Hint::Metered(true));
        }
        dispatch.publish();
        Ok(dispatch)
    }

    /// Does all there is to do now; answers how long there is nothing to do.
    pub(super) fn settle(&mut self) -> Duration {
        while let Some(effect) = self.engine.poll_effect(self.now()) {
            self.carry_out(effect);
        }
        self.ask_for_bundle();
        self.keep_hour(HOUR_KEPT_EVERY_MS);
        self.publish();
        let now = self.now();
        let rest = self
            .engine
            .poll_timeout(now)
            .map(|wake_ms| Duration::from_millis(wake_ms.saturating_sub(now.mono_ms)));
        rest.unwrap_or(REST_MAX).min(REST_MAX)
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Persist { id, changes } => self.persist(id, &changes),
            Effect::Check { item } => self.check(item),
            Effect::Start(exchange) => self.start(exchange),
            Effect::Abort { exchange } => {
                self.flight = None;
                if let Some(line) = &self.line {
                    line.abort(exchange);
                }
            }
            Effect::AllowPurge(permit) => self.forget(&permit),
            Effect::Line(view) => self.ground.shared.change(|standing| standing.line = Some(view)),
            Effect::Finding(finding) => {
                let at_ms = self.ground.clock.now();
                self.ground.shared.change(|standing| standing.notice(finding, at_ms));
            }
        }
    }

    fn persist(&mut self, id: u64, changes: &[Change]) {
        let now = self.now();
        self.promise = self.ground.shelf.outbox.write(|writing| writing.apply(changes, now.wall_ms));
        if self.promise.is_ok() {
            self.engine.handle_persisted(id);
            self.ground.shared.change(super::standing::Standing::outbox_kept);
        } else {
            self.engine.handle_persist_failed(id, now);
        }
    }

    fn check(&mut self, item: Uuid) {
        match self.ground.shelf.is_intact(item) {
            Ok(is_intact) => {
                self.engine.handle_checked(item, is_intact);
                let over = Finding::Unreadable { packet: item };
                self.ground.shared.change(|standing| standing.findings.retain(|known| known.finding != over));
            }
            // What the disk does not say now is no reason to put a packet aside for good.
            Err(_) => self.engine.handle_unreadable(item, self.now()),
        }
    }

    fn start(&mut self, exchange: Exchange) {
        match &self.line {
            Some(line) => {
                line.carry(exchange.clone());
                self.flight = Some(exchange);
            }
            None => self.engine.handle_failure(exchange.id, Failure::NoNetwork, self.now()),
        }
    }

    fn forget(&mut self, permit: &Permit) {
        match self.ground.shelf.forget(permit) {
            Ok(()) => self.engine.handle_purged(permit.packet()),
            Err(_) => self.engine.handle_purge_failed(permit.packet()),
        }
    }

    /// What the line tells.
    pub(super) fn hear(&mut self, event: Event) {
        let now = self.now();
        match event {
            Event::Connected { .. } => {}
            Event::Progress { exchange, written } => self.engine.handle_progress(exchange, written, now),
            Event::Answer { exchange, answer } => self.answered(exchange, answer, now),
            Event::Failure { exchange, failure } => {
                self.end_flight(exchange);
                self.engine.handle_failure(exchange, failure, now);
            }
            Event::SourceFailed { exchange, .. } => self.source_failed(exchange),
            Event::Fetched { fetched, .. } => self.fetched(fetched),
        }
    }

    fn answered(&mut self, exchange: u64, answer: Answer, now: Now) {
        self.end_flight(exchange);
        if answer.is_marked {
            self.ground.shared.change(|standing| standing.contact_ms = Some(now.wall_ms));
        }
        self.engine.handle_answer(exchange, answer, now);
    }

    fn end_flight(&mut self, exchange: u64) {
        self.flight.take_if(|flight| flight.id == exchange);
    }

    /// Bytes that were there at the check are not there now, or cannot be read.
    fn source_failed(&mut self, exchange: u64) {
        let flight = self.flight.as_ref().filter(|flight| flight.id == exchange);
        let item = flight.and_then(|flight| Some(Request::upload(&flight.request)?.item));
        if let Some(item) = item {
            self.check(item);
        }
    }

    fn ask_for_bundle(&mut self) {
        let now = self.now();
        let is_due = now.wall_ms.saturating_sub(self.bundle_checked_ms).saturating_abs() >= BUNDLE_EVERY_MS;
        let is_reached = self.engine.line().state != rekam_domain::network::NetworkState::Offline;
        let may = !self.is_fetching && self.flight.is_none() && now.mono_ms >= self.bundle_not_before_ms;
        if let Some(line) = self.line.as_ref().filter(|_| is_due && is_reached && may) {
            self.is_fetching = true;
            self.bundle_not_before_ms = now.mono_ms + BUNDLE_AGAIN_MS;
            line.fetch(Fetch::Bundle { held: Some(self.admission.office.bundle.serial) });
        }
    }

    fn fetched(&mut self, fetched: Fetched) {
        self.is_fetching = false;
        match fetched {
            Fetched::Bundle(bytes) => {
                // One that the office did not sign is asked for again tomorrow, like one that did not come.
                let _ = self.take_renewed(&bytes);
            }
            Fetched::Unchanged | Fetched::NotYet | Fetched::Refused(_) => {}
            Fetched::Stranger | Fetched::Failed(_) => return,
        }
        self.bundle_checked_ms = self.now().wall_ms;
        self.mark(BUNDLE_CURSOR, self.bundle_checked_ms);
    }

    /// Keeps a newer admission of the same office; whether it was one.
    pub(super) fn take_renewed(&mut self, bytes: &[u8]) -> Result<bool, Problem> {
        if self.admission.renewed_by(bytes).is_none() {
            return Ok(false);
        }
        Admission::keep_renewed(&self.ground.shelf.folder, bytes)?;
        self.is_renewed = true;
        Ok(true)
    }

    /// The office has renewed the admission: everything begins anew under it.
    pub(super) const fn is_renewed(&self) -> bool {
        self.is_renewed
    }

    /// Writes the office's latest hour down when it has moved on by so much.
    pub(super) fn keep_hour(&mut self, moved_ms: i64) {
        let hour_ms = self.hour_ms.load(Ordering::SeqCst);
        if hour_ms - self.kept_hour_ms >= moved_ms && hour_ms > self.kept_hour_ms {
            self.kept_hour_ms = hour_ms;
            self.mark(HOUR_CURSOR, hour_ms);
        }
    }

    fn mark(&self, cursor: &str, value: i64) {
        let now_ms = self.ground.clock.now();
        let kept =
            self.ground.shelf.outbox.write(|writing| writing.mark_cursor(cursor, &value.to_string(), now_ms));
        // It is only asked for or counted once more after a restart.
        drop(kept);
    }

    /// New packets and notices are in the outbox.
    pub(super) fn take_new(&mut self) {
        let after = self.seen_change;
        let read =
            self.ground.shelf.outbox.read(|reading| Ok((reading.list_items(after)?, reading.last_change()?)));
        // What cannot be read or taken now is offered again with the next one.
        let Ok((items, last)) = read else { return };
        if items.iter().all(|item| self.engine.handle_item(item).is_ok()) {
            self.seen_change = last;
        }
    }

    /// What a person does with a packet; durable when this returns.
    ///
    /// # Errors
    /// The packet is not here, its rules refuse, or the disk does.
    pub(super) fn move_item(
        &mut self,
        item: Uuid,
        event: PacketEvent,
        roles: RoleSet,
        facts: &PacketFacts,
    ) -> Result<(), Problem> {
        self.take_new();
        self.engine.handle_event(item, event, roles, facts).map_err(problem_of)?;
        self.expect_kept()
    }

    /// Takes signed words from a stick or a picture code; answers how many were the office's.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) fn import(&mut self, messages: &[Vec<u8>], way: Way) -> Result<usize, Problem> {
        let mut taken = 0;
        for bytes in messages {
            let mut done = self.engine.handle_import(bytes, way, self.now());
            if done == Err(EngineError::OutboxBehind) {
                self.expect_kept()?;
                done = self.engine.handle_import(bytes, way, self.now());
            }
            taken += usize::from(done.is_ok());
        }
        self.expect_kept()?;
        Ok(taken)
    }

    /// What a stick should carry, in its order.
    pub(super) fn list_for_courier(&mut self) -> Vec<Uuid> {
        self.take_new();
        self.engine.list_for_courier()
    }

    pub(super) fn hint(&mut self, hint: Hint) {
        self.engine.handle_hint(hint, self.now());
    }

    fn expect_kept(&mut self) -> Result<(), Problem> {
        self.settle();
        match std::mem::replace(&mut self.promise, Ok(())) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn publish(&self) {
        let has_line = self.line.is_some();
        self.ground.shared.change(|standing| {
            standing.has_line = has_line;
            standing.bytes_left = self.engine.bytes_left();
            standing.hour_ms = self.hour_ms.load(Ordering::SeqCst);
            standing.bundle_checked_ms = Some(self.bundle_checked_ms).filter(|at_ms| *at_ms > 0);
            standing.has_renewed |= self.is_renewed;
        });
    }

    fn now(&self) -> Now {
        let clock = &self.ground.clock;
        Now { mono_ms: clock.elapsed_ms().unsigned_abs(), wall_ms: clock.now() }
    }
}

fn problem_of(error: EngineError) -> Problem {
    match error {
        EngineError::UnknownItem => Problem::new(Code::UnknownPacket),
        EngineError::Refused(refusal) => Problem::new(Code::StepRefused).with("refusal", refusal.key()),
        EngineError::TooManyItems | EngineError::OutboxBehind => {
            Problem::new(Code::DiskRefused).with("operation", "write").with("file", "outbox")
        }
        EngineError::Forged => Problem::new(Code::NotFromOffice),
    }
}

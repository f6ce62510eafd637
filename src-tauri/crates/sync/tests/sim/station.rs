//! A station: the real engine, and around it a program that can die between any two effects.

use rekam_domain::packet::{PacketEvent, PacketFacts};
use rekam_domain::role::{Role, RoleSet};
use rekam_sync::{Cause, Change, Config, Effect, Engine, Exchange, Now, Verify, Way};
use uuid::Uuid;

use super::chance::Chance;
use super::disk::Disk;
use super::flaw::{self, Flaw};
use super::judge::{self, Wire};
use super::office::Office;
use super::road::Transfer;
use super::weather::Weather;
use super::{Event, Kept, World};

pub(crate) struct Station {
    pub(crate) number: usize,
    pub(crate) boot: u32,
    pub(crate) engine: Option<Engine>,
    pub(crate) disk: Disk,
    pub(crate) config: Config,
    pub(crate) weather: Weather,
    pub(crate) wall_off_ms: i64,
    pub(crate) transfer: Option<Transfer>,
    pub(crate) wire: Wire,
    pub(crate) wake: u64,
    /// The name the desk has to show after the last exchange, when it failed.
    pub(crate) expected: Option<Cause>,
}

/// More effects than this without any time passing, and the engine runs in circles.
const EFFECTS_MAX: u32 = 20_000;

impl World {
    pub(crate) fn now(&self, station: usize) -> Now {
        let flaw_ms = if self.flaw == Some(Flaw::BelievesAnyHour) { super::TEN_YEARS_MS } else { 0 };
        let wall_ms = self.wall_ms() + self.stations[station].wall_off_ms + flaw_ms;
        Now { mono_ms: self.now_ms, wall_ms }
    }

    pub(crate) fn boot(&mut self, number: usize) {
        if self.stations[number].engine.is_some() {
            return;
        }
        let flaw = self.flaw;
        let wall_off_ms = self.stations[number].wall_off_ms;
        let verify = Verify::new(move |bytes| {
            let mut signed = flaw::read(flaw, bytes)?;
            if let (Some(Flaw::TrustsItsOwnClock), rekam_sync::Signed::Hour { time_ms }) = (flaw, &mut signed)
            {
                *time_ms += wall_off_ms;
            }
            Ok(signed)
        });
        let seed = self.chance.next();
        let station = &mut self.stations[number];
        station.boot += 1;
        station.config.seed = seed;
        station.engine = Some(Engine::new(station.config.clone(), verify, station.disk.snapshot()));
        self.stations[number].wire.lessons += 1;
        self.stir(number);
        self.say(format!("station {number} starts"));
        self.pump(number);
    }

    pub(crate) fn crash(&mut self, number: usize) {
        if self.stations[number].engine.take().is_some() {
            self.stir(number);
            self.say(format!("station {number} dies"));
            self.cut_transfer(number);
            let wait_ms = self.chance.spread(500, 600_000);
            self.after(wait_ms, Event::Boot { station: number });
        }
    }

    /// Something happened that allows some quick tries.
    pub(crate) fn stir(&mut self, number: usize) {
        let hour = self.now_ms / super::HOUR_MS;
        for hour in [hour, hour + 1] {
            *self.stations[number].wire.stirs.entry(hour).or_insert(0) += 1;
        }
    }

    /// Lets the engine say all it has to say, then waits as long as it asks.
    pub(crate) fn pump(&mut self, number: usize) {
        for round in 0.. {
            let now = self.now(number);
            let Some(engine) = &mut self.stations[number].engine else { return };
            let Some(effect) = engine.poll_effect(now) else { break };
            if round > EFFECTS_MAX {
                self.fail(format!("CIRCLES: station {number} never rests"));
                return;
            }
            let dies = !self.is_calm && self.chance.in_thousand(self.deaths);
            let dies_before = dies && self.chance.in_thousand(500);
            if !dies_before {
                self.carry_out(number, effect);
            }
            if dies {
                self.crash(number);
                return;
            }
        }
        let now = self.now(number);
        let station = &mut self.stations[number];
        let Some(engine) = &station.engine else { return };
        station.wake += 1;
        let wake = station.wake;
        let Some(at_ms) = engine.poll_timeout(now) else { return };
        if self.flaw == Some(Flaw::HasNoPatience) && station.transfer.is_some() {
            return;
        }
        if at_ms <= self.now_ms {
            self.fail(format!("CIRCLES: station {number} wants to be asked at once, and says nothing"));
        }
        self.after(at_ms.saturating_sub(self.now_ms), Event::Wake { station: number, number: wake });
    }

    fn carry_out(&mut self, number: usize, effect: Effect) {
        let boot = self.stations[number].boot;
        if self.is_told {
            self.say(format!("station {number}: {}", tell(&effect)));
        }
        match effect {
            Effect::Persist { id, changes } => self.promise(number, id, changes),
            Effect::Check { item } => {
                let wait_ms = self.chance.range(1, 20);
                self.after(wait_ms, Event::Checked { station: number, boot, item });
            }
            Effect::Start(exchange) => self.start(number, exchange),
            Effect::Abort { exchange } => {
                let is_open =
                    self.stations[number].transfer.as_ref().is_some_and(|open| open.exchange == exchange);
                if is_open {
                    self.note_failed(number);
                    self.cut_transfer(number);
                }
            }
            Effect::AllowPurge(permit) => {
                let station = &self.stations[number];
                let item = permit.packet();
                let verdict = judge::may_purge(item, &station.disk, &self.office, self.wall_ms());
                let wait_ms = self.chance.range(1, 50);
                let is_done = !self.chance.in_thousand(self.refusals);
                self.hold(verdict);
                self.after(wait_ms, Event::Purged { station: number, boot, packet: item, is_done });
            }
            Effect::Line(_) | Effect::Finding(_) => {}
        }
    }

    fn promise(&mut self, station: usize, id: u64, changes: Vec<Change>) {
        let boot = self.stations[station].boot;
        let kept = match self.chance.in_thousand(self.refusals) {
            false => Kept::Yes,
            true => self.chance.pick(&[Kept::No, Kept::SaysNo]),
        };
        let wait_ms = self.chance.range(1, 30);
        self.after(wait_ms, Event::Persisted { station, boot, id, changes, kept });
        if self.flaw == Some(Flaw::ForgetsToWaitForTheDisk)
            && let Some(engine) = &mut self.stations[station].engine
        {
            engine.handle_persisted(id);
        }
    }

    pub(crate) fn persisted(&mut self, number: usize, boot: u32, id: u64, changes: &[Change], kept: Kept) {
        let now = self.now(number);
        let is_same = self.stations[number].boot == boot && self.stations[number].engine.is_some();
        // Power went while the disk was at it: it may have kept the promise or not.
        let is_kept = if is_same { kept != Kept::No } else { self.chance.in_thousand(500) };
        let station = &mut self.stations[number];
        if is_kept && (is_same || station.boot == boot) {
            station.disk.apply(changes);
        }
        if let (true, Some(engine)) = (is_same, &mut station.engine) {
            if kept == Kept::Yes {
                engine.handle_persisted(id);
            } else {
                engine.handle_persist_failed(id, now);
            }
            self.pump(number);
        }
    }

    pub(crate) fn checked(&mut self, number: usize, boot: u32, item: Uuid) {
        let now = self.now(number);
        let station = &mut self.stations[number];
        // The disk does not say now; later it may.
        let is_unread = !self.is_calm && self.chance.in_thousand(self.refusals);
        let is_intact = station.disk.rows.get(&item).is_some_and(|row| row.has_bytes && !row.is_rotten);
        if let (true, Some(engine)) = (station.boot == boot, &mut station.engine) {
            if is_unread {
                engine.handle_unreadable(item, now);
            } else {
                engine.handle_checked(item, is_intact);
            }
            self.pump(number);
        }
    }

    pub(crate) fn purged(&mut self, number: usize, boot: u32, packet: Uuid, is_done: bool) {
        let station = &mut self.stations[number];
        if station.boot != boot || station.engine.is_none() {
            return;
        }
        if let (true, Some(row)) = (is_done, station.disk.rows.get_mut(&packet)) {
            self.purged += u64::from(row.has_bytes);
            row.has_bytes = false;
        }
        if let Some(engine) = &mut station.engine {
            if is_done {
                engine.handle_purged(packet);
            } else {
                engine.handle_purge_failed(packet);
            }
        }
        self.pump(number);
    }

    /// The stick: what the engine lists is copied, read back and marked.
    pub(crate) fn export(&mut self, number: usize) {
        let Some(engine) = &mut self.stations[number].engine else { return };
        let facts = PacketFacts { intact: true, ..PacketFacts::default() };
        let roles = RoleSet::of(&[Role::CaptureOperator]);
        let mut items = engine.list_for_courier();
        items.retain(|item| {
            self.stations[number].disk.rows.get(item).is_some_and(|row| row.has_bytes && !row.is_rotten)
        });
        for item in &items {
            if let Some(engine) = &mut self.stations[number].engine {
                let _ = engine.handle_event(*item, PacketEvent::Export, roles, &facts);
            }
        }
        self.say(format!("station {number} fills a stick with {} items", items.len()));
        let wait_ms = self.chance.spread(60_000, 8 * super::HOUR_MS);
        if !self.chance.in_thousand(200) {
            self.after(wait_ms, Event::Import { items, station: number });
        }
        self.pump(number);
    }

    pub(crate) fn take_back(&mut self, number: usize, words: &[Vec<u8>]) {
        let now = self.now(number);
        for bytes in words {
            let Some(engine) = &mut self.stations[number].engine else { return };
            let way = if bytes.len() % 2 == 0 { Way::Disk } else { Way::Code };
            let _ = engine.handle_import(bytes, way, now);
        }
        self.pump(number);
    }

    pub(crate) fn expect_cause(&mut self, number: usize) {
        let station = &mut self.stations[number];
        let (Some(expected), Some(engine)) = (station.expected.take(), &station.engine) else { return };
        let shown = engine.line().cause;
        if shown != Some(expected) {
            self.fail(format!("CAUSE: station {number} shows {shown:?}, it is {expected:?}"));
        }
    }
}

fn tell(effect: &Effect) -> String {
    match effect {
        Effect::Start(Exchange { id, request, .. }) => format!("{id} {request:?}"),
        Effect::Persist { id, changes } => {
            let words: Vec<String> = changes.iter().map(tell_change).collect();
            format!("persist {id}: {}", words.join("; "))
        }
        Effect::Check { .. }
        | Effect::Abort { .. }
        | Effect::AllowPurge(_)
        | Effect::Line(_)
        | Effect::Finding(_) => {
            format!("{effect:?}")
        }
    }
}

fn tell_change(change: &Change) -> String {
    match change {
        Change::State { item, event, state, reason, .. } => {
            format!("{item:x} {event:?} -> {state:?} {reason}")
        }
        Change::Receipt { bytes, way, .. } => format!("{} by {}", String::from_utf8_lossy(bytes), way.word()),
        Change::Status { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
        Change::Part { .. } | Change::Cursor(_) | Change::Spent { .. } => format!("{change:?}"),
    }
}

/// The clock on the wall, set wrong. Not ahead where the office's is: nobody knows the time then.
pub(crate) fn wrong_clock_ms(office: &Office, chance: &mut Chance) -> i64 {
    const DAY_MS: i64 = 86_400_000;
    let off_ms = chance.pick(&[0, 0, -90_000, 7 * 3_600_000, -365 * DAY_MS, super::TEN_YEARS_MS, DAY_MS]);
    if office.ahead_in_thousand > 0 { off_ms.min(0) } else { off_ms }
}

//! What a seed makes happen: who is there, what they seal, which faults come when, and the order to let go.

use rekam_domain::packet::PacketState;
use rekam_sync::{Config, Hint, ItemSnapshot, Kind, Metered, Part, PartSnapshot, Window};
use uuid::Uuid;

use super::chance::Chance;
use super::disk::Disk;
use super::flaw::Flaw;
use super::judge::{self, Wire};
use super::office::{Office, Truth};
use super::station::{self, Station};
use super::weather::{Sky, Weather};
use super::{Event, HOUR_MS, World, word};
use std::collections::{BTreeMap, BinaryHeap};

pub(crate) fn build(seed: u64, flaw: Option<Flaw>, is_told: bool) -> World {
    let mut chance = Chance::new(seed);
    let count = chance.range(1, 4) as usize;
    let office = Office::new(count, &mut chance);
    let mut stations: Vec<Station> =
        (0..count).map(|number| new_station(number, &office, &mut chance)).collect();
    if flaw == Some(Flaw::HasNoGrace) {
        stations.iter_mut().for_each(|station| station.config.retention.grace_ms = 0);
    }
    let calm_ms = chance.spread(HOUR_MS / 4, 12 * HOUR_MS);
    let mut world = World {
        now_ms: 0,
        flaw,
        is_told,
        events: BinaryHeap::new(),
        event_number: 0,
        stations,
        office,
        truths: BTreeMap::new(),
        is_calm: false,
        calm_ms,
        deaths: chance.pick(&[0, 2, 10, 40]),
        refusals: chance.pick(&[0, 10, 100]),
        office_deaths: chance.pick(&[0, 10, 100]),
        purged: 0,
        verdict: Ok(()),
        chance,
    };
    for number in 0..count {
        world.script_station(number);
    }
    world.script_office();
    world.after(calm_ms, Event::Calm);
    world
}

fn new_station(number: usize, office: &Office, chance: &mut Chance) -> Station {
    let config = Config {
        window: if chance.in_thousand(100) { Window::new(20 * 60, 6 * 60) } else { None },
        bytes_per_day_max: chance.in_thousand(100).then(|| chance.spread(1_000_000, 8_000_000)),
        metered: chance.pick(&[Metered::Everything, Metered::FactsOnly]),
        retention: judge::RETENTION,
        utc_offset_min: 7 * 60,
        ..Config::default()
    };
    Station {
        number,
        boot: 0,
        engine: None,
        disk: Disk::default(),
        config,
        weather: Weather::any(chance),
        wall_off_ms: station::wrong_clock_ms(office, chance),
        transfer: None,
        wire: Wire::default(),
        wake: 0,
        expected: None,
    }
}

impl World {
    fn script_station(&mut self, number: usize) {
        self.after(0, Event::Boot { station: number });
        self.after(0, Event::Weather { station: number });
        let count = self.chance.range(1, 6);
        for _ in 0..count {
            self.script_packet(number);
        }
        for _ in 0..self.chance.range(0, 3) {
            let at_ms = self.chance.range(0, self.calm_ms);
            self.after(at_ms, Event::Clock { station: number });
        }
        for _ in 0..self.chance.range(0, 3) {
            let at_ms = self.chance.range(0, self.calm_ms);
            self.after(at_ms, Event::Crash { station: number });
        }
        for _ in 0..self.chance.range(0, 6) {
            let at_ms = self.chance.range(0, self.calm_ms);
            let hint = self.chance.pick(&[
                Hint::NetworkUp,
                Hint::NetworkDown,
                Hint::Metered(true),
                Hint::Metered(false),
                Hint::Watched(true),
            ]);
            if hint == Hint::Watched(true) {
                let until_ms = at_ms + self.chance.range(1_000, 60_000);
                self.after(until_ms, Event::Hint { station: number, hint: Hint::Watched(false) });
            }
            self.after(at_ms, Event::Hint { station: number, hint });
        }
        if self.chance.in_thousand(300) {
            let at_ms = self.chance.range(0, self.calm_ms);
            self.after(at_ms, Event::Export { station: number });
        }
        if self.chance.in_thousand(30) {
            let at_ms = self.chance.range(0, self.calm_ms);
            self.after(at_ms, Event::Rot { station: number });
        }
    }

    /// A packet, sometimes with an approval that comes later, or a notice about it.
    fn script_packet(&mut self, station: usize) {
        let number = self.truths.len() as u128 + 1;
        let item = Uuid::from_u128((station as u128) << 64 | number << 8);
        let mut parts = vec![(Part::Facts, self.chance.spread(1_500, 20_000))];
        if self.chance.in_thousand(950) {
            parts.push((Part::Images, self.chance.spread(20_000, 2_000_000)));
        }
        if self.chance.in_thousand(400) {
            parts.push((Part::Documents, self.chance.spread(30_000, 4_000_000)));
        }
        let notice = Uuid::from_u128(item.as_u128() | 1);
        let (has_approval, has_notice) = (self.chance.in_thousand(100), self.chance.in_thousand(100));
        let truth = Truth {
            station,
            parts,
            blob_count: self.chance.range(2, 30) as u32,
            waits_for: has_approval.then_some(notice),
            is_packet: true,
            is_bad: self.chance.in_thousand(30),
        };
        self.truths.insert(item, truth);
        let at_ms = self.chance.range(0, self.calm_ms);
        self.after(at_ms, Event::Seal { item });
        if has_approval || has_notice {
            let parts = vec![(Part::Facts, self.chance.range(300, 900))];
            let truth =
                Truth { station, parts, blob_count: 1, waits_for: None, is_packet: false, is_bad: false };
            self.truths.insert(notice, truth);
            let later_ms = self.chance.range(at_ms, self.calm_ms);
            self.after(later_ms, Event::Seal { item: notice });
        }
    }

    fn script_office(&mut self) {
        for _ in 0..self.chance.range(0, 4) {
            let at_ms = self.chance.range(0, self.calm_ms);
            self.after(at_ms, Event::OfficeCrash);
        }
        for _ in 0..self.chance.range(0, 4) {
            let at_ms = self.chance.range(0, self.calm_ms);
            self.after(at_ms, Event::OfficeTrouble);
        }
    }

    pub(super) fn handle(&mut self, event: Event) {
        match event {
            Event::Wake { station, number } => {
                if self.stations[station].wake == number {
                    self.pump(station);
                }
            }
            Event::Persisted { station, boot, id, changes, kept } => {
                self.persisted(station, boot, id, &changes, kept)
            }
            Event::Checked { station, boot, item } => self.checked(station, boot, item),
            Event::Purged { station, boot, packet, is_done } => self.purged(station, boot, packet, is_done),
            Event::Tick { station, boot, exchange } => self.tick(station, boot, exchange),
            Event::Answered { station, boot, exchange, answer } => {
                self.answered(station, boot, exchange, *answer)
            }
            Event::Failed { station, boot, exchange, failure } => {
                self.failed(station, boot, exchange, failure)
            }
            Event::Repeat { request, content } => self.repeat(&request, content),
            Event::Seal { item } => self.seal(item),
            Event::Rot { station } => self.rot(station),
            Event::Crash { station } => self.crash(station),
            Event::Boot { station } => self.boot(station),
            Event::Weather { station } => self.change_weather(station),
            Event::Clock { station } => {
                self.stations[station].wall_off_ms = station::wrong_clock_ms(&self.office, &mut self.chance);
                self.pump(station);
            }
            Event::Hint { station, hint } => self.hint(station, hint),
            Event::Export { station } => self.export(station),
            Event::Import { items, station } => self.import(&items, station),
            Event::Return { station, words } => self.take_back(station, &words),
            Event::OfficeCrash => self.office_crash(),
            Event::OfficeBoot => self.office.is_up = true,
            Event::OfficeTrouble => self.office_trouble(),
            Event::Open { item } => self.open(item),
            Event::Status { item, step } => self.publish(item, step),
            Event::Calm => self.calm(),
        }
    }

    /// A recording is sealed: from here on it is acknowledged.
    fn seal(&mut self, item: Uuid) {
        let truth = &self.truths[&item];
        let number = truth.station;
        let about = Uuid::from_u128(item.as_u128() & !1);
        let is_approval = self.truths.get(&about).is_some_and(|truth| truth.waits_for == Some(item));
        let kind = match (truth.is_packet, is_approval) {
            (true, _) => Kind::Packet,
            (false, true) => Kind::Approval { of: about },
            (false, false) => Kind::Notice,
        };
        let part =
            |(part, length): &(Part, u64)| PartSnapshot { part: *part, length: *length, is_done: false };
        let snapshot = ItemSnapshot {
            id: item,
            kind,
            counter: self.now_ms as i64,
            is_urgent: self.chance.in_thousand(100),
            manifest_hash: word::hash_of(item),
            blob_count: truth.blob_count,
            state: PacketState::Sealed,
            parts: truth.parts.iter().map(part).collect(),
            was_tried: false,
            is_approval_pending: truth.waits_for.is_some(),
            signed: Vec::new(),
        };
        self.say(format!("station {number} seals {item:x} {kind:?} of {} bytes", truth.bytes()));
        self.stations[number].disk.insert(snapshot.clone());
        if let Some(engine) = &mut self.stations[number].engine {
            let _ = engine.handle_item(&snapshot);
        }
        self.pump(number);
    }

    fn rot(&mut self, number: usize) {
        let rows = &mut self.stations[number].disk.rows;
        if let Some(row) = rows.values_mut().find(|row| row.item.state == PacketState::Queued) {
            row.is_rotten = true;
        }
    }

    fn hint(&mut self, number: usize, hint: Hint) {
        let now = self.now(number);
        self.stir(number);
        if let Some(engine) = &mut self.stations[number].engine {
            engine.handle_hint(hint, now);
        }
        self.pump(number);
    }

    fn change_weather(&mut self, number: usize) {
        if self.is_calm {
            return;
        }
        self.stations[number].weather = Weather::any(&mut self.chance);
        if matches!(self.stations[number].weather.sky, Sky::Swallower { .. }) {
            self.stations[number].wire.lessons += 1;
        }
        self.stir(number);
        self.say(format!("station {number}: {:?}", self.stations[number].weather));
        let wait_ms = self.chance.spread(1_000, 2 * HOUR_MS);
        self.after(wait_ms, Event::Weather { station: number });
    }

    pub(super) fn office_crash(&mut self) {
        if self.is_calm || !self.office.is_up {
            return;
        }
        self.say("the office dies");
        self.office.crash(&mut self.chance);
        for number in 0..self.stations.len() {
            self.stir(number);
        }
        let wait_ms = self.chance.spread(500, HOUR_MS);
        self.after(wait_ms, Event::OfficeBoot);
    }

    fn office_trouble(&mut self) {
        let until_ms = self.now_ms + self.chance.spread(10_000, HOUR_MS);
        self.office.expire(self.now_ms);
        match self.chance.range(0, 3) {
            0 => self.office.full_until_ms = until_ms,
            1 => self.office.limit_until_ms = until_ms,
            _ => self.office.revoked_until_ms = until_ms,
        }
        self.say("the office has trouble");
    }

    /// The end of all faults.
    fn calm(&mut self) {
        self.is_calm = true;
        self.say("calm from here on");
        self.office.is_up = true;
        self.office.full_until_ms = 0;
        self.office.limit_until_ms = 0;
        self.office.revoked_until_ms = 0;
        self.office.later_in_thousand = 0;
        self.office.corrupt_in_thousand = 0;
        self.refusals = 0;
        for number in 0..self.stations.len() {
            self.stations[number].weather = Weather::fair(&mut self.chance);
            self.stir(number);
            self.say(format!("station {number}: {:?}", self.stations[number].weather));
            self.boot(number);
            self.hint(number, Hint::Metered(false));
            if self.chance.in_thousand(500) {
                self.hint(number, Hint::NetworkUp);
            }
        }
        for hours in 0..120 {
            self.after(hours * HOUR_MS, Event::OfficeBoot);
        }
    }

    /// New lines of the ledger: they will be opened, and the centre will speak.
    pub(super) fn entered(&mut self, from: usize) {
        let items: Vec<Uuid> = self.office.ledger[from..].iter().map(|entry| entry.item).collect();
        for item in items {
            let wait_ms = self.chance.spread(1_000, HOUR_MS);
            self.say(format!("the office has {item:x}"));
            self.after(wait_ms, Event::Open { item });
        }
        self.hold(judge::accepted_once(&self.office));
    }

    fn open(&mut self, item: Uuid) {
        let wall_ms = self.wall_ms();
        let Some(truth) = self.truths.get(&item).cloned() else { return };
        if self.office.open(item, &truth, wall_ms) {
            self.say(format!("the office opens {item:x}"));
            let wait_ms = self.chance.spread(60_000, 4 * HOUR_MS);
            if truth.is_packet && self.chance.in_thousand(800) {
                self.after(wait_ms, Event::Status { item, step: 0 });
            }
            let held: Vec<Uuid> = self
                .truths
                .iter()
                .filter(|(_, truth)| truth.waits_for == Some(item))
                .map(|(held, _)| *held)
                .collect();
            for held in held {
                self.after(1_000, Event::Open { item: held });
            }
        }
    }

    fn publish(&mut self, item: Uuid, step: u32) {
        let words = ["BIO_CAPTURED", "PRR", "SFE", "STATUS_BARU", "PRR"];
        let (Some(word), Some(truth)) = (words.get(step as usize), self.truths.get(&item).cloned()) else {
            return;
        };
        let wall_ms = self.wall_ms();
        self.office.publish_status(item, &truth, word, wall_ms);
        if step == 0 || self.chance.in_thousand(200) {
            let wait_ms = self.chance.spread(10_000, 4 * HOUR_MS);
            self.after(wait_ms, Event::Status { item, step: step + 1 });
        }
    }

    fn import(&mut self, items: &[Uuid], station: usize) {
        if !self.office.is_up {
            let items = items.to_vec();
            self.after(HOUR_MS, Event::Import { items, station });
            return;
        }
        let entries = self.office.ledger.len();
        for item in items {
            let truth = self.truths[item].clone();
            let wall_ms = self.wall_ms();
            self.office.import(*item, &truth, wall_ms);
        }
        self.entered(entries);
        let wait_ms = self.chance.spread(60_000, 4 * HOUR_MS);
        let words = self.office.words_for(station);
        self.after(wait_ms, Event::Return { station, words });
    }
}

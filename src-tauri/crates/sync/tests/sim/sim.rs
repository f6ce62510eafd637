//! A discrete-event simulator: stations with real engines, simulated disks, lines and an office. One seed is one run.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a simulated world is built whole by its seed, and tells of itself"
)]

mod chance;
mod disk;
pub(crate) mod flaw;
mod judge;
mod office;
mod road;
mod script;
mod station;
mod weather;
mod word;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use rekam_sync::{Answer, Change, Failure, Hint, Request};
use uuid::Uuid;

use chance::Chance;
use flaw::Flaw;
use judge::Verdict;
use office::{Office, Truth};
use station::Station;

/// When the simulated world begins, by true time.
const EPOCH_MS: i64 = 1_790_000_000_000;
/// How far a clock that is wrong may be ahead.
const TEN_YEARS_MS: i64 = 3_650 * 86_400_000;
const HOUR_MS: u64 = 3_600_000;
/// More events than this, and somebody runs in circles.
const EVENTS_MAX: u64 = 400_000;
/// After the last fault, how long the stations go on with nothing left to do but to forget.
const AFTERMATH_MS: u64 = 5 * HOUR_MS;

/// Whether everything is delivered is looked at this often.
const LOOK_MS: u64 = 30_000;

/// What happens at a time.
#[derive(Debug)]
enum Event {
    Wake { station: usize, number: u64 },
    Persisted { station: usize, boot: u32, id: u64, changes: Vec<Change>, kept: Kept },
    Checked { station: usize, boot: u32, item: Uuid },
    Purged { station: usize, boot: u32, packet: Uuid, is_done: bool },
    Tick { station: usize, boot: u32, exchange: u64 },
    Answered { station: usize, boot: u32, exchange: u64, answer: Box<Answer> },
    Failed { station: usize, boot: u32, exchange: u64, failure: Failure },
    Repeat { request: Request, content: Option<Uuid> },
    Seal { item: Uuid },
    Rot { station: usize },
    Crash { station: usize },
    Boot { station: usize },
    Weather { station: usize },
    Clock { station: usize },
    Hint { station: usize, hint: Hint },
    Export { station: usize },
    Import { items: Vec<Uuid>, station: usize },
    Return { station: usize, words: Vec<Vec<u8>> },
    OfficeCrash,
    OfficeBoot,
    OfficeTrouble,
    Open { item: Uuid },
    Status { item: Uuid, step: u32 },
    Calm,
}

/// What the disk did with a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Yes,
    No,
    /// It says no, and has kept it all the same.
    SaysNo,
}

struct Timed {
    at_ms: u64,
    number: u64,
    event: Event,
}

impl PartialEq for Timed {
    fn eq(&self, other: &Self) -> bool {
        (self.at_ms, self.number) == (other.at_ms, other.number)
    }
}
impl Eq for Timed {}
impl PartialOrd for Timed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Timed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at_ms, self.number).cmp(&(other.at_ms, other.number))
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) events: u64,
    pub(crate) packets: u64,
    pub(crate) purged: u64,
    /// From the end of all faults until everything was delivered.
    pub(crate) drained_ms: u64,
    pub(crate) written: u64,
    pub(crate) payload: u64,
    pub(crate) lost: u64,
}

impl Outcome {
    /// The sums of the run, for people.
    pub(crate) fn tell(&self) -> String {
        format!(
            "{} events, {} packets, {} purged, {} bytes of content, {} sent, {} lost on the way, drained in {} s: {:?}",
            self.events,
            self.packets,
            self.purged,
            self.payload,
            self.written,
            self.lost,
            self.drained_ms / 1_000,
            self.verdict
        )
    }
}

struct World {
    now_ms: u64,
    chance: Chance,
    flaw: Option<Flaw>,
    is_told: bool,
    events: BinaryHeap<Reverse<Timed>>,
    event_number: u64,
    stations: Vec<Station>,
    office: Office,
    truths: BTreeMap<Uuid, Truth>,
    is_calm: bool,
    calm_ms: u64,
    /// How likely a station dies between two effects, in a thousand.
    deaths: u64,
    /// How likely a promise to the disk fails, in a thousand.
    refusals: u64,
    office_deaths: u64,
    purged: u64,
    verdict: Verdict,
}

/// Runs one seed. The same seed is the same run.
pub(crate) fn run(seed: u64, flaw: Option<Flaw>, is_told: bool) -> Outcome {
    let mut world = script::build(seed, flaw, is_told);
    let mut events = 0;
    let (mut drained_ms, mut look_ms) = (None, 0);
    while world.verdict.is_ok() {
        let Some(Reverse(timed)) = world.events.pop() else { break };
        world.now_ms = world.now_ms.max(timed.at_ms);
        events += 1;
        if events > EVENTS_MAX {
            world.fail(format!("CIRCLES: more than {EVENTS_MAX} events"));
        }
        world.handle(timed.event);
        if world.is_calm && world.now_ms >= look_ms {
            look_ms = world.now_ms + LOOK_MS;
            if drained_ms.is_none() && world.unfinished().is_none() {
                drained_ms = Some(world.now_ms - world.calm_ms);
                world.say("everything is delivered");
            }
            let is_late = world.now_ms > world.calm_ms + world.drain_max_ms();
            if let (None, true, Some(text)) = (drained_ms, is_late, world.unfinished()) {
                world.fail(format!("LATE: {text}"));
            }
            if drained_ms.is_some_and(|drained_ms| world.now_ms > world.calm_ms + drained_ms + AFTERMATH_MS) {
                break;
            }
        }
    }
    if drained_ms.is_none() && world.unfinished().is_none() {
        drained_ms = Some(world.now_ms.saturating_sub(world.calm_ms));
    }
    world.close(events, drained_ms)
}

impl World {
    fn after(&mut self, wait_ms: u64, event: Event) {
        self.event_number += 1;
        let timed = Timed { at_ms: self.now_ms + wait_ms, number: self.event_number, event };
        self.events.push(Reverse(timed));
    }

    fn wall_ms(&self) -> i64 {
        EPOCH_MS + self.now_ms as i64
    }

    fn say(&self, text: impl AsRef<str>) {
        if self.is_told {
            let seconds = self.now_ms / 1_000;
            let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
            println!("{hours:02}:{minutes:02}:{seconds:02}.{:03} {}", self.now_ms % 1_000, text.as_ref());
        }
    }

    fn fail(&mut self, text: String) {
        if self.verdict.is_ok() {
            self.say(&text);
            self.verdict = Err(text);
        }
    }

    fn hold(&mut self, verdict: Verdict) {
        if let Err(text) = verdict {
            self.fail(text);
        }
    }

    fn unfinished(&self) -> Option<String> {
        let disks: Vec<_> = self.stations.iter().map(|station| &station.disk).collect();
        if self.stations.iter().any(|station| station.engine.is_none()) {
            return Some("a station is down".to_owned());
        }
        judge::unfinished(&self.truths, &disks, &self.office)
    }

    /// How long a drain may take once everything works: the longest waits of the engine, one after the other, then
    /// the bytes, then the office's own times.
    fn drain_max_ms(&self) -> u64 {
        let slowest = self.stations.iter().map(|station| {
            let bytes: u64 = self.payload_of(station.number);
            let days = if station.config.window.is_some() { 24 * HOUR_MS } else { 0 };
            let budget = station.config.bytes_per_day_max;
            let days = days + budget.map_or(0, |most| (bytes * 3 / most + 2) * 24 * HOUR_MS);
            days + bytes * 3 * 1_000 / station.weather.bytes_per_s
        });
        8 * HOUR_MS + slowest.max().unwrap_or(0)
    }

    fn payload_of(&self, station: usize) -> u64 {
        self.truths.values().filter(|truth| truth.station == station).map(Truth::bytes).sum()
    }

    fn close(mut self, events: u64, drained_ms: Option<u64>) -> Outcome {
        let disks: Vec<_> = self.stations.iter().map(|station| &station.disk).collect();
        let mut verdicts =
            vec![judge::accepted_once(&self.office), judge::nothing_lost(&self.truths, &disks, &self.office)];
        for station in &self.stations {
            verdicts.push(station.wire.is_fair(station.number, self.payload_of(station.number)));
        }
        if drained_ms.is_none() {
            verdicts.push(Err("LATE: the world stopped before everything was delivered".to_owned()));
        }
        for verdict in verdicts {
            self.hold(verdict);
        }
        Outcome {
            verdict: self.verdict,
            events,
            packets: self.truths.values().filter(|truth| truth.is_packet).count() as u64,
            purged: self.purged,
            drained_ms: drained_ms.unwrap_or(0),
            written: self.stations.iter().map(|station| station.wire.written).sum(),
            payload: self.truths.values().map(Truth::bytes).sum(),
            lost: self.stations.iter().map(|station| station.wire.lost).sum(),
        }
    }
}

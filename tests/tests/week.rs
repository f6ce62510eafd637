//! A week of three stations at one office: one that was taken in, one that is revoked on the way, and a folder that
//! somebody copied from the first. They deliver by line and by stick, or not at all, in any order; the office ends with
//! one ledger, each packet once, and knows the revoked and the cloned by name.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::collections::{BTreeMap, BTreeSet};

use rekam_tests::campaign::is_long;
use rekam_tests::town::Town;
use serde_json::Value;

const FIRST: &str = "630506-SATU";
const REVOKED: &str = "630506-DUA";
/// The rounds of the week, and those of the long form.
const ROUNDS: (u64, u64) = (7, 60);
/// After this round the second station is revoked.
const REVOKED_AFTER: u64 = 3;
/// After this round somebody copies the folder of the first station.
const COPIED_AFTER: u64 = 1;
/// Everything takes seconds; a test that hangs ends here.
const SECONDS_MAX: u32 = 60;
/// A revoked station tries so long, in seconds, before its people give up.
const TRIES_SECONDS: u32 = 2;
const SEED: u64 = 0x5eed;

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, usize::try_from(self.below(end as u64 + 1)).unwrap());
        }
    }
}

struct Week {
    town: Town,
    chance: Chance,
    stations: Vec<&'static str>,
    is_revoked: bool,
    sticks: u32,
    words: BTreeSet<String>,
}

impl Week {
    fn id(station: &str) -> &'static str {
        if station == "second" { REVOKED } else { FIRST }
    }

    fn begin() -> Self {
        let mut town = Town::new().unwrap();
        for station in ["first", "second"] {
            let set_up = format!("station demonstrate --data @{station} --station {}", Self::id(station));
            town.rekam(&set_up).unwrap().done().unwrap();
        }
        town.serve("first second").unwrap();
        let (stations, words) = (vec!["first", "second"], BTreeSet::new());
        Self { town, chance: Chance(SEED), stations, is_revoked: false, sticks: 0, words }
    }

    fn round(&mut self, round: u64) {
        let mut order = self.stations.clone();
        self.chance.shuffle(&mut order);
        for station in order {
            let seed = self.chance.below(1 << 30);
            let people = 1 + u32::try_from(self.chance.below(2)).unwrap();
            self.town.day(station, people, seed).unwrap();
            match self.chance.below(3) {
                0 => self.by_line(station),
                1 => self.by_stick(station),
                // The line is dead, and nobody drives to the office.
                _ => {}
            }
        }
        if round == COPIED_AFTER {
            self.town.copy("first", "clone").unwrap();
            self.stations.push("clone");
        }
        if round == REVOKED_AFTER {
            let revoke = format!("station revoke {REVOKED} --why hilang");
            self.town.office(&revoke).unwrap().done().unwrap();
            self.is_revoked = true;
        }
    }

    fn by_line(&mut self, station: &str) {
        let is_refused = self.is_revoked && station == "second";
        let seconds = if is_refused { TRIES_SECONDS } else { SECONDS_MAX };
        let told = self.town.deliver(station, seconds).unwrap();
        if is_refused {
            let causes = told.lines.iter().filter_map(|line| line["cause"].as_str().map(str::to_owned));
            self.words.extend(causes);
        } else {
            assert!(told.is_good, "{station}: {}", told.text);
        }
    }

    fn by_stick(&mut self, station: &str) {
        self.sticks += 1;
        let stick = format!("stick-{}", self.sticks);
        let export = format!("courier export --data @{station} --to @{stick} --json");
        self.town.rekam(&export).unwrap().done().unwrap();
        self.office_takes(&stick);
        // One time in three the stick stays at the office.
        if self.chance.below(3) > 0 {
            let back = format!("courier export --station {} --to @{stick}", Self::id(station));
            self.town.office(&back).unwrap().done().unwrap();
            let import = format!("courier import --data @{station} --from @{stick} --json");
            self.town.rekam(&import).unwrap().done().unwrap();
        }
    }

    /// A file may be refused, but not without a word.
    fn office_takes(&mut self, stick: &str) {
        let told = self.town.office(&format!("courier import @{stick}")).unwrap();
        let [folder] = &told.lines[..] else { panic!("{}", told.text) };
        let refused = folder["refused"].as_array().unwrap();
        assert_eq!(told.is_good, refused.is_empty(), "{}", told.text);
        self.words.extend(refused.iter().map(|file| file[1].as_str().unwrap().to_owned()));
    }

    fn ledger(&self) -> Vec<Value> {
        self.town.office("packet open").unwrap().done().unwrap();
        let checked = self.town.office("verify-ledger").unwrap().done().unwrap();
        assert_eq!(checked.last().unwrap()["findings"], 0);
        self.town.office("packet list").unwrap().done().unwrap()
    }
}

#[test]
fn a_week_of_three_stations_ends_in_one_ledger_and_names_the_revoked_and_the_cloned() {
    let mut week = Week::begin();
    let rounds = if is_long() { ROUNDS.1 } else { ROUNDS.0 };
    (0..rounds).for_each(|round| week.round(round));
    for station in week.stations.clone() {
        week.by_line(station);
        week.by_stick(station);
    }
    let ledger = week.ledger();
    for stick in 1..=week.sticks {
        week.office_takes(&format!("stick-{stick}"));
    }
    assert_eq!(week.ledger(), ledger, "every stick once more changes nothing");
    each_packet_is_there_once_or_refused_by_name(&week, &ledger);
    the_revoked_and_the_cloned_are_named(&week, &ledger);
}

/// What the office says of a station.
fn standing(week: &Week, id: &str) -> Value {
    week.town.office(&format!("station show {id}")).unwrap().done().unwrap().remove(0)
}

fn refused(week: &Week, id: &str) -> BTreeMap<String, String> {
    let shown = standing(week, id);
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    shown["refused"].as_array().unwrap().iter().map(|row| (word(row, "item"), word(row, "word"))).collect()
}

fn each_packet_is_there_once_or_refused_by_name(week: &Week, ledger: &[Value]) {
    let named: BTreeSet<&str> = ledger.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let place = |row: &Value| (row["station"].to_string(), row["counter"].as_u64());
    let places: BTreeSet<_> = ledger.iter().map(place).collect();
    assert_eq!((named.len(), places.len()), (ledger.len(), ledger.len()), "each packet once");
    let why = ["chain_fork", "chain_link", "station_revoked"];
    for station in &week.stations {
        let refused = refused(week, Week::id(station));
        for packet in week.town.packets(station).unwrap() {
            let id = packet["packet"].as_str().unwrap();
            let word = refused.get(id).map(String::as_str);
            assert!(
                named.contains(id) || word.is_some_and(|word| why.contains(&word)),
                "{station} sealed {packet}, and the office says {word:?}"
            );
        }
    }
}

fn the_revoked_and_the_cloned_are_named(week: &Week, ledger: &[Value]) {
    let listed = week.town.office("station list").unwrap().done().unwrap();
    let of = |id: &str| listed.iter().find(|row| row["station"]["id"] == id).unwrap();
    assert_eq!(of(FIRST)["chain"]["is_forked"], true, "{listed:#?}");
    assert!(of(FIRST)["station"]["revoked_after"].is_null());
    let (revoked, last) = (of(REVOKED), of(REVOKED)["station"]["revoked_after"].as_u64().unwrap());
    assert_eq!(
        (&revoked["station"]["revoked_why"], &revoked["chain"]["is_forked"]),
        (&"hilang".into(), &false.into())
    );
    let is_late = |row: &&Value| row["station"] == REVOKED && row["counter"].as_u64().unwrap() > last;
    assert_eq!(ledger.iter().find(is_late), None, "what it sealed afterwards is not taken");
    assert!(refused(week, FIRST).values().any(|word| word == "chain_fork"));
    for word in ["revoked", "ledger:chain_fork", "ledger:station_revoked"] {
        assert!(week.words.contains(word), "{word} was said to nobody: {:?}", week.words);
    }
    let told: Vec<Value> =
        ["first", "clone"].iter().flat_map(|one| week.town.packets(one).unwrap()).collect();
    let is_told = |row: &Value| row["state"] == "Nacked" && row["reason"] == "ledger.chain_fork";
    assert!(told.iter().any(is_told), "people at the station learn of it: {told:#?}");
}

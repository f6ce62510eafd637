//! The mirror: follows a working station without a key, loses nothing, says what is wrong, and gives a station back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rekam_domain::packet::PacketState;
use rekam_store::{Mirror, MirrorError, MirrorProblem, Outbox, Store, TransportKey, restore};
use serde_json::{Value, json};

use crate::desk::{
    CANARY_NAME, CANARY_NIK, KEY, NOW_MS, folder, id, image, is_long, journal, key, step, used_store,
};
use crate::disk::Disk;
use crate::worker::{Worker, expect_all, read_ack};

pub(crate) fn transport() -> TransportKey {
    TransportKey::from_bytes(&KEY)
}

/// A station as it lies on the disk: both databases, settings, keys, and things that are nobody's business.
pub(crate) fn station(folder: &Path, steps: u64) -> (Store, Outbox) {
    let store = used_store(folder, steps);
    let outbox = Outbox::create(folder, &transport()).expect("created");
    fs::write(folder.join("station.toml"), "office = \"3671.09\"\n").expect("written");
    fs::create_dir_all(folder.join("keys")).expect("made");
    fs::write(folder.join("keys/op-1.account"), "sealed").expect("written");
    fs::write(folder.join("keys/ring.lock"), "").expect("written");
    fs::write(folder.join("keys/transport.secret"), "opens the outbox").expect("written");
    (store, outbox)
}

pub(crate) fn one_step(store: &Store, number: u64) {
    let bytes = image(number, 6_000);
    journal(store, &step(id(1), "finger", "3", &json!({ "n": number }), Some(&bytes))).expect("journaled");
}

pub(crate) fn queue(outbox: &Outbox, number: u64) {
    let packet = crate::outbox::packet(number);
    outbox.write(|writing| writing.insert_packet(&packet)).expect("queued");
}

/// Steps and packets of a station that is not open.
pub(crate) fn counts(folder: &Path) -> (usize, usize) {
    let store = Store::open(folder, &key()).expect("opens");
    store.verify().expect("every page is whole");
    store.verify_journal().expect("the journal is whole");
    store.verify_audit().expect("the audit is whole");
    let steps = store.read(|reading| reading.list_steps(id(1))).expect("readable").len();
    let packets = if Outbox::is_created(folder) {
        let outbox = Outbox::open(folder, &transport()).expect("opens");
        outbox.verify().expect("every page is whole");
        outbox.read(|reading| reading.list_packets(PacketState::Queued, 1000)).expect("listed").len()
    } else {
        0
    };
    (steps, packets)
}

/// Where the present copy of a database lies in a mirror, read from its own note.
pub(crate) fn replica(mirror: &Path, word: &str) -> PathBuf {
    let text = fs::read_to_string(mirror.join("mirror.state")).expect("there is a note");
    let (_, body) = text.split_once('\n').expect("two parts");
    let state: Value = serde_json::from_str(body).expect("JSON");
    let notes = state["replicas"].as_array().expect("a list");
    let note = notes.iter().find(|note| note["word"] == word).expect("noted");
    mirror.join(format!("{word}-{}", note["number"]))
}

/// Steps of a mirror as SQLite itself finds them: the files as they lie there, nothing of ours in between.
pub(crate) fn steps_by_sqlite(mirror: &Path) -> i64 {
    let copy = folder();
    for entry in fs::read_dir(replica(mirror, "station")).expect("listed") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, copy.path().join(path.file_name().expect("a name"))).expect("copied");
    }
    let connection = crate::desk::raw(copy.path(), "station.db");
    let sound: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(sound, "ok");
    connection.query_row("SELECT count(*) FROM step", [], |row| row.get(0)).expect("counted")
}

/// Every file below a folder with its bytes.
pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(inner) = waiting.pop() {
        for entry in fs::read_dir(&inner).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
                found.insert(name, fs::read(&path).expect("read"));
            }
        }
    }
    found
}

/// Catches up until nothing is behind.
pub(crate) fn settle(mirror: &mut Mirror, now_ms: i64) {
    for _ in 0..50 {
        let state = mirror.catch_up(now_ms).expect("the mirror follows");
        if state.behind_bytes == 0 {
            assert_eq!((state.problem, state.age_ms), (None, Some(0)));
            return;
        }
    }
    panic!("the mirror never catches up");
}

/// Compares a station that was given back with the closed original, byte for byte of what must be equal.
pub(crate) fn expect_same(original: &Path, given_back: &Path) {
    let (theirs, ours) = (files(original), files(given_back));
    for name in ["station.toml", "keys/op-1.account"] {
        assert_eq!(theirs.get(name), ours.get(name), "{name}");
    }
    for name in ["keys/transport.secret", "keys/ring.lock", "ballast", "station.lock", "restore.unfinished"] {
        assert!(!ours.contains_key(name), "{name} was copied");
    }
    for name in ["station.db", "outbox.db"] {
        let log = format!("{name}-wal");
        // An original that was opened since has begun its log again; then only what it holds can be compared.
        let Some(copied) = ours.get(&log).filter(|copied| theirs[&log][..32] == copied[..32]) else {
            continue;
        };
        assert!(theirs[&log].starts_with(copied), "{log}");
    }
    assert_eq!(counts(original), counts(given_back));
    assert_eq!(hashes(original), hashes(given_back));
}

/// Every step with its hash, and the heads of journal and audit.
fn hashes(folder: &Path) -> Vec<String> {
    let store = Store::open(folder, &key()).expect("opens");
    let steps = store.read(|reading| reading.list_steps(id(1))).expect("readable");
    let mut found: Vec<String> = steps.iter().map(|step| step.hash.hex()).collect();
    found.push(format!("{:?}", store.verify_journal().expect("whole").head));
    found.push(format!("{:?}", store.verify_audit().expect("whole").head));
    found
}

#[test]
fn follows_in_any_order_and_gives_the_station_back() {
    let rounds = if is_long() { 200 } else { 12_u64 };
    let mut missed = 0;
    for round in 1..=rounds {
        let (original, mirror, back) = (folder(), folder(), folder());
        let (mut store, outbox) = station(original.path(), 2);
        let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
        let (mut chance, mut steps, mut packets): (u64, u64, u64) =
            (round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, 2, 0);
        let mut at_success = (0, 0);
        for turn in 0..60 {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            match (chance >> 8) % 8 {
                0..3 => {
                    steps += 1;
                    one_step(&store, steps);
                }
                3 => store.checkpoint().expect("moved"),
                4 => {
                    packets += 1;
                    queue(&outbox, packets);
                }
                5 if chance & 1 == 0 => outbox.checkpoint().expect("moved"),
                6 if chance % 5 == 1 => {
                    drop(store);
                    store = Store::open(original.path(), &key()).expect("opens again");
                }
                6 if chance % 5 == 0 => {
                    drop(kept);
                    kept = Mirror::attach(original.path(), mirror.path()).expect("attached again");
                }
                _ => {
                    let state = kept.catch_up(NOW_MS + turn).expect("follows");
                    missed += usize::from(state.problem == Some(MirrorProblem::Missed));
                    if state.behind_bytes == 0 {
                        at_success = (steps, packets);
                        assert_eq!(steps_by_sqlite(mirror.path()), i64::try_from(steps).expect("small"));
                    }
                }
            }
        }
        settle(&mut kept, NOW_MS + 100);
        kept.verify().expect("whole");
        assert!(at_success <= (steps, packets));
        drop((kept, store, outbox));
        restore(mirror.path(), &back.path().join("new")).expect("given back");
        expect_same(original.path(), &back.path().join("new"));
    }
    println!("{rounds} days of 60 turns in random order followed; {missed} turns spent on a missed copy");
}

#[test]
fn follows_another_process_that_is_killed_and_goes_on() {
    let (original, mirror, back) = (folder(), folder(), folder());
    let mut acks = Vec::new();
    let mut kept = None;
    for _ in 0..4 {
        let mut worker = Worker::start(original.path(), 400, 6_000, &[]);
        while acks.len() % 41 != 40 {
            acks.extend(worker.line().as_deref().and_then(read_ack));
        }
        let mirroring =
            kept.get_or_insert_with(|| Mirror::attach(original.path(), mirror.path()).expect("attached"));
        for turn in 0..20 {
            mirroring.catch_up(NOW_MS + turn).expect("follows while the other one writes");
        }
        worker.child.kill().expect("killed");
        acks.extend(worker.rest().iter().filter_map(|line| read_ack(line)));
        acks.push(acks[0].clone());
    }
    acks.sort_by_key(|ack| ack.sequence);
    acks.dedup();
    let mut kept = kept.expect("attached");
    settle(&mut kept, NOW_MS);
    drop(kept);
    fs::remove_dir_all(original.path()).expect("destroyed");
    restore(mirror.path(), &back.path().join("new")).expect("given back");
    expect_all(&back.path().join("new"), &acks);
}

#[test]
fn needs_no_key_and_shows_nothing_readable() {
    let (original, mirror) = (folder(), folder());
    let (store, outbox) = station(original.path(), 6);
    store.checkpoint().expect("moved");
    one_step(&store, 7);
    drop((store, outbox));
    // Nobody has the station open, no key is anywhere in this call.
    settle(&mut Mirror::attach(original.path(), mirror.path()).expect("attached"), NOW_MS);
    assert_eq!(steps_by_sqlite(mirror.path()), 7);
    let found = files(mirror.path());
    assert!(found.values().map(Vec::len).sum::<usize>() > 200_000, "nothing was looked at");
    for (name, bytes) in found {
        for canary in [CANARY_NAME.as_bytes(), CANARY_NIK.as_bytes(), b"JFIF\x00", b"opens the outbox", &KEY]
        {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary), "{name}");
        }
    }
}

#[test]
fn makes_a_missed_copy_anew_beside_the_old_one() {
    let (original, mirror) = (folder(), folder());
    let (store, _outbox) = station(original.path(), 2);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    settle(&mut kept, NOW_MS);
    let first = replica(mirror.path(), "station");
    for number in 3..20 {
        one_step(&store, number);
        store.checkpoint().expect("moved");
    }
    settle(&mut kept, NOW_MS + 1);
    assert_ne!(first, replica(mirror.path(), "station"));
    assert!(!first.exists(), "the replaced copy is removed after the switch");
    assert_eq!(steps_by_sqlite(mirror.path()), 19);
}

#[test]
fn never_takes_an_overwritten_run_for_a_followed_one() {
    for (seen, missed, after) in [(0, 3, 3), (1, 3, 1), (1, 3, 9), (3, 1, 3), (3, 1, 9), (9, 2, 1)] {
        let (original, mirror, back) = (folder(), folder(), folder());
        let (store, outbox) = station(original.path(), 2);
        let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
        store.checkpoint().expect("moved");
        let mut number = 2;
        let mut steps = |count: u64| {
            for _ in 0..count {
                number += 1;
                one_step(&store, number);
            }
        };
        steps(seen);
        settle(&mut kept, NOW_MS);
        let first = replica(mirror.path(), "station");
        steps(missed);
        store.checkpoint().expect("moved");
        steps(after);
        settle(&mut kept, NOW_MS + 1);
        let is_anew = first != replica(mirror.path(), "station");
        assert_eq!(is_anew, after >= seen, "{seen} {missed} {after}");
        drop((kept, store, outbox));
        restore(mirror.path(), &back.path().join("new")).expect("given back");
        expect_same(original.path(), &back.path().join("new"));
    }
}

#[test]
fn lays_a_large_ground_in_several_steps_while_the_station_works() {
    let (original, mirror, back) = (folder(), folder(), folder());
    let (store, outbox) = station(original.path(), 2);
    for number in 0..150 {
        let bytes = image(number, 600_000);
        journal(&store, &step(id(1), "photo", "", &json!({}), Some(&bytes))).expect("journaled");
    }
    store.checkpoint().expect("moved");
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    let (mut turns, start) = (0, std::time::Instant::now());
    while kept.catch_up(NOW_MS).expect("follows").behind_bytes > 0 {
        turns += 1;
        one_step(&store, turns);
        // Wiping changes pages that are laid already, and pages that are not.
        let wiped = i64::try_from(turns * 20).expect("small");
        store.write(|writing| writing.wipe_image(wiped, "final", 0)).expect("wiped");
        if turns % 2 == 1 {
            store.checkpoint().expect("moved");
        }
    }
    println!("90 MB laid in {turns} turns and {:?}, the station working beside", start.elapsed());
    assert!(turns >= 2, "the step is bounded");
    settle(&mut kept, NOW_MS + 1);
    kept.verify().expect("whole");
    drop((kept, store, outbox));
    restore(mirror.path(), &back.path().join("new")).expect("given back");
    expect_same(original.path(), &back.path().join("new"));
}

#[test]
fn says_how_old_it_is_and_that_it_lies_on_the_same_disk() {
    let (original, mirror, disk) = (folder(), folder(), Disk::of("40m"));
    let (store, _outbox) = station(original.path(), 1);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    settle(&mut kept, NOW_MS);
    assert!(kept.catch_up(NOW_MS).expect("follows").is_same_disk);
    drop(kept);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached again");
    fs::remove_dir_all(replica(mirror.path(), "station")).expect("lost");
    one_step(&store, 2);
    let failed = kept.catch_up(NOW_MS + 5_000);
    assert!(failed.is_err() || failed.is_ok_and(|state| state.behind_bytes > 0));
    settle(&mut kept, NOW_MS + 5_000);
    let mut other = Mirror::attach(original.path(), &disk.0).expect("attached");
    assert!(!other.catch_up(NOW_MS).expect("follows").is_same_disk);
}

#[test]
fn leaves_what_the_original_lost_in_a_power_cut() {
    let (original, mirror, back) = (folder(), folder(), folder());
    let (store, outbox) = station(original.path(), 4);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    let before = store.log_waiting_bytes();
    one_step(&store, 5);
    settle(&mut kept, NOW_MS);
    drop((store, outbox));
    // The last transaction was in the mirror before it was on the disk of the original; then the power went.
    let log = fs::OpenOptions::new().write(true).open(original.path().join("station.db-wal")).expect("opens");
    log.set_len(32 + before).expect("cut");
    let store = Store::open(original.path(), &key()).expect("opens, and begins the log again");
    assert_eq!(store.read(|reading| reading.list_steps(id(1))).expect("readable").len(), 4);
    for number in 6..9 {
        one_step(&store, number);
        let state = kept.catch_up(NOW_MS + 1).expect("made anew");
        assert_eq!(state.behind_bytes, 0);
    }
    drop((store, kept));
    restore(mirror.path(), &back.path().join("new")).expect("given back");
    expect_same(original.path(), &back.path().join("new"));
    assert_eq!(counts(&back.path().join("new")).0, 7);
}

#[test]
fn shows_the_first_copy_as_missing_until_it_is_whole() {
    let (original, mirror, back) = (folder(), folder(), folder());
    let _store = used_store(original.path(), 2);
    let kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    drop(kept);
    let refused = restore(mirror.path(), &back.path().join("new"));
    assert!(matches!(refused, Err(MirrorError::Behind { .. })), "{refused:?}");
    let empty = folder();
    let mut kept = Mirror::attach(original.path(), empty.path()).expect("attached");
    let state = kept.catch_up(NOW_MS).expect("follows");
    assert!(state.problem.is_none() || state.problem == Some(MirrorProblem::First));
}

#[test]
fn costs_little_for_each_step() {
    let (original, mirror) = (folder(), folder());
    let (store, _outbox) = station(original.path(), 1);
    let mut kept = Mirror::attach(original.path(), mirror.path()).expect("attached");
    settle(&mut kept, NOW_MS);
    let mut times: Vec<(u128, u128)> = (0..60)
        .map(|number| {
            let bytes = image(number, 150_000);
            let start = std::time::Instant::now();
            journal(&store, &step(id(1), "photo", "", &json!({}), Some(&bytes))).expect("journaled");
            let journaled = start.elapsed().as_micros();
            let start = std::time::Instant::now();
            settle(&mut kept, NOW_MS + 1);
            (start.elapsed().as_micros(), journaled)
        })
        .collect();
    times.sort_unstable();
    let start = std::time::Instant::now();
    store.checkpoint().expect("moved");
    settle(&mut kept, NOW_MS + 2);
    let switch = start.elapsed().as_micros();
    let mut steps: Vec<u128> = times.iter().map(|(_, step)| *step).collect();
    steps.sort_unstable();
    println!(
        "catch_up after a step with 150 kB: median {} µs, worst {} µs (the step itself: median {} µs); \
         checkpoint and taking over a log of 9 MB: {switch} µs",
        times[30].0, times[59].0, steps[30]
    );
}

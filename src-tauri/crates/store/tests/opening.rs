//! Opening: every condition by its name, nothing overwritten.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::desk::{self, KEY, folder, id, journal, key, raw, step, used_store};
use rekam_store::{DatabaseKey, LOG_BYTES_MAX, Store, StoreError};
use serde_json::json;

fn flip(path: &Path, at: u64, count: usize) {
    let file = fs::OpenOptions::new().read(true).write(true).open(path).expect("the file opens");
    let mut bytes = vec![0; count];
    file.read_exact_at(&mut bytes, at).expect("the place is inside the file");
    bytes.iter_mut().for_each(|byte| *byte ^= 0x5a);
    file.write_all_at(&bytes, at).expect("the file is written");
}

#[test]
fn says_wrong_key_and_changes_nothing() {
    let folder = folder();
    drop(used_store(folder.path(), 3));
    let before = fs::read(folder.path().join("station.db")).expect("the file is there");
    let refused = Store::open(folder.path(), &DatabaseKey::from_bytes(&[9; 32]));
    assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
    assert!(before == fs::read(folder.path().join("station.db")).expect("the file is there"));
    let store = Store::open(folder.path(), &key()).expect("the right key still opens it");
    assert_eq!(store.read(|reading| reading.list_steps(id(1))).expect("the steps are there").len(), 3);
}

#[test]
fn names_a_newer_schema_and_another_database() {
    let folder = folder();
    drop(used_store(folder.path(), 1));
    raw(folder.path(), "station.db").execute_batch("PRAGMA user_version = 99").expect("the version is set");
    let refused = Store::open(folder.path(), &key());
    assert!(matches!(refused, Err(StoreError::NewerSchema { found: 99, known: 5 })), "{refused:?}");
    raw(folder.path(), "station.db").execute_batch("PRAGMA application_id = 7").expect("the id is set");
    let refused = Store::open(folder.path(), &key());
    assert!(matches!(refused, Err(StoreError::ForeignFile { .. })), "{refused:?}");
}

#[test]
fn tells_a_damaged_first_page_from_a_wrong_key_and_sets_it_aside() {
    let folder = folder();
    let store = used_store(folder.path(), 3);
    store.checkpoint().expect("the log is moved");
    drop(store);
    flip(&folder.path().join("station.db"), 40, 8);
    let before = fs::read(folder.path().join("station.db")).expect("the file is there");
    let refused = Store::open(folder.path(), &key());
    assert!(matches!(&refused, Err(StoreError::Damaged { what }) if what == "the first page"), "{refused:?}");
    assert!(matches!(Store::create(folder.path(), &key()), Err(StoreError::AlreadyCreated)));
    let first = Store::set_aside(folder.path(), desk::NOW_MS).expect("it is set aside");
    assert!(before == fs::read(first.join("station.db")).expect("it is kept as it was"));
    assert!(first.ends_with("set-aside-20261120T020000Z"), "{first:?}");
    drop(Store::create(folder.path(), &key()).expect("a new one takes its place"));
    let second = Store::set_aside(folder.path(), desk::NOW_MS).expect("the same second again");
    assert_ne!(first, second);
    assert!(first.join("station.db").exists() && second.join("station.db").exists());
}

#[test]
fn finds_a_damaged_page_in_the_middle() {
    let folder = folder();
    let store = used_store(folder.path(), 10);
    store.checkpoint().expect("the log is moved");
    assert!(store.verify().is_ok());
    drop(store);
    let length = fs::metadata(folder.path().join("station.db")).expect("the file is there").len();
    flip(&folder.path().join("station.db"), length - 4096 * 3 + 100, 1);
    let store = Store::open(folder.path(), &key()).expect("the first page is sound");
    let found = store.verify();
    assert!(matches!(found, Err(StoreError::Damaged { .. })), "{found:?}");
    let read = (1..=10).find_map(|sequence| store.read(|reading| reading.get_image(sequence)).err());
    assert!(matches!(read, Some(StoreError::Damaged { .. })), "{read:?}");
}

#[test]
fn finds_rot_in_the_log_before_it_swallows_later_steps() {
    let folder = folder();
    drop(used_store(folder.path(), 6));
    let log = folder.path().join("station.db-wal");
    // The middle of the log: whole transactions stand behind it.
    flip(&log, 32 + 4120 * 10 + 500, 1);
    let before = fs::read(&log).expect("the log is there");
    let refused = Store::open(folder.path(), &key());
    assert!(matches!(&refused, Err(StoreError::Damaged { what }) if what.contains("log")), "{refused:?}");
    assert!(before == fs::read(&log).expect("the log is kept"));
}

#[test]
fn takes_a_torn_end_of_the_log_for_what_it_is() {
    let folder = folder();
    let store = used_store(folder.path(), 4);
    let log = folder.path().join("station.db-wal");
    let (length, copy) = (store.log_waiting_bytes(), fs::read(&log).expect("the log is there"));
    drop(store);
    let end = usize::try_from(length).expect("short") + 32 - 2000;
    fs::write(&log, &copy[..end]).expect("the log is cut");
    let store = Store::open(folder.path(), &key()).expect("a power cut looks like this");
    assert_eq!(store.read(|reading| reading.list_steps(id(1))).expect("the steps are there").len(), 3);
    store.verify_journal().expect("the journal is whole");
}

#[test]
fn finds_a_flipped_byte_at_every_tried_place() {
    let folder = folder();
    let store = used_store(folder.path(), 6);
    store.checkpoint().expect("the log is moved");
    drop(store);
    fs::remove_file(folder.path().join("station.db-wal")).expect("everything is in the database");
    let path = folder.path().join("station.db");
    let length = fs::metadata(&path).expect("the file is there").len();
    let mut chance: u64 = 0xf1a9;
    for _ in 0..if desk::is_long() { 10_000 } else { 300 } {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let at = chance % length;
        flip(&path, at, 1);
        let found = Store::open(folder.path(), &key()).and_then(|store| store.verify());
        assert!(matches!(found, Err(StoreError::Damaged { .. })), "byte {at} of {length}: {found:?}");
        flip(&path, at, 1);
        fs::remove_file(folder.path().join("station.db-wal")).ok();
    }
    Store::open(folder.path(), &key()).and_then(|store| store.verify()).expect("as it was before");
}

#[test]
fn holds_the_log_at_its_limit_and_reopens_the_longest_in_time() {
    let folder = folder();
    let store = used_store(folder.path(), 0);
    let (bytes, body) = (crate::desk::image(5, 1_000_000), json!({}));
    let mut longest = 0;
    for _ in 0..140 {
        journal(&store, &step(id(1), "photo", "", &body, Some(&bytes))).expect("journaled");
        longest = longest.max(store.log_waiting_bytes());
    }
    assert!((60_000_000..=LOG_BYTES_MAX + 2_000_000).contains(&longest), "{longest}");
    store.checkpoint().expect("moved");
    while store.log_waiting_bytes() < LOG_BYTES_MAX - 1_200_000 {
        journal(&store, &step(id(1), "photo", "", &body, Some(&bytes))).expect("journaled");
    }
    drop(store);
    let (time, store) = (0..3)
        .map(|_| {
            let copy = tempfile::tempdir().expect("a folder");
            for name in ["station.db", "station.db-wal", "station.check"] {
                fs::copy(folder.path().join(name), copy.path().join(name)).expect("copied");
            }
            let start = std::time::Instant::now();
            let store = Store::open(copy.path(), &key()).expect("opens");
            (start.elapsed(), store)
        })
        .min_by_key(|(time, _)| *time)
        .expect("tried three times");
    println!("reopening with {longest} bytes of log: {time:?}");
    assert!(time < std::time::Duration::from_secs(2), "{time:?}");
    assert!(store.log_waiting_bytes() < 100_000, "opening empties the log");
}

#[test]
fn reads_beside_the_writer_from_other_threads() {
    let folder = folder();
    let store = used_store(folder.path(), 1);
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut last = 0;
            while !is_done.load(std::sync::atomic::Ordering::SeqCst) {
                let count = store.read(|reading| reading.list_steps(id(1))).expect("read").len();
                assert!(count >= last, "what was seen stays");
                last = count;
            }
        });
        for _ in 0..50 {
            journal(&store, &step(id(1), "photo", "", &json!({}), None)).expect("journaled");
        }
        store.checkpoint().expect("moved while someone reads");
        is_done.store(true, std::sync::atomic::Ordering::SeqCst);
        reader.join().expect("the reader saw nothing odd");
    });
}

#[test]
fn refuses_a_second_program() {
    let folder = folder();
    let store = used_store(folder.path(), 1);
    assert!(matches!(Store::open(folder.path(), &key()), Err(StoreError::AlreadyOpen)));
    assert!(matches!(Store::set_aside(folder.path(), 0), Err(StoreError::AlreadyOpen)));
    drop(store);
    Store::open(folder.path(), &key()).expect("it is free again");
}

#[test]
fn names_a_folder_that_is_missing_empty_or_vanishes() {
    let folder = folder();
    let missing = folder.path().join("gone");
    assert!(matches!(Store::open(&missing, &key()), Err(StoreError::FolderMissing { .. })));
    assert!(matches!(Store::open(folder.path(), &key()), Err(StoreError::NotCreated)));
    let inside = folder.path().join("station");
    fs::create_dir(&inside).expect("a folder");
    let store = used_store(&inside, 1);
    fs::rename(&inside, folder.path().join("moved")).expect("the folder is moved away");
    let body = json!({});
    let refused = journal(&store, &step(id(1), "photo", "", &body, None));
    assert!(matches!(refused, Err(StoreError::FolderMissing { .. })), "{refused:?}");
    let again = journal(&store, &step(id(1), "photo", "", &body, None));
    assert!(matches!(again, Err(StoreError::Poisoned)), "{again:?}");
}

#[test]
fn begins_an_interrupted_creation_anew() {
    let folder = folder();
    fs::write(folder.path().join("station.db.new"), b"half a database").expect("written");
    fs::write(folder.path().join("station.db"), b"").expect("written");
    assert!(!Store::is_created(folder.path()));
    assert!(matches!(Store::open(folder.path(), &key()), Err(StoreError::NotCreated)));
    drop(used_store(folder.path(), 1));
    assert!(Store::is_created(folder.path()));
}

#[test]
fn never_reads_the_log_of_a_database_that_was_set_aside() {
    let folder = folder();
    drop(used_store(folder.path(), 3));
    fs::remove_file(folder.path().join("station.db")).expect("only the log is left");
    let store = used_store(folder.path(), 1);
    assert_eq!(store.read(|reading| reading.list_steps(id(1))).expect("only the new step").len(), 1);
    assert!(folder.path().join("station.db-wal.left-1").exists());
}

#[test]
fn mends_a_lost_key_check() {
    let folder = folder();
    drop(used_store(folder.path(), 1));
    fs::write(folder.path().join("station.check"), b"scribble").expect("written");
    drop(Store::open(folder.path(), &key()).expect("the database itself is the proof"));
    let refused = Store::open(folder.path(), &DatabaseKey::from_bytes(&[9; 32]));
    assert!(matches!(refused, Err(StoreError::WrongKey)), "{refused:?}");
}

#[test]
fn copies_itself_while_in_use() {
    let (folder, second) = (folder(), folder());
    let store = used_store(folder.path(), 5);
    store.copy_to(second.path(), &key()).expect("the copy is written");
    journal(&store, &step(id(1), "photo", "", &json!({}), None)).expect("work goes on");
    store.copy_to(second.path(), &key()).expect("the copy is renewed");
    let copy = Store::open(second.path(), &key()).expect("the copy opens");
    let [ours, theirs] =
        [&store, &copy].map(|store| store.read(|reading| reading.list_steps(id(1))).expect("read"));
    assert_eq!(ours, theirs);
    copy.verify_journal().expect("hash by hash");
    let gone = second.path().join("unplugged");
    assert!(matches!(store.copy_to(&gone, &key()), Err(StoreError::FolderMissing { .. })));
}

#[test]
fn keeps_no_key_in_the_clear() {
    let folder = folder();
    drop(used_store(folder.path(), 1));
    for entry in fs::read_dir(folder.path()).expect("the folder is read") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("a file");
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY));
    }
}

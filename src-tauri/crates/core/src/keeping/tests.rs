use std::time::{Duration, Instant};

use rekam_domain::biodata::Biodata;
use rekam_domain::purpose::Purpose;

use super::*;
use crate::desk::Recorded;
use crate::knowledge::kind;
use crate::station::tests::{DAY_MS, demonstration, open, operator, request};
use crate::view::SignInRequest;

/// Longer than any turn takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn supervisor() -> SignInRequest {
    request("pengawas", "buku merah lemari besi")
}

fn wait(station: &Station, what: &str, is_so: impl Fn(&Standing) -> bool) {
    let begun = Instant::now();
    while !is_so(&station.copies()) {
        assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", station.copies());
        station.hurry_copies();
        std::thread::yield_now();
    }
}

fn audit_words(station: &Station) -> Vec<String> {
    let entries = station.store().unwrap().read(|reading| reading.list_audit(0, 10_000)).unwrap();
    entries.into_iter().map(|entry| entry.event).collect()
}

fn document(station: &mut Station, bytes: &[u8]) -> rekam_store::Uuid {
    let (case, _) = station.open_case(Purpose::New, &Biodata::default()).unwrap();
    let image = Some(("image/png", bytes));
    let page = Recorded { kind: kind::DOCUMENT, slot: "kk.1", body: &json!({}), image };
    station.record(case, page).unwrap();
    case
}

#[test]
fn an_idle_screen_locks_and_the_work_is_where_it_was() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let case = document(&mut station, b"page");
    let steps = station.list_steps(case).unwrap();
    clock.advance(IDLE_MS_MAX - 1);
    assert!(!station.rest().unwrap());
    station.active();
    clock.advance(IDLE_MS_MAX - 1);
    assert!(!station.rest().unwrap(), "somebody was there in between");
    clock.advance(1);
    assert!(station.rest().unwrap());
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
    assert!(!station.rest().unwrap(), "it is locked already");
    station.sign_in(operator()).unwrap();
    assert_eq!(station.list_steps(case).unwrap(), steps);
    assert!(audit_words(&station).contains(&"screen_locked".to_owned()));
}

#[test]
fn setting_the_clock_keeps_no_screen_open() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    clock.advance(IDLE_MS_MAX);
    clock.set(clock.at_wall() - DAY_MS);
    assert!(station.rest().unwrap());
}

#[test]
fn keeps_a_mirror_that_goes_on_while_the_screen_is_locked() {
    let (folder, clock) = demonstration();
    let disk = tempfile::tempdir().unwrap();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    assert_eq!(station.keep_mirror_in(Some(disk.path())).unwrap_err().code, Code::NotPermitted);
    station.sign_in(supervisor()).unwrap();
    assert_eq!(station.keep_mirror_in(Some(folder.path())).unwrap_err().code, Code::CopyForeign);
    station.keep_mirror_in(Some(disk.path())).unwrap();
    station.keep_copies();
    wait(&station, "the first mirror", |copies| copies.mirror.made_ms.is_some());
    station.lock(crate::trail::LockReason::Chosen);
    clock.advance(60_000);
    // Delivery goes on at night: what it writes reaches the mirror although nobody is signed in.
    let outbox = station.outbox().unwrap();
    outbox.write(|writing| writing.mark_cursor("status", "17", station.now())).unwrap();
    let now = station.now();
    wait(&station, "the mirror at night", |copies| copies.mirror.made_ms == Some(now));
    drop(station);
    let given_back = tempfile::tempdir().unwrap();
    crate::backup::restore(disk.path(), given_back.path()).unwrap();
    // The key of the outbox lies in no copy; the first who signs in brings it back.
    let mut again = open(&given_back, &clock);
    assert!(again.outbox().is_none());
    again.sign_in(operator()).unwrap();
    let cursor = again.outbox().unwrap().read(|reading| reading.get_cursor("status")).unwrap();
    assert_eq!(cursor.as_deref(), Some("17"));
}

#[test]
fn says_that_the_mirror_is_gone_and_goes_on_when_it_is_back() {
    let (folder, clock) = demonstration();
    let disk = tempfile::tempdir().unwrap();
    let place = disk.path().join("mirror");
    std::fs::create_dir(&place).unwrap();
    let mut station = open(&folder, &clock);
    station.sign_in(supervisor()).unwrap();
    station.keep_mirror_in(Some(&place)).unwrap();
    station.keep_copies();
    wait(&station, "the first mirror", |copies| copies.mirror.made_ms.is_some());
    std::fs::rename(&place, disk.path().join("pulled")).unwrap();
    wait(&station, "the loss", |copies| copies.mirror.problem == Some(Code::CopyDiskGone));
    assert_eq!(station.home().unwrap().copies.mirror.problem, Some(Code::CopyDiskGone));
    std::fs::rename(disk.path().join("pulled"), &place).unwrap();
    clock.advance(60_000);
    document(
        &mut {
            station.sign_in(operator()).unwrap();
            station
        },
        b"page after the loss",
    );
    let mut station = open(&folder, &clock);
    station.sign_in(supervisor()).unwrap();
    station.keep_copies();
    let now = station.now();
    wait(&station, "the return", |copies| copies.mirror.made_ms == Some(now));
    station.note(AuditEvent::AuditRead, json!({})).unwrap();
    let words = audit_words(&station);
    assert!(words.iter().any(|word| word == "mirror_lost"), "{words:?}");
    assert!(words.iter().filter(|word| *word == "mirror_joined").count() >= 1, "{words:?}");
    drop(station);
    rekam_store::mirror_verify(&place).unwrap();
}

#[test]
fn makes_a_backup_when_it_is_due_and_the_stick_is_there() {
    let (folder, clock) = demonstration();
    let stick = tempfile::tempdir().unwrap();
    let mut station = open(&folder, &clock);
    station.sign_in(supervisor()).unwrap();
    station.back_up_to(Some(stick.path()), 24).unwrap();
    station.keep_copies();
    wait(&station, "the first backup", |copies| copies.backup.made_ms.is_some());
    let count = || rekam_store::backup_list(stick.path()).unwrap().len();
    assert_eq!(count(), 1);
    clock.advance(23 * 3_600_000);
    station.hurry_copies();
    clock.advance(3_600_000);
    let now = station.now();
    wait(&station, "the next backup", |copies| copies.backup.made_ms == Some(now));
    assert_eq!(count(), 2);
    station.sign_in(supervisor()).unwrap();
    let words = audit_words(&station);
    assert_eq!(words.iter().filter(|word| *word == "backup_verified").count(), 2, "{words:?}");
    let age = station.home().unwrap().copies.backup.minutes_old;
    drop(station);
    // Its age is known after a restart, also with the stick in a drawer.
    let mut again = open(&folder, &clock);
    assert_eq!(again.sign_in(operator()).unwrap().copies.backup.minutes_old, age);
}

#[test]
fn puts_the_log_away_between_two_people_only() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let page: Vec<u8> = (0..2_000_000_u32).flat_map(u32::to_le_bytes).take(3_000_000).collect();
    for _ in 0..4 {
        document(&mut station, &page);
    }
    let waiting = station.store().unwrap().log_waiting_bytes();
    assert!(waiting >= LOG_BYTES_WISHED, "{waiting}");
    station.rest().unwrap();
    assert_eq!(
        station.store().unwrap().log_waiting_bytes(),
        waiting,
        "somebody is in the middle of a person"
    );
    clock.advance(QUIET_MS);
    station.rest().unwrap();
    assert!(station.store().unwrap().log_waiting_bytes() < LOG_BYTES_WISHED);
}

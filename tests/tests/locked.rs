//! A locked station: what has to go on does, and nobody who lacks its keys reads anything.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rekam_cli::day::{Detail, Plan, run};
use rekam_core::clock::{Clock, SetClock};
use rekam_core::demonstration;
use rekam_core::problem::Code;
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use rekam_store::{DatabaseKey, Outbox, Store, StoreError, TransportKey};
use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::canary::{canaries, files, readable};

const SEED: u64 = 5_000;
const PEOPLE: u32 = 3;
const MORNING_MS: i64 = 1_795_392_000_000;
const PATIENCE: Duration = Duration::from_secs(60);

fn sign_in(station: &mut Station, account: &str) {
    let shown = demonstration::accounts_shown();
    let known = shown.into_iter().find(|shown| shown.account == account).unwrap();
    station.sign_in(SignInRequest { account: known.account, secret: known.passphrase }).unwrap();
}

fn wait(station: &Station, what: &str, is_so: impl Fn(&Station) -> bool) {
    let begun = Instant::now();
    while !is_so(station) {
        assert!(begun.elapsed() < PATIENCE, "{what}: {:?}", station.copies_view());
        station.hurry_copies();
        std::thread::yield_now();
    }
}

fn expect_nothing_readable(folder: &Path) -> usize {
    let sought = canaries(SEED, u64::from(PEOPLE));
    let mut scanned = 0;
    for path in files(folder).unwrap() {
        let bytes = fs::read(&path).unwrap();
        scanned += bytes.len();
        let found = readable(&bytes, &sought);
        assert!(found.is_empty(), "{} tells {found:?}", path.display());
    }
    scanned
}

#[test]
fn outbox_mirror_and_backup_go_on_and_nothing_is_readable_without_a_secret() {
    let campaign = Campaign::begin("locked", "outbox, mirror and backup behind a locked screen").unwrap();
    let (folder, disk, stick) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let clock = SetClock::at(MORNING_MS);
    demonstration::set_up(folder.path(), &Clock::Set(clock.clone())).unwrap();
    let mut station = Station::open(folder.path(), Clock::Set(clock.clone())).unwrap();
    sign_in(&mut station, "pengawas");
    station.keep_mirror_in(Some(disk.path())).unwrap();
    station.back_up_to(Some(stick.path()), 24).unwrap();
    let plan = Plan { people: PEOPLE, seed: SEED, detail: Detail::Tiny };
    run(&mut station, &clock, plan, &mut |_| Ok(())).unwrap();

    // The day has ended with a locked screen; the night begins.
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
    clock.advance(25 * 3_600_000);
    let outbox = station.outbox().unwrap();
    let now = station.now();
    outbox.write(|writing| writing.mark_cursor("status", "night", now)).unwrap();
    wait(&station, "mirror and backup at night", |station| {
        let copies = station.copies_view();
        copies.mirror.minutes_old == Some(0) && copies.backup.minutes_old == Some(0)
    });
    let copy = rekam_store::backup_list(stick.path()).unwrap().pop().unwrap();
    rekam_store::backup_verify(&copy.folder).unwrap();

    // A program of the same user, without the transport key and without a secret, finds nothing anywhere.
    let scanned: usize =
        [folder.path(), disk.path(), stick.path()].into_iter().map(expect_nothing_readable).sum();
    assert!(scanned > 1_000_000, "only {scanned} bytes");

    // With the transport key it opens the outbox, and finds nobody in it; the database stays shut.
    drop(outbox);
    drop(station);
    rekam_store::mirror_verify(disk.path()).unwrap();
    let key = rekam_keys::TransportKey::read(&folder.path().join("keys")).unwrap().unwrap();
    let outbox = Outbox::open(folder.path(), &TransportKey::from_bytes(key.bytes())).unwrap();
    assert_eq!(outbox.read(|reading| reading.get_cursor("status")).unwrap().as_deref(), Some("night"));
    let refused = Store::open(folder.path(), &DatabaseKey::from_bytes(key.bytes())).unwrap_err();
    assert!(matches!(refused, StoreError::WrongKey), "{refused}");
    let told = format!("{scanned} bytes searched");
    campaign.end(&Row { count: 1, of: "nights", lost: 0, told }).unwrap();
}

//! The disk fills up in the middle of a day: announced by its name, nothing lost, purging and delivery still work with
//! the room of the ballast, and the day goes on once there is room again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rekam_cli::day::{Detail, Plan, run};
use rekam_core::clock::{Clock, SetClock};
use rekam_core::demonstration;
use rekam_core::disk::{Room, SetRoom};
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use rekam_domain::packet::{PacketEvent, PacketState};
use rekam_keys::{Cost, KeyRing, Secret, TransportKey};
use rekam_store::outbox::SealedPacketRow;
use rekam_store::{CaseFilter, DatabaseKey, Hash, Outbox, Store, StoreError, id_of, release_ballast};
use rekam_sync::{Change, Part, PartSnapshot};
use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::power_cut::Mounted;
use rekam_tests::program::{built, rekam};
use rekam_tests::promise::{acknowledged, expect_nobody_half, expect_whole, kept, lost, problem_of};
use rustix::fs::{FallocateFlags, fallocate, statvfs};

const MORNING_MS: i64 = 1_795_392_000_000;
/// Sparse, and above the floor of one gigabyte until it is filled.
const DISK_BYTES: u64 = 1_600_000_000;
/// So many steps into the running day the disk fills: somebody sits at the camera.
const STEPS_BEFORE: usize = 20;

#[test]
fn nobody_new_is_recorded_below_a_gigabyte_and_who_is_open_is_finished() {
    let campaign =
        Campaign::begin("disk nearly full", "free room read as 999 MB from the first photo on").unwrap();
    let clock = SetClock::at(MORNING_MS);
    demonstration::set_up(campaign.folder(), &Clock::Set(clock.clone())).unwrap();
    let mut station = Station::open(campaign.folder(), Clock::Set(clock.clone())).unwrap();
    let room = SetRoom::of_mb(1_000);
    station.set_room(Room::Set(room.clone()));
    let plan = Plan { people: 6, seed: 2, detail: Detail::Tiny };
    let mut steps = Vec::new();
    let ended = run(&mut station, &clock, plan, &mut |step| {
        if step.step.starts_with("photo@") {
            room.set_mb(999);
        }
        steps.push((step.case.clone(), step.step.clone()));
        Ok(())
    });
    assert_eq!(ended.unwrap_err().downcast::<Problem>().unwrap().code, Code::DiskNearlyFull);
    let cases_with = |begin: &str| -> Vec<&str> {
        steps.iter().filter(|(_, step)| step.starts_with(begin)).map(|(case, _)| case.as_str()).collect()
    };
    let photographed = cases_with("photo@");
    assert_eq!(photographed.len(), 1, "somebody new was recorded");
    assert_eq!(cases_with("event.recording.seal@"), photographed, "who was open was not finished");
    room.set_mb(1_000);
    let rest = run(&mut station, &clock, Plan { people: 0, ..plan }, &mut |_| Ok(())).unwrap();
    assert!(rest.recorded >= 1, "{rest:?}");
    let told = "the open recording sealed, the next person refused, served when there is room".to_owned();
    campaign.end(&Row { count: 1, of: "day", lost: 0, told }).unwrap();
}

fn day(data: &Path, ack: &Path, people: &str) -> Command {
    let mut day = Command::new(built("rekam").unwrap());
    day.args(["day", "--seed", "12", "--json", "--people", people, "--data"]).arg(data).arg("--ack").arg(ack);
    day
}

/// Takes every block that is left.
fn fill(disk: &Path) -> File {
    let filler = File::create(disk.join("filler")).unwrap();
    let mut at = 0;
    let room = statvfs(disk).unwrap();
    let mut size = room.f_bavail * room.f_frsize;
    while size >= 4096 {
        if fallocate(&filler, FallocateFlags::empty(), at, size).is_ok() {
            at += size;
        } else {
            size /= 2;
        }
    }
    filler
}

fn complaint(answer: &Output) -> String {
    String::from_utf8_lossy(&answer.stderr).into_owned()
}

/// What delivery does: a packet is queued, and later it is received.
fn deliver(outbox: &Outbox, number: u64) -> Result<(), StoreError> {
    let last = outbox.read(|reading| reading.get_packet_chain())?.counter;
    let id = id_of(number, &[5; 10]);
    let packet = SealedPacketRow {
        id,
        counter: last + 1,
        manifest_hash: Hash::of(&number.to_le_bytes()),
        path: format!("packet/{id}"),
        hash: Hash::of(b"sealed"),
        size: 2_000_000,
        blob_count: 18,
        parts: [Part::Facts, Part::Images, Part::Documents].map(|part| PartSnapshot {
            part,
            length: 1_000,
            is_done: false,
        }),
        is_urgent: false,
        is_approval_pending: false,
        state: PacketState::Queued,
        reason: String::new(),
        attempts: 0,
        sealed_ms: MORNING_MS,
        delivered_ms: None,
        changed_ms: MORNING_MS,
        change: 0,
    };
    outbox.write(|writing| writing.insert_packet(&packet))?;
    let received = Change::State {
        item: id,
        event: PacketEvent::Acknowledge,
        state: PacketState::Acked,
        reason: String::new(),
        consequences: Vec::new(),
    };
    outbox.write(|writing| writing.apply(&[received], MORNING_MS))
}

fn database_key(data: &Path) -> DatabaseKey {
    let mut ring = KeyRing::open(&data.join("keys"), Cost::STATION).unwrap();
    let officers = demonstration::accounts_shown();
    let operator = officers.iter().find(|shown| shown.account == "operator").unwrap();
    let secret = Secret::new(operator.passphrase.clone());
    let unlocked = ring.unlock(&operator.account.parse().unwrap(), &secret, MORNING_MS).unwrap();
    DatabaseKey::from_bytes(unlocked.opened().database_key())
}

/// What purging does with people whose packets have arrived; answers how many images it wiped.
fn purge(data: &Path) -> Result<u64, StoreError> {
    let store = Store::open(data, &database_key(data))?;
    let cases = store.read(|reading| reading.list_cases(&CaseFilter::default(), 0, u32::MAX))?;
    let mut wiped = 0;
    for case in cases.into_iter().filter(|case| case.recording_state == "Recorded") {
        let steps = store.read(|reading| reading.list_steps(case.id))?;
        store.write(|writing| {
            for step in steps.iter().filter(|step| step.image_hash.is_some()) {
                writing.wipe_image(step.sequence, "received and final", MORNING_MS)?;
                wiped += 1;
            }
            Ok(())
        })?;
    }
    store.checkpoint()?;
    Ok(wiped)
}

#[test]
fn keeps_every_step_purges_and_delivers_when_the_disk_fills() {
    assert!(rustix::process::geteuid().is_root(), "only root can mount: run the full disk as root");
    let campaign =
        Campaign::begin("full disk", "a small disk filled to the last block in the middle of a person")
            .unwrap();
    let image = campaign.folder().join("image");
    File::create(&image).unwrap().set_len(DISK_BYTES).unwrap();
    let made = Command::new("mkfs.ext4").args(["-q", "-m", "0"]).arg(&image).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfs.ext4 is missing: install the package e2fsprogs");
    let disk = Mounted::mount(&image, "loop", &campaign.folder().join("disk")).unwrap();
    let (data, ack) = (disk.place().join("station"), campaign.folder().join("ack"));
    let first = day(&data, &ack, "1").output().unwrap();
    assert!(first.status.success(), "{}", complaint(&first));
    let transport = TransportKey::read(&data.join("keys")).unwrap().unwrap();
    let transport = rekam_store::TransportKey::from_bytes(transport.bytes());
    deliver(&Outbox::open(&data, &transport).unwrap(), 1).unwrap();

    let before = acknowledged(&ack).len();
    let mut running = day(&data, &ack, "9").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while acknowledged(&ack).len() < before + STEPS_BEFORE {
        assert!(running.try_wait().unwrap().is_none(), "the day ended before the disk was full");
        std::thread::yield_now();
    }
    drop(fill(disk.place()));
    let ended = running.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{}", complaint(&ended));
    assert_eq!(problem_of(&complaint(&ended)), Some(Code::DiskFull), "{}", complaint(&ended));

    // Whether the station still opens depends on the last kilobytes; if not, it says why.
    let listed = rekam(&["case", "list", "--steps", "--json", "--data", data.to_str().unwrap()]).unwrap();
    let is_readable = listed.status.success();
    assert!(is_readable || problem_of(&complaint(&listed)) == Some(Code::DiskFull), "{}", complaint(&listed));

    assert!(release_ballast(&data).unwrap(), "there was a ballast");
    let promised = acknowledged(&ack);
    assert_eq!(lost(&promised, &kept(&data).unwrap()), []);
    expect_whole(&data).unwrap();
    let outbox = Outbox::open(&data, &transport).unwrap();
    deliver(&outbox, 2).expect("delivery on a full disk");
    drop(outbox);
    let wiped = purge(&data).expect("purging on a full disk");
    assert!(wiped > 10, "only {wiped} images were wiped");
    let refused = day(&data, &ack, "1").output().unwrap();
    assert_eq!(problem_of(&complaint(&refused)), Some(Code::DiskNearlyFull), "{}", complaint(&refused));

    fs::remove_file(disk.place().join("filler")).unwrap();
    assert!(rekam_store::restore_ballast(&data).unwrap(), "there is room for the ballast again");
    let rest = day(&data, &ack, "1").output().unwrap();
    assert!(rest.status.success(), "{}", complaint(&rest));
    let people = expect_nobody_half(&data).unwrap();
    assert_eq!(lost(&acknowledged(&ack), &kept(&data).unwrap()), []);
    expect_whole(&data).unwrap();
    let told = format!(
        "{people} people, {wiped} images purged and a packet delivered on the full disk; opens without the \
         ballast: {is_readable}"
    );
    println!("{told}");
    drop(disk);
    campaign.end(&Row { count: promised.len() as u64, of: "promises", lost: 0, told }).unwrap();
}

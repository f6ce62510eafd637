//! The disk says no: full, read-only, a failing write, a failing sync.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use rekam_store::{Store, StoreError, has_ballast, release_ballast};
use serde_json::json;

use crate::desk::{folder, id, image, is_long, journal, key, step, used_store};
use crate::worker::{Ack, Worker, expect_all, read_ack};

/// A small disk of its own, gone with the value.
pub(crate) struct Disk(
    pub(crate) PathBuf,
    #[expect(dead_code, reason = "keeps the folder it is mounted on")] tempfile::TempDir,
);

impl Disk {
    pub(crate) fn of(size: &str) -> Self {
        let folder = folder();
        let path = folder.path().to_owned();
        mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], &path);
        Self(path, folder)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

pub(crate) fn mount(words: &[&str], path: &Path) {
    let done = Command::new("mount").args(words).arg(path).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "this test mounts a small disk of its own: run it as root"
    );
}

/// Fills the disk to the last byte.
pub(crate) fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = fs::File::create(&path).expect("created");
    let mut size = 1024 * 1024;
    while size > 0 {
        if file.write_all(&vec![7; size]).is_err() {
            size /= 2;
        }
    }
    path
}

fn shim() -> (tempfile::TempDir, String) {
    let folder = folder();
    let library = folder.path().join("shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shim.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    assert!(built.is_ok_and(|status| status.success()), "this test needs a C compiler named cc");
    let library = library.to_string_lossy().into_owned();
    (folder, library)
}

#[test]
fn keeps_every_acknowledged_step_when_the_disk_fills_and_goes_on_after() {
    let disk = Disk::of("8m");
    let store = used_store(&disk.0, 2);
    let filler = disk.0.join("filler");
    fs::write(&filler, vec![1; 3_000_000]).expect("there is room");
    let (bytes, body) = (image(3, 150_000), json!({}));
    let mut kept = 2;
    let refused = loop {
        match journal(&store, &step(id(1), "photo", "", &body, Some(&bytes))) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused:?}");
    assert!(kept > 5);
    let again = journal(&store, &step(id(1), "photo", "", &body, Some(&bytes)));
    assert!(matches!(again, Err(StoreError::DiskFull { .. })), "{again:?}");
    assert!(!store.is_poisoned());
    let read = || store.read(|reading| reading.list_steps(id(1))).expect("reading goes on").len();
    assert_eq!(read(), kept);
    fs::remove_file(&filler).expect("room is made");
    journal(&store, &step(id(1), "photo", "", &body, Some(&bytes))).expect("work goes on");
    assert_eq!(read(), kept + 1);
    drop(store);
    let store = Store::open(&disk.0, &key()).expect("opens again");
    store.verify_journal().expect("whole");
    assert_eq!(store.read(|reading| reading.list_steps(id(1))).expect("read").len(), kept + 1);
}

#[test]
fn purges_on_a_full_disk_with_the_ballast() {
    let disk = Disk::of("100m");
    let store = used_store(&disk.0, 40);
    assert!(has_ballast(&disk.0), "made with the store");
    store.checkpoint().expect("moved");
    drop(store);
    let filler = fill(&disk.0);
    // With not one byte left even opening may be refused, but it says why.
    match Store::open(&disk.0, &key()) {
        Ok(store) => {
            let bytes = image(1, 8_000_000);
            let refused = journal(&store, &step(id(1), "photo", "", &json!({}), Some(&bytes)));
            assert!(matches!(refused, Err(StoreError::DiskFull { .. })), "{refused:?}");
        }
        Err(refused) => assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused:?}"),
    }
    assert!(release_ballast(&disk.0).expect("given up"));
    let store = Store::open(&disk.0, &key()).expect("opens with the room of the ballast");
    store
        .write(|writing| {
            (1..=40).try_for_each(|sequence| writing.wipe_image(sequence, "received and final", 0))
        })
        .expect("purging works");
    store.checkpoint().expect("moved");
    assert!(!store.restore_ballast().expect("asked"), "there is no room for it yet");
    fs::remove_file(filler).expect("room is made");
    assert!(store.restore_ballast().expect("taken again"));
    store.verify_journal().expect("whole");
}

#[test]
fn names_a_disk_that_cannot_be_written() {
    let disk = Disk::of("8m");
    drop(used_store(&disk.0, 2));
    mount(&["-o", "remount,ro"], &disk.0);
    let refused = Store::open(&disk.0, &key());
    assert!(matches!(refused, Err(StoreError::DiskReadOnly { .. })), "{refused:?}");
    let refused = Store::create(&disk.0, &key());
    assert!(matches!(refused, Err(StoreError::DiskReadOnly { .. })), "{refused:?}");
    mount(&["-o", "remount,rw"], &disk.0);
    Store::open(&disk.0, &key()).expect("nothing was changed");
}

#[test]
fn syncs_once_for_each_step() {
    let (folder, (_kept, shim)) = (folder(), shim());
    let log = folder.path().join("syncs");
    let environment = [("LD_PRELOAD", shim.as_str()), ("REKAM_SHIM_SYNCS", log.to_str().expect("text"))];
    let lines = Worker::start(folder.path(), 60, 150_000, &environment).rest();
    let acks: Vec<Ack> = lines.iter().filter_map(|line| read_ack(line)).collect();
    assert_eq!(acks.len(), 60, "{lines:?}");
    // Also the first steps after opening and after each checkpoint.
    let counts: Vec<u64> = acks.iter().map(|ack| ack.syncs).collect();
    assert!(counts.iter().all(|count| *count == 1), "{counts:?}");
    expect_all(folder.path(), &acks);
}

/// Lets the n-th call of a kind fail, for every n (or every few), until the work ends without a failure.
fn fail_each(call: &str, errno: i32, stride: usize, expected: &[&str], is_poison: bool) {
    const STEPS: u64 = 9;
    let (template, (_kept, shim)) = (folder(), shim());
    let before = Worker::start(template.path(), 5, 6_000, &[]).rest();
    let before: Vec<Ack> = before.iter().filter_map(|line| read_ack(line)).collect();
    assert_eq!(before.len(), 5);
    let (mut failures, mut named) = (0, 0);
    let stride = if is_long() { 1 } else { stride };
    for at in (1..).step_by(stride) {
        let folder = folder();
        for entry in fs::read_dir(template.path()).expect("listed") {
            let path = entry.expect("an entry").path();
            if path.file_name().is_some_and(|name| name != "ballast") {
                fs::copy(&path, folder.path().join(path.file_name().expect("a file"))).expect("copied");
            }
        }
        let failed = folder.path().join("failed");
        let (at, errno) = (at.to_string(), errno.to_string());
        let environment = [
            ("LD_PRELOAD", shim.as_str()),
            ("REKAM_SHIM_CALL", call),
            ("REKAM_SHIM_AT", at.as_str()),
            ("REKAM_SHIM_ERRNO", errno.as_str()),
            ("REKAM_SHIM_FAILED", failed.to_str().expect("text")),
        ];
        let lines = Worker::start(folder.path(), STEPS, 6_000, &environment).rest();
        let mut acks = before.clone();
        acks.extend(lines.iter().filter_map(|line| read_ack(line)));
        let errors: Vec<&str> =
            lines.iter().filter_map(|line| line.strip_prefix("error ")).map(str::trim_end).collect();
        for error in &errors {
            assert!(expected.contains(error), "{call} {at}: {error}");
        }
        let is_open = lines.iter().any(|line| line.starts_with("open"));
        if is_poison && is_open && !errors.is_empty() {
            assert!(lines.iter().any(|line| line.starts_with("again Poisoned")), "{call} {at}: {lines:?}");
        }
        expect_all(folder.path(), &acks);
        if !failed.exists() {
            assert_eq!(acks.len(), before.len() + usize::try_from(STEPS).expect("small"), "{lines:?}");
            break;
        }
        failures += 1;
        named += errors.len();
    }
    println!("{call} with error {errno}: {failures} places, {named} named, no acknowledged step lost");
    assert!(failures > 10, "only {failures} failures were made");
}

#[test]
fn survives_a_failing_sync_at_every_call() {
    fail_each("sync", 5, 1, &["WriteFailed"], true);
}

#[test]
fn survives_a_failing_write_at_every_seventh_call() {
    fail_each("write", 5, 7, &["WriteFailed"], true);
}

#[test]
fn survives_a_write_that_finds_the_disk_full_at_every_seventh_call() {
    fail_each("write", 28, 7, &["DiskFull", "WriteFailed"], false);
}

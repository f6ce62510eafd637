//! What a thief finds: nothing of a person in any file, no key in memory after the store is closed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};

use rekam_store::{DatabaseKey, Store};
use serde_json::json;

use crate::desk::{CANARY_NAME, CANARY_NIK, folder, id, journal, step, used_store};

fn holds(bytes: &[u8], canary: &[u8]) -> bool {
    bytes.windows(canary.len()).any(|window| window == canary)
}

#[test]
fn no_file_shows_a_name_a_nik_or_an_image() {
    let folder = folder();
    let store = used_store(folder.path(), 8);
    let files = |when: &str| {
        let mut seen = 0;
        for entry in fs::read_dir(folder.path()).expect("listed") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("read");
            seen += bytes.len();
            let canaries =
                [CANARY_NAME.as_bytes(), CANARY_NIK.as_bytes(), b"\xff\xd8\xff\xe0\x00\x10JFIF", b"KENARI"];
            for canary in canaries {
                assert!(!holds(&bytes, canary), "{when}: {}", path.display());
            }
        }
        assert!(seen > 300_000, "{when}: nothing was looked at");
    };
    files("while the log holds everything");
    store.checkpoint().expect("moved");
    files("after a checkpoint");
    drop(store);
    files("closed");
}

/// The process whose memory is looked at; does nothing unless it was started for that.
#[test]
fn station_that_is_locked_later() {
    let Ok(folder) = std::env::var("REKAM_STORE_LEAK_FOLDER") else { return };
    let mut bytes = zeroize::Zeroizing::new(vec![0; 32]);
    // Not through the buffer of the standard input, which keeps what has passed.
    fs::File::open("/dev/stdin")
        .and_then(|mut input| input.read_exact(&mut bytes))
        .expect("the key comes in");
    let key = DatabaseKey::from_bytes(bytes.as_slice().try_into().expect("32 bytes"));
    drop(bytes);
    let store = Store::create(std::path::Path::new(&folder), &key).expect("created");
    store.write(|writing| writing.insert_case(&crate::desk::person(1))).expect("a case");
    journal(&store, &step(id(1), "photo", "", &json!({}), None)).expect("a step");
    println!("open");
    let mut line = String::new();
    BufReader::new(std::io::stdin()).read_line(&mut line).expect("told to lock");
    drop(store);
    drop(key);
    println!("locked");
    // Held until the one who looks has looked.
    BufReader::new(std::io::stdin()).read_line(&mut line).expect("told to end");
}

fn memory_of(process: u32) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("the maps are readable");
    let mut memory =
        fs::File::open(format!("/proc/{process}/mem")).expect("looking at memory needs the same user");
    let mut all = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').expect("a range");
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).expect("hexadecimal"));
        let mut part = vec![0; usize::try_from(end - start).expect("fits")];
        if memory.seek(SeekFrom::Start(start)).is_ok() && memory.read_exact(&mut part).is_ok() {
            all.append(&mut part);
        }
    }
    all
}

#[test]
fn memory_holds_no_key_after_the_store_is_closed() {
    let folder = folder();
    // Not a constant of this program: its own image would hold it.
    let key: Vec<u8> = (0..32_u8).map(|place| place.wrapping_mul(37) ^ 0xa5).collect();
    let digits: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "leak::station_that_is_locked_later", "--nocapture", "--test-threads=1"])
        .env("REKAM_STORE_LEAK_FOLDER", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let mut input = child.stdin.take().expect("piped");
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut wait_for = |word: &str| {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(output.read_line(&mut line).expect("readable"), 0, "ended before it said {word}");
        }
    };
    input.write_all(&key).expect("sent");
    wait_for("open");
    let open = memory_of(child.id());
    assert!(holds(&open, &key), "while open the key must be somewhere, or this test is blind");
    input.write_all(b"\n").expect("sent");
    wait_for("locked");
    let locked = memory_of(child.id());
    let found: Vec<&str> = [
        ("the key", key.as_slice()),
        ("its digits", digits.as_bytes()),
        ("its digits in capitals", digits.to_uppercase().as_bytes()),
    ]
    .into_iter()
    .filter(|(_, canary)| holds(&locked, canary))
    .map(|(what, _)| what)
    .collect();
    input.write_all(b"\n").expect("sent");
    child.wait().expect("ended");
    assert!(found.is_empty(), "still in memory: {found:?}");
}

//! A verifier, opener and receipt checker in Python, written from `FORMAT.md` alone, judges every vector.
//! Its verdicts and ours must be the same, word by word.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::collections::BTreeSet;
use std::process::Command;

use rekam_tests::program::{rekam, root, target_folder};
use serde_json::Value;

fn judge() -> Command {
    let mut judge = Command::new(target_folder().unwrap().join("peers/python/bin/python"));
    judge.arg(root().join("tests/peers/packet_judge.py"));
    judge
}

/// The fields of an entry that are a verdict.
fn verdict(entry: &Value) -> Vec<String> {
    ["file", "kind", "depth", "word"]
        .iter()
        .filter_map(|key| entry.get(key)?.as_str().map(|value| format!("{key}={value}")))
        .collect()
}

#[test]
fn a_reader_written_from_the_page_alone_agrees_on_every_vector() {
    let folder = root().join("fixtures/packets/v1");
    let answer = judge().arg(&folder).output().expect("the judge starts; run tests/peers/prepare.sh");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let expected = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let both = ["packets", "notices"].map(|list| expected[list].as_array().unwrap().clone());
    let wanted: Vec<_> = both.iter().flatten().map(verdict).collect();
    let given: Vec<_> = String::from_utf8_lossy(&answer.stdout)
        .lines()
        .map(|line| verdict(&serde_json::from_str(line).unwrap()))
        .collect();
    let words: BTreeSet<_> = wanted.iter().filter_map(|entry| entry.last()).collect();
    println!("{} verdicts of {} kinds agree", given.len(), words.len());
    assert_eq!(given, wanted);
    assert!(given.len() > 150);
}

/// The parts of a packet are age files like any other: the `age` program itself opens them.
#[test]
fn the_age_program_opens_every_part() {
    let folder = root().join("fixtures/packets/v1");
    let file = folder.join("accept-ordinary.rekam");
    let told = rekam(&["packet", "show", file.to_str().unwrap(), "--json"]).unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let blobs = told["manifest"]["blobs"].as_array().unwrap();
    let lengths: Vec<usize> = blobs.iter().map(|blob| blob["length"].as_u64().unwrap() as usize).collect();
    let bytes = std::fs::read(&file).unwrap();
    let work = tempfile::tempdir().unwrap();
    let (mut at, part) = (bytes.len() - lengths.iter().sum::<usize>(), work.path().join("part"));
    for (number, length) in lengths.iter().enumerate() {
        std::fs::write(&part, &bytes[at..at + length]).unwrap();
        let opened = Command::new("age")
            .args(["-d", "-i"])
            .args([&folder.join("escrow.key"), &part])
            .output()
            .expect("age starts; packaging/apt-packages-test.txt names it");
        assert!(opened.status.success(), "{number}: {}", String::from_utf8_lossy(&opened.stderr));
        assert!(!opened.stdout.is_empty());
        at += length;
    }
    assert_eq!(at, bytes.len());
}

//! A stolen laptop: nothing about a person can be read from the files of a used station.
//!
//! The people of a simulated day are known by their seeds, so that every name and number can be looked for.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::fs;
use std::path::{Path, PathBuf};

use rekam_driver_sim::{Situation, SyntheticPerson};
use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::program::rekam;

const SEED: u64 = 4_000;
const PEOPLE: u64 = 4;

/// The beginnings of pictures and databases in clear; long enough that chance does not make them.
const HEADS: [(&str, &[u8]); 4] = [
    ("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
    ("PNG", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"),
    ("SQLite", b"SQLite format 3\x00"),
    ("age key", b"AGE-SECRET-KEY-"),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found
}

/// What of `sought` stands in a file, in UTF-8 or as a text editor of another system would write it.
fn readable(bytes: &[u8], sought: &[(String, Vec<u8>)]) -> Vec<String> {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    sought.iter().filter(|(_, needle)| has(needle)).map(|(name, _)| name.clone()).collect()
}

fn canaries() -> Vec<(String, Vec<u8>)> {
    let day = jiff::civil::date(2026, 11, 23);
    let mut sought: Vec<(String, Vec<u8>)> =
        HEADS.iter().map(|(name, head)| ((*name).to_owned(), head.to_vec())).collect();
    for seed in SEED..SEED + PEOPLE {
        let person = SyntheticPerson::in_situation(seed, day, Situation::draw(seed));
        let texts = [
            Some(person.full_name.clone()),
            person.nik.clone(),
            Some(person.kk_number.clone()),
            Some(person.mother_name),
        ];
        for text in texts.into_iter().flatten() {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            sought.push((format!("{text} (UTF-16)"), wide));
            sought.push((text.clone(), text.into_bytes()));
        }
    }
    sought
}

#[test]
fn no_file_of_a_used_station_tells_anything_about_a_person() {
    let campaign = Campaign::begin("stolen", "every file of a used station searched").unwrap();
    let data = campaign.folder().join("station");
    let (seed, people) = (SEED.to_string(), PEOPLE.to_string());
    let day = ["day", "--data", data.to_str().unwrap(), "--people", &people, "--seed", &seed];
    let answer = rekam(&day).unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));

    let sought = canaries();
    let mut scanned = 0;
    for path in files(&data) {
        let bytes = fs::read(&path).unwrap();
        scanned += bytes.len();
        let found = readable(&bytes, &sought);
        assert!(found.is_empty(), "{} tells {found:?}", path.display());
        let name = path.to_string_lossy().into_owned();
        assert!(readable(name.as_bytes(), &sought).is_empty(), "a file name tells something: {name}");
    }
    let told = format!("{} files, {scanned} bytes", files(&data).len());
    assert!(scanned > 1_000_000, "only {scanned} bytes: the day left nothing to scan");
    // What the commands print in their summaries tells nothing either.
    let printed = [answer.stdout, answer.stderr].concat();
    assert!(readable(&printed, &sought).is_empty());
    campaign.end(&Row { count: sought.len() as u64, of: "canaries", lost: 0, told }).unwrap();
}

#[test]
fn the_scan_finds_what_is_there() {
    let sought = canaries();
    let (name, needle) = sought.last().unwrap();
    let mut bytes = vec![7; 1000];
    bytes.extend_from_slice(needle);
    bytes.extend_from_slice(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00");
    assert_eq!(readable(&bytes, &sought), ["JPEG".to_owned(), name.clone()]);
}

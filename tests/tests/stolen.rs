//! A stolen laptop: nothing about a person can be read from the files of a used station.
//!
//! The people of a simulated day are known by their seeds, so that every name and number can be looked for.

use std::fs;

use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::canary::{canaries, files, readable};
use rekam_tests::program::rekam;

const SEED: u64 = 4_000;
const PEOPLE: u64 = 4;

#[test]
fn no_file_of_a_used_station_tells_anything_about_a_person() {
    let campaign = Campaign::begin("stolen", "every file of a used station searched").unwrap();
    let data = campaign.folder().join("station");
    let (seed, people) = (SEED.to_string(), PEOPLE.to_string());
    let day = ["day", "--data", data.to_str().unwrap(), "--people", &people, "--seed", &seed];
    let answer = rekam(&day).unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));

    let sought = canaries(SEED, PEOPLE);
    let mut scanned = 0;
    for path in files(&data).unwrap() {
        let bytes = fs::read(&path).unwrap();
        scanned += bytes.len();
        let found = readable(&bytes, &sought);
        assert!(found.is_empty(), "{} tells {found:?}", path.display());
        let name = path.to_string_lossy().into_owned();
        assert!(readable(name.as_bytes(), &sought).is_empty(), "a file name tells something: {name}");
    }
    let told = format!("{} files, {scanned} bytes", files(&data).unwrap().len());
    assert!(scanned > 1_000_000, "only {scanned} bytes: the day left nothing to scan");
    // What the commands print in their summaries tells nothing either.
    let printed = [answer.stdout, answer.stderr].concat();
    assert!(readable(&printed, &sought).is_empty());
    campaign.end(&Row { count: sought.len() as u64, of: "canaries", lost: 0, told }).unwrap();
}

#[test]
fn the_scan_finds_what_is_there() {
    let sought = canaries(SEED, PEOPLE);
    let (name, needle) = sought.last().unwrap();
    let mut bytes = vec![7; 1000];
    bytes.extend_from_slice(needle);
    bytes.extend_from_slice(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00");
    assert_eq!(readable(&bytes, &sought), ["JPEG".to_owned(), name.clone()]);
}

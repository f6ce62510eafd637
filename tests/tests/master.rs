//! What the office hands down, from outside: tried, taken over, taken over again, killed in the middle, grown old.
//!
//! The lists are made here: nobody in them exists.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekam_tests::program::{built, rekam};
use serde_json::Value;

/// People of the list whose import is killed.
const PEOPLE: u32 = 50_000;
/// At this length of the log about half of them are written.
const LOG_OF_AN_IMPORT: u64 = 24 * 1024 * 1024;
/// A list of a large district must be in within this, on a machine that does other work beside it.
const IMPORT_MAX: Duration = Duration::from_secs(60);
/// A station must be usable again within this.
const REOPENING_MAX: Duration = Duration::from_secs(2);

struct Desk {
    folder: tempfile::TempDir,
    data: String,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station").to_str().unwrap().to_owned();
    let made = rekam(&["station", "demonstrate", "--data", &data]).unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Desk { folder, data }
}

impl Desk {
    fn ask(&self, arguments: &[&str]) -> (Value, bool) {
        let whole = [arguments, &["--data", &self.data, "--json"]].concat();
        let answer = rekam(&whole).unwrap();
        let (told, complaint) =
            (String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
        let json = serde_json::from_str(&told)
            .unwrap_or_else(|error| panic!("{whole:?}: {error} {told} {complaint}"));
        (json, answer.status.success())
    }

    fn import(&self, file: &Path, more: &[&str]) -> (Value, bool) {
        self.ask(&[&["roster", "import", file.to_str().unwrap()], more].concat())
    }

    /// The editions of a kind, newest first.
    fn listed(&self, kind: &str) -> Vec<Value> {
        let (all, _) = self.ask(&["master", "list"]);
        all.as_array().unwrap().iter().filter(|age| age["kind"] == kind).cloned().collect()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// A list of made-up people, in families of four.
fn people(count: u32, name: &str) -> String {
    let mut list = "NO;Nama Lengkap;NIK;Tanggal Lahir;JK;Status;Stat Rkm\n".to_owned();
    for number in 0..count {
        let (day, month, serial) = (number / 5_000 % 28 + 1, number / 140_000 + 1, number % 5_000 + 1);
        if number % 4 == 0 {
            let family = number / 4 % 9_000 + 1;
            let month = number / 36_000 % 12 + 1;
            writeln!(
                list,
                "63050615{month:02}18{family:04};;BUDI CONTOH;DESA MAJU RT/RW : 002/000 DUSUN : -;;;"
            )
            .unwrap();
        }
        let born = format!("{day:02}-{month:02}-2006");
        writeln!(
            list,
            "{};{name};630506{day:02}{month:02}06{serial:04};{born};Lk;;BELUM REKAM",
            number % 4 + 1
        )
        .unwrap();
    }
    list
}

fn counts(told: &Value) -> [u64; 5] {
    ["added", "changed", "gone", "kept", "unchanged"].map(|name| told["change"][name].as_u64().unwrap())
}

#[test]
fn a_list_is_tried_taken_over_and_taken_over_again() {
    let desk = desk();
    let old = desk.file("daftar-2026-10-01.csv", &people(40, "ADI CONTOH"));
    let (tried, good) = desk.import(&old, &["--dry-run"]);
    assert!(good && tried["imported"] == false && counts(&tried) == [40, 0, 0, 0, 0], "{tried}");
    assert_eq!(desk.listed("roster")[0]["state"], "none", "a dry run changes nothing");
    let (done, good) = desk.import(&old, &[]);
    assert!(good && done["imported"] == true && counts(&done) == [40, 0, 0, 0, 0], "{done}");
    assert_eq!(done["hash"], tried["hash"]);
    let (again, good) = desk.import(&old, &[]);
    assert!(good && again["known"] == true && again["imported"] == false, "{again}");
    assert_eq!(counts(&again), [0, 0, 0, 0, 40]);

    // One gone, one renamed, one refused, one with a status that spilled over two rows.
    let text = people(39, "ADI CONTOH");
    let lines: Vec<&str> = text.lines().collect();
    let text = text
        .replace(lines[2], &lines[2].replace("ADI", "EKA"))
        .replace(lines[3], &lines[3].replace("-2006", "-20x6"))
        .replace(lines[4], &format!("{}\n;;;;;;PRINTING", lines[4].replace("BELUM REKAM", "SENT FOR CARD")));
    let new = desk.file("daftar-2026-11-01.csv", &text);
    let (tried, _) = desk.import(&new, &["--dry-run"]);
    let (done, _) = desk.import(&new, &[]);
    assert_eq!(counts(&done), [0, 2, 1, 1, 36], "{done}");
    for part in ["change", "refused_rows", "statuses", "hash"] {
        assert_eq!(tried[part], done[part], "a dry run says what the import then does");
    }
    assert_eq!(done["statuses"]["SENT_FOR_CARD_PRINTING"], 1);
    assert_eq!(done["refused_rows"][0]["field"], "birth_date");

    let rosters = desk.listed("roster");
    assert_eq!(rosters.iter().map(|age| age["is_in_use"] == true).collect::<Vec<_>>(), [true, false]);
    let (older, good) = desk.import(&old, &[]);
    assert!(!good && older["problem"]["code"] == "older", "{older}");
    let (older, good) = desk.import(&old, &["--older"]);
    assert!(good && older["imported"] == true, "{older}");
    let (verified, good) = desk.ask(&["audit", "verify"]);
    assert!(good && verified["intact"] == true, "{verified}");
}

#[test]
fn a_killed_import_leaves_the_old_list() {
    let desk = desk();
    let old = desk.file("daftar-2026-10-01.csv", &people(100, "ADI CONTOH"));
    desk.import(&old, &[]);
    let new = desk.file("daftar-2026-11-01.csv", &people(PEOPLE, "EKA CONTOH"));
    let log = Path::new(&desk.data).join("station.db-wal");
    let mut import = Command::new(built("rekam").unwrap())
        .args(["roster", "import", new.to_str().unwrap(), "--data", &desk.data])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while fs::metadata(&log).map_or(0, |log| log.len()) < LOG_OF_AN_IMPORT {
        assert!(import.try_wait().unwrap().is_none(), "the import ended before it could be killed");
        std::thread::yield_now();
    }
    import.kill().unwrap();
    import.wait().unwrap();

    let start = Instant::now();
    let rosters = desk.listed("roster");
    let reopened = start.elapsed();
    assert_eq!((rosters.len(), &rosters[0]["count"]), (1, &100.into()), "{rosters:?}");
    assert!(reopened < REOPENING_MAX, "{reopened:?}");
    let (again, _) = desk.import(&old, &[]);
    assert_eq!((&again["known"], counts(&again)), (&true.into(), [0, 0, 0, 0, 100]));

    let start = Instant::now();
    let (done, good) = desk.import(&new, &[]);
    let taken = start.elapsed();
    assert!(good && counts(&done) == [u64::from(PEOPLE) - 100, 100, 0, 0, 0], "{}", done["change"]);
    println!("{PEOPLE} people taken over in {taken:?}; killed in the middle, open again in {reopened:?}");
    assert!(taken < IMPORT_MAX, "{taken:?}");
    let (verified, good) = desk.ask(&["audit", "verify"]);
    assert!(good && verified["intact"] == true, "{verified}");
}

#[test]
fn an_expired_list_still_lets_people_be_recorded_and_says_so() {
    let desk = desk();
    let list = desk.file("daftar.csv", &people(10, "ADI CONTOH"));
    let (undated, good) = desk.import(&list, &[]);
    assert!(!good && undated["problem"]["code"] == "date_missing", "{undated}");
    let (done, _) = desk.import(&list, &["--made-on", "2020-01-31", "--valid-until", "2020-03-31"]);
    assert_eq!(done["source"]["freshness"], "expired", "{done}");
    let roster = &desk.listed("roster")[0];
    assert_eq!((&roster["state"], &roster["is_in_use"]), (&"expired".into(), &true.into()));
    let text = roster["text"].as_str().unwrap();
    assert!(text.contains("31-03-2020"), "{text}");
    let (day, good) = desk.ask(&["day", "--people", "2", "--seed", "3", "--images", "tiny"]);
    assert!(good && day["served"] == 2, "{day}");
}

#[test]
fn regions_profile_and_numbers_are_taken_over_line_by_line() {
    let desk = desk();
    let regions = "# source: Keputusan 1\n# made_on: 2026-01-31\ncode,name\n63,KALIMANTAN SELATAN\n63.05,TAPIN\n\
        63.05,DUA KALI\n";
    let regions = desk.file("wilayah.csv", regions);
    let import = |kind: &str, file: &Path, more: &[&str]| {
        desk.ask(&[&["master", "import", kind, file.to_str().unwrap()], more].concat())
    };
    let (tried, _) = import("regions", &regions, &["--dry-run"]);
    assert_eq!(desk.listed("region_table")[0]["state"], "none");
    let (done, good) = import("regions", &regions, &[]);
    assert!(good && done["imported"] == true && done["change"] == tried["change"], "{done}");
    assert_eq!((&done["refused"], &done["refused_lines"][0]["line"]), (&1.into(), &6.into()));
    let table = &desk.listed("region_table")[0];
    assert_eq!((&table["label"], &table["count"]), (&"Keputusan 1".into(), &2.into()));
    assert_eq!(import("regions", &regions, &[]).0["known"], true);

    let numbers = "series,year,first,last\nletter,2031,1,500\nletter,2031,400,600\n";
    let numbers = desk.file("jatah-2026-11-01.csv", numbers);
    let (done, good) = import("numbers", &numbers, &[]);
    assert!(good && done["change"]["added"][0]["left"] == 500, "{done}");
    assert_eq!(done["refused_lines"][0]["code"], "block_overlaps");
    let overlap = desk.file("lagi-2026-11-02.csv", "series,year,first,last\nletter,2031,500,501\n");
    let (refused, good) = import("numbers", &overlap, &[]);
    assert!(!good && refused["ok"] == false && refused["imported"] == false, "{refused}");

    let profile = fs::read_to_string(
        rekam_tests::program::root().join("packaging/profiles/tapin-candilarasutara-2023.toml"),
    )
    .unwrap();
    let same = desk.file("sama.toml", &profile);
    let (refused, good) = import("profile", &same, &[]);
    assert!(!good && refused["problem"]["code"] == "version_not_higher", "{refused}");
    let second = desk.file("dua.toml", &profile.replace("version = 1\n", "version = 2\n"));
    let (done, good) = import("profile", &second, &[]);
    assert!(good && done["change"]["to"] == 2, "{done}");
    let in_use: Vec<_> = desk.listed("profile").into_iter().filter(|age| age["is_in_use"] == true).collect();
    assert_eq!((in_use.len(), &in_use[0]["version"]), (1, &2.into()));
    // The next people are served by it, to the end.
    let (day, good) = desk.ask(&["day", "--people", "1", "--seed", "3", "--images", "tiny"]);
    assert!(good && day["served"] == 1, "{day}");
    for language in ["id", "en"] {
        let said = rekam(&["--lang", language, "master", "list", "--data", &desk.data]).unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.lines().count() > 5 && !said.contains("[master") && !said.contains('{'), "{said}");
    }
}

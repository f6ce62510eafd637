//! Lists of people: what is refused and why, and workbooks that somebody else's program wrote.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rekam_tests::program::{built, rekam, root, target_folder};
use serde_json::Value;

const LIST: &str = "fixtures/roster/siak-2026-11-01.csv";
const OLDER: &str = "fixtures/roster/siak-2026-10-01.csv";

fn told(arguments: &[&str]) -> (Value, bool) {
    let whole = [&["roster", "check"], arguments, &["--today", "2026-11-20", "--json"]].concat();
    let answer = rekam(&whole).expect("the program starts");
    let text = String::from_utf8(answer.stdout).expect("the answer is text");
    let json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{whole:?}: {error}\n{text}"));
    (json, answer.status.success())
}

/// Runs the writer by others; its words are explained in the script itself.
fn write(arguments: &[&str]) {
    let python = target_folder().expect("a target folder").join("peers/python/bin/python");
    let script = root().join("tests/peers/write_roster.py");
    let done = Command::new(&python).arg(script).args(arguments).current_dir(root()).output();
    let done =
        done.unwrap_or_else(|error| panic!("{}: {error}; run tests/peers/prepare.sh", python.display()));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of letters")
}

fn refused(told: &Value) -> Vec<String> {
    let rows = told["refused_rows"].as_array().expect("rows").iter();
    let field = |row: &Value| row["field"].as_str().unwrap_or_default().to_owned();
    rows.map(|row| format!("{};{};{}", row["row"], field(row), row["code"].as_str().unwrap_or_default()))
        .collect()
}

#[test]
fn refuses_what_the_fixture_says_and_nothing_else() {
    let (list, good) = told(&[LIST]);
    assert!(good && list["ok"] == true, "{list}");
    let expected = fs::read_to_string(root().join("fixtures/roster/siak-2026-11-01.expected.csv")).unwrap();
    assert_eq!(refused(&list), expected.lines().skip(1).collect::<Vec<_>>());
    assert_eq!(
        (&list["families"], &list["entries"], &list["without_nik"]),
        (&9.into(), &39.into(), &1.into())
    );
    assert_eq!(list["statuses"]["SENT_FOR_CARD_PRINTING"], 8, "{list}");
    assert_eq!(list["statuses"]["STATUS YANG BELUM DIKENAL"], 1);
    assert_eq!(list["absent"], serde_json::json!([]));
    let source = &list["source"];
    assert_eq!((&source["made_on"], &source["age_days"]), (&"2026-11-01".into(), &19.into()));
    assert_eq!(source["freshness"], "fresh");
    for row in list["refused_rows"].as_array().unwrap() {
        let reason = row["reason"].as_str().unwrap();
        assert!(reason.len() > 20 && !reason.contains('['), "{row}");
    }
    let (old, _) = told(&[LIST, "--made-on", "2026-01-01"]);
    assert_eq!(old["source"]["freshness"], "expired");
}

#[test]
fn says_what_would_change_and_leaves_the_files_alone() {
    let before = fs::read(root().join(OLDER)).unwrap();
    let (list, _) = told(&[LIST, "--against", OLDER]);
    let change = &list["change"];
    let counts = ["added", "changed", "gone", "kept", "unchanged"].map(|name| change[name].as_u64().unwrap());
    assert_eq!(counts, [2, 3, 1, 0, 33], "{change}");
    let fields: Vec<_> = change["changed_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["fields"][0].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["recording_status", "marital_status", "full_name"]);
    assert_eq!(fs::read(root().join(OLDER)).unwrap(), before);
    for language in ["id", "en"] {
        let said = rekam(&["--lang", language, "roster", "check", LIST, "--against", OLDER]).unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        // Codes stand in brackets behind their reason; a missing text would open a line or a word with one.
        assert!(
            said.contains("[roster_nik_twice]") && !said.contains("[cli") && !said.contains("[finding"),
            "{said}"
        );
    }
}

#[test]
fn workbooks_by_another_writer_hold_the_same_people() {
    let folder = tempfile::tempdir().unwrap();
    let (list, _) = told(&[LIST]);
    for kind in ["workbook", "numbers", "sheets"] {
        let file = folder.path().join(format!("{kind}-2026-11-01.xlsx"));
        write(&[kind, LIST, text(&file)]);
        let (book, good) = told(&[text(&file), "--against", LIST]);
        assert!(good && book["kind"] == "xlsx", "{book}");
        for count in
            ["families", "entries", "without_nik", "with_findings", "findings", "statuses", "refused"]
        {
            assert_eq!(book[count], list[count], "{kind}: {count}");
        }
        // Every field of everybody is the same, or the comparison would say so.
        let change = &book["change"];
        let counts = ["added", "changed", "gone", "kept"].map(|name| change[name].as_u64().unwrap());
        assert_eq!((counts, change["unchanged"].as_u64()), ([0; 4], Some(38)), "{kind}: {change}");
        if kind == "sheets" {
            let sheets = book["refused_rows"].as_array().unwrap().iter().map(|row| row["sheet"].as_u64());
            assert!(sheets.max() > Some(Some(1)));
        } else {
            assert_eq!(refused(&book), refused(&list), "{kind}");
        }
    }
}

#[test]
fn numbers_that_may_be_rounded_are_refused_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rounded.xlsx");
    write(&["numbers", "fixtures/roster/broken/every_nik_rounded.csv", text(&file)]);
    let (book, _) = told(&[text(&file)]);
    assert_eq!((&book["entries"], &book["refused"]), (&0.into(), &12.into()));
    assert!(refused(&book).iter().all(|row| row.ends_with("nik;roster_number_rounded")));
    assert_eq!(book["source"], Value::Null);
}

#[test]
fn names_every_list_that_cannot_be_used() {
    let (good, _) = told(&[LIST]);
    let shape: Vec<&String> = good.as_object().unwrap().keys().collect();
    let mut kinds = 0;
    for entry in fs::read_dir(root().join("fixtures/roster/broken")).unwrap() {
        let path = entry.unwrap().path();
        let expected = path.file_stem().unwrap().to_str().unwrap();
        let (list, good) = told(&[text(&path)]);
        assert!(!good && list["ok"] == false, "{expected} was accepted");
        assert_eq!(list["problem"]["code"], *expected);
        assert!(list["problem"]["reason"].as_str().unwrap().len() > 20);
        assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), shape);
        kinds += 1;
    }
    let (missing, good) = told(&["there-is-no-such-file.csv"]);
    assert!(!good && missing["problem"]["code"] == "open");
    assert_eq!(kinds, 8);
}

#[test]
fn fixtures_are_what_their_writer_writes() {
    let folder = tempfile::tempdir().unwrap();
    write(&["fixtures", text(folder.path())]);
    let mut compared = 0;
    for part in ["", "broken"] {
        for entry in fs::read_dir(folder.path().join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(folder.path()).unwrap();
                let committed = fs::read(root().join("fixtures/roster").join(name)).unwrap();
                assert!(
                    committed == fs::read(&path).unwrap(),
                    "{} is not what its writer writes",
                    name.display()
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 11);
}

/// Address space the program may have for a list of any length; it needs about a third of it to start.
const ADDRESS_KILOBYTES: u32 = 160_000;

#[test]
fn reads_a_hundred_thousand_people_in_flat_memory() {
    let folder = tempfile::tempdir().unwrap();
    let program = built("rekam").unwrap();
    let mut best = Duration::MAX;
    for people in ["10000", "100000"] {
        let file = folder.path().join(format!("{people}.csv"));
        write(&["many", people, text(&file)]);
        let limited = format!("ulimit -v {ADDRESS_KILOBYTES}; exec \"$0\" roster check \"$1\" --json");
        // The machine may be busy: the best of three tells what the program needs.
        for _ in 0..3 {
            let start = Instant::now();
            let answer = Command::new("sh").args(["-c", &limited]).arg(&program).arg(&file).output().unwrap();
            let taken = start.elapsed();
            let told = String::from_utf8_lossy(&answer.stdout).into_owned();
            let list: Value =
                serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
            assert_eq!(
                (list["entries"].to_string().as_str(), &list["refused"]),
                (people, &0.into()),
                "{told}"
            );
            if people == "100000" {
                best = best.min(taken);
            }
        }
    }
    println!(
        "100,000 people of a CSV list in {best:?}, within {} MB of address space",
        ADDRESS_KILOBYTES / 1000
    );
    assert!(best < Duration::from_secs(10), "{best:?}");
}

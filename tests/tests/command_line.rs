//! The command line as a program from outside meets it: the shapes of `packaging/COMMANDS.md`, and its time.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;
use std::time::{Duration, Instant};

use rekam_tests::program::{rekam, root};
use serde_json::Value;

fn told(arguments: &[&str]) -> (Value, bool) {
    let answer = rekam(arguments).unwrap();
    let text = String::from_utf8(answer.stdout).unwrap();
    let json = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{arguments:?}: {error}\n{text}{}", String::from_utf8_lossy(&answer.stderr))
    });
    (json, answer.status.success())
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn lists_the_five_procedures() {
    let (list, _) = told(&["profile", "list", "--json"]);
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 5);
    for profile in list {
        assert_eq!(keys(profile), ["id", "office", "stated_minutes_total", "steps", "title", "version"]);
    }
}

#[test]
fn walks_every_procedure_and_adds_up_its_stated_times() {
    let expected = [
        ("tangerang-cibodas-2018", Value::Null, 7),
        ("tangerang-dinas-dafduk01-2021", Value::from(90), 12),
        ("kapuas-issuance", Value::from(14), 8),
        ("tapin-candilarasutara-2023", Value::from(29), 7),
        ("tanggamus-kolektif", Value::Null, 10),
    ];
    for (id, total, steps) in expected {
        let (walk, done) = told(&["sop", "walk", id, "--json"]);
        assert!(done);
        assert_eq!(walk["profile"], id);
        assert_eq!(walk["stated_minutes_total"], total, "{id}");
        assert_eq!(walk["closed"], true);
        let walked = walk["steps"].as_array().unwrap();
        assert_eq!(walked.len(), steps, "{id}");
        for step in walked {
            let shape =
                ["inferred", "minutes", "moves", "name", "no", "prints", "registers", "role", "step", "sync"];
            assert_eq!(keys(step), shape);
        }
        let sum: u64 = walked.iter().filter_map(|step| step["minutes"].as_u64()).sum();
        assert_eq!(sum, total.as_u64().unwrap_or(0), "{id}");
    }
}

#[test]
fn a_procedure_without_stated_times_says_so() {
    for (language, sentence) in [("id", "Waktu baku tidak tercantum"), ("en", "states no times")] {
        let answer = rekam(&["--lang", language, "sop", "walk", "tanggamus-kolektif"]).unwrap();
        let text = String::from_utf8(answer.stdout).unwrap();
        assert!(text.contains(sentence), "{text}");
        assert!(!text.contains('['), "a text is missing:\n{text}");
    }
}

#[test]
fn shows_a_procedure() {
    let (shown, _) = told(&["profile", "show", "tapin-candilarasutara-2023", "--json"]);
    assert_eq!(shown["steps_in_order"].as_array().unwrap().len(), 7);
    assert_eq!(shown["time_zone"], "WITA");
    let text = String::from_utf8(rekam(&["profile", "show", "kapuas-issuance"]).unwrap().stdout).unwrap();
    assert!(text.contains("14 menit") && !text.contains('['), "{text}");
}

#[test]
fn refuses_every_broken_profile_by_file_line_key_and_reason() {
    let folder = root().join("fixtures/profile/broken");
    let mut kinds = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let expected = text.lines().next().unwrap().strip_prefix("# expect: ").unwrap();
        let mut parts = expected.split(": ");
        let (line, key, code) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());

        let (checked, good) = told(&["profile", "check", file, "--json"]);
        assert!(!good && checked["ok"] == false, "{file} was accepted");
        let problem = &checked["problems"][0];
        assert_eq!(problem["line"].to_string(), line, "{file}: {checked}");
        assert_eq!((problem["key"].as_str(), problem["code"].as_str()), (Some(key), Some(code)), "{file}");
        assert!(problem["reason"].as_str().unwrap().len() > 10, "{file}");

        let said = String::from_utf8(rekam(&["profile", "check", file]).unwrap().stdout).unwrap();
        assert!(said.contains(&format!("{file}:{line}:")) && said.contains(key), "{said}");
        kinds += 1;
    }
    println!("{kinds} kinds of broken profiles refused");
    assert!(kinds >= 20, "{kinds}");
}

#[test]
fn accepts_every_shipped_profile_as_a_file() {
    for entry in fs::read_dir(root().join("packaging/profiles")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let (checked, good) = told(&["profile", "check", path.to_str().unwrap(), "--json"]);
            assert!(good, "{checked}");
        }
    }
}

#[test]
fn names_a_profile_that_cannot_be_walked() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(root().join("packaging/profiles/kapuas-issuance.toml")).unwrap();
    let broken = folder.path().join("out-of-order.toml");
    fs::write(&broken, text.replace("\"card.print\"", "\"card.hand_over\"")).unwrap();
    let (checked, good) = told(&["profile", "check", broken.to_str().unwrap(), "--json"]);
    assert!(!good, "{checked}");
}

#[test]
fn judges_the_vectors_of_the_procedure_book() {
    let today = ["--today", "2026-11-20", "--json"];
    let found = |nik: &str| -> Vec<String> {
        let (told, _) = told(&[&["nik", nik][..], &today[..]].concat());
        let findings = told["findings"].as_array().unwrap().iter();
        findings
            .map(|one| format!("{} {}", one["grade"].as_str().unwrap(), one["code"].as_str().unwrap()))
            .collect()
    };
    let none: Vec<String> = Vec::new();
    for good in ["3671091508060001", "3671095508060002", "3671097112990003", "3671092902080004"] {
        assert_eq!(found(good), none, "{good}");
    }
    assert_eq!(found("3671092902070005"), ["error nik_date_impossible"]);
    assert_eq!(found("3671093508060006"), ["error nik_day"]);
    assert_eq!(found("3671097208060007"), ["error nik_day"]);
    assert_eq!(found("3671091513060008"), ["error nik_month"]);
    assert_eq!(found("367109150806001"), ["error nik_length"]);
    assert_eq!(found("0367109200000001"), ["error nik_temporary"]);
    assert_eq!(found("9400000101000001"), ["warning nik_region_unknown"]);
}

#[test]
fn keeps_the_order_and_the_count_of_a_batch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("niks.csv");
    fs::write(&file, "nik,born,sex\r\n3671091508060001,2006-08-15,L\r\n\"3671095508060002\",14-08-2006,L\r\nabc,,\r\n,,\r\n3671091508060001\r\n").unwrap();
    let answer =
        rekam(&["nik", "--batch", file.to_str().unwrap(), "--json", "--today", "2026-11-20"]).unwrap();
    assert!(answer.status.success());
    let lines: Vec<Value> = String::from_utf8(answer.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let niks: Vec<&str> = lines.iter().map(|line| line["nik"].as_str().unwrap()).collect();
    assert_eq!(niks, ["3671091508060001", "3671095508060002", "abc", "", "3671091508060001"]);
    let codes: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| {
            line["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
        })
        .collect();
    assert_eq!(
        codes,
        [
            vec![],
            vec!["nik_birth_date_differs", "nik_sex_differs"],
            vec!["nik_not_digits"],
            vec!["nik_empty"],
            vec![]
        ]
    );
    assert_eq!(keys(&lines[1]["findings"][0]), ["code", "grade", "text"]);
    assert_eq!(keys(&lines[0]), ["findings", "nik"]);
}

#[test]
fn judges_a_hundred_thousand_numbers_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.csv");
    let mut text = String::from("nik,born,sex\n");
    for serial in 0..100_000 {
        text.push_str(&format!(
            "367109{:02}{:02}{:02}{:04},2006-08-15,P\n",
            serial % 99,
            serial % 14,
            serial % 100,
            serial % 10_000
        ));
    }
    fs::write(&file, text).unwrap();
    let arguments = ["nik", "--batch", file.to_str().unwrap(), "--json"];
    // The machine may be busy: the best of three tells what the program needs.
    let best = (0..3)
        .map(|_| {
            let start = Instant::now();
            let answer = rekam(&arguments).unwrap();
            let taken = start.elapsed();
            assert_eq!(answer.stdout.iter().filter(|byte| **byte == b'\n').count(), 100_000);
            taken
        })
        .min()
        .unwrap();
    println!("100,000 NIKs in {best:?}");
    assert!(best < Duration::from_secs(1), "{best:?}");
}

#[test]
fn reads_an_office_region_list_beside_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let now = folder.path().join("wilayah-2025-06-01.csv");
    let old = folder.path().join("wilayah-2018-01-01.csv");
    fs::write(&now, "kode,nama\n36,BANTEN\n36.71,KOTA CONTOH\n36.71.09,CONTOH SATU\n").unwrap();
    fs::write(&old, "kode;nama\n36;BANTEN\n36.71;KOTA CONTOH\n36.71.77;CONTOH LAMA\n").unwrap();
    let (now, old) = (now.to_str().unwrap(), old.to_str().unwrap());
    let codes = |nik: &str, more: &[&str]| -> Vec<String> {
        let (told, _) = told(&[&["nik", nik, "--json", "--regions", now][..], more].concat());
        told["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes("3671771508060001", &[]), ["nik_region_unknown"]);
    assert_eq!(codes("3671771508060001", &["--regions-historical", old]), ["nik_region_historical"]);
    assert_eq!(codes("3671091508060001", &["--station", "63.05.06"]), ["nik_region_elsewhere"]);
}

#[test]
fn a_missing_file_is_named_with_its_cause() {
    for arguments in [
        &["nik", "--batch", "there-is-no-such-file.csv"][..],
        &["profile", "check", "there-is-no-such-file.toml"],
        &["sop", "walk", "there-is-no-such-profile"],
    ] {
        let answer = rekam(arguments).unwrap();
        let said = String::from_utf8(answer.stderr).unwrap();
        assert!(!answer.status.success() && said.contains(arguments[arguments.len() - 1]), "{said}");
    }
}

#[test]
fn sets_up_a_demonstration_once_and_leaves_an_existing_station_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station");
    let arguments = ["station", "demonstrate", "--data", data.to_str().unwrap(), "--json"];
    let (made, good) = told(&arguments);
    assert!(good && made["accounts"].as_array().unwrap().len() == 5);
    let before = fs::read(data.join("station.toml")).unwrap();
    let again = rekam(&arguments).unwrap();
    assert!(!again.status.success());
    assert!(String::from_utf8(again.stderr).unwrap().contains("already_set_up"));
    assert_eq!(fs::read(data.join("station.toml")).unwrap(), before);
}

#[test]
fn finds_a_case_and_shows_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("station");
    let data = data.to_str().unwrap();
    assert!(told(&["day", "--data", data, "--people", "1", "--images", "tiny", "--json"]).1);
    let (listed, _) = told(&["case", "list", "--data", data, "--steps", "--json"]);
    let case = listed[0]["case"].as_str().unwrap();
    let (found, _) = told(&["case", "search", "/2026/00001", "--data", data, "--json"]);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let shape = ["case", "name", "nik_masked", "opened", "registration", "states", "ticket"];
    assert_eq!((found[0]["case"].as_str(), keys(&found[0])), (Some(case), shape.to_vec()));
    let (page, _) = told(&["case", "show", case, "--data", data, "--json"]);
    assert_eq!(page["registration"], found[0]["registration"]);
    let counted = |list: &Value| list.as_array().unwrap().len();
    assert_eq!(counted(&page["steps"]), counted(&listed[0]["steps"]));
    assert!(counted(&page["numbers"]) > 0 && counted(&page["register_lines"]) > 0);
    assert!(counted(&page["custody"]) > 0);
    for language in ["id", "en"] {
        let shown = rekam(&["--lang", language, "case", "show", case, "--data", data]).unwrap();
        let text = String::from_utf8(shown.stdout).unwrap();
        assert!(shown.status.success() && !text.contains("[state"), "{text}");
    }
    assert!(!rekam(&["case", "show", "nothing", "--data", data]).unwrap().status.success());
}

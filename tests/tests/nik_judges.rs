//! Our reading of a NIK beside two libraries written by others, over every day of a century.
//!
//! Where they are known to be wrong they are not asked: `python-stdnum` does not know the century, `parsenik` takes
//! numbers below 2^53 only and refuses regions it does not list.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use rekam_domain::nik::{NumberContext, check_nik_text};
use rekam_domain::region::RegionTable;
use rekam_tests::program::{root, target_folder};

/// A district that both libraries know.
const REGION: &str = "367109";

/// Every date that can be written, possible or not, for both sexes: day 00–31 and 41–71 of each month of each year.
fn every_written_date() -> Vec<String> {
    let mut niks = Vec::new();
    for year in 0..100 {
        for month in 1..=12 {
            for day in (1..=31).chain(41..=71) {
                niks.push(format!("{REGION}{day:02}{month:02}{year:02}0001"));
            }
        }
    }
    niks
}

/// What a judge prints for each line it is given.
fn judged(mut judge: Command, niks: &[String]) -> Vec<String> {
    let mut running = judge
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{judge:?}: {error}; run tests/peers/prepare.sh"));
    let mut to = running.stdin.take().expect("its input is ours");
    let lines = niks.join("\n");
    let writer = std::thread::spawn(move || to.write_all(lines.as_bytes()));
    let answer = running.wait_with_output().expect("the judge ends");
    writer.join().expect("the writer ends").expect("the judge reads everything");
    assert!(answer.status.success(), "{judge:?} failed; run tests/peers/prepare.sh");
    String::from_utf8_lossy(&answer.stdout).lines().map(str::to_owned).collect()
}

/// Ours: `day-month-yy` and sex, or nothing when the date is an error.
fn ours(niks: &[String]) -> Vec<Option<(String, &'static str)>> {
    let regions = RegionTable::starter();
    let context = NumberContext { regions: &regions, station: None, today: jiff::civil::date(2026, 11, 20) };
    niks.iter()
        .map(|nik| {
            let check = check_nik_text(nik, None, None, &context);
            let told = check
                .explanation
                .filter(|_| !check.findings.iter().any(|found| found.code == "nik_date_impossible"))?;
            Some((told.birth_date?.strftime("%d-%m-%y").to_string(), told.sex?.word()))
        })
        .collect()
}

#[test]
fn dates_agree_with_python_stdnum() {
    let niks = every_written_date();
    let mut judge = Command::new(target_folder().unwrap().join("peers/python/bin/python"));
    judge.arg(root().join("tests/peers/judge_nik.py"));
    let theirs = judged(judge, &niks);
    assert_eq!(theirs.len(), niks.len());
    let mut refused = 0;
    for ((nik, ours), theirs) in niks.iter().zip(ours(&niks)).zip(theirs) {
        let ours = ours.map_or_else(|| "-".to_owned(), |(date, _)| date);
        assert_eq!(ours, theirs, "{nik}");
        refused += usize::from(theirs == "-");
    }
    // 7 days of a year cannot be written twice over: 6 or 7 in each of 100 years, for both sexes.
    println!("{} dates agree, {refused} of them refused by both", niks.len());
    assert_eq!(refused, 2 * (25 * 6 + 75 * 7));
}

#[test]
fn dates_and_sex_agree_with_parsenik() {
    let niks = every_written_date();
    let mut judge = Command::new("node");
    judge.arg(root().join("tests/peers/judge_nik.mjs")).arg(target_folder().unwrap().join("peers"));
    let theirs = judged(judge, &niks);
    assert_eq!(theirs.len(), niks.len());
    let mut agreed = 0;
    for ((nik, ours), theirs) in niks.iter().zip(ours(&niks)).zip(theirs) {
        let theirs: serde_json::Value = serde_json::from_str(&theirs).unwrap();
        let Some((date, sex)) = ours else {
            assert_eq!(theirs["valid"], false, "{nik}");
            continue;
        };
        // 29 February of a year ending in 00 and the century are where it guesses; day, month and sex are not.
        let born = theirs["tanggal_lahir"].as_str().unwrap_or_default();
        let theirs_date = format!("{}-{}-{}", &born[8..10], &born[5..7], &born[2..4]);
        assert_eq!(
            (theirs_date.as_str(), theirs["jenis_kelamin"].as_str()),
            (date.as_str(), Some(sex)),
            "{nik}"
        );
        agreed += 1;
    }
    println!("{agreed} dates and sexes agree");
    assert!(agreed > 70_000, "{agreed}");
}

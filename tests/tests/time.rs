//! A day during which somebody sets the clock, moves the computer to another time zone, or that comes after 2038.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in the functions it shares")]

use std::process::Command;

use rekam_cli::day::{Detail, Plan, run};
use rekam_core::clock::{Clock, SetClock};
use rekam_core::demonstration;
use rekam_core::station::Station;
use rekam_core::view::SignInRequest;
use rekam_tests::campaign::{Campaign, Row};
use rekam_tests::program::{built, rekam, root};
use serde_json::Value;

const YEAR_MS: i64 = 365 * 86_400_000;
/// 2026-11-23 08:00 in the demonstration office.
const MORNING_MS: i64 = 1_795_392_000_000;
/// 2038-08-02 08:00 there: after the end of 32-bit time.
const SUMMER_2038_MS: i64 = 2_164_320_000_000;
const PLAN: Plan = Plan { people: 8, seed: 11, detail: Detail::Tiny };

struct Told {
    /// Registration numbers, in the order of the cases.
    numbers: Vec<String>,
    opened_ms: Vec<i64>,
    intact: bool,
    audit_entries: i64,
}

/// A whole day during which the clock is set after every so many steps.
fn day(begins_ms: i64, jumps: &[i64]) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::at(begins_ms);
    demonstration::set_up(folder.path(), &Clock::Set(clock.clone())).unwrap();
    let mut station = Station::open(folder.path(), Clock::Set(clock.clone())).unwrap();
    let mut steps = 0;
    let set = clock.clone();
    run(&mut station, &clock, PLAN, &mut |_| {
        steps += 1;
        if let Some(jump) = (steps % 20 == 0).then(|| jumps.get(steps / 20 - 1)).flatten() {
            set.set(set.at_wall() + jump);
        }
        Ok(())
    })
    .unwrap();
    assert!(steps > 20 * jumps.len(), "the day was too short for every jump: {steps} steps");
    let shown = demonstration::accounts_shown();
    let supervisor = shown.iter().find(|shown| shown.account == "pengawas").unwrap();
    let (account, secret) = (supervisor.account.clone(), supervisor.passphrase.clone());
    station.sign_in(SignInRequest { account, secret }).unwrap();
    let cases = station.list_cases().unwrap();
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    assert!(ids.is_sorted(), "later cases have later ids");
    let verified = station.verify().unwrap();
    Told {
        numbers: cases.iter().map(|case| case.registration_number.clone()).collect(),
        opened_ms: cases.iter().map(|case| case.opened_ms).collect(),
        intact: verified.intact,
        audit_entries: verified.audit_entries,
    }
}

#[test]
fn a_clock_set_during_the_day_changes_no_order_no_number_and_no_book() {
    let campaign = Campaign::begin("time", "the clock set back and forward during a day").unwrap();
    let steady = day(MORNING_MS, &[]);
    let jumps = [-YEAR_MS, 2 * YEAR_MS, 10 * YEAR_MS, -11 * YEAR_MS, 3 * 3_600_000, -3 * 3_600_000];
    let disturbed = day(MORNING_MS, &jumps);
    assert_eq!(disturbed.numbers, steady.numbers);
    assert_eq!(disturbed.opened_ms, steady.opened_ms, "every entry has the time it would have had");
    assert!(steady.intact && disturbed.intact);
    assert!(disturbed.audit_entries > steady.audit_entries, "the jumps are in the audit");
    let told = "order, numbers and books as without".to_owned();
    campaign.end(&Row { count: jumps.len() as u64, of: "jumps", lost: 0, told }).unwrap();
}

#[test]
fn summer_2038_is_an_ordinary_day() {
    let told = day(SUMMER_2038_MS, &[]);
    assert!(told.intact);
    let given: Vec<&String> = told.numbers.iter().filter(|number| !number.is_empty()).collect();
    assert!(!given.is_empty());
    assert!(given.iter().all(|number| number.contains("/2038/")), "{given:?}");
}

#[test]
fn the_time_zone_of_the_computer_changes_nothing() {
    let in_zone = |zone: &str| -> Value {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let day = ["day", "--data", data, "--people", "3", "--images", "tiny"];
        let done = Command::new(built("rekam").unwrap())
            .args(day)
            .env("TZ", zone)
            .current_dir(root())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let listed = rekam(&["case", "list", "--data", data, "--json"]).unwrap();
        serde_json::from_slice(&listed.stdout).unwrap()
    };
    let here = in_zone("UTC");
    assert!(here.as_array().unwrap().len() >= 3);
    // Fourteen hours ahead and twelve behind: another date on the computer's wall, the same in the office.
    assert_eq!(in_zone("Pacific/Kiritimati"), here);
    assert_eq!(in_zone("Etc/GMT+12"), here);
}

use rekam_domain::biodata::Biodata;
use rekam_domain::purpose::Purpose;

use super::*;
use crate::clock::SetClock;
use crate::station::tests::{DAY_MS, NOON, demonstration, open, operator, request};

const YEAR_MS: i64 = 365 * DAY_MS;

fn technician() -> crate::view::SignInRequest {
    request("teknisi", "obeng kabel lampu senter")
}

/// What the audit says about the clock, and whether it is whole.
fn clock_entries(folder: &tempfile::TempDir, clock: &SetClock) -> (Vec<String>, bool) {
    let mut station = open(folder, clock);
    station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    let mut events = Vec::new();
    station
        .store()
        .unwrap()
        .read(|reading| {
            let entries = reading.list_audit(0, 10_000)?;
            events.extend(
                entries.into_iter().map(|entry| entry.event).filter(|event| event.starts_with("clock")),
            );
            Ok(())
        })
        .unwrap();
    (events, station.verify().unwrap().intact)
}

#[test]
fn a_clock_set_back_a_year_changes_no_order_no_id_and_no_book() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let mut ids = Vec::new();
    for jump in [0, -YEAR_MS, 10 * YEAR_MS, -9 * YEAR_MS] {
        clock.set(clock.at_wall() + jump);
        clock.advance(60_000);
        ids.push(station.open_case(Purpose::New, &Biodata::default()).unwrap().0);
    }
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!(ids, sorted, "a later id sorts behind");
    let cases = station.list_cases().unwrap();
    assert_eq!(cases.iter().map(|case| case.id).collect::<Vec<_>>(), ids);
    for (place, case) in (1..).zip(&cases) {
        assert_eq!(case.opened_ms, NOON + place * 60_000);
    }
    drop(station);
    let (events, is_intact) = clock_entries(&folder, &clock);
    // Back, forward, and right again: the last one is no jump.
    assert_eq!(events, ["clock_jumped", "clock_jumped"]);
    assert!(is_intact);
}

#[test]
fn goes_on_from_what_was_written_down_when_started_with_a_clock_that_is_behind() {
    let (folder, clock) = demonstration();
    open(&folder, &clock).sign_in(operator()).unwrap();
    let behind = SetClock::at(NOON - YEAR_MS);
    let mut station = open(&folder, &behind);
    let home = station.sign_in(operator()).unwrap();
    assert_eq!(home.now.date, "2026-11-20");
    assert_eq!(home.clock.trust, "set_back");
    assert_eq!(home.clock.computer.date, "2025-11-20");
    station.open_case(Purpose::New, &Biodata::default()).unwrap();
    // An operator cannot make the station believe it; a technician can, once the clock was looked at.
    assert_eq!(station.confirm_clock().unwrap_err().code, Code::NotPermitted);
    station.sign_in(technician()).unwrap();
    station.confirm_clock().unwrap();
    assert_eq!(station.home().unwrap().now.date, "2025-11-20");
    drop(station);
    let mut again = open(&folder, &behind);
    assert_eq!(again.sign_in(operator()).unwrap().clock.trust, "steady");
}

#[test]
fn a_clock_confirmed_a_year_back_by_mistake_changes_no_order_of_ids() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let mut ids = vec![station.open_case(Purpose::New, &Biodata::default()).unwrap().0];
    clock.set(NOON - YEAR_MS);
    station.sign_in(technician()).unwrap();
    station.confirm_clock().unwrap();
    drop(station);
    let mut station = open(&folder, &clock);
    let home = station.sign_in(operator()).unwrap();
    assert_eq!((home.now.date.as_str(), home.clock.trust.as_str()), ("2025-11-20", "steady"));
    for _ in 0..3 {
        ids.push(station.open_case(Purpose::New, &Biodata::default()).unwrap().0);
    }
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!(ids, sorted, "a later id sorts behind, also one of the same millisecond");
    assert_eq!(station.list_cases().unwrap().iter().map(|case| case.id).collect::<Vec<_>>(), ids);
}

#[test]
fn dates_nothing_by_a_clock_nobody_has_looked_at_after_a_long_absence() {
    let (folder, clock) = demonstration();
    open(&folder, &clock).sign_in(operator()).unwrap();
    let mut station = open(&folder, &SetClock::at(NOON + 90 * DAY_MS));
    let home = station.sign_in(operator()).unwrap();
    assert_eq!((home.clock.trust.as_str(), home.now.date.as_str()), ("unsure", "2027-02-18"));
    let refused = station.open_case(Purpose::New, &Biodata::default()).unwrap_err();
    assert_eq!(refused.code, Code::ClockUnsure);
    // Signing in again, or starting anew, does not make it sure.
    drop(station);
    let right = SetClock::at(NOON + 90 * DAY_MS + 60_000);
    let mut station = open(&folder, &right);
    assert_eq!(station.sign_in(operator()).unwrap().clock.trust, "unsure");
    right.set(NOON + 30 * DAY_MS);
    assert_eq!(station.home().unwrap().clock.trust, "unsure", "set right by hand, and asked again");
    station.confirm_clock().unwrap();
    assert_eq!(station.home().unwrap().now.date, "2026-12-20");
    station.open_case(Purpose::New, &Biodata::default()).unwrap();
}

#[test]
fn a_clock_set_back_revives_no_decree() {
    let (folder, clock) = demonstration();
    let after = 4 * YEAR_MS;
    let late = SetClock::at(NOON + after);
    let mut station = open(&folder, &late);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::AccountExpired);
    drop(station);
    open(&folder, &clock).sign_in(operator()).unwrap();
}

#[test]
fn summer_2038_is_an_ordinary_day() {
    let (folder, _) = demonstration();
    // 2038-08-01 10:00 in the office, beyond the end of 32-bit time.
    let clock = SetClock::at(2_164_240_800_000);
    let keys = open(&folder, &clock);
    let year = crate::clock::on_the_wall(keys.now(), keys.profile().office.time_zone).year();
    assert_eq!(year, 2038);
    assert_eq!(keys.clock_trust(), ClockTrust::Steady);
}

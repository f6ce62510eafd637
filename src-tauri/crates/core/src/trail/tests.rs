use rekam_keys::Cost;

use super::*;
use crate::clock::{Clock, SetClock};
use crate::demonstration;
use crate::view::SignInRequest;

const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA

struct Desk {
    folder: tempfile::TempDir,
    clock: SetClock,
}

impl Desk {
    fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), SetClock::at(NOON));
        let cost = Cost::new(64, 1, 1).unwrap();
        demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cost).unwrap();
        Self { folder, clock }
    }

    fn open(&self) -> Station {
        let cost = Cost::new(64, 1, 1).unwrap();
        Station::open_at(self.folder.path(), Clock::Set(self.clock.clone()), cost).unwrap()
    }

    /// Event, actor and the reason or count of every entry about who sits here.
    fn trail(&self, station: &mut Station) -> Vec<String> {
        let audit = station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
        let told = audit.iter().filter(|row| {
            let event = AuditEvent::from_word(&row.event).unwrap();
            event.entry().subject == rekam_domain::audit::AuditSubject::Session
        });
        told.map(|row| {
            let detail =
                ["reason", "count", "since"].map(|name| row.fields.get(name).map(ToString::to_string));
            let detail: Vec<String> = detail.into_iter().flatten().collect();
            format!("{} {} {}", row.event, row.actor, detail.join(" ")).replace('"', "").trim().to_owned()
        })
        .collect()
    }
}

fn sign_in(station: &mut Station, account: &str, secret: &str) -> bool {
    station.sign_in(SignInRequest { account: account.to_owned(), secret: secret.to_owned() }).is_ok()
}

fn operator(station: &mut Station) {
    assert!(sign_in(station, "operator", "kopi hitam tiga gelas"));
}

fn supervisor(station: &mut Station) {
    assert!(sign_in(station, "pengawas", "buku merah lemari besi"));
}

#[test]
fn refused_tries_are_in_the_audit_once_anybody_signs_in() {
    let desk = Desk::new();
    for _ in 0..2 {
        assert!(!sign_in(&mut desk.open(), "operator", "bukan frasa sandi"));
    }
    assert!(!sign_in(&mut desk.open(), "entah-siapa", "bukan frasa sandi"));
    desk.clock.advance(60_000);
    let mut station = desk.open();
    supervisor(&mut station);
    let expected = [
        "sign_in_failed operator 2 2026-11-20 12:00",
        "sign_in_failed - 1 2026-11-20 12:00",
        "signed_in pengawas",
    ];
    assert_eq!(desk.trail(&mut station), expected);
    drop(station);
    // Once is enough.
    let mut station = desk.open();
    operator(&mut station);
    assert_eq!(desk.trail(&mut station).len(), expected.len() + 2);
}

#[test]
fn a_locked_account_raises_an_alarm() {
    let desk = Desk::new();
    let mut station = desk.open();
    for _ in 0..rekam_keys::TRIES_MAX {
        desk.clock.advance(3_600_000);
        assert!(!sign_in(&mut station, "operator", "bukan frasa sandi"));
    }
    supervisor(&mut station);
    assert_eq!(desk.trail(&mut station)[0], "sign_in_blocked operator 20 2026-11-20 13:00");
}

#[test]
fn every_way_to_leave_is_in_the_audit() {
    let desk = Desk::new();
    let mut station = desk.open();
    operator(&mut station);
    station.lock(LockReason::Chosen);
    station.lock(LockReason::Idle);
    operator(&mut station);
    station.lock(LockReason::Idle);
    supervisor(&mut station);
    operator(&mut station);
    drop(station);
    let mut station = desk.open();
    supervisor(&mut station);
    let expected = [
        "signed_in operator",
        "screen_locked operator chosen",
        "screen_unlocked operator",
        "screen_locked operator idle",
        "signed_in pengawas",
        "signed_out pengawas next_sign_in",
        "signed_in operator",
        "signed_out operator closing",
        "signed_in pengawas",
    ];
    assert_eq!(desk.trail(&mut station), expected);
    assert!(station.verify().unwrap().intact);
}

#[test]
fn whoever_was_signed_out_by_a_stranger_is_in_the_audit() {
    let desk = Desk::new();
    let mut station = desk.open();
    operator(&mut station);
    assert!(!sign_in(&mut station, "kasi", "bukan frasa sandi"));
    drop(station);
    let mut station = desk.open();
    operator(&mut station);
    let expected = [
        "signed_in operator",
        "signed_out operator next_sign_in",
        "sign_in_failed kasi 1 2026-11-20 12:00",
        "signed_in operator",
    ];
    assert_eq!(desk.trail(&mut station), expected);
}

#[test]
fn locking_never_fails_even_when_the_folder_is_gone() {
    let desk = Desk::new();
    let mut station = desk.open();
    operator(&mut station);
    // The folder is gone under the open database, as when its disk is pulled out.
    let aside = desk.folder.path().with_extension("aside");
    std::fs::rename(desk.folder.path(), &aside).unwrap();
    station.lock(LockReason::Idle);
    assert!(station.home().is_err());
    std::fs::rename(&aside, desk.folder.path()).unwrap();
    operator(&mut station);
    // What may have been written before the disk refused is written again; it is never left out.
    let trail = desk.trail(&mut station);
    assert!(trail.iter().any(|line| line == "screen_locked operator idle"), "{trail:?}");
    assert!(station.verify().is_err(), "an operator does not read the audit");
    supervisor(&mut station);
    assert!(station.verify().unwrap().intact);
}

/// How often each of these events is in the audit.
fn counts<const N: usize>(station: &Station, events: [&str; N]) -> [usize; N] {
    let audit = station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
    events.map(|event| audit.iter().filter(|row| row.event == event).count())
}

#[test]
fn who_was_denied_what_is_in_the_audit() {
    let desk = Desk::new();
    let mut station = desk.open();
    operator(&mut station);
    assert!(station.list_accounts().is_err());
    let audit = station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
    let denied = audit.iter().find(|row| row.event == "access_denied").unwrap();
    assert_eq!(denied.actor, "operator");
    assert_eq!(denied.fields, json!({"operation": "read", "subject": "accounts"}));
}

#[test]
fn a_look_at_the_list_of_cases_is_one_entry_with_their_number() {
    let desk = Desk::new();
    let mut station = desk.open();
    operator(&mut station);
    for _ in 0..3 {
        let nobody = rekam_domain::biodata::Biodata::default();
        station.open_case(rekam_domain::purpose::Purpose::New, &nobody).unwrap();
    }
    station.list_cases().unwrap();
    let audit = station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
    let looked: Vec<_> = audit.iter().filter(|row| row.event == "case_searched").collect();
    assert_eq!(looked.len(), 1);
    assert_eq!((looked[0].actor.as_str(), &looked[0].fields), ("operator", &json!({"count": 3})));
}

#[test]
fn who_came_with_a_decree_that_ran_out_is_in_the_audit() {
    let desk = Desk::new();
    let mut station = desk.open();
    supervisor(&mut station);
    let tomorrow = station.today().tomorrow().unwrap();
    let decree = crate::people::CardChange { decree: Some(("SK-2".to_owned(), tomorrow)), roles: None };
    station.change_card("operator", &decree).unwrap();
    desk.clock.advance(3 * 86_400_000);
    assert!(!sign_in(&mut station, "operator", "kopi hitam tiga gelas"));
    supervisor(&mut station);
    let audit = station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
    let expired = audit.iter().find(|row| row.event == "account_expired").unwrap();
    assert_eq!(expired.fields, json!({"target": "operator", "until": tomorrow.to_string()}));
}

#[test]
fn a_list_of_people_that_ran_out_is_told_of_once() {
    let desk = Desk::new();
    let mut station = desk.open();
    supervisor(&mut station);
    let day_ms = 86_400_000;
    let list = rekam_store::RosterSourceRow {
        id: 0,
        name: "SIAK".to_owned(),
        hash: rekam_store::Hash([1; 32]),
        data_day: "2026-11-01".to_owned(),
        lines: 0,
        imported_ms: NOON,
        valid_until_ms: NOON + 5 * day_ms,
    };
    station.promise(|_, writing| Ok(writing.insert_roster_source(&list)?)).unwrap();
    supervisor(&mut station);
    assert_eq!(counts(&station, ["roster_expired"]), [0]);
    desk.clock.advance(7 * day_ms);
    for _ in 0..2 {
        supervisor(&mut station);
    }
    assert_eq!(counts(&station, ["roster_expired"]), [1]);
}

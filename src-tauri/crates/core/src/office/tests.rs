use rekam_domain::role::Role;
use rekam_packet::demonstration::signer;
use rekam_packet::notice::{AccountRole, Payload as _};

use super::*;
use crate::problem::Code;
use crate::station::tests::{demonstration, open, operator, request};

fn newer(station: &Station, serial: u64, roles: &[(&str, Role)]) -> Vec<u8> {
    let mut bundle = station.pinned_office().unwrap().unwrap().bundle;
    bundle.serial = serial;
    bundle.roles = roles
        .iter()
        .map(|(account, role)| AccountRole { account: (*account).to_owned(), role: *role })
        .collect();
    bundle.sign(&signer()).unwrap()
}

#[test]
fn what_was_laid_by_while_nobody_was_there_is_taken_by_the_next_sign_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let next = newer(&station, 2, &[]);
    let older = newer(&station, 0, &[]);
    station.lock(crate::trail::LockReason::Chosen);
    for (laid_by, serial) in [(older.as_slice(), 1), (b"none", 1), (next.as_slice(), 2)] {
        config::write(folder.path(), WAITING_FILE, laid_by).unwrap();
        station.sign_in(operator()).unwrap();
        assert_eq!(station.pinned_office().unwrap().unwrap().bundle.serial, serial);
        assert!(!folder.path().join(WAITING_FILE).exists());
    }
}

#[test]
fn whom_the_office_has_withdrawn_stays_outside_until_it_says_otherwise() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let supervisor = || request("pengawas", "buku merah lemari besi");
    station.sign_in(supervisor()).unwrap();
    let withdrawn = newer(&station, 2, &[("pengawas", Role::Supervisor)]);
    let again = newer(&station, 3, &[]);
    station.take_bundle(&withdrawn, None).unwrap();
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::AccountWithdrawn);
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
    // The word that lets them in again comes while they stand outside.
    config::write(folder.path(), WAITING_FILE, &again).unwrap();
    station.sign_in(operator()).unwrap();
}

#[test]
fn two_cuts_lose_no_admission() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let (first, second, third) = (
        std::fs::read(folder.path().join(OFFICE_FILE)).unwrap(),
        newer(&station, 2, &[]),
        newer(&station, 3, &[]),
    );
    station.take_bundle(&second, None).unwrap();
    // As after a cut between the promise and the bundle's own place.
    std::fs::write(folder.path().join(OFFICE_FILE), first).unwrap();
    std::fs::write(folder.path().join(NEXT_FILE), &second).unwrap();
    // What is promised comes to its place before another is laid where it is.
    std::fs::create_dir(folder.path().join(format!("{OFFICE_FILE}.new"))).unwrap();
    station.take_bundle(&third, None).unwrap_err();
    drop(station);
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    assert_eq!(station.pinned_office().unwrap().unwrap().bundle.serial, 2);
}

#[test]
fn a_cut_while_an_admission_is_taken_leaves_delivery_one_it_knows() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let next = newer(&station, 2, &[]);
    // It is promised, and does not come to its place.
    let draft = folder.path().join(format!("{OFFICE_FILE}.new"));
    std::fs::create_dir(&draft).unwrap();
    station.take_bundle(&next, None).unwrap_err();
    let told = station.outbox().unwrap().read(|reading| reading.get_cursor("office")).unwrap();
    assert_eq!(pinned(folder.path(), told.as_deref()).unwrap().unwrap().bundle.serial, 2);
}

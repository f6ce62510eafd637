use jiff::civil::date;
use rekam_keys::Cost;
use rekam_store::AuditRow;

use super::recovery::recover_at;
use super::*;
use crate::clock::{Clock, SetClock};
use crate::config::KEYS_FOLDER;
use crate::setup::{NewStation, begin_at};
use crate::view::SignInRequest;

const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA
const DAY_MS: i64 = 86_400_000;
const BOSS: &str = "pagar besi pintu kayu";
const OPERATOR: &str = "lampu kuning meja panjang";
const OTHER: &str = "gelas retak air tumpah";

fn cheap() -> Cost {
    Cost::new(64, 1, 1).unwrap()
}

fn person(account: &str, secret: &str, roles: &[Role]) -> NewPerson {
    NewPerson {
        account: account.to_owned(),
        secret: Secret::new(secret.to_owned()),
        name: format!("Contoh {account}"),
        roles: roles.to_vec(),
        decree: "800/12/2026".to_owned(),
        decree_expires: date(2027, 12, 31),
    }
}

struct Office {
    folder: tempfile::TempDir,
    clock: SetClock,
    recovery: String,
    station: Option<Station>,
}

impl Office {
    /// A real station with its first supervisor signed in.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SetClock::at(NOON);
        let profile = include_str!("../../../../../packaging/profiles/tapin-candilarasutara-2023.toml");
        let first = person("kepala", BOSS, &[Role::Supervisor]);
        let new = NewStation { station: "630506-01", profile, first };
        let recovery = begin_at(folder.path(), &Clock::Set(clock.clone()), &new, cheap())
            .unwrap()
            .finish()
            .unwrap()
            .printed()
            .to_string();
        let mut office = Self { folder, clock, recovery, station: None };
        office.sign_in("kepala", BOSS).unwrap();
        office
    }

    fn station(&mut self) -> &mut Station {
        let clock = Clock::Set(self.clock.clone());
        self.station.get_or_insert_with(|| Station::open_at(self.folder.path(), clock, cheap()).unwrap())
    }

    fn sign_in(&mut self, account: &str, secret: &str) -> Result<(), Code> {
        let request = SignInRequest { account: account.to_owned(), secret: secret.to_owned() };
        self.station().sign_in(request).map(|_| ()).map_err(|problem| problem.code)
    }

    fn add(&mut self, account: &str, secret: &str, roles: &[Role]) -> Result<(), Code> {
        self.station().add_account(&person(account, secret, roles)).map_err(|problem| problem.code)
    }

    fn recover(&mut self, typed: &str, rescue: &Rescue) -> Result<(), Code> {
        self.station = None;
        let clock = Clock::Set(self.clock.clone());
        recover_at(self.folder.path(), clock, typed, rescue, cheap()).map_err(|problem| problem.code)
    }

    fn audit(&mut self) -> Vec<AuditRow> {
        self.station().store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap()
    }

    fn events(&mut self, target: &str) -> Vec<String> {
        self.audit().into_iter().filter(|row| row.subject == target).map(|row| row.event).collect()
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn code<T>(result: Result<T, Problem>) -> Code {
    result.map(|_| ()).unwrap_err().code
}

#[test]
fn a_supervisor_lets_an_operator_in_and_the_operator_lets_nobody_in() {
    let mut office = Office::new();
    office.add("siti", OPERATOR, &[Role::FrontDesk, Role::CaptureOperator]).unwrap();
    let listed = office.station().list_accounts().unwrap();
    let seen: Vec<_> = listed.iter().map(|one| (one.account.as_str(), one.decree_days_left)).collect();
    assert_eq!(seen, [("kepala", 406), ("siti", 406)]);
    assert_eq!(listed[1].roles, ["FrontDesk", "CaptureOperator"]);
    assert_eq!((listed[1].trust.as_str(), listed[1].closed, listed[1].damaged), ("software", false, false));
    assert_eq!(office.events("siti"), ["account_created"]);
    office.sign_in("siti", OPERATOR).unwrap();
    let station = office.station();
    assert_eq!(code(station.list_accounts()), Code::NotPermitted);
    assert_eq!(code(station.add_account(&person("budi", OTHER, &[Role::FrontDesk]))), Code::NotPermitted);
    assert_eq!(code(station.reset_account("kepala", &secret(OTHER))), Code::NotPermitted);
    assert_eq!(code(station.close_account("kepala", WaitingRecordings::Keep)), Code::NotPermitted);
    assert_eq!(code(station.renew_recovery()), Code::NotPermitted);
    let change = CardChange { roles: Some(vec![Role::Supervisor]), ..CardChange::default() };
    assert_eq!(code(station.change_card("siti", &change)), Code::NotPermitted);
}

#[test]
fn names_what_is_wrong_with_a_new_person_and_writes_nothing() {
    let mut office = Office::new();
    let before = office.audit().len();
    let station = office.station();
    let add = |station: &mut Station, change: &dyn Fn(&mut NewPerson)| {
        let mut person = person("siti", OPERATOR, &[Role::FrontDesk]);
        change(&mut person);
        let problem = station.add_account(&person).unwrap_err();
        let detail = problem.values.get("field").or(problem.values.get("why")).cloned();
        (problem.code, detail.unwrap_or_default())
    };
    let refused = |field: &str| (Code::InputRefused, field.to_owned());
    assert_eq!(add(station, &|new| new.account = "Siti Besar".to_owned()), refused("account"));
    assert_eq!(add(station, &|new| new.name = " ".to_owned()), refused("name"));
    assert_eq!(add(station, &|new| new.roles = vec![]), refused("roles"));
    assert_eq!(add(station, &|new| new.roles = vec![Role::Station]), refused("roles"));
    assert_eq!(add(station, &|new| new.decree = "12\n13".to_owned()), refused("decree"));
    let expired = add(station, &|new| new.decree_expires = date(2026, 11, 19));
    assert_eq!(expired.0, Code::AccountExpired);
    let weak = (Code::SecretRefused, "secret.too_short".to_owned());
    assert_eq!(add(station, &|new| new.secret = secret("pendek")), weak);
    assert_eq!(add(station, &|new| new.account = "kepala".to_owned()).0, Code::AccountTaken);
    assert_eq!(office.audit().len(), before);
}

#[test]
fn a_forgotten_secret_is_reset_by_a_supervisor_and_comes_with_a_new_key() {
    let mut office = Office::new();
    office.add("siti", OPERATOR, &[Role::CaptureOperator]).unwrap();
    let old = office.station().public_keys("siti").unwrap();
    for _ in 0..rekam_keys::TRIES_MAX {
        office.clock.advance(3_600_000);
        let _ = office.sign_in("siti", "bukan yang benar");
    }
    assert_eq!(office.sign_in("siti", OPERATOR), Err(Code::AccountLocked));
    office.sign_in("kepala", BOSS).unwrap();
    office.station().reset_account("siti", &secret(OTHER)).unwrap();
    let new = office.station().public_keys("siti").unwrap();
    assert_eq!((new.len(), new[0] == old[0]), (2, true));
    assert_eq!(office.sign_in("siti", OPERATOR), Err(Code::WrongSecret));
    office.sign_in("siti", OTHER).unwrap();
    assert_eq!(office.events("siti"), ["account_created", "account_reset"]);
}

#[test]
fn nobody_resets_closes_or_raises_their_own_account() {
    let mut office = Office::new();
    let station = office.station();
    assert_eq!(code(station.reset_account("kepala", &secret(OTHER))), Code::OwnAccount);
    assert_eq!(code(station.close_account("kepala", WaitingRecordings::Keep)), Code::OwnAccount);
    let roles = CardChange { roles: Some(Role::ALL.to_vec()), ..CardChange::default() };
    assert_eq!(code(station.change_card("kepala", &roles)), Code::OwnAccount);
    let decree =
        CardChange { decree: Some(("9/2027".to_owned(), date(2028, 1, 1))), ..CardChange::default() };
    station.change_card("kepala", &decree).unwrap();
    assert_eq!(office.events("kepala"), ["account_changed"]);
}

#[test]
fn a_closed_account_stays_listed_and_its_word_is_never_given_again() {
    let mut office = Office::new();
    office.add("siti", OPERATOR, &[Role::CaptureOperator]).unwrap();
    office.station().close_account("siti", WaitingRecordings::Keep).unwrap();
    assert!(office.station().list_accounts().unwrap()[1].closed);
    assert_eq!(code(office.station().close_account("siti", WaitingRecordings::Keep)), Code::AccountClosed);
    assert_eq!(code(office.station().reset_account("siti", &secret(OTHER))), Code::AccountClosed);
    assert_eq!(office.add("siti", OTHER, &[Role::FrontDesk]), Err(Code::AccountTaken));
    assert_eq!(office.sign_in("siti", OPERATOR), Err(Code::AccountClosed));
}

#[test]
fn a_new_decree_lets_somebody_in_again() {
    let mut office = Office::new();
    office.add("siti", OPERATOR, &[Role::CaptureOperator]).unwrap();
    let own = CardChange { decree: Some(("9/2027".to_owned(), date(2030, 1, 1))), ..CardChange::default() };
    office.station().change_card("kepala", &own).unwrap();
    office.clock.advance(500 * DAY_MS);
    assert_eq!(office.sign_in("siti", OPERATOR), Err(Code::AccountExpired));
    office.sign_in("kepala", BOSS).unwrap();
    let change = CardChange {
        decree: Some(("10/2028".to_owned(), date(2029, 1, 1))),
        roles: Some(vec![Role::FrontDesk]),
    };
    office.station().change_card("siti", &change).unwrap();
    office.sign_in("siti", OPERATOR).unwrap();
    assert_eq!(office.station().home().unwrap().person.roles, ["FrontDesk"]);
    assert_eq!(office.events("siti"), ["account_created", "account_changed", "roles_changed"]);
    assert_eq!(office.audit().iter().filter(|row| row.event == "roles_changed").count(), 1);
}

#[test]
fn a_person_changes_their_own_secret_with_the_old_one() {
    let mut office = Office::new();
    let wrong = office.station().change_own_secret(&secret("bukan yang lama"), &secret(OTHER));
    assert_eq!(code(wrong), Code::WrongSecret);
    office.station().change_own_secret(&secret(BOSS), &secret(OTHER)).unwrap();
    assert_eq!(office.sign_in("kepala", BOSS), Err(Code::WrongSecret));
    office.sign_in("kepala", OTHER).unwrap();
    assert_eq!(office.events("kepala"), ["account_changed", "account_act_undone", "account_changed"]);
}

#[test]
fn what_the_disk_refuses_was_announced_and_is_taken_back() {
    let mut office = Office::new();
    std::fs::remove_dir_all(office.folder.path().join(KEYS_FOLDER)).unwrap();
    assert!(office.add("siti", OPERATOR, &[Role::CaptureOperator]).is_err());
    assert_eq!(office.events("siti"), ["account_created", "account_act_undone"]);
    let audit = office.audit();
    let undone = audit.iter().find(|row| row.event == "account_act_undone").unwrap();
    assert_eq!(undone.fields["event"], "account_created");
}

#[test]
fn the_recovery_key_lets_supervisors_in_and_nobody_else() {
    let mut office = Office::new();
    office.add("siti", OPERATOR, &[Role::CaptureOperator]).unwrap();
    let key = office.recovery.clone();
    let reset = |account: &str| Rescue::Reset { account: account.to_owned(), secret: secret(OTHER) };
    assert_eq!(office.recover(&key, &reset("siti")), Err(Code::SupervisorNeeded));
    let operator = Rescue::Add(person("budi", OTHER, &[Role::CaptureOperator]));
    assert_eq!(office.recover(&key, &operator), Err(Code::SupervisorNeeded));
    assert_eq!(office.recover("00000", &reset("kepala")), Err(Code::WrongRecoveryKey));
    let foreign = Office::new().recovery;
    assert_eq!(office.recover(&foreign, &reset("kepala")), Err(Code::WrongRecoveryKey));

    office.recover(&key, &reset("kepala")).unwrap();
    office.recover(&key, &Rescue::Add(person("budi", OTHER, &[Role::Supervisor]))).unwrap();
    assert_eq!(office.sign_in("kepala", BOSS), Err(Code::WrongSecret));
    office.sign_in("budi", OTHER).unwrap();
    office.sign_in("kepala", OTHER).unwrap();
    assert_eq!(office.events("kepala"), ["recovery_key_used", "account_reset"]);
    assert_eq!(office.events("budi"), ["recovery_key_used", "account_created"]);
    assert!(office.audit().iter().all(|row| row.actor == "recovery" || row.event != "recovery_key_used"));
    assert!(office.station().verify().unwrap().intact);
}

#[test]
fn a_new_recovery_key_makes_the_old_one_worthless() {
    let mut office = Office::new();
    let old = office.recovery.clone();
    let new = office.station().renew_recovery().unwrap().printed().to_string();
    let reset = Rescue::Reset { account: "kepala".to_owned(), secret: secret(OTHER) };
    assert_eq!(office.recover(&old, &reset), Err(Code::WrongRecoveryKey));
    assert_eq!(office.recover(&new, &reset), Ok(()));
}

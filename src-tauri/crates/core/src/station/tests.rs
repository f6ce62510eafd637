use super::*;
use crate::clock::SetClock;
use crate::config::CONFIG_FILE;

const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA
const DAY_MS: i64 = 86_400_000;

fn cheap() -> Cost {
    Cost::new(64, 1, 1).unwrap()
}

fn demonstration() -> (tempfile::TempDir, SetClock) {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::at(NOON);
    demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cheap()).unwrap();
    (folder, clock)
}

fn open(folder: &tempfile::TempDir, clock: &SetClock) -> Station {
    Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap()).unwrap()
}

fn request(account: &str, secret: &str) -> SignInRequest {
    SignInRequest { account: account.to_owned(), secret: secret.to_owned() }
}

fn operator() -> SignInRequest {
    request("operator", "kopi hitam tiga gelas")
}

#[test]
fn shows_the_home_of_whoever_signs_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let home = station.sign_in(operator()).unwrap();
    assert_eq!(home.person.account, "operator");
    assert_eq!((home.now.date.as_str(), home.now.time.as_str()), ("2026-11-20", "12:00"));
    assert_eq!(home.profile.stated_minutes_total, Some(29));
    let mine: Vec<&str> =
        home.profile.steps.iter().filter(|step| step.is_mine).map(|step| step.no.as_str()).collect();
    assert_eq!(mine, ["2", "3", "6", "7"]);
}

#[test]
fn every_demonstration_account_can_sign_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    for shown in station.welcome().unwrap().demonstration {
        let home = station.sign_in(request(&shown.account, &shown.passphrase)).unwrap();
        assert_eq!(home.person.roles, shown.roles);
    }
}

#[test]
fn shows_nothing_before_sign_in_and_after_locking() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let nik = NikRequest { nik: String::new(), born: String::new(), sex: String::new() };
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
    assert_eq!(station.check_nik(&nik).unwrap_err().code, Code::SignInFirst);
    station.sign_in(operator()).unwrap();
    assert!(station.home().is_ok());
    station.lock();
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
}

#[test]
fn wrong_secrets_are_slowed_also_across_a_restart() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let mut last = None;
    for _ in 0..rekam_keys::TRIES_FREE {
        last = Some(station.sign_in(request("operator", "bukan frasa sandi")).unwrap_err());
    }
    assert_eq!(last.unwrap().code, Code::WaitBeforeNextTry);
    drop(station);
    let mut station = open(&folder, &clock);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::WaitBeforeNextTry);
    clock.advance(3_600_000);
    assert!(station.sign_in(operator()).is_ok());
}

#[test]
fn a_failed_sign_in_leaves_nobody_signed_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    assert!(station.sign_in(request("kasi", "bukan frasa sandi")).is_err());
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
}

#[test]
fn nobody_works_on_a_decree_that_has_run_out() {
    let (folder, clock) = demonstration();
    clock.advance(4 * 365 * DAY_MS);
    let mut station = open(&folder, &clock);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::AccountExpired);
}

#[test]
fn a_second_program_on_the_same_folder_is_refused_by_name() {
    let (folder, clock) = demonstration();
    let first = open(&folder, &clock);
    let second = Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap());
    assert_eq!(second.unwrap_err().code, Code::AlreadyRunning);
    drop(first);
    open(&folder, &clock);
}

#[test]
fn names_what_keeps_a_station_from_opening() {
    let (folder, clock) = demonstration();
    let problem = |change: &dyn Fn(&Path)| {
        let (folder, _) = demonstration();
        change(folder.path());
        Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap()).unwrap_err()
    };
    let code = |change: &dyn Fn(&Path)| problem(change).code;
    assert_eq!(code(&|at| std::fs::remove_file(at.join(CONFIG_FILE)).unwrap()), Code::NotSetUp);
    assert_eq!(code(&|at| std::fs::write(at.join(CONFIG_FILE), "{").unwrap()), Code::FileDamaged);
    assert_eq!(code(&|at| std::fs::remove_dir_all(at).unwrap()), Code::FolderUnusable);
    assert_eq!(code(&|at| std::fs::remove_dir_all(at.join("keys")).unwrap()), Code::NotSetUp);
    let broken = problem(&|at| std::fs::write(at.join(PROFILE_FILE), "schema = 1\n").unwrap());
    assert_eq!(broken.code, Code::ProfileUnusable);
    assert!(broken.to_string().contains("profile.toml:"), "{broken}");
    drop(folder);
}

#[test]
fn a_set_up_that_was_interrupted_is_begun_anew() {
    let (folder, clock) = demonstration();
    std::fs::remove_file(folder.path().join(CONFIG_FILE)).unwrap();
    demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cheap()).unwrap();
    assert!(open(&folder, &clock).sign_in(operator()).is_ok());
}

#[test]
fn says_what_a_nik_tells_gravest_finding_first() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let ask = |nik: &str, born: &str, sex: &str| {
        let request = NikRequest { nik: nik.to_owned(), born: born.to_owned(), sex: sex.to_owned() };
        station.check_nik(&request)
    };
    let view = ask("3671091508060001", "16-08-2006", "L").unwrap();
    let codes: Vec<&str> = view.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["nik_birth_date_differs", "nik_region_elsewhere"]);
    assert!(view.tells.iter().any(|tell| tell.value == "15-08-2006"));
    assert_eq!(ask(&"1".repeat(300), "", "").unwrap_err().code, Code::InputRefused);
    assert_eq!(ask("0367109200000001", "", "").unwrap().reading, "temporary");
}

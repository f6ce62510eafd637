use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::civil::date;
use rekam_keys::Secret;

use super::*;
use crate::clock::SetClock;
use crate::config::CONFIG_FILE;
use crate::station::Station;
use crate::view::SignInRequest;

const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA
const PROFILE: &str = include_str!("../../../../../packaging/profiles/tangerang-dinas-dafduk01-2021.toml");

fn first(roles: &[Role]) -> NewPerson {
    NewPerson {
        account: "kepala".to_owned(),
        secret: Secret::new("pagar besi pintu kayu".to_owned()),
        name: "Contoh Kepala".to_owned(),
        roles: roles.to_vec(),
        decree: "800/12/2026".to_owned(),
        decree_expires: date(2027, 12, 31),
    }
}

fn begin_with(folder: &Path, station: &str, profile: &str, roles: &[Role]) -> Result<Unfinished, Problem> {
    let clock = Clock::Set(SetClock::at(NOON));
    let new = NewStation { station, profile, first: first(roles) };
    begin_at(folder, &clock, &new, Cost::new(64, 1, 1).unwrap())
}

fn begin(folder: &Path) -> Result<Unfinished, Problem> {
    begin_with(folder, "367109-01", PROFILE, &[Role::Supervisor, Role::FrontDesk])
}

fn open(folder: &Path) -> Result<Station, Problem> {
    Station::open_at(folder, Clock::Set(SetClock::at(NOON)), Cost::new(64, 1, 1).unwrap())
}

fn sign_in(station: &mut Station) -> Result<(), Problem> {
    let (account, secret) = ("kepala".to_owned(), "pagar besi pintu kayu".to_owned());
    station.sign_in(SignInRequest { account, secret }).map(|_| ())
}

#[test]
fn a_real_station_is_not_marked_as_a_demonstration_and_invents_no_numbers() {
    let folder = tempfile::tempdir().unwrap();
    begin(folder.path()).unwrap().finish().unwrap();
    let mut station = open(folder.path()).unwrap();
    assert!(!station.is_demonstration());
    assert!(station.welcome().unwrap().demonstration.is_empty());
    sign_in(&mut station).unwrap();
    let left = station.store().unwrap().read(|reading| reading.count_numbers_left("registration", 2026));
    assert_eq!(left.unwrap(), 0);
    let audit = station.store().unwrap().read(|reading| reading.list_audit(0, 10)).unwrap();
    let events: Vec<&str> = audit.iter().map(|row| row.event.as_str()).collect();
    assert_eq!(events, ["station_created", "account_created", "signed_in", "audit_day_signed"]);
}

#[test]
fn refuses_by_name_what_an_office_cannot_begin_with() {
    let folder = tempfile::tempdir().unwrap();
    let code = |station: &str, profile: &str, roles: &[Role]| {
        begin_with(folder.path(), station, profile, roles).unwrap_err().code
    };
    assert_eq!(code("367109-01", PROFILE, &[Role::CaptureOperator]), Code::SupervisorNeeded);
    assert_eq!(code("367109 01", PROFILE, &[Role::Supervisor]), Code::InputRefused);
    assert_eq!(code("", PROFILE, &[Role::Supervisor]), Code::InputRefused);
    assert_eq!(code("367109-01", "schema = 1", &[Role::Supervisor]), Code::ProfileUnusable);
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn is_no_station_until_somebody_has_the_recovery_key() {
    let folder = tempfile::tempdir().unwrap();
    let unfinished = begin(folder.path()).unwrap();
    let key = unfinished.recovery().printed().to_string();
    assert!(unfinished.is_recovery(&key.to_lowercase().replace('-', " ")));
    assert!(!unfinished.is_recovery(""));
    drop(unfinished);
    assert_eq!(open(folder.path()).unwrap_err().code, Code::NotSetUp);
    // Begun anew, with another key.
    let unfinished = begin(folder.path()).unwrap();
    assert!(!unfinished.is_recovery(&key));
    unfinished.finish().unwrap();
    sign_in(&mut open(folder.path()).unwrap()).unwrap();
}

#[test]
fn a_station_that_exists_or_lost_its_settings_is_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    begin(folder.path()).unwrap().finish().unwrap();
    assert_eq!(begin(folder.path()).unwrap_err().code, Code::AlreadySetUp);
    let [config, aside] = [CONFIG_FILE, "elsewhere"].map(|name| folder.path().join(name));
    std::fs::rename(&config, &aside).unwrap();
    assert_eq!(begin(folder.path()).unwrap_err().code, Code::FileDamaged);
    std::fs::rename(&aside, &config).unwrap();
    sign_in(&mut open(folder.path()).unwrap()).unwrap();
}

/// A software TPM of a test's own; ended when dropped.
struct Chip {
    folder: tempfile::TempDir,
    process: Child,
}

impl Chip {
    /// As it comes from the factory: nobody limits guesses yet.
    fn fresh() -> Self {
        // In memory, and short, because the names of sockets are limited.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let process = Command::new("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear", "--tpmstate"])
            .arg(format!("dir={}", folder.path().display()))
            .arg("--server")
            .arg(format!("type=unixio,path={}", folder.path().join("socket").display()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let chip = Self { folder, process };
        let begun = Instant::now();
        while UnixStream::connect(chip.folder.path().join("socket")).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "swtpm does not listen");
            std::thread::yield_now();
        }
        chip
    }

    fn tpm(&self) -> Tpm {
        Tpm::Socket(self.folder.path().join("socket"))
    }
}

impl Drop for Chip {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_chip_is_made_to_limit_guesses_and_the_keys_are_bound_to_it() {
    let (folder, chip) = (tempfile::tempdir().unwrap(), Chip::fresh());
    let clock = || Clock::Set(SetClock::at(NOON));
    let new = NewStation { station: "367109-01", profile: PROFILE, first: first(&[Role::Supervisor]) };
    super::begin(folder.path(), &clock(), &new, Some(chip.tpm())).unwrap().finish().unwrap();
    let mut station = open(folder.path()).unwrap();
    assert_eq!(sign_in(&mut station).unwrap_err().code, Code::HardwareMissing);
    drop(station);
    let mut station = Station::open_at(folder.path(), clock(), Cost::STATION.with(Some(chip.tpm()))).unwrap();
    sign_in(&mut station).unwrap();
    assert_eq!(station.welcome().unwrap().station.trust, "hardware");
}

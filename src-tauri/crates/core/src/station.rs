//! The station: opened once, asked by the window and the command line.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rekam_domain::audit::AuditEvent;
use rekam_domain::finding::Grade;
use rekam_domain::nik::{Header, NikReading, NumberContext, check_row};
use rekam_domain::profile::Profile;
use rekam_domain::region::{RegionCode, RegionTable};
use rekam_domain::role::Role;
use rekam_keys::{AccountId, Cost, KeyRing, Protection, Secret, Tpm, Unlocked};
use rekam_store::{DatabaseKey, NewAudit, Store, Uuid, Writing, id_of};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::account::AccountCard;
use crate::clock::{Clock, UnixMs, office_time, on_the_wall};
use crate::config::{self, KEYS_FOLDER, PROFILE_FILE, STORE_FOLDER, StationConfig};
use crate::demonstration;
use crate::disk;
use crate::problem::{Code, Problem};
use crate::view::{
    FindingView, HomeView, NikRequest, NikView, OfficeView, PersonView, ProfileView, SignInRequest,
    StationView, StepView, TellView, WelcomeView,
};

/// Longest text taken from a field of the screen; a number and a date need far less.
const FIELD_BYTES_MAX: usize = 256;

/// A station that is open; its keys stay closed until somebody signs in.
pub struct Station {
    folder: PathBuf,
    config: StationConfig,
    profile: Profile,
    regions: RegionTable,
    ring: KeyRing,
    clock: Clock,
    chance: Chance,
    session: Option<Session>,
}

impl std::fmt::Debug for Station {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Station({})", self.config.station)
    }
}

/// Where ids take their chance from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chance {
    /// The operating system.
    System,
    /// A seed, so that a simulated day is the same each time.
    Seed(u64),
}

/// Somebody is signed in. Dropped when locked, and the keys and the open database with it.
struct Session {
    unlocked: Unlocked,
    card: AccountCard,
    signed_in: UnixMs,
    store: Store,
}

impl Station {
    /// Opens the station in this folder, locked.
    ///
    /// # Errors
    /// Not set up, in use, damaged, or the disk refused; nothing was changed.
    pub fn open(folder: &Path, clock: Clock) -> Result<Self, Problem> {
        Self::open_at(folder, clock, Cost::STATION.with(Tpm::detect()))
    }

    /// The same, with another price for new secrets and without the chip of this computer: tests.
    pub(crate) fn open_at(
        folder: &Path,
        clock: Clock,
        protection: impl Into<Protection>,
    ) -> Result<Self, Problem> {
        if !folder.is_dir() {
            return Err(Problem::new(Code::FolderUnusable).with("folder", folder.display()));
        }
        let config = config::read_config(folder)?;
        let text = config::read(folder, PROFILE_FILE)?;
        let profile = Profile::read(PROFILE_FILE, &text).map_err(|problems| {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            Problem::new(Code::ProfileUnusable).with("problem", first)
        })?;
        let ring = KeyRing::open(&folder.join(KEYS_FOLDER), protection)?;
        let regions = RegionTable::starter();
        Ok(Self {
            folder: folder.to_owned(),
            config,
            profile,
            regions,
            ring,
            clock,
            chance: Chance::System,
            session: None,
        })
    }

    /// What anybody may see: which station this is, and who can sign in.
    ///
    /// # Errors
    /// The disk refused.
    pub fn welcome(&self) -> Result<WelcomeView, Problem> {
        let accounts = self.ring.accounts()?.iter().map(|id| id.as_str().to_owned()).collect();
        let demonstration =
            if self.config.demonstration { demonstration::accounts_shown() } else { Vec::new() };
        Ok(WelcomeView {
            station: self.station_view(),
            office: self.office_view(),
            accounts,
            demonstration,
            now: office_time(self.clock.now(), self.profile.office.time_zone),
        })
    }

    /// Lets a person in. Whoever sat here before is signed out, whatever the outcome.
    ///
    /// # Errors
    /// The secret, the account or its decree does not let this person in; tries are counted on the disk.
    pub fn sign_in(&mut self, request: SignInRequest) -> Result<HomeView, Problem> {
        self.lock();
        let SignInRequest { account, secret } = request;
        let secret = Secret::new(secret);
        let id: AccountId =
            account.trim().to_lowercase().parse().map_err(|_| Problem::new(Code::UnknownAccount))?;
        let now = self.clock.now();
        let unlocked = self.ring.unlock(&id, &secret, now)?;
        let card = AccountCard::decode(unlocked.card())
            .ok_or_else(|| Problem::new(Code::FileDamaged).with("file", format!("{id}.key")))?;
        if card.decree_days_left(self.today()) < 0 {
            return Err(Problem::new(Code::AccountExpired));
        }
        let store = self.open_store(&unlocked)?;
        self.session = Some(Session { unlocked, card, signed_in: now, store });
        self.note(AuditEvent::SignedIn, json!({}))?;
        self.home()
    }

    /// Signs out. The keys leave memory; nothing else changes.
    pub fn lock(&mut self) {
        self.session = None;
    }

    /// The home screen of the person who is signed in.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn home(&self) -> Result<HomeView, Problem> {
        let session = self.session()?;
        let zone = self.profile.office.time_zone;
        Ok(HomeView {
            station: self.station_view(),
            office: self.office_view(),
            profile: self.profile_view(&session.card),
            person: PersonView {
                account: session.unlocked.account().as_str().to_owned(),
                name: session.card.name.clone(),
                roles: session.card.roles.iter().map(|role| role.word().to_owned()).collect(),
                decree: session.card.decree.clone(),
                decree_expires: session.card.decree_expires.to_string(),
                decree_days_left: session.card.decree_days_left(self.today()),
            },
            now: office_time(self.clock.now(), zone),
            signed_in_at: office_time(session.signed_in, zone).time,
        })
    }

    /// Checks a NIK somebody reads out at the desk.
    ///
    /// # Errors
    /// Nobody is signed in, or a field is longer than any number or date.
    pub fn check_nik(&self, request: &NikRequest) -> Result<NikView, Problem> {
        self.session()?;
        let fields = [request.nik.as_str(), request.born.as_str(), request.sex.as_str()];
        if fields.iter().any(|field| field.len() > FIELD_BYTES_MAX) {
            return Err(Problem::new(Code::InputRefused));
        }
        let header = Header::read(&["nik", "born", "sex"]).map_err(|_| Problem::new(Code::OurMistake))?;
        let context = NumberContext {
            regions: &self.regions,
            station: RegionCode::parse(&self.profile.office.region_code),
            today: self.today(),
        };
        let line = check_row(&fields, &header, &context);
        let mut findings = line.findings;
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
        let mut tells = Vec::new();
        if let Some(told) = &line.explanation {
            let place = if told.region_names.is_empty() {
                told.region.to_string()
            } else {
                format!("{} ({})", told.region, told.region_names.join(", "))
            };
            tells.push(TellView::value("nik_tells.region", place));
            if let Some(date) = told.birth_date {
                tells.push(TellView::value("nik_tells.born", date.strftime("%d-%m-%Y").to_string()));
            }
            if let Some(sex) = told.sex {
                tells.push(TellView::key("nik_tells.sex", format!("sex.{}", sex.word())));
            }
            tells.push(TellView::value("nik_tells.serial", format!("{:04}", told.serial)));
        }
        Ok(NikView {
            reading: match line.reading {
                NikReading::Valid(_) => "nik",
                NikReading::Temporary => "temporary",
                NikReading::Unreadable => "unreadable",
            }
            .to_owned(),
            tells,
            findings: findings
                .into_iter()
                .map(|finding| FindingView {
                    grade: match finding.grade {
                        Grade::Error => "error",
                        Grade::Warning => "warning",
                        Grade::Information => "information",
                    }
                    .to_owned(),
                    code: finding.code.to_owned(),
                    values: finding
                        .values
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect(),
                })
                .collect(),
        })
    }

    /// Takes ids from a seed from here on: simulated days.
    pub fn set_chance(&mut self, chance: Chance) {
        self.chance = chance;
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Whether this station was set up for demonstration.
    #[must_use]
    pub fn is_demonstration(&self) -> bool {
        self.config.demonstration
    }

    pub(crate) fn station_id(&self) -> &str {
        &self.config.station
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) fn regions(&self) -> &RegionTable {
        &self.regions
    }

    pub(crate) fn free_disk_mb(&self) -> Option<u32> {
        disk::free_mb(&self.folder)
    }

    pub(crate) fn signed_in(&self) -> Result<(&str, &[Role]), Problem> {
        let session = self.session()?;
        Ok((session.unlocked.account().as_str(), &session.card.roles))
    }

    pub(crate) fn store(&self) -> Result<&Store, Problem> {
        Ok(&self.session()?.store)
    }

    /// One durable promise: all of it is on the disk when this returns, or none of it.
    pub(crate) fn promise<T>(
        &mut self,
        act: impl FnOnce(&Self, &mut Writing<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        if self.store()?.is_poisoned() {
            self.reopen_store()?;
        }
        self.store()?.write_or(|writing| act(self, writing))
    }

    /// After a write that failed nothing may be trusted but the disk: the database is read anew.
    fn reopen_store(&mut self) -> Result<(), Problem> {
        let Some(Session { unlocked, card, signed_in, store }) = self.session.take() else {
            return Err(Problem::new(Code::SignInFirst));
        };
        drop(store);
        let store = self.open_store(&unlocked)?;
        self.session = Some(Session { unlocked, card, signed_in, store });
        Ok(())
    }

    fn open_store(&self, unlocked: &Unlocked) -> Result<Store, Problem> {
        let key = DatabaseKey::from_bytes(unlocked.opened().database_key());
        Ok(Store::open(&self.folder.join(STORE_FOLDER), &key)?)
    }

    /// An audit entry that stands alone.
    pub(crate) fn note(&mut self, event: AuditEvent, fields: Value) -> Result<(), Problem> {
        let now = self.now();
        self.promise(|station, writing| {
            let (account, _) = station.signed_in()?;
            writing.append_audit(&NewAudit {
                event: event.word(),
                actor: account,
                subject: "",
                fields: &fields,
                wall_ms: now,
            })?;
            Ok(())
        })
    }

    /// A new id: later ones sort behind, and no two are the same.
    pub(crate) fn fresh_id(&self, now: UnixMs) -> Result<Uuid, Problem> {
        let mut chance = [0; 10];
        match self.chance {
            Chance::System => getrandom::fill(&mut chance).map_err(|_| Problem::new(Code::OurMistake))?,
            Chance::Seed(seed) => {
                let counter = self.store()?.read(|reading| reading.get_office_time())?.monotonic;
                let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(counter.to_be_bytes());
                chance.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
            }
        }
        Ok(id_of(now.unsigned_abs(), &chance))
    }

    fn session(&self) -> Result<&Session, Problem> {
        self.session.as_ref().ok_or_else(|| Problem::new(Code::SignInFirst))
    }

    fn today(&self) -> Date {
        on_the_wall(self.clock.now(), self.profile.office.time_zone).date()
    }

    fn station_view(&self) -> StationView {
        StationView {
            id: self.config.station.clone(),
            is_demonstration: self.config.demonstration,
            trust: self.ring.trust_level().word().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            free_disk_mb: disk::free_mb(&self.folder),
        }
    }

    fn office_view(&self) -> OfficeView {
        let office = &self.profile.office;
        OfficeView {
            government: office.government.clone(),
            name: office.name.clone(),
            kind: office.kind.word().to_owned(),
            region_code: office.region_code.clone(),
        }
    }

    fn profile_view(&self, card: &AccountCard) -> ProfileView {
        let profile = &self.profile;
        ProfileView {
            id: profile.identity.id.clone(),
            version: profile.identity.version,
            title: profile.identity.title.clone(),
            valid_from: profile.identity.valid_from.to_string(),
            stated_minutes_total: profile.stated_minutes(),
            steps: profile
                .steps()
                .iter()
                .map(|step| StepView {
                    no: step.no.clone(),
                    name: step.name.clone(),
                    role: step.role.word().to_owned(),
                    minutes: step.minutes,
                    is_mine: card.roles.contains(&step.role),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
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
}

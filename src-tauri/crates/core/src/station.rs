//! The station: opened once, asked by the window and the command line.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rekam_domain::audit::AuditEvent;
use rekam_domain::finding::Grade;
use rekam_domain::nik::{Header, NikReading, NumberContext, check_row};
use rekam_domain::profile::Profile;
use rekam_domain::region::{RegionCode, RegionTable};
use rekam_domain::role::Role;
use rekam_keys::{
    AccountId, Context, Cost, KeyRing, Protection, PublicKey, Secret, Signature, Tpm, TransportKey, Unlocked,
};
use rekam_store::{DatabaseKey, LOG_BYTES_WISHED, NewAudit, Store, Uuid, Writing, id_of};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::account::AccountCard;
use crate::clock::{Clock, UnixMs, office_time, on_the_wall};
use crate::config::{self, KEYS_FOLDER, PROFILE_FILE, StationConfig};
use crate::demonstration;
use crate::disk::Room;
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
    room: Room,
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
            room: Room::Disk,
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
        // A station that was given back from a copy comes without the key of its outbox; it lies sealed in the ring.
        if TransportKey::read(&self.folder.join(KEYS_FOLDER))?.is_none() {
            self.ring.restore_transport_key(unlocked.opened())?;
        }
        let store = self.open_store(&unlocked)?;
        self.session = Some(Session { unlocked, card, signed_in: now, store });
        // Nobody works at a station that cannot write down who they are.
        let noted = self.note(AuditEvent::SignedIn, json!({}));
        if noted.is_err() {
            self.lock();
        }
        noted?;
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

    /// Reads the free room there from here on: simulated days and tests.
    pub fn set_room(&mut self, room: Room) {
        self.room = room;
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

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
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
        self.room.free_mb(&self.folder)
    }

    pub(crate) fn signed_in(&self) -> Result<(&str, &[Role]), Problem> {
        let session = self.session()?;
        Ok((session.unlocked.account().as_str(), &session.card.roles))
    }

    pub(crate) fn sign(&self, context: Context, bytes: &[u8]) -> Result<Signature, Problem> {
        Ok(self.session()?.unlocked.sign(context, bytes))
    }

    /// Every public key an account ever had.
    pub(crate) fn public_keys(&self, account: &str) -> Result<Vec<PublicKey>, Problem> {
        let Ok(id) = account.parse() else { return Ok(Vec::new()) };
        let record = self.ring.record(self.session()?.unlocked.opened(), &id)?;
        Ok(record.keys.into_iter().map(|span| span.public_key).collect())
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

    /// Moves a long log into the database: called between two people, so that it never has to be while one of them sits
    /// at the camera. Whatever keeps it from being moved shows at the next promise, which reads the disk anew.
    pub(crate) fn tidy_log(&self) -> Result<(), Problem> {
        let store = self.store()?;
        if store.log_waiting_bytes() >= LOG_BYTES_WISHED {
            let _ = store.checkpoint();
        }
        Ok(())
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
        Ok(Store::open(&self.folder, &key)?)
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
            free_disk_mb: self.free_disk_mb(),
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
mod tests;

//! The station: opened once, asked by the window and the command line.

mod number;
mod show;

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use rekam_domain::audit::AuditEvent;
use rekam_domain::profile::Profile;
use rekam_domain::region::RegionTable;
use rekam_domain::role::Role;
use rekam_keys::{
    AccountId, Context, Cost, KeyRing, Opened, Protection, PublicKey, Secret, Signature, Tpm, TransportKey,
    Unlocked,
};
use rekam_store::{DatabaseKey, NewAudit, Outbox, Store, Uuid, Writing, id_of};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::account::AccountCard;
use crate::arrival::UNNOTICED;
use crate::care::Care;
use crate::clock::{Clock, StationClock, UnixMs, office_time, on_the_wall};
use crate::config::{self, KEYS_FOLDER, PROFILE_FILE, StationConfig};
use crate::delivery::{Delivery, Hint};
use crate::disk::Room;
use crate::master::InUse;
use crate::office::OfficeRoles;
use crate::problem::{Code, Problem};
use crate::trail::{self, Left, LockReason};
use crate::view::{HomeView, SignInRequest};

/// Who signs where it is not a person; too long for an account.
pub(crate) const STATION_SIGNER: &str = "the-station-itself-by-its-own-key";

/// A station that is open; its keys stay closed until somebody signs in.
pub struct Station {
    folder: PathBuf,
    config: StationConfig,
    profile: Profile,
    regions: RegionTable,
    in_use: InUse,
    ring: KeyRing,
    clock: StationClock,
    active_ms: Cell<i64>,
    outbox: Option<Arc<Outbox>>,
    care: Care,
    delivery: Delivery,
    room: Room,
    chance: Chance,
    session: Option<Session>,
    pub(crate) left: Option<Left>,
    pub(crate) packets_problem: Option<Problem>,
    /// What kept the last words of the office from being taken over.
    pub(crate) arrivals_problem: Option<Problem>,
}

impl Drop for Station {
    fn drop(&mut self) {
        self.lock(LockReason::Closing);
    }
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
        let clock = StationClock::start(clock);
        let care = Care::of(folder, &config.copies, clock.clone());
        let mut station = Self {
            folder: folder.to_owned(),
            config,
            in_use: InUse::of(&profile),
            profile,
            regions,
            ring,
            active_ms: Cell::new(clock.elapsed_ms()),
            clock,
            outbox: None,
            care,
            delivery: Delivery::default(),
            room: Room::Disk,
            chance: Chance::System,
            session: None,
            left: None,
            packets_problem: None,
            arrivals_problem: None,
        };
        station.open_outbox();
        Ok(station)
    }

    /// Lets a person in. Whoever sat here before is signed out, whatever the outcome.
    ///
    /// # Errors
    /// The secret, the account or its decree does not let this person in; tries are counted on the disk.
    pub fn sign_in(&mut self, request: SignInRequest) -> Result<HomeView, Problem> {
        self.lock(LockReason::NextSignIn);
        let SignInRequest { account, secret } = request;
        let secret = Secret::new(secret);
        let id: AccountId =
            account.trim().to_lowercase().parse().map_err(|_| Problem::new(Code::UnknownAccount))?;
        let now = self.now();
        let unlocked = self.ring.unlock(&id, &secret, now)?;
        self.enter(unlocked)
    }

    /// Opens the station for somebody whose secret was right.
    pub(crate) fn enter(&mut self, unlocked: Unlocked) -> Result<HomeView, Problem> {
        let card = AccountCard::decode(unlocked.card()).ok_or_else(|| {
            Problem::new(Code::FileDamaged).with("file", format!("{}.key", unlocked.account()))
        })?;
        let store = self.open_store(&unlocked).map_err(|problem| self.offer_mirror(problem))?;
        let last_ms = store.read(|reading| reading.get_office_time())?.wall_ms;
        self.clock.continue_from(last_ms);
        if card.decree_days_left(self.today()) < 0 {
            self.tell_of_expired(&store, unlocked.account().as_str(), &card);
            return Err(Problem::new(Code::AccountExpired));
        }
        self.session = Some(Session { unlocked, card, signed_in: self.now(), store });
        let begun = self.begin_session(last_ms).and_then(|()| self.home());
        if begun.is_err() {
            self.session = None;
        }
        begun
    }

    fn begin_session(&mut self, last_ms: UnixMs) -> Result<(), Problem> {
        // A station that was given back from a copy comes without the key of its outbox; it lies sealed in the ring. That
        // key is brought back last, so that after a cut all of this is done again; the numbers of packets go first, for
        // they are counted from what was written down last, and the promise after them moves that on.
        let is_from_copy = TransportKey::read(&self.folder.join(KEYS_FOLDER))?.is_none();
        let is_set_aside = self.expect_outbox()?;
        if is_from_copy {
            self.queue_promised()?;
            self.skip_packet_numbers(last_ms)?;
        }
        self.take_up_from_copy(is_from_copy.then_some(last_ms))?;
        if is_set_aside {
            self.note(AuditEvent::DatabaseSetAside, serde_json::json!({"file": "outbox.db"}))?;
        }
        self.keep_clock_doubt()?;
        let office = self.take_waiting_bundle();
        self.heed_office_roles()?;
        // Nobody works at a station that cannot write down who they are.
        self.write_sign_in()?;
        self.use_master_data()?;
        self.tell_of_expired_roster()?;
        self.sign_day_if_due()?;
        // Nobody stays outside because of a packet: what keeps it from the outbox is shown, and nothing of it is lost.
        let packets = self
            .settle_packets()
            .and_then(|()| self.clear_drafts())
            .and_then(|()| self.seal_waiting())
            .and_then(|()| self.settle_notices());
        let delivery = self.take_over_delivery();
        let arrivals = self.take_arrivals_within(UNNOTICED).and_then(|_| self.settle_superseded());
        self.arrivals_problem = arrivals.err();
        self.packets_problem = packets.and(office).and(delivery).err();
        Ok(())
    }

    /// From here on only what the office leaves of the roles on the card counts.
    pub(crate) fn heed_office_roles(&mut self) -> Result<(), Problem> {
        let office = self.store()?.read(OfficeRoles::kept)?;
        let Some(Session { unlocked, card, .. }) = &mut self.session else {
            return Err(Problem::new(Code::SignInFirst));
        };
        card.roles = office.left(unlocked.account().as_str(), &card.roles);
        if card.roles.is_empty() { Err(Problem::new(Code::AccountWithdrawn)) } else { Ok(()) }
    }

    /// Whoever this secret belongs to; the try is counted.
    pub(crate) fn unlock(
        &mut self,
        id: &AccountId,
        secret: &Secret,
        now: UnixMs,
    ) -> Result<Unlocked, Problem> {
        Ok(self.ring.unlock(id, secret, now)?)
    }

    /// The station's own keys.
    pub(crate) fn opened(&self) -> Result<&Opened, Problem> {
        Ok(self.session()?.unlocked.opened())
    }

    /// Signs out. The keys leave memory, the audit tells of it if the disk lets it; never fails.
    pub fn lock(&mut self, reason: LockReason) {
        if let Some(Session { unlocked, store, .. }) = self.session.take() {
            let account = unlocked.account().as_str().to_owned();
            drop(unlocked);
            self.left = Some(trail::leave(store, account, reason, self.now()));
            self.hint_delivery(Hint::Watched(false));
        }
    }

    /// Whoever is signed in, with their keys.
    pub(crate) fn person(&self) -> Result<&Unlocked, Problem> {
        Ok(&self.session()?.unlocked)
    }

    pub(crate) fn ring(&self) -> &KeyRing {
        &self.ring
    }

    pub(crate) fn ring_mut(&mut self) -> &mut KeyRing {
        &mut self.ring
    }

    /// The ring, and the keys of whoever is signed in.
    pub(crate) fn ring_and_opened(&mut self) -> Result<(&mut KeyRing, &Opened), Problem> {
        let Some(session) = &self.session else { return Err(Problem::new(Code::SignInFirst)) };
        Ok((&mut self.ring, session.unlocked.opened()))
    }

    /// Takes ids from a seed from here on: simulated days.
    pub fn set_chance(&mut self, chance: Chance) {
        self.chance = chance;
    }

    /// Reads the free room there from here on: simulated days and tests.
    pub fn set_room(&mut self, room: Room) {
        self.room = room;
    }

    /// The station's time now: the computer's clock, unless that was set or stands before what was written down.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Whether this station was set up for demonstration.
    #[must_use]
    pub fn is_demonstration(&self) -> bool {
        self.config.demonstration
    }

    pub(crate) fn clock(&self) -> &StationClock {
        &self.clock
    }

    pub(crate) fn care(&self) -> &Care {
        &self.care
    }

    pub(crate) fn care_mut(&mut self) -> &mut Care {
        &mut self.care
    }

    pub(crate) fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    pub(crate) fn delivery_mut(&mut self) -> &mut Delivery {
        &mut self.delivery
    }

    pub(crate) fn config(&self) -> &StationConfig {
        &self.config
    }

    pub(crate) fn set_config(&mut self, config: StationConfig) {
        self.config = config;
    }

    pub(crate) fn active_ms(&self) -> &Cell<i64> {
        &self.active_ms
    }

    pub(crate) fn outbox_slot(&self) -> &Option<Arc<Outbox>> {
        &self.outbox
    }

    pub(crate) fn set_outbox(&mut self, outbox: Option<Outbox>) {
        self.outbox = outbox.map(Arc::new);
        self.begin_delivery();
    }

    pub(crate) fn decree_days_left(&self) -> Result<i64, Problem> {
        Ok(self.session()?.card.decree_days_left(self.today()).into())
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

    /// The version of the procedure a case was opened with; the one in force for a version nobody knows any more.
    pub(crate) fn profile_of(&self, version: u32) -> &Profile {
        self.in_use.version(version).unwrap_or(&self.profile)
    }

    /// The version the station was set up with.
    pub(crate) fn first_profile(&self) -> &Profile {
        self.in_use.first().unwrap_or(&self.profile)
    }

    pub(crate) fn in_use(&mut self) -> &mut InUse {
        &mut self.in_use
    }

    pub(crate) fn put_into_use(&mut self, profile: Option<Profile>, regions: Option<RegionTable>) {
        self.profile = profile.unwrap_or_else(|| self.profile.clone());
        if let Some(regions) = regions {
            self.regions = regions;
        }
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
        if account == STATION_SIGNER {
            return Ok(vec![self.opened()?.station_key()]);
        }
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
        let (jumps, notes) = (self.clock.jumps(), self.care.notes());
        let hour_ms = self.office_hour();
        let done = self.store()?.write_or(|writing| {
            self.write_down(writing, &jumps, &notes)?;
            self.mark_settled(writing)?;
            if hour_ms > 0 {
                writing.mark_office_time(hour_ms)?;
            }
            act(self, writing)
        })?;
        self.clock.forget_jumps(jumps.len());
        self.care.forget_notes(notes.len());
        self.active();
        Ok(done)
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

    pub(crate) fn open_store(&self, unlocked: &Unlocked) -> Result<Store, Problem> {
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

    /// A new id: later ones sort behind, and no two are the same. A clock that somebody confirmed by mistake can put
    /// the station's time back; ids go on behind the last one all the same.
    pub(crate) fn fresh_id(&self, now: UnixMs) -> Result<Uuid, Problem> {
        let last_ms = self.store()?.read(|reading| reading.get_last_id_ms())?;
        let now = now.max(last_ms.saturating_add(1));
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

    /// `hh:mm` in the office.
    #[must_use]
    pub fn time_of_day(&self) -> String {
        office_time(self.now(), self.profile.office.time_zone).time
    }

    /// Today in the office.
    #[must_use]
    pub fn today(&self) -> Date {
        on_the_wall(self.now(), self.profile.office.time_zone).date()
    }
}

#[cfg(test)]
pub(crate) mod tests;

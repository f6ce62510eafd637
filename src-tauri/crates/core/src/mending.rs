//! A damaged database is set aside and given back from the mirror; and a station that comes from a copy takes care that
//! no number is used twice.

use rekam_domain::audit::AuditEvent;
use rekam_domain::clock_trust::ClockTrust;
use rekam_domain::effect::Series;
use rekam_keys::AccountId;
use rekam_keys::Secret;
use rekam_store::{NewAudit, Store, StoreError, Writing};
use serde_json::json;

use crate::account::AccountCard;
use crate::clock::{UnixMs, office_time, on_the_wall};
use crate::config;
use crate::problem::{Code, Problem};
use crate::station::Station;
use crate::trail::LockReason;
use crate::view::{HomeView, SignInRequest};

/// Numbers of a peak day; so many may have been given out in a day that a copy knows nothing of.
const NUMBERS_A_DAY: i64 = 250;
/// What may have been given out between two looks at the mirror, with room to spare.
const NUMBERS_AT_LEAST: i64 = 10;
const DAY_MS: i64 = 86_400_000;
/// No more numbers are given up than those of a month of peak days.
const AWAY_MS_MAX: i64 = 31 * DAY_MS;
/// There from before a database is replaced until somebody has taken up from the copy.
const MARK_FILE: &str = "given-back";

impl Station {
    /// Tells of the mirror where the database is damaged or gone and a mirror is kept.
    pub(crate) fn offer_mirror(&self, problem: Problem) -> Problem {
        let is_lost = matches!(problem.code, Code::FileDamaged | Code::NotSetUp);
        match self.copies().mirror.made_ms {
            Some(made_ms) if is_lost && self.copies().mirror.folder.is_some() => {
                let made = office_time(made_ms, self.profile().office.time_zone);
                Problem::new(Code::DatabaseDamaged).with("date", made.date).with("time", made.time)
            }
            _ => problem,
        }
    }

    /// Sets the damaged database aside, gives it back from the mirror, and lets the person in. Nothing is deleted, so
    /// whoever may sign in may do it: the people outside must not wait for a supervisor.
    ///
    /// # Errors
    /// The secret does not let this person in, the database is not damaged, the mirror is, or a disk refuses.
    pub fn give_back_from_mirror(&mut self, request: SignInRequest) -> Result<HomeView, Problem> {
        self.lock(LockReason::NextSignIn);
        let SignInRequest { account, secret } = request;
        let secret = Secret::new(secret);
        let id: AccountId =
            account.trim().to_lowercase().parse().map_err(|_| Problem::new(Code::UnknownAccount))?;
        let now = self.now();
        let unlocked = self.unlock(&id, &secret, now)?;
        let found = self.open_store(&unlocked).map(|_| ());
        let Err(found) = found.map_err(|problem| self.offer_mirror(problem)) else {
            return self.enter(unlocked);
        };
        let mirror = self.copies().mirror.folder.filter(|_| found.code == Code::DatabaseDamaged);
        let Some(mirror) = mirror else { return Err(found) };
        let card = AccountCard::decode(unlocked.card())
            .ok_or_else(|| Problem::new(Code::FileDamaged).with("file", format!("{id}.key")))?;
        if card.decree_days_left(self.today()) < 0 {
            return Err(Problem::new(Code::AccountExpired));
        }
        // The mirror is in use as long as it is kept; it must not follow what happens here.
        self.stop_copies();
        let given_back = self.replace_database(&mirror, now);
        self.keep_copies();
        given_back?;
        self.enter(unlocked)
    }

    fn replace_database(&self, mirror: &std::path::Path, now: UnixMs) -> Result<(), Problem> {
        // Read from end to end first: nothing is moved for a mirror that gives nothing back.
        let copied_ms = rekam_store::mirror_verify(mirror)?.copied_ms;
        // The mark before anything is moved: whoever signs in next, now or after a power cut, takes up from the copy.
        config::write(self.folder(), MARK_FILE, copied_ms.to_string().as_bytes())?;
        match Store::set_aside(self.folder(), now) {
            // Interrupted last time, after it had been set aside.
            Ok(_) | Err(StoreError::NotCreated) => {}
            Err(error) => return Err(error.into()),
        }
        rekam_store::restore_database(mirror, self.folder())?;
        Ok(())
    }

    /// A station that was given back does not know which numbers were given out after the copy was made: it voids as
    /// many as can have been, so that none is given twice. `last_ms` is when a station that comes from a backup wrote
    /// something down last.
    pub(crate) fn take_up_from_copy(&mut self, last_ms: Option<UnixMs>) -> Result<(), Problem> {
        let mark = self.folder().join(MARK_FILE);
        let marked_ms = self.marked_ms()?;
        let Some(since_ms) = marked_ms.or(last_ms) else { return Ok(()) };
        let count = self.numbers_since(since_ms);
        self.promise(|station, writing| {
            station.give_up_numbers(writing, count, since_ms, marked_ms.is_some())
        })?;
        if marked_ms.is_some() {
            std::fs::remove_file(&mark).map_err(|error| Problem::of_disk("remove", MARK_FILE, &error))?;
        }
        if last_ms.is_some() {
            let (ring, opened) = self.ring_and_opened()?;
            ring.restore_transport_key(opened)?;
            // Delivery has begun without it.
            self.begin_line_anew();
        }
        Ok(())
    }

    /// When the copy was made from which the database was given back, until somebody has taken up from it.
    fn marked_ms(&self) -> Result<Option<UnixMs>, Problem> {
        if !self.folder().join(MARK_FILE).exists() {
            return Ok(None);
        }
        // A mark that cannot be read still tells that numbers may be missing.
        Ok(Some(config::read(self.folder(), MARK_FILE)?.trim().parse().unwrap_or(0)))
    }

    /// How many numbers of packets may have been used that the database does not know.
    pub(crate) fn numbers_in_doubt(&self) -> Result<i64, Problem> {
        Ok(self.numbers_since(self.marked_ms()?.unwrap_or_else(|| self.now())))
    }

    fn give_up_numbers(
        &self,
        writing: &mut Writing<'_>,
        count: i64,
        since_ms: UnixMs,
        is_set_aside: bool,
    ) -> Result<(), Problem> {
        let (actor, _) = self.signed_in()?;
        let now = self.now();
        let wall = on_the_wall(now, self.profile().office.time_zone);
        let (year, day) = (i32::from(wall.year()), wall.date().to_string());
        let mut told = vec![(AuditEvent::BackupRestored, json!({"disk": "copy", "from": since_ms}))];
        if is_set_aside {
            told.insert(0, (AuditEvent::DatabaseSetAside, json!({"file": "station.db"})));
        }
        for series in Series::ALL {
            let word = series.word();
            let taken = count.min(writing.count_numbers_left(word, year)?);
            for _ in 0..taken {
                let number = writing.insert_number_taken(word, year, None, now)?;
                writing.mark_number_void(word, year, number, "given back from a copy", now)?;
            }
            if taken > 0 {
                let fields = json!({"series": word, "count": taken, "reason": "given back from a copy"});
                told.push((AuditEvent::NumberVoided, fields));
            }
        }
        for _ in 0..count.min(NUMBERS_A_DAY) {
            writing.insert_ticket(&day, "A", None, now)?;
        }
        for (event, fields) in &told {
            let event = event.word();
            writing.append_audit(&NewAudit { event, actor, subject: "", fields, wall_ms: now })?;
        }
        Ok(())
    }

    /// How many numbers can have been given out since; with a clock that is in doubt at least those of a peak day.
    fn numbers_since(&self, since_ms: UnixMs) -> i64 {
        let away_ms = self.now().saturating_sub(since_ms).clamp(0, AWAY_MS_MAX);
        let least = if self.clock_trust() == ClockTrust::Steady { 0 } else { NUMBERS_A_DAY };
        NUMBERS_AT_LEAST + least.max(away_ms / (DAY_MS / NUMBERS_A_DAY))
    }

    /// The packets of a station that comes from a backup go on with numbers that were certainly not used.
    pub(crate) fn skip_packet_numbers(&self, since_ms: UnixMs) -> Result<(), Problem> {
        let outbox = self.outbox().ok_or_else(|| Problem::new(Code::DiskRefused).with("file", "outbox"))?;
        Ok(outbox.write(|writing| writing.skip_packet_numbers(self.numbers_since(since_ms)))?)
    }
}

#[cfg(test)]
mod tests;

//! A damaged database is set aside and given back from the mirror; and a station that comes from a copy takes care that
//! no number is used twice.

use rekam_domain::audit::AuditEvent;
use rekam_domain::effect::Series;
use rekam_keys::AccountId;
use rekam_keys::Secret;
use rekam_store::{NewAudit, Store, StoreError};
use serde_json::json;

use crate::clock::{UnixMs, office_time, on_the_wall};
use crate::problem::{Code, Problem};
use crate::station::Station;
use crate::trail::LockReason;
use crate::view::{HomeView, SignInRequest};

/// Numbers of a peak day; so many may have been given out in a day that a copy knows nothing of.
const NUMBERS_A_DAY: i64 = 250;
/// What may have been given out between two looks at the mirror, with room to spare.
const NUMBERS_AT_LEAST: i64 = 10;
const DAY_MS: i64 = 86_400_000;

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
        // The mirror is in use as long as it is kept; it must not follow what happens here.
        self.stop_copies();
        let given_back = self.replace_database(&mirror, now);
        self.keep_copies();
        let copied_ms = given_back?;
        let home = self.enter(unlocked)?;
        self.note(AuditEvent::DatabaseSetAside, json!({"file": "station.db"}))?;
        self.note(AuditEvent::BackupRestored, json!({"disk": "mirror", "from": copied_ms}))?;
        self.take_up_from_copy(copied_ms)?;
        Ok(home)
    }

    fn replace_database(&self, mirror: &std::path::Path, now: UnixMs) -> Result<UnixMs, Problem> {
        // Read from end to end first: nothing is moved for a mirror that gives nothing back.
        rekam_store::mirror_verify(mirror)?;
        match Store::set_aside(self.folder(), now) {
            // Interrupted last time, after it had been set aside.
            Ok(_) | Err(StoreError::NotCreated) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(rekam_store::restore_database(mirror, self.folder())?.copied_ms)
    }

    /// A station that was given back does not know which numbers were given out after the copy was made: it voids as
    /// many as can have been, so that none is given twice.
    pub(crate) fn take_up_from_copy(&mut self, last_ms: UnixMs) -> Result<(), Problem> {
        let now = self.now();
        let away_ms = now.saturating_sub(last_ms).max(0);
        let count = NUMBERS_AT_LEAST + away_ms / (DAY_MS / NUMBERS_A_DAY);
        let wall = on_the_wall(now, self.profile().office.time_zone);
        let year = i32::from(wall.year());
        let day = wall.date().to_string();
        self.promise(|station, writing| {
            for series in Series::ALL {
                let word = series.word();
                let left = writing.count_numbers_left(word, year)?;
                for _ in 0..count.min(left) {
                    let number = writing.insert_number_taken(word, year, None, now)?;
                    writing.mark_number_void(word, year, number, "given back from a copy", now)?;
                }
                if left > 0 {
                    let fields =
                        json!({"series": word, "count": count.min(left), "reason": "given back from a copy"});
                    let (actor, _) = station.signed_in()?;
                    let event = AuditEvent::NumberVoided.word();
                    writing.append_audit(&NewAudit {
                        event,
                        actor,
                        subject: "",
                        fields: &fields,
                        wall_ms: now,
                    })?;
                }
            }
            for _ in 0..count.min(NUMBERS_A_DAY) {
                writing.insert_ticket(&day, "A", None, now)?;
            }
            Ok(())
        })?;
        let (ring, opened) = self.ring_and_opened()?;
        Ok(ring.restore_transport_key(opened)?)
    }
}

#[cfg(test)]
mod tests;

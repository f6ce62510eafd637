//! What a supervisor sees to: the audit is whole and signed, and how the station stands.

use std::collections::BTreeMap;

use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
use rekam_keys::Context;
use rekam_store::{AuditDayRow, ChainError, NewAudit};
use serde::Serialize;
use serde_json::json;

use crate::clock::on_the_wall;
use crate::problem::{Code, Problem};
use crate::station::{STATION_SIGNER, Station};
use crate::view::{BudgetLineView, ClockView, CopiesView, DeliveryView};

/// The audit, the journal and the books, walked from end to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Whether every chain is whole and every signature fits.
    pub intact: bool,
    /// Entries of the audit.
    pub audit_entries: i64,
    /// Steps of the journal.
    pub journal_steps: i64,
    /// Days signed.
    pub days_signed: usize,
    /// The first thing that does not hold, with its place.
    pub breach: Option<String>,
}

/// How the station stands.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// Id of the station.
    pub station: String,
    /// Set up for demonstration.
    pub demonstration: bool,
    /// `software` or `hardware`.
    pub trust: String,
    /// Cases by state of their recording.
    pub cases: BTreeMap<String, i64>,
    /// Free megabytes.
    pub free_disk_mb: Option<u32>,
    /// Bytes waiting in the log of the database.
    pub log_waiting_bytes: u64,
    /// How the computer's clock stands beside the station's time.
    pub clock: ClockView,
    /// How long the station can go on, the most pressing first.
    pub budget: Vec<BudgetLineView>,
    /// Mirror and backup.
    pub copies: CopiesView,
    /// How packets travel to the office.
    pub delivery: DeliveryView,
}

impl Station {
    /// Signs the end of the audit as it stands, with the key of whoever is signed in.
    ///
    /// # Errors
    /// The role may not read the audit, or the disk refuses.
    pub fn sign_audit(&mut self) -> Result<(), Problem> {
        self.permit(Operation::Read, Subject::Audit)?;
        let day = on_the_wall(self.now(), self.profile().office.time_zone).date().to_string();
        self.promise(|station, writing| {
            let (account, _) = station.signed_in()?;
            let head = writing.get_audit_head()?;
            writing.append_audit(&NewAudit {
                event: AuditEvent::AuditDaySigned.word(),
                actor: account,
                subject: "",
                fields: &json!({"day": day, "count": head.count, "hash": head.head.hex()}),
                wall_ms: station.now(),
            })?;
            let head = writing.get_audit_head()?;
            let signature =
                station.sign(Context::AUDIT_DAY, &signed_bytes(&day, head.count, &head.head.hex()))?;
            writing.insert_audit_day(&AuditDayRow {
                day: day.clone(),
                last_sequence: head.count,
                hash: head.head,
                signer: account.to_owned(),
                signature: signature.to_vec(),
            })?;
            Ok(())
        })
    }

    /// The first who signs in on a day has the station sign what was written before: no day stays unsigned, also where
    /// no supervisor comes.
    pub(crate) fn sign_day_if_due(&mut self) -> Result<(), Problem> {
        let day = on_the_wall(self.now(), self.profile().office.time_zone).date().to_string();
        let (last, head) = self
            .store()?
            .read(|reading| Ok((reading.list_audit_days()?.pop(), reading.get_audit_head()?)))?;
        if last.is_some_and(|last| last.day >= day) {
            return Ok(());
        }
        self.promise(|station, writing| {
            writing.append_audit(&NewAudit {
                event: AuditEvent::AuditDaySigned.word(),
                actor: "station",
                subject: "",
                fields: &json!({"day": day, "count": head.count, "hash": head.head.hex()}),
                wall_ms: station.now(),
            })?;
            let head = writing.get_audit_head()?;
            let bytes = signed_bytes(&day, head.count, &head.head.hex());
            writing.insert_audit_day(&AuditDayRow {
                day: day.clone(),
                last_sequence: head.count,
                hash: head.head,
                signer: STATION_SIGNER.to_owned(),
                signature: station.opened()?.sign_as_station(Context::AUDIT_DAY, &bytes).to_vec(),
            })?;
            Ok(())
        })
    }

    /// Walks every chain and checks every signature.
    ///
    /// # Errors
    /// The role may not read the audit, or the disk refuses; a breach is an answer, not an error.
    pub fn verify(&self) -> Result<Verified, Problem> {
        self.permit(Operation::Read, Subject::Audit)?;
        let store = self.store()?;
        let mut verified = Verified {
            intact: true,
            audit_entries: 0,
            journal_steps: 0,
            days_signed: 0,
            breach: store.verify().err().map(|error| error.to_string()),
        };
        let walks = [store.verify_audit(), store.verify_journal()];
        let mut counts = Vec::new();
        for walk in walks {
            match walk {
                Ok(state) => counts.push(state.count),
                Err(ChainError::Breach(breach)) => {
                    verified.breach.get_or_insert_with(|| breach.to_string());
                    counts.push(0);
                }
                Err(ChainError::Store(error)) => return Err(error.into()),
            }
        }
        if let Err(error) = store.verify_registers() {
            verified.breach.get_or_insert_with(|| error.to_string());
        }
        if let [audit, journal] = counts[..] {
            (verified.audit_entries, verified.journal_steps) = (audit, journal);
        }
        for day in store.read(|reading| reading.list_audit_days())? {
            verified.days_signed += 1;
            if !self.is_signed(&day)? {
                verified.breach.get_or_insert_with(|| format!("the signature of {} does not fit", day.day));
            }
        }
        verified.intact = verified.breach.is_none();
        Ok(verified)
    }

    fn is_signed(&self, day: &AuditDayRow) -> Result<bool, Problem> {
        let bytes = signed_bytes(&day.day, day.last_sequence, &day.hash.hex());
        let Ok(signature) = day.signature.as_slice().try_into() else { return Ok(false) };
        let keys = self.public_keys(&day.signer)?;
        Ok(keys.iter().any(|key| key.verify(Context::AUDIT_DAY, &bytes, &signature).is_ok()))
    }

    /// How the station stands.
    ///
    /// # Errors
    /// Nobody is signed in, or the disk refuses.
    pub fn status(&self) -> Result<Status, Problem> {
        let store = self.store()?;
        let view = self.welcome()?.station;
        Ok(Status {
            station: view.id,
            demonstration: view.is_demonstration,
            trust: view.trust,
            cases: store.read(|reading| reading.count_cases())?.into_iter().collect(),
            free_disk_mb: view.free_disk_mb,
            log_waiting_bytes: store.log_waiting_bytes(),
            clock: self.clock_view(),
            budget: self.budget()?,
            copies: self.copies_view(),
            delivery: self.delivery_view()?,
        })
    }

    /// Checks a right of whoever is signed in; a denial is written down, as far as the disk lets it.
    pub(crate) fn permit(&self, operation: Operation, subject: Subject) -> Result<(), Problem> {
        if self.may(operation, subject)? {
            return Ok(());
        }
        let (actor, _) = self.signed_in()?;
        let fields = json!({"operation": operation.word(), "subject": subject.word()});
        let (event, wall_ms) = (AuditEvent::AccessDenied.word(), self.now());
        let denied = NewAudit { event, actor, subject: "", fields: &fields, wall_ms };
        // What was asked for does not happen, whether the entry could be written or not.
        let _ = self.store()?.write(|writing| writing.append_audit(&denied));
        Err(Problem::new(Code::NotPermitted))
    }

    /// Whether whoever is signed in has a right.
    pub(crate) fn may(&self, operation: Operation, subject: Subject) -> Result<bool, Problem> {
        let roles = rekam_domain::role::RoleSet::of(self.signed_in()?.1);
        Ok(rekam_domain::permission::is_allowed(roles, operation, subject))
    }
}

/// What a signed day says: the day, how many entries, the hash of the last.
pub(crate) fn signed_bytes(day: &str, count: i64, hash: &str) -> Vec<u8> {
    format!("{day} {count} {hash}").into_bytes()
}

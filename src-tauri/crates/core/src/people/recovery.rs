//! The way back when every account is lost: with the office's recovery key, and only to a supervisor.

use std::path::Path;

use rekam_domain::audit::AuditEvent;
use rekam_domain::role::Role;
use rekam_keys::{
    AccountId, Cost, NewAccount, Opened, Protection, RecoveryKey, Secret, Tpm, TransportKey, check_secret,
};
use rekam_store::{DatabaseKey, Store};
use serde_json::json;

use super::{NewPerson, append, check_free, encode, undone};
use crate::account::AccountCard;
use crate::clock::Clock;
use crate::config::KEYS_FOLDER;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// Who acts in the audit when nobody is signed in.
const ACTOR: &str = "recovery";

/// What the recovery key is used for.
#[derive(Debug)]
pub enum Rescue {
    /// A supervisor gets a new secret.
    Reset {
        /// The word the supervisor signs in with.
        account: String,
        /// The new secret.
        secret: Secret,
    },
    /// A new supervisor is let in.
    Add(NewPerson),
}

/// Lets a supervisor in with the recovery key; all others are the supervisor's to let in.
///
/// # Errors
/// The key is mistyped or another one, the account is no supervisor's, something is refused by name, or the disk
/// refuses.
pub fn recover(folder: &Path, clock: Clock, typed: &str, rescue: &Rescue) -> Result<(), Problem> {
    recover_at(folder, clock, typed, rescue, Cost::STATION.with(Tpm::detect()))
}

pub(crate) fn recover_at(
    folder: &Path,
    clock: Clock,
    typed: &str,
    rescue: &Rescue,
    protection: impl Into<Protection>,
) -> Result<(), Problem> {
    let key = RecoveryKey::parse(typed).map_err(|error| {
        let problem = Problem::new(Code::WrongRecoveryKey).with("why", error.text_key());
        error.text_values().into_iter().fold(problem, |problem, (name, value)| problem.with(name, value))
    })?;
    let mut station = Station::open_at(folder, clock, protection)?;
    let opened = station.ring_mut().recover(&key)?;
    // As at a sign-in: a station that was given back from a copy comes without the key of its outbox.
    if TransportKey::read(&folder.join(KEYS_FOLDER))?.is_none() {
        station.ring_mut().restore_transport_key(&opened)?;
    }
    let (id, bytes, event) = prepare(&mut station, &opened, rescue)?;
    let entries = [(AuditEvent::RecoveryKeyUsed, json!({"target": id.as_str()})), event];
    let (now, store) = (station.now(), Store::open(folder, &DatabaseKey::from_bytes(opened.database_key()))?);
    store.write(|writing| append(writing, &entries, ACTOR, &id, now))?;
    let ring = station.ring_mut();
    let done = match rescue {
        Rescue::Reset { secret, .. } => ring.reset_secret(&opened, &id, secret, now),
        Rescue::Add(new) => ring.add_account(
            &opened,
            &NewAccount { id: &id, secret: &new.secret, card: bytes.as_bytes() },
            now,
        ),
    };
    done.map(|_| ()).map_err(Problem::from).inspect_err(|problem| {
        // Best effort, as for every act on an account.
        let _ = store.write(|writing| append(writing, &undone(&entries, &id, problem), ACTOR, &id, now));
    })
}

/// What is to be done and audited, once nothing but the disk can refuse it.
fn prepare(
    station: &mut Station,
    opened: &Opened,
    rescue: &Rescue,
) -> Result<(AccountId, String, (AuditEvent, serde_json::Value)), Problem> {
    let today = station.wall_date();
    let ring = station.ring_mut();
    let (id, secret, card, event) = match rescue {
        Rescue::Reset { account, secret } => {
            let id: AccountId = account.parse().map_err(|_| Problem::new(Code::UnknownAccount))?;
            let record = ring.record(opened, &id)?;
            if record.closed {
                return Err(Problem::new(Code::AccountClosed));
            }
            let damaged = || Problem::new(Code::FileDamaged).with("file", format!("{id}.key"));
            let card = AccountCard::decode(record.card.as_bytes()).ok_or_else(damaged)?;
            let event = (AuditEvent::AccountReset, json!({"target": id.as_str()}));
            (id, secret, card, event)
        }
        Rescue::Add(new) => {
            let (id, card) = (new.id()?, new.card(today)?);
            check_free(ring, opened, &id)?;
            let event = (AuditEvent::AccountCreated, card.created_fields(id.as_str()));
            (id, &new.secret, card, event)
        }
    };
    if !card.roles.contains(&Role::Supervisor) {
        return Err(Problem::new(Code::SupervisorNeeded));
    }
    check_secret(secret, &id, ring.trust_offered()?)?;
    Ok((id, encode(&card)?, event))
}

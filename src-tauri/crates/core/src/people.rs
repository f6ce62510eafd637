//! The people of a station: who may sign in, with which roles, until when.
//!
//! The audit lies in the database and an account in a file of its own, so no promise holds both. What is about to be done
//! is therefore audited first and done then: a kill in between leaves an entry for something that did not happen, never
//! something done without an entry. What the disk refused after its entry gets a second entry that says so.

mod recovery;

use jiff::civil::Date;
use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::role::Role;
pub use rekam_keys::Secret;
use rekam_keys::{AccountId, FileError, KeyRing, NewAccount, Opened, RecoveryKey, RingError, check_secret};
use rekam_store::{NewAudit, StoreError, Writing};
use serde::Serialize;
use serde_json::{Value, json};

use crate::account::{AccountCard, role_words};
use crate::clock::{UnixMs, on_the_wall};
use crate::problem::{Code, Problem};
use crate::station::Station;

pub use recovery::{Rescue, recover};

/// Longest name or decree number.
const TEXT_CHARS_MAX: usize = 120;

/// Somebody to be let in.
#[derive(Debug)]
pub struct NewPerson {
    /// The word they sign in with; lies on the disk in clear, so it is not their name.
    pub account: String,
    /// The first secret.
    pub secret: Secret,
    /// Full name.
    pub name: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Number of the decree that gives access.
    pub decree: String,
    /// Its last day.
    pub decree_expires: Date,
}

/// What is changed about somebody; what is not named stays.
#[derive(Debug, Default)]
pub struct CardChange {
    /// Number and last day of the new decree.
    pub decree: Option<(String, Date)>,
    /// All roles from now on.
    pub roles: Option<Vec<Role>>,
}

/// What becomes of recordings that wait for the seal of an account that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingRecordings {
    /// They keep the account open.
    Keep,
    /// A supervisor takes them over.
    TakeOver,
}

/// An account, for the person who looks after them.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// The word this person signs in with.
    pub account: String,
    /// Full name; empty where the file is damaged.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Number of the decree.
    pub decree: String,
    /// Its last day, `yyyy-mm-dd`.
    pub decree_expires: String,
    /// Days left; negative once it has passed.
    pub decree_days_left: i32,
    /// Nobody signs in with it any more.
    pub closed: bool,
    /// Its file is damaged.
    pub damaged: bool,
    /// `software` or `hardware`: what guards it.
    pub trust: String,
}

impl std::fmt::Debug for AccountView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "AccountView({})", self.account)
    }
}

impl NewPerson {
    pub(crate) fn id(&self) -> Result<AccountId, Problem> {
        self.account.parse().map_err(|_| refused("account"))
    }

    /// The card of this person, if it can be one on this day.
    pub(crate) fn card(&self, today: Date) -> Result<AccountCard, Problem> {
        if !is_text(&self.name) {
            return Err(refused("name"));
        }
        check_roles(&self.roles)?;
        check_decree(&self.decree, self.decree_expires, today)?;
        let (name, decree) = (self.name.trim().to_owned(), self.decree.trim().to_owned());
        Ok(AccountCard { name, roles: self.roles.clone(), decree, decree_expires: self.decree_expires })
    }
}

impl Station {
    /// Every account there ever was.
    ///
    /// # Errors
    /// The role may not see them, or the disk refuses.
    pub fn list_accounts(&mut self) -> Result<Vec<AccountView>, Problem> {
        self.permit(Operation::Read, Subject::Accounts)?;
        let today = self.wall_date();
        let (ring, opened) = self.ring_and_opened()?;
        let view = |id: AccountId| {
            let record = ring.record(opened, &id).ok();
            let card = record.as_ref().and_then(|record| AccountCard::decode(record.card.as_bytes()));
            AccountView {
                account: id.to_string(),
                name: card.as_ref().map(|card| card.name.clone()).unwrap_or_default(),
                roles: card.iter().flat_map(|card| &card.roles).map(|role| role.word().to_owned()).collect(),
                decree: card.as_ref().map(|card| card.decree.clone()).unwrap_or_default(),
                decree_expires: card.as_ref().map(|card| card.decree_expires.to_string()).unwrap_or_default(),
                decree_days_left: card.as_ref().map_or(0, |card| card.decree_days_left(today)),
                closed: record.as_ref().is_some_and(|record| record.closed),
                damaged: card.is_none(),
                trust: record.map(|record| record.trust.word().to_owned()).unwrap_or_default(),
            }
        };
        Ok(ring.ids()?.into_iter().map(view).collect())
    }

    /// Lets one more person in.
    ///
    /// # Errors
    /// The role may not, the word was used before, something is refused by name, or the disk refuses.
    pub fn add_account(&mut self, new: &NewPerson) -> Result<(), Problem> {
        self.permit(Operation::Enter, Subject::Accounts)?;
        let (id, card, now) = (new.id()?, new.card(self.wall_date())?, self.now());
        let (ring, opened) = self.ring_and_opened()?;
        check_free(ring, opened, &id)?;
        check_secret(&new.secret, &id, ring.trust_offered()?)?;
        let bytes = encode(&card)?;
        let entry = (AuditEvent::AccountCreated, card.created_fields(id.as_str()));
        self.audited_first(&[entry], &id, |station| {
            let (ring, opened) = station.ring_and_opened()?;
            let account = NewAccount { id: &id, secret: &new.secret, card: bytes.as_bytes() };
            ring.add_account(opened, &account, now)?;
            Ok(())
        })
    }

    /// Gives somebody who forgot the secret a new one, and with it a new signing key. Never one's own.
    ///
    /// # Errors
    /// The role may not, it is one's own account, it is closed, the secret is refused, or the disk refuses.
    pub fn reset_account(&mut self, account: &str, secret: &Secret) -> Result<(), Problem> {
        let (id, _) = self.another(account)?;
        let now = self.now();
        let (ring, _) = self.ring_and_opened()?;
        check_secret(secret, &id, ring.trust_offered()?)?;
        let entry = (AuditEvent::AccountReset, json!({"target": id.as_str()}));
        self.audited_first(&[entry], &id, |station| {
            let (ring, opened) = station.ring_and_opened()?;
            ring.reset_secret(opened, &id, secret, now)?;
            Ok(())
        })
    }

    /// Closes an account for good. Never one's own: so the last supervisor cannot be closed either. Recordings that wait
    /// for the seal of this account keep it from being closed, unless somebody has said that a supervisor takes them over.
    ///
    /// # Errors
    /// The role may not, it is one's own account, it is closed, recordings wait for it, or the disk refuses.
    pub fn close_account(&mut self, account: &str, waiting: WaitingRecordings) -> Result<(), Problem> {
        let (id, _) = self.another(account)?;
        let count = self.waiting_for(id.as_str())?;
        if count > 0 && waiting == WaitingRecordings::Keep {
            return Err(Problem::new(Code::RecordingsWait).with("count", count));
        }
        let now = self.now();
        let entry = (AuditEvent::AccountClosed, json!({"target": id.as_str(), "reason": "chosen"}));
        self.audited_first(&[entry], &id, |station| {
            let (ring, opened) = station.ring_and_opened()?;
            Ok(ring.close_account(opened, &id, now)?)
        })
    }

    /// Changes decree or roles. One's own decree may be renewed, one's own roles stay.
    ///
    /// # Errors
    /// The role may not, it is one's own account and about roles, something is refused by name, or the disk refuses.
    pub fn change_card(&mut self, account: &str, change: &CardChange) -> Result<(), Problem> {
        let (id, mut card) =
            if change.roles.is_some() { self.another(account)? } else { self.account(account)? };
        let mut entries = Vec::new();
        if let Some((decree, expires)) = &change.decree {
            check_decree(decree, *expires, self.wall_date())?;
            (card.decree, card.decree_expires) = (decree.trim().to_owned(), *expires);
            entries.push((AuditEvent::AccountChanged, json!({"target": id.as_str(), "field": "decree"})));
        }
        if let Some(roles) = &change.roles {
            check_roles(roles)?;
            let (from, to) = (role_words(&card.roles), role_words(roles));
            card.roles.clone_from(roles);
            let fields = json!({"target": id.as_str(), "from": from, "to": to});
            entries.push((AuditEvent::RolesChanged, fields));
        }
        let bytes = encode(&card)?;
        self.audited_first(&entries, &id, |station| {
            let (ring, opened) = station.ring_and_opened()?;
            Ok(ring.set_card(opened, &id, bytes.as_bytes())?)
        })
    }

    /// Changes one's own secret; the old one counts as a try like any other.
    ///
    /// # Errors
    /// Nobody is signed in, the old secret is wrong, the new one is refused, or the disk refuses.
    pub fn change_own_secret(&mut self, old: &Secret, new: &Secret) -> Result<(), Problem> {
        let id: AccountId = self.signed_in()?.0.parse().map_err(|_| Problem::new(Code::OurMistake))?;
        let now = self.now();
        let (ring, _) = self.ring_and_opened()?;
        check_secret(new, &id, ring.trust_offered()?)?;
        let entry = (AuditEvent::AccountChanged, json!({"target": id.as_str(), "field": "secret"}));
        self.audited_first(&[entry], &id, |station| {
            let (ring, _) = station.ring_and_opened()?;
            Ok(ring.change_secret(&id, old, new, now)?)
        })
    }

    /// Draws a new recovery key; the one before opens nothing any more. It is shown once, to be printed.
    ///
    /// # Errors
    /// The role may not, or the disk refuses.
    pub fn renew_recovery(&mut self) -> Result<RecoveryKey, Problem> {
        self.permit(Operation::Change, Subject::Accounts)?;
        let id = self.signed_in()?.0.parse().map_err(|_| Problem::new(Code::OurMistake))?;
        let entry = (AuditEvent::KeyChanged, json!({"code": "recovery"}));
        self.audited_first(&[entry], &id, |station| {
            let (ring, opened) = station.ring_and_opened()?;
            Ok(ring.renew_recovery(opened)?)
        })
    }

    /// An open account that somebody may change.
    fn account(&mut self, account: &str) -> Result<(AccountId, AccountCard), Problem> {
        self.permit(Operation::Change, Subject::Accounts)?;
        let id: AccountId = account.parse().map_err(|_| Problem::new(Code::UnknownAccount))?;
        let (ring, opened) = self.ring_and_opened()?;
        let record = ring.record(opened, &id)?;
        if record.closed {
            return Err(Problem::new(Code::AccountClosed));
        }
        let damaged = || Problem::new(Code::FileDamaged).with("file", format!("{id}.key"));
        let card = AccountCard::decode(record.card.as_bytes()).ok_or_else(damaged)?;
        Ok((id, card))
    }

    /// The same, of another person than the one who asks.
    fn another(&mut self, account: &str) -> Result<(AccountId, AccountCard), Problem> {
        let (id, card) = self.account(account)?;
        if self.signed_in()?.0 == id.as_str() {
            return Err(Problem::new(Code::OwnAccount));
        }
        Ok((id, card))
    }

    fn audited_first<T>(
        &mut self,
        entries: &[(AuditEvent, Value)],
        target: &AccountId,
        act: impl FnOnce(&mut Self) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let write = |station: &mut Self, entries: &[(AuditEvent, Value)]| {
            station.promise(|station, writing| {
                let (actor, _) = station.signed_in()?;
                Ok(append(writing, entries, actor, target, station.now())?)
            })
        };
        write(self, entries)?;
        act(self).inspect_err(|problem| {
            // Best effort: the entries before say more than was done, never less.
            let _ = write(self, &undone(entries, target, problem));
        })
    }

    fn wall_date(&self) -> Date {
        on_the_wall(self.now(), self.profile().office.time_zone).date()
    }
}

fn append(
    writing: &mut Writing<'_>,
    entries: &[(AuditEvent, Value)],
    actor: &str,
    target: &AccountId,
    wall_ms: UnixMs,
) -> Result<(), StoreError> {
    for (event, fields) in entries {
        let (event, subject) = (event.word(), target.as_str());
        writing.append_audit(&NewAudit { event, actor, subject, fields, wall_ms })?;
    }
    Ok(())
}

/// The entries that take back what was announced.
fn undone(
    entries: &[(AuditEvent, Value)],
    target: &AccountId,
    problem: &Problem,
) -> Vec<(AuditEvent, Value)> {
    let entry = |event: AuditEvent| {
        let fields = json!({"target": target.as_str(), "event": event.word(), "reason": problem.code.word()});
        (AuditEvent::AccountActUndone, fields)
    };
    entries.iter().map(|(event, _)| entry(*event)).collect()
}

fn encode(card: &AccountCard) -> Result<String, Problem> {
    card.encode().map_err(|_| Problem::new(Code::OurMistake))
}

/// A word whose file is damaged may be given anew: the ring sets the damaged file aside.
fn check_free(ring: &KeyRing, opened: &Opened, id: &AccountId) -> Result<(), Problem> {
    match ring.record(opened, id) {
        Err(RingError::UnknownAccount | RingError::File(FileError::Damaged { .. })) => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Err(Problem::new(Code::AccountTaken)),
    }
}

fn check_roles(roles: &[Role]) -> Result<(), Problem> {
    if roles.is_empty() || roles.iter().any(|role| !role.has_login()) {
        return Err(refused("roles"));
    }
    Ok(())
}

fn check_decree(decree: &str, expires: Date, today: Date) -> Result<(), Problem> {
    if !is_text(decree) {
        return Err(refused("decree"));
    }
    if expires < today { Err(Problem::new(Code::AccountExpired)) } else { Ok(()) }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.chars().any(char::is_control)
}

fn refused(field: &str) -> Problem {
    Problem::new(Code::InputRefused).with("field", field)
}

#[cfg(test)]
mod tests;

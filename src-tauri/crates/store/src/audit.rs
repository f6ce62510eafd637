//! The audit: who did what to whom and when, chained, never changed, its days signed.

use rusqlite::{Row, params};
use serde_json::Value;

use crate::canonical::{Canonical, Hash};
use crate::chain::{BreachKind, Chain, ChainError, ChainState, Link, Walk};
use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{at_most, json};

/// The largest set of fields of an entry: an entry names what was done, it does not carry it.
pub const FIELDS_BYTES_MAX: usize = 64 * 1024;

/// An entry to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewAudit<'a> {
    /// The event's word.
    pub event: &'a str,
    /// Account of who did it.
    pub actor: &'a str,
    /// Id of what it was done to, or empty.
    pub subject: &'a str,
    /// Named values.
    pub fields: &'a Value,
    /// Wall time.
    pub wall_ms: i64,
}

/// An entry of the audit.
#[derive(Clone, PartialEq)]
pub struct AuditRow {
    /// Its number, without gaps from 1.
    pub sequence: i64,
    /// Wall time.
    pub wall_ms: i64,
    /// Counter.
    pub monotonic: i64,
    /// The event's word.
    pub event: String,
    /// Account of who did it.
    pub actor: String,
    /// Id of what it was done to, or empty.
    pub subject: String,
    /// Named values.
    pub fields: Value,
    /// Hash of the entry before it.
    pub previous_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
}

impl std::fmt::Debug for AuditRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AuditRow")
            .field("sequence", &self.sequence)
            .field("event", &self.event)
            .field("actor", &self.actor)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

impl AuditRow {
    /// Whether its hash is that of what it says: for an audit that was copied out of the database.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let fields = self.fields.to_string();
        Hashed {
            sequence: self.sequence,
            wall_ms: self.wall_ms,
            monotonic: self.monotonic,
            event: &self.event,
            actor: &self.actor,
            subject: &self.subject,
            fields: &fields,
            previous: self.previous_hash,
        }
        .hash()
            == self.hash
    }
}

/// The end of the audit as it was signed; a day that goes on after its signature is signed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDayRow {
    /// The day, `yyyy-mm-dd` in the office's zone.
    pub day: String,
    /// The last entry of that day.
    pub last_sequence: i64,
    /// Its hash.
    pub hash: Hash,
    /// Whose key signed.
    pub signer: String,
    /// The signature; checked by the one who knows the key.
    pub signature: Vec<u8>,
}

struct Hashed<'a> {
    sequence: i64,
    wall_ms: i64,
    monotonic: i64,
    event: &'a str,
    actor: &'a str,
    subject: &'a str,
    fields: &'a str,
    previous: Hash,
}

impl Hashed<'_> {
    fn hash(&self) -> Hash {
        Canonical::new("rekam audit entry v1")
            .integer(self.sequence)
            .integer(self.wall_ms)
            .integer(self.monotonic)
            .text(self.event)
            .text(self.actor)
            .text(self.subject)
            .text(self.fields)
            .bytes(&self.previous.0)
            .finish()
    }
}

const COLUMNS: &str =
    "sequence, wall_ms, monotonic, event, actor, subject, fields, previous_hash, hash FROM audit";

fn read_entry(row: &Row<'_>) -> rusqlite::Result<(AuditRow, Hash)> {
    let text: String = row.get("fields")?;
    let entry = AuditRow {
        sequence: row.get("sequence")?,
        wall_ms: row.get("wall_ms")?,
        monotonic: row.get("monotonic")?,
        event: row.get("event")?,
        actor: row.get("actor")?,
        subject: row.get("subject")?,
        // Fields that are no JSON any more show as a changed entry, not as an unreadable one.
        fields: json(row, "fields").unwrap_or_default(),
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    };
    let computed = Hashed {
        sequence: entry.sequence,
        wall_ms: entry.wall_ms,
        monotonic: entry.monotonic,
        event: &entry.event,
        actor: &entry.actor,
        subject: &entry.subject,
        fields: &text,
        previous: entry.previous_hash,
    }
    .hash();
    Ok((entry, computed))
}

impl Writing<'_> {
    /// Adds an entry, in the same promise as the act it tells of; answers its number.
    ///
    /// # Errors
    /// When the fields are too large, or the disk refuses.
    pub fn append_audit(&mut self, entry: &NewAudit<'_>) -> Result<i64, StoreError> {
        let fields = entry.fields.to_string();
        at_most("the fields of an audit entry", fields.len(), FIELDS_BYTES_MAX)?;
        let ChainState { count, head: previous } = self.head(&Chain::Audit)?;
        let sequence = count + 1;
        let monotonic = self.next_monotonic(entry.wall_ms)?;
        let hash = Hashed {
            sequence,
            wall_ms: entry.wall_ms,
            monotonic,
            event: entry.event,
            actor: entry.actor,
            subject: entry.subject,
            fields: &fields,
            previous,
        }
        .hash();
        self.run(
            "add an audit entry",
            "INSERT INTO audit (sequence, wall_ms, monotonic, event, actor, subject, fields, previous_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                sequence,
                entry.wall_ms,
                monotonic,
                entry.event,
                entry.actor,
                entry.subject,
                fields,
                previous,
                hash
            ],
        )?;
        self.mark_head(&Chain::Audit, sequence, hash)?;
        Ok(sequence)
    }

    /// Keeps the signed end of a day. A day may be signed again when more was written; an entry is signed once.
    ///
    /// # Errors
    /// When the entry is signed already or is not the one that was signed.
    pub fn insert_audit_day(&mut self, day: &AuditDayRow) -> Result<(), StoreError> {
        const OPERATION: &str = "keep a signed day";
        self.one(
            OPERATION,
            "SELECT 1 FROM audit WHERE sequence = ?1 AND hash = ?2",
            params![day.last_sequence, day.hash],
            |_| Ok(()),
        )?
        .ok_or(StoreError::NotFound { what: "audit entry that was signed" })?;
        self.run(
            OPERATION,
            "INSERT INTO audit_day (day, last_sequence, hash, signer, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![day.day, day.last_sequence, day.hash, day.signer, day.signature],
        )?;
        Ok(())
    }
}

impl Reading<'_> {
    /// How many entries there are and the hash of the last: what is signed at the end of a day.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get_audit_head(&self) -> Result<ChainState, StoreError> {
        self.head(&Chain::Audit)
    }

    /// Entries after a number, oldest first, at most `count_max`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_audit(&self, after: i64, count_max: u32) -> Result<Vec<AuditRow>, StoreError> {
        self.all(
            "list audit entries",
            &format!("SELECT {COLUMNS} WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"),
            params![after, count_max],
            |row| read_entry(row).map(|(entry, _)| entry),
        )
    }

    /// Entries about one subject, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_audit_of(&self, subject: &str) -> Result<Vec<AuditRow>, StoreError> {
        self.all(
            "list audit entries of a subject",
            &format!("SELECT {COLUMNS} WHERE subject = ?1 ORDER BY sequence"),
            [subject],
            |row| read_entry(row).map(|(entry, _)| entry),
        )
    }

    /// The signed days, oldest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_audit_days(&self) -> Result<Vec<AuditDayRow>, StoreError> {
        self.all(
            "list signed days",
            "SELECT day, last_sequence, hash, signer, signature FROM audit_day ORDER BY last_sequence, day",
            [],
            |row| {
                Ok(AuditDayRow {
                    day: row.get("day")?,
                    last_sequence: row.get("last_sequence")?,
                    hash: row.get("hash")?,
                    signer: row.get("signer")?,
                    signature: row.get("signature")?,
                })
            },
        )
    }

    /// Walks the whole audit against its own links, its kept head and its signed days.
    ///
    /// # Errors
    /// The first breach, or what kept the audit from being read.
    pub fn verify_audit(&self) -> Result<ChainState, ChainError> {
        const OPERATION: &str = "verify the audit";
        let mut walk = Walk::new(Chain::Audit);
        let mut days = self.list_audit_days()?.into_iter().peekable();
        self.each(
            OPERATION,
            &format!("SELECT {COLUMNS} ORDER BY sequence"),
            [],
            read_entry,
            |(entry, computed)| {
                let link = Link {
                    sequence: entry.sequence,
                    previous: entry.previous_hash,
                    hash: entry.hash,
                    computed,
                };
                walk.take(&link, true)?;
                while let Some(day) = days.next_if(|day| day.last_sequence <= entry.sequence) {
                    if day.last_sequence != entry.sequence || day.hash != entry.hash {
                        return Err(walk.breach(day.last_sequence, BreachKind::SignedDayDiffers));
                    }
                }
                Ok(())
            },
        )?;
        if days.peek().is_some() {
            let entries = self
                .one(OPERATION, "SELECT count(*) AS count FROM audit", [], |row| row.get::<_, i64>("count"))?
                .unwrap_or_default();
            return Err(walk.breach(entries + 1, BreachKind::CutShort));
        }
        walk.end(self)
    }
}

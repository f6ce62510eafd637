//! The journal: every step of every recording, durable before the screen moves on.

use std::fmt;

use rusqlite::{Row, params};
use serde_json::Value;
use uuid::Uuid;

use crate::canonical::{Canonical, Hash};
use crate::chain::{BreachKind, Chain, ChainError, ChainState, Link, Walk};
use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::{Id, at_most, id, json};

/// The largest image of a step: a lossless iris or an A4 page stays far below (`domain.md` §6.3).
pub const IMAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The largest body of a step: a full biodata record with its findings is a few kB.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// An image as it is handed over with its step.
#[derive(Clone, Copy)]
pub struct NewImage<'a> {
    /// Media type.
    pub media: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl fmt::Debug for NewImage<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NewImage({}, {} bytes)", self.media, self.bytes.len())
    }
}

/// A step to be journaled.
#[derive(Clone, Copy)]
pub struct NewStep<'a> {
    /// The case it belongs to.
    pub case: Uuid,
    /// What kind of step (`finger`, `photo`, `confirm`, `event` …).
    pub kind: &'a str,
    /// Which one of its kind (`3`, `left`, `kk.1`), or empty.
    pub slot: &'a str,
    /// The earlier attempt this one replaces.
    pub replaces: Option<i64>,
    /// What was found, typed or decided.
    pub body: &'a Value,
    /// The image, if the step has one.
    pub image: Option<NewImage<'a>>,
    /// Account of the operator.
    pub operator: &'a str,
    /// Wall time.
    pub wall_ms: i64,
}

impl fmt::Debug for NewStep<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewStep")
            .field("case", &self.case)
            .field("kind", &self.kind)
            .field("slot", &self.slot)
            .field("image", &self.image)
            .finish_non_exhaustive()
    }
}

/// What a journaled step is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepMark {
    /// Its place in the journal of the station.
    pub sequence: i64,
    /// Which attempt of its slot it is, from 1.
    pub attempt: i64,
    /// Its hash, which the next step of the case follows.
    pub hash: Hash,
}

/// A journaled step.
#[derive(Clone, PartialEq)]
pub struct StepRow {
    /// Place in the journal of the station.
    pub sequence: i64,
    /// The case.
    pub case: Uuid,
    /// Kind of step.
    pub kind: String,
    /// Which one of its kind, or empty.
    pub slot: String,
    /// Which attempt, from 1.
    pub attempt: i64,
    /// The attempt it replaces.
    pub replaces: Option<i64>,
    /// The attempt that replaced it; it stays listed.
    pub replaced_by: Option<i64>,
    /// What was found, typed or decided.
    pub body: Value,
    /// SHA-256 of its image, if it had one; kept when the image is wiped.
    pub image_hash: Option<Hash>,
    /// Wall time.
    pub wall_ms: i64,
    /// Counter.
    pub monotonic: i64,
    /// Account of the operator.
    pub operator: String,
    /// Hash of the step of this case before it.
    pub previous_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
}

impl fmt::Debug for StepRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StepRow")
            .field("sequence", &self.sequence)
            .field("case", &self.case)
            .field("kind", &self.kind)
            .field("slot", &self.slot)
            .field("attempt", &self.attempt)
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

/// The image of a step.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// The step it belongs to.
    pub sequence: i64,
    /// Media type.
    pub media: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for ImageRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ImageRow({}, {}, {} bytes)", self.sequence, self.media, self.bytes.len())
    }
}

/// The columns of a step as they are hashed: the body as the text that is stored.
struct Hashed<'a> {
    sequence: i64,
    case: Uuid,
    kind: &'a str,
    slot: &'a str,
    attempt: i64,
    replaces: Option<i64>,
    body: &'a str,
    image_hash: Option<Hash>,
    wall_ms: i64,
    monotonic: i64,
    operator: &'a str,
    previous: Hash,
}

impl Hashed<'_> {
    fn hash(&self) -> Hash {
        Canonical::new("rekam journal step v1")
            .integer(self.sequence)
            .bytes(self.case.as_bytes())
            .text(self.kind)
            .text(self.slot)
            .integer(self.attempt)
            .optional_integer(self.replaces)
            .text(self.body)
            .optional_bytes(self.image_hash.as_ref().map(|hash| hash.0.as_slice()))
            .integer(self.wall_ms)
            .integer(self.monotonic)
            .text(self.operator)
            .bytes(&self.previous.0)
            .finish()
    }
}

const COLUMNS: &str =
    "step.sequence, case_file.id AS case_id, step.kind, step.slot, step.attempt, step.replaces,
    later.sequence AS replaced_by, step.body, step.image_hash, step.wall_ms, step.monotonic, step.operator,
    step.previous_hash, step.hash
    FROM step JOIN case_file ON case_file.number = step.case_number
    LEFT JOIN step AS later ON later.replaces = step.sequence";

/// A row with the hash its columns give, beside the hash it carries.
fn read_step(row: &Row<'_>) -> rusqlite::Result<(StepRow, Hash)> {
    let text: String = row.get("body")?;
    let step = StepRow {
        sequence: row.get("sequence")?,
        case: id(row, "case_id")?,
        kind: row.get("kind")?,
        slot: row.get("slot")?,
        attempt: row.get("attempt")?,
        replaces: row.get("replaces")?,
        replaced_by: row.get("replaced_by")?,
        // A body that is no JSON any more shows as a changed entry, not as an unreadable one.
        body: json(row, "body").unwrap_or_default(),
        image_hash: row.get("image_hash")?,
        wall_ms: row.get("wall_ms")?,
        monotonic: row.get("monotonic")?,
        operator: row.get("operator")?,
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    };
    let computed = Hashed {
        sequence: step.sequence,
        case: step.case,
        kind: &step.kind,
        slot: &step.slot,
        attempt: step.attempt,
        replaces: step.replaces,
        body: &text,
        image_hash: step.image_hash,
        wall_ms: step.wall_ms,
        monotonic: step.monotonic,
        operator: &step.operator,
        previous: step.previous_hash,
    }
    .hash();
    Ok((step, computed))
}

fn damaged(sequence: i64) -> StoreError {
    StoreError::damaged(format!("step {sequence} of the journal"))
}

impl Writing<'_> {
    /// Journals one step with its image; it is acknowledged when the promise around it returns.
    ///
    /// # Errors
    /// When the case or the replaced step does not exist, something is too large, or the disk refuses.
    pub fn append_step(&mut self, step: &NewStep<'_>) -> Result<StepMark, StoreError> {
        const OPERATION: &str = "journal a step";
        let body = step.body.to_string();
        at_most("the body of a step", body.len(), BODY_BYTES_MAX)?;
        at_most("the image of a step", step.image.map_or(0, |image| image.bytes.len()), IMAGE_BYTES_MAX)?;
        let case_number = self.case_number(step.case)?;
        let previous = self
            .one(
                OPERATION,
                "SELECT hash FROM step WHERE case_number = ?1 ORDER BY sequence DESC LIMIT 1",
                [case_number],
                |row| row.get("hash"),
            )?
            .unwrap_or(Hash::START);
        let attempt = match step.replaces {
            None => 1,
            Some(earlier) => self
                .one(
                    OPERATION,
                    "SELECT attempt FROM step
                     WHERE sequence = ?1 AND case_number = ?2 AND kind = ?3 AND slot = ?4",
                    params![earlier, case_number, step.kind, step.slot],
                    |row| row.get::<_, i64>("attempt"),
                )?
                .map(|attempt| attempt + 1)
                .ok_or(StoreError::NotFound { what: "step to replace" })?,
        };
        let sequence = self.head(&Chain::Journal)?.count + 1;
        let monotonic = self.next_monotonic(step.wall_ms)?;
        let image_hash = step.image.map(|image| Hash::of(image.bytes));
        let hash = Hashed {
            sequence,
            case: step.case,
            kind: step.kind,
            slot: step.slot,
            attempt,
            replaces: step.replaces,
            body: &body,
            image_hash,
            wall_ms: step.wall_ms,
            monotonic,
            operator: step.operator,
            previous,
        }
        .hash();
        self.run(
            OPERATION,
            "INSERT INTO step (sequence, case_number, kind, slot, attempt, replaces, body, image_hash, wall_ms,
                 monotonic, operator, previous_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                sequence,
                case_number,
                step.kind,
                step.slot,
                attempt,
                step.replaces,
                body,
                image_hash,
                step.wall_ms,
                monotonic,
                step.operator,
                previous,
                hash
            ],
        )?;
        if let Some(image) = step.image {
            self.run(
                OPERATION,
                "INSERT INTO image (sequence, media, bytes) VALUES (?1, ?2, ?3)",
                params![sequence, image.media, image.bytes],
            )?;
        }
        self.mark_head(&Chain::Journal, sequence, hash)?;
        Ok(StepMark { sequence, attempt, hash })
    }

    /// Wipes the image of a step, on record; the step and its hash stay.
    ///
    /// # Errors
    /// When the step has no image, or the disk refuses.
    pub fn wipe_image(&mut self, sequence: i64, reason: &str, now_ms: i64) -> Result<(), StoreError> {
        const OPERATION: &str = "wipe an image";
        self.run(
            OPERATION,
            "INSERT INTO image_wiped (sequence, reason, wiped_ms) VALUES (?1, ?2, ?3)",
            params![sequence, reason, now_ms],
        )?;
        self.run_on_one(OPERATION, "image", "DELETE FROM image WHERE sequence = ?1", [sequence])
    }
}

impl Reading<'_> {
    /// Every step of a case in order, replaced attempts included; each hash is checked on the way.
    ///
    /// # Errors
    /// When the case does not exist, or a step is no longer what was journaled.
    pub fn list_steps(&self, case: Uuid) -> Result<Vec<StepRow>, StoreError> {
        self.case_number(case)?;
        let rows = self.all(
            "list the steps of a case",
            &format!("SELECT {COLUMNS} WHERE case_file.id = ?1 ORDER BY step.sequence"),
            [Id(case)],
            read_step,
        )?;
        let mut previous = Hash::START;
        let mut steps = Vec::with_capacity(rows.len());
        for (step, computed) in rows {
            if step.hash != computed || step.previous_hash != previous {
                return Err(damaged(step.sequence));
            }
            previous = step.hash;
            steps.push(step);
        }
        Ok(steps)
    }

    /// The image of a step, compared with the hash the step carries; nothing if it was wiped or there was none.
    ///
    /// # Errors
    /// When the image is no longer what was journaled.
    pub fn get_image(&self, sequence: i64) -> Result<Option<ImageRow>, StoreError> {
        let found = self.one(
            "read an image",
            "SELECT image.media, image.bytes, step.image_hash
             FROM image JOIN step ON step.sequence = image.sequence WHERE image.sequence = ?1",
            [sequence],
            |row| {
                let image = ImageRow { sequence, media: row.get("media")?, bytes: row.get("bytes")? };
                Ok((image, row.get::<_, Option<Hash>>("image_hash")?))
            },
        )?;
        match found {
            None => Ok(None),
            Some((image, hash)) if hash == Some(Hash::of(&image.bytes)) => Ok(Some(image)),
            Some(_) => Err(StoreError::damaged(format!("the image of step {sequence}"))),
        }
    }

    /// Walks the whole journal: every step, every link within a case, every image.
    ///
    /// # Errors
    /// The first breach, or what kept the journal from being read.
    pub fn verify_journal(&self) -> Result<ChainState, ChainError> {
        const OPERATION: &str = "verify the journal";
        let mut walk = Walk::new(Chain::Journal);
        let mut last_of_case = std::collections::HashMap::new();
        self.each(
            OPERATION,
            &format!("SELECT {COLUMNS} ORDER BY step.sequence"),
            [],
            read_step,
            |(step, computed)| {
                let link = Link {
                    sequence: step.sequence,
                    previous: step.previous_hash,
                    hash: step.hash,
                    computed,
                };
                walk.take(&link, false)?;
                let previous = last_of_case.insert(step.case, step.hash).unwrap_or(Hash::START);
                if previous != step.previous_hash {
                    return Err(walk.breach(step.sequence, BreachKind::Reordered));
                }
                let Some(hash) = step.image_hash else { return Ok(()) };
                let image = self.one(
                    OPERATION,
                    "SELECT image.bytes, EXISTS (SELECT 1 FROM image_wiped WHERE image_wiped.sequence = ?1) AS wiped
                     FROM (SELECT 1) LEFT JOIN image ON image.sequence = ?1",
                    [step.sequence],
                    |row| Ok((row.get::<_, Option<Vec<u8>>>("bytes")?, row.get::<_, bool>("wiped")?)),
                )?;
                match image {
                    Some((Some(bytes), _)) if Hash::of(&bytes) != hash => {
                        Err(walk.breach(step.sequence, BreachKind::ImageChanged))
                    }
                    Some((None, false)) | None => Err(walk.breach(step.sequence, BreachKind::ImageRemoved)),
                    Some(_) => Ok(()),
                }
            },
        )?;
        walk.end(self)
    }
}

//! What a mirror knows about itself after it was unplugged: a small file under a sum, nothing secret in it.

use std::path::Path;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::error::{MirrorError, on_copy, on_reading};
use super::frame::{Head, Place};
use super::hand::Hand;
use super::replica::Replica;
use super::source::{from_hex, hex};
use crate::canonical::Hash;

pub(crate) const STATE_FILE: &str = "mirror.state";
const VERSION: u32 = 1;
/// A mirror has two databases; a list of files has at most so many lines of this length.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The state of a mirror.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    /// When everything was copied last.
    pub(super) copied_ms: Option<i64>,
    /// Number of the next folder.
    pub(super) number_next: u64,
    pub(super) replicas: Vec<ReplicaNote>,
}

/// What is known of one copied database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplicaNote {
    pub(super) word: String,
    /// The name the database was born with.
    pub(super) name: String,
    pub(super) number: u64,
    head: String,
    frames: u64,
    sum: (u32, u32),
    pages: u32,
    next: String,
}

impl ReplicaNote {
    pub(super) fn of(replica: &Replica, name: &str, number: u64) -> Self {
        let at = replica.at;
        Self {
            word: replica.kind.word.to_owned(),
            name: name.to_owned(),
            number,
            head: at.map_or_else(String::new, |at| hex(&at.head.0)),
            frames: at.map_or(0, |at| at.frames),
            sum: at.map_or((0, 0), |at| (at.sum.first, at.sum.second)),
            pages: at.map_or(0, |at| at.pages),
            next: replica.next.map_or_else(String::new, |next| hex(&next.0)),
        }
    }

    /// Where the copy stands; nothing if the note makes no sense.
    pub(super) fn place(&self) -> Option<(Option<Place>, Option<Head>)> {
        let head_of = |text: &str| {
            if text.is_empty() {
                return Some(None);
            }
            from_hex(text).and_then(|bytes| Head::parse(&bytes)).map(Some)
        };
        let at = head_of(&self.head)?.map(|head| {
            let mut place = Place::start(head);
            place.frames = self.frames;
            place.pages = self.pages;
            (place.sum.first, place.sum.second) = self.sum;
            place
        });
        Some((at, head_of(&self.next)?))
    }
}

impl State {
    pub(super) fn new() -> Self {
        Self { version: VERSION, copied_ms: None, number_next: 1, replicas: Vec::new() }
    }

    /// Reads the state; nothing where there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, MirrorError> {
        let state: Option<Self> = read_sealed(folder, STATE_FILE)?;
        if state.as_ref().is_some_and(|state| state.version != VERSION) {
            return Err(MirrorError::ForeignFolder { what: "a mirror of a newer program".into() });
        }
        Ok(state)
    }

    pub(super) fn write(&self, hand: &Hand, folder: &Path) -> Result<(), MirrorError> {
        write_sealed(hand, folder, STATE_FILE, self)
    }

    pub(super) fn note(&self, word: &str) -> Option<&ReplicaNote> {
        self.replicas.iter().find(|note| note.word == word)
    }

    pub(super) fn set(&mut self, note: ReplicaNote) {
        self.replicas.retain(|other| other.word != note.word);
        self.replicas.push(note);
        self.replicas.sort_by(|one, other| one.word.cmp(&other.word));
    }
}

/// Writes a small file whose first line is the hash of the rest.
pub(crate) fn write_sealed<T: Serialize>(
    hand: &Hand,
    folder: &Path,
    name: &str,
    content: &T,
) -> Result<(), MirrorError> {
    let body = serde_json::to_string_pretty(content).map_err(|error| MirrorError::WriteFailed {
        operation: "write a note of the copy",
        source: Box::new(error),
    })?;
    let text = format!("{}\n{body}\n", Hash::of(format!("{body}\n").as_bytes()));
    hand.replace(folder, name, text.as_bytes())
}

/// Reads such a file; nothing where there is none.
pub(crate) fn read_sealed<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<Option<T>, MirrorError> {
    let path = folder.join(name);
    let length = match std::fs::metadata(&path) {
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(on_copy("look at a note of the copy")(error)),
    };
    let damaged = || MirrorError::DamagedCopy { what: name.to_owned() };
    if length > FILE_BYTES_MAX {
        return Err(damaged());
    }
    let text = std::fs::read_to_string(&path).map_err(on_reading(name))?;
    let (sum, body) = text.split_once('\n').ok_or_else(damaged)?;
    if Hash::of(body.as_bytes()).hex() != sum {
        return Err(damaged());
    }
    serde_json::from_str(body).map(Some).map_err(|_| damaged())
}

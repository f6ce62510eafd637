//! The mirror: a copy of the station on a second disk, kept up to date while the station works, locked or not.
//!
//! It needs no key: everything that is copied is already encrypted, sealed or signed (decision 0009). It holds no
//! thread: the caller gives it its turns.

mod contents;
mod error;
mod frame;
mod ground;
mod hand;
mod place;
mod plain;
mod replica;
mod source;
mod state;
mod track;

use std::path::{Path, PathBuf};

pub use contents::CopyReport;
pub(crate) use contents::{Item, Part};
pub use error::MirrorError;
pub(crate) use error::{on_copy, on_reading};
pub use hand::Hand;
pub(crate) use place::{expect_room, identity, lock, refuse_inside};
pub(crate) use plain::{copy_file, copy_part, hash_file, hash_range, walk};
pub(crate) use source::{KINDS, Source, from_hex, hex, log_of};
pub(crate) use state::{STATE_FILE, read_sealed, write_sealed};
pub(crate) use track::snapshot;

use plain::Plain;
use state::State;
use track::Track;

/// Where nothing happens, the time of the last success is written this often, so that its age survives a restart.
const NOTE_EVERY_MS: i64 = 60_000;
/// How often a step looks for a moment at which both databases stood where they were copied.
const ROUNDS_MAX: usize = 3;

/// What a mirror says about itself after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MirrorState {
    /// Milliseconds since everything was copied last; nothing before the first time.
    pub age_ms: Option<i64>,
    /// Bytes of the original that are still to be copied.
    pub behind_bytes: u64,
    /// Whether the mirror lies on the disk of the original, where it protects from a damaged file only.
    pub is_same_disk: bool,
    /// Why a copy is being made anew, while the previous one stays as it is.
    pub problem: Option<MirrorProblem>,
}

/// Why a copy is being made from the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MirrorProblem {
    /// There was none.
    First,
    /// The original went on while the mirror was away, or lost what the mirror has.
    Missed,
    /// The copy was found damaged.
    Damaged,
}

/// A mirror that is being kept.
#[derive(Debug)]
pub struct Mirror {
    original: PathBuf,
    root: PathBuf,
    hand: Hand,
    identity: (u64, u64),
    is_same_disk: bool,
    state: State,
    tracks: Vec<Track>,
    plain: Plain,
    /// Something failed, or was found damaged: what is in memory may not be what is on the disk.
    is_doubted: bool,
    /// Damage was found that is not healed yet.
    is_damaged: bool,
    noted_ms: Option<i64>,
    _lock: Option<place::Held>,
}

impl Mirror {
    /// Takes a folder on a second disk as the mirror of a station's folder; an empty one becomes it.
    ///
    /// # Errors
    /// When the folder is missing, in use, another station's, or holds something else.
    pub fn attach(original: &Path, mirror: &Path) -> Result<Self, MirrorError> {
        Self::attach_by(original, mirror, Hand::steady())
    }

    /// The same with a hand that a trial may stop.
    ///
    /// # Errors
    /// As for `attach`.
    pub fn attach_by(original: &Path, mirror: &Path, hand: Hand) -> Result<Self, MirrorError> {
        let identity = place::identity(mirror)?;
        place::refuse_inside(original, mirror)?;
        let is_same_disk = place::identity(original)?.0 == identity.0;
        let state = State::read(mirror)?;
        if state.is_none() {
            place::refuse_foreign(mirror)?;
        }
        let lock = place::lock(mirror, false)?;
        let state = match state {
            Some(state) => state,
            None => {
                let state = State::new();
                state.write(&hand, mirror)?;
                state
            }
        };
        let noted_ms = state.copied_ms;
        let mut attached = Self {
            original: original.to_owned(),
            root: mirror.to_owned(),
            hand,
            identity,
            is_same_disk,
            state,
            tracks: Vec::new(),
            plain: Plain::open(mirror)?,
            is_doubted: true,
            is_damaged: false,
            noted_ms,
            _lock: lock,
        };
        attached.load()?;
        Ok(attached)
    }

    /// Reads again what lies on the disk.
    fn load(&mut self) -> Result<(), MirrorError> {
        self.state =
            State::read(&self.root)?.ok_or(MirrorError::DiskGone { operation: "read the mirror" })?;
        self.plain = Plain::open(&self.root)?;
        self.tracks.clear();
        for kind in KINDS {
            let source = Source::of(&self.original, kind);
            let note = self.state.note(kind.word);
            if let Some(note) = note
                && source.is_there()
                && source.name()? != note.name
            {
                return Err(MirrorError::ForeignFolder { what: format!("another {}", kind.file) });
            }
            self.tracks.push(Track::load(&self.root, source, note));
        }
        if self.is_damaged {
            self.doubt();
        }
        self.clear()?;
        self.is_doubted = false;
        Ok(())
    }

    fn doubt(&mut self) {
        self.is_damaged = true;
        self.plain.doubt();
        for track in &mut self.tracks {
            track.doubt();
        }
    }

    /// Removes copies that were never finished or have been replaced.
    fn clear(&self) -> Result<(), MirrorError> {
        let named = on_copy("list the mirror");
        for entry in std::fs::read_dir(&self.root).map_err(&named)? {
            let path = entry.map_err(&named)?.path();
            let is_replica = KINDS.iter().any(|kind| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.strip_prefix(kind.word)
                    .and_then(|rest| rest.strip_prefix('-'))
                    .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
            });
            let is_in_use = self.tracks.iter().any(|track| track.uses(&path));
            if is_replica && !is_in_use {
                self.hand.remove_folder(&path)?;
            }
        }
        self.plain.clear(&self.hand)
    }

    /// One bounded step: copies what is new, in the order that keeps the mirror good at every moment.
    ///
    /// # Errors
    /// What kept it from being copied; what was copied before stays good, and the next step goes on from there.
    pub fn catch_up(&mut self, now_ms: i64) -> Result<MirrorState, MirrorError> {
        if place::identity(&self.root)? != self.identity {
            // Another disk, or none, stands where the mirror was.
            return Err(MirrorError::DiskGone { operation: "look for the mirror" });
        }
        if self.is_doubted {
            self.load()?;
        }
        self.is_doubted = true;
        let state = self.step(now_ms)?;
        self.is_doubted = false;
        Ok(state)
    }

    fn step(&mut self, now_ms: i64) -> Result<MirrorState, MirrorError> {
        let before = self.state.clone();
        // Files first: a packet is written before the outbox speaks of it. Once more at the end for those that came.
        let mut behind = self.plain.catch_up(&self.hand, &self.original, now_ms)?;
        for _ in 0..ROUNDS_MAX {
            let mut has_moved = false;
            for track in &mut self.tracks {
                has_moved |= track.step(&self.hand, &self.root, &mut self.state)?;
            }
            if !has_moved {
                break;
            }
        }
        if behind == 0 {
            behind = self.plain.catch_up(&self.hand, &self.original, now_ms)?;
        }
        for track in &self.tracks {
            behind += track.behind_bytes()?;
        }
        let problem = self.tracks.iter().find_map(Track::problem);
        let is_noted = self.noted_ms.is_some_and(|noted| (0..NOTE_EVERY_MS).contains(&(now_ms - noted)));
        if behind == 0 && problem.is_none() {
            self.state.copied_ms = Some(now_ms);
            self.is_damaged = false;
        }
        if self.state.replicas != before.replicas || !is_noted && self.state.copied_ms == Some(now_ms) {
            self.state.write(&self.hand, &self.root)?;
            self.noted_ms = self.state.copied_ms;
        }
        for track in &mut self.tracks {
            track.drop_old(&self.hand)?;
        }
        Ok(self.describe(now_ms, behind, problem))
    }

    fn describe(&self, now_ms: i64, behind_bytes: u64, problem: Option<MirrorProblem>) -> MirrorState {
        // A clock that was set back makes nothing younger than now.
        let age_ms = self.state.copied_ms.map(|copied| now_ms.saturating_sub(copied).max(0));
        MirrorState { age_ms, behind_bytes, is_same_disk: self.is_same_disk, problem }
    }

    /// The folder it lies in.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// For trials: how many changes the hand has made.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.hand.changes()
    }

    /// Reads every byte of the mirror; a damaged part is made anew by the next steps.
    ///
    /// # Errors
    /// What was found damaged, or that no copy is whole yet.
    pub fn verify(&mut self) -> Result<CopyReport, MirrorError> {
        let found = contents::of_mirror(&self.root);
        if let Err(MirrorError::DamagedCopy { .. }) = &found {
            self.doubt();
        }
        found.map(|(items, copied_ms)| CopyReport::of(&items, copied_ms))
    }
}

/// Reads every byte of a mirror that nobody is keeping at the moment.
///
/// # Errors
/// What was found damaged, or that no copy is whole yet.
pub fn mirror_verify(mirror: &Path) -> Result<CopyReport, MirrorError> {
    contents_of_mirror(mirror).map(|(items, copied_ms)| CopyReport::of(&items, copied_ms))
}

/// The same, with the list of what it holds.
pub(crate) fn contents_of_mirror(mirror: &Path) -> Result<(Vec<Item>, i64), MirrorError> {
    place::identity(mirror)?;
    let _lock = place::lock(mirror, true)?;
    contents::of_mirror(mirror)
}

//! One copied database: a ground of pages and a log, a good database together at every moment.
//!
//! The order that keeps it so: frames are copied and synced; when the run of the log has ended, its frames are taken
//! over into the ground and synced; only then does the log begin again.

use std::fs::File;
use std::path::PathBuf;

use super::error::{MirrorError, on_copy, on_reading};
use super::frame::{HEAD, Head, Place, ends_at, last_frames, read_head, scan};
use super::ground::{Ground, PAGE};
use super::hand::{Hand, read_back};
use super::source::{Kind, Look, Source, log_of};

/// How many turns one step may take to follow; a desk makes a few steps in a minute.
const TURNS_MAX: usize = 64;

/// How far a step of following came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    /// Everything that stood in the original's log at the last look is here.
    All,
    /// There was more than one step takes.
    More,
    /// The copy has to be made anew.
    Lost,
}

/// A copy of one database in a folder of its own.
#[derive(Debug, Clone)]
pub(crate) struct Replica {
    pub(super) kind: Kind,
    pub(super) folder: PathBuf,
    pub(super) ground: Ground,
    /// Where the log of the copy ends; nothing while the original has no log.
    pub(super) at: Option<Place>,
    /// The run that follows, once everything up to here stands in the ground.
    pub(super) next: Option<Head>,
    /// Pages copied so far while the ground is being made.
    pub(super) laid: Option<u64>,
}

/// Told before a step that relies on what was done so far being known after a pulled disk.
pub(super) type Keep<'a> = &'a mut dyn FnMut(&Replica) -> Result<(), MirrorError>;

impl Replica {
    pub(super) fn in_folder(kind: Kind, folder: PathBuf, part_bytes: u64, has_sums: bool) -> Self {
        let ground = Ground { path: folder.join(kind.file), part_bytes, has_sums };
        Self { kind, folder, ground, at: None, next: None, laid: None }
    }

    /// Begins a new copy in a folder that holds nothing yet.
    pub(super) fn begin(&mut self, hand: &Hand, source: &Source) -> Result<(), MirrorError> {
        hand.make_folder(&self.folder)?;
        self.at = source.head()?.map(Place::start);
        self.next = None;
        self.laid = Some(0);
        Ok(())
    }

    pub(super) fn log_path(&self) -> PathBuf {
        log_of(&self.ground.path)
    }

    /// Copies what is new in the log of the original.
    pub(super) fn follow(
        &mut self,
        hand: &Hand,
        source: &Source,
        keep: Keep<'_>,
    ) -> Result<Followed, MirrorError> {
        for _ in 0..TURNS_MAX {
            match source.look(self.at.as_ref(), self.next.as_ref())? {
                Look::Nothing => return Ok(Followed::All),
                Look::Lost => return Ok(Followed::Lost),
                Look::More(found) => {
                    let Some(at) = self.at else { return Ok(Followed::Lost) };
                    self.append(hand, at, &found.bytes)?;
                    self.at = Some(found.place);
                }
                Look::Ended(head) => {
                    if self.next.is_none() {
                        self.take_over(hand)?;
                        self.next = Some(head);
                        keep(self)?;
                    }
                    self.empty_log(hand)?;
                    self.at = Some(Place::start(head));
                    self.next = None;
                }
            }
        }
        Ok(Followed::More)
    }

    fn append(&self, hand: &Hand, at: Place, frames: &[u8]) -> Result<(), MirrorError> {
        let path = self.log_path();
        let file = hand.open(&path)?;
        let mut with_head = Vec::new();
        let (bytes, offset) = if at.frames == 0 {
            with_head.extend_from_slice(&at.head.0);
            with_head.extend_from_slice(frames);
            (with_head.as_slice(), 0)
        } else {
            (frames, at.bytes())
        };
        hand.write(&file, &path, bytes, offset)?;
        hand.sync(&file, &path)?;
        if at.frames == 0 {
            // The name of the log file must be as durable as its bytes.
            hand.sync_folder(&self.folder)?;
        }
        read_back(&path, offset, bytes)
    }

    /// Takes the whole log over into the ground.
    fn take_over(&self, hand: &Hand) -> Result<(), MirrorError> {
        let Some(at) = self.at.filter(|at| at.frames > 0) else { return Ok(()) };
        let named = on_reading("the log of the copy");
        let log = File::open(self.log_path()).map_err(&named)?;
        let frames = last_frames(&log, &at).map_err(&named)?;
        let Some(mut frames) = frames.filter(|_| read_head(&log).is_ok_and(|head| head == Some(at.head)))
        else {
            return Err(MirrorError::DamagedCopy { what: "the log of the copy".into() });
        };
        // Pages that are not laid yet come from the original, where they are as new as this log or newer.
        if let Some(laid) = self.laid {
            frames.retain(|page, _| u64::from(*page) <= laid);
        }
        self.ground.take_over(hand, &log, &frames)
    }

    /// Without a head nobody reads what stands behind it; the room is used again.
    fn empty_log(&self, hand: &Hand) -> Result<(), MirrorError> {
        let path = self.log_path();
        let file = hand.open(&path)?;
        hand.write(&file, &path, &[0; HEAD], 0)?;
        hand.sync(&file, &path)
    }

    /// Copies some more pages of the ground; answers whether the copy is whole. Followed before and after by the
    /// caller: what is read here may be newer than the copied log.
    pub(super) fn lay(&mut self, hand: &Hand, source: &Source, bytes_max: u64) -> Result<bool, MirrorError> {
        let Some(laid) = self.laid else { return Ok(true) };
        let pages_max = bytes_max / PAGE as u64;
        let copied = self.ground.copy(hand, &*source.file()?, laid, pages_max)?;
        self.laid = Some(laid + copied);
        Ok(copied < pages_max)
    }

    /// Declares the copy whole, after it has followed once more; answers whether it is.
    pub(super) fn finish(&mut self, hand: &Hand, source: &Source) -> Result<bool, MirrorError> {
        // Without a log there is nothing to make pages of different moments agree: then nothing may have changed.
        if self.at.is_none() && !(source.is_quiet() && self.ground.is_same_as(&*source.file()?)?) {
            return Ok(false);
        }
        hand.sync_folder(&self.folder)?;
        self.laid = None;
        Ok(true)
    }

    /// File name of the database.
    pub(crate) fn file(&self) -> &'static str {
        self.kind.file
    }

    /// The files of the ground.
    pub(crate) fn ground_parts(&self) -> Vec<PathBuf> {
        (0..).map(|number| self.ground.part(number)).take_while(|path| path.exists()).collect()
    }

    /// Cuts the log at its last transaction; answers where it lies, if there is anything in it.
    pub(crate) fn trim_log(&self, hand: &Hand) -> Result<Option<PathBuf>, MirrorError> {
        let path = self.log_path();
        let Some(at) = self.at.filter(|at| at.frames > 0) else {
            return hand.remove_file(&path).map(|()| None);
        };
        let file = hand.open(&path)?;
        hand.set_length(&file, at.bytes())?;
        hand.sync(&file, &path)?;
        Ok(Some(path))
    }

    /// Removes what an attempt has written, where the folder is shared with others.
    pub(super) fn remove_files(&self, hand: &Hand) -> Result<(), MirrorError> {
        for path in self.ground_parts() {
            hand.remove_file(&path)?;
        }
        hand.remove_file(&self.log_path())
    }

    /// Whether the log of the copy is what was noted about it.
    pub(super) fn has_its_log(&self) -> bool {
        let Some(at) = self.at.filter(|at| at.frames > 0 && self.next.is_none()) else { return true };
        let Ok(log) = File::open(self.log_path()) else { return false };
        read_head(&log).is_ok_and(|head| head == Some(at.head))
            && ends_at(&log, &at).unwrap_or(false)
            && last_frames(&log, &at).is_ok_and(|frames| frames.is_some())
    }

    /// Looks at every page and every frame; answers the hash of the ground and the bytes of the log that count.
    pub(super) fn verify(&self) -> Result<([u8; 32], u64), MirrorError> {
        if !self.has_its_log() {
            return Err(MirrorError::DamagedCopy { what: format!("the log of {}", self.kind.file) });
        }
        let found = self.log_as_it_is()?;
        let named = on_reading("the log of the copy");
        let mut in_log = std::collections::BTreeMap::new();
        let mut bytes = 0;
        if let Some(place) = found {
            let log = File::open(self.log_path()).map_err(&named)?;
            in_log = last_frames(&log, &place).map_err(&named)?.unwrap_or_default();
            bytes = place.bytes();
        }
        Ok((self.ground.verify(&in_log)?, bytes))
    }

    /// The log as a database would read it: also what was synced after the last note.
    fn log_as_it_is(&self) -> Result<Option<Place>, MirrorError> {
        let named = on_copy("read the log of the copy");
        let log = match File::open(self.log_path()) {
            Ok(log) => log,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(named(error)),
        };
        let Some(head) = read_head(&log).map_err(&named)? else { return Ok(None) };
        let is_taken_over = self.next.is_some() && self.at.is_some_and(|at| at.head == head);
        if is_taken_over {
            return Ok(None);
        }
        let mut at = Place::start(head);
        loop {
            let found = scan(&log, at, 1024 * 1024).map_err(&named)?;
            if found.place.frames == at.frames {
                return Ok((at.frames > 0).then_some(at));
            }
            at = found.place;
        }
    }
}

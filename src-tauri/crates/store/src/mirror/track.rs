//! One database on its way into a mirror: the copy that stands, and the one that is being made to take its place.

use std::path::{Path, PathBuf};

use super::MirrorProblem;
use super::contents::replica_folder;
use super::error::MirrorError;
use super::hand::Hand;
use super::place::expect_room;
use super::replica::{Followed, Replica};
use super::source::Source;
use super::state::{ReplicaNote, State};

/// Pages of a new copy that are laid in one step.
const LAY_BYTES: u64 = 32 * 1024 * 1024;
/// What a new copy needs besides the bytes of the original.
const ROOM_BYTES: u64 = 16 * 1024 * 1024;
/// How often a snapshot is begun anew because the original changed too fast.
const SNAPSHOTS_MAX: usize = 5;

#[derive(Debug)]
pub(super) struct Track {
    source: Source,
    standing: Option<(u64, Replica)>,
    fresh: Option<(u64, Replica)>,
    old: Vec<PathBuf>,
    problem: Option<MirrorProblem>,
    /// The last step did not reach the end of the original's log.
    has_more: bool,
}

impl Track {
    pub(super) fn load(root: &Path, source: Source, note: Option<&ReplicaNote>) -> Self {
        let kind = source.kind;
        let mut track = Self {
            source,
            standing: None,
            fresh: None,
            old: Vec::new(),
            problem: Some(MirrorProblem::First),
            has_more: false,
        };
        let Some(note) = note else { return track };
        let folder = replica_folder(root, kind.word, note.number);
        let mut replica = Replica::in_folder(kind, folder, u64::MAX, true);
        track.problem = Some(MirrorProblem::Damaged);
        if let Some((at, next)) = note.place() {
            replica.at = at;
            replica.next = next;
            if replica.has_its_log() && replica.ground.path.exists() {
                track.problem = None;
            }
        }
        track.standing = Some((note.number, replica));
        track
    }

    pub(super) fn uses(&self, path: &Path) -> bool {
        [&self.standing, &self.fresh].into_iter().flatten().any(|(_, replica)| replica.folder == path)
    }

    pub(super) fn problem(&self) -> Option<MirrorProblem> {
        self.problem.filter(|_| self.source.is_there())
    }

    pub(super) fn doubt(&mut self) {
        self.problem = self.problem.or(Some(MirrorProblem::Damaged));
    }

    pub(super) fn behind_bytes(&self) -> Result<u64, MirrorError> {
        if self.problem().is_none() {
            return Ok(u64::from(self.has_more));
        }
        let laid = self.fresh.as_ref().and_then(|(_, replica)| replica.laid).unwrap_or_default();
        // Never nothing while a copy is not whole.
        Ok(self.source.bytes()?.saturating_sub(laid * 4096).max(1))
    }

    /// One step; answers whether anything was copied.
    pub(super) fn step(&mut self, hand: &Hand, root: &Path, state: &mut State) -> Result<bool, MirrorError> {
        if !self.source.is_there() {
            return Ok(false);
        }
        let name = self.source.name()?;
        if let Some(note) = state.note(self.source.kind.word)
            && note.name != name
        {
            return Err(MirrorError::ForeignFolder { what: format!("another {}", self.source.kind.file) });
        }
        if self.problem.is_none()
            && let Some((number, replica)) = &mut self.standing
        {
            let number = *number;
            let before = replica.at;
            let mut keep = |replica: &Replica| {
                state.set(ReplicaNote::of(replica, &name, number));
                state.write(hand, root)
            };
            let followed = replica.follow(hand, &self.source, &mut keep)?;
            self.has_more = followed == Followed::More;
            if followed != Followed::Lost {
                state.set(ReplicaNote::of(replica, &name, number));
                return Ok(replica.at != before);
            }
            self.problem = Some(MirrorProblem::Missed);
        }
        self.make_anew(hand, root, state, &name)?;
        Ok(false)
    }

    fn make_anew(
        &mut self,
        hand: &Hand,
        root: &Path,
        state: &mut State,
        name: &str,
    ) -> Result<(), MirrorError> {
        if self.fresh.is_none() {
            expect_room(root, self.source.bytes()? + self.source.log_bytes() + ROOM_BYTES)?;
            let number = state.number_next;
            state.number_next += 1;
            let folder = replica_folder(root, self.source.kind.word, number);
            hand.remove_folder(&folder)?;
            let mut replica = Replica::in_folder(self.source.kind, folder, u64::MAX, true);
            replica.begin(hand, &self.source)?;
            self.fresh = Some((number, replica));
        }
        let Some((number, replica)) = &mut self.fresh else { return Ok(()) };
        match advance(hand, &self.source, replica)? {
            Some(true) => {}
            Some(false) => return Ok(()),
            None => {
                let folder = replica.folder.clone();
                self.fresh = None;
                return hand.remove_folder(&folder);
            }
        }
        // The switch: from this note on the new copy is the mirror.
        state.set(ReplicaNote::of(replica, name, *number));
        hand.sync_folder(root)?;
        state.write(hand, root)?;
        if let Some((_, old)) = self.standing.take() {
            self.old.push(old.folder);
        }
        self.standing = self.fresh.take();
        self.problem = None;
        Ok(())
    }

    /// Removes a copy that was replaced, after that was noted.
    pub(super) fn drop_old(&mut self, hand: &Hand) -> Result<(), MirrorError> {
        while let Some(folder) = self.old.pop() {
            hand.remove_folder(&folder)?;
        }
        Ok(())
    }
}

/// One step of making a copy: whole, not whole yet, or to be begun anew.
fn advance(hand: &Hand, source: &Source, replica: &mut Replica) -> Result<Option<bool>, MirrorError> {
    let mut keep = |_: &Replica| Ok(());
    if replica.follow(hand, source, &mut keep)? == Followed::Lost {
        return Ok(None);
    }
    if !replica.lay(hand, source, LAY_BYTES)? {
        return Ok(Some(false));
    }
    match replica.follow(hand, source, &mut keep)? {
        Followed::Lost => return Ok(None),
        Followed::More => return Ok(Some(false)),
        Followed::All => {}
    }
    Ok(replica.finish(hand, source)?.then_some(true))
}

/// Makes whole copies of databases in a folder, all standing at one moment.
pub(crate) fn snapshot(
    hand: &Hand,
    sources: &[Source],
    folder: &Path,
    part_bytes: u64,
) -> Result<Vec<Replica>, MirrorError> {
    let mut replicas = Vec::new();
    for source in sources {
        replicas.push(snapshot_one(hand, source, folder, part_bytes)?);
    }
    for _ in 0..SNAPSHOTS_MAX {
        let mut has_moved = false;
        for (source, replica) in sources.iter().zip(&mut replicas) {
            let before = replica.at;
            if replica.follow(hand, source, &mut |_| Ok(()))? == Followed::Lost {
                return Err(MirrorError::Behind { what: "the original changes faster than it is copied" });
            }
            has_moved |= replica.at != before;
        }
        if !has_moved {
            return Ok(replicas);
        }
    }
    Err(MirrorError::Behind { what: "the original changes faster than it is copied" })
}

fn snapshot_one(
    hand: &Hand,
    source: &Source,
    folder: &Path,
    part_bytes: u64,
) -> Result<Replica, MirrorError> {
    for _ in 0..SNAPSHOTS_MAX {
        let mut replica = Replica::in_folder(source.kind, folder.to_owned(), part_bytes, false);
        replica.begin(hand, source)?;
        loop {
            match advance(hand, source, &mut replica)? {
                Some(true) => return Ok(replica),
                Some(false) => {}
                None => break,
            }
        }
        replica.remove_files(hand)?;
    }
    Err(MirrorError::Behind { what: "the original changes faster than it is copied" })
}

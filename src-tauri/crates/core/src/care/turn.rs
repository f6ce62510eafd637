//! One turn of the keeping: the mirror catches up, and a backup is made if it is due.

use std::path::{Path, PathBuf};

use rekam_domain::audit::AuditEvent;
use rekam_store::{Mirror, MirrorError, MirrorState, backup_create};
use serde_json::{Value, json};

use super::record::Record;
use super::{CopyStanding, Desk, Shared};
use crate::clock::StationClock;
use crate::problem::{Code, Problem};

const HOUR_MS: i64 = 3_600_000;
/// A backup a day where nobody said otherwise.
const BACKUP_EVERY_HOURS: u32 = 24;
/// A disk that refused is asked again after this, so that a stick that was just put in is soon used.
const ASK_AGAIN_MS: i64 = 10_000;
/// The time of the last success is written this often, so that its age survives a restart.
const RECORD_EVERY_MS: i64 = 60_000;

pub(super) struct Keeper {
    folder: PathBuf,
    clock: StationClock,
    mirror: Option<Mirror>,
    mirror_asked_ms: Option<i64>,
    backup_asked_ms: Option<i64>,
    recorded_ms: i64,
    written: Record,
}

impl Keeper {
    pub(super) fn new(folder: &Path, clock: StationClock) -> Self {
        Self {
            folder: folder.to_owned(),
            recorded_ms: clock.elapsed_ms(),
            written: Record::read(folder),
            clock,
            mirror: None,
            mirror_asked_ms: None,
            backup_asked_ms: None,
        }
    }

    pub(super) fn turn(&mut self, shared: &Shared) {
        let (mirror, backup, is_due) = {
            let desk = shared.lock();
            (desk.copies.mirror.clone(), desk.copies.backup.clone(), self.is_backup_due(&desk))
        };
        self.mirror_turn(shared, mirror.as_deref());
        if let Some(target) = backup.filter(|_| is_due) {
            self.backup_turn(shared, &target);
        }
        let mut standing = shared.lock().standing.clone();
        // Without the lock: a disk may take its time to answer.
        standing.look_at_disks(&self.folder);
        let mut desk = shared.lock();
        if (&desk.standing.mirror.folder, &desk.standing.backup.folder)
            == (&standing.mirror.folder, &standing.backup.folder)
        {
            desk.standing.mirror.is_same_disk = standing.mirror.is_same_disk;
            desk.standing.backup.is_same_disk = standing.backup.is_same_disk;
        }
        drop(desk);
        if self.clock.elapsed_ms() - self.recorded_ms >= RECORD_EVERY_MS {
            self.record(shared);
        }
    }

    /// The station goes: what is still missing in the mirror is copied, if that is quick. A backup that is due was begun
    /// within the last seconds if its disk was there; a window that is closed does not wait for another.
    pub(super) fn end(&mut self, shared: &Shared) {
        let mirror = shared.lock().copies.mirror.clone();
        self.mirror_turn(shared, mirror.as_deref());
        self.record(shared);
    }

    fn record(&mut self, shared: &Shared) {
        self.recorded_ms = self.clock.elapsed_ms();
        let record = {
            let mut desk = shared.lock();
            desk.record.mirror_made_ms = desk.standing.mirror.made_ms;
            desk.record.clone()
        };
        if record != self.written {
            record.write(&self.folder);
            self.written = record;
        }
    }

    fn mirror_turn(&mut self, shared: &Shared, target: Option<&Path>) {
        let Some(target) = target else {
            self.mirror = None;
            return;
        };
        let elapsed = self.clock.elapsed_ms();
        if self.mirror.is_none() && self.mirror_asked_ms.is_some_and(|asked| elapsed - asked < ASK_AGAIN_MS) {
            return;
        }
        let now = self.clock.now();
        let done = self.catch_up(target, now);
        if done.is_err() {
            // Another try begins with a look at what lies there.
            self.mirror = None;
            self.mirror_asked_ms = Some(elapsed);
        }
        let mut desk = shared.lock();
        if desk.copies.mirror.as_deref() == Some(target) {
            desk.mirror_stands(done, now);
        }
    }

    fn catch_up(&mut self, target: &Path, now: i64) -> Result<MirrorState, MirrorError> {
        let mut mirror = match self.mirror.take() {
            Some(mirror) if mirror.root() == target => mirror,
            _ => Mirror::attach(&self.folder, target)?,
        };
        let state = mirror.catch_up(now)?;
        self.mirror = Some(mirror);
        Ok(state)
    }

    fn is_backup_due(&self, desk: &Desk) -> bool {
        let every = i64::from(desk.copies.backup_every_hours.unwrap_or(BACKUP_EVERY_HOURS)) * HOUR_MS;
        let asked_lately =
            self.backup_asked_ms.is_some_and(|asked| self.clock.elapsed_ms() - asked < ASK_AGAIN_MS);
        let is_due = desk.record.backup_made_ms.is_none_or(|made| self.clock.now() - made >= every);
        desk.copies.backup.is_some() && is_due && !asked_lately
    }

    fn backup_turn(&mut self, shared: &Shared, target: &Path) {
        self.backup_asked_ms = Some(self.clock.elapsed_ms());
        let now = self.clock.now();
        let made = backup_create(&self.folder, target, now);
        let mut desk = shared.lock();
        match made {
            Ok(entry) => {
                desk.record.backup_made_ms = Some(now);
                desk.standing.backup = CopyStanding {
                    folder: Some(target.to_owned()),
                    made_ms: Some(now),
                    is_same_disk: desk.standing.backup.is_same_disk,
                    ..CopyStanding::default()
                };
                desk.note(AuditEvent::BackupMade, json!({"disk": name(target)}));
                // Reading it back is part of making it.
                let result = json!({"disk": name(target), "result": "intact", "bytes": entry.bytes});
                desk.note(AuditEvent::BackupVerified, result);
            }
            Err(error) => {
                let code = Problem::from(error).code;
                // A stick that is not there is no event: it is put in when there is something to copy.
                if desk.standing.backup.problem != Some(code) && code != Code::CopyDiskGone {
                    desk.note(AuditEvent::BackupFailed, failed(target, code));
                }
                desk.standing.backup.problem = Some(code);
            }
        }
        let record = desk.record.clone();
        drop(desk);
        record.write(&self.folder);
    }
}

impl Desk {
    fn mirror_stands(&mut self, done: Result<MirrorState, MirrorError>, now: i64) {
        let folder = self.copies.mirror.clone();
        let target = folder.as_deref().map(name).unwrap_or_default();
        let before = self.standing.mirror.clone();
        match done {
            Ok(state) => {
                let was_away = before.problem.is_some() || before.made_ms.is_none();
                let made_ms = state.age_ms.map(|age| now - age);
                if was_away && made_ms.is_some() {
                    self.note(AuditEvent::MirrorJoined, json!({"target": target}));
                }
                self.standing.mirror = CopyStanding {
                    folder,
                    made_ms: made_ms.or(before.made_ms),
                    behind_bytes: state.behind_bytes,
                    is_same_disk: before.is_same_disk,
                    problem: None,
                };
            }
            Err(error) => {
                let code = Problem::from(error).code;
                if before.problem.is_none() {
                    self.note(AuditEvent::MirrorLost, json!({"target": target, "since": before.made_ms}));
                }
                self.standing.mirror.problem = Some(code);
            }
        }
    }
}

fn failed(target: &Path, code: Code) -> Value {
    json!({"disk": name(target), "reason": code.word()})
}

fn name(target: &Path) -> String {
    target.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

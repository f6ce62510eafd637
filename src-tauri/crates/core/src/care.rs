//! Copies are kept while people work, and while nobody does: the mirror on a second disk, and the backup when it is due.
//!
//! A thread of its own, because a slow stick must not hold up the desk. It needs no key: what it copies is encrypted
//! already. What it has to say goes into the audit with the next thing that is written there.

mod copies;
mod record;
mod turn;

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rekam_domain::audit::AuditEvent;
use serde_json::Value;

use crate::clock::StationClock;
use crate::config::CopiesConfig;
pub(crate) use copies::{CopyStanding, Standing};
use record::Record;
use turn::Keeper;

/// From one look at the mirror to the next: what was recorded meanwhile is what a broken disk may cost.
const TURN: Duration = Duration::from_secs(2);
/// So many events wait for the audit; a station that nobody signs in to for weeks repeats itself.
const NOTES_MAX: usize = 200;

/// A folder's name and a word or two.
const NOTE_BYTES_MAX: usize = 1_024;

/// Something the audit is to hold.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Note {
    event: AuditEvent,
    fields: Value,
}

impl Note {
    /// Whether it tells of a copy, in a few words.
    fn is_ours(&self) -> bool {
        use AuditEvent as E;
        let told = [E::MirrorJoined, E::MirrorLost, E::BackupMade, E::BackupVerified, E::BackupFailed];
        told.contains(&self.event) && self.fields.to_string().len() <= NOTE_BYTES_MAX
    }

    pub(crate) fn event(&self) -> AuditEvent {
        self.event
    }

    pub(crate) fn fields(&self) -> &Value {
        &self.fields
    }
}

/// What the thread and the station tell each other.
#[derive(Debug)]
struct Shared {
    desk: Mutex<Desk>,
    rings: Condvar,
}

#[derive(Debug)]
struct Desk {
    standing: Standing,
    record: Record,
    copies: CopiesConfig,
    has_work: bool,
    is_ending: bool,
}

/// The keeping of copies. Ends, and lets go of its disks, when dropped.
#[derive(Debug)]
pub(crate) struct Care {
    shared: Arc<Shared>,
    clock: StationClock,
    folder: std::path::PathBuf,
    thread: Option<JoinHandle<()>>,
}

impl Care {
    /// Knows what there is to keep; [`Care::begin`] begins.
    pub(crate) fn of(folder: &Path, copies: &CopiesConfig, clock: StationClock) -> Self {
        let record = Record::read(folder);
        let standing = Standing::of(copies, &record);
        let desk = Desk { standing, record, copies: copies.clone(), has_work: false, is_ending: false };
        let shared = Arc::new(Shared { desk: Mutex::new(desk), rings: Condvar::new() });
        Self { shared, clock, folder: folder.to_owned(), thread: None }
    }

    /// Starts the thread, if it does not run yet.
    pub(crate) fn begin(&mut self) {
        if self.thread.is_none() {
            let mut keeper = Keeper::new(&self.folder, self.clock.clone());
            let shared = Arc::clone(&self.shared);
            self.thread = Some(std::thread::spawn(move || {
                while shared.wait() {
                    keeper.turn(&shared);
                }
                keeper.end(&shared);
            }));
        }
    }

    /// Other copies are to be kept from here on.
    pub(crate) fn change(&self, copies: &CopiesConfig) {
        let mut desk = self.shared.lock();
        desk.copies = copies.clone();
        desk.standing = Standing::of(copies, &desk.record);
        desk.standing.look_at_disks(&self.folder);
        drop(desk);
        self.hurry();
    }

    /// Asks for a turn now.
    pub(crate) fn hurry(&self) {
        self.shared.lock().has_work = true;
        self.shared.rings.notify_all();
    }

    /// How the copies stand.
    pub(crate) fn standing(&self) -> Standing {
        self.shared.lock().standing.clone()
    }

    /// A backup was made by hand.
    pub(crate) fn backed_up(&self, now_ms: i64) {
        let mut desk = self.shared.lock();
        desk.record.backup_made_ms = Some(now_ms);
        desk.standing.backup.made_ms = Some(now_ms);
        desk.standing.backup.problem = None;
        desk.record.write(&self.folder);
    }

    /// Whether the mirror holds everything that was written before this time, or there is none to wait for.
    pub(crate) fn holds(&self, written_ms: i64) -> bool {
        let desk = self.shared.lock();
        let mirror = &desk.standing.mirror;
        mirror.folder.is_none()
            || mirror.problem.is_some()
            || mirror.made_ms.is_some_and(|made| made > written_ms)
    }

    /// What the audit is to hold, oldest first.
    pub(crate) fn notes(&self) -> Vec<Note> {
        self.shared.lock().record.notes.clone()
    }

    /// So many of the oldest are in the audit now.
    pub(crate) fn forget_notes(&self, count: usize) {
        if count > 0 {
            let mut desk = self.shared.lock();
            let count = count.min(desk.record.notes.len());
            desk.record.notes.drain(..count);
            desk.record.write(&self.folder);
        }
    }
}

impl Drop for Care {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Care {
    /// Lets go of the disks; what is known of the copies is written down.
    pub(crate) fn stop(&mut self) {
        self.shared.lock().is_ending = true;
        self.shared.rings.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported where it happened; the copies are as good as they were.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Desk> {
        // Plain values; a panic leaves none of them half changed.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next turn; false when the station goes.
    fn wait(&self) -> bool {
        let desk = self.lock();
        let waits = |desk: &mut Desk| !desk.is_ending && !desk.has_work;
        let (mut desk, _) =
            self.rings.wait_timeout_while(desk, TURN, waits).unwrap_or_else(PoisonError::into_inner);
        desk.has_work = false;
        !desk.is_ending
    }
}

impl Desk {
    fn note(&mut self, event: AuditEvent, fields: Value) {
        if self.record.notes.len() < NOTES_MAX {
            self.record.notes.push(Note { event, fields });
        }
    }
}

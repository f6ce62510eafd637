//! What goes on at the desk while nobody asks for it: copies are kept, the log is put away, an idle screen locks, the
//! outbox stays open.

use std::path::Path;
use std::sync::Arc;

use rekam_domain::audit::AuditEvent;
use rekam_domain::permission::{Operation, Subject};
use rekam_keys::TransportKey;
use rekam_store::{LOG_BYTES_WISHED, NewAudit, Outbox, Writing};
use serde_json::json;

use crate::arrival::UNNOTICED;
use crate::care::{Care, Note, Standing};
use crate::clock::Jump;
use crate::config::{self, CopiesConfig, KEYS_FOLDER};
use crate::problem::{Code, Problem};
use crate::station::Station;
use crate::trail::LockReason;

/// A screen nobody has touched for this long locks (`domain.md` §6.4): the counter is public.
pub const IDLE_MS_MAX: i64 = 5 * 60_000;
/// So long after the last step nobody is in the middle of one, and the log may be put away.
const QUIET_MS: i64 = 1_000;
/// Backups are wanted at least this seldom and at most this often.
const BACKUP_HOURS: std::ops::RangeInclusive<u32> = 1..=24 * 31;

impl Station {
    /// Begins to keep the copies; without it they are kept only when somebody asks.
    pub fn keep_copies(&mut self) {
        self.care_mut().begin();
    }

    /// Lets go of the disks the copies lie on.
    pub(crate) fn stop_copies(&mut self) {
        self.care_mut().stop();
        let care = Care::of(self.folder(), &self.config().copies, self.clock().clone());
        *self.care_mut() = care;
    }

    /// Asks for the copies to be brought up to date now, rather than in the next seconds.
    pub fn hurry_copies(&self) {
        self.care().hurry();
    }

    /// Says where the mirror is kept, or that there is none.
    ///
    /// # Errors
    /// The role does not permit it, the folder is not there, it is the station's own, or the disk refuses.
    pub fn keep_mirror_in(&mut self, folder: Option<&Path>) -> Result<(), Problem> {
        self.permit(Operation::Store, Subject::Backup)?;
        let mirror = folder.map(|folder| self.copy_folder(folder)).transpose()?;
        let copies = CopiesConfig { mirror, ..self.config().copies.clone() };
        self.change_copies(copies, "mirror")
    }

    /// Says where backups are made and how often, or that none are made by themselves.
    ///
    /// # Errors
    /// The role does not permit it, the folder is not there, it is the station's own, or the disk refuses.
    pub fn back_up_to(&mut self, folder: Option<&Path>, every_hours: u32) -> Result<(), Problem> {
        self.permit(Operation::Store, Subject::Backup)?;
        if !BACKUP_HOURS.contains(&every_hours) {
            return Err(Problem::new(Code::InputRefused));
        }
        let backup = folder.map(|folder| self.copy_folder(folder)).transpose()?;
        let backup_every_hours = backup.is_some().then_some(every_hours);
        let copies = CopiesConfig { backup, backup_every_hours, ..self.config().copies.clone() };
        self.change_copies(copies, "backup")
    }

    fn copy_folder(&self, folder: &Path) -> Result<std::path::PathBuf, Problem> {
        let there = folder.canonicalize().map_err(|_| Problem::new(Code::CopyDiskGone))?;
        let own = self.folder().canonicalize().map_err(|_| Problem::new(Code::FolderUnusable))?;
        if there.starts_with(&own) || own.starts_with(&there) {
            return Err(Problem::new(Code::CopyForeign));
        }
        Ok(there)
    }

    fn change_copies(&mut self, copies: CopiesConfig, setting: &str) -> Result<(), Problem> {
        // The audit first: a setting nobody answers for must not come into force.
        self.note(AuditEvent::SettingChanged, json!({"setting": setting}))?;
        let mut changed = self.config().clone();
        changed.copies = copies;
        config::change_config(self.folder(), &changed)?;
        self.care().change(&changed.copies);
        self.set_config(changed);
        Ok(())
    }

    /// How mirror and backup stand.
    pub(crate) fn copies(&self) -> Standing {
        self.care().standing()
    }

    /// Somebody is at the desk: the screen stays unlocked.
    pub fn active(&self) {
        self.active_ms().set(self.clock().elapsed_ms());
    }

    /// A moment in which nobody asks for anything; answers whether it locked the screen. Locking discards nothing: what
    /// was shown as saved is in the journal, and the desk reopens at the same step.
    ///
    /// # Errors
    /// The disk refuses to take the log in; what was saved stays saved.
    pub fn rest(&mut self) -> Result<bool, Problem> {
        let quiet_ms = self.clock().elapsed_ms() - self.active_ms().get();
        if self.signed_in().is_err() {
            return Ok(false);
        }
        if quiet_ms >= IDLE_MS_MAX {
            self.lock(LockReason::Idle);
            return Ok(true);
        }
        // Between two steps, so that nobody waits for what has arrived meanwhile.
        if quiet_ms >= QUIET_MS {
            self.arrivals_problem = self.take_arrivals_within(UNNOTICED).err();
        }
        let store = self.store()?;
        if quiet_ms >= QUIET_MS && !store.is_poisoned() && store.log_waiting_bytes() >= LOG_BYTES_WISHED {
            let written_ms = store.read(|reading| reading.get_office_time())?.wall_ms;
            // A mirror that missed a part of the log would have to be made anew.
            if self.care().holds(written_ms) {
                store.checkpoint()?;
            }
        }
        Ok(false)
    }

    /// The outbox, open whether somebody is signed in or not; nothing at a station whose outbox was never made.
    #[must_use]
    pub fn outbox(&self) -> Option<Arc<Outbox>> {
        self.outbox_slot().clone()
    }

    /// Opens the outbox with the key of the transport, which needs nobody. What keeps it from opening is found again,
    /// and said, when somebody signs in.
    pub(crate) fn open_outbox(&mut self) {
        if self.outbox_slot().is_none()
            && Outbox::is_created(self.folder())
            && let Ok(Some(key)) = TransportKey::read(&self.folder().join(KEYS_FOLDER))
        {
            let opened = Outbox::open(self.folder(), &rekam_store::TransportKey::from_bytes(key.bytes()));
            // A damaged one stays shut: nobody may deliver from it before it is made again.
            self.set_outbox(opened.ok().filter(|outbox| outbox.verify().is_ok()));
        }
    }

    /// The outbox is there from the first sign-in on, and whoever signs in is told what keeps it shut. Answers whether a
    /// damaged one was set aside.
    pub(crate) fn expect_outbox(&mut self) -> Result<bool, Problem> {
        if let Some(outbox) = self.outbox() {
            // An empty one can be left by a cut, or by a program that did not look.
            return self.refill_outbox(&outbox, false).map(|()| false);
        }
        let (outbox, is_set_aside) = self.open_or_make_outbox()?;
        self.set_outbox(Some(outbox));
        Ok(is_set_aside)
    }

    /// What happened while nothing could be written goes into the audit with the next promise.
    pub(crate) fn write_down(
        &self,
        writing: &mut Writing<'_>,
        jumps: &[Jump],
        notes: &[Note],
    ) -> Result<(), Problem> {
        let jumps = jumps.iter().map(|jump| {
            let seconds = jump.to_ms.saturating_sub(jump.from_ms) / 1_000;
            let fields = json!({"from": jump.from_ms, "to": jump.to_ms, "seconds": seconds});
            (AuditEvent::ClockJumped, fields)
        });
        let notes = notes.iter().map(|note| (note.event(), note.fields().clone()));
        for (event, fields) in jumps.chain(notes) {
            writing.append_audit(&NewAudit {
                event: event.word(),
                actor: "station",
                subject: "",
                fields: &fields,
                wall_ms: self.now(),
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

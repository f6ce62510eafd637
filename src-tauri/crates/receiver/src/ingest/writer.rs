//! The one thread that enters packets: everything that waits goes into one commit.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Weak};
use std::thread;

use rekam_packet::ledger::Entry as Judged;
use rekam_packet::notice::Done;
use rekam_packet::{Outline, Refusal};

use super::{IngestError, Outcome};
use crate::blob::Name;
use crate::ledger::View;
use crate::office::{Office, now_ms};

/// The most packets in one commit: a commit stays short even when a hundred stations come at once.
const BATCH_MAX: usize = 64;

/// A packet that was verified and synced, and waits to be entered.
struct Job {
    outline: Arc<Outline>,
    uploads: Vec<Name>,
    answer: SyncSender<Result<Outcome, IngestError>>,
}

/// The way to the thread.
#[derive(Clone)]
pub struct Writer {
    jobs: SyncSender<Job>,
    entered: Arc<dyn Fn(usize) + Send + Sync>,
    thread: Weak<()>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the thread; it ends when the office is gone. `entered` is called after each commit that entered
    /// something.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(
        office: &Arc<Office>,
        entered: impl Fn(usize) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = sync_channel(BATCH_MAX * 4);
        let office = Arc::downgrade(office);
        let entered: Arc<dyn Fn(usize) + Send + Sync> = Arc::new(entered);
        let told = Arc::clone(&entered);
        let alive = Arc::new(());
        let thread = Arc::downgrade(&alive);
        thread::Builder::new().name("writer".into()).spawn(move || {
            let _alive = alive;
            run(&office, &queue, &*told);
        })?;
        Ok(Self { jobs, entered, thread })
    }

    /// A notice was entered: a packet may have waited for it.
    pub(super) fn tell_of_notice(&self) {
        (self.entered)(0);
    }

    /// Whether the thread is still there.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.strong_count() > 0
    }

    /// Enters a packet, and returns when it is durable.
    ///
    /// # Errors
    /// The commit failed.
    pub fn enter(&self, outline: Arc<Outline>, uploads: Vec<Name>) -> Result<Outcome, IngestError> {
        let (answer, answered) = sync_channel(1);
        let gone = || IngestError::Commit("the office stops".into());
        self.jobs.send(Job { outline, uploads, answer }).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}

fn run(office: &Weak<Office>, queue: &Receiver<Job>, entered: &dyn Fn(usize)) {
    while let Ok(first) = queue.recv() {
        let Some(office) = office.upgrade() else { return };
        let mut jobs = vec![first];
        jobs.extend(queue.try_iter().take(BATCH_MAX - 1));
        // A panic rolls the commit back; those who asked hear of it, and the next batch is entered.
        let entering = catch_unwind(AssertUnwindSafe(|| enter_all(&office, &jobs)));
        match entering.unwrap_or(Err(IngestError::Panicked)) {
            Ok(outcomes) => {
                entered(outcomes.len());
                for (job, outcome) in jobs.iter().zip(outcomes) {
                    // Whoever asked may have gone; the receipt waits in the feed.
                    let _ = job.answer.send(Ok(outcome));
                }
            }
            Err(error) => {
                for job in &jobs {
                    let _ = job.answer.send(Err(IngestError::Commit(error.to_string())));
                }
            }
        }
    }
}

fn enter_all(office: &Office, jobs: &[Job]) -> Result<Vec<Outcome>, IngestError> {
    let outcomes = office.ledger.write(|view| -> Result<Vec<Outcome>, IngestError> {
        let outcomes = jobs.iter().map(|job| enter(office, view, job)).collect::<Result<_, _>>()?;
        // Names before the ledger: a row without its files must not be.
        office.blob.sync_shelves(jobs.iter().map(|job| job.outline.manifest.packet_id))?;
        Ok(outcomes)
    })?;
    for job in jobs {
        office.blob.forget_item(&job.outline.manifest.station.id, job.outline.manifest.packet_id)?;
    }
    Ok(outcomes)
}

fn enter(office: &Office, view: &View<'_>, job: &Job) -> Result<Outcome, IngestError> {
    let (outline, at_ms) = (&*job.outline, now_ms());
    let manifest = &outline.manifest;
    match view.judge(outline)? {
        Ok(Judged::New | Judged::NewAfterGap) => {
            job.uploads.iter().try_for_each(|name| office.blob.keep(name))?;
            Ok(Outcome::Told(vec![add(office, view, outline, at_ms)?]))
        }
        Ok(Judged::Again) => Ok(Outcome::Told(view.words_about(&manifest.station.id, manifest.packet_id)?)),
        Err(refusal) => {
            let refusal = Refusal::Ledger(refusal);
            let station = &manifest.station.id;
            view.add_refusal(station, manifest.packet_id, refusal, manifest.counter, at_ms)?;
            let of = (manifest.packet_id, outline.manifest_hash, blob_count(outline));
            Ok(Outcome::Told(vec![office.receipt(view, station, of, Done::refused(refusal), at_ms)?]))
        }
    }
}

/// Enters one packet whose bytes are kept, and gives its receipt.
pub(super) fn add(
    office: &Office,
    view: &View<'_>,
    outline: &Outline,
    at_ms: i64,
) -> Result<Vec<u8>, IngestError> {
    view.add_packet(outline, at_ms)?;
    let of = (outline.manifest.packet_id, outline.manifest_hash, blob_count(outline));
    Ok(office.receipt(view, &outline.manifest.station.id, of, Done::Stored, at_ms)?)
}

fn blob_count(outline: &Outline) -> u16 {
    u16::try_from(outline.manifest.blobs.len()).unwrap_or(u16::MAX)
}

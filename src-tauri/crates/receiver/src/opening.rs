//! Opens what is stored, with the key a person gave the passphrase for: only then may a station forget its bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rekam_packet::notice::{Done, LateApproval};
use rekam_packet::{Approval, Digest, IdentityKey, OpenError, Opened, OpenedPart, PacketId, Refusal, open};
use serde_json::json;

use crate::ingest::IngestError;
use crate::ledger::{NoticeRow, PacketRow, PacketState};
use crate::log::log;
use crate::office::{Office, now_ms};

/// The most packets that are looked up at once.
const BATCH_MAX: u32 = 16;

/// What failed is left alone for so long: a disk that cannot read takes seconds to say so.
const AGAIN: Duration = Duration::from_secs(60);

/// Opens everything that waits; says how many packets it settled.
///
/// # Errors
/// The office failed, for all or for some: what is open stays open, the rest waits.
pub fn open_waiting(office: &Office, identities: &[IdentityKey]) -> Result<usize, IngestError> {
    let mut opener = Opener::default();
    let settled = opener.sweep(office, &|row| open_packet(office, row, identities))?;
    match opener.failed() {
        0 => Ok(settled),
        count => Err(IngestError::Unopened(count)),
    }
}

/// Opens what waits, again and again, and remembers which packets could not be opened.
#[derive(Debug, Default)]
pub struct Opener {
    failed: BTreeMap<PacketId, Instant>,
}

impl Opener {
    /// Has every packet that waits opened by `open`, and says how many were settled. One that fails is logged and waits
    /// by itself.
    ///
    /// # Errors
    /// The ledger.
    pub fn sweep(
        &mut self,
        office: &Office,
        open: &dyn Fn(&PacketRow) -> Result<(), IngestError>,
    ) -> Result<usize, IngestError> {
        self.failed.retain(|_, at| at.elapsed() < AGAIN);
        let (mut settled, mut after) = (0, None);
        loop {
            let waiting = office.ledger.read(|view| view.to_open(after, BATCH_MAX))?;
            let Some(last) = waiting.last() else { return Ok(settled) };
            after = Some((last.stored_ms, last.id));
            for row in &waiting {
                if self.failed.contains_key(&row.id) {
                    continue;
                }
                // What decodes strangers' bytes may panic; that costs this packet its turn, and no other.
                let opened = catch_unwind(AssertUnwindSafe(|| open(row)));
                match opened.unwrap_or(Err(IngestError::Panicked)) {
                    Ok(()) => settled += 1,
                    Err(error) => {
                        self.failed.insert(row.id, Instant::now());
                        log("open_failed", &[("item", json!(row.id)), ("why", json!(error.to_string()))]);
                    }
                }
            }
        }
    }

    /// How many packets could not be opened when they were last tried.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failed.len()
    }
}

/// Opens a packet and hands its parts to `take`.
///
/// # Errors
/// It cannot be opened.
pub fn read_packet(
    office: &Office,
    row: &PacketRow,
    identities: &[IdentityKey],
    take: &mut dyn FnMut(&OpenedPart<'_>) -> io::Result<()>,
) -> Result<Opened, OpenError> {
    let trust = office.ledger.read(|view| view.trust(&row.station)).map_err(io::Error::other)?;
    open(office.blob.packet(row.id)?, &trust, identities, take)
}

/// Opens one packet and says what became of it, to its station and in the ledger.
///
/// # Errors
/// The office failed; the packet waits.
pub fn open_packet(office: &Office, row: &PacketRow, identities: &[IdentityKey]) -> Result<(), IngestError> {
    let opened = match read_packet(office, row, identities, &mut |_| Ok(())) {
        Ok(opened) => Ok(opened),
        Err(OpenError::Io(error)) => return Err(error.into()),
        Err(OpenError::Verify(refusal)) => Err(Refusal::Verify(refusal)),
        Err(OpenError::Refused(refusal)) => Err(Refusal::Open(refusal)),
    };
    let at_ms = now_ms();
    let of = (row.id, row.manifest, row.blobs);
    office.ledger.write(|view| -> Result<(), IngestError> {
        let done = match &opened {
            Ok(opened) => {
                let approvals = late_approvals(office, view, row, opened)?;
                // A withdrawn one needs no approval: it is opened so that its station may forget it.
                let is_withdrawn = view.packet(row.id)?.is_some_and(|row| row.is_withdrawn);
                if !is_withdrawn && opened.still_open(&approvals).next().is_some() {
                    return Ok(view.set_packet(row.id, PacketState::Held, "", at_ms)?);
                }
                view.set_packet(row.id, PacketState::Opened, "", at_ms)?;
                Done::OpenedAndVerified
            }
            Err(refusal) => {
                let (depth, word) = refusal.words();
                view.set_packet(row.id, PacketState::Refused, &format!("{depth}:{word}"), at_ms)?;
                Done::refused(*refusal)
            }
        };
        office.receipt(view, &row.station, of, done, at_ms)?;
        Ok(())
    })
}

/// The approvals that came for a packet; those that waited for it are judged and receipted now.
fn late_approvals(
    office: &Office,
    view: &crate::ledger::View<'_>,
    row: &PacketRow,
    opened: &Opened,
) -> Result<Vec<Approval>, IngestError> {
    let mut approvals = Vec::new();
    for notice in view.notices(row.id, "approval")? {
        let verdict = LateApproval::verify(&notice.bytes, &opened.outline);
        if !notice.is_done {
            let done = match &verdict {
                Ok(_) => Done::OpenedAndVerified,
                Err(refusal) => Done::refused(Refusal::Notice(*refusal)),
            };
            let of = (notice.item, Digest::of(&notice.bytes), 1);
            office.receipt(view, &row.station, of, done, now_ms())?;
            view.set_notice(&row.station, &NoticeRow { is_done: true, ..notice }, now_ms())?;
        }
        approvals.extend(verdict.ok());
    }
    Ok(approvals)
}

/// Whether a packet's bytes are still what its receipt says; for checking the whole ledger.
///
/// # Errors
/// What is wrong.
pub fn check_kept(office: &Office, row: &PacketRow) -> Result<(), rekam_packet::VerifyError> {
    let trust = office.ledger.read(|view| view.trust(&row.station)).map_err(io::Error::other)?;
    let outline = rekam_packet::verify(io::BufReader::new(office.blob.packet(row.id)?), &trust)?;
    if outline.manifest_hash == row.manifest {
        Ok(())
    } else {
        Err(io::Error::from(io::ErrorKind::InvalidData).into())
    }
}

/// Writes one opened part to a file of its own, synced.
///
/// # Errors
/// The disk.
pub fn write_part(folder: &std::path::Path, part: &OpenedPart<'_>) -> io::Result<()> {
    let ending = match part.blob.media_type.as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        _ => "json",
    };
    let name =
        format!("{:03}-{}-{}.{ending}", part.index, part.blob.role.word(), part.part.provenance.position);
    let mut file = File::create(folder.join(name))?;
    io::Write::write_all(&mut file, part.plaintext)?;
    file.sync_all()
}

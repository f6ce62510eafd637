//! Opens what is stored, with the key a person gave the passphrase for: only then may a station forget its bytes.

use std::fs::File;
use std::io;

use rekam_packet::notice::{Done, LateApproval};
use rekam_packet::{Approval, IdentityKey, OpenError, Opened, OpenedPart, Refusal, open};

use crate::ingest::IngestError;
use crate::ledger::{NoticeRow, PacketRow, PacketState};
use crate::office::{Office, now_ms};
use rekam_packet::Digest;

/// The most packets that are looked up at once.
const BATCH_MAX: u32 = 16;

/// Opens everything that waits; says how many packets it settled.
///
/// # Errors
/// The office failed; what is open stays open, the rest waits.
pub fn open_waiting(office: &Office, identities: &[IdentityKey]) -> Result<usize, IngestError> {
    let mut settled = 0;
    loop {
        let waiting = office.ledger.read(|view| view.to_open(BATCH_MAX))?;
        if waiting.is_empty() {
            return Ok(settled);
        }
        for row in &waiting {
            open_one(office, row, identities)?;
            settled += 1;
        }
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

fn open_one(office: &Office, row: &PacketRow, identities: &[IdentityKey]) -> Result<(), IngestError> {
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
                if opened.still_open(&approvals).next().is_some() {
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

//! What happens when the last byte of something arrived: verify, hold against the ledger, keep, receipt.
//!
//! A receipt leaves only after the bytes, their names and the ledger are on the disk. Many packets that arrive side by
//! side share one commit: each is verified and synced by its own request, then one thread enters all that wait.

mod notice;
mod writer;

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;

use rekam_packet::ledger::Entry as Judged;
use rekam_packet::notice::Done;
use rekam_packet::{
    Digest, MARK, Manifest, Outline, PacketId, Refusal, Trust, Upload, VerifyError, VerifyRefusal,
    read_outline, read_unverified,
};

use crate::blob::Name;
use crate::ledger::LedgerError;
use crate::office::{Office, now_ms};

pub use notice::{peek_approval, settle_notice};
pub use writer::Writer;

/// Nothing is known about the packet: the office itself failed.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The disk.
    #[error("disk: {0}")]
    Io(#[from] io::Error),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// So many packets could not be opened.
    #[error("{0} packets cannot be opened, the log says why")]
    Unopened(usize),
    /// Our own mistake; where is on standard error.
    #[error("a panic")]
    Panicked,
    /// A commit failed, for all that shared it.
    #[error("commit: {0}")]
    Commit(String),
}

/// What the office has to say now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Parts are still missing.
    Waiting,
    /// It is settled; these are the signed words about it.
    Told(Vec<Vec<u8>>),
    /// An upload was not what the station signed, and is forgotten.
    Damaged,
}

/// Looks at an item of which an upload may just have become whole. Nobody else may work on this item meanwhile.
///
/// # Errors
/// The office failed; the station keeps everything and asks again.
pub fn settle(
    office: &Office,
    writer: &Writer,
    station: &str,
    item: PacketId,
) -> Result<Outcome, IngestError> {
    if let Some(words) = known_words(office, station, item)? {
        office.blob.forget_item(station, item)?;
        return Ok(Outcome::Told(words));
    }
    let facts = Name { station: station.to_owned(), item, part: Upload::Facts };
    if !office.blob.held(&facts)?.is_some_and(|held| held.is_whole()) {
        return Ok(Outcome::Waiting);
    }
    if !begins_as_packet(office.blob.read(&facts)?)? {
        return settle_notice_upload(office, writer, &facts);
    }
    let trust = office.ledger.read(|view| view.trust(station))?;
    match read_outline(&mut office.blob.read(&facts)?, &trust) {
        Ok(outline) if outline.manifest.packet_id == item => settle_packet(office, writer, &facts, outline),
        Ok(_) => damaged(office, &facts),
        Err(VerifyError::Io(error)) => Err(error.into()),
        Err(VerifyError::Refused(refusal)) => refuse_outline(office, &facts, refusal),
    }
}

/// What was said about an item that is settled already.
fn known_words(office: &Office, station: &str, item: PacketId) -> Result<Option<Vec<Vec<u8>>>, IngestError> {
    let words = office.ledger.read(|view| view.words_about(station, item))?;
    Ok((!words.is_empty()).then_some(words))
}

fn begins_as_packet(mut file: File) -> io::Result<bool> {
    let mut mark = [0; MARK.len()];
    match file.read_exact(&mut mark) {
        // The last byte of the mark is the version; a later one is still a packet.
        Ok(()) => Ok(mark.get(..7) == MARK.get(..7)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn damaged(office: &Office, name: &Name) -> Result<Outcome, IngestError> {
    office.blob.forget(name)?;
    Ok(Outcome::Damaged)
}

fn settle_notice_upload(office: &Office, writer: &Writer, facts: &Name) -> Result<Outcome, IngestError> {
    let mut bytes = Vec::new();
    let most = rekam_packet::limit::NOTICE_BYTES_MAX as u64;
    office.blob.read(facts)?.take(most + 1).read_to_end(&mut bytes)?;
    match settle_notice(office, &facts.station, facts.item, &bytes)? {
        Some(words) => {
            office.blob.forget_item(&facts.station, facts.item)?;
            writer.tell_of_notice();
            Ok(Outcome::Told(words))
        }
        None => damaged(office, facts),
    }
}

/// The manifest cannot be trusted. When it can be read at all, the refusal names it and is for ever.
fn refuse_outline(office: &Office, facts: &Name, refusal: VerifyRefusal) -> Result<Outcome, IngestError> {
    match read_unverified(&mut office.blob.read(facts)?) {
        Ok(manifest) if manifest.packet_id == facts.item => {
            refuse(office, &facts.station, &manifest, manifest.hash(), Refusal::Verify(refusal))
        }
        Ok(_) | Err(VerifyError::Refused(_)) => damaged(office, facts),
        Err(VerifyError::Io(error)) => Err(error.into()),
    }
}

/// Refuses a packet for good, under the office's signature.
///
/// # Errors
/// The ledger or the disk.
pub fn refuse(
    office: &Office,
    station: &str,
    manifest: &Manifest,
    hash: Digest,
    refusal: Refusal,
) -> Result<Outcome, IngestError> {
    let (item, at_ms) = (manifest.packet_id, now_ms());
    let blobs = u16::try_from(manifest.blobs.len()).unwrap_or(u16::MAX);
    let word = office.ledger.write(|view| {
        view.add_refusal(station, item, refusal, manifest.counter, at_ms)?;
        office.receipt(view, station, (item, hash, blobs), Done::refused(refusal), at_ms)
    })?;
    office.blob.forget_item(station, item)?;
    Ok(Outcome::Told(vec![word]))
}

fn settle_packet(
    office: &Office,
    writer: &Writer,
    facts: &Name,
    outline: Outline,
) -> Result<Outcome, IngestError> {
    let station = facts.station.as_str();
    let manifest = &outline.manifest;
    match office.ledger.read(|view| view.judge(&outline))? {
        // Judged before images and documents travel: what is refused anyway costs no bytes.
        Err(refusal) => {
            return refuse(office, station, manifest, outline.manifest_hash, Refusal::Ledger(refusal));
        }
        Ok(Judged::New | Judged::NewAfterGap | Judged::Again) => {}
    }
    let mut uploads = Vec::new();
    for part in Upload::ALL.iter().copied().filter(|part| outline.upload_bytes(*part) > 0) {
        let name = Name { part, ..facts.clone() };
        match office.blob.held(&name)? {
            None => return Ok(Outcome::Waiting),
            Some(held) if held.length != outline.upload_bytes(part) => return damaged(office, &name),
            Some(held) if !held.is_whole() => return Ok(Outcome::Waiting),
            Some(_) => uploads.push(name),
        }
    }
    for name in &uploads {
        match check_upload(office, &outline, name) {
            Ok(()) => {}
            Err(VerifyError::Io(error)) => return Err(error.into()),
            Err(VerifyError::Refused(
                VerifyRefusal::PartChanged | VerifyRefusal::Truncated | VerifyRefusal::TrailingBytes,
            )) => return damaged(office, name),
            Err(VerifyError::Refused(refusal)) => {
                return refuse(office, station, manifest, outline.manifest_hash, Refusal::Verify(refusal));
            }
        }
    }
    for name in &uploads {
        if let Err(error) = office.blob.sync(name) {
            // The kernel says yes the next time, and nothing would be there.
            office.blob.forget(name)?;
            return Err(error.into());
        }
    }
    writer.enter(Arc::new(outline), uploads)
}

fn check_upload(office: &Office, outline: &Outline, name: &Name) -> Result<(), VerifyError> {
    let mut file = office.blob.read(name)?;
    if name.part == Upload::Facts {
        io::copy(&mut (&mut file).take(outline.head_bytes), &mut io::sink())?;
    }
    outline.check_upload(name.part, file)
}

/// Takes in a packet in its single-file form, as a courier brings it. The same packet by line is the same packet.
///
/// # Errors
/// The office failed.
pub fn settle_file(
    office: &Office,
    station: &str,
    open: impl Fn() -> io::Result<File>,
) -> Result<Result<Vec<Vec<u8>>, Refusal>, IngestError> {
    let trust: Trust = office.ledger.read(|view| view.trust(station))?;
    let outline = match rekam_packet::verify(io::BufReader::new(open()?), &trust) {
        Ok(outline) => outline,
        Err(VerifyError::Io(error)) => return Err(error.into()),
        Err(VerifyError::Refused(refusal)) => return Ok(Err(Refusal::Verify(refusal))),
    };
    let item = outline.manifest.packet_id;
    if let Some(words) = known_words(office, station, item)? {
        return Ok(Ok(words));
    }
    if let Err(refusal) = office.ledger.read(|view| view.judge(&outline))? {
        refuse(office, station, &outline.manifest, outline.manifest_hash, Refusal::Ledger(refusal))?;
        return Ok(Err(Refusal::Ledger(refusal)));
    }
    let lengths: Vec<(Upload, u64)> =
        Upload::ALL.iter().map(|part| (*part, outline.upload_bytes(*part))).collect();
    let at_ms = now_ms();
    // Judged again with the ledger closed to others; only then the bytes go on the shelf.
    let entered = office.ledger.write(|view| -> Result<_, IngestError> {
        match view.judge(&outline)? {
            Ok(Judged::New | Judged::NewAfterGap) => {
                office.blob.put(item, &lengths, open()?)?;
                writer::add(office, view, &outline, at_ms).map(|word| Ok(vec![word]))
            }
            Ok(Judged::Again) => Ok(Ok(view.words_about(station, item)?)),
            Err(refusal) => Ok(Err(Refusal::Ledger(refusal))),
        }
    })?;
    office.blob.forget_item(station, item)?;
    Ok(entered)
}

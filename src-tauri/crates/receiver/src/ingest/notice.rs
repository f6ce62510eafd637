//! Withdrawals and late approvals.

use minicbor::Decoder;
use rekam_packet::notice::{Done, LateApproval, Withdrawal};
use rekam_packet::{Approval, Digest, NoticeRefusal, PacketId, Refusal, Trust, read_outline};

use super::IngestError;
use crate::ledger::{NoticeRow, PacketState};
use crate::office::{Office, now_ms};

/// Takes a notice in and says what became of it; `None` when the bytes are no notice at all.
///
/// # Errors
/// The office failed.
pub fn settle_notice(
    office: &Office,
    station: &str,
    item: PacketId,
    bytes: &[u8],
) -> Result<Option<Vec<Vec<u8>>>, IngestError> {
    let known = office.ledger.read(|view| view.words_about(station, item))?;
    if !known.is_empty() {
        return Ok(Some(known));
    }
    let keys = office.ledger.read(|view| view.station_keys(station))?;
    let trust = keys.iter().fold(Trust::default(), |trust, key| trust.with_station(station, *key));
    let (packet, kind, done) = match Withdrawal::verify(bytes, &trust) {
        Ok(notice) if notice.station == station => (notice.packet_id, "withdrawal", Ok(true)),
        Ok(notice) => (notice.packet_id, "withdrawal", Err(NoticeRefusal::Elsewhere)),
        // Signed by the station for another purpose: it can only be an approval.
        Err(refusal) => match peek_approval(bytes) {
            Some(approval) => {
                (approval.packet_id, "approval", judge_approval(office, station, &approval, bytes)?)
            }
            None if matches!(
                refusal,
                NoticeRefusal::WrongPerson | NoticeRefusal::Signature | NoticeRefusal::KeyUnknown
            ) =>
            {
                (item, "withdrawal", Err(refusal))
            }
            None => return Ok(None),
        },
    };
    let at_ms = now_ms();
    let word = office.ledger.write(|view| -> Result<_, IngestError> {
        let said = match done {
            Ok(is_done) => {
                let row = NoticeRow { item, packet, kind: kind.to_owned(), is_done, bytes: bytes.to_vec() };
                view.set_notice(station, &row, at_ms)?;
                if kind == "withdrawal" {
                    let own = view.packet(packet)?.filter(|row| row.station == station);
                    if own.is_some() {
                        view.withdraw_packet(packet)?;
                    }
                } else if is_done && view.packet(packet)?.is_some_and(|row| row.state == PacketState::Held) {
                    // Looked at again, now with this approval.
                    view.set_packet(packet, PacketState::Stored, "", 0)?;
                }
                if is_done { Done::OpenedAndVerified } else { Done::Stored }
            }
            Err(refusal) => {
                view.add_refusal(station, item, Refusal::Notice(refusal), 0, at_ms)?;
                Done::refused(Refusal::Notice(refusal))
            }
        };
        Ok(office.receipt(view, station, (item, Digest::of(bytes), 1), said, at_ms)?)
    })?;
    Ok(Some(vec![word]))
}

/// `Ok(false)`: it waits for its packet.
fn judge_approval(
    office: &Office,
    station: &str,
    approval: &Approval,
    bytes: &[u8],
) -> Result<Result<bool, NoticeRefusal>, IngestError> {
    let Some(row) = office.ledger.read(|view| view.packet(approval.packet_id))? else {
        return Ok(Ok(false));
    };
    if row.station != station {
        return Ok(Err(NoticeRefusal::Elsewhere));
    }
    let trust = office.ledger.read(|view| view.trust(station))?;
    let outline = read_outline(&mut office.blob.packet(row.id)?, &trust).map_err(|error| match error {
        rekam_packet::VerifyError::Io(error) => IngestError::Io(error),
        rekam_packet::VerifyError::Refused(_) => std::io::Error::from(std::io::ErrorKind::InvalidData).into(),
    })?;
    Ok(LateApproval::verify(bytes, &outline).map(|_| true))
}

/// What a countersigned approval says of itself, unchecked: for finding its packet, never for believing it.
#[must_use]
pub fn peek_approval(bytes: &[u8]) -> Option<Approval> {
    let mut outer = Decoder::new(bytes);
    outer.array().ok().filter(|length| *length == Some(2))?;
    let mut sign1 = Decoder::new(outer.bytes().ok()?);
    sign1.array().ok().filter(|length| *length == Some(4))?;
    sign1.bytes().ok()?;
    sign1.map().ok()?;
    minicbor::decode(sign1.bytes().ok()?).ok()
}

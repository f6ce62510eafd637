//! What the office signs, as the delivery engine reads it: a pure function with the office's keys inside, and an ear for
//! the office's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rekam_packet::Trust;
use rekam_packet::notice::{Done as Said, Hour, Notice as _, Receipt, StatusEntry as Entry};
use rekam_store::Uuid;
use rekam_sync::{Done, Forged, ReceiptVerdict, RefusalClass, Signed, StatusEntry, Verify};

/// Checks signatures by these keys, and keeps the latest hour it has read.
pub(super) fn verify(trust: Trust, hour_ms: Arc<AtomicI64>) -> Verify {
    Verify::new(move |bytes| {
        if let Ok(receipt) = Receipt::verify(bytes, &trust) {
            return Ok(Signed::Receipt(verdict(receipt)));
        }
        if let Ok(entry) = Entry::verify(bytes, &trust) {
            let (packet, status) = (Uuid::from_bytes(*entry.packet_id.as_bytes()), entry.read());
            // It says when the centre spoke, not what time it is at the office: retention does not count by it.
            return Ok(Signed::Status(StatusEntry { packet, position: entry.cursor, status, time_ms: 0 }));
        }
        let hour = Hour::verify(bytes, &trust).map_err(|_| Forged)?;
        hour_ms.fetch_max(hour.at_ms, Ordering::SeqCst);
        Ok(Signed::Hour { time_ms: hour.at_ms })
    })
}

fn verdict(receipt: Receipt) -> ReceiptVerdict {
    let done = match receipt.done {
        Said::Stored => Done::Stored,
        Said::OpenedAndVerified => Done::Opened,
        Said::Refused { depth, word } => {
            Done::Refused { class: class_of(&depth, &word), reason: format!("{depth}.{word}") }
        }
    };
    ReceiptVerdict {
        packet: Uuid::from_bytes(*receipt.packet_id.as_bytes()),
        manifest_hash: *receipt.manifest.as_bytes(),
        blob_count: receipt.blobs.into(),
        done,
        position: receipt.position,
        time_ms: receipt.at_ms,
    }
}

/// What a refusal asks of the station (`WIRE.md` §9).
fn class_of(depth: &str, word: &str) -> RefusalClass {
    match (depth, word) {
        ("office", "not_kept") => RefusalClass::RetryLater,
        ("ledger", "withdrawn") => RefusalClass::Superseded,
        _ => RefusalClass::NeedsHuman,
    }
}

/// The tail of the text key of what a refusal asks of the station.
pub(super) fn class_word(depth: &str, word: &str) -> &'static str {
    match class_of(depth, word) {
        RefusalClass::RetryLater => "retry_later",
        RefusalClass::NeedsHuman => "needs_human",
        RefusalClass::Superseded => "superseded",
    }
}

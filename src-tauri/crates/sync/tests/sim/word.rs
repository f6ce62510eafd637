//! The signed messages of the simulated office: text with a mark in front that only the office makes.

use rekam_domain::central_status::CentralStatus;
use rekam_sync::{Done, Forged, Hash, ReceiptVerdict, RefusalClass, Signed, StatusEntry};
use uuid::Uuid;

pub(crate) const FORGED: &str = "X";

pub(crate) fn hash_of(item: Uuid) -> Hash {
    let mut hash = [7; 32];
    hash[..16].copy_from_slice(item.as_bytes());
    hash
}

pub(crate) fn receipt(item: Uuid, blob_count: u32, done: &str, position: u64, time_ms: i64) -> Vec<u8> {
    format!("R {} {blob_count} {done} {position} {time_ms}", item.simple()).into_bytes()
}

pub(crate) fn status(item: Uuid, status: &str, position: u64, time_ms: i64) -> Vec<u8> {
    format!("S {} {status} {position} {time_ms}", item.simple()).into_bytes()
}

pub(crate) fn hour(time_ms: i64) -> Vec<u8> {
    format!("H {time_ms}").into_bytes()
}

/// The check of a signature.
pub(crate) fn read(bytes: &[u8]) -> Result<Signed, Forged> {
    let text = std::str::from_utf8(bytes).map_err(|_| Forged)?;
    let words: Vec<&str> = text.split(' ').collect();
    let number = |word: &str| word.parse::<i64>().map_err(|_| Forged);
    match words[..] {
        ["R", item, count, done, position, time] => Ok(Signed::Receipt(ReceiptVerdict {
            packet: Uuid::parse_str(item).map_err(|_| Forged)?,
            manifest_hash: hash_of(Uuid::parse_str(item).map_err(|_| Forged)?),
            blob_count: number(count)? as u32,
            done: done_of(done),
            position: number(position)? as u64,
            time_ms: number(time)?,
        })),
        ["S", item, status, position, time] => Ok(Signed::Status(StatusEntry {
            packet: Uuid::parse_str(item).map_err(|_| Forged)?,
            position: number(position)? as u64,
            status: CentralStatus::read(status),
            time_ms: number(time)?,
        })),
        ["H", time] => Ok(Signed::Hour { time_ms: number(time)? }),
        _ => Err(Forged),
    }
}

fn done_of(word: &str) -> Done {
    let refused = |class| Done::Refused { class, reason: word.to_owned() };
    match word {
        "stored" => Done::Stored,
        "opened" => Done::Opened,
        "later" => refused(RefusalClass::RetryLater),
        "superseded" => refused(RefusalClass::Superseded),
        _ => refused(RefusalClass::NeedsHuman),
    }
}

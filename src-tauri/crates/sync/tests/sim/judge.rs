//! What must hold in every run.

use std::collections::BTreeMap;

use rekam_domain::packet::PacketState;
use rekam_sync::{Kind, Retention};
use uuid::Uuid;

use super::disk::Disk;
use super::office::{Office, Truth};

pub(crate) type Verdict = Result<(), String>;

/// The retention every station of a run has.
pub(crate) const RETENTION: Retention = Retention { grace_ms: 2 * 3_600_000, keep_ms: 20 * 3_600_000 };

/// The bytes of this packet are about to be deleted.
pub(crate) fn may_purge(item: Uuid, disk: &Disk, office: &Office, wall_ms: i64) -> Verdict {
    let Some(entry) = office.entry(item) else {
        return Err(format!("LOST: {item:x} purged, and the office never had it"));
    };
    let Some(opened_ms) = entry.opened_ms else {
        return Err(format!("EARLY: {item:x} purged before the office opened it"));
    };
    if !disk.is_opened(item) {
        return Err(format!("EARLY: {item:x} purged without a receipt on the disk"));
    }
    let age_ms = wall_ms - opened_ms;
    if age_ms < RETENTION.grace_ms {
        return Err(format!("EARLY: {item:x} purged {age_ms} ms after its receipt"));
    }
    // A status that was taken back a moment ago may not have reached the station yet.
    let was_print_ready = entry.was_print_ready;
    if !was_print_ready && age_ms < RETENTION.keep_ms {
        return Err(format!("EARLY: {item:x} purged while it may have to be sent again"));
    }
    Ok(())
}

/// Once in the ledger, whatever was sent how often.
pub(crate) fn accepted_once(office: &Office) -> Verdict {
    let mut seen = BTreeMap::new();
    for entry in &office.ledger {
        if let Some(first) = seen.insert(entry.content, entry.item) {
            return Err(format!("TWICE: {:x} accepted as {first:x} and {:x}", entry.content, entry.item));
        }
    }
    Ok(())
}

/// Nothing that was acknowledged is gone: its bytes are here, or the office has opened them.
pub(crate) fn nothing_lost(truths: &BTreeMap<Uuid, Truth>, disks: &[&Disk], office: &Office) -> Verdict {
    for (item, truth) in truths {
        let Some(row) = disks[truth.station].rows.get(item) else {
            return Err(format!("LOST: {item:x} is not on the disk of station {}", truth.station));
        };
        let is_safe = row.has_bytes || office.entry(*item).is_some_and(|entry| entry.opened_ms.is_some());
        if !is_safe {
            return Err(format!("LOST: {item:x} is nowhere"));
        }
    }
    Ok(())
}

/// The first item whose delivery is not finished, if any.
pub(crate) fn unfinished(truths: &BTreeMap<Uuid, Truth>, disks: &[&Disk], office: &Office) -> Option<String> {
    for (item, truth) in truths {
        let row = disks[truth.station].rows.get(item)?;
        let state = row.item.state;
        let entry = office.entry(*item);
        let is_done = match state {
            PacketState::Acked | PacketState::Superseded => {
                entry.is_some_and(|entry| entry.opened_ms.is_some()) && disks[truth.station].is_opened(*item)
            }
            PacketState::Purged => true,
            PacketState::Nacked => entry.is_some_and(|entry| entry.is_refused),
            PacketState::Quarantined => row.is_rotten,
            PacketState::Building
            | PacketState::Sealed
            | PacketState::Queued
            | PacketState::Sending
            | PacketState::Sent
            | PacketState::ExportedToMedia => false,
        };
        let is_excused = row.item.kind == Kind::Packet
            && truth.waits_for.is_some_and(|approval| {
                disks[truth.station]
                    .rows
                    .get(&approval)
                    .is_some_and(|row| row.item.state == PacketState::Quarantined)
            });
        if !is_done && !is_excused {
            return Some(format!(
                "{item:x} is {state:?}, at the office {:?}",
                entry.map(|entry| entry.opened_ms)
            ));
        }
    }
    None
}

/// What one station sent, and what became of it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Wire {
    /// Bytes of content that left.
    pub(crate) written: u64,
    /// Of these, taken by the office.
    pub(crate) taken: u64,
    /// Of these, lost on the way or swallowed.
    pub(crate) lost: u64,
    /// Of these, swallowed by a proxy.
    pub(crate) swallowed: u64,
    /// Requests that could be answered at the door only after bytes had left.
    pub(crate) doors: u64,
    /// Requests that failed, by hour.
    pub(crate) failed: BTreeMap<u64, u64>,
    /// Changes of the line, restarts and hints, by hour: each allows some tries.
    pub(crate) stirs: BTreeMap<u64, u64>,
}

/// Failing requests in an hour without any event; the back-off gives about forty.
const FAILED_MAX: u64 = 60;
/// Quick tries after something happened.
const FAILED_PER_STIR_MAX: u64 = 40;
/// In flight when a door was shut.
const DOOR_BYTES_MAX: u64 = 64 * 1024;

impl Wire {
    pub(crate) fn is_fair(&self, station: usize, payload: u64) -> Verdict {
        let waste = self.written.saturating_sub(self.taken + self.lost);
        let waste_max = payload / 20 + self.doors * DOOR_BYTES_MAX;
        if waste > waste_max {
            return Err(format!(
                "WASTE: station {station} sent {waste} bytes in vain, at most {waste_max}: {self:?}"
            ));
        }
        for (hour, failed) in &self.failed {
            let stirs = self.stirs.get(hour).copied().unwrap_or(0);
            let failed_max = FAILED_MAX + stirs * FAILED_PER_STIR_MAX;
            if *failed > failed_max {
                return Err(format!(
                    "STORM: station {station}, hour {hour}: {failed} failed, at most {failed_max}"
                ));
            }
        }
        Ok(())
    }
}

//! What became of a recording after its packet was sealed, as one time line; and the packets of a station.

use rekam_domain::packet::PacketState;
use rekam_domain::permission::{Operation, Subject};
use rekam_store::{PacketRow, Reading, StoreError, Uuid};
use serde::Serialize;

use crate::clock::UnixMs;
use crate::problem::Problem;
use crate::station::Station;

/// Packets in a state that are looked at for a list.
const LISTED_MAX: u32 = 100_000;
const MINUTE_MS: i64 = 60_000;

/// One thing that happened to a recording after it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageDelivery {
    /// When, on the office's wall.
    pub at: String,
    /// `packet`, `receipt`, `status`, `withdrawal` or `approval`.
    pub kind: String,
    /// The packet or notice.
    pub item: String,
    /// State of a packet or notice, `stored`, `opened` or `refused` of a receipt, the centre's own text of a status.
    pub word: String,
    /// Word of the reason, or empty.
    pub reason: String,
}

/// A packet of this station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PacketLine {
    /// The packet.
    pub packet: String,
    /// Its case.
    pub case: String,
    /// State word.
    pub state: String,
    /// Its place in the station's chain; nothing before it is in the outbox.
    pub counter: Option<i64>,
    /// When it was sealed, on the office's wall.
    pub sealed: String,
    /// Minutes since then.
    pub minutes_old: i64,
    /// Word of the reason for its state, or empty.
    pub reason: String,
    /// The packet it replaces.
    pub supersedes: Option<String>,
}

impl Station {
    /// Every packet of this station, the oldest first.
    ///
    /// # Errors
    /// The role may not see packets, or a disk refuses.
    pub fn list_packets(&self) -> Result<Vec<PacketLine>, Problem> {
        self.permit(Operation::Read, Subject::Packets)?;
        let mut rows = Vec::new();
        for state in PacketState::ALL {
            rows.extend(self.store()?.read(|reading| reading.list_packets(*state, LISTED_MAX))?);
        }
        rows.sort_by_key(|row| (row.sealed_ms, row.id));
        rows.iter().map(|row| self.packet_line(row)).collect()
    }

    fn packet_line(&self, row: &PacketRow) -> Result<PacketLine, Problem> {
        let counter = match self.outbox().map(|outbox| outbox.read(|reading| reading.get_packet(row.id))) {
            Some(Ok(known)) => Some(known.counter),
            Some(Err(StoreError::NotFound { .. })) | None => None,
            Some(Err(error)) => return Err(error.into()),
        };
        Ok(PacketLine {
            packet: row.id.to_string(),
            case: row.case.to_string(),
            state: row.state.word().to_owned(),
            counter,
            sealed: self.at(row.sealed_ms),
            minutes_old: (self.now() - row.sealed_ms).max(0) / MINUTE_MS,
            reason: row.reason.clone(),
            supersedes: row.supersedes.map(|id| id.to_string()),
        })
    }

    /// The time line of a case.
    pub(super) fn page_delivery(
        &self,
        reading: &Reading<'_>,
        case: Uuid,
    ) -> Result<Vec<PageDelivery>, StoreError> {
        let mut line: Vec<(UnixMs, PageDelivery)> = Vec::new();
        let mut tell = |at_ms: UnixMs, kind: &str, item: Uuid, word: &str, reason: &str| {
            let at = self.at(at_ms);
            let (kind, item) = (kind.to_owned(), item.to_string());
            let (word, reason) = (word.to_owned(), reason.to_owned());
            line.push((at_ms, PageDelivery { at, kind, item, word, reason }));
        };
        let packets = reading.list_packets_of(case)?;
        let notices = reading.list_notices_of(case)?;
        for packet in &packets {
            if packet.state != PacketState::Building {
                tell(packet.sealed_ms, "packet", packet.id, PacketState::Sealed.word(), "");
            }
            if packet.state != PacketState::Sealed {
                tell(packet.changed_ms, "packet", packet.id, packet.state.word(), &packet.reason);
            }
        }
        for notice in &notices {
            tell(notice.changed_ms, &notice.kind, notice.id, notice.state.word(), &notice.reason);
        }
        let items = packets.iter().map(|packet| packet.id).chain(notices.iter().map(|notice| notice.id));
        for item in items {
            for receipt in reading.list_receipts(item)? {
                tell(receipt.received_ms, "receipt", item, &receipt.done, &receipt.reason);
            }
        }
        for status in reading.list_central_statuses(case)? {
            tell(status.received_ms, "status", status.packet.unwrap_or_default(), &status.status, "");
        }
        line.sort_by_key(|(at_ms, _)| *at_ms);
        Ok(line.into_iter().map(|(_, told)| told).collect())
    }
}

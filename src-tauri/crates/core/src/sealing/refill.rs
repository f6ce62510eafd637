//! An outbox that is lost or damaged is made again from what is left: the database tells which packets lay in it, their
//! files tell the rest, and the audit tells the last number of the chain.

use rekam_domain::audit::AuditEvent;
use rekam_domain::packet::PacketState;
use rekam_store::outbox::{NoticeRow, SealedPacketRow};
use rekam_store::{Outbox, StoreError};
use rekam_sync::Kind;

use super::SETTLED_MAX;
use crate::notice::APPROVAL;
use crate::problem::{Code, Problem};
use crate::station::Station;

/// Audit lines that are read at once.
const AUDIT_PAGE: u32 = 10_000;
/// Packets that lay in the outbox and whose bytes are still of use to the office. One that it acknowledged is offered once
/// more: the office answers with the receipt, and only with that receipt its bytes may be forgotten here.
const PACKETS: [PacketState; 7] = [
    PacketState::Sealed,
    PacketState::Queued,
    PacketState::Sending,
    PacketState::Sent,
    PacketState::ExportedToMedia,
    PacketState::Acked,
    PacketState::Nacked,
];
/// Notices the office has not answered.
const NOTICES: [PacketState; 4] =
    [PacketState::Queued, PacketState::Sending, PacketState::Sent, PacketState::ExportedToMedia];

impl Station {
    /// Puts into an outbox that knows no packet what must lie there; all of it or nothing. The chain goes on behind every
    /// number that can have been used.
    pub(crate) fn refill_outbox(&self, outbox: &Outbox, is_new: bool) -> Result<(), Problem> {
        if outbox.read(|reading| reading.get_packet_chain())?.counter > 0 {
            return Ok(());
        }
        let lay_there =
            |state: PacketState| state != PacketState::Building && (is_new || state != PacketState::Sealed);
        let counts = self.store()?.read(|reading| reading.count_packets())?;
        if !counts.iter().any(|(state, _, _)| lay_there(*state)) {
            return Ok(());
        }
        let (rows, notices, last) = (self.rows_to_refill()?, self.notices_to_refill()?, self.last_counter()?);
        let left_out = self.numbers_in_doubt()?;
        Ok(outbox.write(|writing| {
            for row in &rows {
                let next = writing.reading().get_packet_chain()?.counter + 1;
                if row.counter >= next {
                    writing.skip_packet_numbers(row.counter - next)?;
                    writing.insert_packet(row)?;
                }
            }
            let end = writing.reading().get_packet_chain()?.counter;
            // The packet of the last number may be gone from here; the next one must not name another as the one before.
            writing.skip_packet_numbers(last.max(end) - end + left_out)?;
            notices.iter().try_for_each(|notice| writing.insert_notice(notice))
        })?)
    }

    fn rows_to_refill(&self) -> Result<Vec<SealedPacketRow>, Problem> {
        let mut rows = Vec::new();
        for state in PACKETS {
            for packet in self.store()?.read(|reading| reading.list_packets(state, SETTLED_MAX))? {
                match self.queued(&packet) {
                    Ok(row) if state == PacketState::Nacked => {
                        rows.push(SealedPacketRow { state, reason: packet.reason, ..row });
                    }
                    // The office is asked first what it has of it.
                    Ok(row) => rows.push(SealedPacketRow { attempts: 1, ..row }),
                    Err(problem) if problem.code == Code::FileDamaged => {}
                    Err(problem) => return Err(problem),
                }
            }
        }
        rows.sort_by_key(|row| row.counter);
        Ok(rows)
    }

    fn notices_to_refill(&self) -> Result<Vec<NoticeRow>, Problem> {
        let mut notices = Vec::new();
        for state in NOTICES {
            notices.extend(self.store()?.read(|reading| reading.list_notices(state, SETTLED_MAX))?);
        }
        let row = |notice: rekam_store::PacketNoticeRow| {
            let is_approval = notice.kind == APPROVAL;
            let kind = if is_approval { Kind::Approval { of: notice.packet } } else { Kind::Notice };
            NoticeRow { id: notice.id, kind, bytes: notice.bytes, made_ms: notice.made_ms }
        };
        Ok(notices.into_iter().map(row).collect())
    }

    /// The last number of the chain that was written down.
    fn last_counter(&self) -> Result<i64, Problem> {
        let (mut last, mut after) = (0, 0);
        loop {
            let page = self.store()?.read(|reading| reading.list_audit(after, AUDIT_PAGE))?;
            let Some(end) = page.last() else { return Ok(last) };
            after = end.sequence;
            let sealed = page.iter().filter(|row| row.event == AuditEvent::PacketSealed.word());
            let counters = sealed.filter_map(|row| row.fields.get("counter")?.as_i64());
            last = counters.fold(last, i64::max);
        }
    }

    /// Opens the outbox, or makes it where there is none or the one there is damaged; answers whether that was set aside.
    pub(crate) fn open_or_make_outbox(&self) -> Result<(Outbox, bool), Problem> {
        let key = self.opened()?.transport_key();
        let key = rekam_store::TransportKey::from_bytes(key.bytes());
        let mut is_set_aside = false;
        if Outbox::is_created(self.folder()) {
            let opened =
                Outbox::open(self.folder(), &key).and_then(|outbox| outbox.verify().map(|()| outbox));
            match opened {
                Ok(outbox) => {
                    self.refill_outbox(&outbox, false)?;
                    return Ok((outbox, false));
                }
                Err(StoreError::Damaged { .. } | StoreError::WrongKey | StoreError::ForeignFile { .. }) => {
                    Outbox::set_aside(self.folder(), self.now())?;
                    is_set_aside = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let outbox = Outbox::create(self.folder(), &key)?;
        self.refill_outbox(&outbox, true)?;
        Ok((outbox, is_set_aside))
    }
}

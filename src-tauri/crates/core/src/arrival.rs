//! What delivery learned while the station was locked, or in the moment before: it becomes facts about cases, in one
//! promise with the place up to which it was taken over.
//!
//! Every item is taken as it stands now, with every word the office has signed about it, so neither order nor repeats
//! matter, and a power cut between the two databases only means that it is taken over once more. The words are checked
//! here again: the outbox opens without a person.

mod standing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rekam_domain::audit::AuditEvent;
use rekam_domain::card::CardState;
use rekam_domain::case::{Case, Facts};
use rekam_domain::machine::CaseEvent;
use rekam_domain::packet::PacketState;
use rekam_domain::recording::{RecordingEvent, RecordingState, Stage};
use rekam_domain::register::Book;
use rekam_packet::notice::{Done, Notice as _, Receipt, StatusEntry};
use rekam_packet::{Digest, PacketId};
use rekam_store::outbox::{MessageKind, MessageRow, OutboxReading};
use rekam_store::{CentralStatusRow, Hash, Outbox, PacketRow, StoreError, TakenReceiptRow, Uuid, Writing};
use serde_json::json;

use crate::desk::{By, STATION, case_of};
use crate::knowledge::{Proven, kind};
use crate::office::{Office, trust_ever};
use crate::problem::{Code, Problem};
use crate::station::Station;
use standing::{OPENED, REFUSED, STORED};
pub(crate) use standing::{current_packet, is_accepted, standing, statuses_of};

/// The number of the last change of the outbox that was taken over.
const CHANGE_SETTING: &str = "outbox.change";
/// The number of the last signed word that was taken over.
const MESSAGE_SETTING: &str = "outbox.message";
/// What an outbox carries once something of it was taken over; a new one does not, and its numbers begin anew.
const TAKEN_CURSOR: &str = "station";
/// Whoever sits at the desk does not notice a wait of this length; what is left is taken over in the next moment of rest.
pub(crate) const UNNOTICED: Duration = Duration::from_millis(200);
/// Items taken over in one promise: a long absence must not hold the desk up for long.
const BATCH_MAX: u32 = 200;

/// Up to where the outbox was taken over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    change: i64,
    message: i64,
}

/// A packet or notice with everything the outbox knows of it.
struct Arrival {
    id: Uuid,
    manifest: Hash,
    /// Nothing for a notice of which only words came.
    state: Option<(PacketState, String)>,
    changed_ms: i64,
    messages: Vec<MessageRow>,
}

impl Station {
    /// Takes over what delivery has learned since the last time; answers whether there was anything. Costs a few reads
    /// when there was not.
    ///
    /// # Errors
    /// Nobody is signed in, the admission of the office is damaged, or a disk refuses; nothing is lost.
    pub fn take_arrivals(&mut self) -> Result<bool, Problem> {
        self.take_arrivals_within(Duration::MAX)
    }

    /// The same, but no new promise is begun after this time; the rest comes with the next call.
    pub(crate) fn take_arrivals_within(&mut self, most: Duration) -> Result<bool, Problem> {
        // Nobody touched the screen: what arrives must not keep it unlocked.
        let touched_ms = self.active_ms().get();
        let taken = self.take_all(most).and_then(|any| {
            if any {
                self.settle_superseded()?;
            }
            Ok(any)
        });
        self.active_ms().set(touched_ms);
        taken
    }

    pub(crate) fn take_all(&mut self, most: Duration) -> Result<bool, Problem> {
        let Some(outbox) = self.outbox() else { return Ok(false) };
        let begun = Instant::now();
        let mut place = self.place_in(&outbox)?;
        let mut any = false;
        loop {
            let (arrivals, next) = outbox.read(|reading| read_batch(reading, place))?;
            if next == place {
                break;
            }
            let Some(office) = self.pinned_office()? else { return Ok(any) };
            self.promise(|station, writing| {
                let now = station.now();
                for arrival in &arrivals {
                    station.take_arrival(writing, &office, arrival)?;
                }
                writing.mark_setting(CHANGE_SETTING, &next.change.to_string(), now)?;
                Ok(writing.mark_setting(MESSAGE_SETTING, &next.message.to_string(), now)?)
            })?;
            (place, any) = (next, true);
            if begun.elapsed() >= most {
                break;
            }
        }
        if any && outbox.read(|reading| reading.get_cursor(TAKEN_CURSOR))?.is_none() {
            let now = self.now();
            outbox.write(|writing| writing.mark_cursor(TAKEN_CURSOR, "taken", now))?;
        }
        Ok(any)
    }

    /// From the beginning where the outbox is another one than before: taking over twice is the same as once.
    fn place_in(&self, outbox: &Arc<Outbox>) -> Result<Place, Problem> {
        let (change, message) = self.store()?.read(|reading| {
            Ok((reading.get_setting(CHANGE_SETTING)?, reading.get_setting(MESSAGE_SETTING)?))
        })?;
        let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
        let place = Place { change: number(change), message: number(message) };
        let (mark, last) =
            outbox.read(|reading| Ok((reading.get_cursor(TAKEN_CURSOR)?, reading.last_change()?)))?;
        let is_the_same = mark.is_some() && last >= place.change;
        Ok(if is_the_same { place } else { Place::default() })
    }

    fn take_arrival(
        &self,
        writing: &mut Writing<'_>,
        office: &Office,
        arrival: &Arrival,
    ) -> Result<(), Problem> {
        match writing.get_packet(arrival.id) {
            Ok(packet) => return self.take_packet(writing, office, arrival, packet),
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // What this station does not know was sealed before it was given back from a copy.
        let Some(notice) = writing.get_notice(arrival.id)? else { return Ok(()) };
        for message in &arrival.messages {
            self.take_message(writing, office, arrival, notice.case, message)?;
        }
        let receipts = writing.list_receipts(notice.id)?;
        if let Some((heard, reason)) = &arrival.state {
            let (state, reason) = standing(*heard, reason, &receipts, false);
            if (state, reason) != (notice.state, notice.reason.as_str()) {
                writing.mark_notice(notice.id, state, reason, arrival.changed_ms)?;
            }
        }
        self.settle_tasks(writing, notice.case, &case_of(&writing.get_case(notice.case)?)?)
    }

    fn take_packet(
        &self,
        writing: &mut Writing<'_>,
        office: &Office,
        arrival: &Arrival,
        packet: PacketRow,
    ) -> Result<(), Problem> {
        for message in &arrival.messages {
            self.take_message(writing, office, arrival, packet.case, message)?;
        }
        let receipts = writing.list_receipts(packet.id)?;
        let is_replaced = writing.get_superseding(packet.id)?.is_some();
        if let Some((heard, reason)) = &arrival.state
            // One that is built once more was put aside; its seal takes it up.
            && packet.state != PacketState::Building
        {
            let (state, reason) = standing(*heard, reason, &receipts, is_replaced);
            if (state, reason) != (packet.state, packet.reason.as_str()) {
                writing.mark_packet(packet.id, state, reason, arrival.changed_ms)?;
                self.tell_move(writing, &packet, state, reason)?;
            }
            if state == PacketState::Purged && packet.state != PacketState::Purged {
                let case = case_of(&writing.get_case(packet.case)?)?;
                self.wipe_pictures(writing, &packet, &case)?;
            }
        }
        if is_accepted(&receipts) {
            self.note_delivery(writing, office, arrival, &packet, &receipts)?;
        }
        self.bring_up(writing, packet.case)
    }

    /// Keeps a word of the office, if the office has signed it about this very item.
    fn take_message(
        &self,
        writing: &mut Writing<'_>,
        office: &Office,
        arrival: &Arrival,
        case: Uuid,
        message: &MessageRow,
    ) -> Result<(), Problem> {
        let trust = trust_ever(writing, office)?;
        let id =
            PacketId::from_bytes(*arrival.id.as_bytes()).ok_or_else(|| Problem::new(Code::OurMistake))?;
        let (event, fields) = match message.kind {
            MessageKind::Receipt => {
                let manifest = Digest::from_bytes(arrival.manifest.0);
                let Ok(receipt) = Receipt::verify_for(&message.bytes, &trust, id, manifest) else {
                    return Ok(());
                };
                let row = receipt_row(arrival.id, message, &receipt);
                if !writing.insert_receipt(&row)? {
                    return Ok(());
                }
                let (packet, hash) = (arrival.id.to_string(), arrival.manifest.hex());
                if row.done == REFUSED {
                    let fields = json!({"packet": packet, "hash": hash, "reason": row.reason});
                    (AuditEvent::PacketRefused, fields)
                } else {
                    let fields =
                        json!({"packet": packet, "hash": hash, "ledger": row.position, "result": row.done});
                    (AuditEvent::PacketAcknowledged, fields)
                }
            }
            MessageKind::Status => {
                let Ok(entry) = StatusEntry::verify(&message.bytes, &trust) else { return Ok(()) };
                if entry.packet_id != id {
                    return Ok(());
                }
                let row = CentralStatusRow {
                    case,
                    packet: Some(arrival.id),
                    status: entry.status.clone(),
                    source: "feed".to_owned(),
                    position: i64::try_from(entry.cursor).unwrap_or(i64::MAX),
                    reported_ms: entry.at_ms,
                    received_ms: message.received_ms,
                };
                if !writing.insert_central_status(&row)? {
                    return Ok(());
                }
                let fields = json!({"packet": arrival.id.to_string(), "central_status": entry.status});
                (AuditEvent::StatusReceived, fields)
            }
        };
        self.audit_by(writing, event, case, fields, STATION)
    }

    pub(crate) fn tell_move(
        &self,
        writing: &mut Writing<'_>,
        packet: &PacketRow,
        state: PacketState,
        reason: &str,
    ) -> Result<(), Problem> {
        let id = packet.id.to_string();
        let (event, fields) = if state == PacketState::Purged {
            let ledger = writing.list_receipts(packet.id)?.last().map(|receipt| receipt.position);
            let said = statuses_of(writing, packet.case, packet.id)?.pop().map(|row| row.status);
            (AuditEvent::PacketPurged, json!({"packet": id, "ledger": ledger, "central_status": said}))
        } else if state == PacketState::Quarantined {
            let hash = packet.hash.hex();
            (AuditEvent::PacketQuarantined, json!({"packet": id, "hash": hash, "reason": reason}))
        } else if state == PacketState::Superseded {
            let by = writing.get_superseding(packet.id)?.map(|by| by.to_string());
            (AuditEvent::PacketSuperseded, json!({"account": STATION, "packet": id, "target": by}))
        } else {
            let (from, to) = (packet.state.word(), state.word());
            (AuditEvent::PacketMoved, json!({"packet": id, "event": "taken_over", "from": from, "to": to}))
        };
        self.audit_by(writing, event, packet.case, fields, STATION)
    }

    /// The office holds it and its bytes are gone here: so are the pictures it was made from (`domain.md` §5.4). Their
    /// hashes stay in the journal; papers stay as long as something may be recorded again for the same person.
    fn wipe_pictures(
        &self,
        writing: &mut Writing<'_>,
        packet: &PacketRow,
        case: &Case,
    ) -> Result<(), Problem> {
        let is_last = current_packet(writing, packet.case)?.is_some_and(|last| last.id == packet.id);
        let is_over = is_last && needs_no_papers(case);
        let kept = if is_over { "" } else { kind::DOCUMENT };
        let now = self.now();
        let count = writing.wipe_images(packet.case, packet.last_step, kept, "purged", now)?;
        if count == 0 {
            return Ok(());
        }
        let fields = json!({"case": packet.case.to_string(), "reason": "purged"});
        self.audit_by(writing, AuditEvent::CapturedDataWiped, packet.case, fields, STATION)
    }

    /// A case that comes to its end after its packet was forgotten needs its papers no longer.
    pub(crate) fn wipe_papers(
        &self,
        writing: &mut Writing<'_>,
        id: Uuid,
        case: &Case,
    ) -> Result<(), Problem> {
        if !needs_no_papers(case) {
            return Ok(());
        }
        match current_packet(writing, id)? {
            Some(packet) if packet.state == PacketState::Purged => self.wipe_pictures(writing, &packet, case),
            _ => Ok(()),
        }
    }

    /// One line in the book of what was sent, with the first word by which the office accepted it.
    fn note_delivery(
        &self,
        writing: &mut Writing<'_>,
        office: &Office,
        arrival: &Arrival,
        packet: &PacketRow,
        receipts: &[TakenReceiptRow],
    ) -> Result<(), Problem> {
        let id = packet.id.to_string();
        let is_ours = |line: &rekam_store::RegisterLineRow| {
            line.book == Book::Kirim && line.columns.get("id").and_then(|named| named.as_str()) == Some(&id)
        };
        let Some(receipt) = receipts.iter().find(|receipt| receipt.done != REFUSED) else { return Ok(()) };
        if writing.list_register_lines_of(packet.case)?.iter().any(is_ours) {
            return Ok(());
        }
        let columns = json!({
            "tanggal": self.wall().date().to_string(),
            "jenis": "paket data",
            "jumlah": 1,
            "id": id,
            "hash": arrival.manifest.hex(),
            "tujuan": office.bundle.office,
            "pembawa": receipt.way,
            "tanda_terima": receipt.position,
            "ket": "",
        });
        let row = writing.get_case(packet.case)?;
        self.write_book(writing, &row, Book::Kirim, &columns)
    }

    /// Brings a case to where the words of the office about its packet put it.
    fn bring_up(&self, writing: &mut Writing<'_>, id: Uuid) -> Result<(), Problem> {
        loop {
            let case = case_of(&writing.get_case(id)?)?;
            let proven = self.proven_by_office(writing, id, &case)?;
            let Some(event) = next_event(case.recording(), proven) else {
                return self.settle_tasks(writing, id, &case);
            };
            let by = By::station(Proven::default());
            match self.apply_by(writing, id, CaseEvent::Recording(event), &Facts::default(), &by) {
                Ok(_) => {}
                // A card that was handed over is not taken back by a word of the centre; the word stays on the page.
                Err(problem) if problem.code == Code::StepRefused => {
                    return self.settle_tasks(writing, id, &case);
                }
                Err(problem) => return Err(problem),
            }
        }
    }
}

/// Nothing is recorded again in a case that stands here.
fn needs_no_papers(case: &Case) -> bool {
    case.recording().stage() == Stage::Ended || case.card() == CardState::HandedOver
}

/// Everything is looked at once more: what was signed with a key that nobody here knew then was passed over.
pub(crate) fn look_anew(writing: &mut Writing<'_>, now: i64) -> Result<(), StoreError> {
    writing.mark_setting(CHANGE_SETTING, "0", now)?;
    writing.mark_setting(MESSAGE_SETTING, "0", now)
}

/// What the words of the office make of a recording that stands here.
fn next_event(stands: RecordingState, proven: Proven) -> Option<RecordingEvent> {
    let is_one = |states: &[RecordingState]| states.contains(&stands);
    if proven.receipt && is_one(&[RecordingState::Recorded]) {
        Some(RecordingEvent::Acknowledge)
    } else if proven.print_ready && is_one(&[RecordingState::AwaitingDedup, RecordingState::DedupBlocked]) {
        Some(RecordingEvent::ReportPrintReady)
    } else if proven.blocked && is_one(&[RecordingState::AwaitingDedup, RecordingState::PrintReady]) {
        Some(RecordingEvent::ReportBlocked)
    } else {
        None
    }
}

fn read_batch(reading: &OutboxReading<'_, '_>, from: Place) -> Result<(Vec<Arrival>, Place), StoreError> {
    let changes = reading.list_changes(from.change, BATCH_MAX)?;
    let messages = reading.list_messages(from.message, BATCH_MAX)?;
    let next = Place {
        change: changes.last().map_or(from.change, |change| change.change),
        message: messages.last().map_or(from.message, |message| message.id),
    };
    let mut items: BTreeMap<Uuid, Option<(PacketState, String, i64)>> =
        messages.into_iter().map(|message| (message.item, None)).collect();
    items.extend(changes.into_iter().map(|row| (row.id, Some((row.state, row.reason, row.changed_ms)))));
    let mut arrivals = Vec::new();
    for (id, change) in items {
        let (manifest, state) = match reading.get_packet(id) {
            Ok(row) => (row.manifest_hash, Some((row.state, row.reason, row.changed_ms))),
            Err(StoreError::NotFound { .. }) => (Hash::of(&reading.get_notice(id)?.bytes), change),
            Err(error) => return Err(error),
        };
        let changed_ms = state.as_ref().map_or(0, |(_, _, changed_ms)| *changed_ms);
        let state = state.map(|(state, reason, _)| (state, reason));
        arrivals.push(Arrival { id, manifest, state, changed_ms, messages: reading.list_messages_of(id)? });
    }
    Ok((arrivals, next))
}

fn receipt_row(item: Uuid, message: &MessageRow, receipt: &Receipt) -> TakenReceiptRow {
    let (done, reason) = match &receipt.done {
        Done::Stored => (STORED, ""),
        Done::OpenedAndVerified => (OPENED, ""),
        Done::Refused { word, .. } => (REFUSED, word.as_str()),
    };
    TakenReceiptRow {
        item,
        position: i64::try_from(receipt.position).unwrap_or(i64::MAX),
        done: done.to_owned(),
        reason: reason.to_owned(),
        way: message.way.clone(),
        at_ms: receipt.at_ms,
        received_ms: message.received_ms,
    }
}

#[cfg(test)]
pub(crate) mod tests;

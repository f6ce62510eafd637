use rekam_domain::case::Facts as Said;
use rekam_domain::packet::PacketEvent;
use rekam_packet::notice::Payload;
use rekam_packet::{SeedSigner, VERSION};
use rekam_sync::{Change, Way};

use super::*;
use crate::station::tests::desk::Office as Desk;
use crate::station::tests::{operator, request};

/// The office of the demonstration, and the line to it.
pub(crate) struct Wire {
    signer: SeedSigner,
}

impl Wire {
    pub(crate) fn new() -> Self {
        Self { signer: SeedSigner::from_seed(b"rekam demonstration office key 1") }
    }

    fn stranger() -> Self {
        Self { signer: SeedSigner::from_seed(b"somebody who is not that office!") }
    }

    pub(crate) fn receipt(&self, item: Uuid, manifest: Hash, done: Done, position: u64) -> Change {
        let receipt = Receipt {
            version: VERSION,
            packet_id: PacketId::from_bytes(*item.as_bytes()).unwrap(),
            manifest: Digest::from_bytes(manifest.0),
            blobs: 1,
            done,
            position,
            at_ms: crate::station::tests::NOON,
            office: "DEMO".to_owned(),
        };
        Change::Receipt { packet: item, bytes: receipt.sign(&self.signer).unwrap(), way: Way::Network }
    }

    pub(crate) fn status(&self, item: Uuid, status: &str, cursor: u64) -> Change {
        let entry = StatusEntry {
            version: VERSION,
            cursor,
            packet_id: PacketId::from_bytes(*item.as_bytes()).unwrap(),
            status: status.to_owned(),
            at_ms: crate::station::tests::NOON,
            office: "DEMO".to_owned(),
        };
        Change::Status { packet: item, bytes: entry.sign(&self.signer).unwrap() }
    }
}

pub(crate) fn moved(item: Uuid, event: PacketEvent, state: PacketState, reason: &str) -> Change {
    Change::State { item, event, state, reason: reason.to_owned(), consequences: Vec::new() }
}

pub(crate) fn refused(word: &str) -> Done {
    Done::Refused { depth: "open".to_owned(), word: word.to_owned() }
}

impl Desk {
    /// A person whose recording is finished and in the outbox.
    pub(crate) fn sealed() -> Self {
        let mut desk = Self::in_capture();
        desk.take_all_but_finger_three();
        desk.take(kind::FINGER, "3");
        desk.go("recording.seal", &Said::default()).unwrap();
        desk.station.take_arrivals().unwrap();
        desk
    }

    pub(crate) fn packet(&self) -> PacketRow {
        let case = self.case;
        self.station.store().unwrap().read(|reading| reading.list_packets_of(case)).unwrap().pop().unwrap()
    }

    pub(crate) fn manifest(&self, packet: Uuid) -> Hash {
        Hash(*self.station.manifest_of(packet).unwrap().as_bytes())
    }

    pub(crate) fn hear(&self, changes: &[Change]) {
        let outbox = self.station.outbox().unwrap();
        outbox.write(|writing| writing.apply(changes, crate::station::tests::NOON)).unwrap();
    }

    /// The office has opened the packet.
    pub(crate) fn accepted(&mut self) {
        let packet = self.packet().id;
        let receipt = Wire::new().receipt(packet, self.manifest(packet), Done::OpenedAndVerified, 9);
        self.hear(&[receipt, moved(packet, PacketEvent::Acknowledge, PacketState::Acked, "")]);
        self.station.take_arrivals().unwrap();
    }

    /// The office has refused the packet.
    pub(crate) fn turned_down(&mut self) {
        let packet = self.packet().id;
        let receipt = Wire::new().receipt(packet, self.manifest(packet), refused("image_broken"), 9);
        self.hear(&[receipt, moved(packet, PacketEvent::Refuse, PacketState::Nacked, "image_broken")]);
        self.station.take_arrivals().unwrap();
    }

    pub(crate) fn recording(&self) -> String {
        self.station.store().unwrap().read(|reading| reading.get_case(self.case)).unwrap().recording_state
    }

    pub(crate) fn tasks(&self) -> Vec<(String, String)> {
        let tasks =
            self.station.store().unwrap().read(|reading| reading.list_open_tasks_of(self.case)).unwrap();
        tasks.into_iter().map(|task| (task.kind, task.reason)).collect()
    }

    pub(crate) fn audited(&self, event: AuditEvent) -> usize {
        let audit = self.station.store().unwrap().read(|reading| reading.list_audit(0, 10_000)).unwrap();
        audit.iter().filter(|row| row.event == event.word()).count()
    }
}

#[test]
fn a_receipt_moves_packet_and_case_and_writes_one_line_in_the_book() {
    let mut desk = Desk::sealed();
    desk.station.in_use().change_first(|profile| profile.registers.push(Book::Kirim));
    assert!(!desk.station.take_arrivals().unwrap(), "nothing new costs nothing");
    desk.accepted();
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Acked, "AwaitingDedup"));
    let packet = desk.packet().id;
    desk.hear(&[Wire::new().status(packet, "PRINT_READY_RECORD", 4)]);
    assert!(desk.station.take_arrivals().unwrap());
    assert_eq!(desk.recording(), "PrintReady");
    let case = desk.case;
    let lines = desk.station.store().unwrap().read(|reading| reading.list_register_lines_of(case)).unwrap();
    let kirim: Vec<_> = lines.iter().filter(|line| line.book == Book::Kirim).collect();
    assert_eq!(kirim.len(), 1);
    assert_eq!(
        (&kirim[0].columns["id"], &kirim[0].columns["tanda_terima"]),
        (&json!(packet.to_string()), &json!(9))
    );
    assert_eq!(desk.audited(AuditEvent::PacketAcknowledged), 1);
    assert_eq!(desk.audited(AuditEvent::StatusReceived), 1);
}

#[test]
fn what_the_office_did_not_sign_moves_nothing() {
    let mut desk = Desk::sealed();
    let packet = desk.packet().id;
    let manifest = desk.manifest(packet);
    let forged = Wire::stranger().receipt(packet, manifest, Done::OpenedAndVerified, 9);
    let elsewhere = Wire::new().receipt(packet, Hash([7; 32]), Done::OpenedAndVerified, 9);
    let status = Wire::stranger().status(packet, "PRINT_READY_RECORD", 4);
    desk.hear(&[forged, elsewhere, status, moved(packet, PacketEvent::Purge, PacketState::Purged, "")]);
    desk.station.take_arrivals().unwrap();
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Quarantined, "Recorded"));
    assert!(pictures(&desk) > 0, "nothing is wiped without the office's word");
    assert_eq!(desk.tasks()[0].0, "examine_packet");
}

#[test]
fn a_purged_packet_takes_its_pictures_with_it_and_leaves_their_hashes() {
    let mut desk = Desk::sealed();
    desk.accepted();
    let packet = desk.packet().id;
    desk.hear(&[
        Wire::new().status(packet, "PRR", 4),
        moved(packet, PacketEvent::Purge, PacketState::Purged, ""),
    ]);
    let (before, hashes) = (pictures(&desk), hashes(&desk));
    assert!(before > 15);
    desk.station.take_arrivals().unwrap();
    assert_eq!(
        (pictures(&desk), self::hashes(&desk)),
        (3, hashes),
        "the papers serve a recording made again"
    );
    assert_eq!(desk.audited(AuditEvent::CapturedDataWiped), 1);
    assert_eq!(desk.audited(AuditEvent::PacketPurged), 1);
    let case = desk.case;
    let ended = |station: &Station, writing: &mut Writing<'_>| {
        let mut snapshot = writing.get_case(case)?.snapshot;
        snapshot["card"] = json!("HandedOver");
        station.wipe_papers(writing, case, &serde_json::from_value(snapshot).unwrap())
    };
    desk.station.promise(ended).unwrap();
    assert_eq!((pictures(&desk), self::hashes(&desk)), (0, hashes), "until the card was handed over");
    desk.station.store().unwrap().verify_journal().unwrap();
}

#[test]
fn a_refusal_is_a_task_with_its_reason_until_something_is_done() {
    let mut desk = Desk::sealed();
    desk.turned_down();
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Nacked, "Recorded"));
    assert_eq!(desk.tasks(), [("resolve_refusal".to_owned(), "image_broken".to_owned())]);
    let home = desk.station.sign_in(operator()).unwrap();
    assert_eq!((home.tasks.len(), home.tasks[0].task.as_str()), (1, "resolve_refusal"));
    assert!(!home.tasks[0].can_be_closed);
    let technician = desk.station.sign_in(request("teknisi", "obeng kabel lampu senter")).unwrap();
    assert!(technician.tasks.is_empty(), "no case is shown to who may not see one");
}

#[test]
fn a_block_of_the_centre_is_a_task_that_its_own_word_ends() {
    let mut desk = Desk::sealed();
    desk.accepted();
    let packet = desk.packet().id;
    desk.hear(&[Wire::new().status(packet, "ENROLL_FAILURE_AT_CENTRAL", 4)]);
    desk.station.take_arrivals().unwrap();
    assert_eq!(desk.recording(), "DedupBlocked");
    assert_eq!(desk.tasks(), [("resolve_block".to_owned(), "ENROLL_FAILURE_AT_CENTRAL".to_owned())]);
    desk.hear(&[Wire::new().status(packet, "PRINT_READY_RECORD", 5)]);
    desk.station.take_arrivals().unwrap();
    assert_eq!((desk.recording().as_str(), desk.tasks().len()), ("PrintReady", 0));
}

#[test]
fn a_packet_ordered_to_travel_again_waits_for_a_new_answer_of_the_centre() {
    let mut desk = Desk::sealed();
    desk.accepted();
    let packet = desk.packet().id;
    let in_outbox = |desk: &Desk| {
        desk.station.outbox().unwrap().read(|reading| reading.get_packet(packet)).unwrap().state
    };
    desk.hear(&[Wire::new().status(packet, "ENROLL_FAILURE_AT_CENTRAL", 4)]);
    desk.station.take_arrivals().unwrap();
    desk.go("recording.order_resend", &Said::default()).unwrap_err();
    assert_eq!(in_outbox(&desk), PacketState::Acked, "an operator orders nothing");
    desk.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
    desk.go("recording.order_resend", &Said::default()).unwrap();
    assert_eq!((in_outbox(&desk), desk.recording().as_str()), (PacketState::Queued, "AwaitingDedup"));
    desk.station.take_arrivals().unwrap();
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Queued, "AwaitingDedup"));
    desk.hear(&[Wire::new().status(packet, "ENROLL_FAILURE_AT_CENTRAL", 5)]);
    desk.station.take_arrivals().unwrap();
    assert_eq!(desk.recording(), "DedupBlocked", "the same answer once more is an answer");
}

#[test]
fn what_arrives_does_not_keep_an_idle_screen_open() {
    let mut desk = Desk::sealed();
    let before = desk.station.active_ms().get();
    desk.station.active_ms().set(before - 1_000);
    desk.accepted();
    assert_eq!(desk.station.active_ms().get(), before - 1_000);
}

#[test]
fn an_outbox_that_was_made_anew_is_read_from_its_beginning() {
    let mut desk = Desk::sealed();
    desk.accepted();
    let place = |desk: &Desk| desk.station.place_in(&desk.station.outbox().unwrap()).unwrap();
    assert_ne!(place(&desk), Place::default());
    desk.station.promise(|_, writing| Ok(writing.mark_setting(CHANGE_SETTING, "999", 1)?)).unwrap();
    assert_eq!(place(&desk), Place::default());
    assert!(desk.station.take_arrivals().unwrap());
    assert_eq!(desk.audited(AuditEvent::PacketAcknowledged), 1, "taken over twice is the same as once");
}

#[test]
fn the_words_of_a_changed_key_count_whether_they_come_before_or_after_the_change() {
    let mut desk = Desk::sealed();
    let (packet, old) = (desk.packet().id, Wire::new());
    let next = Wire { signer: SeedSigner::from_seed(b"rekam demonstration office key 2") };
    let receipt = next.receipt(packet, desk.manifest(packet), Done::OpenedAndVerified, 9);
    desk.hear(&[receipt, moved(packet, PacketEvent::Acknowledge, PacketState::Acked, "")]);
    desk.station.take_arrivals().unwrap();
    assert_eq!(desk.packet().state, PacketState::Sent, "nobody here knows that key yet");
    let mut bundle = desk.station.pinned_office().unwrap().unwrap().bundle;
    let key = |wire: &Wire| rekam_packet::Signer::public_key(&wire.signer);
    (bundle.serial, bundle.office_keys) = (2, vec![key(&old), key(&next)]);
    desk.station.take_bundle(&bundle.sign(&old.signer).unwrap(), None).unwrap();
    desk.station.take_arrivals().unwrap();
    assert_eq!((desk.packet().state, desk.recording().as_str()), (PacketState::Acked, "AwaitingDedup"));
    (bundle.serial, bundle.office_keys) = (3, vec![key(&next)]);
    let alone = bundle.sign(&old.signer).unwrap();
    assert_eq!(desk.station.take_bundle(&alone, None).unwrap_err().code, Code::BundleRefused);
    desk.station.take_bundle(&bundle.sign(&next.signer).unwrap(), None).unwrap();
    desk.hear(&[old.status(packet, "PRINT_READY_RECORD", 4)]);
    desk.station.take_arrivals().unwrap();
    assert_eq!(desk.recording(), "PrintReady");
}

#[test]
fn a_long_absence_is_taken_over_bit_by_bit_and_a_problem_that_is_over_goes() {
    let mut desk = Desk::sealed();
    let outbox = desk.station.outbox().unwrap();
    let notice = |number: u8| rekam_store::outbox::NoticeRow {
        id: Uuid::from_bytes([number; 16]),
        kind: rekam_sync::Kind::Notice,
        bytes: vec![number],
        made_ms: crate::station::tests::NOON,
    };
    let count = u8::try_from(BATCH_MAX).unwrap() + 1;
    outbox
        .write(|writing| (1..=count).try_for_each(|number| writing.insert_notice(&notice(number))))
        .unwrap();
    let last = outbox.read(|reading| reading.last_change()).unwrap();
    assert!(desk.station.take_arrivals_within(Duration::ZERO).unwrap());
    let taken = desk.station.place_in(&outbox).unwrap().change;
    assert!(taken < last, "one promise at a time: {taken} of {last}");
    let long_ago = desk.station.active_ms().get() - 2_000;
    desk.station.active_ms().set(long_ago);
    desk.station.arrivals_problem = Some(Problem::new(Code::DiskRefused));
    desk.station.rest().unwrap();
    assert_eq!(desk.station.place_in(&outbox).unwrap().change, last);
    assert_eq!(desk.station.home().unwrap().packets_problem, None);
}

/// Everything that may not depend on the order in which words arrive.
fn told(desk: &Desk) -> String {
    let (case, packet) = (desk.case, desk.packet());
    let (receipts, mut statuses, lines) = desk
        .station
        .store()
        .unwrap()
        .read(|reading| {
            Ok((
                reading.list_receipts(packet.id)?,
                reading.list_central_statuses(case)?,
                reading.list_register_lines_of(case)?,
            ))
        })
        .unwrap();
    statuses.sort_by_key(|status| status.position);
    let receipts: Vec<_> = receipts.iter().map(|row| (row.position, row.done.clone())).collect();
    let statuses: Vec<_> = statuses.iter().map(|row| (row.position, row.status.clone())).collect();
    let kirim = lines.iter().filter(|line| line.book == Book::Kirim).count();
    let state = (packet.state, packet.reason, desk.recording(), desk.tasks(), pictures(desk));
    format!("{state:?} {receipts:?} {statuses:?} {kirim}")
}

#[test]
fn any_order_and_any_repeat_of_what_arrives_ends_the_same() {
    let says = [
        vec!["BIO_CAPTURED", "PRINT_READY_RECORD", "CARD_PRINTED"],
        vec!["PRINT_READY_RECORD", "DUPLICATE_RECORD", "PROCESSING"],
        vec!["ENROLL_FAILURE_AT_CENTRAL", "PROCESSING", "PRR"],
    ];
    for words in says {
        let mut ends = std::collections::BTreeSet::new();
        for seed in 0..8_u64 {
            let mut desk = Desk::sealed();
            desk.station.in_use().change_first(|profile| profile.registers.push(Book::Kirim));
            let packet = desk.packet().id;
            let (wire, manifest) = (Wire::new(), desk.manifest(packet));
            let mut arrivals = vec![
                wire.receipt(packet, manifest, Done::Stored, 7),
                wire.receipt(packet, manifest, Done::OpenedAndVerified, 8),
                moved(packet, PacketEvent::Acknowledge, PacketState::Acked, ""),
            ];
            let entries = words.iter().zip(3_u64..).map(|(word, place)| wire.status(packet, word, place));
            arrivals.extend(entries);
            arrivals.extend(arrivals.clone());
            shuffle(&mut arrivals, seed);
            for (number, arrival) in arrivals.iter().enumerate() {
                desk.hear(std::slice::from_ref(arrival));
                // Taken over at moments that differ from seed to seed.
                if (seed + number as u64).is_multiple_of(3) {
                    desk.station.take_arrivals().unwrap();
                }
            }
            desk.station.take_arrivals().unwrap();
            ends.insert(told(&desk));
        }
        assert_eq!(ends.len(), 1, "{words:?}: {ends:#?}");
    }
}

fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for end in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(end, (state >> 33) as usize % (end + 1));
    }
}

pub(crate) fn pictures(desk: &Desk) -> usize {
    let store = desk.station.store().unwrap();
    let steps = store.read(|reading| reading.list_steps(desk.case)).unwrap();
    let has = |sequence| store.read(|reading| reading.get_image(sequence)).unwrap().is_some();
    steps.iter().filter(|step| has(step.sequence)).count()
}

fn hashes(desk: &Desk) -> usize {
    let steps = desk.station.store().unwrap().read(|reading| reading.list_steps(desk.case)).unwrap();
    steps.iter().filter(|step| step.image_hash.is_some()).count()
}

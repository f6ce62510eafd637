mod unreadable;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::sync::Mutex;

use rekam_domain::packet::PacketState;
use rekam_link::{Fetch, Fetched};
use rekam_packet::notice::{
    Bundle, CourierFile, CourierList, Done, Hour, Payload as _, Receipt, StatusEntry,
};
use rekam_packet::{Digest, IdentityKey, PacketId, PublicKey, SeedSigner, Signer as _, VERSION};
use rekam_store::outbox::SealedPacketRow;
use rekam_store::{Hash, Outbox, TransportKey};
use rekam_sync::{Answer, Exchange, Failure, Finding, Part, PartSnapshot, Request, Upload};

use super::*;
use crate::clock::{Clock, SetClock, StationClock};
use crate::station::tests::desk::Office as Desk;
use crate::station::tests::request;

mod round;

const NOW_MS: i64 = 1_795_224_600_000;
const SEED: &[u8; 32] = b"rekam office of delivery's tests";

/// Requests as the engine gave them; nobody answers by itself.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<Exchange>>>, Arc<Mutex<Vec<Fetch>>>);

impl Line for Wire {
    fn carry(&self, exchange: Exchange) {
        self.0.lock().unwrap().push(exchange);
    }

    fn abort(&self, exchange: u64) {
        self.0.lock().unwrap().retain(|open| open.id != exchange);
    }

    fn fetch(&self, fetch: Fetch) {
        self.1.lock().unwrap().push(fetch);
    }
}

/// A station's folder with its outbox, and an office that answers.
struct House {
    folder: tempfile::TempDir,
    ground: Ground,
    clock: SetClock,
    wire: Wire,
    held: BTreeMap<Upload, Vec<u8>>,
    /// The line breaks once, after so many bytes of a body.
    cut_after: Option<u64>,
    /// What receipts say.
    done: Done,
    signer: SeedSigner,
    requests: Vec<Request>,
}

fn id(number: u8) -> Uuid {
    Uuid::from_bytes(*PacketId::new(NOW_MS as u64, &[number; 10]).as_bytes())
}

fn bundle(serial: u64, signer: &SeedSigner) -> Vec<u8> {
    let (active, escrow) = (IdentityKey::generate(), IdentityKey::generate());
    let bundle = Bundle {
        version: VERSION,
        office: "dinas".into(),
        serial,
        station: "desk-1".into(),
        station_key: PublicKey::from_bytes([7; 32]),
        certificates: Vec::new(),
        office_keys: vec![signer.public_key()],
        active: active.recipient().to_string(),
        escrow: escrow.recipient().to_string(),
        addresses: Vec::new(),
        profile: String::new(),
        roles: Vec::new(),
        numbers: Vec::new(),
        from_ms: NOW_MS,
        until_ms: NOW_MS + 1_000_000,
    };
    bundle.sign(signer).unwrap()
}

fn marked(status: u16) -> Answer {
    Answer { status, is_marked: true, ..Answer::default() }
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("packets")).unwrap();
        let outbox = Outbox::create(folder.path(), &TransportKey::from_bytes(&[3; 32])).unwrap();
        let signer = SeedSigner::from_seed(SEED);
        let bytes = bundle(1, &signer);
        fs::write(folder.path().join("office.bundle"), &bytes).unwrap();
        let hash = Digest::of(&bytes).to_string();
        outbox.write(|writing| writing.mark_cursor(OFFICE_CURSOR, &hash, NOW_MS)).unwrap();
        let clock = SetClock::at(NOW_MS);
        let ground = Ground {
            shelf: Shelf { folder: folder.path().to_owned(), outbox: Arc::new(outbox) },
            clock: StationClock::start(Clock::Set(clock.clone())),
            shared: Arc::default(),
            config: Config::default(),
            is_metered: false,
        };
        let (wire, held, requests) = (Wire::default(), BTreeMap::new(), Vec::new());
        Self { folder, ground, clock, wire, held, cut_after: None, done: Done::Stored, signer, requests }
    }

    fn seal(&self, number: u8) -> std::path::PathBuf {
        let bytes = vec![number; 12_000];
        let path = format!("packets/{}.rekam", id(number));
        fs::write(self.folder.path().join(&path), &bytes).unwrap();
        let part = |part, length| PartSnapshot { part, length, is_done: false };
        let row = SealedPacketRow {
            id: id(number),
            counter: number.into(),
            manifest_hash: Hash([number; 32]),
            blob_count: 3,
            path: path.clone(),
            hash: Hash::of(&bytes),
            size: 12_000,
            parts: [part(Part::Facts, 2_000), part(Part::Images, 9_000), part(Part::Documents, 1_000)],
            is_urgent: false,
            is_approval_pending: false,
            state: PacketState::Queued,
            reason: String::new(),
            attempts: 0,
            sealed_ms: NOW_MS,
            delivered_ms: None,
            changed_ms: NOW_MS,
            change: 0,
        };
        self.ground.shelf.outbox.write(|writing| writing.insert_packet(&row)).unwrap();
        self.folder.path().join(path)
    }

    fn begin(&self) -> Dispatch {
        let admission = Admission::read(self.folder.path(), &self.ground.shelf.outbox).unwrap().unwrap();
        Dispatch::begin(&self.ground, admission, Some(Box::new(self.wire.clone()))).unwrap()
    }

    fn state(&self, number: u8) -> PacketState {
        self.ground.shelf.outbox.read(|reading| reading.get_packet(id(number))).unwrap().state
    }

    fn receipt(&self, item: Uuid, position: u64, at_ms: i64) -> Vec<u8> {
        let number = (1..=9).find(|number| id(*number) == item).unwrap();
        let receipt = Receipt {
            version: VERSION,
            packet_id: PacketId::from_bytes(*item.as_bytes()).unwrap(),
            manifest: Digest::from_bytes([number; 32]),
            blobs: 3,
            done: self.done.clone(),
            position,
            at_ms,
            office: "dinas".into(),
        };
        receipt.sign(&self.signer).unwrap()
    }

    fn hour(&self, at_ms: i64) -> Vec<u8> {
        Hour { version: VERSION, at_ms, nonce: 0, office: "dinas".into() }.sign(&self.signer).unwrap()
    }

    /// Lets so much time pass, answering whatever is asked.
    fn pass(&mut self, dispatch: &mut Dispatch, minutes: i64) {
        let end_ms = self.clock.at_wall() + minutes * 60_000;
        while self.clock.at_wall() < end_ms {
            let rest = dispatch.settle();
            let asked = self.wire.0.lock().unwrap().pop();
            match asked {
                Some(exchange) => self.answer(dispatch, &exchange),
                None => self.clock.advance(i64::try_from(rest.as_millis()).unwrap().max(1)),
            }
        }
    }

    fn answer(&mut self, dispatch: &mut Dispatch, exchange: &Exchange) {
        self.requests.push(exchange.request.clone());
        let answer = match &exchange.request {
            Request::Probe { nonce } => Some(Answer { nonce: Some(*nonce), ..marked(200) }),
            Request::Create { upload, send, .. } => self.take(dispatch, exchange.id, *upload, 0, *send),
            Request::Patch { upload, offset, send } => {
                self.take(dispatch, exchange.id, *upload, *offset, *send)
            }
            Request::Head { upload } => Some(match self.held.get(upload) {
                Some(held) => Answer { offset: Some(held.len() as u64), ..marked(204) },
                None => marked(404),
            }),
            Request::Ask { .. } => Some(marked(404)),
            Request::Feed { .. } => Some(Answer {
                cursor: Some("1".into()),
                signed: vec![self.hour(self.clock.at_wall())],
                ..marked(200)
            }),
        };
        let exchange = exchange.id;
        dispatch.hear(match answer {
            Some(answer) => Event::Answer { exchange, answer },
            None => Event::Failure { exchange, failure: Failure::Cut },
        });
    }

    fn take(
        &mut self,
        dispatch: &mut Dispatch,
        exchange: u64,
        upload: Upload,
        offset: u64,
        send: u64,
    ) -> Option<Answer> {
        let cut = self.cut_after.take();
        let wanted = cut.unwrap_or(send).min(send);
        let mut content = match self.ground.shelf.open(upload, offset) {
            Ok(content) => content.take(wanted),
            Err(error) => {
                dispatch.hear(Event::SourceFailed { exchange, error });
                return None;
            }
        };
        let held = self.held.entry(upload).or_default();
        assert_eq!(held.len() as u64, offset, "nothing is sent twice and nothing left out");
        let count = match content.read_to_end(held) {
            Ok(count) => count as u64,
            Err(error) => {
                dispatch.hear(Event::SourceFailed { exchange, error });
                return None;
            }
        };
        dispatch.hear(Event::Progress { exchange, written: count });
        if cut.is_some() {
            return None;
        }
        let offset = held.len() as u64;
        let lengths = [(Part::Facts, 2_000), (Part::Images, 9_000), (Part::Documents, 1_000)];
        let is_there = lengths.into_iter().all(|(part, length)| {
            self.held.get(&Upload { item: upload.item, part }).is_some_and(|held| held.len() == length)
        });
        let signed = if is_there { vec![self.receipt(upload.item, 5, self.clock.at_wall())] } else { vec![] };
        Some(Answer { offset: Some(offset), signed, ..marked(200) })
    }
}

#[test]
fn goes_on_where_a_cut_and_a_power_loss_left_it() {
    let mut house = House::new();
    let path = house.seal(1);
    let mut dispatch = house.begin();
    house.cut_after = Some(700);
    // Until the first bytes have left, and no further.
    while house.held.is_empty() {
        dispatch.settle();
        let asked = house.wire.0.lock().unwrap().pop();
        match asked {
            Some(exchange) => house.answer(&mut dispatch, &exchange),
            None => house.clock.advance(100),
        }
    }
    assert_eq!(house.state(1), PacketState::Sending, "the disk knew before the first byte left");
    drop(dispatch);
    house.wire.0.lock().unwrap().clear();
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 5);
    assert_eq!(house.state(1), PacketState::Acked);
    let upload = Upload { item: id(1), part: Part::Facts };
    assert!(house.requests.contains(&Request::Patch { upload, offset: 700, send: 1_300 }));
    let sent: Vec<u8> = house.held.values().flatten().copied().collect();
    assert_eq!(sent, fs::read(path).unwrap());
    let view = house.ground.shared.standing();
    assert!(view.has_line && view.contact_ms.is_some() && view.bytes_left == 0);
}

#[test]
fn a_new_packet_travels_without_a_restart() {
    let mut house = House::new();
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 1);
    house.seal(1);
    dispatch.take_new();
    house.pass(&mut dispatch, 1);
    assert_eq!(house.state(1), PacketState::Acked);
}

#[test]
fn a_receipt_nobody_of_the_office_signed_moves_nothing() {
    let mut house = House::new();
    house.seal(1);
    house.signer = SeedSigner::from_seed(b"somebody who is not the office 1");
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 3);
    assert_eq!(house.state(1), PacketState::Sent);
    let findings = house.ground.shared.standing().findings;
    assert!(findings.iter().any(|noticed| matches!(noticed.finding, Finding::Forged { .. })));
}

#[test]
fn a_damaged_packet_is_put_aside_and_the_others_go_on() {
    let mut house = House::new();
    let (damaged, gone) = (house.seal(1), house.seal(2));
    house.seal(3);
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[9_999] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    fs::remove_file(gone).unwrap();
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 5);
    let states = [1, 2, 3].map(|number| house.state(number));
    assert_eq!(states, [PacketState::Quarantined, PacketState::Quarantined, PacketState::Acked]);
    assert!(house.held.keys().all(|upload| upload.item == id(3)), "not a byte of the damaged one has left");
}

#[test]
fn a_packet_that_vanishes_under_way_is_put_aside() {
    let mut house = House::new();
    let path = house.seal(1);
    let mut dispatch = house.begin();
    house.cut_after = Some(700);
    while house.held.is_empty() {
        dispatch.settle();
        let asked = house.wire.0.lock().unwrap().pop();
        match asked {
            Some(exchange) => house.answer(&mut dispatch, &exchange),
            None => house.clock.advance(100),
        }
    }
    fs::remove_file(path).unwrap();
    house.pass(&mut dispatch, 2);
    assert_eq!(house.state(1), PacketState::Quarantined);
}

#[test]
fn nothing_leaves_while_the_outbox_refuses_and_all_goes_on_afterwards() {
    let mut house = House::new();
    house.seal(1);
    let mut dispatch = house.begin();
    let (there, away) = (house.folder.path().join("outbox.db"), house.folder.path().join("away"));
    fs::rename(&there, &away).unwrap();
    house.pass(&mut dispatch, 2);
    assert!(house.held.is_empty(), "not a byte has left");
    let findings = house.ground.shared.standing().findings;
    assert!(findings.iter().any(|noticed| noticed.finding == Finding::OutboxRefuses));
    fs::rename(&away, &there).unwrap();
    house.pass(&mut dispatch, 5);
    assert_eq!(house.state(1), PacketState::Acked);
    assert!(house.ground.shared.standing().findings.is_empty());
}

#[test]
fn bytes_are_forgotten_only_when_the_rule_of_keeping_allows() {
    let mut house = House::new();
    let path = house.seal(1);
    house.done = Done::OpenedAndVerified;
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 2);
    let entry = StatusEntry {
        version: VERSION,
        cursor: 6,
        packet_id: PacketId::from_bytes(*id(1).as_bytes()).unwrap(),
        status: "PRR".into(),
        // What the centre dates ahead does not count.
        at_ms: NOW_MS + 90 * DAY_MS,
        office: "dinas".into(),
    };
    dispatch.import(&[entry.sign(&house.signer).unwrap()], rekam_sync::Way::Disk).unwrap();
    house.pass(&mut dispatch, 23 * 60);
    assert!(path.exists() && house.state(1) == PacketState::Acked, "its grace runs");
    house.pass(&mut dispatch, 2 * 60);
    assert!(!path.exists());
    assert_eq!(house.state(1), PacketState::Purged);
}

#[test]
fn a_renewed_admission_is_asked_for_once_a_day_and_believed_only_from_the_office() {
    let mut house = House::new();
    let mut dispatch = house.begin();
    house.pass(&mut dispatch, 2);
    assert_eq!(house.wire.1.lock().unwrap().drain(..).count(), 1);
    let stranger = bundle(2, &SeedSigner::from_seed(b"somebody who is not the office 1"));
    let fetch = Fetch::Bundle { held: Some(1) };
    dispatch.hear(Event::Fetched { fetch: fetch.clone(), fetched: Fetched::Bundle(stranger) });
    assert!(!dispatch.is_renewed());
    house.pass(&mut dispatch, 60);
    assert!(house.wire.1.lock().unwrap().is_empty(), "not again on the same day");
    let own = bundle(2, &house.signer);
    dispatch.hear(Event::Fetched { fetch, fetched: Fetched::Bundle(own) });
    assert!(dispatch.is_renewed());
    let admission = Admission::read(house.folder.path(), &house.ground.shelf.outbox).unwrap().unwrap();
    assert_eq!(admission.office.bundle.serial, 2);
}

/// The demonstration office's answer on a stick: one receipt for this packet.
fn answer_on(stick: &std::path::Path, row: &SealedPacketRow) {
    let office = SeedSigner::from_seed(b"rekam demonstration office key 1");
    let receipt = Receipt {
        version: VERSION,
        packet_id: PacketId::from_bytes(*row.id.as_bytes()).unwrap(),
        manifest: Digest::from_bytes(row.manifest_hash.0),
        blobs: u16::try_from(row.blob_count).unwrap(),
        done: Done::Stored,
        position: 1,
        at_ms: NOW_MS,
        office: "DEMO".into(),
    };
    let receipt = receipt.sign(&office).unwrap();
    // CBOR: an array of one byte string.
    let length = u16::try_from(receipt.len()).unwrap().to_be_bytes();
    let messages = [&[0x81, 0x59], &length[..], &receipt].concat();
    let file = CourierFile {
        name: "messages.cbor".into(),
        length: messages.len() as u64,
        sha256: Digest::of(&messages),
    };
    let list = CourierList {
        version: VERSION,
        from: "DEMO".into(),
        to: "630506-DEMO".into(),
        at_ms: NOW_MS,
        files: vec![file],
    };
    // A station's id in capitals has a folder named by its hash (`STICK.md`).
    let folder = format!("x-{}", Digest::of(b"630506-DEMO").to_string().get(..16).unwrap());
    let folder = stick.join("rekam/to-station").join(folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("messages.cbor"), messages).unwrap();
    fs::write(folder.join("courier.cose"), list.sign(&office).unwrap()).unwrap();
}

#[test]
fn a_stick_takes_what_waits_and_brings_the_receipt_back() {
    let mut desk = Desk::in_capture();
    desk.take_all_but_finger_three();
    desk.take(crate::knowledge::kind::FINGER, "3");
    desk.go("recording.seal", &rekam_domain::case::Facts::default()).unwrap();
    let stick = tempfile::tempdir().unwrap();
    let outbox = desk.station.outbox().unwrap();
    let packets = |state| outbox.read(|reading| reading.list_packets(state, 9)).unwrap();
    assert_eq!(
        desk.station.import_from_courier(stick.path()).unwrap_err().code,
        Code::CourierNothing,
        "an empty stick is named"
    );
    // The same with the thread at work and without one.
    for is_delivering in [false, true] {
        if is_delivering {
            desk.station.deliver();
        }
        // A stick of its own each time: the clock of this test stands still.
        let stick = tempfile::tempdir().unwrap();
        let done = desk.station.export_to_courier(stick.path()).unwrap();
        assert_eq!((done.carried, done.left, done.damaged), (1, 0, 0));
        assert_eq!(packets(PacketState::ExportedToMedia).len(), 1);
    }
    answer_on(stick.path(), &packets(PacketState::ExportedToMedia)[0]);
    for _ in 0..2 {
        let done = desk.station.import_from_courier(stick.path()).unwrap();
        assert_eq!((done.office.as_str(), done.taken, done.refused), ("DEMO", 1, 0));
        assert_eq!(packets(PacketState::Acked).len(), 1);
    }
    let view = desk.station.delivery_view().unwrap();
    assert_eq!((view.waiting, view.delivered_today, view.line.as_str()), (0, 1, "none"));
    desk.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
    assert_eq!(desk.station.export_to_courier(stick.path()).unwrap_err().code, Code::NotPermitted);
    desk.station.lock(crate::trail::LockReason::Chosen);
    assert_eq!(desk.station.import_from_courier(stick.path()).unwrap_err().code, Code::SignInFirst);
}

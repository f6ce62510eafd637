//! The outbox: usable while the store is closed, silent about people.

use rekam_domain::packet::{PacketEvent, PacketState};
use rekam_store::outbox::{MessageKind, NoticeRow, SealedPacketRow};
use rekam_store::{Hash, Outbox, Store, StoreError, TransportKey};
use rekam_sync::{Change, Kind, Part, PartSnapshot, Upload, Way};

use crate::desk::{CANARY_NAME, CANARY_NIK, KEY, NOW_MS, folder, id, key, raw, used_store};

pub(crate) fn packet(number: u64) -> SealedPacketRow {
    let part = |part, length| PartSnapshot { part, length, is_done: false };
    SealedPacketRow {
        id: id(number),
        counter: i64::try_from(number).expect("small"),
        manifest_hash: Hash::of(&number.to_le_bytes()),
        blob_count: 18,
        path: format!("packet/{}", id(number)),
        hash: Hash::of(b"sealed"),
        size: 2_000_000,
        parts: [part(Part::Facts, 20_000), part(Part::Images, 1_980_000), part(Part::Documents, 0)],
        is_urgent: false,
        is_approval_pending: number == 2,
        state: PacketState::Queued,
        reason: String::new(),
        attempts: 0,
        sealed_ms: NOW_MS,
        delivered_ms: None,
        changed_ms: NOW_MS,
        change: 0,
    }
}

fn moved(number: u64, event: PacketEvent, state: PacketState) -> Change {
    Change::State { item: id(number), event, state, reason: String::new(), consequences: Vec::new() }
}

fn delivered() -> Vec<Change> {
    vec![
        moved(1, PacketEvent::BeginSend, PacketState::Sending),
        Change::Part { upload: Upload { item: id(1), part: Part::Facts }, is_done: true },
        Change::Receipt { packet: id(1), bytes: b"stored".to_vec(), way: Way::Disk },
        moved(1, PacketEvent::Acknowledge, PacketState::Acked),
        Change::Status { packet: id(1), bytes: b"entry".to_vec() },
        Change::Cursor("page-7".into()),
        Change::Spent { day: 20_000, bytes: 70 },
    ]
}

#[test]
fn goes_on_where_it_stood_while_the_store_is_closed() {
    let folder = folder();
    let transport = TransportKey::from_bytes(&KEY);
    drop(used_store(folder.path(), 1));
    let outbox = Outbox::create(folder.path(), &transport).expect("created");
    outbox
        .write(|writing| (1..=3).try_for_each(|number| writing.insert_packet(&packet(number))))
        .expect("queued");
    let approval =
        NoticeRow { id: id(9), kind: Kind::Approval { of: id(2) }, bytes: vec![7; 300], made_ms: NOW_MS };
    outbox.write(|writing| writing.insert_notice(&approval)).expect("queued");
    outbox.write(|writing| writing.apply(&delivered(), NOW_MS + 5)).expect("promised");
    drop(outbox);
    let store = Store::open(folder.path(), &key()).expect("both have locks of their own");
    let outbox = Outbox::open(folder.path(), &transport).expect("opened again");
    drop(store);
    let snapshot = outbox.read(|reading| reading.snapshot()).expect("read");
    assert_eq!((snapshot.cursor.as_str(), snapshot.spent), ("page-7", (20_000, 70)));
    let [first, second, third, notice] = snapshot.items.as_slice() else { panic!("{snapshot:?}") };
    assert_eq!((first.state, first.was_tried), (PacketState::Acked, true));
    assert_eq!(first.parts.iter().map(|part| part.is_done).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(first.signed, [b"stored".to_vec(), b"entry".to_vec()]);
    assert!(second.is_approval_pending && !third.is_approval_pending && !third.was_tried);
    assert_eq!((notice.kind, notice.counter, notice.blob_count), (Kind::Approval { of: id(2) }, 3, 1));
    assert_eq!(notice.manifest_hash, Hash::of(&approval.bytes).0);
    assert_eq!(notice.parts[0], PartSnapshot { part: Part::Facts, length: 300, is_done: false });
    outbox
        .read(|reading| {
            assert_eq!(reading.get_notice(id(9))?, approval);
            assert!(reading.get_packet(id(9)).is_err(), "a notice is no packet");
            assert_eq!(reading.get_packet(id(1))?.delivered_ms, Some(NOW_MS + 5));
            assert_eq!(reading.count_delivered(NOW_MS + 5)?, 1);
            assert_eq!(reading.count_delivered(NOW_MS + 6)?, 0);
            let chain = reading.get_packet_chain()?;
            assert_eq!((chain.counter, chain.manifest_hash), (3, packet(3).manifest_hash));
            assert_eq!(reading.count_packets()?.len(), 2);
            assert_eq!(reading.count_waiting_notices()?, 1);
            Ok(())
        })
        .expect("read");
}

#[test]
fn the_same_change_twice_is_the_same_as_once() {
    let folder = folder();
    let outbox = Outbox::create(folder.path(), &TransportKey::from_bytes(&KEY)).expect("created");
    outbox.write(|writing| writing.insert_packet(&packet(1))).expect("queued");
    let stand = || {
        let read = |reading: &rekam_store::outbox::OutboxReading<'_, '_>| {
            Ok((reading.get_packet(id(1))?, reading.snapshot()?, reading.list_messages(0, 9)?))
        };
        outbox.read(read).expect("read")
    };
    let last = &delivered()[1..];
    outbox.write(|writing| writing.apply(&delivered(), NOW_MS)).expect("promised");
    let once = stand();
    outbox.write(|writing| writing.apply(last, NOW_MS + 9)).expect("promised again");
    assert_eq!(stand(), once, "a promise that was kept and is made again");
    let stranger = [moved(5, PacketEvent::BeginSend, PacketState::Sending)];
    outbox.write(|writing| writing.apply(&stranger, NOW_MS)).expect("nothing to change");
}

#[test]
fn tells_what_has_changed_since() {
    let folder = folder();
    let outbox = Outbox::create(folder.path(), &TransportKey::from_bytes(&KEY)).expect("created");
    outbox
        .write(|writing| (1..=3).try_for_each(|number| writing.insert_packet(&packet(number))))
        .expect("queued");
    let after = outbox.read(|reading| reading.last_change()).expect("read");
    outbox.write(|writing| writing.apply(&delivered(), NOW_MS)).expect("promised");
    outbox
        .read(|reading| {
            let changes = reading.list_changes(after, 10)?;
            assert_eq!(changes.len(), 1);
            assert_eq!((changes[0].id, changes[0].state), (id(1), PacketState::Acked));
            assert!(changes[0].change > after);
            assert!(reading.list_changes(changes[0].change, 10)?.is_empty());
            assert_eq!(reading.list_changes(0, 10)?.len(), 3, "everything, for whoever knows nothing");
            assert_eq!(reading.list_items(after)?.len(), 1);
            let messages = reading.list_messages(0, 10)?;
            assert_eq!(messages[0].kind, MessageKind::Receipt);
            assert_eq!((messages[0].way.as_str(), messages[1].kind), ("disk", MessageKind::Status));
            assert_eq!(reading.list_messages(messages[0].id, 10)?, messages[1..]);
            assert_eq!(reading.list_messages_of(id(1))?, messages);
            Ok(())
        })
        .expect("read");
    let purged = [moved(1, PacketEvent::Purge, PacketState::Purged)];
    outbox.write(|writing| writing.apply(&purged, NOW_MS)).expect("promised");
    let snapshot = outbox.read(|reading| reading.snapshot()).expect("read");
    assert_eq!(snapshot.items.iter().map(|item| item.id).collect::<Vec<_>>(), [id(2), id(3)]);
}

#[test]
fn keeps_its_chain_without_gap_or_fork() {
    let folder = folder();
    let outbox = Outbox::create(folder.path(), &TransportKey::from_bytes(&KEY)).expect("created");
    outbox.write(|writing| writing.insert_packet(&packet(1))).expect("queued");
    for wrong in [1, 3] {
        let mut packet = packet(2);
        packet.counter = wrong;
        assert!(outbox.write(|writing| writing.insert_packet(&packet)).is_err(), "{wrong}");
    }
    let again = SealedPacketRow { counter: 2, ..packet(1) };
    assert!(matches!(outbox.write(|writing| writing.insert_packet(&again)), Err(StoreError::Refused { .. })));
    assert_eq!(outbox.read(|reading| reading.get_packet_chain()).expect("read").counter, 1);
}

#[test]
fn says_nothing_about_a_person() {
    let folder = folder();
    let store = used_store(folder.path(), 2);
    let outbox = Outbox::create(folder.path(), &TransportKey::from_bytes(&KEY)).expect("created");
    outbox.write(|writing| writing.insert_packet(&packet(1))).expect("queued");
    outbox.checkpoint().expect("moved");
    drop((outbox, store));
    let connection = raw(folder.path(), "outbox.db");
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("listed");
    let mut dump = Vec::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).expect("read");
        for column in statement.column_names() {
            for word in ["name", "nik", "birth", "case", "person"] {
                let is_cursor = table == "cursor" || table.starts_with("sqlite_");
                assert!(is_cursor || !column.contains(word), "{table}.{column} could name a person");
            }
        }
        let count = statement.column_count();
        let mut rows = statement.query([]).expect("read");
        while let Some(row) = rows.next().expect("read") {
            for column in 0..count {
                let value = row.get_ref(column).expect("read");
                dump.extend(format!("{value:?}").into_bytes());
                if let Ok(bytes) = value.as_bytes() {
                    dump.extend_from_slice(bytes);
                }
            }
        }
    }
    assert!(dump.len() > 200, "the dump is not empty");
    for canary in [CANARY_NAME, CANARY_NIK] {
        assert!(!dump.windows(canary.len()).any(|window| window == canary.as_bytes()));
    }
}

#[test]
fn opens_itself_again_after_a_write_that_failed() {
    let folder = folder();
    let outbox = Outbox::create(folder.path(), &TransportKey::from_bytes(&KEY)).expect("created");
    let (there, away) = (folder.path().join("outbox.db"), folder.path().join("away"));
    std::fs::rename(&there, &away).expect("moved");
    let queue = || outbox.write(|writing| writing.insert_packet(&packet(1)));
    assert!(matches!(queue(), Err(StoreError::FolderMissing { .. })));
    assert!(queue().is_err(), "as long as it is away");
    std::fs::rename(&away, &there).expect("moved back");
    // The failed write may have been kept; only the disk knows.
    let kept = outbox.read(|reading| reading.get_packet_chain()).expect("opened again").counter;
    assert!(kept == 1 || queue().is_ok());
    assert!(matches!(
        Outbox::open(folder.path(), &TransportKey::from_bytes(&KEY)),
        Err(StoreError::AlreadyOpen)
    ));
}

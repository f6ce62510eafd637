//! The outbox: usable while the store is closed, silent about people.

use rekam_domain::packet::PacketState;
use rekam_store::outbox::{ReceiptRow, SealedPacketRow};
use rekam_store::{Hash, Outbox, Store, StoreError, TransportKey};

use crate::desk::{CANARY_NAME, CANARY_NIK, KEY, NOW_MS, folder, id, key, raw, used_store};

fn packet(number: u64) -> SealedPacketRow {
    SealedPacketRow {
        id: id(number),
        counter: i64::try_from(number).expect("small"),
        manifest_hash: Hash::of(&number.to_le_bytes()),
        path: format!("packet/{}", id(number)),
        hash: Hash::of(b"sealed"),
        size: 2_000_000,
        priority: 0,
        state: PacketState::Queued,
        reason: String::new(),
        attempts: 0,
        not_before_ms: 0,
        sealed_ms: NOW_MS,
        changed_ms: NOW_MS,
    }
}

#[test]
fn goes_on_while_the_store_is_closed() {
    let folder = folder();
    let transport = TransportKey::from_bytes(&KEY);
    drop(used_store(folder.path(), 1));
    drop(Outbox::create(folder.path(), &transport).expect("created"));
    let outbox = Outbox::open(folder.path(), &transport).expect("opened");
    outbox
        .write(|writing| (1..=3).try_for_each(|number| writing.insert_packet(&packet(number))))
        .expect("queued");
    outbox.write(|writing| writing.mark_packet_priority(id(3), 5)).expect("urgent");
    outbox.write(|writing| writing.mark_packet_attempt(id(1), NOW_MS + 60_000, NOW_MS)).expect("tried");
    let turn = outbox.read(|reading| reading.list_packets(PacketState::Queued, 10)).expect("listed");
    assert_eq!(turn.iter().map(|packet| packet.counter).collect::<Vec<_>>(), [3, 1, 2]);
    let receipt =
        ReceiptRow { packet: id(1), bytes: vec![1, 2, 3], way: "network".into(), received_ms: NOW_MS };
    for _ in 0..2 {
        outbox
            .write(|writing| {
                writing.insert_receipt(&receipt)?;
                writing.insert_status_entry(id(1), b"signed entry", NOW_MS)?;
                writing.mark_packet(id(1), PacketState::Acked, "", NOW_MS)?;
                writing.mark_cursor("status", "page-7", NOW_MS)
            })
            .expect("acknowledged twice");
    }
    drop(outbox);
    let store = Store::open(folder.path(), &key()).expect("both have locks of their own");
    let outbox = Outbox::open(folder.path(), &transport).expect("opened again");
    drop(store);
    outbox
        .read(|reading| {
            assert_eq!(reading.list_receipts(id(1))?, vec![receipt.clone()]);
            assert_eq!(reading.get_cursor("status")?.as_deref(), Some("page-7"));
            assert_eq!(reading.get_packet(id(1))?.state, PacketState::Acked);
            assert_eq!(reading.get_packet(id(1))?.attempts, 1);
            let chain = reading.get_packet_chain()?;
            assert_eq!((chain.counter, chain.manifest_hash), (3, packet(3).manifest_hash));
            assert_eq!(reading.list_status_entries(10)?.len(), 1);
            assert_eq!(reading.count_packets()?.len(), 2);
            Ok(())
        })
        .expect("read");
    let entry = outbox.read(|reading| reading.list_status_entries(1)).expect("listed")[0].id;
    outbox.write(|writing| writing.mark_status_entry_taken(entry)).expect("taken");
    assert!(outbox.read(|reading| reading.list_status_entries(10)).expect("listed").is_empty());
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

//! Every kept row changed, deleted and swapped in turn by someone who has the key: found, and where.

use rekam_domain::register::Book;
use rekam_store::{
    AuditDayRow, BreachKind, Chain, ChainBreach, ChainError, NewAudit, NewLine, Store, StoreError,
};
use rusqlite::types::Value;
use serde_json::json;

use crate::desk::{folder, id, image, journal, key, person, raw, step};

const ROWS: i64 = 6;

fn filled(folder: &std::path::Path) {
    let store = Store::create(folder, &key()).expect("created");
    store
        .write(|writing| {
            writing.insert_case(&person(1))?;
            writing.insert_case(&person(2))
        })
        .expect("two cases");
    for number in 0..ROWS {
        let bytes = image(u64::try_from(number).expect("small"), 600);
        let case = id(u64::try_from(number % 2).expect("small") + 1);
        journal(&store, &step(case, "finger", "3", &json!({ "q": number }), Some(&bytes)))
            .expect("journaled");
        store
            .write(|writing| {
                writing.append_audit(&NewAudit {
                    event: "step.saved",
                    actor: "op-1",
                    subject: &case.to_string(),
                    fields: &json!({ "n": number }),
                    wall_ms: number,
                })?;
                writing.insert_register_line(&NewLine {
                    book: Book::Rekam,
                    year: 2026,
                    columns: &json!({ "n": number }),
                    case: Some(case),
                    correction_of: None,
                    operator: "op-1",
                    wall_ms: number,
                })
            })
            .expect("audited");
        if number == 2 || number == ROWS - 1 {
            let head = store.read(|reading| reading.get_audit_head()).expect("read");
            store
                .write(|writing| {
                    writing.insert_audit_day(&AuditDayRow {
                        day: format!("2026-11-{number:02}"),
                        last_sequence: head.count,
                        hash: head.head,
                        signer: "station".into(),
                        signature: vec![1; 64],
                    })
                })
                .expect("signed");
        }
    }
    store.checkpoint().expect("moved");
    drop(store);
    let log = folder.join("station.db-wal");
    std::fs::remove_file(log).expect("the log is empty now");
    for chain in verify(folder) {
        assert_eq!(chain, None, "the untouched database is whole");
    }
}

/// The breach of audit, journal and registers, if there is one.
fn verify(folder: &std::path::Path) -> [Option<ChainBreach>; 3] {
    let store = Store::open(folder, &key()).expect("opens");
    let breach = |error: ChainError| match error {
        ChainError::Breach(breach) => breach,
        ChainError::Store(error) => panic!("unreadable: {error}"),
    };
    [
        store.verify_audit().err().map(breach),
        store.verify_journal().err().map(breach),
        store.verify_registers().err().map(breach),
    ]
}

/// Runs statements on a copy, with every guard dropped first, and verifies.
fn after(template: &std::path::Path, sql: &str) -> [Option<ChainBreach>; 3] {
    let copy = folder();
    for name in ["station.db", "station.check"] {
        std::fs::copy(template.join(name), copy.path().join(name)).expect("copied");
    }
    let connection = raw(copy.path(), "station.db");
    let guards: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .expect("listed");
    for guard in guards {
        connection.execute_batch(&format!("DROP TRIGGER {guard}")).expect("dropped");
    }
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    drop(connection);
    verify(copy.path())
}

#[test]
fn guards_refuse_changing_and_deleting() {
    let folder = folder();
    filled(folder.path());
    let connection = raw(folder.path(), "station.db");
    for table in ["audit", "audit_day", "step", "register_line"] {
        for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET hash = hash")] {
            let refused = connection.execute_batch(&sql);
            assert!(refused.is_err_and(|error| error.to_string().contains("never")), "{sql}");
        }
    }
    assert!(connection.execute_batch("DELETE FROM image").is_err(), "an image goes only on record");
    assert!(connection.execute_batch("UPDATE image SET bytes = x'00'").is_err());
}

#[test]
fn finds_every_changed_deleted_and_swapped_row() {
    let template = folder();
    filled(template.path());
    let connection = raw(template.path(), "station.db");
    let mut tried = 0;
    for (index, table, key_column) in
        [(0, "audit", "sequence"), (1, "step", "sequence"), (2, "register_line", "line")]
    {
        let columns: Vec<(String, String)> = connection
            .prepare(&format!("SELECT name, type FROM pragma_table_info('{table}')"))
            .and_then(|mut statement| {
                statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            })
            .expect("listed");
        for row in 1..=ROWS {
            for (column, kind) in columns.iter().filter(|(column, _)| column != key_column && column != "id")
            {
                let other: Value = match (kind.as_str(), column.as_str()) {
                    (_, "book") => Value::Text("REG-KIRIM".into()),
                    (_, "replaces" | "correction_of") if row == 1 => continue,
                    (_, "replaces" | "correction_of") => Value::Integer(1),
                    ("INTEGER", "case_number") => Value::Integer(1 + row % 2),
                    ("INTEGER", _) => Value::Integer(7_777),
                    ("TEXT", _) => Value::Text("{\"other\":1}".into()),
                    _ => Value::Blob(vec![9; 32]),
                };
                let literal = match other {
                    Value::Integer(number) => number.to_string(),
                    Value::Text(text) => format!("'{text}'"),
                    Value::Blob(_) => format!("x'{}'", "09".repeat(32)),
                    Value::Null | Value::Real(_) => unreachable!("not made here"),
                };
                let sql = format!("UPDATE {table} SET {column} = {literal} WHERE {key_column} = {row}");
                let found = after(template.path(), &sql)[index].clone();
                assert!(found.is_some(), "{sql}: not found");
                let where_it_is = found.expect("just seen").sequence;
                assert!(where_it_is <= row + 1, "{sql}: found at {where_it_is}");
                tried += 1;
            }
            let sql = format!("DELETE FROM {table} WHERE {key_column} = {row}");
            let found = after(template.path(), &sql)[index].clone().expect("a deleted row is found");
            assert_eq!(found.sequence, row, "{sql}");
            for other in (row + 1)..=ROWS {
                let sql = format!(
                    "UPDATE {table} SET {key_column} = 900000 WHERE {key_column} = {row};
                     UPDATE {table} SET {key_column} = {row} WHERE {key_column} = {other};
                     UPDATE {table} SET {key_column} = {other} WHERE {key_column} = 900000;"
                );
                let found = after(template.path(), &sql)[index].clone().expect("swapped rows are found");
                assert_eq!(found.sequence, row, "{sql}");
                tried += 2;
            }
        }
    }
    assert!(tried > 200, "only {tried} changes were tried");
}

#[test]
fn finds_a_tail_cut_together_with_its_head() {
    let template = folder();
    filled(template.path());
    let sql = "DELETE FROM audit WHERE sequence = 6;
        UPDATE head SET count = 5, hash = (SELECT hash FROM audit WHERE sequence = 5) WHERE chain = 'audit';";
    let found = after(template.path(), sql)[0].clone().expect("the signed day still names it");
    assert_eq!((found.chain, found.sequence, found.what), (Chain::Audit, 6, BreachKind::CutShort));
}

#[test]
fn finds_changed_heads_days_and_images() {
    let template = folder();
    filled(template.path());
    for (index, sql) in [
        (0, "UPDATE head SET count = 7 WHERE chain = 'audit'"),
        (0, "UPDATE head SET hash = zeroblob(32) WHERE chain = 'audit'"),
        (0, "DELETE FROM head WHERE chain = 'audit'"),
        (0, "UPDATE audit_day SET hash = zeroblob(32)"),
        (0, "UPDATE audit_day SET last_sequence = 40 WHERE last_sequence = 6"),
        (1, "DELETE FROM head WHERE chain = 'journal'"),
        (1, "UPDATE image SET bytes = x'ffd8' WHERE sequence = 4"),
        (1, "DELETE FROM image WHERE sequence = 4"),
        (1, "DELETE FROM case_file WHERE number = 2"),
        (2, "DELETE FROM register_line"),
        (2, "DELETE FROM head WHERE chain LIKE 'register%'"),
    ] {
        assert!(after(template.path(), sql)[index].is_some(), "{sql}: not found");
    }
}

#[test]
fn reading_a_case_checks_its_steps() {
    let template = folder();
    filled(template.path());
    let connection = raw(template.path(), "station.db");
    connection
        .execute_batch("DROP TRIGGER step_is_never_changed; UPDATE step SET body = '{}' WHERE sequence = 3")
        .expect("changed");
    drop(connection);
    let store = Store::open(template.path(), &key()).expect("opens");
    let read = store.read(|reading| reading.list_steps(id(1)));
    assert!(matches!(&read, Err(StoreError::Damaged { what }) if what.contains("step 3")), "{read:?}");
    assert!(store.read(|reading| reading.list_steps(id(2))).is_ok(), "the other case is untouched");
}

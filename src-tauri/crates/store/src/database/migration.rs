//! Schema changes: numbered, forward only, each in one transaction together with its number.

use rusqlite::{Connection, TransactionBehavior};

use super::disk;
use crate::error::{StoreError, from_sql};

/// One step of the schema; its number is its place in the list, counted from one.
#[derive(Debug)]
pub(crate) struct Migration {
    /// The statements.
    pub(crate) sql: &'static str,
}

/// The schema number of an open file.
pub(crate) fn schema_of(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Applies every migration the file does not have yet.
pub(crate) fn migrate(
    connection: &mut Connection,
    migrations: &[Migration],
    folder: &std::path::Path,
) -> Result<(), StoreError> {
    const OPERATION: &str = "bring the schema up to date";
    let fault = |error| from_sql(OPERATION, error, || disk::probe(folder, OPERATION));
    let found = schema_of(connection).map_err(fault)?;
    let mut number: i64 = 0;
    for migration in migrations {
        number += 1;
        if number <= found {
            continue;
        }
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fault)?;
        transaction.execute_batch(migration.sql).map_err(fault)?;
        transaction.pragma_update(None, "user_version", number).map_err(fault)?;
        transaction.commit().map_err(fault)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_no_half_migration() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plain.db");
        let sound = Migration { sql: "CREATE TABLE one (id INTEGER NOT NULL PRIMARY KEY) STRICT;" };
        // Cut behind each statement of the second migration, as a killed program would.
        for rest in
            ["no statement", "CREATE TABLE two (id INTEGER NOT NULL PRIMARY KEY) STRICT; no statement"]
        {
            let mut connection = Connection::open(&path).expect("opened");
            let refused = migrate(
                &mut connection,
                &[Migration { sql: sound.sql }, Migration { sql: rest.to_owned().leak() }],
                folder.path(),
            );
            assert!(refused.is_err());
            assert_eq!(schema_of(&connection).expect("read"), 1);
            let tables: i64 = connection
                .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
                .expect("read");
            assert_eq!(tables, 1, "the first stays whole, nothing of the second is there");
        }
        let mut connection = Connection::open(&path).expect("opened");
        let second = Migration { sql: "CREATE TABLE two (id INTEGER NOT NULL PRIMARY KEY) STRICT;" };
        let both = [sound, second];
        migrate(&mut connection, &both, folder.path()).expect("goes on from where it was");
        migrate(&mut connection, &both, folder.path()).expect("a second time changes nothing");
        assert_eq!(schema_of(&connection).expect("read"), 2);
    }
}

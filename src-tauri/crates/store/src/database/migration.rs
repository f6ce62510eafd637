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

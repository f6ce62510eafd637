//! How values of ours stand in columns.

use rekam_domain::packet::PacketState;
use rekam_domain::register::Book;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::canonical::Hash;
use crate::error::StoreError;

/// An id as the sixteen bytes it is stored as.
pub(crate) struct Id(pub(crate) Uuid);

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Uuid::from_slice(value.as_blob()?).map(Self).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

impl ToSql for Hash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for Hash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_slice(value.as_blob()?).ok_or(FromSqlError::InvalidType)
    }
}

/// An id in a column of this name.
pub(crate) fn id(row: &Row<'_>, column: &str) -> rusqlite::Result<Uuid> {
    row.get::<_, Id>(column).map(|id| id.0)
}

/// An id that may be absent.
pub(crate) fn optional_id(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Uuid>> {
    row.get::<_, Option<Id>>(column).map(|id| id.map(|id| id.0))
}

/// JSON in a column of this name.
pub(crate) fn json(row: &Row<'_>, column: &str) -> rusqlite::Result<serde_json::Value> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// A word of a closed vocabulary; one that is not in it was not written by us.
fn word<T>(row: &Row<'_>, column: &str, read: impl FnOnce(&str) -> Option<T>) -> rusqlite::Result<T> {
    read(row.get_ref(column)?.as_str()?)
        .ok_or_else(|| rusqlite::Error::InvalidColumnType(0, column.into(), rusqlite::types::Type::Text))
}

/// A book by its id.
pub(crate) fn book(row: &Row<'_>) -> rusqlite::Result<Book> {
    word(row, "book", Book::from_word)
}

/// The state of a packet.
pub(crate) fn packet_state(row: &Row<'_>) -> rusqlite::Result<PacketState> {
    word(row, "state", PacketState::from_word)
}

/// Refuses what is larger than a named limit.
pub(crate) fn at_most(what: &'static str, size: usize, size_max: usize) -> Result<(), StoreError> {
    if size > size_max { Err(StoreError::TooLarge { what, size, size_max }) } else { Ok(()) }
}

/// Time and chance as an id whose order is the order of making (UUID version 7).
#[must_use]
pub fn id_of(wall_ms: u64, chance: &[u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(wall_ms, chance).into_uuid()
}

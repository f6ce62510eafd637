//! The courier's stick: packets and notices to the office, receipts and status entries back. Laid out in `STICK.md`.
//!
//! It is file work and nothing else: what to carry and what a message means, the engine decides
//! (`Engine::list_for_courier`, `Engine::handle_import` with `Way::Disk`).

mod export;
mod import;
mod place;

use std::io;

use rekam_packet::{NoticeRefusal, SignerError};

pub use export::{Exported, Item, ItemKind, export};
pub use import::{Imported, Spoilt, import, read_bundle};

/// Files one list may name.
const FILES_MAX: usize = 16_384;

/// Why a stick was not filled or not read.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// Not even the first item has room.
    #[error("the stick has no room: {free} bytes free, {needed} needed")]
    Full {
        /// Bytes that are free.
        free: u64,
        /// Bytes the first item needs.
        needed: u64,
    },
    /// What was read back is not what was written.
    #[error("the stick did not keep {name} as it was written")]
    NotKept {
        /// The file.
        name: String,
    },
    /// There is nothing for this station on it.
    #[error("nothing on the stick for this station")]
    Nothing,
    /// The list is signed by nobody this station knows.
    #[error("a stranger's stick, it says it is from {from:?}: {refusal}")]
    Stranger {
        /// Whom it claims to be from.
        from: String,
        /// What is wrong with the list.
        refusal: NoticeRefusal,
    },
    /// The list is for somebody else.
    #[error("the stick is for {to:?}")]
    Elsewhere {
        /// For whom.
        to: String,
    },
    /// The list cannot be read as one.
    #[error("the list on the stick is damaged: {0}")]
    List(NoticeRefusal),
    /// The list could not be signed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The outbox did not give the bytes of an item.
    #[error("the outbox did not give {name}: {error}")]
    Source {
        /// The item's file.
        name: String,
        /// What it said.
        error: io::Error,
    },
    /// The stick itself refused.
    #[error("cannot {operation} the stick: {error}")]
    Disk {
        /// What was tried.
        operation: &'static str,
        /// What it said.
        error: io::Error,
    },
}

/// Names what was tried when the stick refused.
fn on_disk<E: Into<io::Error>>(operation: &'static str) -> impl FnOnce(E) -> CourierError {
    move |error| CourierError::Disk { operation, error: error.into() }
}

//! The office side: takes packets in, verifies, keeps and receipts them.
//!
//! What it is: the reference receiver, on one folder: SQLite for what it remembers, files for what it keeps. The line is
//! described in `WIRE.md`, what travels in `FORMAT.md` of `rekam-packet`; from these two pages it could be replaced.
//! What it must never do: give a receipt before packet and ledger are on the disk, open a packet without a passphrase,
//! log or measure anything about a person, or believe a station that its ledger does not know.
//!
//! ```
//! use rekam_receiver::office::{First, Office};
//!
//! let folder = tempfile::tempdir()?;
//! let office = Office::open(folder.path(), &First { name: Some("disdukcapil-contoh"), ..First::default() })?;
//! assert_eq!(office.keys.left().len(), 2, "passphrase and escrow key are still to be carried away");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod admission;
pub mod authority;
pub mod backup;
pub mod blob;
pub mod check;
pub mod courier;
pub mod demonstration;
pub mod embedded;
pub mod ingest;
pub mod keys;
pub mod ledger;
pub mod line;
pub mod log;
pub mod office;
pub mod opening;
pub mod serving;

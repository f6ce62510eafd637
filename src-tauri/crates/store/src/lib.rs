//! The encrypted database of the station, and its outbox: every "saved" the desk says is a promise made here.
//!
//! What it is: two SQLCipher databases in the station's folder. The *store* (cases, journal with images, audit, books,
//! numbers, master data) opens with the key of a person who signed in; the *outbox* (sealed packets, receipts, packet
//! chain) opens with the station's transport key and works while the screen is locked. All SQL of the station is here.
//! The *mirror*, the *backup* and the restoration copy both, and the plain files beside them, without any key.
//!
//! What it must never do: answer "saved" before the bytes are synced; try a failed sync again as if nothing had
//! happened; change or delete a step, an audit entry or a register line; use a number twice; overwrite a damaged
//! database; let a row with a person in it be printed. It reads no clock and draws no chance: both are given.
//!
//! ```
//! use rekam_store::{DatabaseKey, NewAudit, Store, StoreError};
//!
//! let folder = tempfile::tempdir()?;
//! let key = DatabaseKey::from_bytes(&[7; 32]);
//! let store = Store::create(folder.path(), &key)?;
//! let sequence = store.write(|writing| {
//!     writing.append_audit(&NewAudit {
//!         event: "station.created",
//!         actor: "sup-1",
//!         subject: "",
//!         fields: &serde_json::json!({ "office": "3671.09" }),
//!         wall_ms: 1_795_140_000_000,
//!     })
//! })?;
//! assert_eq!(sequence, 1);
//! assert!(matches!(Store::open(folder.path(), &key), Err(StoreError::AlreadyOpen)));
//! drop(store);
//! let wrong = DatabaseKey::from_bytes(&[8; 32]);
//! assert!(matches!(Store::open(folder.path(), &wrong), Err(StoreError::WrongKey)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod backup;
mod ballast;
mod canonical;
mod case_file;
mod chain;
mod clock;
mod database;
mod delivery;
mod error;
mod journal;
mod key;
mod master;
mod mirror;
mod number;
mod office;
pub mod outbox;
mod packet;
mod register;
mod restore;
mod roster;
mod search;
mod setting;
mod sql;
mod store;
mod task;

pub use audit::{AuditDayRow, AuditRow, FIELDS_BYTES_MAX, NewAudit};
pub use backup::{
    BACKUPS_KEPT, BackupEntry, PART_BYTES_MAX, backup_create, backup_create_by, backup_list, backup_verify,
};
pub use ballast::{BALLAST_BYTES, has_ballast, release_ballast, restore_ballast};
pub use canonical::{HASH_BYTES, Hash};
pub use case_file::{CaseFilter, CaseRow};
pub use chain::{BreachKind, Chain, ChainBreach, ChainError, ChainState};
pub use clock::OfficeTimeRow;
pub use database::{LOG_BYTES_MAX, LOG_BYTES_WISHED, Reading, Writing};
pub use delivery::{PacketNoticeRow, TakenReceiptRow};
pub use error::{Cause, StoreError};
pub use journal::{BODY_BYTES_MAX, IMAGE_BYTES_MAX, ImageRow, NewImage, NewStep, StepMark, StepRow};
pub use key::{DatabaseKey, KEY_BYTES, TransportKey};
pub use master::{PROFILE_BYTES_MAX, ProfileVersionRow, REGIONS_MAX, RegionEditionRow, RegionRow};
pub use mirror::{CopyReport, Hand, Mirror, MirrorError, MirrorProblem, MirrorState, mirror_verify};
pub use number::{NumberBlockRow, NumberShareRow, NumberTakenRow, TicketRow};
pub use office::{DeviceRow, OutageRow, ScheduleSlotRow};
pub use outbox::Outbox;
pub use packet::{ApprovalRow, CentralStatusRow, PacketRow};
pub use register::{LINE_BYTES_MAX, NewLine, RegisterLineRow};
pub use restore::{is_restore_unfinished, restore, restore_by, restore_database};
pub use roster::{ROSTER_PERSONS_MAX, RosterPersonRow, RosterSourceRow};
pub use search::{FOUND_MAX, SOUGHT_LETTERS_MAX};
pub use setting::{AccountCardRow, VALUE_BYTES_MAX};
pub use sql::id_of;
pub use store::Store;
pub use task::TaskRow;
pub use uuid::Uuid;

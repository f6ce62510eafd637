//! Cutting the power: every block a program writes and every flush is recorded, and what the disk could hold
//! after a cut at any moment is put together again.
//!
//! ```
//! use rekam_tests::power_cut::{Flushes, Recording, Request};
//!
//! let write = |offset, byte, acknowledged| Request { offset, bytes: Some(vec![byte; 4096]), acknowledged };
//! let flush = Request { offset: 0, bytes: None, acknowledged: 0 };
//! let recording = Recording::of(vec![write(0, 1, 0), flush, write(4096, 2, 9)], b"kept one\n".to_vec());
//! // Cut after the flush and before the last write: the promise of the ninth byte was given by then.
//! let cut = recording.cut_at(2, Flushes::Obeyed);
//! assert_eq!(recording.promised(&cut), ["kept one"]);
//! assert_eq!((cut.durable, cut.at), (2, 2));
//! ```

mod disk;
mod states;

pub use disk::{Disk, Mounted, Tools};
pub use states::{Cut, Flushes, Recording, Request};

//! Who can open the station, and with which keys.
//!
//! What it is: a folder with one file for each account. A person's secret (Argon2id) opens that person's slot, which
//! holds the station's database key and the person's own Ed25519 signing seed; the office's recovery key opens the
//! database key alone. Tries are counted on the disk before a secret is looked at, and slowed, and limited.
//!
//! What it must never do: write a key or anything about a person in clear (the id and public keys are; the transport
//! key is, see [`TransportKey`]); look at a clock or a role (time is an argument, permission is checked by the core);
//! overwrite a file that may be the only way to the database; say more about a wrong secret than that it was wrong.
//!
//! ```
//! use rekam_keys::{Context, Cost, KeyRing, NewAccount, Secret};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let keys = folder.path().join("keys");
//! # let cost = Cost::new(64, 1, 1)?; // a station takes Cost::STATION
//! let id = "siti".parse()?;
//! let secret = Secret::new("kopi susu pagi hari".to_owned());
//! let first = NewAccount { id: &id, secret: &secret, card: b"name, roles, decree" };
//! let created = KeyRing::create(&keys, &first, cost, 1_795_000_000_000)?;
//! let printed_once = created.recovery.printed();
//! drop(created); // locked
//!
//! let mut ring = KeyRing::open(&keys, cost)?;
//! let unlocked = ring.unlock(&id, &secret, 1_795_000_060_000)?;
//! let pragma = format!("PRAGMA key = \"{}\"", *unlocked.opened().database_key_sqlcipher());
//! let signature = unlocked.sign(Context::APPROVAL, b"this one case");
//! unlocked.public_key().verify(Context::APPROVAL, b"this one case", &signature)?;
//! # assert!(pragma.len() > 64 && printed_once.len() == 47);
//! # Ok(())
//! # }
//! ```
//!
//! What it cannot do, said openly:
//! * Without hardware binding ([`TrustLevel::Software`]) a copied folder can be guessed at elsewhere, past all counting;
//!   then only the passphrase and Argon2id stand. That is why a PIN is refused there.
//! * With it ([`Cost::with`] a [`Tpm`] that limits guesses, see [`Tpm::guard`]) a copied folder is worthless without the
//!   chip, and in front of the chip a guess an hour is left. Probes on the chip's wires while somebody signs in see what
//!   is needed to guess elsewhere; the recovery key is bound to nothing, for it must open on another computer; and the
//!   time an unlock takes tells a bound account from an id that does not exist (the screen lists the ids anyway).
//! * Whoever may write the folder can put back an older copy of it (fewer tries counted, a card of yesterday), and
//!   whoever may set the clock forward shortens a wait, though not the number of tries.
//! * Key memory is wiped when dropped and stays at one address, but it is not kept out of swap or core dumps: locking
//!   pages needs `unsafe` or locks of whole pages shared by accident. The programs do it for the whole process
//!   (`rekam_core::memory`: no core dump ever, pages locked where the system sets no limit); registers are outside our reach, and stack frames are washed after signing only.

mod account;
mod account_file;
mod attempts;
mod binding;
mod cost;
mod disk;
mod error;
mod file;
mod hardware;
mod opened;
mod recovery;
mod ring;
mod seal;
mod secret;
mod signing;
mod station_file;
mod tpm;
mod transport;

#[cfg(test)]
mod faults;
#[cfg(test)]
mod memory;

pub use account::{AccountId, AccountIdError, ID_LENGTH_MAX, ID_LENGTH_MIN};
pub use account_file::{CARD_BYTES_MAX, KEYS_MAX, KeySpan};
pub use attempts::{TRIES_FREE, TRIES_MAX, WAIT_MS_MAX, WAIT_MS_MIN, WaitReason};
pub use binding::{Protection, TrustLevel};
pub use cost::{Cost, CostError, LANES_MAX, MEMORY_KIB_MAX, PASSES_MAX, WORK_KIB_MAX};
pub use error::{FileError, RingError, UnlockError};
pub use file::VERSION;
pub use hardware::HardwareError;
pub use opened::{Opened, Unlocked};
pub use recovery::{RECOVERY_KEY_LENGTH, RecoveryKey, RecoveryKeyError};
pub use ring::{AccountRecord, Created, KeyRing, NewAccount, OpenedCard, RefusedTries};
pub use secret::{
    PASSPHRASE_LENGTH_MIN, PIN_LENGTH_MIN, SECRET_BYTES_MAX, Secret, SecretError, check_secret,
};
pub use signing::{Context, PublicKey, SigStructureError, Signature, SignatureError};
pub use tpm::Tpm;
pub use transport::TransportKey;

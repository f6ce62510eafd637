//! How much work one guess of a secret costs.

use std::io;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use crate::disk::step;
use crate::error::FileError;
use crate::seal::{Key, empty_key};
use crate::secret::Secret;

/// Most memory a file may ask for: a station has 4 GiB and must not be stopped by a forged file.
pub const MEMORY_KIB_MAX: u32 = 512 * 1024;
/// Most passes a file may ask for.
pub const PASSES_MAX: u32 = 16;
/// Most lanes a file may ask for.
pub const LANES_MAX: u32 = 4;
/// Most work in all (memory times passes): about ten seconds on a slow desk.
pub const WORK_KIB_MAX: u64 = 2 * 1024 * 1024;
/// Bytes of a salt.
pub(crate) const SALT_BYTES: usize = 16;

/// Argon2id parameters; always given by the caller, never by the environment or a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The parameters are outside what is computed here.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("Argon2id parameters are out of range")]
pub struct CostError;

impl Cost {
    /// What a station uses: 64 MiB, three passes, one lane (measured in `tests/unlock_time.rs`).
    pub const STATION: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Other parameters, for tests and demonstrations; a station uses [`Cost::STATION`].
    ///
    /// # Errors
    /// Parameters Argon2id cannot take, or more work than [`WORK_KIB_MAX`] and its siblings allow.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostError> {
        let cost = Self { memory_kib, passes, lanes };
        let bounded = memory_kib <= MEMORY_KIB_MAX
            && passes <= PASSES_MAX
            && lanes <= LANES_MAX
            && u64::from(memory_kib) * u64::from(passes) <= WORK_KIB_MAX;
        if bounded && cost.params().is_ok() { Ok(cost) } else { Err(CostError) }
    }

    pub(crate) fn parts(self) -> [u32; 3] {
        [self.memory_kib, self.passes, self.lanes]
    }

    fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
    }
}

/// What a secret and its salt come to; a chip's factor is mixed in afterwards (`binding`).
pub(crate) fn stretched(secret: &Secret, salt: &[u8; SALT_BYTES], cost: Cost) -> Result<Key, FileError> {
    let refused = |kind, text: String| FileError::io("derive wrapping key", "", io::Error::new(kind, text));
    step("derive wrapping key").map_err(|source| FileError::io("derive wrapping key", "", source))?;
    let params = cost.params().map_err(|error| refused(io::ErrorKind::InvalidInput, error.to_string()))?;
    // Own memory, so that it can be wiped: its last blocks are as good as the wrapping key.
    let mut memory = Zeroizing::new(Vec::<Block>::new());
    memory
        .try_reserve_exact(params.block_count())
        .map_err(|error| refused(io::ErrorKind::OutOfMemory, error.to_string()))?;
    memory.resize(params.block_count(), Block::default());
    let mut key = empty_key();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(secret.bytes(), salt, key.as_mut_slice(), memory.as_mut_slice())
        .map_err(|error| refused(io::ErrorKind::InvalidInput, error.to_string()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_bombs() {
        for (memory, passes, lanes) in [
            (u32::MAX, 1, 1),
            (64 * 1024, 1000, 1),
            (1024, 1, 200),
            (512 * 1024, 16, 1),
            (0, 1, 1),
            (8, 0, 1),
        ] {
            assert_eq!(Cost::new(memory, passes, lanes), Err(CostError));
        }
        let [memory, passes, lanes] = Cost::STATION.parts();
        assert_eq!(Cost::new(memory, passes, lanes), Ok(Cost::STATION));
    }

    #[test]
    fn agrees_with_the_plain_call() {
        let cost = Cost::new(64, 2, 1).unwrap();
        let mut plain = [0u8; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 2, 1, Some(32)).unwrap())
            .hash_password_into(b"kopi susu pagi", &[7; 16], &mut plain)
            .unwrap();
        let key = stretched(&Secret::new("kopi susu pagi".into()), &[7; 16], cost).unwrap();
        assert_eq!(**key, plain);
    }
}

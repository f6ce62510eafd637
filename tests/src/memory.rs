//! The memory of another process, and what can be found in it.
//!
//! ```
//! use rekam_tests::memory::{count, sqlcipher_seal_key};
//!
//! assert_eq!(count(b"a key, and the key again", b"key"), 2);
//! assert_ne!(sqlcipher_seal_key(&[1; 32], &[2; 16]), sqlcipher_seal_key(&[1; 32], &[3; 16]));
//! ```

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};

use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256, Sha512};

/// A page of memory.
const PAGE_BYTES: u32 = 4096;

/// The page is in memory, or in the swap.
const IS_THERE: u64 = 0b11 << 62;

/// Every page a process can write to and has used: heap, stacks, data, whatever it has mapped.
///
/// A web view reserves dozens of gigabytes of addresses and uses few of them, so each page is asked for first.
///
/// # Errors
/// It cannot be looked at.
pub fn writable_memory(process: u32) -> Result<Vec<u8>> {
    let ranges = fs::read_to_string(format!("/proc/{process}/smaps"))?;
    let mut pages = File::open(format!("/proc/{process}/pagemap"))?;
    let mut memory = File::open(format!("/proc/{process}/mem"))
        .context("the memory of another process cannot be read here: run this as root")?;
    let (each, grain) = (u64::from(PAGE_BYTES), usize::try_from(PAGE_BYTES)?);
    let (mut all, mut range) = (Vec::new(), None);
    for line in ranges.lines() {
        let mut words = line.split_whitespace();
        let (Some(first), Some(second)) = (words.next(), words.next()) else { continue };
        if let Some((start, end)) = first.split_once('-') {
            range = Some((u64::from_str_radix(start, 16)?, u64::from_str_radix(end, 16)?))
                .filter(|_| second.starts_with("rw"));
        }
        // Nothing of a range is read that has no page at all.
        if first == "Rss:"
            && second != "0"
            && let Some((start, end)) = range.take()
        {
            let mut known = vec![0; usize::try_from((end - start) / each * 8)?];
            pages.seek(SeekFrom::Start(start / each * 8))?;
            pages.read_exact(&mut known)?;
            for (page, entry) in (start..end).step_by(grain).zip(known.as_chunks::<8>().0) {
                if u64::from_le_bytes(*entry) & IS_THERE != 0 {
                    memory.seek(SeekFrom::Start(page))?;
                    // A page that is gone meanwhile is skipped.
                    let _ = memory.by_ref().take(each).read_to_end(&mut all);
                }
            }
        }
    }
    Ok(all)
}

/// How often something stands in a memory.
#[must_use]
pub fn count(memory: &[u8], sought: &[u8]) -> usize {
    let Some((first, rest)) = sought.split_first() else { return 0 };
    let begins = memory.iter().enumerate().filter(|(_, byte)| *byte == first);
    begins.filter(|(place, _)| memory.get(place + 1..).is_some_and(|after| after.starts_with(rest))).count()
}

/// The seed behind a public key, if it stands in a memory where an allocation may begin.
#[must_use]
pub fn seed_of(memory: &[u8], public_key: &[u8; 32]) -> Option<[u8; 32]> {
    /// Thirty-two random bytes have thirty different ones; what has fewer than these is no key.
    const DIFFERENT_MIN: u32 = 22;
    /// Allocations begin at multiples of this.
    const GRAIN: usize = 16;
    (0..memory.len().saturating_sub(32)).step_by(GRAIN).find_map(|place| {
        let seed: [u8; 32] = memory.get(place..place + 32)?.try_into().ok()?;
        let mut seen = [0_u64; 4];
        for byte in seed {
            if let Some(word) = seen.get_mut(usize::from(byte / 64)) {
                *word |= 1 << (byte % 64);
            }
        }
        let different: u32 = seen.iter().map(|word| word.count_ones()).sum();
        let fits = different >= DIFFERENT_MIN
            && SigningKey::from_bytes(&seed).verifying_key().as_bytes() == public_key;
        fits.then_some(seed)
    })
}

/// The key SQLCipher seals pages with: two rounds of PBKDF2 over the database key, salted with the masked start of the
/// file.
#[must_use]
pub fn sqlcipher_seal_key(key: &[u8; 32], salt: &[u8; 16]) -> [u8; 32] {
    const MASK: u8 = 0x3a;
    let mut message: Vec<u8> = salt.iter().map(|byte| byte ^ MASK).collect();
    message.extend_from_slice(&1_u32.to_be_bytes());
    let first = hmac_sha512(key, &message);
    let second = hmac_sha512(key, &first);
    let mut seal = [0; 32];
    for ((place, one), two) in seal.iter_mut().zip(first).zip(second) {
        *place = one ^ two;
    }
    seal
}

/// Whether this key seals the first page of a database (HMAC-SHA256 over what follows the salt, and the page's number).
#[must_use]
pub fn seals_first_page(seal_key: &[u8; 32], page: &[u8]) -> bool {
    const SALT_BYTES: usize = 16;
    const SEAL_BYTES: usize = 32;
    let Some(end) = page.len().checked_sub(SEAL_BYTES) else { return false };
    let Some((body, seal)) = page.split_at_checked(end) else { return false };
    let mut message = body.get(SALT_BYTES..).unwrap_or_default().to_vec();
    message.extend_from_slice(&1_u32.to_le_bytes());
    let inner = Sha256::new().chain_update(pad::<64>(seal_key, INNER)).chain_update(message).finalize();
    Sha256::new().chain_update(pad::<64>(seal_key, OUTER)).chain_update(inner).finalize().as_slice() == seal
}

/// The two paddings of HMAC.
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

fn pad<const BLOCK: usize>(key: &[u8; 32], with: u8) -> [u8; BLOCK] {
    let mut block = [with; BLOCK];
    block.iter_mut().zip(key).for_each(|(place, byte)| *place ^= byte);
    block
}

fn hmac_sha512(key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let inner = Sha512::new().chain_update(pad::<128>(key, INNER)).chain_update(message).finalize();
    Sha512::new().chain_update(pad::<128>(key, OUTER)).chain_update(inner).finalize().into()
}

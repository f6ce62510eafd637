//! The write-ahead log, looked at before SQLite reads it.
//!
//! Two things SQLite cannot know. First: a log whose end does not add up is normal after a power cut, but a broken
//! frame with later transactions behind it is not, because each transaction was synced before the next began; SQLite
//! would drop them all without a word. Second: after a failed sync the system says "synced" the next time although the
//! bytes may be in memory only. So what will be relied on is written again, byte for byte in place, and synced.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::{StoreError, from_io};

const OPERATION: &str = "look at the log";
/// The head of a log.
pub(crate) const HEADER_BYTES: u64 = 32;
/// What stands before each page in the log.
pub(crate) const FRAME_HEADER_BYTES: u64 = 24;
/// A page.
const PAGE_BYTES: u64 = 4096;
/// One frame: its header and a page.
pub(crate) const FRAME_BYTES: u64 = FRAME_HEADER_BYTES + PAGE_BYTES;
/// First word of a log; its last bit says in which order the sums read their words.
pub(crate) const MAGIC: u32 = 0x377f_0682;

/// The running sum over a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) is_big_endian: bool,
}

impl Sum {
    pub(crate) fn add(mut self, bytes: &[u8]) -> Self {
        let (pairs, _) = bytes.as_chunks::<8>();
        for [a, b, c, d, e, f, g, h] in pairs.iter().copied() {
            let (one, two) = if self.is_big_endian {
                (u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]))
            } else {
                (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))
            };
            self.first = self.first.wrapping_add(one).wrapping_add(self.second);
            self.second = self.second.wrapping_add(two).wrapping_add(self.first);
        }
        self
    }

    pub(crate) fn says(self, bytes: &[u8], at: usize) -> bool {
        word(bytes, at) == self.first && word(bytes, at + 4) == self.second
    }
}

pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// What a walk over the log found.
#[derive(Debug, PartialEq, Eq)]
struct Walk {
    /// Frames of the present run of the log, the last of them counted from one.
    last_of_run: u64,
    /// A broken frame with a whole later transaction behind it.
    broken: Option<u64>,
}

/// Makes sure that what SQLite is going to read is what was acknowledged, and that it is on the disk.
pub(super) fn make_trustworthy(path: &Path) -> Result<(), StoreError> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(from_io(OPERATION, error)),
    };
    let length = file.metadata().map_err(|error| from_io(OPERATION, error))?.len();
    if length < HEADER_BYTES {
        return Ok(());
    }
    let Some(walk) = walk(&file, length)? else { return Ok(()) };
    if let Some(frame) = walk.broken {
        return Err(StoreError::damaged(format!("frame {frame} of the log")));
    }
    write_again(&file, HEADER_BYTES + walk.last_of_run * FRAME_BYTES)
}

fn read_at(file: &File, buffer: &mut [u8], at: u64) -> Result<(), StoreError> {
    file.read_exact_at(buffer, at)
        .map_err(|error| StoreError::ReadFailed { operation: OPERATION, source: Box::new(error) })
}

fn walk(file: &File, length: u64) -> Result<Option<Walk>, StoreError> {
    let mut header = [0_u8; HEADER_BYTES as usize];
    read_at(file, &mut header, 0)?;
    if header.iter().all(|byte| *byte == 0) {
        // Created and never synced: nothing was acknowledged in it.
        return Ok(None);
    }
    let (summed, _) = header.split_at(HEADER_BYTES as usize - 8);
    let magic = word(&header, 0);
    let start = Sum { first: 0, second: 0, is_big_endian: magic & 1 == 1 }.add(summed);
    if magic & !1 != MAGIC || u64::from(word(&header, 8)) != PAGE_BYTES || !start.says(&header, 24) {
        return Err(StoreError::damaged("the head of the log"));
    }
    let salts = (word(&header, 16), word(&header, 20));
    let frames = (length - HEADER_BYTES) / FRAME_BYTES;
    let mut sum = start;
    let mut walk = Walk { last_of_run: 0, broken: None };
    let mut first_bad = None;
    let mut is_closed_after_bad = false;
    let mut frame = vec![0_u8; FRAME_BYTES as usize];
    for number in 1..=frames {
        let at = HEADER_BYTES + (number - 1) * FRAME_BYTES;
        if first_bad.is_none() {
            read_at(file, &mut frame, at)?;
        } else if let Some(head) = frame.get_mut(..FRAME_HEADER_BYTES as usize) {
            read_at(file, head, at)?;
        }
        let is_of_run = (word(&frame, 8), word(&frame, 12)) == salts;
        if first_bad.is_none() {
            let next = sum.add(frame.get(..8).unwrap_or_default());
            let next = next.add(frame.get(FRAME_HEADER_BYTES as usize..).unwrap_or_default());
            if is_of_run && next.says(&frame, 16) {
                sum = next;
                walk.last_of_run = number;
                continue;
            }
            first_bad = Some(number);
        }
        if is_of_run {
            walk.last_of_run = number;
            if is_closed_after_bad {
                walk.broken = first_bad;
                return Ok(Some(walk));
            }
            is_closed_after_bad = word(&frame, 4) != 0;
        }
    }
    Ok(Some(walk))
}

fn write_again(file: &File, length: u64) -> Result<(), StoreError> {
    const PIECE_BYTES: u64 = 1024 * 1024;
    let mut piece = vec![0_u8; PIECE_BYTES as usize];
    let mut at = 0;
    while at < length {
        let size = usize::try_from(PIECE_BYTES.min(length - at)).unwrap_or_default();
        let Some(part) = piece.get_mut(..size) else { break };
        read_at(file, part, at)?;
        file.write_all_at(part, at).map_err(|error| from_io("write the log again", error))?;
        at += PIECE_BYTES;
    }
    file.sync_all().map_err(|error| from_io("sync the log", error))
}

//! Reading a write-ahead log from outside, without any key: SQLite's documented format, whole transactions only.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::database::{FRAME_BYTES, FRAME_HEADER_BYTES, HEADER_BYTES, MAGIC, Sum, word};

pub(super) const HEAD: usize = HEADER_BYTES as usize;
pub(super) const FRAME: usize = FRAME_BYTES as usize;
const FRAME_HEAD: usize = FRAME_HEADER_BYTES as usize;
const PAGE: u32 = 4096;
/// The only version of the format there is.
const VERSION: u32 = 3_007_000;
/// Frames read at once: a megabyte.
const PIECE_FRAMES: usize = 256;

/// The head of a log: it changes with every run of the log, so it names the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head(pub(crate) [u8; HEAD]);

/// The two random words that mark every frame of a run.
pub(super) type Salts = (u32, u32);

impl Head {
    /// Reads the bytes, if they are a whole head of a log with our pages.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; HEAD] = bytes.try_into().ok()?;
        let head = Self(bytes);
        let is_head = word(&bytes, 0) & !1 == MAGIC
            && word(&bytes, 4) == VERSION
            && word(&bytes, 8) == PAGE
            && head.start().says(&bytes, 24);
        is_head.then_some(head)
    }

    /// The sum before the first frame.
    pub(crate) fn start(&self) -> Sum {
        let (summed, _) = self.0.split_at(HEAD - 8);
        Sum { first: 0, second: 0, is_big_endian: word(&self.0, 0) & 1 == 1 }.add(summed)
    }

    pub(super) fn salts(&self) -> Salts {
        (word(&self.0, 16), word(&self.0, 20))
    }

    /// How often the log was begun again.
    pub(super) fn count(&self) -> u32 {
        word(&self.0, 12)
    }

    /// Whether SQLite made `next` when it began this very log again.
    pub(super) fn is_followed_by(&self, next: &Self) -> bool {
        self.count().wrapping_add(1) == next.count() && self.salts().0.wrapping_add(1) == next.salts().0
    }
}

/// A place in a log between two transactions; the sum stands for everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) head: Head,
    pub(crate) frames: u64,
    pub(crate) sum: Sum,
    /// Pages of the database after the last transaction.
    pub(crate) pages: u32,
}

impl Place {
    pub(super) fn start(head: Head) -> Self {
        Self { head, frames: 0, sum: head.start(), pages: 0 }
    }

    /// Bytes of the log up to here.
    pub(super) fn bytes(&self) -> u64 {
        HEADER_BYTES + self.frames * FRAME_BYTES
    }
}

/// Why reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// No further whole frame in the file.
    End,
    /// A frame of another run.
    OtherRun(Salts),
    /// A frame of this run that does not add up.
    Broken,
    /// Enough for one step.
    Limit,
}

/// Whole transactions behind a place.
#[derive(Debug)]
pub(super) struct Scan {
    /// Their frames.
    pub(super) bytes: Vec<u8>,
    /// The place behind them.
    pub(super) place: Place,
    pub(super) stop: Stop,
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn read_up_to(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, at + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// The head of a log file; nothing where none is readable.
pub(super) fn read_head(file: &File) -> io::Result<Option<Head>> {
    let mut bytes = [0; HEAD];
    let read = read_up_to(file, &mut bytes, 0)?;
    Ok(if read == HEAD { Head::parse(&bytes) } else { None })
}

/// Salts and sum of the frame that ends at `frames`, compared with what a place says of it.
pub(super) fn ends_at(file: &File, place: &Place) -> io::Result<bool> {
    if place.frames == 0 {
        return Ok(true);
    }
    let mut bytes = [0; FRAME_HEAD];
    let read = read_up_to(file, &mut bytes, place.bytes() - FRAME_BYTES)?;
    let salts = (word(&bytes, 8), word(&bytes, 12));
    Ok(read == FRAME_HEAD && salts == place.head.salts() && place.sum.says(&bytes, 16))
}

/// Reads whole transactions from a place on, until there is no more or `bytes_max` is passed by a whole one.
pub(super) fn scan(file: &File, from: Place, bytes_max: usize) -> io::Result<Scan> {
    let (mut place, mut sum, mut number) = (from, from.sum, from.frames);
    let (mut bytes, mut whole) = (Vec::new(), 0);
    let mut piece = vec![0; PIECE_FRAMES * FRAME];
    let stop = 'reading: loop {
        let read = read_up_to(file, &mut piece, HEADER_BYTES + number * FRAME_BYTES)?;
        let filled = piece.get(..read).unwrap_or_default();
        for frame in filled.chunks_exact(FRAME) {
            let salts = (word(frame, 8), word(frame, 12));
            if salts != from.head.salts() {
                break 'reading Stop::OtherRun(salts);
            }
            let next =
                sum.add(frame.get(..8).unwrap_or_default()).add(frame.get(FRAME_HEAD..).unwrap_or_default());
            if word(frame, 0) == 0 || !next.says(frame, 16) {
                break 'reading Stop::Broken;
            }
            sum = next;
            number += 1;
            bytes.extend_from_slice(frame);
            let pages = word(frame, 4);
            if pages != 0 {
                place = Place { head: from.head, frames: number, sum, pages };
                whole = bytes.len();
                if whole >= bytes_max {
                    break 'reading Stop::Limit;
                }
            }
        }
        if read < piece.len() {
            break Stop::End;
        }
    };
    bytes.truncate(whole);
    Ok(Scan { bytes, place, stop })
}

/// Ends of transactions of this run that stand behind a broken frame.
pub(super) fn ends_behind(file: &File, place: &Place) -> io::Result<usize> {
    let mut number = place.frames;
    let mut found = 0;
    let mut bytes = [0; FRAME_HEAD];
    loop {
        number += 1;
        if read_up_to(file, &mut bytes, HEADER_BYTES + number * FRAME_BYTES)? < FRAME_HEAD {
            return Ok(found);
        }
        if (word(&bytes, 8), word(&bytes, 12)) == place.head.salts() && word(&bytes, 4) != 0 {
            found += 1;
        }
    }
}

/// The last frame of every page in a log up to a place, by page number; frames count from zero.
pub(super) fn last_frames(file: &File, place: &Place) -> io::Result<Option<BTreeMap<u32, u64>>> {
    let mut frames = BTreeMap::new();
    let mut at = Place::start(place.head);
    while at.frames < place.frames {
        let scan = scan(file, at, PIECE_FRAMES * FRAME)?;
        if scan.place.frames <= at.frames {
            return Ok(None);
        }
        for (number, frame) in scan.bytes.chunks_exact(FRAME).enumerate() {
            let number = at.frames + number as u64;
            if number < place.frames {
                frames.insert(word(frame, 0), number);
            }
        }
        at = scan.place;
    }
    // The walk may have gone on to a later transaction; the sum of our last frame stands for all before it.
    Ok(ends_at(file, place)?.then_some(frames))
}

/// The page of a frame.
pub(super) fn page_of(file: &File, frame: u64) -> io::Result<Vec<u8>> {
    let mut page = vec![0; PAGE as usize];
    file.read_exact_at(&mut page, HEADER_BYTES + frame * FRAME_BYTES + FRAME_HEADER_BYTES)?;
    Ok(page)
}

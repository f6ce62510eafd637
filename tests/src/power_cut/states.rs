//! What a disk may hold after a cut: everything up to the last flush, and of what came later any part in any order.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// What a file system takes for one block. A disk may keep or lose each of them.
const BLOCK: usize = 4096;
/// What a disk writes whole.
const SECTOR: usize = 512;
/// How many flushes back the last one that counts may lie, where flushes are not obeyed.
const FLUSHES_IGNORED_MAX: u64 = 40;

/// A small generator of our own, so that a state can be built again from its number.
#[derive(Debug)]
struct Chance(u64);

impl Chance {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most.max(1)
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.up_to(length as u64)).unwrap_or(0)
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.up_to(100) < chance
    }
}

/// One request that reached the disk: a write with its bytes, or a flush.
#[derive(Debug)]
pub struct Request {
    /// Where it was written.
    pub offset: u64,
    /// Nothing for a flush.
    pub bytes: Option<Vec<u8>>,
    /// How long the file of acknowledgements was when the request arrived.
    pub acknowledged: u64,
}

/// Whether the rebuilt disk does what a flush demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushes {
    /// What was written before a flush is there after it.
    Obeyed,
    /// As if some of the last flushes had never been asked for: the wrong variant that must show losses.
    Ignored,
}

/// A moment at which the power goes.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Requests before this one have reached the disk's cache.
    pub at: usize,
    /// Requests before this one are on the disk for certain.
    pub durable: usize,
    seed: u64,
}

/// Everything that reached a disk, and what was acknowledged meanwhile.
#[derive(Debug)]
pub struct Recording {
    requests: Vec<Request>,
    acknowledged: Vec<u8>,
    start: PathBuf,
}

impl Recording {
    /// A recording made of these requests, on an empty disk.
    #[must_use]
    pub fn of(requests: Vec<Request>, acknowledged: Vec<u8>) -> Self {
        Self { requests, acknowledged, start: PathBuf::new() }
    }

    pub(super) fn read(folder: &Path) -> Result<Self> {
        let log = fs::read(folder.join("log")).context("the recorded disk left no log")?;
        let mut rest = log.as_slice();
        let mut requests = Vec::new();
        let number = |rest: &mut &[u8]| -> Result<u64> {
            let (bytes, more) = rest.split_first_chunk().context("the log ends in the middle of a record")?;
            *rest = more;
            Ok(u64::from_le_bytes(*bytes))
        };
        while !rest.is_empty() {
            let kind = number(&mut rest)?;
            let offset = number(&mut rest)?;
            let length = usize::try_from(number(&mut rest)?)?;
            let acknowledged = number(&mut rest)?;
            let (bytes, more) =
                rest.split_at_checked(length).context("the log ends in the middle of a write")?;
            rest = more;
            let bytes = match kind {
                1 => Some(bytes.to_vec()),
                2 => None,
                other => bail!("the log holds a record of kind {other}"),
            };
            requests.push(Request { offset, bytes, acknowledged });
        }
        ensure!(requests.iter().any(|request| request.bytes.is_none()), "no flush reached the recorded disk");
        let acknowledged = fs::read(folder.join("ack")).context("nothing was acknowledged")?;
        Ok(Self { requests, acknowledged, start: folder.join("start") })
    }

    /// Writes, flushes.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let writes = self.requests.iter().filter(|request| request.bytes.is_some()).count();
        (writes, self.requests.len() - writes)
    }

    /// The state with this number. The same number cuts the same recording at the same moment.
    #[must_use]
    pub fn cut(&self, number: u64, flushes: Flushes) -> Cut {
        let mut chance = Chance(number);
        let at = chance.index(self.requests.len() + 1);
        Cut { seed: number, ..self.cut_from(at, flushes, &mut chance) }
    }

    /// A cut just before the request with this index.
    #[must_use]
    pub fn cut_at(&self, at: usize, flushes: Flushes) -> Cut {
        self.cut_from(at, flushes, &mut Chance(at as u64))
    }

    /// No cut: everything was written and let go.
    #[must_use]
    pub fn uncut(&self) -> Cut {
        self.cut_at(self.requests.len(), Flushes::Obeyed)
    }

    fn cut_from(&self, at: usize, flushes: Flushes, chance: &mut Chance) -> Cut {
        let ignored = match flushes {
            Flushes::Obeyed => 0,
            Flushes::Ignored => 1 + chance.index(usize::try_from(FLUSHES_IGNORED_MAX).unwrap_or(1)),
        };
        let before = self.requests.get(..at).unwrap_or_default();
        let last =
            before.iter().enumerate().rev().filter(|(_, request)| request.bytes.is_none()).nth(ignored);
        Cut { at, durable: last.map_or(0, |(index, _)| index + 1), seed: at as u64 }
    }

    /// What had been acknowledged when the power went, a line each.
    #[must_use]
    pub fn promised(&self, cut: &Cut) -> Vec<&str> {
        let whole = self.acknowledged.len();
        let length = self
            .requests
            .get(cut.at)
            .map_or(whole, |request| usize::try_from(request.acknowledged).unwrap_or(whole).min(whole));
        let given = self.acknowledged.get(..length).unwrap_or_default();
        // A line that was still being written was never read by anybody.
        let lines = given.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        lines.filter_map(|line| std::str::from_utf8(line).ok()).map(str::trim_end).collect()
    }

    /// Writes the disk as the cut left it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn rebuild(&self, cut: &Cut, into: &Path) -> Result<()> {
        // cp keeps the holes; the copy of the standard library would write two gigabytes of zeros.
        let copied = Command::new("cp").arg("--sparse=auto").args([&self.start, into]).status()?;
        ensure!(copied.success(), "the disk cannot be copied to {}", into.display());
        let disk = File::options().write(true).open(into)?;
        for request in self.requests.get(..cut.durable).unwrap_or_default() {
            if let Some(bytes) = &request.bytes {
                disk.write_all_at(bytes, request.offset)?;
            }
        }
        let unsure = self.requests.get(cut.durable..cut.at).unwrap_or_default();
        for (offset, bytes) in survivors(unsure, &mut Chance(cut.seed ^ 0x7065_7274)) {
            disk.write_all_at(bytes, offset)?;
        }
        Ok(())
    }
}

/// What of the requests since the last flush has reached the disk: a part of the blocks, in order or not, some torn.
fn survivors<'r>(unsure: &'r [Request], chance: &mut Chance) -> Vec<(u64, &'r [u8])> {
    let mut blocks: Vec<(u64, &[u8])> = Vec::new();
    for request in unsure {
        let chunks = request.bytes.as_deref().unwrap_or_default().chunks(BLOCK);
        blocks
            .extend((0_u64..).step_by(BLOCK).zip(chunks).map(|(from, chunk)| (request.offset + from, chunk)));
    }
    let torn = match chance.up_to(3) {
        // In order, up to some block.
        0 => {
            blocks.truncate(chance.index(blocks.len() + 1));
            0
        }
        // In any order, up to some block: a later block is there and an earlier one is not.
        1 => {
            for index in (1..blocks.len()).rev() {
                blocks.swap(index, chance.index(index + 1));
            }
            blocks.truncate(chance.index(blocks.len() + 1));
            5
        }
        // Each block for itself, from all to none.
        _ => {
            let lost = [0, 30, 70, 100].get(chance.index(4)).copied().unwrap_or(0);
            blocks.retain(|_| !chance.percent(lost));
            5
        }
    };
    let last = blocks.len().saturating_sub(1);
    for (index, (_, bytes)) in blocks.iter_mut().enumerate() {
        // The block that was being written when the power went is the likeliest to be half there.
        let likely = if index == last { 40 } else { torn };
        if chance.percent(likely) {
            let sectors = chance.index(bytes.len() / SECTOR);
            *bytes = bytes.get(..sectors * SECTOR).unwrap_or(bytes);
        }
    }
    blocks
}

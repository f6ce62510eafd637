//! The ground of a copied database: its pages without the log, each with a sum, so that rot is found without a key.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::{MirrorError, on_copy, on_original, on_reading};
use super::frame::{page_of, read_up_to};
use super::hand::{Hand, forget, read_back};

pub(super) const PAGE: usize = 4096;
const PAGE_BYTES: u64 = PAGE as u64;
/// Half a SHA-256 for each page: rot is found, and the sums are a 256th of the pages.
const SUM: usize = 16;
/// Pages written or compared in one go.
const RUN_PAGES: usize = 256;

/// The page file of a copied database, in one piece or in parts that FAT can hold.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(super) path: PathBuf,
    /// Largest file; a multiple of a page.
    pub(super) part_bytes: u64,
    /// Whether sums are kept: a backup has its manifest instead.
    pub(super) has_sums: bool,
}

fn sum_of(page: &[u8]) -> Vec<u8> {
    Sha256::digest(page).iter().copied().take(SUM).collect()
}

impl Ground {
    fn sums_path(&self) -> PathBuf {
        self.path.with_extension("sums")
    }

    pub(crate) fn part(&self, number: u64) -> PathBuf {
        if number == 0 {
            return self.path.clone();
        }
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{number:03}"));
        path.into()
    }

    fn write_run(&self, hand: &Hand, first: u64, bytes: &[u8]) -> Result<Vec<PathBuf>, MirrorError> {
        let mut at = first * PAGE_BYTES;
        let mut rest = bytes;
        let mut touched = Vec::new();
        while !rest.is_empty() {
            let inside = at % self.part_bytes;
            let size = usize::try_from(self.part_bytes - inside).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(size);
            let path = self.part(at / self.part_bytes);
            let file = hand.open(&path)?;
            hand.write(&file, &path, now, inside)?;
            touched.push(path);
            at += now.len() as u64;
            rest = later;
        }
        if self.has_sums {
            let sums: Vec<u8> = bytes.chunks(PAGE).flat_map(sum_of).collect();
            let path = self.sums_path();
            hand.write(&hand.open(&path)?, &path, &sums, first * SUM as u64)?;
            touched.push(path);
        }
        Ok(touched)
    }

    fn sync_all(&self, hand: &Hand, mut touched: Vec<PathBuf>) -> Result<(), MirrorError> {
        touched.sort();
        touched.dedup();
        for path in touched {
            hand.sync(&hand.open(&path)?, &path)?;
        }
        Ok(())
    }

    fn check_run(&self, first: u64, bytes: &[u8]) -> Result<(), MirrorError> {
        let mut at = first * PAGE_BYTES;
        let mut rest = bytes;
        while !rest.is_empty() {
            let inside = at % self.part_bytes;
            let size = usize::try_from(self.part_bytes - inside).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(size);
            read_back(&self.part(at / self.part_bytes), inside, now)?;
            at += now.len() as u64;
            rest = later;
        }
        Ok(())
    }

    /// Copies pages of the original from `first` on; answers how many there were. They may be of different moments:
    /// whatever changes meanwhile stands in the log that is copied beside them.
    pub(super) fn copy(
        &self,
        hand: &Hand,
        original: &File,
        first: u64,
        pages_max: u64,
    ) -> Result<u64, MirrorError> {
        let mut copied = 0;
        let mut touched = Vec::new();
        let mut runs = Vec::new();
        while copied < pages_max {
            let mut bytes = vec![0; RUN_PAGES * PAGE];
            let read = read_up_to(original, &mut bytes, (first + copied) * PAGE_BYTES)
                .map_err(on_original("read the pages of the original"))?;
            bytes.truncate(read - read % PAGE);
            if bytes.is_empty() {
                break;
            }
            touched.extend(self.write_run(hand, first + copied, &bytes)?);
            let pages = (bytes.len() / PAGE) as u64;
            runs.push((first + copied, bytes));
            copied += pages;
        }
        self.sync_all(hand, touched)?;
        for (first, bytes) in runs {
            self.check_run(first, &bytes)?;
        }
        Ok(copied)
    }

    /// Takes the last frame of every page over from the log; doing it again changes nothing.
    pub(super) fn take_over(
        &self,
        hand: &Hand,
        log: &File,
        frames: &BTreeMap<u32, u64>,
    ) -> Result<(), MirrorError> {
        let named = on_reading("the log of the copy");
        let mut touched = Vec::new();
        let mut runs: Vec<(u64, u64)> = Vec::new();
        let mut waiting = frames.iter().peekable();
        while let Some((number, frame)) = waiting.next() {
            let first = u64::from(number.saturating_sub(1));
            let mut bytes = page_of(log, *frame).map_err(&named)?;
            let mut next = *number;
            while let Some((number, frame)) = waiting
                .next_if(|(number, _)| **number == next.wrapping_add(1) && bytes.len() < RUN_PAGES * PAGE)
            {
                bytes.extend(page_of(log, *frame).map_err(&named)?);
                next = *number;
            }
            touched.extend(self.write_run(hand, first, &bytes)?);
            runs.push((first, (bytes.len() / PAGE) as u64));
        }
        self.sync_all(hand, touched)?;
        let pages: Vec<(&u32, &u64)> = frames.iter().collect();
        let mut pages = pages.into_iter();
        for (first, count) in runs {
            let mut bytes = Vec::new();
            for (_, frame) in pages.by_ref().take(usize::try_from(count).unwrap_or(usize::MAX)) {
                bytes.extend(page_of(log, *frame).map_err(&named)?);
            }
            self.check_run(first, &bytes)?;
        }
        Ok(())
    }

    /// Bytes of all parts.
    pub(crate) fn bytes(&self) -> Result<u64, MirrorError> {
        let mut bytes = 0;
        for number in 0.. {
            match std::fs::metadata(self.part(number)) {
                Ok(meta) => bytes += meta.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
                Err(error) => return Err(on_copy("look at the copy")(error)),
            }
            if self.part_bytes == u64::MAX {
                break;
            }
        }
        Ok(bytes)
    }

    /// Compares every page with its sum, but for those that stand in the log; answers the hash of all pages.
    pub(super) fn verify(&self, in_log: &BTreeMap<u32, u64>) -> Result<[u8; 32], MirrorError> {
        let (path, sums_path) = (name_of(&self.path), name_of(&self.sums_path()));
        let named = on_reading(&path);
        let file = File::open(&self.path).map_err(&named)?;
        let sums = File::open(self.sums_path()).map_err(on_reading(&sums_path))?;
        forget(&file, 0, 0);
        forget(&sums, 0, 0);
        let mut whole = Sha256::new();
        let mut page = vec![0; PAGE];
        let mut sum = [0; SUM];
        for number in 0_u32.. {
            let read = read_up_to(&file, &mut page, u64::from(number) * PAGE_BYTES).map_err(&named)?;
            if read == 0 {
                break;
            }
            let has_sum = sums.read_exact_at(&mut sum, u64::from(number) * SUM as u64).is_ok();
            let is_sound = read == PAGE && has_sum && sum_of(&page) == sum;
            if !is_sound && !in_log.contains_key(&(number + 1)) {
                return Err(damaged(&self.path, number + 1));
            }
            whole.update(page.get(..read).unwrap_or_default());
        }
        Ok(whole.finalize().into())
    }

    /// Whether the pages are those of a file that stands still.
    pub(super) fn is_same_as(&self, original: &File) -> Result<bool, MirrorError> {
        let named = on_copy("compare the copy");
        let mut ours = vec![0; RUN_PAGES * PAGE];
        let mut theirs = ours.clone();
        let file = File::open(&self.path).map_err(&named)?;
        let mut at = 0;
        loop {
            let read = read_up_to(&file, &mut ours, at).map_err(&named)?;
            let other =
                read_up_to(original, &mut theirs, at).map_err(on_original("compare with the original"))?;
            if read != other || ours.get(..read) != theirs.get(..read) {
                return Ok(false);
            }
            if read < ours.len() {
                return Ok(true);
            }
            at += read as u64;
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn damaged(path: &Path, page: u32) -> MirrorError {
    MirrorError::DamagedCopy { what: format!("page {page} of {}", name_of(path)) }
}

//! The hand that changes the disk of a copy: every single change passes here, so that a test can stop after each.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::error::{MirrorError, on_copy, on_reading};
use super::frame::read_up_to;

/// What the system says when a disk is pulled.
const NO_SUCH_DEVICE: i32 = 19;

/// Copies are read by the station's user only, where the file system knows users.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Makes the changes on the disk of a copy; for trials it stops like a pulled disk after a number of changes.
#[derive(Debug, Default)]
pub struct Hand(Option<Mutex<Trial>>);

/// A disk that will be pulled.
#[derive(Debug)]
struct Trial {
    left: u64,
    made: u64,
    is_pulled: bool,
    chance: u64,
    /// Written and not synced: each of these may be lost when the disk is pulled, in any order.
    unsynced: Vec<Unsynced>,
}

/// What stood where something was written that is not synced yet.
#[derive(Debug)]
struct Unsynced {
    path: PathBuf,
    at: u64,
    before: Vec<u8>,
}

impl Trial {
    fn coin(&mut self) -> bool {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance & 4 == 0
    }

    /// The disk is gone: a chance part of what was not synced never arrived.
    fn pull(&mut self) {
        self.is_pulled = true;
        for lost in std::mem::take(&mut self.unsynced).into_iter().rev() {
            if self.coin()
                && let Ok(file) = OpenOptions::new().write(true).open(&lost.path)
            {
                // A trial that cannot lose what it should is only a milder trial.
                let _ = file.write_all_at(&lost.before, lost.at);
            }
        }
    }
}

fn pulled() -> io::Error {
    io::Error::from_raw_os_error(NO_SUCH_DEVICE)
}

impl Hand {
    /// The hand of every day, which stops for nothing.
    #[must_use]
    pub fn steady() -> Self {
        Self(None)
    }

    /// For trials: after so many changes the disk is gone, the last write torn, and a part of what was not synced
    /// lost, drawn from `seed`.
    #[must_use]
    pub fn pulled_after(changes: u64, seed: u64) -> Self {
        Self(Some(Mutex::new(Trial {
            left: changes,
            made: 0,
            is_pulled: false,
            chance: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            unsynced: Vec::new(),
        })))
    }

    /// For trials: how many changes were made.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.0.as_ref().map_or(0, |trial| trial.lock().unwrap_or_else(PoisonError::into_inner).made)
    }

    fn trial<T>(&self, act: impl FnOnce(&mut Trial) -> io::Result<T>) -> io::Result<Option<T>> {
        let Some(trial) = &self.0 else { return Ok(None) };
        let mut trial = trial.lock().unwrap_or_else(PoisonError::into_inner);
        if trial.is_pulled {
            return Err(pulled());
        }
        act(&mut trial).map(Some)
    }

    /// Stands before each single change.
    fn change(&self) -> io::Result<()> {
        self.trial(|trial| {
            if trial.left == 0 {
                trial.pull();
                return Err(pulled());
            }
            trial.left -= 1;
            trial.made += 1;
            Ok(())
        })
        .map(|_| ())
    }

    pub(crate) fn open(&self, path: &Path) -> Result<File, MirrorError> {
        let open = || {
            self.change()?;
            OpenOptions::new().create(true).truncate(false).read(true).write(true).mode(FILE_MODE).open(path)
        };
        open().map_err(on_copy("open a file of the copy"))
    }

    pub(crate) fn write(&self, file: &File, path: &Path, bytes: &[u8], at: u64) -> Result<(), MirrorError> {
        let write = || {
            self.trial(|trial| {
                let mut before = vec![0; bytes.len()];
                read_up_to(file, &mut before, at)?;
                trial.unsynced.push(Unsynced { path: path.to_owned(), at, before });
                if trial.left == 0 {
                    // The disk goes in the middle of this write.
                    file.write_all_at(bytes.get(..bytes.len() / 2).unwrap_or_default(), at)?;
                }
                Ok(())
            })?;
            self.change()?;
            file.write_all_at(bytes, at)
        };
        write().map_err(on_copy("write the copy"))
    }

    pub(crate) fn sync(&self, file: &File, path: &Path) -> Result<(), MirrorError> {
        let sync = || {
            self.change()?;
            file.sync_all()?;
            self.trial(|trial| {
                trial.unsynced.retain(|unsynced| unsynced.path != path);
                Ok(())
            })
        };
        sync().map(|_| ()).map_err(on_copy("sync the copy"))
    }

    pub(crate) fn set_length(&self, file: &File, length: u64) -> Result<(), MirrorError> {
        self.change().and_then(|()| file.set_len(length)).map_err(on_copy("set the length of the copy"))
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> Result<(), MirrorError> {
        self.change().and_then(|()| fs::rename(from, to)).map_err(on_copy("give the copy its name"))
    }

    pub(crate) fn make_folder(&self, path: &Path) -> Result<(), MirrorError> {
        let make = || {
            self.change()?;
            match fs::DirBuilder::new().mode(FOLDER_MODE).create(path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
                made => made,
            }
        };
        make().map_err(on_copy("make a folder of the copy"))
    }

    pub(crate) fn sync_folder(&self, path: &Path) -> Result<(), MirrorError> {
        self.change()
            .and_then(|()| File::open(path)?.sync_all())
            .map_err(on_copy("sync a folder of the copy"))
    }

    pub(crate) fn remove_file(&self, path: &Path) -> Result<(), MirrorError> {
        let remove = || {
            self.change()?;
            match fs::remove_file(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            }
        };
        remove().map_err(on_copy("remove an old file of the copy"))
    }

    /// Removes a folder of plain files, one change for each.
    pub(crate) fn remove_folder(&self, path: &Path) -> Result<(), MirrorError> {
        let named = on_copy("remove an old folder of the copy");
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(named(error)),
        };
        for entry in entries {
            self.remove_file(&entry.map_err(&named)?.path())?;
        }
        self.change().and_then(|()| fs::remove_dir(path)).map_err(named)
    }

    /// Puts bytes in place of a file: after a pulled disk the old or the new one is there, whole.
    pub(crate) fn replace(&self, folder: &Path, name: &str, bytes: &[u8]) -> Result<(), MirrorError> {
        let new = folder.join(format!("{name}.new"));
        let file = self.open(&new)?;
        self.set_length(&file, 0)?;
        self.write(&file, &new, bytes, 0)?;
        self.sync(&file, &new)?;
        read_back(&new, 0, bytes)?;
        self.rename(&new, &folder.join(name))?;
        self.sync_folder(folder)
    }
}

/// Reads from the disk, not from what the system remembers, where it lets itself be asked.
pub(super) fn forget(file: &File, at: u64, length: u64) {
    // Only advice: a file system that keeps everything in memory has no other copy to read.
    let _ = rustix::fs::fadvise(file, at, NonZeroU64::new(length), rustix::fs::Advice::DontNeed);
}

/// Reads what was just written and synced, and compares.
pub(super) fn read_back(path: &Path, at: u64, expected: &[u8]) -> Result<(), MirrorError> {
    let what = path.file_name().unwrap_or_default().to_string_lossy();
    let named = on_reading(&what);
    let file = File::open(path).map_err(on_copy("read the copy back"))?;
    forget(&file, at, expected.len() as u64);
    let mut found = vec![0; expected.len()];
    file.read_exact_at(&mut found, at).map_err(named)?;
    if found == expected {
        return Ok(());
    }
    Err(MirrorError::DamagedCopy { what: format!("{what} does not read back as it was written") })
}

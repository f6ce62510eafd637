//! The folder of the ring: every change is whole or absent after a power cut, and one program at a time may make one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::{FileError, RingError};

/// Largest file that is read: an account with a full history is well below.
pub(crate) const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Nobody but the account the station runs under reads key files.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;
const LOCK_FILE: &str = "ring.lock";
/// Ending of a file that is being written.
const NEW_ENDING: &str = ".new";

/// The locked folder; the lock goes with the value.
pub(crate) struct Folder {
    path: PathBuf,
    lock: File,
}

impl Folder {
    /// Makes the folder (durably) unless it is there.
    pub(crate) fn make(path: &Path) -> Result<(), FileError> {
        if path.is_dir() {
            return Ok(());
        }
        let make = || {
            step("make folder")?;
            fs::DirBuilder::new().mode(FOLDER_MODE).recursive(true).create(path)?;
            step("sync parent folder")?;
            // A relative path of one part has the empty path as parent, which means the present folder.
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
        };
        make().map_err(|source| FileError::io("make key folder", "", source))
    }

    /// Takes the folder for this program alone.
    pub(crate) fn lock(path: &Path) -> Result<Self, RingError> {
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(FILE_MODE)
            .open(path.join(LOCK_FILE))
            .map_err(|source| FileError::io("open lock file", LOCK_FILE, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(RingError::InUse),
            Err(TryLockError::Error(source)) => {
                Err(FileError::io("take lock file", LOCK_FILE, source).into())
            }
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path.join(name).exists()
    }

    pub(crate) fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, FileError> {
        read(&self.path, name)
    }

    /// Names of all files but the lock, in order.
    pub(crate) fn names(&self) -> Result<Vec<String>, FileError> {
        let list = || {
            let mut names = Vec::new();
            for entry in fs::read_dir(&self.path)? {
                if let Ok(name) = entry?.file_name().into_string()
                    && name != LOCK_FILE
                {
                    names.push(name);
                }
            }
            names.sort();
            Ok(names)
        };
        list().map_err(|source| FileError::io("list key folder", "", source))
    }

    /// Puts `bytes` in place of the file: after a power cut the old or the new one is there, whole.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), FileError> {
        let (new, path) = (self.path.join(format!("{name}{NEW_ENDING}")), self.path.join(name));
        let write = || {
            step("create new file")?;
            let open = OpenOptions::new().create(true).truncate(true).write(true).mode(FILE_MODE).open(&new);
            let mut file = open?;
            step("write new file")?;
            file.write_all(bytes)?;
            step("sync new file")?;
            file.sync_all()?;
            step("rename new file")?;
            fs::rename(&new, &path)?;
            self.sync()
        };
        write().map_err(|source| {
            // Best effort: what stays behind is cleared away by the next open.
            let _ = fs::remove_file(&new);
            FileError::io("write", name, source)
        })
    }

    /// Overwrites a part of a file in place: needs no room, so it works on a full disk.
    pub(crate) fn overwrite(&self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), FileError> {
        let write = || {
            step("open for overwriting")?;
            let mut file = OpenOptions::new().write(true).open(self.path.join(name))?;
            file.seek(SeekFrom::Start(offset))?;
            step("overwrite")?;
            file.write_all(bytes)?;
            step("sync overwritten")?;
            file.sync_all()
        };
        write().map_err(|source| FileError::io("write", name, source))
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), FileError> {
        let remove = || {
            step("remove file")?;
            fs::remove_file(self.path.join(name))?;
            self.sync()
        };
        remove().map_err(|source| FileError::io("remove", name, source))
    }

    /// Moves a damaged file out of the way under a name that is free; nothing is overwritten.
    pub(crate) fn set_aside(&self, name: &str) -> Result<(), FileError> {
        let aside = (1u32..).map(|number| format!("{name}.damaged-{number}")).find(|free| !self.has(free));
        let rename = || {
            step("set aside")?;
            fs::rename(self.path.join(name), self.path.join(aside.as_deref().unwrap_or_default()))?;
            self.sync()
        };
        rename().map_err(|source| FileError::io("set aside", name, source))
    }

    /// Removes what a killed write left behind.
    pub(crate) fn clear_leftovers(&self) -> Result<(), FileError> {
        for name in self.names()?.iter().filter(|name| name.ends_with(NEW_ENDING)) {
            self.remove(name)?;
        }
        Ok(())
    }

    /// Takes away what a copying program may have given to other users.
    pub(crate) fn tighten(&self) -> Result<(), FileError> {
        for name in self.names()? {
            let path = self.path.join(&name);
            let tighten = || {
                let mut permissions = fs::metadata(&path)?.permissions();
                if permissions.mode() & 0o077 != 0 {
                    permissions.set_mode(FILE_MODE);
                    fs::set_permissions(&path, permissions)?;
                }
                Ok(())
            };
            tighten().map_err(|source| FileError::io("restrict", &name, source))?;
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        step("sync folder")?;
        File::open(&self.path)?.sync_all()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // By name: closing alone would leave the lock to a program that is just being started and still has our files.
        let _ = self.lock.unlock();
    }
}

/// Reads a file whole, up to [`FILE_BYTES_MAX`]; nothing where there is none.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, FileError> {
    let file = match File::open(folder.join(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(FileError::io("open", name, source)),
    };
    let length = file.metadata().map_err(|source| FileError::io("read", name, source))?.len();
    if length > FILE_BYTES_MAX {
        return Err(FileError::damaged(name, "larger than any key file"));
    }
    // Room for all of it at once: growing would leave unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX.min(length + 1) as usize));
    let mut limited = file.take(length);
    limited.read_to_end(&mut bytes).map_err(|source| FileError::io("read", name, source))?;
    Ok(Some(bytes))
}

/// Stands before each single change of the disk, and before the work of a guess: tests count, copy and fail here.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests this is where a step is made to fail")]
pub(crate) fn step(_: &'static str) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(crate) use probe::step;

/// Lets a test look at the disk, or fail it, before each single change.
#[cfg(test)]
pub(crate) mod probe {
    use std::cell::RefCell;
    use std::io;

    type Hook = Box<dyn FnMut(&'static str) -> io::Result<()>>;

    thread_local! {
        static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
    }

    pub(crate) fn step(operation: &'static str) -> io::Result<()> {
        HOOK.with_borrow_mut(|hook| hook.as_mut().map_or(Ok(()), |hook| hook(operation)))
    }

    /// Runs `work` with `hook` called before each change of the disk.
    pub(crate) fn with<T>(
        hook: impl FnMut(&'static str) -> io::Result<()> + 'static,
        work: impl FnOnce() -> T,
    ) -> T {
        HOOK.set(Some(Box::new(hook)));
        let result = work();
        HOOK.set(None);
        result
    }
}

//! Creating, opening and setting aside a database file.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::check::{self, KeyCheck};
use super::disk::{self, Place, sync_folder};
use super::memory::share_allocator;
use super::migration::{migrate, schema_of};
use super::{Lock, Plan, Vault, hold, log, log_index_path, log_path, with_ending};
use crate::error::{StoreError, from_io, from_sql};
use crate::key::{RawKey, raw_key_text};

/// Pages of 4 KiB: a step without an image touches few pages and each costs one of them; for a step with an image
/// larger pages gain nothing (decision 0005).
const PAGE_BYTES: u32 = 4096;

/// Where a new database is built, so that its final name only ever stands for a finished one.
const FRESH_ENDING: &str = ".new";

/// Hands the key to SQLCipher as bytes.
#[expect(
    unsafe_code,
    reason = "as SQL text the key would stay behind in SQLite's statement memory, which is not wiped; only the C call takes bytes"
)]
fn hand_over_key(connection: &Connection, key: &dyn RawKey) -> rusqlite::Result<()> {
    let text = raw_key_text(key);
    let length = std::ffi::c_int::try_from(text.len()).unwrap_or_default();
    // SAFETY: the handle is that of an open connection, the text lives until the call has copied it, and its length
    // is given.
    let code = unsafe { rusqlite::ffi::sqlite3_key(connection.handle(), text.as_ptr().cast(), length) };
    if code == rusqlite::ffi::SQLITE_OK {
        return Ok(());
    }
    Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None))
}

/// One key at a time.
static KEYING: Mutex<()> = Mutex::new(());

/// Opens one connection: the key first, then the cipher's settings, nothing read yet.
pub(super) fn connect(path: &Path, flags: OpenFlags, key: &dyn RawKey) -> rusqlite::Result<Connection> {
    share_allocator();
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // Closing must stay harmless after a failed sync or with a wrong key; checkpoints are asked for by name.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    {
        // The cipher prepares itself with the first key of the process; two first keys at once can fail.
        let _first = KEYING.lock().unwrap_or_else(PoisonError::into_inner);
        hand_over_key(&connection, key)?;
    }
    connection.execute_batch(&format!(
        "PRAGMA cipher_page_size = {PAGE_BYTES}; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;"
    ))?;
    Ok(connection)
}

fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    // What is deleted is a wiped image: its pages are overwritten, not only unlinked.
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
         PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;",
    )
}

fn take_lock(folder: &Path, plan: &Plan) -> Result<Lock, StoreError> {
    const OPERATION: &str = "take the lock of the folder";
    if !folder.is_dir() {
        return Err(StoreError::FolderMissing { operation: OPERATION });
    }
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(plan.lock))
        .map_err(|error| from_io(OPERATION, error))?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock(lock)),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen),
        Err(TryLockError::Error(error)) => Err(from_io(OPERATION, error)),
    }
}

fn is_there(file: &Path) -> Result<bool, StoreError> {
    match std::fs::metadata(file) {
        Ok(meta) => Ok(meta.len() > 0),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(from_io("look for the database", error)),
    }
}

/// Builds the database under another name and gives it its name when it is whole.
pub(crate) fn create(folder: &Path, plan: &'static Plan, key: &dyn RawKey) -> Result<Vault, StoreError> {
    const OPERATION: &str = "create the database";
    let lock = take_lock(folder, plan)?;
    let file = folder.join(plan.file);
    if is_there(&file)? {
        return Err(StoreError::AlreadyCreated);
    }
    move_stray_log(&file)?;
    let fresh = with_ending(&file, FRESH_ENDING);
    // An interrupted creation leaves only these behind; nobody was told of anything in them.
    for left in [fresh.clone(), with_ending(&fresh, "-journal")] {
        match std::fs::remove_file(left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(from_io(OPERATION, error));
            }
            _ => {}
        }
    }
    let fault = |error| from_sql(OPERATION, error, || disk::probe(folder, OPERATION));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = connect(&fresh, flags, key).map_err(fault)?;
    settle(&connection).map_err(fault)?;
    connection.pragma_update(None, "application_id", plan.application_id).map_err(fault)?;
    migrate(&mut connection, plan.migrations, folder)?;
    connection.close().map_err(|(_, error)| fault(error))?;
    File::open(&fresh).and_then(|file| file.sync_all()).map_err(|error| from_io(OPERATION, error))?;
    check::write(folder, plan.check, key, plan.what)?;
    std::fs::rename(&fresh, &file).map_err(|error| from_io(OPERATION, error))?;
    sync_folder(folder)?;
    open_locked(folder, plan, key, lock)
}

/// A log whose database was set aside must never be read into a new database.
fn move_stray_log(file: &Path) -> Result<(), StoreError> {
    const OPERATION: &str = "move a left-over log out of the way";
    let log = log_path(file);
    if !log.exists() {
        return Ok(());
    }
    let mut number: u32 = 1;
    while with_ending(&log, &format!(".left-{number}")).exists() {
        number += 1;
    }
    std::fs::rename(&log, with_ending(&log, &format!(".left-{number}")))
        .map_err(|error| from_io(OPERATION, error))?;
    sync_folder(file.parent().unwrap_or(Path::new(".")))
}

/// Opens a database that was created before.
pub(crate) fn open(folder: &Path, plan: &'static Plan, key: &dyn RawKey) -> Result<Vault, StoreError> {
    let lock = take_lock(folder, plan)?;
    open_locked(folder, plan, key, lock)
}

fn open_locked(
    folder: &Path,
    plan: &'static Plan,
    key: &dyn RawKey,
    lock: Lock,
) -> Result<Vault, StoreError> {
    const OPERATION: &str = "open the database";
    let fault = |error| from_sql(OPERATION, error, || disk::probe(folder, OPERATION));
    let file = folder.join(plan.file);
    if !is_there(&file)? {
        return Err(StoreError::NotCreated);
    }
    log::make_trustworthy(&log_path(&file))?;
    let mut writer = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE, key).map_err(fault)?;
    identify(&writer, folder, plan, key)?;
    settle(&writer).map_err(fault)?;
    writer.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)).map_err(fault)?;
    migrate(&mut writer, plan.migrations, folder)?;
    if check::ask(&folder.join(plan.check), key, plan.what) != KeyCheck::Fits {
        // The key has just been proved; a lost check is only a convenience and may wait for room on the disk.
        let _ = check::write(folder, plan.check, key, plan.what);
    }
    let reader = connect(&file, OpenFlags::SQLITE_OPEN_READ_ONLY, key).map_err(fault)?;
    settle(&reader).map_err(fault)?;
    reader
        .execute_batch(&format!("PRAGMA query_only = ON; PRAGMA cache_size = -{}", plan.reader_cache_kib))
        .map_err(fault)?;
    let mut database = Vault {
        plan,
        folder: folder.into(),
        writer: Mutex::new(writer),
        reader: Mutex::new(reader),
        poisoned: AtomicBool::new(false),
        place: Place::of(&[])?,
        _lock: lock,
    };
    // Everything from before is moved into the database file, by writes and syncs of our own.
    match database.checkpoint() {
        Ok(()) | Err(StoreError::DiskFull { .. }) => {}
        Err(error) => return Err(error),
    }
    let mut open_files = vec![file.clone()];
    open_files.extend(Some(log_path(&file)).filter(|log| log.exists()));
    database.place = Place::of(&open_files)?;
    // The first read decrypts the schema, which the first person of the day should not wait for.
    hold(&database.reader)
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map_err(fault)?;
    Ok(database)
}

/// Refuses a file that is not ours, not ours yet, or not readable with this key.
fn identify(connection: &Connection, folder: &Path, plan: &Plan, key: &dyn RawKey) -> Result<(), StoreError> {
    const OPERATION: &str = "read the first page";
    let known = i64::try_from(plan.migrations.len()).unwrap_or(i64::MAX);
    let fault = |error| from_sql(OPERATION, error, || disk::probe(folder, OPERATION));
    let found = schema_of(connection).map_err(fault).map_err(|error| {
        if !matches!(error, StoreError::Damaged { .. }) {
            return error;
        }
        match check::ask(&folder.join(plan.check), key, plan.what) {
            KeyCheck::DoesNotFit => StoreError::WrongKey,
            KeyCheck::Fits => StoreError::damaged("the first page"),
            KeyCheck::Unknown => {
                StoreError::damaged("the first page and the key check (or the key is another one)")
            }
        }
    })?;
    let application: i32 =
        connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(fault)?;
    if application != plan.application_id {
        return Err(StoreError::ForeignFile { expected: plan.what });
    }
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(())
}

/// Moves a damaged database with its log into a dated folder beside it; nothing is overwritten.
pub(crate) fn set_aside(folder: &Path, plan: &Plan, now_ms: i64) -> Result<PathBuf, StoreError> {
    const OPERATION: &str = "set the database aside";
    let _lock = take_lock(folder, plan)?;
    let file = folder.join(plan.file);
    if !file.exists() {
        return Err(StoreError::NotCreated);
    }
    let date = jiff::Timestamp::from_millisecond(now_ms)
        .map_or_else(|_| now_ms.to_string(), |now| now.strftime("%Y%m%dT%H%M%SZ").to_string());
    let mut aside = folder.join(format!("set-aside-{date}"));
    let mut number: u32 = 1;
    loop {
        match std::fs::create_dir(&aside) {
            Ok(()) => break,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                number += 1;
                aside = folder.join(format!("set-aside-{date}-{number}"));
            }
            Err(error) => return Err(from_io(OPERATION, error)),
        }
    }
    // The database goes last of those that hold data: until it has moved, doing it again finishes the work.
    for path in [log_path(&file), log_index_path(&file), folder.join(plan.check), file.clone()] {
        let Some(name) = path.file_name() else { continue };
        match std::fs::rename(&path, aside.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(from_io(OPERATION, error));
            }
            _ => {}
        }
    }
    sync_folder(&aside)?;
    sync_folder(folder)?;
    Ok(aside)
}

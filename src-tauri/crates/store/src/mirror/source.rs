//! The original, looked at from outside: no key, no lock, nothing written.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::{MirrorError, on_original};
use super::frame::{Head, Place, Scan, Stop, ends_at, ends_behind, read_head, read_up_to, scan};

/// Bytes of a log that are copied in one go; a single transaction may be larger.
const SCAN_BYTES: usize = 8 * 1024 * 1024;
/// How often a log that is just being begun again is looked at before the next step has to.
const LOOKS_MAX: usize = 8;
/// The first bytes of a database are its own random salt: they name it, whatever the folder is called.
pub(super) const NAME_BYTES: usize = 16;

/// One of the two databases of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) word: &'static str,
    pub(crate) file: &'static str,
}

/// Both databases, in the order in which they are copied.
pub(crate) const KINDS: [Kind; 2] =
    [Kind { word: "station", file: "station.db" }, Kind { word: "outbox", file: "outbox.db" }];

/// What the log of the original says to one who has copied it up to a place.
#[derive(Debug)]
pub(super) enum Look {
    /// There is nothing new.
    Nothing,
    /// Whole new transactions of the same run.
    More(Scan),
    /// The run has ended where the copy stands, and this one follows it.
    Ended(Head),
    /// The copy cannot follow any more: it has missed something, or has what the original lost.
    Lost,
}

/// A database of the original.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
}

/// Database files that were opened, by device and number.
///
/// They are not closed before the file itself is removed. SQLite's locks belong to the process: closing any handle of a database file would give up
/// the locks of a connection beside it.
static OPENED: Mutex<Vec<(u64, u64, Arc<File>)>> = Mutex::new(Vec::new());

impl Source {
    pub(crate) fn of(folder: &Path, kind: Kind) -> Self {
        Self { kind, path: folder.join(kind.file) }
    }

    /// Whether this is the database of the station itself.
    pub(crate) fn is_station(&self) -> bool {
        self.kind.word == "station"
    }

    /// Whether there is such a database.
    pub(crate) fn is_there(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|meta| meta.len() > 0)
    }

    /// The database file, held open from the first look to the end of the process.
    pub(super) fn file(&self) -> Result<Arc<File>, MirrorError> {
        let named = on_original("open the original");
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        let meta = std::fs::metadata(&self.path).map_err(&named)?;
        opened.retain(|(_, _, file)| file.metadata().is_ok_and(|meta| meta.nlink() > 0));
        let held = opened.iter().find(|(device, number, _)| (*device, *number) == (meta.dev(), meta.ino()));
        if let Some((_, _, file)) = held {
            return Ok(file.clone());
        }
        let file = Arc::new(File::open(&self.path).map_err(&named)?);
        let meta = file.metadata().map_err(&named)?;
        opened.push((meta.dev(), meta.ino(), Arc::clone(&file)));
        Ok(file)
    }

    /// The name the database was born with.
    pub(crate) fn name(&self) -> Result<String, MirrorError> {
        let mut bytes = [0; NAME_BYTES];
        let read = read_up_to(&*self.file()?, &mut bytes, 0)
            .map_err(on_original("read the name of the original"))?;
        if read < NAME_BYTES {
            return Err(MirrorError::OriginalMissing { operation: "read the name of the original" });
        }
        Ok(hex(&bytes))
    }

    pub(crate) fn bytes(&self) -> Result<u64, MirrorError> {
        Ok(self.file()?.metadata().map_err(on_original("look at the original"))?.len())
    }

    fn log(&self) -> Result<Option<File>, MirrorError> {
        match File::open(log_of(&self.path)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(on_original("open the log of the original")(error)),
        }
    }

    /// Bytes of the log on the disk.
    pub(crate) fn log_bytes(&self) -> u64 {
        std::fs::metadata(log_of(&self.path)).map_or(0, |meta| meta.len())
    }

    /// Whether a database without a log stands still: no rollback is waiting beside it.
    pub(super) fn is_quiet(&self) -> bool {
        let mut journal = self.path.clone().into_os_string();
        journal.push("-journal");
        !PathBuf::from(journal).exists()
    }

    /// The head of the log as it is now.
    pub(super) fn head(&self) -> Result<Option<Head>, MirrorError> {
        let Some(log) = self.log()? else { return Ok(None) };
        read_head(&log).map_err(on_original("read the log of the original"))
    }

    /// What stands in the log behind `at`; `next` is the run that is known to follow it, once it is known.
    pub(super) fn look(&self, at: Option<&Place>, next: Option<&Head>) -> Result<Look, MirrorError> {
        let named = on_original("read the log of the original");
        for _ in 0..LOOKS_MAX {
            let Some(log) = self.log()? else {
                return Ok(if at.is_none() { Look::Nothing } else { Look::Lost });
            };
            let head = read_head(&log).map_err(&named)?;
            let (Some(at), Some(head)) = (at, head) else {
                return match (at, head) {
                    (None, None) => Ok(Look::Nothing),
                    (None, Some(head)) if head.count() == 0 => Ok(Look::Ended(head)),
                    (Some(_), None) if log.metadata().map_err(&named)?.len() > 0 => {
                        // A head that is just being written; if it stays so, the next look says so again.
                        Err(MirrorError::Behind { what: "the head of the log" })
                    }
                    _ => Ok(Look::Lost),
                };
            };
            if let Some(next) = next {
                return Ok(if *next == head { Look::Ended(head) } else { Look::Lost });
            }
            let is_same = at.head == head;
            if !is_same && !at.head.is_followed_by(&head) {
                return Ok(Look::Lost);
            }
            let has_our_end = ends_at(&log, at).map_err(&named)?;
            let found = scan(&log, *at, SCAN_BYTES).map_err(&named)?;
            if read_head(&log).map_err(&named)? != Some(head) {
                // Begun again under our eyes: what was read may be of three runs.
                continue;
            }
            if !has_our_end {
                return Ok(Look::Lost);
            }
            if found.place.frames > at.frames {
                return Ok(Look::More(found));
            }
            if is_same {
                if found.stop == Stop::Broken && self.is_rotten(&log, at)? {
                    return Err(MirrorError::DamagedOriginal {
                        what: format!("the log of {}", self.kind.file),
                    });
                }
                return Ok(Look::Nothing);
            }
            return Ok(match found.stop {
                Stop::End => Look::Ended(head),
                Stop::OtherRun(salts) if salts != head.salts() => Look::Ended(head),
                // Overwritten by the new run, or in doubt: what stood there is not known.
                Stop::OtherRun(_) | Stop::Broken | Stop::Limit => Look::Lost,
            });
        }
        Err(MirrorError::Behind { what: "the log is begun again faster than it can be read" })
    }

    /// A frame in the making looks broken, but two whole transactions behind it were written after it was whole.
    fn is_rotten(&self, log: &File, at: &Place) -> Result<bool, MirrorError> {
        let named = on_original("read the log of the original");
        let first = scan(log, *at, SCAN_BYTES).map_err(&named)?;
        if first.stop != Stop::Broken || first.place != *at {
            return Ok(false);
        }
        if ends_behind(log, at).map_err(&named)? < 2 {
            return Ok(false);
        }
        let again = scan(log, *at, SCAN_BYTES).map_err(&named)?;
        Ok(again.stop == Stop::Broken
            && again.place == *at
            && read_head(log).map_err(&named)? == Some(at.head))
    }
}

/// Where the log of a database lies.
pub(crate) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

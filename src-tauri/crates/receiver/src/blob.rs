//! Bytes on the disk: uploads on their way, and the parts of packets that are kept.
//!
//! One of the two narrow modules of storage; an object store can take its place later. It knows names and bytes, no
//! meaning. An upload is one file whose name says how long it will be: how much is held, the file itself says, so no
//! crash can make the two disagree.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use rekam_packet::{PacketId, Upload};

/// The name of an upload. Names of different stations never meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The station; letters, digits and `-` only.
    pub station: String,
    /// The packet or notice.
    pub item: PacketId,
    /// Which part of it.
    pub part: Upload,
}

/// How an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// How long it will be.
    pub length: u64,
    /// How much is here.
    pub offset: u64,
    /// When the last byte came.
    pub changed: SystemTime,
}

impl Held {
    /// Every byte is here.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.offset == self.length
    }
}

/// What became of the wish to make an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is new.
    New,
    /// It was here.
    Before(Held),
    /// It was here with another length, and is now forgotten.
    OtherLength,
}

/// The store.
#[derive(Debug)]
pub struct Blob {
    root: PathBuf,
    lengths: Mutex<BTreeMap<Name, u64>>,
}

const INCOMING: &str = "incoming";
const PACKET: &str = "packet";

impl Blob {
    /// Opens the store below `root` and finds the uploads that were on their way.
    ///
    /// # Errors
    /// The disk.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root.join(INCOMING))?;
        fs::create_dir_all(root.join(PACKET))?;
        let mut lengths = BTreeMap::new();
        for station in fs::read_dir(root.join(INCOMING))? {
            let station = station?;
            for file in fs::read_dir(station.path())? {
                let name = file?.file_name();
                let named = read_name(&station.file_name().to_string_lossy(), &name.to_string_lossy());
                lengths.extend(named);
            }
        }
        Ok(Self { root: root.to_owned(), lengths: Mutex::new(lengths) })
    }

    fn lengths(&self) -> MutexGuard<'_, BTreeMap<Name, u64>> {
        // Nothing in here panics half-way through a change.
        self.lengths.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn incoming(&self, name: &Name, length: u64) -> PathBuf {
        let file = format!("{}.{}.{length}", name.item, name.part.word());
        self.root.join(INCOMING).join(&name.station).join(file)
    }

    fn shelf(&self, item: PacketId) -> PathBuf {
        // The last byte of a packet's name is chance, so shelves fill evenly.
        let last = item.as_bytes().last().copied().unwrap_or_default();
        self.root.join(PACKET).join(format!("{last:02x}"))
    }

    /// Where a kept part lies.
    #[must_use]
    pub fn kept_path(&self, item: PacketId, part: Upload) -> PathBuf {
        self.shelf(item).join(format!("{item}.{}", part.word()))
    }

    /// How an upload stands; `None` when there is none.
    ///
    /// # Errors
    /// The disk.
    pub fn held(&self, name: &Name) -> io::Result<Option<Held>> {
        let Some(length) = self.lengths().get(name).copied() else { return Ok(None) };
        match fs::metadata(self.incoming(name, length)) {
            Ok(data) => Ok(Some(Held { length, offset: data.len(), changed: data.modified()? })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes an upload; making it twice makes it once.
    ///
    /// # Errors
    /// The disk.
    pub fn create(&self, name: &Name, length: u64) -> io::Result<Made> {
        if let Some(held) = self.held(name)? {
            if held.length == length {
                return Ok(Made::Before(held));
            }
            self.forget(name)?;
            return Ok(Made::OtherLength);
        }
        let path = self.incoming(name, length);
        let made = match File::create(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(&self.root))?;
                File::create(&path)
            }
            made => made,
        };
        made?;
        self.lengths().insert(name.clone(), length);
        Ok(Made::New)
    }

    /// How many bytes the uploads of a station that are on their way will be.
    #[must_use]
    pub fn promised_bytes(&self, station: &str) -> u64 {
        self.lengths().iter().filter(|(name, _)| name.station == station).map(|(_, length)| length).sum()
    }

    /// Opens an upload to go on from `offset`; whatever lies behind it goes.
    ///
    /// # Errors
    /// The disk, or there is no such upload.
    pub fn append(&self, name: &Name, offset: u64) -> io::Result<File> {
        let mut file = OpenOptions::new().read(true).write(true).open(self.path_of(name)?)?;
        file.set_len(offset)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    }

    fn path_of(&self, name: &Name) -> io::Result<PathBuf> {
        let length = self.lengths().get(name).copied();
        length.map(|length| self.incoming(name, length)).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Reads an upload.
    ///
    /// # Errors
    /// The disk, or there is no such upload.
    pub fn read(&self, name: &Name) -> io::Result<File> {
        File::open(self.path_of(name)?)
    }

    /// Forgets an upload, if there is one.
    ///
    /// # Errors
    /// The disk.
    pub fn forget(&self, name: &Name) -> io::Result<()> {
        let Some(length) = self.lengths().remove(name) else { return Ok(()) };
        match fs::remove_file(self.incoming(name, length)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Forgets every upload of an item.
    ///
    /// # Errors
    /// The disk.
    pub fn forget_item(&self, station: &str, item: PacketId) -> io::Result<()> {
        for part in Upload::ALL {
            self.forget(&Name { station: station.to_owned(), item, part: *part })?;
        }
        Ok(())
    }

    /// Forgets uploads that stood still since before `then`, and says how many.
    ///
    /// # Errors
    /// The disk.
    pub fn expire(&self, then: SystemTime) -> io::Result<usize> {
        let names: Vec<Name> = self.lengths().keys().cloned().collect();
        let mut gone = 0;
        for name in names {
            if self.held(&name)?.is_some_and(|held| held.changed < then) {
                self.forget(&name)?;
                gone += 1;
            }
        }
        Ok(gone)
    }

    /// Items of which every upload that was begun is whole: after a crash they may only wait to be looked at.
    ///
    /// # Errors
    /// The disk.
    pub fn whole_items(&self) -> io::Result<Vec<(String, PacketId)>> {
        let names: Vec<Name> = self.lengths().keys().cloned().collect();
        let mut items = BTreeMap::new();
        for name in names {
            let is_whole = self.held(&name)?.is_some_and(|held| held.is_whole());
            *items.entry((name.station, name.item)).or_insert(true) &= is_whole;
        }
        Ok(items.into_iter().filter(|(_, is_whole)| *is_whole).map(|(item, _)| item).collect())
    }

    /// Brings the bytes of an upload to the disk. A failed sync is never tried again: the upload is to be forgotten.
    ///
    /// # Errors
    /// The disk.
    pub fn sync(&self, name: &Name) -> io::Result<()> {
        self.read(name)?.sync_data()
    }

    /// Puts synced uploads on the shelf of their packets. Durable only after [`Blob::sync_shelves`].
    ///
    /// # Errors
    /// The disk.
    pub fn keep(&self, name: &Name) -> io::Result<()> {
        let shelf = self.shelf(name.item);
        let (from, to) = (self.path_of(name)?, self.kept_path(name.item, name.part));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !shelf.exists() => {
                fs::create_dir(&shelf)?;
                sync_folder(&self.root.join(PACKET))?;
                fs::rename(&from, &to)?;
            }
            renamed => renamed?,
        }
        self.lengths().remove(name);
        Ok(())
    }

    /// Makes the shelves of these packets durable, each once.
    ///
    /// # Errors
    /// The disk.
    pub fn sync_shelves(&self, items: impl IntoIterator<Item = PacketId>) -> io::Result<()> {
        let mut shelves: Vec<PathBuf> = items.into_iter().map(|item| self.shelf(item)).collect();
        shelves.sort();
        shelves.dedup();
        shelves.iter().try_for_each(|shelf| sync_folder(shelf))
    }

    /// Puts a whole packet on its shelf that came another way, synced.
    ///
    /// # Errors
    /// The disk, or the bytes end early.
    pub fn put(&self, item: PacketId, lengths: &[(Upload, u64)], mut from: impl Read) -> io::Result<()> {
        fs::create_dir_all(self.shelf(item))?;
        sync_folder(&self.root.join(PACKET))?;
        for (part, length) in lengths.iter().filter(|(_, length)| *length > 0) {
            let (path, fresh) =
                (self.kept_path(item, *part), self.kept_path(item, *part).with_extension("new"));
            let mut file = File::create(&fresh)?;
            if io::copy(&mut (&mut from).take(*length), &mut file)? != *length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            file.flush()?;
            file.sync_all()?;
            fs::rename(&fresh, &path)?;
        }
        self.sync_shelves([item])
    }

    /// A kept packet in its single-file form.
    ///
    /// # Errors
    /// The disk, or it is not here.
    pub fn packet(&self, item: PacketId) -> io::Result<impl Read + Send + use<>> {
        let facts = File::open(self.kept_path(item, Upload::Facts))?;
        let open = |part| match File::open(self.kept_path(item, part)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        let (images, documents) = (open(Upload::Images)?, open(Upload::Documents)?);
        Ok(facts.chain(OrNothing(images)).chain(OrNothing(documents)))
    }

    /// Room left below the store, in bytes.
    ///
    /// # Errors
    /// The disk.
    pub fn free_bytes(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.root)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// A file, or an upload without parts, which is no file.
struct OrNothing(Option<File>);

impl Read for OrNothing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |file| file.read(buffer))
    }
}

fn read_name(station: &str, file: &str) -> Option<(Name, u64)> {
    let mut words = file.split('.');
    let (item, part, length) = (words.next()?, words.next()?, words.next()?);
    let name =
        Name { station: station.to_owned(), item: PacketId::parse(item)?, part: Upload::from_word(part)? };
    Some((name, length.parse().ok()?))
}

/// Makes the names in a folder durable.
///
/// # Errors
/// The disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

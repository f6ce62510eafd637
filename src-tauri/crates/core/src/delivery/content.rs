//! The bytes of what travels: read from an offset, compared with their hash, and, at the end of all, forgotten.

use std::fs::{self, File};
use std::io::{self, Cursor, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use rekam_link::Content;
use rekam_link::courier::{Item, ItemKind};
use rekam_store::outbox::SealedPacketRow;
use rekam_store::{Outbox, StoreError, Uuid};
use rekam_sync::{Permit, Upload};
use sha2::{Digest as _, Sha256};

/// How much of a packet is in memory at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Where the bytes lie.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    pub(super) folder: PathBuf,
    pub(super) outbox: Arc<Outbox>,
}

/// A packet's row, or a notice's bytes.
enum Found {
    Packet(Box<SealedPacketRow>),
    Notice(Vec<u8>),
}

impl Shelf {
    /// The bytes of an upload from an offset to its end.
    pub(super) fn open(&self, upload: Upload, offset: u64) -> io::Result<Content> {
        let packet = match self.find(upload.item)? {
            Found::Packet(packet) => packet,
            Found::Notice(bytes) => {
                let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                return Ok(Box::new(Cursor::new(bytes.get(from..).unwrap_or_default().to_vec())));
            }
        };
        // The three uploads are the file, cut at two places.
        let before = packet.parts.iter().take_while(|part| part.part != upload.part);
        let start: u64 = before.map(|part| part.length).sum();
        let length = packet.parts.iter().find(|part| part.part == upload.part).map_or(0, |part| part.length);
        let mut file = File::open(self.folder.join(&packet.path))?;
        file.seek(SeekFrom::Start(start + offset))?;
        Ok(Box::new(file.take(length.saturating_sub(offset))))
    }

    /// All bytes of a packet or notice.
    pub(super) fn open_whole(&self, item: Uuid) -> io::Result<Content> {
        match self.find(item)? {
            Found::Packet(packet) => Ok(Box::new(File::open(self.folder.join(&packet.path))?)),
            Found::Notice(bytes) => Ok(Box::new(Cursor::new(bytes))),
        }
    }

    /// How a packet or notice lies on a stick.
    pub(super) fn on_stick(&self, item: Uuid) -> io::Result<Item> {
        let (kind, length) = match self.find(item)? {
            Found::Packet(packet) => (ItemKind::Packet, u64::try_from(packet.size).unwrap_or_default()),
            Found::Notice(bytes) => (ItemKind::Notice, bytes.len() as u64),
        };
        Ok(Item { id: item, kind, length })
    }

    /// Whether the bytes on the disk are those that were sealed. A file that is gone is not.
    ///
    /// # Errors
    /// The disk does not say; nothing is known then.
    pub(super) fn is_intact(&self, item: Uuid) -> io::Result<bool> {
        let Found::Packet(packet) = self.find(item)? else { return Ok(true) };
        let mut file = match File::open(self.folder.join(&packet.path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let (mut hash, mut chunk) = (Sha256::new(), vec![0; CHUNK_BYTES]);
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(packet.hash.0 == <[u8; 32]>::from(hash.finalize())),
                count => hash.update(chunk.get(..count).unwrap_or_default()),
            }
        }
    }

    /// Deletes the bytes of a packet, durably. Nothing else in the program does, and nobody without a permit can ask.
    pub(super) fn forget(&self, permit: &Permit) -> io::Result<()> {
        let Found::Packet(packet) = self.find(permit.packet())? else { return Ok(()) };
        let path = self.folder.join(&packet.path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        File::open(path.parent().unwrap_or(&self.folder))?.sync_all()
    }

    fn find(&self, item: Uuid) -> io::Result<Found> {
        let found = self.outbox.read(|reading| match reading.get_packet(item) {
            Ok(packet) => Ok(Found::Packet(Box::new(packet))),
            Err(StoreError::NotFound { .. }) => Ok(Found::Notice(reading.get_notice(item)?.bytes)),
            Err(error) => Err(error),
        });
        found.map_err(io::Error::other)
    }
}

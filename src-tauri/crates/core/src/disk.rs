//! How much room the station's disk has.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the system tells of its disks, by the number of the device.
const DISKS: &str = "/sys/dev/block";
/// Encrypted and joined volumes lie on each other; deeper than this is nothing a station is set up with.
const LAYERS_MAX: u32 = 8;

/// A disk, by the number of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disk(u64);

/// The disk a folder lies on: of a partition or an encrypted volume the disk under it, of anything else, such as a
/// folder of another computer, its own number. Nothing if the folder is not there.
pub(crate) fn disk_of(folder: &Path) -> Option<Disk> {
    let device = fs::metadata(folder).ok()?.dev();
    let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
    let told = disk_under(Path::new(DISKS), &format!("{major}:{minor}"), LAYERS_MAX);
    let number = told.and_then(|told| {
        let (major, minor) = told.trim().split_once(':')?;
        Some(rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?))
    });
    Some(Disk(number.unwrap_or(device)))
}

/// The number of the disk under a device; nothing where the system does not tell of it, or it lies on several.
fn disk_under(disks: &Path, device: &str, layers: u32) -> Option<String> {
    let place = fs::canonicalize(disks.join(device)).ok()?;
    let number = |place: &Path| fs::read_to_string(place.join("dev")).ok();
    if place.join("partition").exists() {
        return disk_under(disks, number(place.parent()?)?.trim(), layers.checked_sub(1)?);
    }
    let under: Vec<_> = fs::read_dir(place.join("slaves")).into_iter().flatten().flatten().collect();
    match under.as_slice() {
        [one] => disk_under(disks, number(&one.path())?.trim(), layers.checked_sub(1)?),
        _ => number(&place),
    }
}

/// Where the free room is read.
#[derive(Debug, Clone)]
pub enum Room {
    /// From the disk of the station.
    Disk,
    /// From somebody else: simulated days and tests.
    Set(SetRoom),
}

/// Free room that somebody else sets, in megabytes.
#[derive(Debug, Clone)]
pub struct SetRoom(Arc<AtomicU32>);

impl SetRoom {
    /// So much is free.
    #[must_use]
    pub fn of_mb(free: u32) -> Self {
        Self(Arc::new(AtomicU32::new(free)))
    }

    /// From here on so much is free.
    pub fn set_mb(&self, free: u32) {
        self.0.store(free, Ordering::SeqCst);
    }
}

impl Room {
    /// Free megabytes for an ordinary program at this folder, if the system tells.
    pub(crate) fn free_mb(&self, folder: &Path) -> Option<u32> {
        match self {
            Room::Disk => {
                let room = rustix::fs::statvfs(folder).ok()?;
                let bytes = room.f_bavail.checked_mul(room.f_frsize)?;
                Some(u32::try_from(bytes / 1_000_000).unwrap_or(u32::MAX))
            }
            Room::Set(room) => Some(room.0.load(Ordering::SeqCst)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn two_partitions_and_an_encrypted_volume_lie_on_one_disk() {
        let system = tempfile::tempdir().unwrap();
        let at = |name: &str| system.path().join(name);
        let place = |path: &str, number: &str| {
            fs::create_dir_all(at(path)).unwrap();
            fs::write(at(path).join("dev"), format!("{number}\n")).unwrap();
            symlink(at(path), at("dev").join(number)).unwrap();
        };
        fs::create_dir(at("dev")).unwrap();
        place("devices/sda", "8:0");
        for (name, number) in [("sda1", "8:1"), ("sda2", "8:2")] {
            place(&format!("devices/sda/{name}"), number);
            fs::write(at(&format!("devices/sda/{name}/partition")), "1\n").unwrap();
        }
        place("devices/dm-0", "253:0");
        fs::create_dir(at("devices/dm-0/slaves")).unwrap();
        symlink(at("devices/sda/sda2"), at("devices/dm-0/slaves/sda2")).unwrap();
        place("devices/sdb", "8:16");
        let told =
            |device: &str| disk_under(&at("dev"), device, LAYERS_MAX).map(|told| told.trim().to_owned());
        for device in ["8:0", "8:1", "8:2", "253:0"] {
            assert_eq!(told(device).as_deref(), Some("8:0"), "{device}");
        }
        assert_eq!(told("8:16").as_deref(), Some("8:16"));
        assert_eq!(told("0:99"), None, "the system does not tell of it");
    }

    #[test]
    fn a_folder_that_is_gone_lies_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        assert_eq!(disk_of(&inside), disk_of(folder.path()));
        assert_eq!(disk_of(&folder.path().join("gone")), None);
    }
}

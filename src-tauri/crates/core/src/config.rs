//! `station.toml`: what a station must know of itself before anybody signs in. Nothing about people.

mod delivery;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use delivery::DeliveryConfig;

/// Name of the file in the station's folder. Written last when a station is set up: without it there is no station.
pub(crate) const CONFIG_FILE: &str = "station.toml";
/// The settings while a station is being set up: renamed when it is finished. Keys without either belong to a station
/// that lost its settings, and are never cleared away.
pub(crate) const UNFINISHED_FILE: &str = "station.toml.unfinished";
/// The procedure of the office, beside it.
pub(crate) const PROFILE_FILE: &str = "profile.toml";
/// The folder of the keys, beside it.
pub(crate) const KEYS_FOLDER: &str = "keys";

/// The shape this program writes and reads.
const SCHEMA: u32 = 1;
/// Larger than any file of settings or profile a person would write.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A station's own settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StationConfig {
    /// Shape of this file.
    pub(crate) schema: u32,
    /// Id that packets and registers carry.
    pub(crate) station: String,
    /// Set up for demonstration: nothing here is real.
    #[serde(default)]
    pub(crate) demonstration: bool,
    /// Where copies of the station are kept.
    #[serde(default)]
    pub(crate) copies: CopiesConfig,
    /// How this computer reaches the office, where it is not as the office says.
    #[serde(default, skip_serializing_if = "DeliveryConfig::is_empty")]
    pub(crate) delivery: DeliveryConfig,
}

/// Where copies of the station are kept, and how often a backup is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopiesConfig {
    /// Folder on a second disk that is kept up to date all the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mirror: Option<PathBuf>,
    /// Folder on a removable disk that gets a backup whenever one is due and the disk is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backup: Option<PathBuf>,
    /// Hours from one backup to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) backup_every_hours: Option<u32>,
}

impl StationConfig {
    /// Settings in today's shape.
    #[must_use]
    pub(crate) fn new(station: impl Into<String>, demonstration: bool) -> Self {
        let (copies, delivery) = (CopiesConfig::default(), DeliveryConfig::default());
        Self { schema: SCHEMA, station: station.into(), demonstration, copies, delivery }
    }
}

/// A file of the station that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// There is no such file.
    #[error("{file} is missing")]
    Missing {
        /// Name in the station's folder.
        file: &'static str,
    },
    /// The disk refused.
    #[error("{operation} {file}")]
    Disk {
        /// What was being done.
        operation: &'static str,
        /// Name in the station's folder.
        file: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It is not what was written.
    #[error("{file}: {what}")]
    Damaged {
        /// Name in the station's folder.
        file: &'static str,
        /// What does not hold.
        what: String,
    },
}

/// Reads the settings.
///
/// # Errors
/// Missing, unreadable or damaged.
pub(crate) fn read_config(folder: &Path) -> Result<StationConfig, ConfigError> {
    let text = read(folder, CONFIG_FILE)?;
    let damaged = |what: String| ConfigError::Damaged { file: CONFIG_FILE, what };
    let config: StationConfig = toml::from_str(&text).map_err(|error| damaged(error.message().to_owned()))?;
    if config.schema == SCHEMA {
        Ok(config)
    } else {
        Err(damaged(format!("schema {} is not {SCHEMA}", config.schema)))
    }
}

/// Writes the settings of a station that is being set up.
///
/// # Errors
/// The disk refused.
pub(crate) fn begin_config(folder: &Path, config: &StationConfig) -> Result<(), ConfigError> {
    write(folder, UNFINISHED_FILE, encode(config)?.as_bytes())
}

/// Changes the settings of a station that exists.
///
/// # Errors
/// The disk refused; the old ones stay.
pub(crate) fn change_config(folder: &Path, config: &StationConfig) -> Result<(), ConfigError> {
    write(folder, CONFIG_FILE, encode(config)?.as_bytes())
}

fn encode(config: &StationConfig) -> Result<String, ConfigError> {
    toml::to_string(config)
        .map_err(|error| ConfigError::Damaged { file: CONFIG_FILE, what: error.to_string() })
}

/// Makes them the settings of a station that exists.
///
/// # Errors
/// The disk refused.
pub(crate) fn finish_config(folder: &Path) -> Result<(), ConfigError> {
    let disk = |source| ConfigError::Disk { operation: "rename", file: UNFINISHED_FILE, source };
    fs::rename(folder.join(UNFINISHED_FILE), folder.join(CONFIG_FILE)).map_err(disk)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk)
}

/// Reads a text file of the station.
///
/// # Errors
/// Missing, unreadable, too large or not text.
pub(crate) fn read(folder: &Path, file: &'static str) -> Result<String, ConfigError> {
    let disk = |operation| move |source| ConfigError::Disk { operation, file, source };
    let opened = match File::open(folder.join(file)) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ConfigError::Missing { file }),
        Err(error) => return Err(disk("open")(error)),
    };
    let mut bytes = Vec::new();
    opened.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(disk("read"))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(ConfigError::Damaged { file, what: format!("more than {FILE_BYTES_MAX} bytes") });
    }
    String::from_utf8(bytes).map_err(|_| ConfigError::Damaged { file, what: "not UTF-8".to_owned() })
}

/// Writes a file so that after a power cut there is the old one or the new one, never half of one.
///
/// # Errors
/// The disk refused.
pub(crate) fn write(folder: &Path, file: &'static str, bytes: &[u8]) -> Result<(), ConfigError> {
    let disk = |operation| move |source| ConfigError::Disk { operation, file, source };
    let draft = folder.join(format!("{file}.new"));
    let mut written = File::create(&draft).map_err(disk("create"))?;
    written.write_all(bytes).map_err(disk("write"))?;
    written.sync_all().map_err(disk("sync"))?;
    drop(written);
    fs::rename(&draft, folder.join(file)).map_err(disk("rename"))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk("sync the folder of"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let config = StationConfig::new("367109-01", true);
        begin_config(folder.path(), &config).unwrap();
        assert!(read_config(folder.path()).is_err());
        finish_config(folder.path()).unwrap();
        assert_eq!(read_config(folder.path()).unwrap(), config);
    }

    #[test]
    fn names_the_file_that_cannot_be_used() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(read_config(folder.path()), Err(ConfigError::Missing { file: CONFIG_FILE })));
        for bad in ["schema = 9\nstation = \"a\"", "schema = 1", "{", "schema = 1\nstation = \"a\"\nmore = 1"]
        {
            write(folder.path(), CONFIG_FILE, bad.as_bytes()).unwrap();
            let error = read_config(folder.path()).unwrap_err();
            assert!(matches!(error, ConfigError::Damaged { file: CONFIG_FILE, .. }), "{bad}: {error}");
        }
        write(folder.path(), CONFIG_FILE, &[0xff]).unwrap();
        assert!(matches!(read_config(folder.path()), Err(ConfigError::Damaged { .. })));
    }
}

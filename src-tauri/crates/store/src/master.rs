//! Region codes and process profiles, edition by edition.

use rusqlite::{Row, params};

use crate::canonical::Hash;
use crate::database::{Reading, Writing};
use crate::error::StoreError;
use crate::sql::at_most;

/// The most regions of an edition: the whole country has some 91,600 (`domain.md` §6.1).
pub const REGIONS_MAX: usize = 200_000;

/// The largest text of a profile: the known ones have a few kB.
pub const PROFILE_BYTES_MAX: usize = 256 * 1024;

/// An edition of the region table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionEditionRow {
    /// Number of the edition; 0 when it is new.
    pub id: i64,
    /// File or decree it came from.
    pub name: String,
    /// SHA-256 of what was imported.
    pub hash: Hash,
    /// The day it was made, `yyyy-mm-dd`.
    pub made_on: String,
    /// When it was imported.
    pub imported_ms: i64,
    /// When it expires.
    pub valid_until_ms: i64,
}

/// One region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionRow {
    /// Code with dots.
    pub code: String,
    /// Name.
    pub name: String,
    /// The edition lists only some of what lies below.
    pub is_partial: bool,
}

/// One version of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileVersionRow {
    /// Profile id.
    pub profile: String,
    /// Version.
    pub version: u32,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text.
    pub hash: Hash,
    /// Who gave it.
    pub source: String,
    /// The day it was made, `yyyy-mm-dd`.
    pub made_on: String,
    /// When it was imported.
    pub imported_ms: i64,
    /// When it expires.
    pub valid_until_ms: i64,
}

const PROFILE_COLUMNS: &str =
    "profile, version, text, hash, source, made_on, imported_ms, valid_until_ms FROM profile_version";

fn read_profile(row: &Row<'_>) -> rusqlite::Result<ProfileVersionRow> {
    Ok(ProfileVersionRow {
        profile: row.get("profile")?,
        version: row.get("version")?,
        text: row.get("text")?,
        hash: row.get("hash")?,
        source: row.get("source")?,
        made_on: row.get("made_on")?,
        imported_ms: row.get("imported_ms")?,
        valid_until_ms: row.get("valid_until_ms")?,
    })
}

fn checked(profile: ProfileVersionRow) -> Result<ProfileVersionRow, StoreError> {
    if Hash::of(profile.text.as_bytes()) == profile.hash {
        Ok(profile)
    } else {
        Err(StoreError::damaged(format!("version {} of profile {}", profile.version, profile.profile)))
    }
}

impl Writing<'_> {
    /// Imports a region table in this one promise; answers its number.
    ///
    /// # Errors
    /// When a code stands twice, there are too many, or the disk refuses; nothing of the edition is kept then.
    pub fn insert_regions(
        &mut self,
        edition: &RegionEditionRow,
        regions: impl IntoIterator<Item = RegionRow>,
    ) -> Result<i64, StoreError> {
        const OPERATION: &str = "import regions";
        self.run(
            OPERATION,
            "INSERT INTO region_edition (name, hash, made_on, imported_ms, valid_until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![edition.name, edition.hash, edition.made_on, edition.imported_ms, edition.valid_until_ms],
        )?;
        let id = self.last_id();
        for (count, region) in regions.into_iter().enumerate() {
            at_most("the region table", count, REGIONS_MAX)?;
            self.run(
                OPERATION,
                "INSERT INTO region (edition, code, name, partial) VALUES (?1, ?2, ?3, ?4)",
                params![id, region.code, region.name, region.is_partial],
            )?;
        }
        Ok(id)
    }

    /// Keeps a version of a profile; a version is never changed.
    ///
    /// # Errors
    /// When the version is there with another text, the text is too large, or the disk refuses.
    pub fn insert_profile_version(&mut self, profile: &ProfileVersionRow) -> Result<(), StoreError> {
        at_most("the text of a profile", profile.text.len(), PROFILE_BYTES_MAX)?;
        if let Some(known) = self.get_profile_version(&profile.profile, profile.version)?
            && known.text == profile.text
        {
            return Ok(());
        }
        self.run(
            "keep a profile",
            "INSERT INTO profile_version (profile, version, text, hash, source, made_on, imported_ms, valid_until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                profile.profile,
                profile.version,
                profile.text,
                profile.hash,
                profile.source,
                profile.made_on,
                profile.imported_ms,
                profile.valid_until_ms
            ],
        )?;
        Ok(())
    }
}

impl Reading<'_> {
    /// Every edition of the region table, newest first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_region_editions(&self) -> Result<Vec<RegionEditionRow>, StoreError> {
        self.all(
            "list region tables",
            "SELECT id, name, hash, made_on, imported_ms, valid_until_ms FROM region_edition ORDER BY id DESC",
            [],
            |row| {
                Ok(RegionEditionRow {
                    id: row.get("id")?,
                    name: row.get("name")?,
                    hash: row.get("hash")?,
                    made_on: row.get("made_on")?,
                    imported_ms: row.get("imported_ms")?,
                    valid_until_ms: row.get("valid_until_ms")?,
                })
            },
        )
    }

    /// How many regions an edition lists.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn count_regions(&self, edition: i64) -> Result<i64, StoreError> {
        let count = self.one(
            "count regions",
            "SELECT count(*) AS count FROM region WHERE edition = ?1",
            [edition],
            |row| row.get("count"),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// Hands every region of an edition to `take`, in the order of codes.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn each_region(&self, edition: i64, mut take: impl FnMut(RegionRow)) -> Result<(), StoreError> {
        self.each(
            "read a region table",
            "SELECT code, name, partial FROM region WHERE edition = ?1 ORDER BY code",
            [edition],
            |row| {
                Ok(RegionRow {
                    code: row.get("code")?,
                    name: row.get("name")?,
                    is_partial: row.get("partial")?,
                })
            },
            |region| {
                take(region);
                Ok(())
            },
        )
    }

    /// A version of a profile, compared with its hash.
    ///
    /// # Errors
    /// When it cannot be read or is no longer what was imported.
    pub fn get_profile_version(
        &self,
        profile: &str,
        version: u32,
    ) -> Result<Option<ProfileVersionRow>, StoreError> {
        self.one(
            "read a profile",
            &format!("SELECT {PROFILE_COLUMNS} WHERE profile = ?1 AND version = ?2"),
            params![profile, version],
            read_profile,
        )?
        .map(checked)
        .transpose()
    }

    /// Every version of every profile, by profile, newest first.
    ///
    /// # Errors
    /// When they cannot be read or one is no longer what was imported.
    pub fn list_profile_versions(&self) -> Result<Vec<ProfileVersionRow>, StoreError> {
        self.all(
            "list profiles",
            &format!("SELECT {PROFILE_COLUMNS} ORDER BY profile, version DESC"),
            [],
            read_profile,
        )?
        .into_iter()
        .map(checked)
        .collect()
    }
}

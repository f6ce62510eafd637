//! What the campaigns share: short or long, a place where a long one can be stopped and continued, and one row each
//! in the table that `packaging/test.sh` prints at the end.
//!
//! ```no_run
//! use rekam_tests::campaign::{Campaign, Row};
//!
//! let campaign = Campaign::begin("example", "nothing at all").unwrap();
//! let done: u32 = campaign.resume().unwrap();
//! campaign.keep(&(done + 1)).unwrap();
//! campaign.end(&Row { count: 1, of: "tries", lost: 0, told: "an example".to_owned() }).unwrap();
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::program::target_folder;

/// Set to anything, the long form of every campaign is run.
const LONG: &str = "REKAM_LONG";
/// Names a folder in which long campaigns keep how far they are.
const PROGRESS: &str = "REKAM_CAMPAIGN";
const PROGRESS_FILE: &str = "progress.json";

/// Whether the long form is asked for.
#[must_use]
pub fn is_long() -> bool {
    std::env::var_os(LONG).is_some()
}

/// One campaign that is running.
#[derive(Debug)]
pub struct Campaign {
    name: &'static str,
    what: &'static str,
    folder: PathBuf,
    /// Removed with the value, unless the campaign is to be continued.
    _temporary: Option<tempfile::TempDir>,
    started: Instant,
    before: Duration,
}

/// What a campaign has to say when it is over.
#[derive(Debug)]
pub struct Row {
    /// How many were tried.
    pub count: u64,
    /// Of what.
    pub of: &'static str,
    /// How many acknowledged things were lost, or secrets found.
    pub lost: u64,
    /// What else was measured.
    pub told: String,
}

impl Campaign {
    /// Begins or continues a campaign; `what` says in a few words what is done to the station.
    ///
    /// # Errors
    /// The folder of its progress cannot be used.
    pub fn begin(name: &'static str, what: &'static str) -> Result<Self> {
        let (folder, temporary) = match std::env::var_os(PROGRESS) {
            Some(kept) if is_long() => (Path::new(&kept).join(name), None),
            _ => {
                let folder = tempfile::tempdir()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        if !folder.join(PROGRESS_FILE).exists() {
            // What a campaign left before it got anywhere would only be in the way.
            let _ = fs::remove_dir_all(&folder);
        }
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be used", folder.display()))?;
        let before = fs::read_to_string(folder.join("seconds")).ok().and_then(|text| text.parse().ok());
        let before = Duration::from_secs(before.unwrap_or(0));
        Ok(Self { name, what, folder, _temporary: temporary, started: Instant::now(), before })
    }

    /// A folder for what the campaign works on; it is there again when the campaign is continued.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How far it was when it was stopped, or the beginning.
    ///
    /// # Errors
    /// What was kept is of another kind.
    pub fn resume<T: Default + DeserializeOwned>(&self) -> Result<T> {
        match fs::read(self.progress()) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(_) => Ok(T::default()),
        }
    }

    /// Remembers how far it is.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn keep(&self, progress: &impl Serialize) -> Result<()> {
        let fresh = self.folder.join("progress.new");
        fs::write(&fresh, serde_json::to_vec(progress)?)?;
        fs::rename(&fresh, self.progress())?;
        Ok(fs::write(self.folder.join("seconds"), self.taken().as_secs().to_string())?)
    }

    fn progress(&self) -> PathBuf {
        self.folder.join(PROGRESS_FILE)
    }

    fn taken(&self) -> Duration {
        self.before + self.started.elapsed()
    }

    /// Writes its row; the next run begins anew.
    ///
    /// # Errors
    /// The target folder cannot be written.
    pub fn end(self, row: &Row) -> Result<()> {
        let rows = target_folder()?.join("campaign");
        fs::create_dir_all(&rows)?;
        let Row { count, of, lost, told } = row;
        let (what, seconds) = (self.what, self.taken().as_secs());
        let line = format!("| {} | {what} | {count} {of} | {lost} | {told} | {seconds} |\n", self.name);
        fs::write(rows.join(format!("{}.row", self.name)), line)?;
        Ok(fs::remove_dir_all(&self.folder)?)
    }
}

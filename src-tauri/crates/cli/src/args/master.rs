//! What can be asked for about what the office hands down.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;
use rekam_core::master::{Given, SourceSaid};

use super::At;

/// A file, and what is said about it.
#[derive(clap::Args)]
pub(crate) struct GivenArgs {
    /// The file
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) at: At,
    /// What the office calls it; else its head or the name of the file
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// Day it was made, yyyy-mm-dd; else its head, or a date in the name of the file
    #[arg(long, value_name = "DATE")]
    pub(crate) made_on: Option<Date>,
    /// Last day it may be used, yyyy-mm-dd
    #[arg(long, value_name = "DATE")]
    pub(crate) valid_until: Option<Date>,
    /// Only tell what would change and which lines are refused
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl GivenArgs {
    pub(crate) fn given(&self) -> Given<'_> {
        let said =
            SourceSaid { label: self.source.clone(), made_on: self.made_on, valid_until: self.valid_until };
        Given { file: &self.file, said, dry_run: self.dry_run }
    }
}

#[derive(clap::Args)]
pub(crate) struct RosterImportArgs {
    #[command(flatten)]
    pub(crate) given: GivenArgs,
    /// Take it even if it is older than the list in use
    #[arg(long)]
    pub(crate) older: bool,
}

#[derive(Subcommand)]
pub(crate) enum MasterCommand {
    /// Take over a region table, a profile or blocks of numbers
    #[command(subcommand)]
    Import(MasterImportCommand),
    /// Everything handed down, with its age and what is left of it
    List {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum MasterImportCommand {
    /// The official list of region codes (CSV: code,name)
    Regions(GivenArgs),
    /// A newer version of the office's profile (TOML)
    Profile(GivenArgs),
    /// Blocks of numbers (CSV: series,year,first,last)
    Numbers(GivenArgs),
}

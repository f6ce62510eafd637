//! What can be asked for.

mod case;
mod delivery;
mod master;
mod people;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use rekam_domain::text::Language;

pub(crate) use case::{CaseCommand, TaskCommand};
pub(crate) use delivery::{CourierCommand, DeliverArgs};
pub(crate) use master::{GivenArgs, MasterCommand, MasterImportCommand, RosterImportArgs};
pub(crate) use people::{AccountCommand, AdmitArgs, InitArgs, PersonArgs, RecoverArgs};

/// Rekam without a window.
#[derive(Parser)]
#[command(name = "rekam", version, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Language of every sentence.
    #[arg(long = "lang", global = true, value_enum, default_value_t = LanguageArg::Id)]
    language: LanguageArg,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    pub(crate) fn language(&self) -> Language {
        match self.language {
            LanguageArg::Id => Language::Indonesian,
            LanguageArg::En => Language::English,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum LanguageArg {
    /// Bahasa Indonesia
    Id,
    /// English
    En,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a NIK, or a file of them
    Nik(NikArgs),
    /// List, show or check the profiles of procedures
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Walk through a procedure
    #[command(subcommand)]
    Sop(SopCommand),
    /// Read a list of people to be recorded, or take it over
    #[command(subcommand)]
    Roster(RosterCommand),
    /// What the office hands down: region table, profile, blocks of numbers, and the age of everything
    #[command(subcommand)]
    Master(MasterCommand),
    /// Set up a station
    #[command(subcommand)]
    Station(StationCommand),
    /// The people of a station
    #[command(subcommand)]
    Account(AccountCommand),
    /// Run a simulated working day at a demonstration station
    Day(DayArgs),
    /// The cases of a station
    #[command(subcommand)]
    Case(CaseCommand),
    /// What waits for a person
    #[command(subcommand)]
    Task(TaskCommand),
    /// The audit of a station
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copy a station to another disk, check a copy, give a station back
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The copy on a second disk that is kept while people work
    #[command(subcommand)]
    Mirror(MirrorCommand),
    /// The clock of the station
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Check, open or show a packet, or list those of a station
    #[command(subcommand)]
    Packet(crate::packet::PacketCommand),
    /// Deliver packets to the office, without anybody signed in
    Deliver(DeliverArgs),
    /// Packets and receipts on a removable disk
    #[command(subcommand)]
    Courier(CourierCommand),
    /// How a station stands
    Status {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which station, and who asks. A demonstration station unlocks by itself.
#[derive(clap::Args)]
pub(crate) struct At {
    /// The station's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Account that asks; needs its secret in a file
    #[arg(long, requires = "secret_file")]
    pub(crate) account: Option<String>,
    /// File whose first line is the secret of the account
    #[arg(long, value_name = "FILE", requires = "account")]
    pub(crate) secret_file: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct DayArgs {
    /// The station's folder; an empty one gets a demonstration station
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// How many people come
    #[arg(long, default_value_t = 10)]
    pub(crate) people: u32,
    /// What they are drawn from; the same seed is the same day
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Append one JSON line for every step the moment it is acknowledged
    #[arg(long, value_name = "FILE")]
    pub(crate) ack: Option<PathBuf>,
    /// Pictures as from real devices, or tiny ones
    #[arg(long, value_enum, default_value_t = ImagesArg::Full)]
    pub(crate) images: ImagesArg,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ImagesArg {
    /// In the size real devices give
    Full,
    /// Tiny, for campaigns of thousands
    Tiny,
}

#[derive(Subcommand)]
pub(crate) enum MirrorCommand {
    /// Keep the mirror in this folder from now on
    Keep {
        #[command(flatten)]
        at: At,
        /// Folder on the second disk
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Keep no mirror any more; what lies there stays
    Stop {
        #[command(flatten)]
        at: At,
    },
    /// Set a damaged database aside and give it back from the mirror
    GiveBack {
        #[command(flatten)]
        at: At,
    },
}

#[derive(Subcommand)]
pub(crate) enum ClockCommand {
    /// Say that the computer's clock was looked at and is right
    Confirm {
        #[command(flatten)]
        at: At,
    },
}

#[derive(Subcommand)]
pub(crate) enum BackupCommand {
    /// Make a backup by itself whenever one is due and the disk is there
    Schedule {
        #[command(flatten)]
        at: At,
        /// Folder on the removable disk; without it no backups are made by themselves
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
        /// Hours from one backup to the next
        #[arg(long, default_value_t = 24)]
        every_hours: u32,
    },
    /// Copy the station and read the copy back
    Create {
        #[command(flatten)]
        at: At,
        /// Folder on the other disk
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Compare every file of a backup with what was copied
    Verify {
        /// The backup
        copy: PathBuf,
    },
    /// Give a station back into an empty folder
    Restore {
        /// The backup, or a mirror
        copy: PathBuf,
        /// The new folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Write the whole audit into a new file that another computer can check
    Export {
        #[command(flatten)]
        at: At,
        /// The new file
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a file that was exported; no station is needed; exit code 0 only if all of it is whole
    Check {
        /// The file
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Walk audit, journal and books and check every signature; exit code 0 only if all of it is whole
    Verify {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(clap::Args)]
pub(crate) struct NikArgs {
    /// The number as written
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub(crate) nik: Option<String>,
    /// Birth date of the person, yyyy-mm-dd or dd-mm-yyyy
    #[arg(long, conflicts_with = "batch")]
    pub(crate) born: Option<String>,
    /// Sex of the person: L or P
    #[arg(long, conflicts_with = "batch")]
    pub(crate) sex: Option<String>,
    /// CSV file with the header nik[,born,sex]; "-" reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) batch: Option<PathBuf>,
    /// Print JSON, for a batch one line for each row
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) by: JudgedBy,
}

/// What numbers of people are judged by.
#[derive(clap::Args)]
pub(crate) struct JudgedBy {
    /// Region code of the station, such as 36.71.09
    #[arg(long, value_name = "CODE")]
    pub(crate) station: Option<String>,
    /// Official list of region codes of today (CSV: code,name) instead of the built-in start
    #[arg(long, value_name = "FILE")]
    pub(crate) regions: Option<PathBuf>,
    /// An older list of region codes; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) regions_historical: Vec<PathBuf>,
    /// Judge as if today were this day
    #[arg(long, value_name = "DATE")]
    pub(crate) today: Option<Date>,
}

#[derive(Subcommand)]
pub(crate) enum ProfileCommand {
    /// The profiles that are built in
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Print the ids only, one a line
        #[arg(long, conflicts_with = "json")]
        ids: bool,
    },
    /// One profile: its switches and every step
    Show {
        /// Id of a built-in profile, or a file
        profile: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a profile file and name every mistake by line and key
    Check {
        /// The file
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum SopCommand {
    /// Drive a made-up person (or village batch) through every step of a procedure
    Walk {
        /// Id of a built-in profile, or a file
        profile: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum RosterCommand {
    /// Read a list, tell what it holds, which lines are refused, and what it would change; changes nothing
    Check(RosterCheckArgs),
    /// Take a list over into a station, all of it or nothing
    Import(RosterImportArgs),
}

#[derive(clap::Args)]
pub(crate) struct RosterCheckArgs {
    /// The list from SIAK, CSV or XLSX
    pub(crate) file: PathBuf,
    /// Compare with this older list
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// Day the list was made, yyyy-mm-dd; else a date in the name of the file
    #[arg(long, value_name = "DATE")]
    pub(crate) made_on: Option<Date>,
    /// Last day it may be used, yyyy-mm-dd; else a quarter after it was made
    #[arg(long, value_name = "DATE")]
    pub(crate) valid_until: Option<Date>,
    #[command(flatten)]
    pub(crate) by: JudgedBy,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum StationCommand {
    /// Set up the station of an office in an empty folder
    Init(InitArgs),
    /// Let a supervisor in with the office's recovery key, when everybody is lost
    Recover(RecoverArgs),
    /// Draw a new recovery key; the one before opens nothing any more
    RenewRecovery {
        #[command(flatten)]
        at: At,
        /// New file for the key, where there is no terminal to show it
        #[arg(long, value_name = "FILE")]
        recovery_file: Option<PathBuf>,
    },
    /// Write what this station hands to the office to be admitted
    Request {
        /// The station's folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The file
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take the office's admission, after its fingerprint was compared
    Admit(AdmitArgs),
    /// Set up a demonstration office in an empty folder and tell how to sign in
    Demonstrate {
        /// The station's folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Its id: several stations of one demonstration need one each
        #[arg(long, value_name = "ID", default_value = rekam_core::demonstration::STATION)]
        station: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

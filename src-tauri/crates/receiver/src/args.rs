//! What the program of the office can be asked.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use rekam_domain::text::Language;

/// The office side of Rekam.
#[derive(Debug, Parser)]
#[command(name = "rekam-receiver", version)]
pub(crate) struct Asked {
    /// Language of the answers.
    #[arg(long, global = true, default_value = "id", value_parser = ["id", "en"])]
    lang: String,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Asked {
    pub(crate) fn language(&self) -> Language {
        if self.lang == "en" { Language::English } else { Language::Indonesian }
    }
}

/// The folder of the office.
#[derive(Debug, Args)]
pub(crate) struct Data {
    /// The folder of the office.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the passphrase comes from; else from REKAM_OFFICE_PASSPHRASE.
#[derive(Debug, Args)]
pub(crate) struct Secret {
    /// A file whose first line is the passphrase of the office's opening key.
    #[arg(long)]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take packets in. Founds the office when the folder is new.
    Serve {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        secret: Secret,
        /// Where to listen.
        #[arg(long, default_value = "0.0.0.0:8443")]
        listen: SocketAddr,
        /// A further name or address for the certificate.
        #[arg(long = "name")]
        names: Vec<String>,
        /// The office's name, at the first start.
        #[arg(long)]
        office: Option<String>,
        /// The public escrow key (age1…), at the first start.
        #[arg(long)]
        escrow: Option<String>,
        /// Be the office of the demonstration, for stations whose admissions these are (office.bundle in their folders).
        #[arg(long, value_name = "FILE", conflicts_with_all = ["office", "escrow", "passphrase_file"])]
        demonstration: Vec<PathBuf>,
        /// Requests a second of one station.
        #[arg(long, default_value_t = 50)]
        requests_per_second: u32,
    },
    /// Stations.
    #[command(subcommand)]
    Station(Station),
    /// The key packets are sealed to.
    #[command(subcommand)]
    Recipient(Recipient),
    /// Packets.
    #[command(subcommand)]
    Packet(Packet),
    /// Statuses of the centre.
    #[command(subcommand)]
    Status(Status),
    /// Receipts by hand.
    #[command(subcommand)]
    Receipt(Receipt),
    /// Check every signed word, every kept packet and the audit.
    VerifyLedger {
        #[command(flatten)]
        data: Data,
    },
    /// Backups of ledger, keys and packets.
    #[command(subcommand)]
    Backup(Backup),
    /// Removable disks.
    #[command(subcommand)]
    Courier(Courier),
    /// Provisioning bundles.
    #[command(subcommand)]
    Bundle(Bundle),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Station {
    /// Add a station from the request it wrote.
    Add {
        #[command(flatten)]
        data: Data,
        /// The file of the request.
        request: PathBuf,
    },
    /// List stations and their chains.
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Show how a station stands, and what a revoked one still owes.
    Show {
        #[command(flatten)]
        data: Data,
        /// The station.
        id: String,
    },
    /// Refuse a station from now on.
    Revoke {
        #[command(flatten)]
        data: Data,
        /// The station.
        id: String,
        /// The last number that is still accepted; without it, the last that arrived.
        #[arg(long)]
        after: Option<u64>,
        /// Why.
        #[arg(long, default_value = "")]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Recipient {
    /// Make a new key; old packets stay readable.
    Rotate {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        secret: Secret,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Packet {
    /// List packets, newest first.
    List {
        #[command(flatten)]
        data: Data,
        /// Of one station.
        #[arg(long)]
        station: Option<String>,
        /// In one state.
        #[arg(long, value_parser = ["stored", "held", "opened", "refused"])]
        state: Option<String>,
        /// Only those that wait for an approval.
        #[arg(long, conflicts_with = "state")]
        waiting: bool,
    },
    /// Show what a packet says without opening it.
    Show {
        #[command(flatten)]
        data: Data,
        /// The packet.
        id: String,
    },
    /// Open what waits, or one packet into a folder.
    Open {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        secret: Secret,
        /// The packet; without it, everything that waits is judged.
        id: Option<String>,
        /// Where its parts are written.
        #[arg(long, requires = "id")]
        out: Option<PathBuf>,
    },
    /// Hand opened packets on to the next system.
    HandOn {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        secret: Secret,
        /// A folder; each packet becomes a folder below it.
        #[arg(long)]
        to: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Status {
    /// Publish what the centre says of one packet.
    Set {
        #[command(flatten)]
        data: Data,
        /// The packet.
        id: String,
        /// In the centre's own words.
        status: String,
    },
    /// Publish a table: columns `packet` and `status`, and `at` (RFC 3339) if there is one.
    Import {
        #[command(flatten)]
        data: Data,
        /// The file.
        csv: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Receipt {
    /// Show the newest receipt of a packet, as text or as a picture code for a station's camera.
    Show {
        #[command(flatten)]
        data: Data,
        /// The packet.
        id: String,
        /// `terminal`, or a file for an SVG picture.
        #[arg(long)]
        qr: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// Make one.
    Create {
        #[command(flatten)]
        data: Data,
        /// A new folder.
        #[arg(long)]
        to: PathBuf,
    },
    /// Check one.
    Verify {
        /// Its folder.
        from: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give one back into a new folder.
    Restore {
        /// Its folder.
        from: PathBuf,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Courier {
    /// Take in what stations put on a removable disk.
    Import {
        #[command(flatten)]
        data: Data,
        /// The removable disk.
        from: PathBuf,
    },
    /// Put receipts and statuses for a station on one.
    Export {
        #[command(flatten)]
        data: Data,
        /// The station.
        #[arg(long)]
        station: String,
        /// The removable disk.
        #[arg(long)]
        to: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bundle {
    /// Make the bundle that admits a station.
    Make {
        #[command(flatten)]
        data: Data,
        /// The station.
        #[arg(long)]
        station: String,
        /// The profile.
        #[arg(long)]
        profile: PathBuf,
        /// Where the office is reached, in the order to be tried.
        #[arg(long = "address", required = true)]
        addresses: Vec<String>,
        /// `account:Role`.
        #[arg(long = "role")]
        roles: Vec<String>,
        /// `series:first:last`.
        #[arg(long = "numbers")]
        numbers: Vec<String>,
        /// How long it holds.
        #[arg(long, default_value_t = 365)]
        days: u32,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
}

//! What can be asked about packets on their way.

use std::path::PathBuf;

use clap::Subcommand;

use super::At;

#[derive(clap::Args)]
pub(crate) struct DeliverArgs {
    /// The station's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Where the office is reached, in the order to be tried: remembered in place of what its admission says, until `bundle`
    #[arg(long = "at", value_name = "ADDRESS|bundle")]
    pub(crate) addresses: Vec<String>,
    /// End as soon as the office has answered for every packet
    #[arg(long)]
    pub(crate) until_empty: bool,
    /// End after so many seconds
    #[arg(long = "for", value_name = "SECONDS")]
    pub(crate) seconds: Option<u64>,
    /// Print JSON, one line for each change
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum CourierCommand {
    /// Put every packet the office has not received on a removable disk
    Export {
        #[command(flatten)]
        at: At,
        /// The removable disk
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take receipts, statuses and a newer admission from a removable disk
    Import {
        #[command(flatten)]
        at: At,
        /// The removable disk
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

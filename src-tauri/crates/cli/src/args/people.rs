//! What can be asked for about people and keys.

use std::path::PathBuf;

use clap::Subcommand;
use jiff::civil::Date;
use rekam_domain::role::Role;

use super::At;

/// Somebody to be let in.
#[derive(clap::Args)]
pub(crate) struct PersonArgs {
    /// Full name
    #[arg(long)]
    pub(crate) name: String,
    /// Roles, such as FrontDesk,CaptureOperator
    #[arg(long = "role", required = true, value_delimiter = ',', value_parser = role)]
    pub(crate) roles: Vec<Role>,
    /// Number of the decree that gives access
    #[arg(long)]
    pub(crate) decree: String,
    /// Its last day, yyyy-mm-dd
    #[arg(long, value_name = "DATE")]
    pub(crate) decree_expires: Date,
}

#[derive(clap::Args)]
pub(crate) struct InitArgs {
    /// The station's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Id of the station, such as 367109-01
    #[arg(long, value_name = "ID")]
    pub(crate) station: String,
    /// Id of a built-in profile, or a file
    #[arg(long)]
    pub(crate) profile: String,
    /// Word the first person signs in with; they must be a supervisor
    #[arg(long, value_name = "ID")]
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) person: PersonArgs,
    /// File whose first line is the secret of the first person
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: PathBuf,
    /// New file for the recovery key, where there is no terminal to show it
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_file: Option<PathBuf>,
    /// Leave the security chip of this computer alone
    #[arg(long)]
    pub(crate) without_chip: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct RecoverArgs {
    /// The station's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// File whose first line is the recovery key; else it is typed
    #[arg(long, value_name = "FILE")]
    pub(crate) recovery_file: Option<PathBuf>,
    /// The supervisor who gets a new secret, or the new supervisor
    #[arg(long, value_name = "ID")]
    pub(crate) account: String,
    /// File whose first line is the new secret
    #[arg(long, value_name = "FILE")]
    pub(crate) new_secret_file: PathBuf,
    /// Full name of a new supervisor; without it an account that exists is reset
    #[arg(long, requires_all = ["decree", "decree_expires"])]
    pub(crate) name: Option<String>,
    /// Roles of a new supervisor
    #[arg(long = "role", requires = "name", value_delimiter = ',', value_parser = role, default_value = "Supervisor")]
    pub(crate) roles: Vec<Role>,
    /// Number of the new supervisor's decree
    #[arg(long, requires = "name")]
    pub(crate) decree: Option<String>,
    /// Its last day, yyyy-mm-dd
    #[arg(long, value_name = "DATE", requires = "name")]
    pub(crate) decree_expires: Option<Date>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Every account, closed ones too
    List {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let one more person in
    Add {
        /// The word they will sign in with
        id: String,
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        person: PersonArgs,
        /// File whose first line is their secret
        #[arg(long, value_name = "FILE")]
        new_secret_file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give somebody who forgot the secret a new one
    Reset {
        /// Their account
        id: String,
        #[command(flatten)]
        at: At,
        /// File whose first line is the new secret
        #[arg(long, value_name = "FILE")]
        new_secret_file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Close an account for good
    Close {
        /// The account
        id: String,
        #[command(flatten)]
        at: At,
        /// Even if recordings wait for its seal: a supervisor takes them over
        #[arg(long)]
        take_over: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Renew the decree of somebody, or change their roles
    Decree {
        /// The account
        id: String,
        #[command(flatten)]
        at: At,
        /// Number of the new decree
        #[arg(long, requires = "decree_expires")]
        decree: Option<String>,
        /// Its last day, yyyy-mm-dd
        #[arg(long, value_name = "DATE", requires = "decree")]
        decree_expires: Option<Date>,
        /// All roles from now on
        #[arg(long = "role", required_unless_present = "decree", value_delimiter = ',', value_parser = role)]
        roles: Vec<Role>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change one's own secret
    Secret {
        #[command(flatten)]
        at: At,
        /// File whose first line is the new secret
        #[arg(long, value_name = "FILE")]
        new_secret_file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// One of the words of the roles that sign in.
fn role(word: &str) -> Result<Role, String> {
    let known = || Role::ALL.iter().filter(|role| role.has_login()).map(|role| role.word());
    Role::from_word(word)
        .filter(|role| role.has_login())
        .ok_or_else(|| format!("one of {}", known().collect::<Vec<_>>().join(", ")))
}

/// The office's admission, and who takes it.
#[derive(clap::Args)]
pub(crate) struct AdmitArgs {
    /// The admission file from the office
    #[arg(required_unless_present = "from_stick", conflicts_with = "from_stick")]
    pub(crate) file: Option<PathBuf>,
    /// Folder of the courier's stick that holds it
    #[arg(long, value_name = "DIR")]
    pub(crate) from_stick: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) at: At,
    /// Fingerprint of the office's key, as the office itself said it; else it is typed
    #[arg(long, value_name = "TEXT")]
    pub(crate) fingerprint: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

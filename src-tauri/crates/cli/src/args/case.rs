//! What can be asked about cases and tasks.

use clap::{Subcommand, ValueEnum};
use rekam_domain::effect::Task;
use rekam_domain::withdrawal::WithdrawalReason;

use super::At;

#[derive(Subcommand)]
pub(crate) enum CaseCommand {
    /// Every case, oldest first
    List {
        #[command(flatten)]
        at: At,
        /// With every step and its hash
        #[arg(long)]
        steps: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Cases with this text in name, NIK, registration number or ticket, newest first
    Search {
        /// A part of it
        text: String,
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take over recordings that wait for the seal of somebody who cannot sign in any more
    TakeOver {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The page of one case
    Show {
        /// Its id
        case: String,
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Withdraw a sealed recording; whoever asks approves it and must not have recorded
    Withdraw {
        /// Its id
        case: String,
        /// Why
        #[arg(long, value_enum)]
        reason: ReasonArg,
        #[command(flatten)]
        at: At,
    },
    /// Approve the exceptions of a recording that was sealed before anybody could decide
    Approve {
        /// Its id
        case: String,
        #[command(flatten)]
        at: At,
    },
    /// Open a case in which a withdrawn or refused recording is made again
    Again {
        /// Its id
        case: String,
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Why a recording is withdrawn.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum ReasonArg {
    /// Recorded under the data of another person
    WrongPerson,
    /// The biodata are wrong
    WrongData,
    /// Pictures or papers are mixed up or of no use
    WrongCapture,
    /// The same person was recorded twice
    RecordedTwice,
    /// The office refused the packet
    RefusedByOffice,
    /// The approval that was still missing is declined
    ApprovalDeclined,
}

impl From<ReasonArg> for WithdrawalReason {
    fn from(reason: ReasonArg) -> Self {
        match reason {
            ReasonArg::WrongPerson => Self::WrongPerson,
            ReasonArg::WrongData => Self::WrongData,
            ReasonArg::WrongCapture => Self::WrongCapture,
            ReasonArg::RecordedTwice => Self::RecordedTwice,
            ReasonArg::RefusedByOffice => Self::RefusedByOffice,
            ReasonArg::ApprovalDeclined => Self::ApprovalDeclined,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum TaskCommand {
    /// What waits for whoever asks, oldest first
    List {
        #[command(flatten)]
        at: At,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say that a task is done
    Done {
        /// The case
        case: String,
        /// The task
        #[arg(value_enum)]
        task: TaskArg,
        #[command(flatten)]
        at: At,
    },
}

/// A task that ends when a person says so.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum TaskArg {
    /// The person was called back
    CallBack,
    /// A card that must not be used was taken in
    RecallCard,
    /// A letter that is not valid was taken in
    RecallLetter,
    /// Another card was asked for
    AskReplacement,
}

impl From<TaskArg> for Task {
    fn from(task: TaskArg) -> Self {
        match task {
            TaskArg::CallBack => Self::CallBack,
            TaskArg::RecallCard => Self::RecallCard,
            TaskArg::RecallLetter => Self::RecallLetter,
            TaskArg::AskReplacement => Self::AskReplacement,
        }
    }
}

//! A process profile: one written procedure of one office, as a versioned TOML file.
//!
//! A profile switches parts of the machines on and off and names who acts in which step; it never adds a state.
//! Reading reports everything that is wrong with a file, each with line, column, key and advice.
//!
//! ```
//! use rekam_domain::profile::Profile;
//!
//! let profiles = Profile::shipped();
//! assert_eq!(profiles.len(), 5);
//! let problems = Profile::read("mine.toml", "schema = 2").unwrap_err();
//! assert_eq!((problems[0].line, problems[0].key.as_str()), (1, "schema"));
//! ```

mod check;
mod default;
mod duty;
mod inspect;
mod problem;
mod read;
mod reader;
mod report;
mod section;
mod step;
mod term;
mod value;

pub mod key;
pub mod limit;

pub use default::Group;
pub use duty::Deed;
pub use problem::{ProblemCode, ProblemValue, ProfileProblem};
pub use section::{
    ApprovalRule, BackupRule, CaptureRule, DocumentRule, Eligibility, HandoverRule, Identity, LetterRule,
    Office, PowerRule, PrintingRule, QualityRule, QueueRule, ReceiptRule, RecordingRule, Retention, Schedule,
    Sla, SyncRule,
};
pub use step::{Branch, Step, StepEvent, StepInput};
pub use term::{
    AgeBasis, Channel, Exchange, HandoverPlace, HandoverTo, Members, Modality, OfficeKind, PhotoBackground,
    PrintingPlace, ResumeRule, ScheduleMode, StepFact, Thing, TimeZone, Vocabulary,
};

use std::borrow::Cow;

use crate::paper::Paper;
use crate::purpose::Purpose;
use crate::register::Book;

/// Name and text of the five profiles that come with the product.
pub const SHIPPED: [(&str, &str); 5] = [
    ("tangerang-cibodas-2018", include_str!("../../../../packaging/profiles/tangerang-cibodas-2018.toml")),
    (
        "tangerang-dinas-dafduk01-2021",
        include_str!("../../../../packaging/profiles/tangerang-dinas-dafduk01-2021.toml"),
    ),
    ("kapuas-issuance", include_str!("../../../../packaging/profiles/kapuas-issuance.toml")),
    (
        "tapin-candilarasutara-2023",
        include_str!("../../../../packaging/profiles/tapin-candilarasutara-2023.toml"),
    ),
    ("tanggamus-kolektif", include_str!("../../../../packaging/profiles/tanggamus-kolektif.toml")),
];

/// One written procedure of one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Which procedure this is.
    pub identity: Identity,
    /// Where it holds.
    pub office: Office,
    /// How people reach the desk.
    pub channels: Vec<Channel>,
    /// What the desk offers.
    pub services: Vec<Purpose>,
    /// Books the office keeps.
    pub registers: Vec<Book>,
    /// A second checklist by the registration clerk.
    pub second_check: bool,
    /// Slots.
    pub schedule: Schedule,
    /// Who may be served.
    pub eligibility: Eligibility,
    /// Which documents are asked for.
    pub documents: DocumentRule,
    /// Recording.
    pub recording: RecordingRule,
    /// Queue.
    pub queue: QueueRule,
    /// Capture.
    pub capture: CaptureRule,
    /// The letter "has been recorded".
    pub letter: LetterRule,
    /// The receipt after recording.
    pub receipt: ReceiptRule,
    /// Printing of cards.
    pub printing: PrintingRule,
    /// Handing over of cards.
    pub handover: HandoverRule,
    /// Backup.
    pub backup: BackupRule,
    /// Power.
    pub power: PowerRule,
    /// The promise to the public.
    pub sla: Sla,
    /// Who decides.
    pub approval: ApprovalRule,
    /// Keeping.
    pub retention: Retention,
    /// Delivering.
    pub sync: SyncRule,
    steps: Vec<Step>,
}

impl Profile {
    /// Reads a profile; `file_name` is only repeated in problems.
    ///
    /// # Errors
    ///
    /// Every problem that was found, in the order of the file.
    pub fn read(file_name: &str, text: &str) -> Result<Self, Vec<ProfileProblem>> {
        read::profile(file_name, text, &std::cell::RefCell::default())
    }

    /// The five profiles that come with the product; a test keeps all of them readable.
    #[must_use]
    pub fn shipped() -> Vec<Self> {
        SHIPPED.iter().filter_map(|(name, text)| Self::read(name, text).ok()).collect()
    }

    /// The steps, in the order of the procedure.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The sum of the written times; `None` when no step has one.
    #[must_use]
    pub fn stated_minutes(&self) -> Option<u32> {
        self.steps.iter().filter_map(|step| step.minutes).reduce(u32::saturating_add)
    }

    /// Whether a card passes through this office.
    #[must_use]
    pub fn uses_card(&self) -> bool {
        match self.printing.place {
            PrintingPlace::None => false,
            PrintingPlace::Local => true,
            PrintingPlace::AtAgency => self.handover.at == HandoverPlace::Office,
        }
    }

    /// Whether the letter "has been recorded" is given.
    #[must_use]
    pub const fn uses_letter(&self) -> bool {
        self.letter.enabled
    }

    /// The key that switches this paper off here, if one does.
    #[must_use]
    pub const fn switched_off_by(&self, paper: Paper) -> Option<&'static str> {
        if matches!(paper, Paper::PickupReceipt) && !self.receipt.enabled {
            return Some("receipt.enabled");
        }
        if matches!(paper, Paper::RecordingLetter) && !self.letter.enabled {
            return Some("letter.enabled");
        }
        None
    }

    /// Whether people are recorded here.
    #[must_use]
    pub const fn uses_recording(&self) -> bool {
        self.recording.enabled
    }

    /// Whether files come by village.
    #[must_use]
    pub fn is_collective(&self) -> bool {
        self.channels.contains(&Channel::Collective)
    }

    /// The documents a service asks for, by groups of which any one is enough; the national rule where none is written.
    #[must_use]
    pub fn documents(&self, service: Purpose) -> Cow<'_, [Group]> {
        let written = self.documents.written.iter().find(|(of, _)| *of == service);
        written.map_or_else(
            || Cow::Owned(default::national(service)),
            |(_, groups)| Cow::Borrowed(groups.as_slice()),
        )
    }

    /// Whether a key or its section is marked as not written in the procedure.
    #[must_use]
    pub fn is_inferred(&self, path: &str) -> bool {
        let section = path.split_once('.').map_or(path, |(section, _)| section);
        self.identity.inferred.iter().any(|known| known == path || known == section)
    }
}

#[cfg(test)]
mod tests;

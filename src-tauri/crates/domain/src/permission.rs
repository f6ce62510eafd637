//! Who may do what: the eight operations of the population administration law on what the station keeps.
//!
//! What is not in the table is denied. Delete on books and audit is not in the table for anybody, and never will be.

use crate::role::{Role, RoleSet};

crate::word::words! {
    /// The eight operations the law names (`domain.md` §5.1).
    pub enum Operation {
        /// Enter.
        Enter => "enter",
        /// Store.
        Store => "store",
        /// Read.
        Read => "read",
        /// Change.
        Change => "change",
        /// Correct.
        Correct => "correct",
        /// Delete.
        Delete => "delete",
        /// Copy, also export.
        Copy => "copy",
        /// Print.
        Print => "print",
    }
}

crate::word::words! {
    /// What an operation is done on.
    pub enum Subject {
        /// Biodata of a person.
        Biodata => "biodata",
        /// Photo, signature, fingerprints, iris.
        Biometrics => "biometrics",
        /// Why a modality is missing: a protected datum.
        ExceptionReasons => "exception_reasons",
        /// Scanned documents.
        Documents => "documents",
        /// The queue and the schedule.
        Queue => "queue",
        /// Letters and slips.
        Letters => "letters",
        /// Cards.
        Cards => "cards",
        /// Books of the office.
        Registers => "registers",
        /// Card blanks and other stock.
        Blanks => "blanks",
        /// Where the paper files are.
        Archive => "archive",
        /// Packets, receipts and statuses.
        Packets => "packets",
        /// Counts and service times, without persons.
        Reports => "reports",
        /// The audit.
        Audit => "audit",
        /// Accounts and roles.
        Accounts => "accounts",
        /// Devices and power.
        Devices => "devices",
        /// Backups.
        Backup => "backup",
        /// Profiles, regions, templates and rosters.
        Profile => "profile",
    }
}

impl Subject {
    /// Whether it shows a person.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        match self {
            Self::Biodata
            | Self::Biometrics
            | Self::ExceptionReasons
            | Self::Documents
            | Self::Queue
            | Self::Letters
            | Self::Cards
            | Self::Registers
            | Self::Archive => true,
            Self::Blanks
            | Self::Packets
            | Self::Reports
            | Self::Audit
            | Self::Accounts
            | Self::Devices
            | Self::Backup
            | Self::Profile => false,
        }
    }

    /// Whether the law protects it especially (`domain.md` §5.1, Art. 84).
    #[must_use]
    pub const fn is_protected(self) -> bool {
        matches!(self, Self::Biometrics | Self::ExceptionReasons)
    }
}

use Operation as O;
use Role::{
    AgencyHead, Archivist, CaptureOperator, DataSectionHead, DistrictHead, DivisionHead, FrontDesk,
    GovernmentSectionHead, IdentitySectionHead, PickupClerk, PrintOperator, RegistrationClerk, Station,
    Supervisor, Technician,
};
use Subject as S;

const INTAKE: &[Role] = &[FrontDesk, RegistrationClerk, CaptureOperator];
const CASE_READERS: &[Role] = &[
    FrontDesk,
    RegistrationClerk,
    CaptureOperator,
    DataSectionHead,
    IdentitySectionHead,
    GovernmentSectionHead,
    DistrictHead,
    PrintOperator,
    PickupClerk,
    Archivist,
    Supervisor,
];
const LETTER_HANDS: &[Role] =
    &[FrontDesk, CaptureOperator, GovernmentSectionHead, DistrictHead, AgencyHead, DivisionHead, Supervisor];
const EVERY_LOGIN: &[Role] = &[
    FrontDesk,
    RegistrationClerk,
    CaptureOperator,
    DataSectionHead,
    IdentitySectionHead,
    GovernmentSectionHead,
    DistrictHead,
    PrintOperator,
    PickupClerk,
    Archivist,
    AgencyHead,
    DivisionHead,
    Supervisor,
    Technician,
];

/// Who may do what. One line for each right that exists.
const TABLE: &[(Subject, Operation, &[Role])] = &[
    (S::Biodata, O::Enter, INTAKE),
    (S::Biodata, O::Store, INTAKE),
    (S::Biodata, O::Read, CASE_READERS),
    (S::Biodata, O::Change, INTAKE),
    (S::Biodata, O::Correct, &[CaptureOperator, DataSectionHead]),
    (S::Biodata, O::Delete, &[Station]),
    (S::Biodata, O::Copy, &[Supervisor]),
    (S::Biodata, O::Print, &[FrontDesk, CaptureOperator, Supervisor]),
    (S::Biometrics, O::Enter, &[CaptureOperator]),
    (S::Biometrics, O::Store, &[CaptureOperator]),
    (S::Biometrics, O::Read, &[CaptureOperator]),
    (S::Biometrics, O::Change, &[CaptureOperator]),
    (S::Biometrics, O::Delete, &[CaptureOperator, Station]),
    (S::ExceptionReasons, O::Enter, &[CaptureOperator]),
    (S::ExceptionReasons, O::Store, &[CaptureOperator]),
    (S::ExceptionReasons, O::Read, &[CaptureOperator, GovernmentSectionHead, Supervisor]),
    (S::ExceptionReasons, O::Change, &[CaptureOperator]),
    (S::ExceptionReasons, O::Delete, &[Station]),
    (S::ExceptionReasons, O::Print, &[CaptureOperator, GovernmentSectionHead, Supervisor]),
    (S::Documents, O::Enter, INTAKE),
    (S::Documents, O::Store, INTAKE),
    (
        S::Documents,
        O::Read,
        &[
            FrontDesk,
            RegistrationClerk,
            CaptureOperator,
            DataSectionHead,
            IdentitySectionHead,
            GovernmentSectionHead,
            Archivist,
            Supervisor,
        ],
    ),
    (S::Documents, O::Change, INTAKE),
    (S::Documents, O::Delete, &[Station]),
    (S::Documents, O::Print, &[FrontDesk, Supervisor]),
    (S::Queue, O::Enter, &[FrontDesk, CaptureOperator]),
    (S::Queue, O::Store, &[FrontDesk, CaptureOperator]),
    (S::Queue, O::Read, CASE_READERS),
    (S::Queue, O::Change, &[FrontDesk, CaptureOperator]),
    (S::Queue, O::Print, &[FrontDesk]),
    (S::Letters, O::Enter, &[FrontDesk, CaptureOperator]),
    (S::Letters, O::Store, &[FrontDesk, CaptureOperator]),
    (S::Letters, O::Read, LETTER_HANDS),
    (S::Letters, O::Change, &[CaptureOperator]),
    (S::Letters, O::Copy, &[FrontDesk]),
    (S::Letters, O::Print, &[FrontDesk, CaptureOperator]),
    (S::Cards, O::Enter, &[IdentitySectionHead, PrintOperator]),
    (S::Cards, O::Store, &[PrintOperator, PickupClerk]),
    (S::Cards, O::Read, &[FrontDesk, IdentitySectionHead, PrintOperator, PickupClerk, Supervisor]),
    (S::Cards, O::Change, &[PrintOperator, PickupClerk, FrontDesk]),
    (S::Cards, O::Print, &[PrintOperator]),
    (
        S::Registers,
        O::Enter,
        &[FrontDesk, RegistrationClerk, CaptureOperator, PrintOperator, PickupClerk, Archivist],
    ),
    (
        S::Registers,
        O::Store,
        &[FrontDesk, RegistrationClerk, CaptureOperator, PrintOperator, PickupClerk, Archivist],
    ),
    (S::Registers, O::Read, CASE_READERS),
    (S::Registers, O::Correct, &[FrontDesk, RegistrationClerk, PickupClerk, Archivist, Supervisor]),
    (S::Registers, O::Copy, &[Supervisor]),
    (S::Registers, O::Print, &[FrontDesk, PickupClerk, Archivist, Supervisor]),
    (S::Blanks, O::Enter, &[IdentitySectionHead, Supervisor]),
    (S::Blanks, O::Store, &[IdentitySectionHead, Supervisor]),
    (S::Blanks, O::Read, &[IdentitySectionHead, PrintOperator, Supervisor]),
    (S::Blanks, O::Change, &[IdentitySectionHead, PrintOperator, Supervisor]),
    (S::Blanks, O::Correct, &[Supervisor]),
    (S::Blanks, O::Copy, &[Supervisor]),
    (S::Blanks, O::Print, &[IdentitySectionHead, Supervisor]),
    (S::Archive, O::Enter, &[FrontDesk, Archivist]),
    (S::Archive, O::Store, &[FrontDesk, Archivist]),
    (S::Archive, O::Read, &[FrontDesk, PickupClerk, Archivist, Supervisor]),
    (S::Archive, O::Change, &[FrontDesk, Archivist]),
    (S::Archive, O::Print, &[FrontDesk, Archivist]),
    (S::Packets, O::Store, &[CaptureOperator, Station]),
    (S::Packets, O::Read, &[CaptureOperator, DataSectionHead, IdentitySectionHead, Supervisor, Technician]),
    (S::Packets, O::Change, &[Supervisor, Station]),
    (S::Packets, O::Delete, &[Station]),
    (S::Packets, O::Copy, &[CaptureOperator, Supervisor]),
    (S::Packets, O::Print, &[CaptureOperator, Supervisor]),
    (
        S::Reports,
        O::Read,
        &[
            DataSectionHead,
            IdentitySectionHead,
            GovernmentSectionHead,
            DistrictHead,
            AgencyHead,
            DivisionHead,
            Supervisor,
        ],
    ),
    (S::Reports, O::Copy, &[Supervisor]),
    (S::Reports, O::Print, &[GovernmentSectionHead, DistrictHead, Supervisor]),
    (S::Audit, O::Store, &[Station]),
    (S::Audit, O::Read, &[Supervisor]),
    (S::Audit, O::Copy, &[Supervisor]),
    (S::Audit, O::Print, &[Supervisor]),
    (S::Accounts, O::Enter, &[Supervisor]),
    (S::Accounts, O::Store, &[Supervisor]),
    (S::Accounts, O::Read, &[Supervisor]),
    (S::Accounts, O::Change, &[Supervisor]),
    (S::Devices, O::Enter, &[Technician]),
    (S::Devices, O::Store, &[Technician, Station]),
    (S::Devices, O::Read, EVERY_LOGIN),
    (S::Devices, O::Change, &[Technician]),
    (S::Devices, O::Delete, &[Technician]),
    (S::Devices, O::Copy, &[Technician, Supervisor]),
    (S::Devices, O::Print, &[Technician, Supervisor]),
    (S::Backup, O::Enter, &[Supervisor]),
    (S::Backup, O::Store, &[Supervisor, Station]),
    (S::Backup, O::Read, &[Supervisor, Technician]),
    (S::Backup, O::Copy, &[Supervisor]),
    (S::Profile, O::Enter, &[Supervisor]),
    (S::Profile, O::Store, &[Supervisor]),
    (S::Profile, O::Read, EVERY_LOGIN),
    (S::Profile, O::Change, &[Supervisor]),
    (S::Profile, O::Print, &[Supervisor, Technician]),
];

/// Who may do this at all.
#[must_use]
pub fn who_may(operation: Operation, subject: Subject) -> RoleSet {
    TABLE
        .iter()
        .filter(|(on, what, _)| *on == subject && *what == operation)
        .fold(RoleSet::default(), |roles, (_, _, by)| roles.with(RoleSet::of(by)))
}

/// Whether somebody in these roles may do this.
#[must_use]
pub fn is_allowed(roles: RoleSet, operation: Operation, subject: Subject) -> bool {
    who_may(operation, subject).iter().any(|role| roles.has(role))
}

/// Roles that may not meet in one person on the same case, unless a profile says otherwise.
///
/// One person may hold both roles; what is forbidden is to act in both on one recording. The approval of one's own
/// exception stays impossible whatever a profile says.
pub const FORBIDDEN_ON_ONE_CASE: &[(Role, Role)] =
    &[(CaptureOperator, GovernmentSectionHead), (CaptureOperator, Supervisor)];

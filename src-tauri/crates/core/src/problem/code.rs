//! The closed list of everything that can go wrong, as words.

use serde::Serialize;

/// Why the station could not do what was asked. Every code has a cause (`code.<word>`) and a next action
/// (`code.<word>.next`) in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The secret is not the one of this account.
    WrongSecret,
    /// Too many wrong tries: wait.
    WaitBeforeNextTry,
    /// Too many wrong tries: a supervisor or the recovery key must reset it.
    AccountLocked,
    /// There is no such account here.
    UnknownAccount,
    /// The account was closed.
    AccountClosed,
    /// The decree of this account has run out.
    AccountExpired,
    /// The office has withdrawn every role of this account.
    AccountWithdrawn,
    /// The sign-in word was used before; it is never given twice.
    AccountTaken,
    /// Nobody does this to their own account.
    OwnAccount,
    /// This account must hold the role of a supervisor.
    SupervisorNeeded,
    /// The new secret is not good enough.
    SecretRefused,
    /// The recovery key does not open this station.
    WrongRecoveryKey,
    /// The security chip the account is bound to does not answer.
    HardwareMissing,
    /// The account is bound to another security chip than the one that is there.
    HardwareChanged,
    /// The security chip takes no more tries until time has passed.
    HardwareLocked,
    /// The security chip answers with an error.
    HardwareRefused,
    /// Nobody is signed in, or the screen is locked.
    SignInFirst,
    /// The role does not permit it.
    NotPermitted,
    /// The station's folder is missing or cannot be used.
    FolderUnusable,
    /// The disk is full.
    DiskFull,
    /// The disk refused to read or write.
    DiskRefused,
    /// A file of the station is damaged.
    FileDamaged,
    /// There is a file of that name already.
    FileExists,
    /// The database is damaged or gone, and a mirror is there to give it back.
    DatabaseDamaged,
    /// A file of the station was written by a newer program.
    NewerProgram,
    /// The station's folder is in use by another program.
    AlreadyRunning,
    /// The station has not been set up, or the set-up was interrupted.
    NotSetUp,
    /// There is a station in this folder already.
    AlreadySetUp,
    /// The profile of the office cannot be used.
    ProfileUnusable,
    /// A rule of the procedure does not let this step happen now.
    StepRefused,
    /// There is no such case here.
    UnknownCase,
    /// Less than a gigabyte is free: no new recording is begun.
    DiskNearlyFull,
    /// The station was off for so long that somebody must look at the date first.
    ClockUnsure,
    /// The block of numbers is used up.
    NumbersUsedUp,
    /// The disk of a copy is gone.
    CopyDiskGone,
    /// The disk of a copy is full.
    CopyDiskFull,
    /// The disk of a copy refused.
    CopyDiskRefused,
    /// The folder holds something else than a copy of this station.
    CopyForeign,
    /// A copy is damaged.
    CopyDamaged,
    /// The folder a station is to be restored into is not empty.
    FolderNotEmpty,
    /// Recordings still wait for the seal of this account.
    RecordingsWait,
    /// The office would refuse the packet, so it is not sealed.
    PacketRefused,
    /// The admission is not one of our office, or not valid now.
    BundleRefused,
    /// The admission does not hold now.
    BundleExpired,
    /// The admission is older than the one in use.
    BundleOlder,
    /// Something the admission brings cannot be used.
    BundleUnusable,
    /// The admission is for another station.
    BundleElsewhere,
    /// There is nothing for this station on the stick.
    StickEmpty,
    /// The fingerprint that was typed is not that of the office's key.
    FingerprintDiffers,
    /// No such packet waits here.
    UnknownPacket,
    /// No office has admitted this station yet.
    NotAdmitted,
    /// It is not signed by the office.
    NotFromOffice,
    /// The stick has no room.
    CourierFull,
    /// The stick did not keep what was written.
    CourierNotKept,
    /// Nothing on the stick is for this station.
    CourierNothing,
    /// Somebody unknown filled the stick.
    CourierStranger,
    /// The stick is for another station.
    CourierElsewhere,
    /// The list on the stick is damaged.
    CourierDamaged,
    /// The stick refused to read or write.
    CourierRefused,
    /// What was typed cannot be understood.
    InputRefused,
    /// Our own mistake; nothing was changed.
    OurMistake,
}

impl Code {
    /// Every code.
    pub const ALL: &'static [Code] = &[
        Code::WrongSecret,
        Code::WaitBeforeNextTry,
        Code::AccountLocked,
        Code::UnknownAccount,
        Code::AccountClosed,
        Code::AccountExpired,
        Code::AccountWithdrawn,
        Code::AccountTaken,
        Code::OwnAccount,
        Code::SupervisorNeeded,
        Code::SecretRefused,
        Code::WrongRecoveryKey,
        Code::HardwareMissing,
        Code::HardwareChanged,
        Code::HardwareLocked,
        Code::HardwareRefused,
        Code::SignInFirst,
        Code::NotPermitted,
        Code::FolderUnusable,
        Code::DiskFull,
        Code::DiskRefused,
        Code::FileDamaged,
        Code::FileExists,
        Code::DatabaseDamaged,
        Code::NewerProgram,
        Code::AlreadyRunning,
        Code::NotSetUp,
        Code::AlreadySetUp,
        Code::ProfileUnusable,
        Code::StepRefused,
        Code::UnknownCase,
        Code::DiskNearlyFull,
        Code::ClockUnsure,
        Code::NumbersUsedUp,
        Code::CopyDiskGone,
        Code::CopyDiskFull,
        Code::CopyDiskRefused,
        Code::CopyForeign,
        Code::CopyDamaged,
        Code::FolderNotEmpty,
        Code::RecordingsWait,
        Code::PacketRefused,
        Code::BundleRefused,
        Code::BundleExpired,
        Code::BundleOlder,
        Code::BundleUnusable,
        Code::BundleElsewhere,
        Code::StickEmpty,
        Code::FingerprintDiffers,
        Code::UnknownPacket,
        Code::NotAdmitted,
        Code::NotFromOffice,
        Code::CourierFull,
        Code::CourierNotKept,
        Code::CourierNothing,
        Code::CourierStranger,
        Code::CourierElsewhere,
        Code::CourierDamaged,
        Code::CourierRefused,
        Code::InputRefused,
        Code::OurMistake,
    ];

    /// Its spelling, as in texts and on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Code::WrongSecret => "wrong_secret",
            Code::WaitBeforeNextTry => "wait_before_next_try",
            Code::AccountLocked => "account_locked",
            Code::UnknownAccount => "unknown_account",
            Code::AccountClosed => "account_closed",
            Code::AccountExpired => "account_expired",
            Code::AccountWithdrawn => "account_withdrawn",
            Code::AccountTaken => "account_taken",
            Code::OwnAccount => "own_account",
            Code::SupervisorNeeded => "supervisor_needed",
            Code::SecretRefused => "secret_refused",
            Code::WrongRecoveryKey => "wrong_recovery_key",
            Code::HardwareMissing => "hardware_missing",
            Code::HardwareChanged => "hardware_changed",
            Code::HardwareLocked => "hardware_locked",
            Code::HardwareRefused => "hardware_refused",
            Code::SignInFirst => "sign_in_first",
            Code::NotPermitted => "not_permitted",
            Code::FolderUnusable => "folder_unusable",
            Code::DiskFull => "disk_full",
            Code::DiskRefused => "disk_refused",
            Code::FileDamaged => "file_damaged",
            Code::FileExists => "file_exists",
            Code::DatabaseDamaged => "database_damaged",
            Code::NewerProgram => "newer_program",
            Code::AlreadyRunning => "already_running",
            Code::NotSetUp => "not_set_up",
            Code::AlreadySetUp => "already_set_up",
            Code::ProfileUnusable => "profile_unusable",
            Code::StepRefused => "step_refused",
            Code::UnknownCase => "unknown_case",
            Code::DiskNearlyFull => "disk_nearly_full",
            Code::ClockUnsure => "clock_unsure",
            Code::NumbersUsedUp => "numbers_used_up",
            Code::CopyDiskGone => "copy_disk_gone",
            Code::CopyDiskFull => "copy_disk_full",
            Code::CopyDiskRefused => "copy_disk_refused",
            Code::CopyForeign => "copy_foreign",
            Code::CopyDamaged => "copy_damaged",
            Code::FolderNotEmpty => "folder_not_empty",
            Code::RecordingsWait => "recordings_wait",
            Code::PacketRefused => "packet_refused",
            Code::BundleRefused => "bundle_refused",
            Code::BundleExpired => "bundle_expired",
            Code::BundleOlder => "bundle_older",
            Code::BundleUnusable => "bundle_unusable",
            Code::BundleElsewhere => "bundle_elsewhere",
            Code::StickEmpty => "stick_empty",
            Code::FingerprintDiffers => "fingerprint_differs",
            Code::UnknownPacket => "unknown_packet",
            Code::NotAdmitted => "not_admitted",
            Code::NotFromOffice => "not_from_office",
            Code::CourierFull => "courier_full",
            Code::CourierNotKept => "courier_not_kept",
            Code::CourierNothing => "courier_nothing",
            Code::CourierStranger => "courier_stranger",
            Code::CourierElsewhere => "courier_elsewhere",
            Code::CourierDamaged => "courier_damaged",
            Code::CourierRefused => "courier_refused",
            Code::InputRefused => "input_refused",
            Code::OurMistake => "our_mistake",
        }
    }
}

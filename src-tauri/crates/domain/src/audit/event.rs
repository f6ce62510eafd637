//! The audit events. Generated from `data/audit-event.toml` by `tests/audit.rs`: do not edit.

use super::AuditSubject as S;
use super::Field as F;
use super::{Entry, Severity as W};

crate::word::words! {
    /// An event the station writes into its audit.
    pub enum AuditEvent {
        /// {account} signed in as {roles}.
        SignedIn => "signed_in",
        /// {account} signed out: {reason}.
        SignedOut => "signed_out",
        /// {account} failed to sign in {count} times since {since}.
        SignInFailed => "sign_in_failed",
        /// {account} was locked after {count} failed tries since {since}.
        SignInBlocked => "sign_in_blocked",
        /// The screen of {account} was locked: {reason}.
        ScreenLocked => "screen_locked",
        /// The screen of {account} was unlocked.
        ScreenUnlocked => "screen_unlocked",
        /// {account} handed the desk to {target}.
        OperatorChanged => "operator_changed",
        /// {account} was denied: {operation} on {subject}.
        AccessDenied => "access_denied",
        /// {account} began training mode.
        TrainingBegun => "training_begun",
        /// {account} ended training mode.
        TrainingEnded => "training_ended",
        /// {account} created the account {target}, decree {decree}, valid until {until}.
        AccountCreated => "account_created",
        /// {account} changed {field} of the account {target}.
        AccountChanged => "account_changed",
        /// The account {target} expired on {until}.
        AccountExpired => "account_expired",
        /// {account} closed the account {target}: {reason}.
        AccountClosed => "account_closed",
        /// {account} reset the secret of the account {target}.
        AccountReset => "account_reset",
        /// {event} by {account} on {target} did not take place: {reason}.
        AccountActUndone => "account_act_undone",
        /// The recovery key was used for the account {target}.
        RecoveryKeyUsed => "recovery_key_used",
        /// {account} changed the roles of {target} from {from} to {to}.
        RolesChanged => "roles_changed",
        /// {account} opened the case {case} with profile {profile} version {version}.
        CaseOpened => "case_opened",
        /// {account} viewed the case {case}.
        CaseViewed => "case_viewed",
        /// {account} searched for cases, {count} found.
        CaseSearched => "case_searched",
        /// The case {case} is closed.
        CaseClosed => "case_closed",
        /// {account} was refused {event} on the case {case}: {guard}.
        StepRefused => "step_refused",
        /// {account} opened the case {case} to make the recording of the case {target} again.
        RecordingOrderedAgain => "recording_ordered_again",
        /// {account} finished the task {event} of the case {case}.
        TaskClosed => "task_closed",
        /// Recording {case}: {from} became {to} by {account}.
        RecordingMoved => "recording_moved",
        /// {account} took over the recording {case} from {target}: {reason}, since {since}.
        RecordingTakenOver => "recording_taken_over",
        /// {account} entered {event} from paper dated {since} for the case {case}.
        LateEntryMade => "late_entry_made",
        /// {account} changed the field {field} of the case {case}; old and new value in {protected}.
        FieldChanged => "field_changed",
        /// {account} went on with the case {case} in spite of the warning {code}.
        WarningAccepted => "warning_accepted",
        /// {account} overrode {code} on the case {case}: {reason}.
        OverrideMade => "override_made",
        /// {account} scanned {document} for the case {case}, {count} sheets.
        DocumentScanned => "document_scanned",
        /// {account} removed {document} from the case {case}: {reason}.
        DocumentRemoved => "document_removed",
        /// {account} read resident data from {source} for the case {case}.
        RosterRead => "roster_read",
        /// {account} searched the roster by {field}, {count} found.
        RosterSearched => "roster_searched",
        /// The applicant of the case {case} signed the truth statement before {account}.
        TruthSigned => "truth_signed",
        /// {account} captured {modality} for the case {case} with {device}.
        ModalityCaptured => "modality_captured",
        /// {account} captured {modality} again for the case {case}, time {count}.
        ModalityRetaken => "modality_retaken",
        /// {account} viewed {modality} of the case {case}.
        CapturedDataViewed => "captured_data_viewed",
        /// Captured data of the case {case} were wiped: {reason}.
        CapturedDataWiped => "captured_data_wiped",
        /// {account} raised an exception on the case {case}; its reason is in {protected}.
        ExceptionRaised => "exception_raised",
        /// {account} approved the exception of {target} on the case {case}.
        ExceptionApproved => "exception_approved",
        /// {account} denied the exception of {target} on the case {case}.
        ExceptionDenied => "exception_denied",
        /// {account} deferred the approval of an exception on the case {case}.
        ExceptionDeferred => "exception_deferred",
        /// {account} added the approval for the packet {packet} on the case {case}.
        ApprovalAttached => "approval_attached",
        /// {account} called the agency about the case {case}.
        AgencyCalled => "agency_called",
        /// Card {case}: {from} became {to} by {account}.
        CardMoved => "card_moved",
        /// {account} printed the card of the case {case} on the blank {blank} with status {central_status}.
        CardPrinted => "card_printed",
        /// {account} printed the card of the case {case} again on the blank {blank}: {reason}.
        CardReprinted => "card_reprinted",
        /// {account} took in the old card of the case {case}.
        OldCardTaken => "old_card_taken",
        /// Letter {case}: {from} became {to} by {account}.
        LetterMoved => "letter_moved",
        /// {account} printed {paper} for the case {case}, {count} sheets.
        PaperPrinted => "paper_printed",
        /// {account} printed {paper} for the case {case} again: {reason}.
        PaperReprinted => "paper_reprinted",
        /// Paper file {case}: {from} became {to} by {account}.
        BerkasMoved => "berkas_moved",
        /// {account} gave the number {series} {number} to the case {case}.
        NumberGiven => "number_given",
        /// {account} voided the number {series} {number}: {reason}.
        NumberVoided => "number_voided",
        /// {account} added the number block {series} from {from} to {to}.
        NumberBlockAdded => "number_block_added",
        /// Blank {blank}: {from} became {to} by {account}.
        BlankMoved => "blank_moved",
        /// {account} received {count} blanks from {source}.
        BlanksReceived => "blanks_received",
        /// {account} and {target} counted {count} blanks, {expected} were expected.
        BlanksCounted => "blanks_counted",
        /// {account} destroyed {count} blanks with the witness {target}.
        BlanksDestroyed => "blanks_destroyed",
        /// {account} changed {code} in {device}.
        ConsumableChanged => "consumable_changed",
        /// {account} wrote a correction for line {number} of the book {book}: {reason}.
        BookLineCorrected => "book_line_corrected",
        /// {account} exported {count} lines of the book {book} as {format}.
        BookExported => "book_exported",
        /// {account} printed {count} sheets of the book {book}.
        BookPrinted => "book_printed",
        /// {account} and {target} closed the day {day}.
        DayClosed => "day_closed",
        /// {account} closed the month {day}.
        MonthClosed => "month_closed",
        /// Packet {packet}: {from} became {to}.
        PacketMoved => "packet_moved",
        /// {account} sealed the packet {packet} of the case {case}.
        PacketSealed => "packet_sealed",
        /// The packet {packet} was sent to {target}.
        PacketSent => "packet_sent",
        /// The office received the packet {packet}: {result}.
        PacketAcknowledged => "packet_acknowledged",
        /// The office refused the packet {packet}: {reason}.
        PacketRefused => "packet_refused",
        /// {account} withdrew the packet {packet}: {reason}.
        PacketWithdrawn => "packet_withdrawn",
        /// The packet {packet} was replaced by {target}.
        PacketSuperseded => "packet_superseded",
        /// The packet {packet} was set aside: {reason}.
        PacketQuarantined => "packet_quarantined",
        /// The packet {packet} was deleted here after the office received it.
        PacketPurged => "packet_purged",
        /// {account} copied {count} packets to the disk {disk}.
        PacketsExported => "packets_exported",
        /// {account} read {count} receipts from {disk}.
        ReceiptsImported => "receipts_imported",
        /// Central status of the packet {packet}: {central_status}.
        StatusReceived => "status_received",
        /// {account} entered the central status {central_status} for the packet {packet}.
        StatusEntered => "status_entered",
        /// Device {device}: {from} became {to}.
        DeviceMoved => "device_moved",
        /// The device {device} failed: {code}.
        DeviceFault => "device_fault",
        /// {account} replaced the device {device} by {target}.
        DeviceReplaced => "device_replaced",
        /// {account} tested {device}: {result}.
        DeviceTested => "device_tested",
        /// Power: {from} became {to}.
        PowerMoved => "power_moved",
        /// Network: {from} became {to}.
        NetworkMoved => "network_moved",
        /// The outage {code} began at {since}.
        OutageBegun => "outage_begun",
        /// The outage {code} ended after {minutes} minutes.
        OutageEnded => "outage_ended",
        /// {account} reported the outage {code} to {target}.
        OutageReported => "outage_reported",
        /// {account} changed the station mode from {from} to {to}.
        ModeMoved => "mode_moved",
        /// {account} set the clock from {from} to {to}.
        ClockSet => "clock_set",
        /// The clock jumped by {seconds} seconds, from {from} to {to}.
        ClockJumped => "clock_jumped",
        /// {account} made a backup on {disk}.
        BackupMade => "backup_made",
        /// The backup on {disk} was read back: {result}.
        BackupVerified => "backup_verified",
        /// The backup to {disk} failed: {reason}.
        BackupFailed => "backup_failed",
        /// {account} restored the backup from {disk}.
        BackupRestored => "backup_restored",
        /// {account} added a live copy on {target}.
        MirrorJoined => "mirror_joined",
        /// The live copy on {target} is behind since {since}.
        MirrorLost => "mirror_lost",
        /// {account} created the station {station}.
        StationCreated => "station_created",
        /// {account} enrolled the station {station} at the office.
        StationProvisioned => "station_provisioned",
        /// The station {station} started with version {version}.
        StationStarted => "station_started",
        /// The station {station} stopped: {reason}.
        StationStopped => "station_stopped",
        /// The station {station} recovered after a sudden stop, {count} steps whole.
        StationRecovered => "station_recovered",
        /// The database was set aside: {reason}.
        DatabaseSetAside => "database_set_aside",
        /// The database was migrated from version {from} to {to}.
        DatabaseMigrated => "database_migrated",
        /// {account} installed version {to}, before it was {from}.
        SoftwareUpdated => "software_updated",
        /// {account} changed the key {code}.
        KeyChanged => "key_changed",
        /// {account} imported a roster of {count} people.
        RosterImported => "roster_imported",
        /// The roster expired on {until}.
        RosterExpired => "roster_expired",
        /// {account} imported region codes version {version}.
        RegionsImported => "regions_imported",
        /// {account} imported the profile {profile} version {version}.
        ProfileImported => "profile_imported",
        /// {account} imported the template of {paper}.
        TemplateImported => "template_imported",
        /// {account} changed the setting {field} from {from} to {to}.
        SettingChanged => "setting_changed",
        /// {account} exported the report of {day} as {format}.
        ReportExported => "report_exported",
        /// {account} made the data extract for the applicant of the case {case}.
        SubjectExtractMade => "subject_extract_made",
        /// {account} made the list of {count} affected cases between {since} and {until}.
        BreachListMade => "breach_list_made",
        /// {account} made a support bundle without personal data.
        SupportBundleMade => "support_bundle_made",
        /// {account} read the audit from {since} to {until}.
        AuditRead => "audit_read",
        /// {account} exported the audit from {since} to {until}.
        AuditExported => "audit_exported",
        /// The audit of {day} was signed, {count} lines.
        AuditDaySigned => "audit_day_signed",
        /// The audit chain is broken at line {number}.
        AuditChainBroken => "audit_chain_broken",
    }
}

impl AuditEvent {
    /// What the catalogue says about it.
    #[must_use]
    #[rustfmt::skip]
    pub const fn entry(self) -> Entry {
        match self {
            Self::SignedIn => Entry { severity: W::Info, subject: S::Session, fields: &[F::Account, F::Roles], since: "0.1.0" },
            Self::SignedOut => Entry { severity: W::Info, subject: S::Session, fields: &[F::Account, F::Reason], since: "0.1.0" },
            Self::SignInFailed => Entry { severity: W::Warning, subject: S::Session, fields: &[F::Account, F::Count, F::Since], since: "0.1.0" },
            Self::SignInBlocked => Entry { severity: W::Alarm, subject: S::Session, fields: &[F::Account, F::Count, F::Since], since: "0.1.0" },
            Self::ScreenLocked => Entry { severity: W::Info, subject: S::Session, fields: &[F::Account, F::Reason], since: "0.1.0" },
            Self::ScreenUnlocked => Entry { severity: W::Info, subject: S::Session, fields: &[F::Account], since: "0.1.0" },
            Self::OperatorChanged => Entry { severity: W::Notice, subject: S::Session, fields: &[F::Account, F::Target, F::Case], since: "0.1.0" },
            Self::AccessDenied => Entry { severity: W::Warning, subject: S::Session, fields: &[F::Account, F::Operation, F::Subject], since: "0.1.0" },
            Self::TrainingBegun => Entry { severity: W::Notice, subject: S::Session, fields: &[F::Account], since: "0.1.0" },
            Self::TrainingEnded => Entry { severity: W::Notice, subject: S::Session, fields: &[F::Account], since: "0.1.0" },
            Self::AccountCreated => Entry { severity: W::Notice, subject: S::Account, fields: &[F::Account, F::Target, F::Roles, F::Decree, F::Until], since: "0.1.0" },
            Self::AccountChanged => Entry { severity: W::Notice, subject: S::Account, fields: &[F::Account, F::Target, F::Field], since: "0.1.0" },
            Self::AccountExpired => Entry { severity: W::Notice, subject: S::Account, fields: &[F::Target, F::Until], since: "0.1.0" },
            Self::AccountClosed => Entry { severity: W::Notice, subject: S::Account, fields: &[F::Account, F::Target, F::Reason], since: "0.1.0" },
            Self::AccountReset => Entry { severity: W::Warning, subject: S::Account, fields: &[F::Account, F::Target], since: "0.1.0" },
            Self::AccountActUndone => Entry { severity: W::Warning, subject: S::Account, fields: &[F::Account, F::Target, F::Event, F::Reason], since: "0.1.0" },
            Self::RecoveryKeyUsed => Entry { severity: W::Alarm, subject: S::Account, fields: &[F::Target], since: "0.1.0" },
            Self::RolesChanged => Entry { severity: W::Warning, subject: S::Account, fields: &[F::Account, F::Target, F::From, F::To], since: "0.1.0" },
            Self::CaseOpened => Entry { severity: W::Info, subject: S::Case, fields: &[F::Account, F::Case, F::Profile, F::Version], since: "0.1.0" },
            Self::CaseViewed => Entry { severity: W::Info, subject: S::Case, fields: &[F::Account, F::Case], since: "0.1.0" },
            Self::CaseSearched => Entry { severity: W::Info, subject: S::Case, fields: &[F::Account, F::Count], since: "0.1.0" },
            Self::CaseClosed => Entry { severity: W::Info, subject: S::Case, fields: &[F::Case], since: "0.1.0" },
            Self::StepRefused => Entry { severity: W::Notice, subject: S::Case, fields: &[F::Account, F::Case, F::Event, F::Guard], since: "0.1.0" },
            Self::RecordingOrderedAgain => Entry { severity: W::Notice, subject: S::Case, fields: &[F::Account, F::Case, F::Target], since: "0.1.0" },
            Self::TaskClosed => Entry { severity: W::Info, subject: S::Case, fields: &[F::Account, F::Event, F::Case], since: "0.1.0" },
            Self::RecordingMoved => Entry { severity: W::Info, subject: S::Case, fields: &[F::Account, F::Case, F::Event, F::From, F::To], since: "0.1.0" },
            Self::RecordingTakenOver => Entry { severity: W::Warning, subject: S::Case, fields: &[F::Account, F::Case, F::Target, F::Reason, F::Since], since: "0.1.0" },
            Self::LateEntryMade => Entry { severity: W::Notice, subject: S::Case, fields: &[F::Account, F::Case, F::Event, F::Since], since: "0.1.0" },
            Self::FieldChanged => Entry { severity: W::Notice, subject: S::Data, fields: &[F::Account, F::Case, F::Field, F::Protected], since: "0.1.0" },
            Self::WarningAccepted => Entry { severity: W::Notice, subject: S::Data, fields: &[F::Account, F::Case, F::Code], since: "0.1.0" },
            Self::OverrideMade => Entry { severity: W::Warning, subject: S::Data, fields: &[F::Account, F::Case, F::Code, F::Reason], since: "0.1.0" },
            Self::DocumentScanned => Entry { severity: W::Info, subject: S::Data, fields: &[F::Account, F::Case, F::Document, F::Count], since: "0.1.0" },
            Self::DocumentRemoved => Entry { severity: W::Notice, subject: S::Data, fields: &[F::Account, F::Case, F::Document, F::Reason], since: "0.1.0" },
            Self::RosterRead => Entry { severity: W::Info, subject: S::Data, fields: &[F::Account, F::Case, F::Source], since: "0.1.0" },
            Self::RosterSearched => Entry { severity: W::Info, subject: S::Data, fields: &[F::Account, F::Field, F::Count], since: "0.1.0" },
            Self::TruthSigned => Entry { severity: W::Info, subject: S::Data, fields: &[F::Account, F::Case], since: "0.1.0" },
            Self::ModalityCaptured => Entry { severity: W::Info, subject: S::Data, fields: &[F::Account, F::Case, F::Modality, F::Device], since: "0.1.0" },
            Self::ModalityRetaken => Entry { severity: W::Info, subject: S::Data, fields: &[F::Account, F::Case, F::Modality, F::Count], since: "0.1.0" },
            Self::CapturedDataViewed => Entry { severity: W::Notice, subject: S::Data, fields: &[F::Account, F::Case, F::Modality], since: "0.1.0" },
            Self::CapturedDataWiped => Entry { severity: W::Warning, subject: S::Data, fields: &[F::Case, F::Reason], since: "0.1.0" },
            Self::ExceptionRaised => Entry { severity: W::Notice, subject: S::Exception, fields: &[F::Account, F::Case, F::Protected], since: "0.1.0" },
            Self::ExceptionApproved => Entry { severity: W::Notice, subject: S::Exception, fields: &[F::Account, F::Target, F::Case, F::Protected], since: "0.1.0" },
            Self::ExceptionDenied => Entry { severity: W::Notice, subject: S::Exception, fields: &[F::Account, F::Target, F::Case, F::Protected], since: "0.1.0" },
            Self::ExceptionDeferred => Entry { severity: W::Warning, subject: S::Exception, fields: &[F::Account, F::Case, F::Protected], since: "0.1.0" },
            Self::ApprovalAttached => Entry { severity: W::Notice, subject: S::Exception, fields: &[F::Account, F::Target, F::Case, F::Packet], since: "0.1.0" },
            Self::AgencyCalled => Entry { severity: W::Notice, subject: S::Exception, fields: &[F::Account, F::Case], since: "0.1.0" },
            Self::CardMoved => Entry { severity: W::Info, subject: S::Card, fields: &[F::Account, F::Case, F::Event, F::From, F::To], since: "0.1.0" },
            Self::CardPrinted => Entry { severity: W::Notice, subject: S::Card, fields: &[F::Account, F::Case, F::Blank, F::CentralStatus], since: "0.1.0" },
            Self::CardReprinted => Entry { severity: W::Warning, subject: S::Card, fields: &[F::Account, F::Case, F::Blank, F::Reason], since: "0.1.0" },
            Self::OldCardTaken => Entry { severity: W::Notice, subject: S::Card, fields: &[F::Account, F::Case], since: "0.1.0" },
            Self::LetterMoved => Entry { severity: W::Info, subject: S::Letter, fields: &[F::Account, F::Case, F::Event, F::From, F::To], since: "0.1.0" },
            Self::PaperPrinted => Entry { severity: W::Info, subject: S::Letter, fields: &[F::Account, F::Case, F::Paper, F::Count], since: "0.1.0" },
            Self::PaperReprinted => Entry { severity: W::Notice, subject: S::Letter, fields: &[F::Account, F::Case, F::Paper, F::Reason], since: "0.1.0" },
            Self::BerkasMoved => Entry { severity: W::Info, subject: S::Berkas, fields: &[F::Account, F::Case, F::Event, F::From, F::To], since: "0.1.0" },
            Self::NumberGiven => Entry { severity: W::Info, subject: S::Number, fields: &[F::Account, F::Case, F::Series, F::Number], since: "0.1.0" },
            Self::NumberVoided => Entry { severity: W::Warning, subject: S::Number, fields: &[F::Account, F::Series, F::Number, F::Reason], since: "0.1.0" },
            Self::NumberBlockAdded => Entry { severity: W::Notice, subject: S::Number, fields: &[F::Account, F::Series, F::From, F::To, F::Hash], since: "0.1.0" },
            Self::BlankMoved => Entry { severity: W::Info, subject: S::Blank, fields: &[F::Account, F::Blank, F::Case, F::Event, F::From, F::To], since: "0.1.0" },
            Self::BlanksReceived => Entry { severity: W::Notice, subject: S::Blank, fields: &[F::Account, F::Count, F::Source], since: "0.1.0" },
            Self::BlanksCounted => Entry { severity: W::Notice, subject: S::Blank, fields: &[F::Account, F::Target, F::Count, F::Expected], since: "0.1.0" },
            Self::BlanksDestroyed => Entry { severity: W::Warning, subject: S::Blank, fields: &[F::Account, F::Target, F::Count], since: "0.1.0" },
            Self::ConsumableChanged => Entry { severity: W::Info, subject: S::Blank, fields: &[F::Account, F::Device, F::Code], since: "0.1.0" },
            Self::BookLineCorrected => Entry { severity: W::Notice, subject: S::Book, fields: &[F::Account, F::Book, F::Number, F::Reason], since: "0.1.0" },
            Self::BookExported => Entry { severity: W::Warning, subject: S::Book, fields: &[F::Account, F::Book, F::Count, F::Format], since: "0.1.0" },
            Self::BookPrinted => Entry { severity: W::Notice, subject: S::Book, fields: &[F::Account, F::Book, F::Count], since: "0.1.0" },
            Self::DayClosed => Entry { severity: W::Notice, subject: S::Book, fields: &[F::Account, F::Target, F::Day], since: "0.1.0" },
            Self::MonthClosed => Entry { severity: W::Notice, subject: S::Book, fields: &[F::Account, F::Day], since: "0.1.0" },
            Self::PacketMoved => Entry { severity: W::Info, subject: S::Packet, fields: &[F::Packet, F::Event, F::From, F::To], since: "0.1.0" },
            Self::PacketSealed => Entry { severity: W::Notice, subject: S::Packet, fields: &[F::Account, F::Case, F::Packet, F::Hash], since: "0.1.0" },
            Self::PacketSent => Entry { severity: W::Info, subject: S::Packet, fields: &[F::Packet, F::Target], since: "0.1.0" },
            Self::PacketAcknowledged => Entry { severity: W::Notice, subject: S::Packet, fields: &[F::Packet, F::Hash, F::Ledger, F::Result], since: "0.1.0" },
            Self::PacketRefused => Entry { severity: W::Warning, subject: S::Packet, fields: &[F::Packet, F::Hash, F::Reason], since: "0.1.0" },
            Self::PacketWithdrawn => Entry { severity: W::Warning, subject: S::Packet, fields: &[F::Account, F::Target, F::Packet, F::Reason], since: "0.1.0" },
            Self::PacketSuperseded => Entry { severity: W::Notice, subject: S::Packet, fields: &[F::Account, F::Packet, F::Target], since: "0.1.0" },
            Self::PacketQuarantined => Entry { severity: W::Alarm, subject: S::Packet, fields: &[F::Packet, F::Hash, F::Reason], since: "0.1.0" },
            Self::PacketPurged => Entry { severity: W::Warning, subject: S::Packet, fields: &[F::Packet, F::Ledger, F::CentralStatus], since: "0.1.0" },
            Self::PacketsExported => Entry { severity: W::Warning, subject: S::Packet, fields: &[F::Account, F::Disk, F::Count, F::Hash], since: "0.1.0" },
            Self::ReceiptsImported => Entry { severity: W::Notice, subject: S::Packet, fields: &[F::Account, F::Disk, F::Count], since: "0.1.0" },
            Self::StatusReceived => Entry { severity: W::Info, subject: S::Packet, fields: &[F::Packet, F::CentralStatus], since: "0.1.0" },
            Self::StatusEntered => Entry { severity: W::Warning, subject: S::Packet, fields: &[F::Account, F::Packet, F::CentralStatus], since: "0.1.0" },
            Self::DeviceMoved => Entry { severity: W::Info, subject: S::Device, fields: &[F::Device, F::Event, F::From, F::To], since: "0.1.0" },
            Self::DeviceFault => Entry { severity: W::Warning, subject: S::Device, fields: &[F::Device, F::Code], since: "0.1.0" },
            Self::DeviceReplaced => Entry { severity: W::Notice, subject: S::Device, fields: &[F::Account, F::Device, F::Target], since: "0.1.0" },
            Self::DeviceTested => Entry { severity: W::Info, subject: S::Device, fields: &[F::Account, F::Device, F::Result], since: "0.1.0" },
            Self::PowerMoved => Entry { severity: W::Notice, subject: S::Power, fields: &[F::From, F::To, F::Minutes], since: "0.1.0" },
            Self::NetworkMoved => Entry { severity: W::Info, subject: S::Network, fields: &[F::From, F::To], since: "0.1.0" },
            Self::OutageBegun => Entry { severity: W::Warning, subject: S::Network, fields: &[F::Account, F::Code, F::Since], since: "0.1.0" },
            Self::OutageEnded => Entry { severity: W::Notice, subject: S::Network, fields: &[F::Account, F::Code, F::Minutes], since: "0.1.0" },
            Self::OutageReported => Entry { severity: W::Notice, subject: S::Network, fields: &[F::Account, F::Code, F::Target], since: "0.1.0" },
            Self::ModeMoved => Entry { severity: W::Notice, subject: S::Station, fields: &[F::Account, F::From, F::To], since: "0.1.0" },
            Self::ClockSet => Entry { severity: W::Warning, subject: S::Clock, fields: &[F::Account, F::From, F::To], since: "0.1.0" },
            Self::ClockJumped => Entry { severity: W::Alarm, subject: S::Clock, fields: &[F::From, F::To, F::Seconds], since: "0.1.0" },
            Self::BackupMade => Entry { severity: W::Notice, subject: S::Backup, fields: &[F::Account, F::Disk, F::Hash], since: "0.1.0" },
            Self::BackupVerified => Entry { severity: W::Info, subject: S::Backup, fields: &[F::Account, F::Disk, F::Result], since: "0.1.0" },
            Self::BackupFailed => Entry { severity: W::Alarm, subject: S::Backup, fields: &[F::Disk, F::Reason], since: "0.1.0" },
            Self::BackupRestored => Entry { severity: W::Alarm, subject: S::Backup, fields: &[F::Account, F::Disk, F::Hash], since: "0.1.0" },
            Self::MirrorJoined => Entry { severity: W::Notice, subject: S::Backup, fields: &[F::Account, F::Target], since: "0.1.0" },
            Self::MirrorLost => Entry { severity: W::Warning, subject: S::Backup, fields: &[F::Target, F::Since], since: "0.1.0" },
            Self::StationCreated => Entry { severity: W::Alarm, subject: S::Station, fields: &[F::Account, F::Station, F::Version], since: "0.1.0" },
            Self::StationProvisioned => Entry { severity: W::Alarm, subject: S::Station, fields: &[F::Account, F::Station, F::Hash], since: "0.1.0" },
            Self::StationStarted => Entry { severity: W::Info, subject: S::Station, fields: &[F::Station, F::Version], since: "0.1.0" },
            Self::StationStopped => Entry { severity: W::Info, subject: S::Station, fields: &[F::Station, F::Reason], since: "0.1.0" },
            Self::StationRecovered => Entry { severity: W::Warning, subject: S::Station, fields: &[F::Station, F::Count], since: "0.1.0" },
            Self::DatabaseSetAside => Entry { severity: W::Alarm, subject: S::Station, fields: &[F::Account, F::Reason, F::Hash], since: "0.1.0" },
            Self::DatabaseMigrated => Entry { severity: W::Notice, subject: S::Station, fields: &[F::From, F::To], since: "0.1.0" },
            Self::SoftwareUpdated => Entry { severity: W::Warning, subject: S::Station, fields: &[F::Account, F::From, F::To], since: "0.1.0" },
            Self::KeyChanged => Entry { severity: W::Alarm, subject: S::Station, fields: &[F::Account, F::Code, F::Hash], since: "0.1.0" },
            Self::RosterImported => Entry { severity: W::Notice, subject: S::Profile, fields: &[F::Account, F::Count, F::Hash], since: "0.1.0" },
            Self::RosterExpired => Entry { severity: W::Notice, subject: S::Profile, fields: &[F::Until], since: "0.1.0" },
            Self::RegionsImported => Entry { severity: W::Notice, subject: S::Profile, fields: &[F::Account, F::Version, F::Hash], since: "0.1.0" },
            Self::ProfileImported => Entry { severity: W::Warning, subject: S::Profile, fields: &[F::Account, F::Profile, F::Version, F::Hash], since: "0.1.0" },
            Self::TemplateImported => Entry { severity: W::Notice, subject: S::Profile, fields: &[F::Account, F::Paper, F::Hash], since: "0.1.0" },
            Self::SettingChanged => Entry { severity: W::Notice, subject: S::Profile, fields: &[F::Account, F::Field, F::From, F::To], since: "0.1.0" },
            Self::ReportExported => Entry { severity: W::Notice, subject: S::Report, fields: &[F::Account, F::Format, F::Day], since: "0.1.0" },
            Self::SubjectExtractMade => Entry { severity: W::Warning, subject: S::Report, fields: &[F::Account, F::Case], since: "0.1.0" },
            Self::BreachListMade => Entry { severity: W::Alarm, subject: S::Report, fields: &[F::Account, F::Count, F::Since, F::Until], since: "0.1.0" },
            Self::SupportBundleMade => Entry { severity: W::Warning, subject: S::Report, fields: &[F::Account, F::Hash], since: "0.1.0" },
            Self::AuditRead => Entry { severity: W::Notice, subject: S::Audit, fields: &[F::Account, F::Since, F::Until], since: "0.1.0" },
            Self::AuditExported => Entry { severity: W::Warning, subject: S::Audit, fields: &[F::Account, F::Since, F::Until, F::Hash], since: "0.1.0" },
            Self::AuditDaySigned => Entry { severity: W::Info, subject: S::Audit, fields: &[F::Day, F::Count, F::Hash], since: "0.1.0" },
            Self::AuditChainBroken => Entry { severity: W::Alarm, subject: S::Audit, fields: &[F::Number], since: "0.1.0" },
        }
    }
}

//! The catalogue of audit events. The events themselves are generated from `data/audit-event.toml`.
//!
//! An event carries words, ids and counts, never a person: the closed list of field names sees to it.

mod event;

pub use event::AuditEvent;

crate::word::words! {
    /// How much an event weighs for the person who reads the audit.
    pub enum Severity {
        /// Everyday work.
        Info => "info",
        /// Worth reading.
        Notice => "notice",
        /// Asks for an explanation.
        Warning => "warning",
        /// Asks for action.
        Alarm => "alarm",
    }
}

crate::word::words! {
    /// What an event is about.
    pub enum AuditSubject {
        /// Signing in and out.
        Session => "session",
        /// Accounts and roles.
        Account => "account",
        /// A case and its steps.
        Case => "case",
        /// Data of a case.
        Data => "data",
        /// A biometric exception.
        Exception => "exception",
        /// A card.
        Card => "card",
        /// A letter or slip.
        Letter => "letter",
        /// A paper file.
        Berkas => "berkas",
        /// A card blank.
        Blank => "blank",
        /// A number.
        Number => "number",
        /// A book.
        Book => "book",
        /// A packet.
        Packet => "packet",
        /// A device.
        Device => "device",
        /// Power.
        Power => "power",
        /// The line to the office.
        Network => "network",
        /// The clock.
        Clock => "clock",
        /// Backups and copies.
        Backup => "backup",
        /// The station itself.
        Station => "station",
        /// Profiles, rosters, templates, settings.
        Profile => "profile",
        /// Reports and extracts.
        Report => "report",
        /// The audit itself.
        Audit => "audit",
    }
}

crate::word::words! {
    /// The only names a field of an event may have. None of them holds personal data in clear.
    pub enum Field {
        /// Id of the account that acted.
        Account => "account",
        /// Number of a blank.
        Blank => "blank",
        /// Id of a book.
        Book => "book",
        /// Id of a case.
        Case => "case",
        /// Status text of the centre.
        CentralStatus => "central_status",
        /// A code from a closed list.
        Code => "code",
        /// How many.
        Count => "count",
        /// A day or month.
        Day => "day",
        /// Number of the decree behind an account.
        Decree => "decree",
        /// Id of a device.
        Device => "device",
        /// Label of a removable disk.
        Disk => "disk",
        /// Kind of document.
        Document => "document",
        /// Event word of a machine.
        Event => "event",
        /// How many were expected.
        Expected => "expected",
        /// Name of a field, never its value.
        Field => "field",
        /// Format of a file.
        Format => "format",
        /// State, version or time before.
        From => "from",
        /// Guard word.
        Guard => "guard",
        /// Hash of a file or manifest.
        Hash => "hash",
        /// Position in the office's ledger.
        Ledger => "ledger",
        /// Minutes.
        Minutes => "minutes",
        /// Name of a modality.
        Modality => "modality",
        /// Number of a line, letter or series.
        Number => "number",
        /// Operation word.
        Operation => "operation",
        /// Id of a packet.
        Packet => "packet",
        /// Kind of paper.
        Paper => "paper",
        /// Id of a profile.
        Profile => "profile",
        /// Reference into the protected store, readable with its own right.
        Protected => "protected",
        /// A reason from a closed list; the reason of an exception is never here.
        Reason => "reason",
        /// Result word.
        Result => "result",
        /// Role words.
        Roles => "roles",
        /// Seconds.
        Seconds => "seconds",
        /// Series of numbers.
        Series => "series",
        /// Begin of a period.
        Since => "since",
        /// Where something came from.
        Source => "source",
        /// Id of a station.
        Station => "station",
        /// Subject word.
        Subject => "subject",
        /// Id of the other account, device, packet or office.
        Target => "target",
        /// State, version or time after.
        To => "to",
        /// End of a period.
        Until => "until",
        /// A version.
        Version => "version",
    }
}

/// What the catalogue says about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about.
    pub subject: AuditSubject,
    /// The fields it carries, in order.
    pub fields: &'static [Field],
    /// The version that first wrote it.
    pub since: &'static str,
}

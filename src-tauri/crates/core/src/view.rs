//! What the screen is shown (`*View`) and what it sends (`*Request`).

use serde::{Deserialize, Serialize};

/// Before anybody signs in: which station this is.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct WelcomeView {
    /// The station.
    pub station: StationView,
    /// The office.
    pub office: OfficeView,
    /// Ids of the accounts that can sign in.
    pub accounts: Vec<String>,
    /// How to sign in at a demonstration station; empty at a real one.
    pub demonstration: Vec<DemonstrationAccountView>,
    /// The office's date and time now.
    pub now: OfficeTimeView,
}

/// An account of the demonstration office, with its public passphrase.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DemonstrationAccountView {
    /// Account id.
    pub account: String,
    /// Role words.
    pub roles: Vec<String>,
    /// The passphrase everybody may know.
    pub passphrase: String,
}

/// The station itself.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StationView {
    /// Id that packets and registers carry.
    pub id: String,
    /// Set up for demonstration: nothing here is real.
    pub is_demonstration: bool,
    /// `software` or `hardware`: what protects the keys.
    pub trust: String,
    /// Program version.
    pub version: String,
    /// Free megabytes on the disk of the station's folder, if the system tells.
    pub free_disk_mb: Option<u32>,
}

/// The office the station belongs to.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OfficeView {
    /// Regency or city, as on its letterhead.
    pub government: String,
    /// Name as on its letterhead.
    pub name: String,
    /// `kecamatan` or `dinas`.
    pub kind: String,
    /// Region code with dots.
    pub region_code: String,
}

/// Date and time in the office's zone.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct OfficeTimeView {
    /// `yyyy-mm-dd`.
    pub date: String,
    /// 1 = Monday … 7 = Sunday.
    pub weekday: u8,
    /// `hh:mm`.
    pub time: String,
    /// `WIB`, `WITA` or `WIT`.
    pub zone: String,
    /// Milliseconds since 1970, for the ticking clock on the screen.
    pub unix_ms: f64,
    /// Offset of the zone, in minutes.
    pub offset_minutes: i32,
}

/// One line of the offline budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct BudgetLineView {
    /// Word of what can run out; its text is `budget.<kind>`.
    pub kind: String,
    /// `fine`, `soon` or `now`.
    pub level: String,
    /// What is left, or how many days old a copy is; nothing where there never was any.
    pub count: Option<i32>,
}

/// How packets travel to the office.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeliveryView {
    /// Packets are being delivered.
    pub is_running: bool,
    /// `none` (the office gave no address), `untried`, `online`, `degraded` or `offline`; its text is `delivery.line.<word>`.
    pub line: String,
    /// What is wrong with it; its texts are `delivery.cause.<word>` and `delivery.cause.<word>.next`.
    pub cause: Option<String>,
    /// What keeps delivery from working at all.
    pub problem: Option<crate::problem::Code>,
    /// Packets the office has not answered yet, and notices about packets.
    pub waiting: u32,
    /// Their size, in thousands of bytes.
    pub waiting_kb: u32,
    /// Minutes since the oldest of them was sealed.
    pub oldest_minutes: Option<u32>,
    /// Packets the office has received today.
    pub delivered_today: u32,
    /// Packets the office has refused.
    pub refused: u32,
    /// The oldest of them, with the reason.
    pub refused_packets: Vec<RefusedPacketView>,
    /// Packets whose bytes are not what was sealed.
    pub damaged: u32,
    /// The last answer of the office, since the station was opened.
    pub contact: Option<OfficeTimeView>,
    /// When the office was last asked for a newer admission.
    pub bundle_checked: Option<OfficeTimeView>,
    /// What a person should know.
    pub findings: Vec<DeliveryFindingView>,
}

/// A packet the office has refused.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct RefusedPacketView {
    /// Its id.
    pub packet: String,
    /// Text key of the reason and the next action.
    pub text: String,
    /// `retry_later`, `needs_human` or `superseded`; its text is `delivery.refused.<word>`.
    pub class: String,
}

/// Something delivery has noticed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeliveryFindingView {
    /// What; its texts are `delivery.finding.<word>` and `delivery.finding.<word>.next`.
    pub word: String,
    /// Named values for the text.
    pub values: std::collections::BTreeMap<String, String>,
    /// When.
    pub at: OfficeTimeView,
}

/// Mirror and backup.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CopiesView {
    /// The copy on a second disk that is kept all the time.
    pub mirror: CopyView,
    /// The copy on a removable disk that is made when it is due.
    pub backup: CopyView,
}

/// One copy of the station.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct CopyView {
    /// Whether somebody has said where it is kept.
    pub is_kept: bool,
    /// Minutes since it was complete; nothing if it never was.
    pub minutes_old: Option<i32>,
    /// It lies on the disk of the station or of the other copy.
    pub is_same_disk: bool,
    /// What keeps it from being made.
    pub problem: Option<crate::problem::Code>,
}

/// How the computer's clock stands beside the station's time.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ClockView {
    /// `steady`, `set_back`, `set_forward` or `unsure`.
    pub trust: String,
    /// Minutes the computer's clock is ahead; less than nothing where it is behind.
    pub minutes_apart: i32,
    /// What the computer's clock says.
    pub computer: OfficeTimeView,
}

/// Who wants to sign in.
#[derive(Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct SignInRequest {
    /// Account id.
    pub account: String,
    /// Passphrase or PIN.
    pub secret: String,
}

/// The home screen.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct HomeView {
    /// The station.
    pub station: StationView,
    /// The office.
    pub office: OfficeView,
    /// The procedure this office works by.
    pub profile: ProfileView,
    /// Who sits here.
    pub person: PersonView,
    /// The office's date and time now.
    pub now: OfficeTimeView,
    /// `hh:mm` of this sign-in.
    pub signed_in_at: String,
    /// How the computer's clock stands beside that time.
    pub clock: ClockView,
    /// How long the station can go on, the most pressing first.
    pub budget: Vec<BudgetLineView>,
    /// Mirror and backup.
    pub copies: CopiesView,
    /// How packets travel to the office.
    pub delivery: DeliveryView,
    /// What keeps finished recordings from the outbox, if anything does; nothing of them is lost.
    pub packets_problem: Option<crate::problem::Problem>,
    /// What waits for this person, the oldest first.
    pub tasks: Vec<TaskView>,
}

/// Something a person has to see to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TaskView {
    /// The case.
    pub case: String,
    /// Its registration number, or empty.
    pub registration: String,
    /// Word of the task; its texts are `task.<word>` and `task_action.<word>`.
    pub task: String,
    /// Word of the reason, or a status of the centre, or empty.
    pub reason: String,
    /// Since when, `yyyy-mm-dd`.
    pub since: String,
    /// Days since then.
    pub days: i32,
    /// Whether it ends when a person says so; any other ends once its cause is gone.
    pub can_be_closed: bool,
}

/// The person who is signed in.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PersonView {
    /// Account id.
    pub account: String,
    /// Full name.
    pub name: String,
    /// Role words.
    pub roles: Vec<String>,
    /// Number of the decree that gives access.
    pub decree: String,
    /// Last day of that decree, `yyyy-mm-dd`.
    pub decree_expires: String,
    /// Days until then.
    pub decree_days_left: i32,
}

/// A process profile, as far as the screen needs it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ProfileView {
    /// Profile id.
    pub id: String,
    /// Version a case keeps.
    pub version: u32,
    /// Title of the procedure.
    pub title: String,
    /// First day, `yyyy-mm-dd`.
    pub valid_from: String,
    /// Sum of the stated times, if any is stated.
    pub stated_minutes_total: Option<u32>,
    /// Its steps in order.
    pub steps: Vec<StepView>,
}

/// One step of a procedure.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StepView {
    /// Number as in the procedure.
    pub no: String,
    /// What is done.
    pub name: String,
    /// Role word of who does it.
    pub role: String,
    /// Stated time standard.
    pub minutes: Option<u32>,
    /// Whether the person signed in has this role.
    pub is_mine: bool,
}

/// A NIK to be checked.
#[derive(Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NikRequest {
    /// As typed.
    pub nik: String,
    /// Birth date as typed, `dd-mm-yyyy` or `yyyy-mm-dd`; empty if unknown.
    pub born: String,
    /// `L`, `P` or empty.
    pub sex: String,
}

/// What a check of a NIK found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct NikView {
    /// `nik`, `temporary` or `unreadable`.
    pub reading: String,
    /// Region, date, sex and serial the number tells.
    pub tells: Vec<TellView>,
    /// Findings, gravest first.
    pub findings: Vec<FindingView>,
}

/// One fact a number tells.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct TellView {
    /// Text key of its label.
    pub label: String,
    /// Its value, or the text key of it.
    pub value: String,
    /// Whether the value is a text key.
    pub is_key: bool,
}

impl TellView {
    pub(crate) fn value(label: &str, value: String) -> Self {
        Self { label: label.to_owned(), value, is_key: false }
    }

    pub(crate) fn key(label: &str, key: String) -> Self {
        Self { label: label.to_owned(), value: key, is_key: true }
    }
}

/// A finding: grade and code, with the values its text names.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FindingView {
    /// `error`, `warning` or `information`.
    pub grade: String,
    /// Code; its text is `finding.<code>`.
    pub code: String,
    /// Named values for the text.
    pub values: std::collections::BTreeMap<String, String>,
}

/// What a supervisor took over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TakenOver {
    /// Recordings the supervisor answers for from here on.
    pub taken_over: u32,
    /// Recordings left alone, because the supervisor decided on their exceptions: nobody answers for what they approved.
    pub own_approval: u32,
}

//! What the screens of a journey are shown, and what they send.

use serde::{Deserialize, Serialize};

use crate::view::{FindingView, TellView};

/// A recording as the desk sees it: where it is, what is next, and what was saved.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct JourneyView {
    /// The case.
    pub case: String,
    /// Registration number, or empty.
    pub registration: String,
    /// Ticket in the queue, or empty.
    pub ticket: String,
    /// Full name.
    pub name: String,
    /// State word of the recording.
    pub state: String,
    /// The stops in their order.
    pub stops: Vec<StopView>,
    /// Word of the stop that is next.
    pub now: String,
    /// The data that are read aloud.
    pub biodata: Vec<TellView>,
    /// Colour of the curtain: `red`, `blue` or `orange`; empty without a birth date.
    pub curtain: String,
    /// Colour the camera saw behind the person, as the same words; empty if it was none of them or nothing was taken.
    pub curtain_seen: String,
    /// The papers, as groups of which one is enough.
    pub papers: Vec<PaperView>,
    /// Whether the person may be recorded, and why.
    pub eligibility: EligibilityView,
    /// The photo, if it was taken.
    pub photo: Option<KeptView>,
    /// The signature, if it was taken.
    pub signature: Option<KeptView>,
    /// The signed truth statement, if it was signed with a pen.
    pub truth: Option<KeptView>,
    /// It was marked that this person cannot sign.
    pub cannot_sign: bool,
    /// The ten fingers in the order of their numbers.
    pub fingers: Vec<PartView>,
    /// What is taken together, in its order.
    pub groups: Vec<GroupView>,
    /// The group that is next, or empty.
    pub group_now: String,
    /// Both eyes, the right one first.
    pub eyes: Vec<PartView>,
    /// How often the eyes were tried.
    pub eye_tries: u32,
    /// Tries the profile gives.
    pub tries_max: u32,
    /// Everything that is missing or poor by name.
    pub exceptions: Vec<ExceptionView>,
    /// Words of the fingers that validate the recording.
    pub index_fingers: Vec<String>,
    /// State word of the letter, or empty where the procedure has none.
    pub letter: String,
    /// The packet, once it is sealed or waits for it.
    pub packet: Option<PacketView>,
}

/// A stop of the journey.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct StopView {
    /// Its word.
    pub stop: String,
    /// `done`, `now` or `later`.
    pub standing: String,
}

/// A group of papers of which one is enough.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PaperView {
    /// Document words.
    pub any_of: Vec<String>,
    /// Only this office asks for it.
    pub is_local: bool,
    /// The one that was scanned, or empty.
    pub brought: String,
    /// Its pages, as steps with a picture.
    pub pages: Vec<i32>,
}

/// Whether a person may be recorded.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct EligibilityView {
    /// Text key of the verdict.
    pub verdict: String,
    /// `yes`, `papers` (when they are complete) or `no`.
    pub standing: String,
    /// Why.
    pub reasons: Vec<FindingView>,
    /// What the person does next; its text is `next.<code>`.
    pub next: FindingView,
    /// Whether the case is ended by it, with a slip that says where to go.
    pub turns_away: bool,
}

/// Something that was taken and is in the journal.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct KeptView {
    /// Its picture, as the number of its step.
    pub picture: i32,
    /// Its score, if the device gives one.
    pub score: Option<u8>,
}

/// A finger or an eye.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PartView {
    /// Word of the finger or the eye.
    pub part: String,
    /// Finger 1 to 10, eye 1 right and 2 left.
    pub position: u8,
    /// `waiting`, `good`, `poor` or `marked`.
    pub standing: String,
    /// Score of what was kept.
    pub score: Option<u8>,
    /// Score that is wanted.
    pub least: u8,
    /// What the device advised, the word of a hint; or empty.
    pub advice: String,
    /// Reason code, if it was marked.
    pub mark: String,
    /// Reasons that can be given now.
    pub reasons: Vec<String>,
    /// There is an evidence picture.
    pub has_evidence: bool,
}

/// Fingers that are taken together.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct GroupView {
    /// Its word.
    pub group: String,
    /// Numbers of its fingers, from left to right.
    pub fingers: Vec<u8>,
    /// How often it was tried.
    pub tries: u32,
    /// Every finger is good or marked.
    pub is_settled: bool,
}

/// Something missing or poor, and what became of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct ExceptionView {
    /// Text key of what it is about.
    pub part: String,
    /// Reason code.
    pub code: String,
    /// `marked`, `open`, `deferred`, `approved`, `denied` or `reason_enough`.
    pub decision: String,
    /// Another person must decide.
    pub needs_approval: bool,
    /// Its evidence picture, if there is one.
    pub evidence: Option<i32>,
    /// A picture must show why, and there is none yet.
    pub wants_evidence: bool,
    /// Where its evidence picture belongs.
    pub slot: String,
}

/// The packet of a recording.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct PacketView {
    /// Its id.
    pub packet: String,
    /// State word.
    pub state: String,
    /// Size in kilobytes.
    pub kilobytes: i32,
}

/// A case in the list of the desk.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct DeskCaseView {
    /// The case.
    pub case: String,
    /// Full name.
    pub name: String,
    /// Ticket in the queue, or empty.
    pub ticket: String,
    /// Registration number, or empty.
    pub registration: String,
    /// State word of the recording.
    pub state: String,
    /// Word of the stop it is at.
    pub stop: String,
    /// It waits for somebody at this desk.
    pub is_open: bool,
}

/// Somebody who was found by number or name.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct FoundPersonView {
    /// NIK, or empty.
    pub nik: String,
    /// Full name.
    pub name: String,
    /// What else tells the person apart.
    pub tells: Vec<TellView>,
    /// Whether the person may be recorded, and why.
    pub eligibility: EligibilityView,
    /// The papers the person must bring.
    pub papers: Vec<PaperView>,
}

/// What cannot be taken, and why.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct MarkRequest {
    /// `finger`, `iris` or `signature`.
    pub kind: String,
    /// Finger or eye, otherwise 0.
    pub position: u8,
    /// Reason code; empty takes the mark back.
    pub code: String,
}

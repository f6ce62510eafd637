//! Where a recording is and what is next, read from its case and its journal. Pure: the same journal gives the same
//! answer, also after a restart.

use rekam_domain::body::{Eye, Finger};
use rekam_domain::case::{Case, Decision, ExceptionNote};
use rekam_domain::exception::ExceptionCode;
use rekam_domain::profile::{Modality, Profile};
use rekam_domain::recording::{RecordingState, Stage};
use rekam_store::StepRow;

use crate::knowledge::{begun, kind};

/// Kinds of steps that a journey keeps beside those the rules ask for.
pub mod mark {
    /// A capture came back; the slot is what was asked for. Also kept when nothing of it was better than before.
    pub const TRY: &str = "try";
    /// What cannot be taken, and why; the slot is `finger.3`, `iris.1` or `signature`. An empty reason takes it back.
    pub const MARK: &str = "mark";
    /// A picture that shows why; the slot is that of its mark.
    pub const EVIDENCE: &str = "evidence";
}

/// Parts of the hands that are taken together, in their order.
pub const GROUPS: [(&str, &[Finger]); 3] = [
    ("right_four", &[Finger::RightIndex, Finger::RightMiddle, Finger::RightRing, Finger::RightLittle]),
    ("left_four", &[Finger::LeftLittle, Finger::LeftRing, Finger::LeftMiddle, Finger::LeftIndex]),
    ("thumbs", &[Finger::LeftThumb, Finger::RightThumb]),
];
/// The try of both eyes.
pub const EYES_TRY: &str = "irises";

/// A stop of the journey: one screen each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Papers and eligibility.
    Papers,
    /// Ticket and call.
    Queue,
    /// The photo.
    Photo,
    /// The signature.
    Signature,
    /// Ten fingers.
    Fingers,
    /// Two eyes.
    Irises,
    /// What is missing is named and decided.
    Exceptions,
    /// The data are read aloud and confirmed.
    Confirm,
    /// The statement that they are true is signed.
    Truth,
    /// Both index fingers once more.
    Index,
    /// Everything once more, then it is sealed.
    Review,
    /// Sealed: the receipt.
    Receipt,
    /// Ended without a recording.
    Ended,
}

impl Stop {
    /// Its word; its name on the screen is the text `stop.<word>`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Papers => "papers",
            Self::Queue => "queue",
            Self::Photo => "photo",
            Self::Signature => "signature",
            Self::Fingers => "fingers",
            Self::Irises => "irises",
            Self::Exceptions => "exceptions",
            Self::Confirm => "confirm",
            Self::Truth => "truth",
            Self::Index => "index",
            Self::Review => "review",
            Self::Receipt => "receipt",
            Self::Ended => "ended",
        }
    }
}

/// How one finger or eye stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartStanding {
    /// Number of the finger, or 1 right and 2 left for an eye.
    pub position: u8,
    /// What was kept of it, if anything: its step, its score, what the device advised.
    pub kept: Option<Kept>,
    /// Why it is missing or poor, if that was marked.
    pub mark: Option<ExceptionCode>,
    /// The step of its evidence picture.
    pub evidence: Option<i64>,
    /// The score that is wanted.
    pub least: u8,
}

/// A capture that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its step in the journal.
    pub sequence: i64,
    /// Its score, if the device gives one.
    pub score: Option<u8>,
    /// What the device last advised, the word of a hint.
    pub hint: String,
}

impl PartStanding {
    /// `waiting`, `good`, `poor` or `marked`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match &self.kept {
            _ if self.mark.is_some() => "marked",
            None => "waiting",
            Some(kept) if kept.score.is_none_or(|score| score >= self.least) => "good",
            Some(_) => "poor",
        }
    }

    /// Whether nothing more is to be done about it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.word(), "good" | "marked")
    }

    /// Whether it lies on no glass and before no lens: nothing was taken, and why was said.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.mark.is_some() && self.kept.is_none()
    }
}

/// A case with its journal, ready to be asked.
pub struct Reading<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its procedure.
    pub profile: &'a Profile,
    /// Its journal.
    pub steps: &'a [StepRow],
}

impl Reading<'_> {
    /// The newest step of this recording in a slot.
    #[must_use]
    pub fn step(&self, kind: &str, slot: &str) -> Option<&StepRow> {
        let begun = begun(self.steps);
        self.steps.iter().rfind(|step| {
            step.sequence > begun && step.replaced_by.is_none() && step.kind == kind && step.slot == slot
        })
    }

    /// What was kept in a slot.
    #[must_use]
    pub fn kept(&self, kind: &str, slot: &str) -> Option<Kept> {
        let step = self.step(kind, slot)?;
        let score = step.body.get("score").and_then(serde_json::Value::as_u64);
        Some(Kept {
            sequence: step.sequence,
            score: score.and_then(|score| u8::try_from(score).ok()),
            hint: text(step, "hint"),
        })
    }

    /// What is told of the newest step of a kind under this name, or nothing.
    #[must_use]
    pub fn told(&self, kind: &str, name: &str) -> String {
        self.step(kind, "").map(|step| text(step, name)).unwrap_or_default()
    }

    /// How often something was tried.
    #[must_use]
    pub fn tries(&self, asked: &str) -> u32 {
        let attempt = self.step(mark::TRY, asked).map_or(0, |step| step.attempt);
        u32::try_from(attempt).unwrap_or(u32::MAX)
    }

    /// Whether every try the profile gives has been used.
    #[must_use]
    pub fn is_tried_out(&self, asked: &str) -> bool {
        self.tries(asked) >= self.profile.capture.max_retries
    }

    /// Why something cannot be taken, as it was marked.
    #[must_use]
    pub fn marked(&self, slot: &str) -> Option<ExceptionCode> {
        ExceptionCode::from_word(&text(self.step(mark::MARK, slot)?, "code"))
    }

    fn part(&self, kind: &str, position: u8, least: u8) -> PartStanding {
        let slot = format!("{kind}.{position}");
        PartStanding {
            position,
            kept: self.kept(kind, &position.to_string()),
            mark: self.marked(&slot),
            evidence: self.step(mark::EVIDENCE, &slot).map(|step| step.sequence),
            least,
        }
    }

    /// How a finger stands.
    #[must_use]
    pub fn finger(&self, finger: Finger) -> PartStanding {
        self.part(kind::FINGER, finger.number(), self.profile.capture.quality.finger)
    }

    /// How an eye stands.
    #[must_use]
    pub fn eye(&self, eye: Eye) -> PartStanding {
        self.part(kind::IRIS, eye_number(eye), self.profile.capture.quality.iris)
    }

    fn takes(&self, modality: Modality) -> bool {
        self.profile.capture.modalities.contains(&modality)
    }

    /// The stops of this recording in their order.
    #[must_use]
    pub fn stops(&self) -> Vec<Stop> {
        if self.case.recording().stage() == Stage::Ended {
            return vec![Stop::Papers, Stop::Ended];
        }
        let capture = self.profile.capture.order.iter().filter(|modality| self.takes(**modality));
        let mut stops = vec![Stop::Papers, Stop::Queue];
        stops.extend(capture.map(|modality| stop_of(*modality)));
        if self.marks().next().is_some() || self.case.current().next().is_some() {
            stops.push(Stop::Exceptions);
        }
        let rule = &self.profile.recording;
        let rest = [
            (rule.read_aloud, Stop::Confirm),
            (rule.truth_statement, Stop::Truth),
            (rule.index_validation, Stop::Index),
            (true, Stop::Review),
            (true, Stop::Receipt),
        ];
        stops.extend(rest.into_iter().filter(|(wanted, _)| *wanted).map(|(_, stop)| stop));
        stops
    }

    /// Where the desk is, and where it reopens.
    #[must_use]
    pub fn now(&self) -> Stop {
        use RecordingState as S;
        match self.case.recording() {
            S::Draft | S::Submitted | S::Returned | S::Verified => Stop::Papers,
            S::ReadyToRecord | S::Scheduled | S::Queued | S::Called | S::NoShow => Stop::Queue,
            S::ExceptionReview => Stop::Exceptions,
            S::Recorded | S::AwaitingDedup | S::DedupBlocked | S::PrintReady => Stop::Receipt,
            S::Rejected | S::Cancelled | S::Redirected | S::Abandoned | S::Withdrawn | S::Superseded => {
                Stop::Ended
            }
            S::InCapture | S::CaptureSuspended => {
                let open = |stop: &Stop| !self.is_done(*stop);
                self.stops().into_iter().find(open).unwrap_or(Stop::Review)
            }
        }
    }

    /// Whether a stop is behind us.
    #[must_use]
    pub fn is_done(&self, stop: Stop) -> bool {
        match stop {
            Stop::Papers | Stop::Queue => self.is_past_call(),
            Stop::Photo => self.kept(kind::PHOTO, "").is_some(),
            Stop::Signature => self.kept(kind::SIGNATURE, "").is_some() || self.cannot_sign(),
            Stop::Fingers => Finger::ALL.iter().all(|finger| self.finger(*finger).is_settled()),
            Stop::Irises => Eye::ALL.iter().all(|eye| self.eye(*eye).is_settled()),
            Stop::Exceptions => {
                self.unraised().is_empty() && self.case.current().all(|one| one.decision != Decision::Open)
            }
            Stop::Confirm => self.step(kind::CONFIRM, "").is_some(),
            Stop::Truth => self.step(kind::TRUTH, "").is_some(),
            Stop::Index => self.step(kind::INDEX, "").is_some(),
            Stop::Review | Stop::Receipt | Stop::Ended => false,
        }
    }

    fn is_past_call(&self) -> bool {
        self.case.recording().stage() != Stage::BeforeCapture
    }

    /// Whether it was marked that this person cannot sign.
    #[must_use]
    pub fn cannot_sign(&self) -> bool {
        self.marked(kind::SIGNATURE).is_some()
    }

    /// Everything that was marked in this recording.
    pub fn marks(&self) -> impl Iterator<Item = ExceptionNote> {
        let fingers = Finger::ALL.iter().map(|finger| self.finger(*finger));
        let eyes = Eye::ALL.iter().map(|eye| self.eye(*eye));
        let parts = fingers
            .chain(eyes)
            .filter_map(|part| Some(ExceptionNote { code: part.mark?, position: part.position }));
        parts.chain(self.marked(kind::SIGNATURE).map(|code| ExceptionNote { code, position: 0 }))
    }

    /// What was marked and has not been raised, or was denied.
    #[must_use]
    pub fn unraised(&self) -> Vec<ExceptionNote> {
        self.marks().filter(|note| !self.case.is_excepted(note.position, &[note.code])).collect()
    }

    /// The group of fingers that is taken next.
    #[must_use]
    pub fn group_now(&self) -> &'static str {
        let is_open = |fingers: &[Finger]| fingers.iter().any(|finger| !self.finger(*finger).is_settled());
        GROUPS.iter().find(|(_, fingers)| is_open(fingers)).map_or("", |(word, _)| word)
    }

    /// The finger of each hand that validates the recording: the index, or the next one that is there.
    #[must_use]
    pub fn index_fingers(&self) -> Vec<Finger> {
        use Finger as F;
        let right = [F::RightIndex, F::RightThumb, F::RightMiddle, F::RightRing, F::RightLittle];
        let left = [F::LeftIndex, F::LeftThumb, F::LeftMiddle, F::LeftRing, F::LeftLittle];
        let there = |finger: &&F| !self.finger(**finger).is_absent();
        [right.iter().find(there), left.iter().find(there)].into_iter().flatten().copied().collect()
    }
}

/// 1 for the right eye, 2 for the left, as in the international records.
#[must_use]
pub const fn eye_number(eye: Eye) -> u8 {
    match eye {
        Eye::Right => 1,
        Eye::Left => 2,
    }
}

/// The fingers of a group.
#[must_use]
pub fn fingers_of(group: &str) -> &'static [Finger] {
    GROUPS.iter().find(|(word, _)| *word == group).map_or(&[], |(_, fingers)| fingers)
}

const fn stop_of(modality: Modality) -> Stop {
    match modality {
        Modality::Photo => Stop::Photo,
        Modality::Signature => Stop::Signature,
        Modality::Fingers10 => Stop::Fingers,
        Modality::Iris2 => Stop::Irises,
    }
}

fn text(step: &StepRow, name: &str) -> String {
    step.body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

//! What is asked of a device for one step of a recording, and what comes of it.

use rekam_core::desk::Uuid;
use rekam_core::journey::view::JourneyView;
use rekam_core::journey::{EYES_TRY, TakenPart, eye_number, fingers_of, mark};
use rekam_core::knowledge::kind;
use rekam_core::problem::{Code, Problem};
use rekam_core::station::Station;
use rekam_domain::document::Document;
use rekam_domain::photo::BackgroundColour;
use rekam_driver_api::{
    CaptureEvent, DeviceError, Eye, Finger, FingerGroup, FingerprintOrder, Image, IrisOrder, PAGES_MAX,
    PageColour, PageOrder, PageSource, PhotoOrder, Quality, SignatureOrder, Terms, Trigger, Watch,
};
use serde_json::{Value, json};

use super::picture::behind;
use crate::device::Devices;

/// A person takes less; what takes longer is begun anew.
const LIMIT_MS: u32 = 60_000;
/// The camera shows its live picture until the officer takes it: the longest a capture may run.
const LIVE_LIMIT_MS: u32 = 600_000;
/// Size of the portrait: three to four, well above the 480×640 that are needed.
const PHOTO_PX: (u32, u32) = (600, 800);
/// Resolution of a scanned page.
const PAGE_DPI: u16 = 200;

/// One thing that is asked of a device.
pub(crate) struct Order {
    asked: String,
    now_unix_ms: i64,
    work: Work,
}

enum Work {
    Papers(Vec<Document>),
    Photo { kind: &'static str, slot: String },
    Signature(&'static str),
    Fingers { group: FingerGroup, absent: Vec<Finger>, score_wanted: u8 },
    Irises { eyes: Vec<Eye>, score_wanted: u8 },
    Index(Vec<Finger>),
}

impl Order {
    /// What a word of the page means for this case now.
    pub(crate) fn read(station: &mut Station, case: Uuid, asked: &str) -> Result<Self, Problem> {
        let journey = station.journey(case)?;
        let refused = || Problem::new(Code::InputRefused).with("field", "asked");
        let absent = |part: &str| is_absent(&journey, part);
        let score_wanted =
            |parts: &[rekam_core::journey::view::PartView]| parts.first().map_or(0, |part| part.least);
        let group = |group: FingerGroup, word: &str| Work::Fingers {
            group,
            absent: fingers_of(word).iter().copied().filter(|finger| absent(finger.word())).collect(),
            score_wanted: score_wanted(&journey.fingers),
        };
        let work = match asked {
            "papers" => Work::Papers(station.papers_missing(case)?),
            kind::PHOTO => Work::Photo { kind: kind::PHOTO, slot: String::new() },
            kind::SIGNATURE => Work::Signature(kind::SIGNATURE),
            kind::TRUTH => Work::Signature(kind::TRUTH),
            "right_four" => group(FingerGroup::RightFour, asked),
            "left_four" => group(FingerGroup::LeftFour, asked),
            "thumbs" => group(FingerGroup::Thumbs, asked),
            EYES_TRY => Work::Irises {
                eyes: [Eye::Right, Eye::Left].into_iter().filter(|eye| !absent(eye.word())).collect(),
                score_wanted: score_wanted(&journey.eyes),
            },
            kind::INDEX => {
                Work::Index(journey.index_fingers.iter().filter_map(|word| Finger::from_word(word)).collect())
            }
            _ => match asked.split_once('.') {
                Some((mark::EVIDENCE, slot)) if journey.exceptions.iter().any(|one| one.slot == slot) => {
                    Work::Photo { kind: mark::EVIDENCE, slot: slot.to_owned() }
                }
                _ => return Err(refused()),
            },
        };
        Ok(Self { asked: asked.to_owned(), now_unix_ms: station.now(), work })
    }

    /// The word under which its tries are counted; documents and evidence have none.
    pub(crate) fn asked(&self) -> &str {
        let is_uncounted = match &self.work {
            Work::Papers(_) => true,
            Work::Photo { kind, .. } => *kind == mark::EVIDENCE,
            Work::Signature(_) | Work::Fingers { .. } | Work::Irises { .. } | Work::Index(_) => false,
        };
        if is_uncounted { "" } else { &self.asked }
    }

    /// Papers that must lie in the scanner.
    pub(crate) fn papers(&self) -> &[Document] {
        if let Work::Papers(papers) = &self.work { papers } else { &[] }
    }

    const fn terms(&self, trigger: Trigger) -> Terms {
        let limit_ms = match trigger {
            Trigger::Auto => LIMIT_MS,
            Trigger::Operator => LIVE_LIMIT_MS,
        };
        Terms { now_unix_ms: self.now_unix_ms, limit_ms, trigger }
    }

    /// Lets the device do it.
    pub(crate) fn carry_out(
        &self,
        devices: &Devices,
        watch: &mut Watch<'_>,
    ) -> Result<Vec<TakenPart>, DeviceError> {
        match &self.work {
            Work::Papers(papers) => self.scan(devices, papers, watch),
            Work::Photo { kind, slot } => {
                let (width_px, height_px) = PHOTO_PX;
                let order = PhotoOrder { terms: self.terms(Trigger::Operator), width_px, height_px };
                let taken = devices.camera()?.capture(&order, watch)?;
                let seen = behind(&taken.image).and_then(BackgroundColour::seen);
                let body = json!({"curtain": seen.map(BackgroundColour::word)});
                Ok(vec![part(kind, slot.clone(), taken.quality, body, taken.image)])
            }
            Work::Signature(kind) => {
                let order = SignatureOrder { terms: self.terms(Trigger::Auto) };
                let taken = devices.signature_pad()?.capture(&order, watch)?;
                let body = json!({"strokes": taken.strokes.len()});
                Ok(vec![part(kind, String::new(), None, body, taken.image)])
            }
            Work::Fingers { group, absent, score_wanted } => {
                let order = FingerprintOrder {
                    terms: self.terms(Trigger::Auto),
                    group: *group,
                    absent: absent.clone(),
                    score_wanted: *score_wanted,
                };
                let taken = devices.fingerprint_scanner()?.capture(&order, watch)?;
                let fingers = taken.fingers.into_iter().map(|one| {
                    let slot = one.finger.number().to_string();
                    part(kind::FINGER, slot, Some(one.quality), json!({}), one.image)
                });
                Ok(fingers.collect())
            }
            Work::Irises { eyes, score_wanted } => {
                let order = IrisOrder {
                    terms: self.terms(Trigger::Auto),
                    eyes: eyes.clone(),
                    score_wanted: *score_wanted,
                };
                let taken = devices.iris_scanner()?.capture(&order, watch)?;
                let irises = taken.irises.into_iter().map(|one| {
                    let slot = eye_number(one.eye).to_string();
                    part(kind::IRIS, slot, Some(one.quality), json!({}), one.image)
                });
                Ok(irises.collect())
            }
            Work::Index(fingers) => self.validate(devices, fingers, watch),
        }
    }

    /// The papers lie in the scanner in the order of the checklist.
    fn scan(
        &self,
        devices: &Devices,
        papers: &[Document],
        watch: &mut Watch<'_>,
    ) -> Result<Vec<TakenPart>, DeviceError> {
        let order = PageOrder {
            terms: self.terms(Trigger::Auto),
            source: PageSource::Feeder,
            dpi: PAGE_DPI,
            colour: PageColour::Grey,
            pages_max: PAGES_MAX,
        };
        let taken = devices.document_scanner()?.capture(&order, watch)?;
        let pages = papers.iter().zip(taken.pages).map(|(paper, page)| {
            let slot = format!("{}.1", paper.word());
            part(kind::DOCUMENT, slot, None, json!({"dpi": page.dpi}), page)
        });
        Ok(pages.collect())
    }

    /// One finger of each hand once more. What is saved is that both were read and how well: comparing them with the
    /// recording is for the matcher.
    fn validate(
        &self,
        devices: &Devices,
        fingers: &[Finger],
        watch: &mut Watch<'_>,
    ) -> Result<Vec<TakenPart>, DeviceError> {
        let mut scores = Vec::new();
        let mut scanner = devices.fingerprint_scanner()?;
        let of = u16::try_from(fingers.len()).ok();
        for (done, finger) in (1..).zip(fingers) {
            let order = FingerprintOrder {
                terms: self.terms(Trigger::Auto),
                group: FingerGroup::Single(*finger),
                absent: Vec::new(),
                score_wanted: 0,
            };
            // The page counts fingers, not what one of them consists of.
            let mut told = |event: CaptureEvent<'_>| {
                let is_progress = matches!(event, CaptureEvent::Progress { .. });
                watch(if is_progress { CaptureEvent::Waiting } else { event })
            };
            let taken = scanner.capture(&order, &mut told)?;
            scores.extend(taken.fingers.iter().map(|one| one.quality.score));
            watch(CaptureEvent::Progress { done, of });
        }
        let numbers: Vec<u8> = fingers.iter().map(|finger| finger.number()).collect();
        let body = json!({"fingers": numbers, "scores": scores, "compared": false});
        Ok(vec![TakenPart { kind: kind::INDEX, slot: String::new(), score: None, body, image: None }])
    }
}

fn is_absent(journey: &JourneyView, word: &str) -> bool {
    let mut parts = journey.fingers.iter().chain(&journey.eyes);
    parts.any(|part| part.part == word && !part.mark.is_empty() && part.score.is_none())
}

fn part(kind: &'static str, slot: String, quality: Option<Quality>, body: Value, image: Image) -> TakenPart {
    TakenPart {
        kind,
        slot,
        score: quality.map(|quality| (quality.score, quality.algorithm)),
        body,
        image: Some((image.media.name(), image.bytes)),
    }
}

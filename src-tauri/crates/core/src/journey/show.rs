//! From what was saved to what the screens of a journey show.

use rekam_domain::biodata::Biodata;
use rekam_domain::body::{Eye, Finger};
use rekam_domain::case::{CaseException, Decision};
use rekam_domain::document::Document;
use rekam_domain::eligibility::{EligibilityDecision, MissingDocuments, Verdict};
use rekam_domain::exception::ExceptionCode;
use rekam_domain::finding::Grade;
use rekam_domain::photo::{BackgroundColour, photo_background};
use rekam_domain::profile::{PhotoBackground, Profile};
use rekam_domain::purpose::Purpose;

use super::Loaded;
use super::reading::{EYES_TRY, GROUPS, Kept, PartStanding, Reading, Stop, eye_number, fingers_of, mark};
use super::view::{
    EligibilityView, ExceptionView, FoundPersonView, GroupView, JourneyView, KeptView, PacketView, PaperView,
    PartView, StopView,
};
use crate::knowledge::{Proven, Sources, kind};
use crate::station::Station;
use crate::view::{FindingView, TellView};

/// Bytes of a kilobyte, as people count them on the screen.
const KILOBYTE: i64 = 1_000;

pub(super) fn journey(station: &Station, loaded: &Loaded) -> JourneyView {
    let reading = loaded.reading(station);
    let now = reading.now();
    let tells_eyes = |eye: &Eye| part(&reading, kind::IRIS, eye.word(), &reading.eye(*eye));
    let tells_finger =
        |finger: &Finger| part(&reading, kind::FINGER, finger.word(), &reading.finger(*finger));
    let decision = station.decision(loaded);
    JourneyView {
        case: loaded.row.id.to_string(),
        registration: loaded.row.registration_number.clone(),
        ticket: loaded.row.ticket.clone(),
        name: loaded.row.full_name.clone(),
        state: loaded.row.recording_state.clone(),
        stops: stops(&reading, now),
        now: now.word().to_owned(),
        biodata: tells(&loaded.biodata),
        curtain: curtain(reading.profile, &loaded.biodata)
            .map(|colour| colour.word().to_owned())
            .unwrap_or_default(),
        curtain_seen: reading.told(kind::PHOTO, "curtain"),
        papers: papers(&reading, &wanted(&loaded.sources(station), loaded.case.service()), &decision.missing),
        eligibility: eligibility(&decision),
        photo: reading.kept(kind::PHOTO, "").map(kept),
        signature: reading.kept(kind::SIGNATURE, "").map(kept),
        truth: reading.kept(kind::TRUTH, "").filter(|_| !reading.cannot_sign()).map(kept),
        cannot_sign: reading.cannot_sign(),
        fingers: Finger::ALL.iter().map(tells_finger).collect(),
        groups: groups(&reading),
        group_now: reading.group_now().to_owned(),
        eyes: Eye::ALL.iter().map(tells_eyes).collect(),
        eye_tries: reading.tries(EYES_TRY),
        tries_max: reading.profile.capture.max_retries,
        exceptions: exceptions(&reading),
        index_fingers: reading.index_fingers().iter().map(|finger| finger.word().to_owned()).collect(),
        letter: if loaded.case.segments().letter { loaded.row.letter_state.clone() } else { String::new() },
        packet: loaded.packets.last().map(|packet| PacketView {
            packet: packet.id.to_string(),
            state: packet.state.word().to_owned(),
            kilobytes: short(packet.size / KILOBYTE),
        }),
    }
}

pub(super) fn found(station: &Station, biodata: &Biodata) -> FoundPersonView {
    let sources = Sources {
        profile: station.profile(),
        regions: station.regions(),
        biodata,
        steps: &[],
        today: station.today(),
        proven: Proven::default(),
    };
    let decision = sources.eligibility(Purpose::New, station.was_recorded_here(biodata, None));
    let papers = decision.missing.iter().map(|group| paper(group, String::new(), Vec::new()));
    FoundPersonView {
        nik: biodata.nik.as_ref().map(|nik| nik.expose().to_owned()).unwrap_or_default(),
        name: biodata.full_name.clone(),
        tells: tells(biodata),
        eligibility: eligibility(&decision),
        papers: papers.collect(),
    }
}

/// Reasons that can be given for a finger, an eye or the signature as it stands.
pub(super) fn reasons(reading: &Reading<'_>, kind: &str, position: u8) -> Vec<ExceptionCode> {
    use ExceptionCode as E;
    let finger = Finger::ALL.iter().find(|finger| finger.number() == position);
    let eye = Eye::ALL.iter().find(|eye| eye_number(**eye) == position);
    match (kind, finger, eye) {
        (kind::FINGER, Some(finger), _) => {
            let group =
                GROUPS.iter().find(|(_, fingers)| fingers.contains(finger)).map_or("", |(word, _)| word);
            let is_tried_out = reading.is_tried_out(group);
            match (reading.finger(*finger).kept, is_tried_out) {
                (None, false) => vec![E::FpMissing, E::FpBandaged, E::FpDeformed],
                (None, true) => vec![E::FpMissing, E::FpBandaged, E::FpDeformed, E::FpWorn],
                (Some(_), true) => vec![E::FpWorn, E::FpPartial],
                (Some(_), false) => Vec::new(),
            }
        }
        (kind::IRIS, _, Some(eye)) => {
            let is_tried_out = reading.is_tried_out(EYES_TRY);
            match (reading.eye(*eye).kept, is_tried_out) {
                (None, false) => vec![E::IrisBlind, E::IrisMissing],
                (None, true) => vec![E::IrisBlind, E::IrisMissing, E::IrisUncooperative],
                (Some(_), true) => vec![E::IrisUncooperative],
                (Some(_), false) => Vec::new(),
            }
        }
        (kind::SIGNATURE, ..) if reading.kept(kind::SIGNATURE, "").is_none() => vec![E::SigUnable],
        _ => Vec::new(),
    }
}

fn stops(reading: &Reading<'_>, now: Stop) -> Vec<StopView> {
    let mut is_before = true;
    let standing = |stop: Stop, is_before: &mut bool| {
        if stop == now {
            *is_before = false;
            "now"
        } else if *is_before || reading.is_done(stop) {
            "done"
        } else {
            "later"
        }
    };
    reading
        .stops()
        .into_iter()
        .map(|stop| StopView {
            stop: stop.word().to_owned(),
            standing: standing(stop, &mut is_before).to_owned(),
        })
        .collect()
}

/// Every group of papers this person must bring: what is missing while nothing has been scanned.
fn wanted(sources: &Sources<'_>, service: Purpose) -> Vec<MissingDocuments> {
    let unread = Sources {
        profile: sources.profile,
        regions: sources.regions,
        biodata: sources.biodata,
        steps: &[],
        today: sources.today,
        proven: sources.proven,
    };
    unread.eligibility(service, false).missing
}

fn papers(
    reading: &Reading<'_>,
    wanted: &[MissingDocuments],
    missing: &[MissingDocuments],
) -> Vec<PaperView> {
    let pages_of = |document: Document| {
        let is_page =
            move |slot: &str| slot.rsplit_once('.').is_some_and(|(word, _)| word == document.word());
        let current =
            reading.steps.iter().filter(|step| step.kind == kind::DOCUMENT && step.replaced_by.is_none());
        current.filter(move |step| is_page(&step.slot)).map(|step| short(step.sequence)).collect::<Vec<_>>()
    };
    let show = |group: &MissingDocuments| {
        let brought = group.any_of.iter().copied().find(|document| !pages_of(*document).is_empty());
        let is_missing = missing.iter().any(|other| other.any_of == group.any_of);
        // Another paper can do the work of the one that is asked for.
        let stands_for = brought.or_else(|| group.any_of.first().copied().filter(|_| !is_missing));
        let pages = brought.map(pages_of).unwrap_or_default();
        paper(group, stands_for.map(|document| document.word().to_owned()).unwrap_or_default(), pages)
    };
    wanted.iter().map(show).collect()
}

fn paper(group: &MissingDocuments, brought: String, pages: Vec<i32>) -> PaperView {
    PaperView {
        any_of: group.any_of.iter().map(|document| document.word().to_owned()).collect(),
        is_local: group.is_local,
        brought,
        pages,
    }
}

fn eligibility(decision: &EligibilityDecision) -> EligibilityView {
    use rekam_domain::eligibility::ReasonCode as R;
    let wants_papers = |code: R| matches!(code, R::DocumentsMissing | R::LocalDocumentsMissing);
    let blocks = decision.reasons.iter().filter(|reason| reason.code.grade() == Grade::Error);
    let standing = if decision.verdict.may_record() {
        "yes"
    } else if blocks.clone().count() > 0 && blocks.clone().all(|reason| wants_papers(reason.code)) {
        "papers"
    } else {
        "no"
    };
    let named = |values: &[(&'static str, String)]| {
        values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    EligibilityView {
        verdict: decision.verdict.text_key(),
        standing: standing.to_owned(),
        reasons: decision
            .reasons
            .iter()
            .map(|reason| FindingView {
                grade: grade(reason.code.grade()).to_owned(),
                code: reason.code.word().to_owned(),
                values: named(&reason.values),
            })
            .collect(),
        next: FindingView {
            grade: "information".to_owned(),
            code: decision.next.code.word().to_owned(),
            values: named(&decision.next.values),
        },
        turns_away: matches!(decision.verdict, Verdict::Rejected | Verdict::Redirected(_)),
    }
}

const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Error => "error",
        Grade::Warning => "warning",
        Grade::Information => "information",
    }
}

fn part(reading: &Reading<'_>, kind: &str, word: &str, standing: &PartStanding) -> PartView {
    let reasons = reasons(reading, kind, standing.position);
    PartView {
        part: word.to_owned(),
        position: standing.position,
        standing: standing.word().to_owned(),
        score: standing.kept.as_ref().and_then(|kept| kept.score),
        least: standing.least,
        advice: standing
            .kept
            .as_ref()
            .filter(|_| standing.word() == "poor")
            .map(|kept| kept.hint.clone())
            .unwrap_or_default(),
        mark: standing.mark.map(|code| code.word().to_owned()).unwrap_or_default(),
        reasons: reasons.iter().map(|code| code.word().to_owned()).collect(),
        has_evidence: standing.evidence.is_some(),
    }
}

fn groups(reading: &Reading<'_>) -> Vec<GroupView> {
    let show = |word: &'static str| {
        let fingers = fingers_of(word);
        GroupView {
            group: word.to_owned(),
            fingers: fingers.iter().map(|finger| finger.number()).collect(),
            tries: reading.tries(word),
            is_settled: fingers.iter().all(|finger| reading.finger(*finger).is_settled()),
        }
    };
    GROUPS.iter().map(|(word, _)| show(word)).collect()
}

fn exceptions(reading: &Reading<'_>) -> Vec<ExceptionView> {
    let decided = |code: ExceptionCode, position: u8| {
        // What was denied may have been raised again: the newest word stands.
        let is_it = |one: &&CaseException| one.note.code == code && one.note.position == position;
        match reading.case.current().filter(is_it).last().map(|one| &one.decision) {
            None => "marked",
            Some(Decision::ReasonEnough) => "reason_enough",
            Some(Decision::Open) => "open",
            Some(Decision::Deferred) => "deferred",
            Some(Decision::Approved(_)) => "approved",
            Some(Decision::Denied(_)) => "denied",
        }
    };
    reading
        .marks()
        .map(|note| {
            let (part, slot) = about(note.code, note.position);
            let evidence = reading.step(mark::EVIDENCE, &slot).map(|step| short(step.sequence));
            ExceptionView {
                part,
                code: note.code.word().to_owned(),
                decision: decided(note.code, note.position).to_owned(),
                needs_approval: note.code.needs_approval(),
                wants_evidence: evidence.is_none() && is_visible(note.code),
                evidence,
                slot,
            }
        })
        .collect()
}

/// Whether a picture can show it: what was taken shows itself.
const fn is_visible(code: ExceptionCode) -> bool {
    use ExceptionCode as E;
    matches!(code, E::FpMissing | E::FpBandaged | E::FpDeformed | E::IrisBlind | E::IrisMissing)
}

/// Text key and slot of what a reason is about.
fn about(code: ExceptionCode, position: u8) -> (String, String) {
    use ExceptionCode as E;
    match code {
        E::IrisBlind | E::IrisMissing | E::IrisUncooperative => {
            let eye = Eye::ALL.iter().find(|eye| eye_number(**eye) == position);
            (format!("eye.{}", eye.map_or("", |eye| eye.word())), format!("{}.{position}", kind::IRIS))
        }
        E::SigUnable | E::FaceLying | E::FaceCoverReligious | E::FaceMedical | E::VerifyIndexFailed => {
            ("field.signature".to_owned(), kind::SIGNATURE.to_owned())
        }
        E::FpMissing | E::FpBandaged | E::FpDeformed | E::FpWorn | E::FpPartial => {
            let finger = Finger::ALL.iter().find(|finger| finger.number() == position);
            (
                format!("finger.{}", finger.map_or("", |finger| finger.word())),
                format!("{}.{position}", kind::FINGER),
            )
        }
    }
}

fn kept(kept: Kept) -> KeptView {
    KeptView { picture: short(kept.sequence), score: kept.score }
}

fn curtain(profile: &Profile, biodata: &Biodata) -> Option<BackgroundColour> {
    match profile.capture.background {
        PhotoBackground::Red => Some(BackgroundColour::Red),
        PhotoBackground::Blue => Some(BackgroundColour::Blue),
        PhotoBackground::Parity => {
            let nationality = biodata.nationality.unwrap_or(rekam_domain::biodata::Nationality::Indonesian);
            biodata.birth_date.map(|born| photo_background(born, nationality, None))
        }
    }
}

/// The data as they are read aloud: what stands on the card, in its order, then what the person must know of.
fn tells(biodata: &Biodata) -> Vec<TellView> {
    let date = |date: Option<jiff::civil::Date>| {
        date.map(|date| date.strftime("%d-%m-%Y").to_string()).unwrap_or_default()
    };
    let number = |number: Option<rekam_domain::biodata::NeighbourhoodNumber>| {
        number.map(|number| number.to_string()).unwrap_or_default()
    };
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    let lines = [
        ("nik", biodata.nik.as_ref().map(|nik| nik.expose().to_owned()).unwrap_or_default()),
        ("full_name", biodata.full_name.clone()),
        ("birth_place", biodata.birth_place.clone()),
        ("birth_date", date(biodata.birth_date)),
        ("sex", word(biodata.sex.map(|sex| sex.word()))),
        ("blood_type", word(biodata.blood_type.map(|blood| blood.printed()))),
        ("address", biodata.address.clone()),
        ("rt", number(biodata.rt)),
        ("rw", number(biodata.rw)),
        ("village", biodata.village.clone()),
        ("district", biodata.district.clone()),
        ("religion", word(biodata.religion.map(|religion| religion.word()))),
        ("marital_status", word(biodata.marital_status().map(|status| status.word()))),
        ("occupation", word(biodata.occupation.map(|occupation| occupation.label()))),
        ("nationality", word(biodata.nationality.map(|nationality| nationality.word()))),
        ("kk_number", biodata.kk_number.as_ref().map(|kk| kk.expose().to_owned()).unwrap_or_default()),
        ("mother_name", biodata.mother_name.clone()),
        ("father_name", biodata.father_name.clone()),
    ];
    let told = lines.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(field, value)| TellView::value(&format!("field.{field}"), value)).collect()
}

fn short(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

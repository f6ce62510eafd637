//! The small closed vocabularies that only profiles use, and the list of every vocabulary a key may ask for.

use crate::document::Document;
use crate::machine::CaseEvent;
use crate::paper::Paper;
use crate::purpose::Purpose;
use crate::register::Book;
use crate::role::Role;

use super::problem::ProblemCode;

crate::word::words! {
    /// What kind of office the station stands in.
    pub enum OfficeKind {
        /// The office of a district; records, does not print.
        Kecamatan => "kecamatan",
        /// The civil registry agency of a regency or city.
        Dinas => "dinas",
    }
}

crate::word::words! {
    /// The time zone of the office.
    pub enum TimeZone {
        /// West, UTC+7.
        Wib => "WIB",
        /// Centre, UTC+8.
        Wita => "WITA",
        /// East, UTC+9.
        Wit => "WIT",
    }
}

impl TimeZone {
    /// Hours ahead of UTC; Indonesia keeps no summer time.
    #[must_use]
    pub const fn hours_ahead(self) -> i8 {
        match self {
            TimeZone::Wib => 7,
            TimeZone::Wita => 8,
            TimeZone::Wit => 9,
        }
    }
}

crate::word::words! {
    /// How people reach the desk.
    pub enum Channel {
        /// They come by themselves.
        WalkIn => "walk_in",
        /// They take a slot on a website.
        OnlineQueue => "online_queue",
        /// Their village brings the files together.
        Collective => "collective",
        /// They were summoned.
        Summons => "summons",
        /// The station comes to them.
        Field => "field",
    }
}

crate::word::words! {
    /// Whether the desk works with slots.
    pub enum ScheduleMode {
        /// No slots.
        None => "none",
        /// Slots given for online applications.
        OnlineQueue => "online_queue",
    }
}

crate::word::words! {
    /// Which date counts for the age.
    pub enum AgeBasis {
        /// The date on the birth certificate.
        BirthCertificateDate => "birth_certificate_date",
        /// The date in the biodata.
        Biodata => "biodata",
    }
}

crate::word::words! {
    /// When a suspended recording may be resumed.
    pub enum ResumeRule {
        /// Only on the day it was suspended.
        SameDay => "same_day",
        /// On any later day.
        AnyDay => "any_day",
    }
}

crate::word::words! {
    /// What is captured from a person.
    pub enum Modality {
        /// The photo.
        Photo => "photo",
        /// The signature.
        Signature => "signature",
        /// All ten fingers.
        Fingers10 => "fingers10",
        /// Both irises.
        Iris2 => "iris2",
    }
}

crate::word::words! {
    /// Which curtain hangs behind the person.
    pub enum PhotoBackground {
        /// Red for odd, blue for even birth years.
        Parity => "parity",
        /// Always red.
        Red => "red",
        /// Always blue.
        Blue => "blue",
    }
}

crate::word::words! {
    /// Where cards are printed.
    pub enum PrintingPlace {
        /// The procedure has no card.
        None => "none",
        /// In this office.
        Local => "local",
        /// At the agency.
        AtAgency => "at_agency",
    }
}

crate::word::words! {
    /// Who takes the finished card.
    pub enum HandoverTo {
        /// The applicant.
        Applicant => "applicant",
        /// The village officer who bears the batch.
        Bearer => "bearer",
    }
}

crate::word::words! {
    /// Where the finished card is handed over.
    pub enum HandoverPlace {
        /// In this office.
        Office => "office",
        /// At the agency; this office never sees the card.
        Agency => "agency",
    }
}

crate::word::words! {
    /// What a step exchanges with the outside.
    pub enum Exchange {
        /// The sealed packet goes out.
        Packet => "packet",
        /// The signed receipt comes in.
        Receipt => "receipt",
        /// A central status comes in.
        Status => "status",
        /// The day's slots go out or their confirmations come in.
        Schedule => "schedule",
        /// An application made on a website comes in.
        PreApplication => "pre_application",
        /// The answer to an application goes out.
        Answer => "answer",
    }
}

crate::word::words! {
    /// For which members of a batch a step or an event is.
    pub enum Members {
        /// Those who have never been recorded.
        NeedsRecording => "needs_recording",
        /// Those who were recorded before.
        AlreadyRecorded => "already_recorded",
    }
}

crate::word::words! {
    /// A thing a step needs that is no document of the person.
    pub enum Thing {
        /// An application made on a website.
        OnlineApplication => "online_application",
        /// The paper file.
        Berkas => "berkas",
        /// The biodata of the person.
        Biodata => "biodata",
        /// The local data of SIAK.
        SiakData => "siak_data",
        /// The number in the queue.
        QueueNumber => "queue_number",
        /// The day's slots.
        ScheduleRecap => "schedule_recap",
        /// One slot.
        Schedule => "schedule",
        /// Camera, pad and scanners.
        RecordingDevice => "recording_device",
        /// What was recorded.
        RecordingData => "recording_data",
        /// Consolidation with the centre.
        Consolidation => "consolidation",
        /// The list of what was recorded.
        RecordingRecap => "recording_recap",
        /// Data that are ready to print.
        PrintReadyData => "print_ready_data",
        /// The card printer.
        CardPrinter => "card_printer",
        /// Card blanks.
        Blank => "blank",
        /// The printed card.
        Card => "card",
        /// Reader for the chip of the card.
        ChipReader => "chip_reader",
        /// The letter "has been recorded".
        Letter => "letter",
        /// The routing sheet of a letter.
        Disposition => "disposition",
        /// A book of the office.
        RegisterBook => "register_book",
        /// The receipt of the applicant.
        Receipt => "receipt",
        /// The place in the archive.
        ArchiveRack => "archive_rack",
    }
}

crate::word::words! {
    /// A fact of a step that may be marked as read out of the written procedure instead of written in it.
    pub enum StepFact {
        /// The step itself.
        Step => "step",
        /// Its name.
        Name => "name",
        /// Who acts.
        Role => "role",
        /// Who else acts.
        Also => "also",
        /// Its time.
        Minutes => "minutes",
        /// What it needs.
        Inputs => "inputs",
        /// What it gives.
        Output => "output",
        /// What it does in the machines.
        Events => "events",
        /// Which books it writes.
        Registers => "registers",
        /// What it prints.
        Prints => "prints",
        /// What it exchanges.
        Sync => "sync",
        /// Its side exits.
        Branch => "branch",
    }
}

/// A closed vocabulary that a key takes its words from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vocabulary {
    /// [`Role`].
    Role,
    /// [`Document`].
    Document,
    /// [`Document`] or [`Thing`].
    Input,
    /// [`Book`].
    Book,
    /// [`Paper`].
    Paper,
    /// [`CaseEvent`].
    Event,
    /// [`Purpose`].
    Purpose,
    /// [`OfficeKind`].
    OfficeKind,
    /// [`TimeZone`].
    TimeZone,
    /// [`Channel`].
    Channel,
    /// [`ScheduleMode`].
    ScheduleMode,
    /// [`AgeBasis`].
    AgeBasis,
    /// [`ResumeRule`].
    ResumeRule,
    /// [`Modality`].
    Modality,
    /// [`PhotoBackground`].
    PhotoBackground,
    /// [`PrintingPlace`].
    PrintingPlace,
    /// [`HandoverTo`].
    HandoverTo,
    /// [`HandoverPlace`].
    HandoverPlace,
    /// [`Exchange`].
    Exchange,
    /// [`Members`].
    Members,
    /// [`StepFact`].
    StepFact,
    /// Paths of the keys outside the steps.
    Path,
}

fn spell<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|known| word(*known).to_owned()).collect()
}

impl Vocabulary {
    /// Every word, in the order of its declaration.
    #[must_use]
    pub fn words(self) -> Vec<String> {
        match self {
            Vocabulary::Role => spell(Role::ALL, Role::word),
            Vocabulary::Document => spell(Document::ALL, Document::word),
            Vocabulary::Input => {
                let mut words = spell(Document::ALL, Document::word);
                words.extend(spell(Thing::ALL, Thing::word));
                words
            }
            Vocabulary::Book => spell(Book::ALL, Book::word),
            Vocabulary::Paper => spell(Paper::ALL, Paper::word),
            Vocabulary::Event => event_words(),
            Vocabulary::Purpose => spell(Purpose::ALL, Purpose::word),
            Vocabulary::OfficeKind => spell(OfficeKind::ALL, OfficeKind::word),
            Vocabulary::TimeZone => spell(TimeZone::ALL, TimeZone::word),
            Vocabulary::Channel => spell(Channel::ALL, Channel::word),
            Vocabulary::ScheduleMode => spell(ScheduleMode::ALL, ScheduleMode::word),
            Vocabulary::AgeBasis => spell(AgeBasis::ALL, AgeBasis::word),
            Vocabulary::ResumeRule => spell(ResumeRule::ALL, ResumeRule::word),
            Vocabulary::Modality => spell(Modality::ALL, Modality::word),
            Vocabulary::PhotoBackground => spell(PhotoBackground::ALL, PhotoBackground::word),
            Vocabulary::PrintingPlace => spell(PrintingPlace::ALL, PrintingPlace::word),
            Vocabulary::HandoverTo => spell(HandoverTo::ALL, HandoverTo::word),
            Vocabulary::HandoverPlace => spell(HandoverPlace::ALL, HandoverPlace::word),
            Vocabulary::Exchange => spell(Exchange::ALL, Exchange::word),
            Vocabulary::Members => spell(Members::ALL, Members::word),
            Vocabulary::StepFact => spell(StepFact::ALL, StepFact::word),
            Vocabulary::Path => super::key::inferable(),
        }
    }

    /// The code of the problem "this word is not known".
    #[must_use]
    pub const fn unknown(self) -> ProblemCode {
        match self {
            Vocabulary::Role => ProblemCode::UnknownRole,
            Vocabulary::Document => ProblemCode::UnknownDocument,
            Vocabulary::Input => ProblemCode::UnknownInput,
            Vocabulary::Book => ProblemCode::UnknownBook,
            Vocabulary::Paper => ProblemCode::UnknownPaper,
            Vocabulary::Event => ProblemCode::UnknownEvent,
            Vocabulary::Purpose => ProblemCode::UnknownService,
            Vocabulary::OfficeKind => ProblemCode::UnknownOfficeKind,
            Vocabulary::TimeZone => ProblemCode::UnknownTimeZone,
            Vocabulary::Channel => ProblemCode::UnknownChannel,
            Vocabulary::Modality => ProblemCode::UnknownModality,
            Vocabulary::StepFact | Vocabulary::Path => ProblemCode::UnknownFact,
            Vocabulary::ScheduleMode
            | Vocabulary::AgeBasis
            | Vocabulary::ResumeRule
            | Vocabulary::PhotoBackground
            | Vocabulary::PrintingPlace
            | Vocabulary::HandoverTo
            | Vocabulary::HandoverPlace
            | Vocabulary::Exchange
            | Vocabulary::Members => ProblemCode::UnknownChoice,
        }
    }
}

fn event_words() -> Vec<String> {
    use crate::{berkas::BerkasEvent, card::CardEvent, letter::LetterEvent, recording::RecordingEvent};
    let recording = RecordingEvent::ALL.iter().map(|event| CaseEvent::Recording(*event));
    let card = CardEvent::ALL.iter().map(|event| CaseEvent::Card(*event));
    let letter = LetterEvent::ALL.iter().map(|event| CaseEvent::Letter(*event));
    let berkas = BerkasEvent::ALL.iter().map(|event| CaseEvent::Berkas(*event));
    recording.chain(card).chain(letter).chain(berkas).map(CaseEvent::word).collect()
}

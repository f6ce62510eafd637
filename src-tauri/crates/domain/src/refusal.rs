//! Why a step is refused: closed words, each with a sentence that names the cause and what to do next.

use crate::text::{Language, text};

/// Why an event did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The event does not belong to the present state.
    WrongState,
    /// Nobody among the roles of this person may do it.
    WrongRole,
    /// The profile of this case does not use this machine.
    NotInProfile,
    /// A condition of the step is not met.
    GuardFailed(Guard),
}

impl Refusal {
    /// The key of its text.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::WrongState => "refusal.WrongState".to_owned(),
            Self::WrongRole => "refusal.WrongRole".to_owned(),
            Self::NotInProfile => "refusal.NotInProfile".to_owned(),
            Self::GuardFailed(guard) => format!("guard.{}", guard.word()),
        }
    }

    /// The sentence a person reads: cause and next action.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        text(language, &self.key(), &[])
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, form: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        form.write_str(&self.key())
    }
}

impl std::error::Error for Refusal {}

crate::word::words! {
    /// A condition that stopped a step, named after what is wrong.
    pub enum Guard {
        /// The intake channel is not open in the profile.
        ChannelClosed => "ChannelClosed",
        /// No service has been chosen.
        ServiceMissing => "ServiceMissing",
        /// A required document is missing or invalid.
        MissingDocument => "MissingDocument",
        /// Nothing is missing, so the file cannot be returned.
        NothingMissing => "NothingMissing",
        /// The return period still runs.
        ReturnPeriodRuns => "ReturnPeriodRuns",
        /// The profile has no second checklist.
        NoSecondCheck => "NoSecondCheck",
        /// The NIK is absent or malformed.
        NikInvalid => "NikInvalid",
        /// The decision about eligibility does not say "may be recorded".
        NotEligible => "NotEligible",
        /// Neither old enough nor ever married.
        UnderAge => "UnderAge",
        /// The person has been recorded before.
        AlreadyRecorded => "AlreadyRecorded",
        /// The service asked for is a first recording.
        NotAnIssuance => "NotAnIssuance",
        /// The person has not been recorded yet.
        NotRecorded => "NotRecorded",
        /// This office does not record.
        CaptureNotInProfile => "CaptureNotInProfile",
        /// The profile has no appointments.
        NoSchedule => "NoSchedule",
        /// No slot is free.
        NoSlot => "NoSlot",
        /// The waiting time has not passed yet.
        GraceNotPassed => "GraceNotPassed",
        /// Every recall of this ticket has been used.
        RecallsUsedUp => "RecallsUsedUp",
        /// A device needed for capture is not ready.
        DevicesNotReady => "DevicesNotReady",
        /// Not enough power to finish a recording.
        PowerTooLow => "PowerTooLow",
        /// No reason was given.
        NoReason => "NoReason",
        /// The returning person was not verified again.
        PersonNotReverified => "PersonNotReverified",
        /// The profile asks for a fresh photo.
        PhotoNotFresh => "PhotoNotFresh",
        /// Tries are left for this modality.
        RetriesLeft => "RetriesLeft",
        /// This exception needs the approval of another person.
        ApprovalNeeded => "ApprovalNeeded",
        /// The person who approves worked on this recording.
        SamePersonApproves => "SamePersonApproves",
        /// An approver is present, so nothing needs to be deferred.
        ApproverPresent => "ApproverPresent",
        /// What was denied cannot be left for later.
        DeniedBefore => "DeniedBefore",
        /// No approval is pending.
        NothingPending => "NothingPending",
        /// An exception is neither approved, nor denied, nor deferred.
        ExceptionOpen => "ExceptionOpen",
        /// A required modality is neither captured nor excepted.
        ModalityMissing => "ModalityMissing",
        /// The truth statement is not signed.
        NoTruthStatement => "NoTruthStatement",
        /// The index fingers are neither validated nor excepted.
        NoIndexValidation => "NoIndexValidation",
        /// No finger and no iris: the agency must be called before sealing.
        AgencyNotCalled => "AgencyNotCalled",
        /// There is no verified receipt of the office.
        NoReceipt => "NoReceipt",
        /// The office stored the packet, but has not opened and verified it.
        NotOpenedAtOffice => "NotOpenedAtOffice",
        /// The centre has not said "ready to print" for this case.
        NotPrintReady => "NotPrintReady",
        /// The centre does not block this case.
        NotBlocked => "NotBlocked",
        /// The deletion at the centre is not confirmed.
        CentralDeletionNotConfirmed => "CentralDeletionNotConfirmed",
        /// The packet is not on this station any more.
        PacketNotStored => "PacketNotStored",
        /// The packet's bytes are not what was sealed.
        IntegrityFailed => "IntegrityFailed",
        /// The new recording that replaces this one is not named.
        NoReplacement => "NoReplacement",
        /// The notice of withdrawal is not signed.
        NoNotice => "NoNotice",
        /// The card is already in the hand of its holder.
        CardHandedOver => "CardHandedOver",
        /// A printed card of the recording to be replaced still lies at the office.
        CardStillHere => "CardStillHere",
        /// The time limit for keeping has not passed.
        LimitNotPassed => "LimitNotPassed",
        /// No captured data are left to wipe.
        NothingToWipe => "NothingToWipe",
        /// The central status does not allow to forget the packet.
        StatusNotPurgeable => "StatusNotPurgeable",
        /// An approval is still pending for this packet.
        ApprovalPending => "ApprovalPending",
        /// An additional approval of the profile is missing.
        ExtraApprovalMissing => "ExtraApprovalMissing",
        /// No card blank is in stock.
        NoStock => "NoStock",
        /// The card was not compared with the data.
        NotProofread => "NotProofread",
        /// The profile asks for proofreading first.
        QcRequired => "QcRequired",
        /// Cards are printed here, not at the agency.
        NotPrintedElsewhere => "NotPrintedElsewhere",
        /// The card was printed elsewhere: no blank of this office is spoiled.
        PrintedElsewhere => "PrintedElsewhere",
        /// Neither the status nor the bundle says that the card arrived.
        CardNotArrived => "CardNotArrived",
        /// The identity of the person who collects is not checked.
        HolderNotIdentified => "HolderNotIdentified",
        /// The bearer is not the one of the batch.
        BearerNotOnBatch => "BearerNotOnBatch",
        /// The signature of the receiver is missing.
        NoSignature => "NoSignature",
        /// The recording of this card was withdrawn or replaced.
        RecordingEnded => "RecordingEnded",
        /// The centre blocks the recording of this card.
        RecordingBlocked => "RecordingBlocked",
        /// The recording has not ended otherwise.
        RecordingStillOpen => "RecordingStillOpen",
        /// No number is left in the block of this station.
        NoNumberLeft => "NoNumberLeft",
        /// The profile asks for a stamp first.
        StampRequired => "StampRequired",
        /// The place in the archive is not named.
        PlaceMissing => "PlaceMissing",
        /// The borrower is not named.
        BorrowerMissing => "BorrowerMissing",
        /// The minutes are missing.
        NoMinutes => "NoMinutes",
        /// The witness is missing, or is the same person.
        WitnessMissing => "WitnessMissing",
        /// The self-test of the device failed.
        SelfTestFailed => "SelfTestFailed",
        /// A part of the device does not work.
        PartBroken => "PartBroken",
        /// A capture session is open.
        SessionOpen => "SessionOpen",
        /// The paper of a late entry is not scanned.
        PaperNotScanned => "PaperNotScanned",
        /// The date of a late entry is in the future or before the step it follows.
        LateDateWrong => "LateDateWrong",
        /// This step cannot happen on paper.
        NotOnPaper => "NotOnPaper",
        /// In this office another role does it.
        NotInThisOffice => "NotInThisOffice",
        /// The person acted on this case in a role that excludes this one.
        ForbiddenPair => "ForbiddenPair",
    }
}

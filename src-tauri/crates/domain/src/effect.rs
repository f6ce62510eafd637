//! What a step makes the station do. A machine only names it; others carry it out in the same transaction.

use crate::paper::Paper;
use crate::register::Book;
use crate::role::Role::{
    self, CaptureOperator, FrontDesk, GovernmentSectionHead, IdentitySectionHead, PickupClerk, Supervisor,
    Technician,
};
use crate::sla::PauseReason;

/// One thing to do because a step was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Take the next number of this series.
    GiveNumber(Series),
    /// Void the number the letter had; it is never used again.
    VoidNumber(Series),
    /// Write a line in this book.
    WriteBook(Book),
    /// Print this paper.
    PrintPaper(Paper),
    /// The service clock starts.
    StartClock,
    /// The service clock forgets what ran before the file was complete.
    RestartClock,
    /// The service clock pauses.
    PauseClock(PauseReason),
    /// The service clock runs again.
    ResumeClock,
    /// The service clock stops for good.
    StopClock,
    /// Keep the source and the age of the biodata with the case.
    SnapshotBiodata,
    /// Note where the person was sent.
    Redirect(RedirectTarget),
    /// Call the ticket over the loudspeaker, without name or NIK.
    QueueAudioCall,
    /// Open a capture session and lock the biodata.
    OpenSession,
    /// Suspend the open session, saving what was captured.
    SuspendSession,
    /// Save after every modality.
    SaveEveryModality,
    /// Let no new capture begin.
    HoldNewCaptures,
    /// New captures may begin again.
    AllowNewCaptures,
    /// Flush everything to disk and shut down.
    FlushAndShutDown,
    /// Keep captured data encrypted until the limit of the profile.
    KeepCapturedData,
    /// Wipe captured data for good.
    WipeCapturedData,
    /// Take the evidence of the exception into the case.
    NoteException,
    /// Sign the decision about the exception.
    SignDecision,
    /// Mark in the packet that an approval is pending.
    MarkApprovalPending,
    /// Send the signed approval after its packet.
    SendApproval,
    /// Build, seal and sign the packet.
    SealPacket,
    /// Put the packet in the queue for delivery.
    QueuePacket,
    /// Note the time of delivery.
    NoteDelivery,
    /// Note the central status in the history.
    NoteStatus,
    /// Link the old packet to the recording that replaces it.
    SupersedePacket,
    /// Send the signed notice of withdrawal.
    SendWithdrawal,
    /// Delete the packet's bytes from this station.
    DeletePacket,
    /// Put the packet aside, untouched, as evidence.
    SetPacketAside,
    /// Note the approval to print.
    NoteApproval,
    /// Put the unused blank back in the stock.
    ReturnBlank,
    /// The blank is spoiled.
    SpoilBlank,
    /// Note who has the paper or the card now.
    NoteCustody,
    /// Put a task on the desk.
    Task(Task),
    /// Open a note about an outage.
    OpenOutage,
    /// Close the note about the outage.
    CloseOutage,
    /// Wake the delivery.
    WakeDelivery,
    /// Write that this entry was made late, from paper.
    WriteLateEntry,
}

crate::word::words! {
    /// A series of numbers an office gives.
    pub enum Series {
        /// Registration number of an application.
        Registration => "registration",
        /// Number in the queue of the day.
        Ticket => "ticket",
        /// Agenda number of a second checklist.
        RegistrationAgenda => "registration_agenda",
        /// Number of a letter.
        Letter => "letter",
        /// Number in the register of printed cards.
        Card => "card",
    }
}

crate::word::words! {
    /// Where a redirected person goes.
    pub enum RedirectTarget {
        /// Has no NIK: biodata first.
        NoNikBiodata => "NO_NIK_BIODATA",
        /// The family card must be corrected first.
        FixKk => "FIX_KK",
        /// Already recorded: only a card.
        IssuanceOnly => "ISSUANCE_ONLY",
        /// Another office serves.
        OtherOffice => "OTHER_OFFICE",
    }
}

crate::word::words! {
    /// A task that waits for somebody.
    pub enum Task {
        /// Decide an approval that was deferred.
        DecidePending => "decide_pending",
        /// Solve what the centre blocks.
        ResolveBlock => "resolve_block",
        /// Call the person back.
        CallBack => "call_back",
        /// Fetch back a card that must not be used.
        RecallCard => "recall_card",
        /// Ask the agency for another card.
        AskReplacement => "ask_replacement",
        /// Solve a refusal of the office.
        ResolveRefusal => "resolve_refusal",
        /// Examine a packet that was set aside.
        ExaminePacket => "examine_packet",
        /// Repair or replace a device.
        RepairDevice => "repair_device",
        /// Fetch back a letter that is not right any more.
        RecallLetter => "recall_letter",
    }
}

impl Task {
    /// Who sees to it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::DecidePending => &[GovernmentSectionHead, Supervisor],
            Self::ResolveBlock | Self::AskReplacement => &[IdentitySectionHead, Supervisor],
            Self::ResolveRefusal | Self::ExaminePacket => &[CaptureOperator, IdentitySectionHead, Supervisor],
            Self::CallBack | Self::RecallLetter => &[FrontDesk, CaptureOperator, Supervisor],
            Self::RecallCard => &[FrontDesk, PickupClerk, Supervisor],
            Self::RepairDevice => &[Technician, Supervisor],
        }
    }

    /// Whether it ends by itself once its cause is gone; any other ends when a person says that it is done.
    #[must_use]
    pub const fn ends_by_itself(self) -> bool {
        match self {
            Self::DecidePending | Self::ResolveBlock | Self::ResolveRefusal | Self::ExaminePacket => true,
            Self::CallBack
            | Self::RecallCard
            | Self::AskReplacement
            | Self::RepairDevice
            | Self::RecallLetter => false,
        }
    }
}

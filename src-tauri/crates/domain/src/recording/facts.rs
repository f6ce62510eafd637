//! What must be known before a step of a recording. Nothing shown means nothing proven: the default refuses.

use crate::machine::Check;
use crate::refusal::Guard;
use crate::sla::PauseReason;

/// The facts a recording's conditions are judged by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingFacts {
    /// The profile opens this intake channel.
    pub channel_open: bool,
    /// A service has been chosen.
    pub service_chosen: bool,
    /// At least one required document is missing or invalid.
    pub document_missing: bool,
    /// Every line of the checklist is green.
    pub checklist_green: bool,
    /// The return period of the profile has passed.
    pub return_period_passed: bool,
    /// The profile asks for a second checklist.
    pub second_check_in_profile: bool,
    /// This office records at all.
    pub capture_in_profile: bool,
    /// The NIK is well formed and known.
    pub nik_valid: bool,
    /// The decision about eligibility says "may be recorded", now or early.
    pub eligible: bool,
    /// Old enough, or ever married, on the day of service.
    pub age_rule_met: bool,
    /// The status says not recorded, or is unknown offline and the operator was warned.
    pub not_recorded_before: bool,
    /// The status says recorded.
    pub recorded_before: bool,
    /// The service asks for a card only.
    pub service_is_issuance: bool,
    /// The centre's own status says ready to print, or a later stage of printing.
    pub central_print_ready: bool,
    /// The centre's own status blocks.
    pub central_blocked: bool,
    /// The profile gives appointments.
    pub schedule_in_profile: bool,
    /// A slot is free.
    pub slot_free: bool,
    /// The waiting time after a slot or a call has passed.
    pub grace_passed: bool,
    /// How often this ticket has been recalled.
    pub recalls_used: u32,
    /// How often the profile lets a ticket be recalled.
    pub recall_max: u32,
    /// The devices this recording needs passed their self-test.
    pub devices_ready: bool,
    /// The power state lets a recording begin.
    pub power_enough: bool,
    /// A reason has been given.
    pub reason_given: bool,
    /// What interrupted the session.
    pub interruption: Option<PauseReason>,
    /// The returning person was verified again.
    pub person_reverified: bool,
    /// The profile asks for no fresh photo, or it has been taken.
    pub photo_fresh_enough: bool,
    /// A reason code was chosen for every modality concerned.
    pub exception_coded: bool,
    /// Every try of the modality has been used, or none can help.
    pub retries_used_up: bool,
    /// The exceptions raised need a reason only, no approval.
    pub reason_is_enough: bool,
    /// The person who decides did not work on this recording.
    pub decided_by_another: bool,
    /// No approver is present.
    pub no_approver_present: bool,
    /// A deferred approval is waiting.
    pub approval_pending: bool,
    /// Every exception is approved, denied or deferred.
    pub exceptions_decided: bool,
    /// The truth statement is signed.
    pub truth_signed: bool,
    /// Left and right index finger were validated, or that is excepted.
    pub index_validated: bool,
    /// Every required modality is captured or excepted.
    pub modalities_complete: bool,
    /// At least one finger or one iris is left to record.
    pub some_biometric_left: bool,
    /// The supervisor called the agency.
    pub agency_was_called: bool,
    /// A verified receipt of the office names the packet.
    pub receipt_verified: bool,
    /// The centre confirmed the deletion of the old record.
    pub central_deletion_confirmed: bool,
    /// The packet is still on this station.
    pub packet_stored: bool,
    /// The notice of withdrawal is signed.
    pub notice_signed: bool,
    /// The recording that replaces this one is named.
    pub replacement_named: bool,
    /// No printed card of this case lies at the office.
    pub no_printed_card: bool,
    /// No card of this case is in the hand of its holder.
    pub card_not_handed_over: bool,
    /// The limit for keeping what was captured has passed.
    pub keep_limit_passed: bool,
    /// Something captured is still kept.
    pub captured_data_kept: bool,
}

type Stop = Check<RecordingFacts>;

pub(super) const CHANNEL_CLOSED: Stop = Check::new(Guard::ChannelClosed, |f| !f.channel_open);
pub(super) const SERVICE_MISSING: Stop = Check::new(Guard::ServiceMissing, |f| !f.service_chosen);
pub(super) const MISSING_DOCUMENT: Stop = Check::new(Guard::MissingDocument, |f| !f.checklist_green);
pub(super) const NOTHING_MISSING: Stop = Check::new(Guard::NothingMissing, |f| !f.document_missing);
pub(super) const RETURN_RUNS: Stop = Check::new(Guard::ReturnPeriodRuns, |f| !f.return_period_passed);
pub(super) const NO_SECOND_CHECK: Stop = Check::new(Guard::NoSecondCheck, |f| !f.second_check_in_profile);
pub(super) const NO_CAPTURE: Stop = Check::new(Guard::CaptureNotInProfile, |f| !f.capture_in_profile);
pub(super) const NIK_INVALID: Stop = Check::new(Guard::NikInvalid, |f| !f.nik_valid);
pub(super) const NOT_ELIGIBLE: Stop = Check::new(Guard::NotEligible, |f| !f.eligible);
pub(super) const UNDER_AGE: Stop = Check::new(Guard::UnderAge, |f| !f.age_rule_met);
pub(super) const ALREADY_RECORDED: Stop = Check::new(Guard::AlreadyRecorded, |f| !f.not_recorded_before);
pub(super) const NOT_RECORDED: Stop = Check::new(Guard::NotRecorded, |f| !f.recorded_before);
pub(super) const NOT_ISSUANCE: Stop = Check::new(Guard::NotAnIssuance, |f| !f.service_is_issuance);
pub(super) const NOT_PRINT_READY: Stop = Check::new(Guard::NotPrintReady, |f| !f.central_print_ready);
pub(super) const NOT_BLOCKED: Stop = Check::new(Guard::NotBlocked, |f| !f.central_blocked);
pub(super) const NO_SCHEDULE: Stop = Check::new(Guard::NoSchedule, |f| !f.schedule_in_profile);
pub(super) const NO_SLOT: Stop = Check::new(Guard::NoSlot, |f| !f.slot_free);
pub(super) const GRACE_RUNS: Stop = Check::new(Guard::GraceNotPassed, |f| !f.grace_passed);
pub(super) const RECALLS_USED_UP: Stop = Check::new(Guard::RecallsUsedUp, |f| f.recalls_used >= f.recall_max);
pub(super) const DEVICES_NOT_READY: Stop = Check::new(Guard::DevicesNotReady, |f| !f.devices_ready);
pub(super) const POWER_TOO_LOW: Stop = Check::new(Guard::PowerTooLow, |f| !f.power_enough);
pub(super) const NO_REASON: Stop = Check::new(Guard::NoReason, |f| !f.reason_given);
pub(super) const NO_INTERRUPTION: Stop = Check::new(Guard::NoReason, |f| f.interruption.is_none());
pub(super) const NOT_REVERIFIED: Stop = Check::new(Guard::PersonNotReverified, |f| !f.person_reverified);
pub(super) const PHOTO_NOT_FRESH: Stop = Check::new(Guard::PhotoNotFresh, |f| !f.photo_fresh_enough);
pub(super) const NOT_CODED: Stop = Check::new(Guard::NoReason, |f| !f.exception_coded);
pub(super) const RETRIES_LEFT: Stop = Check::new(Guard::RetriesLeft, |f| !f.retries_used_up);
pub(super) const APPROVAL_NEEDED: Stop = Check::new(Guard::ApprovalNeeded, |f| !f.reason_is_enough);
pub(super) const SAME_PERSON: Stop = Check::new(Guard::SamePersonApproves, |f| !f.decided_by_another);
pub(super) const APPROVER_PRESENT: Stop = Check::new(Guard::ApproverPresent, |f| !f.no_approver_present);
pub(super) const NOTHING_PENDING: Stop = Check::new(Guard::NothingPending, |f| !f.approval_pending);
pub(super) const EXCEPTION_OPEN: Stop = Check::new(Guard::ExceptionOpen, |f| !f.exceptions_decided);
pub(super) const NO_TRUTH: Stop = Check::new(Guard::NoTruthStatement, |f| !f.truth_signed);
pub(super) const NO_INDEX: Stop = Check::new(Guard::NoIndexValidation, |f| !f.index_validated);
pub(super) const MODALITY_MISSING: Stop = Check::new(Guard::ModalityMissing, |f| !f.modalities_complete);
pub(super) const AGENCY_NOT_CALLED: Stop =
    Check::new(Guard::AgencyNotCalled, |f| !f.some_biometric_left && !f.agency_was_called);
pub(super) const NO_RECEIPT: Stop = Check::new(Guard::NoReceipt, |f| !f.receipt_verified);
pub(super) const NOT_DELETED: Stop =
    Check::new(Guard::CentralDeletionNotConfirmed, |f| !f.central_deletion_confirmed);
pub(super) const NOT_STORED: Stop = Check::new(Guard::PacketNotStored, |f| !f.packet_stored);
pub(super) const NO_NOTICE: Stop = Check::new(Guard::NoNotice, |f| !f.notice_signed);
pub(super) const NO_REPLACEMENT: Stop = Check::new(Guard::NoReplacement, |f| !f.replacement_named);
pub(super) const CARD_STILL_HERE: Stop = Check::new(Guard::CardStillHere, |f| !f.no_printed_card);
pub(super) const HANDED_OVER: Stop = Check::new(Guard::CardHandedOver, |f| !f.card_not_handed_over);
pub(super) const LIMIT_RUNS: Stop = Check::new(Guard::LimitNotPassed, |f| !f.keep_limit_passed);
pub(super) const NOTHING_TO_WIPE: Stop = Check::new(Guard::NothingToWipe, |f| !f.captured_data_kept);

//! The days an office knows, step by step: what must work, and what must be refused by name.

#[cfg(test)]
mod tests {
    use rekam_domain::actor::{Actor, PersonId};
    use rekam_domain::berkas::BerkasFacts;
    use rekam_domain::card::{CardFacts, CardState};
    use rekam_domain::case::{Case, Decision, ExceptionNote, Facts, LateEntry, ProfileRef, Segments};
    use rekam_domain::effect::{Effect, Task};
    use rekam_domain::exception::ExceptionCode;
    use rekam_domain::letter::{LetterFacts, LetterState};
    use rekam_domain::machine::CaseEvent;
    use rekam_domain::purpose::Purpose;
    use rekam_domain::recording::{RecordingFacts, RecordingState};
    use rekam_domain::refusal::{Guard, Refusal};
    use rekam_domain::role::{Role, RoleSet};
    use rekam_domain::sla::PauseReason;

    const MINUTE: i64 = 60_000;

    /// An office on a good day: every fact speaks for the next step.
    fn good() -> Facts {
        Facts {
            recording: RecordingFacts {
                channel_open: true,
                service_chosen: true,
                checklist_green: true,
                nik_valid: true,
                eligible: true,
                age_rule_met: true,
                not_recorded_before: true,
                recorded_before: true,
                recall_max: 1,
                grace_passed: true,
                devices_ready: true,
                power_enough: true,
                reason_given: true,
                person_reverified: true,
                photo_fresh_enough: true,
                retries_used_up: true,
                no_approver_present: true,
                truth_signed: true,
                index_validated: true,
                modalities_complete: true,
                receipt_verified: true,
                central_print_ready: true,
                central_blocked: true,
                central_deletion_confirmed: true,
                notice_signed: true,
                keep_limit_passed: true,
                ..RecordingFacts::default()
            },
            card: CardFacts {
                print_ready: true,
                age_rule_met_today: true,
                extra_approvals_given: true,
                blank_in_stock: true,
                proofread: true,
                holder_identified: true,
                receipt_signed: true,
                reason_given: true,
                ..CardFacts::default()
            },
            letter: LetterFacts { number_left: true, receipt_signed: true, ..LetterFacts::default() },
            berkas: BerkasFacts { place_named: true, ..BerkasFacts::default() },
            ..Facts::default()
        }
    }

    struct Office {
        case: Case,
        now: i64,
        facts: Facts,
    }

    impl Office {
        fn new(card: bool, letter: bool) -> Self {
            let profile = ProfileRef { id: "contoh".to_owned(), version: "1".to_owned() };
            let segments = Segments { recording: true, card, letter, berkas: true };
            let now = 1_000 * MINUTE;
            Self { case: Case::open(profile, Purpose::New, segments, now), now, facts: good() }
        }

        fn try_step(&mut self, step: &str) -> Result<Vec<Effect>, Refusal> {
            let (word, who) = step.split_once(" by ").unwrap();
            let (person, role) = who.split_once('/').unwrap();
            let actor = Actor::new(PersonId::new(person), RoleSet::of(&[Role::from_word(role).unwrap()]));
            self.now += MINUTE;
            self.case.apply(CaseEvent::from_word(word).unwrap(), &actor, &self.facts, self.now)
        }

        fn steps(&mut self, steps: &[&str]) -> Vec<Effect> {
            steps
                .iter()
                .flat_map(|step| self.try_step(step).unwrap_or_else(|refusal| panic!("{step}: {refusal}")))
                .collect()
        }

        fn refused(&mut self, step: &str, guard: Guard) {
            assert_eq!(self.try_step(step), Err(Refusal::GuardFailed(guard)), "{step}");
        }
    }

    const UNTIL_QUEUED: &[&str] = &[
        "recording.start by ani/FrontDesk",
        "recording.receive by ani/FrontDesk",
        "recording.verify by ani/FrontDesk",
        "recording.allow by budi/CaptureOperator",
        "recording.arrive by ani/FrontDesk",
    ];
    const INTO_SESSION: &[&str] =
        &["recording.call by budi/CaptureOperator", "recording.open_capture by budi/CaptureOperator"];

    fn in_session(card: bool, letter: bool) -> Office {
        let mut office = Office::new(card, letter);
        office.steps(UNTIL_QUEUED);
        office.steps(INTO_SESSION);
        office
    }

    #[test]
    fn letter_serves_the_person_and_ends_nothing_else() {
        let mut office = in_session(false, true);
        office.refused("letter.draft by budi/CaptureOperator", Guard::NotRecorded);
        office.steps(&[
            "recording.seal by budi/CaptureOperator",
            "letter.draft by budi/CaptureOperator",
            "letter.initial by citra/GovernmentSectionHead",
            "letter.sign by dewi/DistrictHead",
            "letter.number by ani/FrontDesk",
        ]);
        office.refused("letter.deliver by ani/FrontDesk", Guard::StampRequired);
        let effects = office.steps(&["letter.stamp by ani/FrontDesk", "letter.deliver by ani/FrontDesk"]);
        assert!(effects.contains(&Effect::StopClock));
        assert_eq!(office.case.recording(), RecordingState::Recorded);
        assert!(office.case.is_served() && !office.case.is_closed());
        office.steps(&["recording.acknowledge by x/Station", "recording.report_print_ready by x/Station"]);
        assert!(office.case.is_closed());
        assert_eq!(office.try_step("card.approve by eko/IdentitySectionHead"), Err(Refusal::NotInProfile));
    }

    #[test]
    fn card_waits_for_the_centre_and_is_not_handed_over_after_a_withdrawal() {
        let mut office = in_session(true, false);
        office.steps(&["recording.seal by budi/CaptureOperator", "recording.acknowledge by x/Station"]);
        office.refused("card.approve by eko/IdentitySectionHead", Guard::NotPrintReady);
        office.steps(&[
            "recording.report_print_ready by x/Station",
            "card.approve by eko/IdentitySectionHead",
            "card.issue_blank by eko/IdentitySectionHead",
        ]);
        office.facts.card.age_rule_met_today = false;
        office.refused("card.print by fajar/PrintOperator", Guard::UnderAge);
        office.facts = good();
        office.steps(&[
            "card.print by fajar/PrintOperator",
            "card.pass_qc by fajar/PrintOperator",
            "card.register by fajar/PrintOperator",
        ]);
        office.refused("recording.withdraw by budi/Supervisor", Guard::SamePersonApproves);
        office.facts.recording.notice_signed = false;
        office.refused("recording.withdraw by gita/Supervisor", Guard::NoNotice);
        office.facts = good();
        let effects = office.steps(&["recording.withdraw by gita/Supervisor"]);
        assert!(effects.contains(&Effect::Task(Task::RecallCard)));
        office.refused("card.hand_over by ani/FrontDesk", Guard::RecordingEnded);
        let effects = office.steps(&["card.close by eko/IdentitySectionHead"]);
        assert!(effects.contains(&Effect::SpoilBlank));
        assert!(office.case.is_closed());
    }

    /// A card printed here that waits to be collected.
    fn at_pickup() -> Office {
        let mut office = in_session(true, false);
        office.steps(&["recording.seal by budi/CaptureOperator", "recording.acknowledge by x/Station"]);
        office
            .steps(&["recording.report_print_ready by x/Station", "card.approve by eko/IdentitySectionHead"]);
        office.steps(&["card.issue_blank by eko/IdentitySectionHead", "card.print by fajar/PrintOperator"]);
        office.steps(&["card.pass_qc by fajar/PrintOperator", "card.register by fajar/PrintOperator"]);
        office
    }

    #[test]
    fn centre_takes_ready_to_print_back_before_printing() {
        let mut office = in_session(true, false);
        office.steps(&["recording.seal by budi/CaptureOperator", "recording.acknowledge by x/Station"]);
        office
            .steps(&["recording.report_print_ready by x/Station", "card.approve by eko/IdentitySectionHead"]);
        office
            .steps(&["card.issue_blank by eko/IdentitySectionHead", "recording.report_blocked by x/Station"]);
        assert_eq!(office.case.recording(), RecordingState::DedupBlocked);
        assert_eq!(office.case.print_ready_ms(), None);
        office.refused("card.print by fajar/PrintOperator", Guard::NotPrintReady);
        office.steps(&["recording.report_print_ready by x/Station", "card.print by fajar/PrintOperator"]);
        office.steps(&["card.pass_qc by fajar/PrintOperator", "recording.report_blocked by x/Station"]);
        office.refused("card.register by fajar/PrintOperator", Guard::RecordingBlocked);
    }

    #[test]
    fn blocked_card_waits_until_the_centre_says_ready_again() {
        let mut office = at_pickup();
        office.steps(&["recording.report_blocked by x/Station"]);
        office.facts.card.bearer_on_batch = true;
        office.refused("card.hand_over by ani/FrontDesk", Guard::RecordingBlocked);
        office.refused("card.hand_over_batch by hana/PickupClerk", Guard::RecordingBlocked);
        office.facts.recording.packet_stored = true;
        office.steps(&["recording.order_resend by gita/Supervisor"]);
        office.refused("card.hand_over by ani/FrontDesk", Guard::RecordingBlocked);
        office.steps(&["recording.report_print_ready by x/Station", "card.hand_over by ani/FrontDesk"]);
        office.refused("recording.report_blocked by x/Station", Guard::CardHandedOver);
    }

    #[test]
    fn card_of_a_deleted_recording_is_spoiled_before_the_new_one() {
        let mut office = at_pickup();
        office.steps(&["recording.report_blocked by x/Station"]);
        office.refused("recording.order_rerecord by eko/IdentitySectionHead", Guard::CardStillHere);
        let effects = office.steps(&["card.fail_qc by fajar/PrintOperator"]);
        assert!(effects.contains(&Effect::SpoilBlank));
        office.steps(&["recording.order_rerecord by eko/IdentitySectionHead"]);
        office.refused("card.reprint by eko/IdentitySectionHead", Guard::NotPrintReady);
    }

    #[test]
    fn card_from_the_agency_arrives_only_for_a_packet_the_office_has() {
        let mut office = in_session(true, false);
        office.facts.card.printed_elsewhere = true;
        office.facts.card.arrived = true;
        office.refused("card.arrive by x/Station", Guard::NotRecorded);
        office.steps(&["recording.seal by budi/CaptureOperator"]);
        office.refused("card.arrive by x/Station", Guard::NoReceipt);
        office.steps(&["recording.acknowledge by x/Station", "recording.report_blocked by x/Station"]);
        office.refused("card.arrive by x/Station", Guard::RecordingBlocked);
        office.steps(&["recording.report_print_ready by x/Station", "card.arrive by x/Station"]);
    }

    #[test]
    fn recording_that_ends_otherwise_closes_its_card_and_letter() {
        let mut office = Office::new(true, true);
        office.steps(UNTIL_QUEUED);
        office.steps(&["recording.cancel by ani/FrontDesk"]);
        assert_eq!((office.case.card(), office.case.letter()), (CardState::Closed, LetterState::Voided));
        assert!(office.case.is_closed());
        office.refused("recording.wipe by x/Station", Guard::NothingToWipe);
    }

    #[test]
    fn nobody_goes_home_for_want_of_an_approver() {
        let mut office = in_session(false, false);
        office.facts.exceptions = vec![ExceptionNote { code: ExceptionCode::FpMissing, position: 3 }];
        office.steps(&["recording.raise_exception by budi/CaptureOperator"]);
        office.refused("recording.approve_exception by budi/Supervisor", Guard::SamePersonApproves);
        office.steps(&[
            "recording.defer_approval by budi/CaptureOperator",
            "recording.seal by budi/CaptureOperator",
        ]);
        assert!(office.case.pending_since_ms().is_some());
        office.refused("recording.attach_approval by budi/Supervisor", Guard::SamePersonApproves);
        let effects = office.steps(&["recording.attach_approval by gita/Supervisor"]);
        assert!(effects.contains(&Effect::SendApproval));
        assert_eq!(office.case.pending_since_ms(), None);
        assert!(matches!(office.case.exceptions()[0].decision, Decision::Approved(_)));
        office.refused("recording.attach_approval by gita/Supervisor", Guard::NothingPending);
    }

    #[test]
    fn deferred_approval_is_refused_before_sealing_by_who_comes_back() {
        let mut office = in_session(false, false);
        office.facts.exceptions = vec![ExceptionNote { code: ExceptionCode::FpMissing, position: 3 }];
        office.steps(&["recording.raise_exception by budi/CaptureOperator"]);
        let deny = "recording.refuse_approval by gita/Supervisor";
        assert_eq!(office.try_step(deny), Err(Refusal::WrongState));
        office.steps(&["recording.defer_approval by budi/CaptureOperator"]);
        office.refused("recording.refuse_approval by budi/Supervisor", Guard::SamePersonApproves);
        office.facts.recording.reason_given = false;
        office.refused(deny, Guard::NoReason);
        office.facts.recording.reason_given = true;
        assert_eq!(office.steps(&[deny]), vec![Effect::SignDecision]);
        assert_eq!(office.case.pending_since_ms(), None);
        assert!(matches!(office.case.exceptions()[0].decision, Decision::Denied(_)));
        office.refused(deny, Guard::NothingPending);
        office.steps(&["recording.seal by budi/CaptureOperator"]);
        assert_eq!(office.try_step(deny), Err(Refusal::WrongState));
    }

    #[test]
    fn exception_waits_for_its_decision_across_an_interruption() {
        let mut office = in_session(false, false);
        office.facts.recording.interruption = Some(PauseReason::Power);
        office.facts.exceptions = vec![ExceptionNote { code: ExceptionCode::FpMissing, position: 3 }];
        office
            .steps(&["recording.raise_exception by budi/CaptureOperator", "recording.suspend by x/Station"]);
        office.facts.recording.devices_ready = false;
        office.refused("recording.resume by hadi/CaptureOperator", Guard::DevicesNotReady);
        office.facts.recording.devices_ready = true;
        office.steps(&["recording.resume by hadi/CaptureOperator"]);
        assert_eq!(office.case.recording(), RecordingState::ExceptionReview);
        office.steps(&["recording.approve_exception by gita/Supervisor", "recording.suspend by x/Station"]);
        office.steps(&["recording.resume by hadi/CaptureOperator"]);
        assert_eq!(office.case.recording(), RecordingState::InCapture);
    }

    #[test]
    fn nobody_is_recorded_against_the_decision() {
        let mut office = Office::new(false, false);
        office.facts.recording.eligible = false;
        office.steps(&UNTIL_QUEUED[..3]);
        office.refused("recording.allow by budi/CaptureOperator", Guard::NotEligible);
    }

    #[test]
    fn agency_is_called_when_nothing_is_left_to_record() {
        let mut office = in_session(false, false);
        office.facts.exceptions = (1..=10)
            .map(|position| ExceptionNote { code: ExceptionCode::FpMissing, position })
            .chain((1..=2).map(|position| ExceptionNote { code: ExceptionCode::IrisMissing, position }))
            .collect();
        office.steps(&[
            "recording.raise_exception by budi/CaptureOperator",
            "recording.approve_exception by gita/Supervisor",
        ]);
        office.refused("recording.seal by budi/CaptureOperator", Guard::AgencyNotCalled);
        office.facts.recording.agency_was_called = true;
        office.steps(&["recording.seal by budi/CaptureOperator"]);
    }

    #[test]
    fn reason_alone_is_enough_for_a_signature_that_cannot_be_given() {
        let mut office = in_session(false, false);
        office.facts.exceptions = vec![ExceptionNote { code: ExceptionCode::SigUnable, position: 0 }];
        office.steps(&[
            "recording.raise_exception by budi/CaptureOperator",
            "recording.seal by budi/CaptureOperator",
        ]);
    }

    #[test]
    fn suspended_recording_goes_on_another_day_and_the_pause_is_not_counted() {
        let mut office = in_session(false, false);
        office.refused("recording.suspend by budi/CaptureOperator", Guard::NoReason);
        office.facts.recording.interruption = Some(PauseReason::Power);
        office.steps(&["recording.suspend by x/Station"]);
        office.now += 3 * 24 * 60 * MINUTE;
        office.facts.recording.person_reverified = false;
        office.refused("recording.resume by hadi/CaptureOperator", Guard::PersonNotReverified);
        office.facts = good();
        office.steps(&["recording.resume by hadi/CaptureOperator", "recording.seal by hadi/CaptureOperator"]);
        let clock = office.case.clock();
        assert!(clock.raw_ms(office.now) > 3 * 24 * 60 * MINUTE);
        assert!(clock.net_ms(office.now) < 20 * MINUTE);
    }

    #[test]
    fn abandoned_capture_is_kept_for_its_limit_and_then_wiped() {
        let mut office = in_session(false, false);
        office.steps(&["recording.abandon by budi/CaptureOperator"]);
        office.facts.recording.keep_limit_passed = false;
        office.refused("recording.wipe by x/Station", Guard::LimitNotPassed);
        office.facts.recording.keep_limit_passed = true;
        assert_eq!(office.steps(&["recording.wipe by x/Station"]), vec![Effect::WipeCapturedData]);
        office.refused("recording.wipe by x/Station", Guard::NothingToWipe);
    }

    #[test]
    fn missed_call_may_be_recalled_until_the_limit_and_then_takes_a_new_ticket() {
        let mut office = Office::new(false, false);
        office.steps(UNTIL_QUEUED);
        office.steps(&[
            "recording.call by budi/CaptureOperator",
            "recording.miss_call by budi/CaptureOperator",
            "recording.recall by ani/FrontDesk",
            "recording.miss_call by budi/CaptureOperator",
        ]);
        office.refused("recording.recall by ani/FrontDesk", Guard::RecallsUsedUp);
        office.steps(&["recording.arrive by ani/FrontDesk"]);
        assert_eq!(office.case.recording(), RecordingState::Queued);
    }

    #[test]
    fn blocked_recording_is_made_again_with_approvals_of_its_own() {
        let mut office = in_session(false, false);
        office.facts.exceptions = vec![ExceptionNote { code: ExceptionCode::FpWorn, position: 2 }];
        office.steps(&[
            "recording.raise_exception by budi/CaptureOperator",
            "recording.approve_exception by gita/Supervisor",
            "recording.seal by budi/CaptureOperator",
            "recording.acknowledge by x/Station",
            "recording.report_blocked by x/Station",
        ]);
        office.facts.recording.central_deletion_confirmed = false;
        office.refused("recording.order_rerecord by gita/Supervisor", Guard::CentralDeletionNotConfirmed);
        office.facts.recording.central_deletion_confirmed = true;
        office.steps(&["recording.order_rerecord by gita/Supervisor", "recording.arrive by ani/FrontDesk"]);
        office.steps(INTO_SESSION);
        office.steps(&["recording.raise_exception by budi/CaptureOperator"]);
        office
            .refused("recording.approve_exception by budi/GovernmentSectionHead", Guard::SamePersonApproves);
        assert_eq!(office.case.exceptions().len(), 2);
    }

    #[test]
    fn paper_of_an_outage_is_entered_under_its_own_date() {
        let mut office = Office::new(false, false);
        let yesterday = office.now - 24 * 60 * MINUTE;
        let late = |minutes: i64, paper_scanned| {
            Some(LateEntry { happened_ms: yesterday + minutes * MINUTE, paper_scanned })
        };
        office.facts.late = late(0, false);
        office.refused("recording.receive by ani/FrontDesk", Guard::PaperNotScanned);
        office.facts.late = late(0, true);
        let effects = office.steps(&["recording.receive by ani/FrontDesk"]);
        assert!(effects.contains(&Effect::WriteLateEntry));
        office.facts.late = late(-5, true);
        office.refused("recording.verify by ani/FrontDesk", Guard::LateDateWrong);
        office.facts.late = late(5, true);
        office.steps(&["recording.verify by ani/FrontDesk"]);
        office.refused("recording.allow by budi/CaptureOperator", Guard::NotOnPaper);
        office.facts.late = None;
        office.steps(&["recording.allow by budi/CaptureOperator"]);
        assert!(office.case.clock().raw_ms(office.now) > 23 * 60 * MINUTE);
    }
}

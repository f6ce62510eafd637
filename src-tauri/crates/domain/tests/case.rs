//! What must hold for every case, whatever order of events, roles and facts a day brings.

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rekam_domain::actor::{Actor, PersonId};
    use rekam_domain::berkas::{BerkasEvent, BerkasFacts, BerkasState};
    use rekam_domain::card::{CardEvent, CardFacts, CardState};
    use rekam_domain::case::{Case, Decision, ExceptionNote, Facts, LateEntry, ProfileRef, Segments};
    use rekam_domain::effect::Effect;
    use rekam_domain::exception::ExceptionCode;
    use rekam_domain::letter::{LetterEvent, LetterFacts, LetterState};
    use rekam_domain::machine::CaseEvent;
    use rekam_domain::purpose::Purpose;
    use rekam_domain::recording::{RecordingEvent, RecordingFacts, RecordingState, Stage};
    use rekam_domain::role::{Role, RoleSet};
    use rekam_domain::sla::PauseReason;

    /// Fills the named facts from the bits of a random number.
    macro_rules! facts {
        ($type:ident, $bits:expr, $($field:ident),+ $(,)? ; $($rest:tt)*) => {{
            let mut bits: u64 = $bits;
            $(let $field = bits & 1 == 1; bits >>= 1;)+
            let _ = bits;
            $type { $($field,)+ $($rest)* }
        }};
    }

    fn recording_facts(bits: u64, pick: u64) -> RecordingFacts {
        let interruption =
            usize::try_from(pick % 6).ok().and_then(|index| PauseReason::ALL.get(index).copied());
        facts!(RecordingFacts, bits, channel_open, service_chosen, document_missing, checklist_green,
            return_period_passed, second_check_in_profile, capture_in_profile, nik_valid, eligible, age_rule_met,
            not_recorded_before, recorded_before, service_is_issuance, central_print_ready, central_blocked,
            schedule_in_profile, slot_free, grace_passed, devices_ready, power_enough, reason_given,
            person_reverified, photo_fresh_enough, exception_coded, retries_used_up, reason_is_enough,
            decided_by_another, no_approver_present, approval_pending, exceptions_decided, truth_signed,
            index_validated, modalities_complete, some_biometric_left, agency_was_called, receipt_verified,
            central_deletion_confirmed, packet_stored, notice_signed, replacement_named,
            no_printed_card, card_not_handed_over, keep_limit_passed, captured_data_kept;
            interruption, recalls_used: 0, recall_max: 2)
    }

    fn card_facts(bits: u64) -> CardFacts {
        facts!(CardFacts, bits, print_ready, recorded, accepted, recording_blocked, recording_ended, age_rule_met_today,
            extra_approvals_given, blank_in_stock, reason_given, proofread, qc_not_required,
            printed_elsewhere, arrived, holder_identified, bearer_on_batch, receipt_signed;)
    }

    fn letter_facts(bits: u64) -> LetterFacts {
        facts!(LetterFacts, bits, recorded, recording_ended, reason_given, number_left,
            stamp_not_required, receipt_signed;)
    }

    fn berkas_facts(bits: u64) -> BerkasFacts {
        facts!(BerkasFacts, bits, place_named, borrower_named, reason_given, receipt_signed;)
    }

    /// The random numbers of one step.
    #[derive(Debug, Clone)]
    struct Chance {
        event: u64,
        actor: u64,
        pick: u64,
        bits: [u64; 5],
        likely: bool,
        late: bool,
        dt: i64,
    }

    fn chance() -> impl Strategy<Value = Chance> {
        (
            any::<u64>(),
            any::<u64>(),
            any::<u64>(),
            any::<[[u64; 3]; 5]>(),
            prop::bool::weighted(0.85),
            prop::bool::weighted(0.05),
            -1_000i64..100_000,
        )
            .prop_map(|(event, actor, pick, raw, likely, late, dt)| Chance {
                event,
                actor,
                pick,
                // Three draws together make most facts true, so that walks get far; one bit in eight is false.
                bits: raw.map(|three| three.iter().fold(0, |all, one| all | one)),
                likely,
                late,
                dt,
            })
    }

    fn all_events() -> Vec<CaseEvent> {
        let mut events: Vec<_> = RecordingEvent::ALL.iter().map(|e| CaseEvent::Recording(*e)).collect();
        events.extend(CardEvent::ALL.iter().map(|e| CaseEvent::Card(*e)));
        events.extend(LetterEvent::ALL.iter().map(|e| CaseEvent::Letter(*e)));
        events.extend(BerkasEvent::ALL.iter().map(|e| CaseEvent::Berkas(*e)));
        events
    }

    fn roles_here(case: &Case, event: CaseEvent) -> Vec<Role> {
        match event {
            CaseEvent::Recording(e) => by(RecordingState::rules(e), case.recording()),
            CaseEvent::Card(e) => by(CardState::rules(e), case.card()),
            CaseEvent::Letter(e) => by(LetterState::rules(e), case.letter()),
            CaseEvent::Berkas(e) => by(BerkasState::rules(e), case.berkas()),
        }
    }

    fn by<S: PartialEq, F>(rules: &[rekam_domain::machine::Rule<S, F>], state: S) -> Vec<Role> {
        rules.iter().filter(|r| r.from.contains(&state)).flat_map(|r| r.by.iter().copied()).collect()
    }

    fn gives_up(event: CaseEvent) -> bool {
        use RecordingEvent as E;
        matches!(
            event,
            CaseEvent::Recording(
                E::Reject
                    | E::Cancel
                    | E::Abandon
                    | E::RedirectFixKk
                    | E::RedirectIssuance
                    | E::RedirectNoNik
                    | E::RedirectOtherOffice
                    | E::Withdraw
                    | E::Supersede
            ) | CaseEvent::Letter(LetterEvent::Void)
                | CaseEvent::Card(CardEvent::Close)
        )
    }

    fn pick<T: Copy>(from: &[T], chance: u64) -> T {
        from[usize::try_from(chance % from.len() as u64).unwrap()]
    }

    fn event_of(case: &Case, chance: &Chance) -> (CaseEvent, Actor) {
        let everything = all_events();
        let offered: Vec<_> = everything
            .iter()
            .copied()
            .filter(|e| {
                !roles_here(case, *e).is_empty() && (!gives_up(*e) || chance.event.is_multiple_of(16))
            })
            .collect();
        let event = if chance.likely && !offered.is_empty() {
            pick(&offered, chance.event)
        } else {
            pick(&everything, chance.event)
        };
        let fitting = roles_here(case, event);
        let role = if chance.likely && !fitting.is_empty() {
            pick(&fitting, chance.actor)
        } else {
            pick(Role::ALL, chance.actor)
        };
        // Four people share every role, so that the same person often tries to approve their own work.
        let person = PersonId::new(format!("officer-{}", chance.actor >> 32 & 3));
        (event, Actor::new(person, RoleSet::of(&[role])))
    }

    fn facts_of(chance: &Chance, now: i64) -> Facts {
        let code = pick(ExceptionCode::ALL, chance.pick >> 8);
        let whole = chance.pick.is_multiple_of(5);
        let mut exceptions = vec![ExceptionNote { code, position: 1 }];
        if whole {
            exceptions = (1..=10)
                .map(|position| ExceptionNote { code: ExceptionCode::FpMissing, position })
                .chain((1..=2).map(|position| ExceptionNote { code: ExceptionCode::IrisMissing, position }))
                .collect();
        }
        Facts {
            recording: recording_facts(chance.bits[0], chance.pick),
            card: card_facts(chance.bits[1]),
            letter: letter_facts(chance.bits[2]),
            berkas: berkas_facts(chance.bits[3]),
            exceptions,
            late: chance.late.then_some(LateEntry {
                happened_ms: now - (chance.dt / 2),
                paper_scanned: chance.bits[4] & 1 == 1,
            }),
        }
    }

    fn new_case(segments: u8, service: u8) -> Case {
        let service = pick(Purpose::ALL, u64::from(service));
        let segments = Segments {
            recording: segments & 1 == 0 || segments & 16 == 0,
            card: segments & 2 == 0 || segments & 32 == 0,
            letter: segments & 4 == 0,
            berkas: segments & 8 == 0,
        };
        let profile = ProfileRef { id: "kecamatan-contoh".to_owned(), version: "3".to_owned() };
        Case::open(profile, service, segments, 1_000_000)
    }

    fn ends_stay_ends(before: &Case, after: &Case) {
        if before.recording().is_end() && before.recording() != after.recording() {
            assert_eq!(before.recording(), RecordingState::PrintReady);
            assert!(matches!(
                after.recording(),
                RecordingState::DedupBlocked | RecordingState::Withdrawn | RecordingState::Superseded
            ));
        }
        assert!(!before.card().is_end() || before.card() == after.card());
        assert!(!before.letter().is_end() || before.letter() == after.letter());
        if before.berkas().is_end() && before.berkas() != after.berkas() {
            assert!(matches!(
                (before.berkas(), after.berkas()),
                (BerkasState::NotReceived, BerkasState::Received)
                    | (BerkasState::Archived, BerkasState::Borrowed)
            ));
        }
    }

    /// Neither while the centre blocks, nor with the card of a recording that was blocked since it was printed.
    fn blocked_card_stays_here(before: &Case, after: &Case, blocked: &mut bool) {
        if after.recording() == RecordingState::DedupBlocked {
            *blocked = true;
        } else if after.recording() == RecordingState::PrintReady {
            *blocked = false;
        }
        if *blocked {
            assert_eq!(after.print_ready_ms(), None);
            assert_ne!(after.card(), CardState::HandedOver);
            let prints = after.card() == CardState::Printed || after.card() == CardState::AtPickup;
            assert!(!prints || before.card() == after.card());
        }
    }

    fn nobody_approved_their_own(case: &Case) {
        for exception in case.exceptions() {
            if let Decision::Approved(approval) | Decision::Denied(approval) = &exception.decision {
                assert_ne!(approval.approver(), &exception.operator);
                assert!(!approval.operators().contains(approval.approver()));
            }
        }
    }

    fn clock_is_honest(case: &Case, now: i64) {
        let clock = case.clock();
        assert!(0 <= clock.net_ms(now) && clock.net_ms(now) <= clock.raw_ms(now));
        for pause in clock.pauses() {
            assert!(PauseReason::ALL.contains(&pause.reason));
            assert!(pause.to_ms.is_none_or(|to| to >= pause.from_ms));
        }
    }

    fn accepted(
        before: &Case,
        after: &Case,
        event: CaseEvent,
        facts: &Facts,
        effects: &[Effect],
        seen: &mut bool,
    ) {
        if event == CaseEvent::Card(CardEvent::Print) {
            assert!(*seen, "printed without a print-ready status seen");
            assert_eq!(after.recording(), RecordingState::PrintReady);
        }
        if effects.contains(&Effect::WipeCapturedData) {
            assert!(facts.recording.keep_limit_passed);
            assert!(matches!(
                before.recording(),
                RecordingState::Abandoned
                    | RecordingState::Cancelled
                    | RecordingState::Rejected
                    | RecordingState::Redirected
            ));
        }
        if after.recording() == RecordingState::PrintReady && before.recording() != RecordingState::PrintReady
        {
            assert!(facts.recording.central_print_ready);
            *seen = true;
        }
        if effects.contains(&Effect::SealPacket) {
            assert!(after.exceptions().iter().all(|e| e.decision != Decision::Open));
            assert!(facts.recording.truth_signed && facts.recording.index_validated);
        }
        let paused = effects.iter().any(|effect| matches!(effect, Effect::PauseClock(_)));
        assert!(
            !paused
                || matches!(
                    event,
                    CaseEvent::Recording(RecordingEvent::Suspend | RecordingEvent::FindIncomplete)
                )
        );
        if after.recording().stage() == Stage::Ended {
            assert!(
                !after.segments().card
                    || after.card().is_end()
                    || after.card().is_printed_here()
                    || after.card() == CardState::QcFailed
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_case_keeps_the_rules(
            segments in any::<u8>(),
            service in any::<u8>(),
            steps in prop::collection::vec(chance(), 1..120),
        ) {
            let mut case = new_case(segments, service);
            let profile = case.profile().clone();
            let (mut now, mut seen, mut blocked) = (1_000_000_i64, false, false);
            for chance in steps {
                now += chance.dt;
                let (event, actor) = event_of(&case, &chance);
                let facts = facts_of(&chance, now);
                let before = case.clone();
                match case.apply(event, &actor, &facts, now) {
                    Err(_) => prop_assert_eq!(&before, &case),
                    Ok(effects) => accepted(&before, &case, event, &facts, &effects, &mut seen),
                }
                ends_stay_ends(&before, &case);
                blocked_card_stays_here(&before, &case, &mut blocked);
                nobody_approved_their_own(&case);
                clock_is_honest(&case, now);
                prop_assert_eq!(&profile, case.profile());
            }
        }
    }

    /// A walk that never reaches the printer proves nothing about it.
    #[test]
    fn walks_reach_every_state() {
        use proptest::strategy::ValueTree;
        use proptest::test_runner::TestRunner;
        let mut runner = TestRunner::deterministic();
        let mut seen = std::collections::BTreeSet::new();
        let strategy = (any::<u8>(), any::<u8>(), prop::collection::vec(chance(), 100..120));
        for _ in 0..1500 {
            let (segments, service, steps) = strategy.new_tree(&mut runner).unwrap().current();
            let mut case = new_case(segments, service);
            let mut now = 1_000_000;
            for chance in steps {
                now += chance.dt;
                let (event, actor) = event_of(&case, &chance);
                let _ = case.apply(event, &actor, &facts_of(&chance, now), now);
                seen.insert(format!("{:?}", case.recording()));
                seen.insert(format!("card {:?}", case.card()));
                seen.insert(format!("letter {:?}", case.letter()));
                seen.insert(format!("berkas {:?}", case.berkas()));
            }
        }
        let unseen: Vec<_> = RecordingState::ALL
            .iter()
            .map(|s| format!("{s:?}"))
            .chain(CardState::ALL.iter().map(|s| format!("card {s:?}")))
            .chain(LetterState::ALL.iter().map(|s| format!("letter {s:?}")))
            .chain(BerkasState::ALL.iter().map(|s| format!("berkas {s:?}")))
            .filter(|s| !seen.contains(s))
            .collect();
        assert_eq!(unseen, Vec::<String>::new());
    }
}

//! What must hold for every packet and every number.

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use rekam_domain::effect::{Effect, Series};
    use rekam_domain::number::NumberBlock;
    use rekam_domain::packet::{PacketEvent, PacketFacts, PacketState};
    use rekam_domain::role::{Role, RoleSet};

    fn packet_facts(bits: u16) -> PacketFacts {
        let bit = |n: u16| bits >> n & 1 == 1;
        PacketFacts {
            intact: bit(0),
            receipt_verified: bit(1),
            refusal_verified: bit(2),
            opened_at_office: bit(3),
            grace_passed: bit(4),
            status_past_resend: bit(5),
            keep_limit_passed: bit(6),
            approvals_complete: bit(7),
            stored: bit(8),
            replacement_named: bit(9),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn packet_is_forgotten_only_when_the_office_has_it(
            steps in prop::collection::vec((0usize..12, 0usize..17, any::<u16>(), any::<u16>()), 1..60),
        ) {
            let (mut state, mut acknowledged) = (PacketState::Building, false);
            for (event, role, some, more) in steps {
                let event = PacketEvent::ALL[event];
                let facts = packet_facts(some | more);
                let roles = RoleSet::of(&[Role::ALL[role], Role::Station]);
                let Ok(moved) = state.next(event, roles, &facts) else { continue };
                prop_assert!(state != PacketState::Purged);
                acknowledged |= moved.state == PacketState::Acked;
                let wipes = moved.effects.contains(&Effect::WipeCapturedData);
                prop_assert_eq!(wipes, moved.state == PacketState::Purged);
                if moved.state == PacketState::Purged {
                    prop_assert!(matches!(state, PacketState::Acked | PacketState::Superseded));
                    prop_assert!(acknowledged || facts.receipt_verified);
                    prop_assert!(facts.opened_at_office && facts.grace_passed && facts.approvals_complete);
                    prop_assert!(facts.status_past_resend || facts.keep_limit_passed);
                }
                state = moved.state;
            }
        }

        #[test]
        fn no_number_is_given_twice(
            lengths in prop::collection::vec(1u32..20, 1..5),
            steps in prop::collection::vec((any::<u8>(), 0u8..4, any::<u8>()), 1..200),
        ) {
            let mut first = 1;
            let mut blocks: Vec<NumberBlock> = Vec::new();
            for length in lengths {
                blocks.push(NumberBlock::new(Series::Letter, 2026, first, first + length - 1).unwrap());
                first += length;
            }
            for (one, a) in blocks.iter().enumerate() {
                for b in blocks.iter().skip(one + 1) {
                    prop_assert!(a.check_apart(b).is_ok());
                }
            }
            let mut given = BTreeSet::new();
            for (block, what, number) in steps {
                let at = usize::from(block) % blocks.len();
                let block = &mut blocks[at];
                match what {
                    0 => {
                        let number = u32::from(number);
                        let was_given = given.contains(&(2026, number)) && (block.range().0..=block.range().1).contains(&number);
                        let was_void = block.voided().contains(&number);
                        prop_assert_eq!(block.void(number).is_ok(), was_given && !was_void);
                    }
                    1 => {
                        // The station restarts and reads its block back.
                        *block = NumberBlock::restore(
                            block.series(), block.year(), block.range(), block.upcoming(), block.voided(),
                        ).unwrap();
                    }
                    _ => {
                        let left = block.left();
                        match block.take(2026) {
                            Ok(taken) => {
                                prop_assert_eq!(block.left(), left - 1);
                                prop_assert!(given.insert((taken.year, taken.number)));
                            }
                            Err(_) => prop_assert_eq!(left, 0),
                        }
                    }
                }
                prop_assert!(block.take(2027).is_err());
            }
        }
    }
}

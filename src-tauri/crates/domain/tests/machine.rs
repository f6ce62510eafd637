//! Every pair of state and event of every machine, held against a committed table.
//!
//! `REKAM_BLESS=1` writes the tables, so that a changed transition is always a visible decision.

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use rekam_domain::machine::{Goes, Rule};
    use rekam_domain::power::{PowerEvent, PowerLimits, PowerState};
    use rekam_domain::refusal::Refusal;
    use rekam_domain::role::{Role, RoleSet};
    use rekam_domain::{berkas, blank, card, device, letter, network, packet, recording, station_mode};

    fn golden(name: &str, text: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/machine").join(name);
        if std::env::var_os("REKAM_BLESS").is_some() {
            std::fs::write(&path, text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        for (line, (now, before)) in text.lines().zip(committed.lines()).enumerate() {
            assert_eq!(now, before, "{name} line {}: bless it if this is what you decided", line + 1);
        }
        assert_eq!(text.lines().count(), committed.lines().count(), "{name} has another length");
    }

    fn words<T: std::fmt::Debug>(words: &[T]) -> String {
        words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" ")
    }

    fn line<S: std::fmt::Debug + Copy, F: Default>(rule: &Rule<S, F>, state: S) -> String {
        let to = match rule.goes {
            Goes::To(to) => to,
            Goes::Stay => state,
        };
        let mut line = format!("-> {to:?} by {}", words(rule.by));
        if !rule.unless.is_empty() {
            line.push_str(" unless");
            for check in rule.unless {
                // A condition that lets go of a step when nothing is proven must be seen and wanted.
                let lets_go = if (check.stops)(&F::default()) { "" } else { "(if known)" };
                let _ = write!(line, " {:?}{lets_go}", check.guard);
            }
        }
        if !rule.effects.is_empty() {
            let _ = write!(line, " then {}", words(rule.effects));
        }
        line
    }

    fn everybody() -> RoleSet {
        RoleSet::of(Role::ALL)
    }

    macro_rules! table {
        ($test:ident, $file:literal, $state:ty, $event:ty, $next:expr) => {
            #[test]
            fn $test() {
                let next: fn($state, $event, RoleSet) -> Result<_, Refusal> = $next;
                let mut text = String::new();
                for state in <$state>::ALL {
                    for event in <$event>::ALL {
                        let rules = <$state>::rules(*event);
                        let mine: Vec<_> = rules.iter().filter(|rule| rule.from.contains(state)).collect();
                        let pair = format!("{} {}", state.word(), event.word());
                        let bare = next(*state, *event, everybody());
                        let alone = next(*state, *event, RoleSet::default());
                        if mine.is_empty() {
                            assert_eq!(bare.map(|m| m.state), Err(Refusal::WrongState), "{pair}");
                            let _ = writeln!(text, "{pair} refused");
                            continue;
                        }
                        assert_eq!(alone.map(|m| m.state), Err(Refusal::WrongRole), "{pair}");
                        for rule in mine {
                            assert!(!rule.by.is_empty(), "{pair} is nobody's");
                            let _ = writeln!(text, "{pair} {}", line(rule, *state));
                        }
                        if let Err(refusal) = bare {
                            let _ = writeln!(text, "{pair} with nothing proven: {refusal:?}");
                        }
                    }
                }
                golden($file, &text);
            }
        };
    }

    table!(recording, "recording.txt", recording::RecordingState, recording::RecordingEvent, |s, e, r| s
        .next(e, r, &recording::RecordingFacts::default()));
    table!(card, "card.txt", card::CardState, card::CardEvent, |s, e, r| s.next(
        e,
        r,
        &card::CardFacts::default()
    ));
    table!(letter, "letter.txt", letter::LetterState, letter::LetterEvent, |s, e, r| s.next(
        e,
        r,
        &letter::LetterFacts::default()
    ));
    table!(berkas, "berkas.txt", berkas::BerkasState, berkas::BerkasEvent, |s, e, r| s.next(
        e,
        r,
        &berkas::BerkasFacts::default()
    ));
    table!(packet, "packet.txt", packet::PacketState, packet::PacketEvent, |s, e, r| s.next(
        e,
        r,
        &packet::PacketFacts::default()
    ));
    table!(blank, "blank.txt", blank::BlankState, blank::BlankEvent, |s, e, r| s.next(
        e,
        r,
        &blank::BlankFacts::default()
    ));
    table!(device, "device.txt", device::DeviceState, device::DeviceEvent, |s, e, r| s.next(
        e,
        r,
        &device::DeviceFacts::default()
    ));
    table!(network, "network.txt", network::NetworkState, network::NetworkEvent, |s, e, r| s.next(e, r));
    table!(
        station_mode,
        "station_mode.txt",
        station_mode::StationMode,
        station_mode::StationModeEvent,
        |s, e, r| s.next(e, r, &station_mode::StationModeFacts::default())
    );

    #[test]
    fn power() {
        let limits = PowerLimits { ups_min_minutes: 15, critical_minutes: 3 };
        let states = [
            PowerState::Mains,
            PowerState::OnUps { minutes_left: 30 },
            PowerState::OnUps { minutes_left: 10 },
            PowerState::Genset,
            PowerState::Critical,
        ];
        let events = [
            PowerEvent::MainsBack,
            PowerEvent::GensetOn,
            PowerEvent::OnBattery { minutes_left: 30 },
            PowerEvent::OnBattery { minutes_left: 10 },
            PowerEvent::OnBattery { minutes_left: 3 },
            PowerEvent::LastCall,
        ];
        let mut text = format!("{limits:?}\n");
        for state in states {
            for event in events {
                let moved = state.next(event, limits);
                let _ =
                    writeln!(text, "{state:?} {event:?} -> {:?} then {}", moved.state, words(&moved.effects));
            }
        }
        golden("power.txt", &text);
    }
}

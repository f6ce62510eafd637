//! Every word a person may meet has a text in both languages, with the same values in it.

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use rekam_domain::audit::AuditEvent;
    use rekam_domain::effect::{RedirectTarget, Series, Task};
    use rekam_domain::permission::{Operation, Subject};
    use rekam_domain::refusal::{Guard, Refusal};
    use rekam_domain::sla::{PauseReason, Verdict};
    use rekam_domain::text::Language;
    use rekam_domain::withdrawal::WithdrawalReason;
    use rekam_domain::{
        berkas, blank, card, device, document, exception, letter, network, packet, paper, power, recording,
        register, role, station_mode,
    };

    type Texts = BTreeMap<String, String>;

    fn texts() -> [Texts; 2] {
        [include_str!("../text/id.json"), include_str!("../text/en.json")]
            .map(|json| serde_json::from_str(json).unwrap())
    }

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
    }

    macro_rules! keys {
        ($keys:expr; $($prefix:literal $words:ty),+ $(,)?) => {
            $($keys.extend(<$words>::ALL.iter().map(|word| format!(concat!($prefix, ".{}"), word.word())));)+
        };
    }

    fn wanted() -> Vec<String> {
        let mut keys: Vec<String> = [Refusal::WrongState, Refusal::WrongRole, Refusal::NotInProfile]
            .iter()
            .map(|refusal| refusal.key())
            .collect();
        keys!(keys;
            "guard" Guard,
            "state.recording" recording::RecordingState, "event.recording" recording::RecordingEvent,
            "state.card" card::CardState, "event.card" card::CardEvent,
            "state.letter" letter::LetterState, "event.letter" letter::LetterEvent,
            "state.berkas" berkas::BerkasState, "event.berkas" berkas::BerkasEvent,
            "state.packet" packet::PacketState, "event.packet" packet::PacketEvent,
            "state.blank" blank::BlankState, "event.blank" blank::BlankEvent,
            "state.device" device::DeviceState, "event.device" device::DeviceEvent,
            "state.network" network::NetworkState, "event.network" network::NetworkEvent,
            "state.station_mode" station_mode::StationMode,
            "event.station_mode" station_mode::StationModeEvent,
            "role" role::Role, "book" register::Book, "paper" paper::Paper, "document" document::Document,
            "exception" exception::ExceptionCode, "pause" PauseReason, "sla_verdict" Verdict,
            "redirect" RedirectTarget, "task" Task, "task_action" Task, "withdrawal_reason" WithdrawalReason, "series" Series,
            "operation" Operation, "subject" Subject, "audit" AuditEvent,
        );
        let power = [
            power::PowerState::Mains,
            power::PowerState::OnUps { minutes_left: 1 },
            power::PowerState::Genset,
            power::PowerState::Critical,
        ];
        keys.extend(power.iter().map(|state| format!("state.power.{}", state.word())));
        let event = ["MainsBack", "GensetOn", "OnBattery", "LastCall"];
        keys.extend(event.iter().map(|event| format!("event.power.{event}")));
        keys
    }

    #[test]
    fn every_word_has_both_texts_with_equal_placeholders() {
        let [indonesian, english] = texts();
        for key in wanted() {
            let id = indonesian.get(&key).unwrap_or_else(|| panic!("{key} has no Indonesian text"));
            let en = english.get(&key).unwrap_or_else(|| panic!("{key} has no English text"));
            assert!(!id.trim().is_empty() && !en.trim().is_empty(), "{key} is empty");
            assert_eq!(placeholders(id), placeholders(en), "{key}");
        }
    }

    #[test]
    fn no_text_is_left_over_from_a_word_that_is_gone() {
        let wanted: BTreeSet<_> = wanted().into_iter().collect();
        let prefixes: BTreeSet<_> = wanted.iter().filter_map(|key| Some(key.split_once('.')?.0)).collect();
        for texts in texts() {
            for key in texts.keys() {
                let ours = key.split_once('.').is_some_and(|(prefix, _)| prefixes.contains(prefix));
                assert!(!ours || wanted.contains(key), "{key} names no word");
            }
        }
    }

    #[test]
    fn refusals_name_cause_and_next_action() {
        for guard in Guard::ALL {
            for language in Language::ALL {
                let sentence = Refusal::GuardFailed(*guard).text(language);
                let sentences = sentence.split(['.', ';']).filter(|part| !part.trim().is_empty()).count();
                assert!(sentences >= 2, "{}: {sentence}", guard.word());
            }
        }
    }

    #[test]
    fn every_machine_has_its_audit_event() {
        let machines = [
            "recording",
            "card",
            "letter",
            "berkas",
            "packet",
            "blank",
            "device",
            "power",
            "network",
            "mode",
        ];
        for machine in machines {
            assert!(AuditEvent::from_word(&format!("{machine}_moved")).is_some(), "{machine}");
        }
    }
}

use crate::document::Document;
use crate::profile::*;
use crate::purpose::Purpose;
use crate::role::Role;

fn profile(id: &str) -> Profile {
    Profile::shipped().into_iter().find(|profile| profile.identity.id == id).unwrap()
}

#[test]
fn all_five_read_without_problems() {
    for (name, text) in SHIPPED {
        if let Err(problems) = Profile::read(name, text) {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", lines.join("\n"));
        }
    }
    let ids: Vec<String> = Profile::shipped().into_iter().map(|profile| profile.identity.id).collect();
    assert_eq!(ids, SHIPPED.map(|(name, _)| name));
}

#[test]
fn every_step_has_its_written_time() {
    // 0 stands for "no time is written".
    let table: [(&str, &[u32], u32); 5] = [
        ("tangerang-cibodas-2018", &[0; 7], 0),
        ("tangerang-dinas-dafduk01-2021", &[5, 5, 5, 10, 5, 5, 15, 10, 10, 10, 10, 0], 90),
        ("kapuas-issuance", &[5, 2, 2, 1, 2, 2, 0, 0], 14),
        ("tapin-candilarasutara-2023", &[1, 5, 15, 3, 1, 3, 1], 29),
        ("tanggamus-kolektif", &[0; 10], 0),
    ];
    for (id, minutes, total) in table {
        let profile = profile(id);
        let written: Vec<u32> = profile.steps().iter().map(|step| step.minutes.unwrap_or(0)).collect();
        assert_eq!(written, minutes, "{id}");
        assert_eq!(profile.stated_minutes(), (total > 0).then_some(total), "{id}");
        let prefix = if id == "tangerang-cibodas-2018" { "D" } else { "" };
        for (index, step) in profile.steps().iter().enumerate() {
            assert_eq!(step.no, format!("{prefix}{}", index + 1), "{id}");
        }
    }
}

#[test]
fn main_paths_start_with_the_intake_and_end_with_every_machine() {
    for profile in Profile::shipped() {
        let done: Vec<String> = profile
            .steps()
            .iter()
            .flat_map(|step| &step.events)
            .filter(|event| event.only != Some(Members::AlreadyRecorded))
            .map(|event| event.event.word())
            .collect();
        assert_eq!(done.first().map(String::as_str), Some("recording.start"), "{}", profile.identity.id);
        let has = |word: &str| done.iter().any(|done| done == word);
        assert!(has("berkas.receive") && has("berkas.archive"), "{}", profile.identity.id);
        assert_eq!(profile.uses_card(), has("card.hand_over") || has("card.hand_over_batch"));
        assert_eq!(profile.uses_letter(), has("letter.deliver"), "{}", profile.identity.id);
        assert_eq!(profile.uses_recording(), has("recording.seal"), "{}", profile.identity.id);
        assert_ne!(has("recording.report_print_ready"), has("recording.accept_recorded"));
    }
}

#[test]
fn switches_follow_the_procedures() {
    let facts = |id: &str| {
        let profile = profile(id);
        (profile.uses_recording(), profile.uses_letter(), profile.uses_card(), profile.is_collective())
    };
    assert_eq!(facts("tangerang-cibodas-2018"), (true, false, true, false));
    assert_eq!(facts("tangerang-dinas-dafduk01-2021"), (true, false, true, false));
    assert_eq!(facts("kapuas-issuance"), (false, false, true, false));
    assert_eq!(facts("tapin-candilarasutara-2023"), (true, true, false, false));
    assert_eq!(facts("tanggamus-kolektif"), (true, false, true, true));
}

#[test]
fn documents_come_from_the_procedure_or_else_from_the_national_rule() {
    let kapuas = profile("kapuas-issuance");
    assert_eq!(
        kapuas.documents(Purpose::New).last(),
        Some(&vec![Document::KkCopyStampedRecorded, Document::SummonsStampedRecorded])
    );
    let tanggamus = profile("tanggamus-kolektif");
    assert_eq!(*tanggamus.documents(Purpose::New), [vec![Document::FormF102], vec![Document::Kk]]);
    assert_eq!(tanggamus.documents(Purpose::Lost).len(), 3);
}

#[test]
fn defaults_hold_where_nothing_is_written() {
    let cibodas = profile("tangerang-cibodas-2018");
    assert_eq!(cibodas.capture.order, Modality::ALL);
    assert!(cibodas.approval.forbids(Role::Supervisor, Role::CaptureOperator));
    assert_eq!(cibodas.recording.resume, ResumeRule::AnyDay);
    assert_eq!((cibodas.eligibility.min_age, cibodas.eligibility.pre_enroll_min_age), (17, None));
    assert!(cibodas.is_inferred("office.time_zone") && !cibodas.is_inferred("office.name"));
    assert_eq!(profile("tapin-candilarasutara-2023").office.time_zone.hours_ahead(), 8);
}

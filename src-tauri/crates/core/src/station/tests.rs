use super::*;
use crate::clock::SetClock;
use crate::config::{CONFIG_FILE, UNFINISHED_FILE};
use crate::demonstration;
use crate::view::NikRequest;

pub(crate) const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA
pub(crate) const DAY_MS: i64 = 86_400_000;

fn cheap() -> Cost {
    Cost::new(64, 1, 1).unwrap()
}

pub(crate) fn demonstration() -> (tempfile::TempDir, SetClock) {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::at(NOON);
    demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cheap()).unwrap();
    (folder, clock)
}

pub(crate) fn open(folder: &tempfile::TempDir, clock: &SetClock) -> Station {
    Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap()).unwrap()
}

pub(crate) fn request(account: &str, secret: &str) -> SignInRequest {
    SignInRequest { account: account.to_owned(), secret: secret.to_owned() }
}

pub(crate) fn operator() -> SignInRequest {
    request("operator", "kopi hitam tiga gelas")
}

#[test]
fn shows_the_home_of_whoever_signs_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let home = station.sign_in(operator()).unwrap();
    assert_eq!(home.person.account, "operator");
    assert_eq!((home.now.date.as_str(), home.now.time.as_str()), ("2026-11-20", "12:00"));
    assert_eq!(home.profile.stated_minutes_total, Some(29));
    let mine: Vec<&str> =
        home.profile.steps.iter().filter(|step| step.is_mine).map(|step| step.no.as_str()).collect();
    assert_eq!(mine, ["2", "3", "6", "7"]);
}

#[test]
fn every_demonstration_account_can_sign_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    for shown in station.welcome().unwrap().demonstration {
        let home = station.sign_in(request(&shown.account, &shown.passphrase)).unwrap();
        assert_eq!(home.person.roles, shown.roles);
    }
}

#[test]
fn shows_nothing_before_sign_in_and_after_locking() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let nik = NikRequest { nik: String::new(), born: String::new(), sex: String::new() };
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
    assert_eq!(station.check_nik(&nik).unwrap_err().code, Code::SignInFirst);
    station.sign_in(operator()).unwrap();
    assert!(station.home().is_ok());
    station.lock(LockReason::Chosen);
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
}

#[test]
fn wrong_secrets_are_slowed_also_across_a_restart() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    let mut last = None;
    for _ in 0..rekam_keys::TRIES_FREE {
        last = Some(station.sign_in(request("operator", "bukan frasa sandi")).unwrap_err());
    }
    assert_eq!(last.unwrap().code, Code::WaitBeforeNextTry);
    drop(station);
    let mut station = open(&folder, &clock);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::WaitBeforeNextTry);
    clock.advance(3_600_000);
    assert!(station.sign_in(operator()).is_ok());
}

#[test]
fn a_failed_sign_in_leaves_nobody_signed_in() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    assert!(station.sign_in(request("kasi", "bukan frasa sandi")).is_err());
    assert_eq!(station.home().unwrap_err().code, Code::SignInFirst);
}

#[test]
fn nobody_works_on_a_decree_that_has_run_out() {
    let (folder, clock) = demonstration();
    clock.advance(4 * 365 * DAY_MS);
    let mut station = open(&folder, &clock);
    assert_eq!(station.sign_in(operator()).unwrap_err().code, Code::AccountExpired);
}

#[test]
fn a_second_program_on_the_same_folder_is_refused_by_name() {
    let (folder, clock) = demonstration();
    let first = open(&folder, &clock);
    let second = Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap());
    assert_eq!(second.unwrap_err().code, Code::AlreadyRunning);
    drop(first);
    open(&folder, &clock);
}

#[test]
fn names_what_keeps_a_station_from_opening() {
    let (folder, clock) = demonstration();
    let problem = |change: &dyn Fn(&Path)| {
        let (folder, _) = demonstration();
        change(folder.path());
        Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap()).unwrap_err()
    };
    let code = |change: &dyn Fn(&Path)| problem(change).code;
    assert_eq!(code(&|at| std::fs::remove_file(at.join(CONFIG_FILE)).unwrap()), Code::NotSetUp);
    assert_eq!(code(&|at| std::fs::write(at.join(CONFIG_FILE), "{").unwrap()), Code::FileDamaged);
    assert_eq!(code(&|at| std::fs::remove_dir_all(at).unwrap()), Code::FolderUnusable);
    assert_eq!(code(&|at| std::fs::remove_dir_all(at.join("keys")).unwrap()), Code::NotSetUp);
    let broken = problem(&|at| std::fs::write(at.join(PROFILE_FILE), "schema = 1\n").unwrap());
    assert_eq!(broken.code, Code::ProfileUnusable);
    assert!(broken.to_string().contains("profile.toml:"), "{broken}");
    drop(folder);
}

#[test]
fn a_set_up_that_was_interrupted_is_begun_anew() {
    let (folder, clock) = demonstration();
    let [config, unfinished] = [CONFIG_FILE, UNFINISHED_FILE].map(|name| folder.path().join(name));
    std::fs::rename(config, unfinished).unwrap();
    demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cheap()).unwrap();
    assert!(open(&folder, &clock).sign_in(operator()).is_ok());
}

#[test]
fn says_what_a_nik_tells_gravest_finding_first() {
    let (folder, clock) = demonstration();
    let mut station = open(&folder, &clock);
    station.sign_in(operator()).unwrap();
    let ask = |nik: &str, born: &str, sex: &str| {
        let request = NikRequest { nik: nik.to_owned(), born: born.to_owned(), sex: sex.to_owned() };
        station.check_nik(&request)
    };
    let view = ask("3671091508060001", "16-08-2006", "L").unwrap();
    let codes: Vec<&str> = view.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["nik_birth_date_differs", "nik_region_elsewhere"]);
    assert!(view.tells.iter().any(|tell| tell.value == "15-08-2006"));
    assert_eq!(ask(&"1".repeat(300), "", "").unwrap_err().code, Code::InputRefused);
    assert_eq!(ask("0367109200000001", "", "").unwrap().reading, "temporary");
}

pub(crate) mod desk {
    use rekam_domain::biodata::Biodata;
    use rekam_domain::case::{ExceptionNote, Facts};
    use rekam_domain::exception::ExceptionCode;
    use rekam_domain::machine::CaseEvent;
    use rekam_domain::purpose::Purpose;

    use super::*;
    use crate::desk::{Recorded, Uuid};
    use crate::knowledge::kind;

    /// One grey point: the smallest picture an office can open.
    pub(crate) const PICTURE: &[u8] = &[
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
        0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
        0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
        0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
    ];

    #[derive(serde::Deserialize)]
    struct People {
        person: Vec<Person>,
    }

    #[derive(serde::Deserialize)]
    struct Person {
        biodata: Biodata,
    }

    pub(crate) fn somebody() -> Biodata {
        let people: People =
            toml::from_str(include_str!("../../../../../fixtures/person/walk.toml")).unwrap();
        people.person.into_iter().next().unwrap().biodata
    }

    pub(crate) struct Office {
        pub(crate) station: Station,
        pub(crate) case: Uuid,
        pub(crate) folder: tempfile::TempDir,
    }

    impl Office {
        /// A person in the middle of the recording, papers checked, camera open.
        pub(crate) fn in_capture() -> Self {
            let (folder, clock) = demonstration();
            let mut station = open(&folder, &clock);
            station.sign_in(operator()).unwrap();
            let (case, _) = station.open_case(Purpose::New, &somebody()).unwrap();
            let mut office = Self { station, case, folder };
            office.go("recording.receive", &Facts::default()).unwrap();
            office.go_to_capture();
            office
        }

        /// From a received file to the open camera.
        pub(crate) fn go_to_capture(&mut self) {
            for paper in ["village_head_cover_letter.1", "birth_certificate.1", "kk.1"] {
                self.take(kind::DOCUMENT, paper);
            }
            for event in ["verify", "allow", "arrive", "call"] {
                self.go(&format!("recording.{event}"), &Facts::default()).unwrap();
            }
            self.open_camera();
        }

        pub(crate) fn open_camera(&mut self) {
            let mut ready = Facts::default();
            (ready.recording.devices_ready, ready.recording.power_enough) = (true, true);
            self.go("recording.open_capture", &ready).unwrap();
        }

        pub(crate) fn go(&mut self, event: &str, said: &Facts) -> Result<(), Problem> {
            self.station.advance(self.case, CaseEvent::from_word(event).unwrap(), said).map(|_| ())
        }

        pub(crate) fn take(&mut self, kind: &str, slot: &str) {
            let body = serde_json::json!({});
            let recorded = Recorded { kind, slot, body: &body, image: Some(("image/png", PICTURE)) };
            self.station.record(self.case, recorded).unwrap();
        }

        pub(crate) fn take_all_but_finger_three(&mut self) {
            for kind in [kind::CONFIRM, kind::PHOTO, kind::SIGNATURE, kind::TRUTH, kind::INDEX] {
                self.take(kind, "");
            }
            for finger in (1..=10).filter(|finger| *finger != 3) {
                self.take(kind::FINGER, &finger.to_string());
            }
            self.take(kind::IRIS, "1");
            self.take(kind::IRIS, "2");
        }

        pub(crate) fn raise(&mut self) {
            let note = ExceptionNote { code: ExceptionCode::FpMissing, position: 3 };
            let mut said = Facts { exceptions: vec![note], ..Facts::default() };
            said.recording.retries_used_up = true;
            self.go("recording.raise_exception", &said).unwrap();
        }
    }

    fn refusal(problem: Problem) -> String {
        assert_eq!(problem.code, Code::StepRefused, "{problem}");
        problem.values["refusal"].clone()
    }

    #[test]
    fn seals_only_what_is_complete() {
        let mut office = Office::in_capture();
        office.take_all_but_finger_three();
        let refused = office.go("recording.seal", &Facts::default()).unwrap_err();
        assert_eq!(refusal(refused), "guard.ModalityMissing");
        office.take(kind::FINGER, "3");
        office.go("recording.seal", &Facts::default()).unwrap();
    }

    #[test]
    fn a_denied_exception_does_not_replace_a_finger() {
        let mut office = Office::in_capture();
        office.take_all_but_finger_three();
        office.raise();
        office.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
        let mut said = Facts::default();
        said.recording.reason_given = true;
        office.go("recording.deny_exception", &said).unwrap();
        office.station.sign_in(operator()).unwrap();
        let refused = office.go("recording.seal", &Facts::default()).unwrap_err();
        assert_eq!(refusal(refused), "guard.ModalityMissing");
    }

    #[test]
    fn an_exception_needs_another_person_with_the_role() {
        let mut office = Office::in_capture();
        office.take_all_but_finger_three();
        office.raise();
        let own = office.go("recording.approve_exception", &Facts::default()).unwrap_err();
        assert_eq!(own.code, Code::StepRefused);
        office.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
        office.go("recording.approve_exception", &Facts::default()).unwrap();
        office.station.sign_in(operator()).unwrap();
        office.go("recording.seal", &Facts::default()).unwrap();
    }

    #[test]
    fn a_screen_cannot_say_what_only_the_office_can() {
        let mut office = Office::in_capture();
        office.take_all_but_finger_three();
        office.take(kind::FINGER, "3");
        office.go("recording.seal", &Facts::default()).unwrap();
        let mut lie = Facts::default();
        lie.recording.receipt_verified = true;
        lie.recording.central_print_ready = true;
        assert!(office.go("recording.acknowledge", &lie).is_err());
        assert!(office.go("recording.report_print_ready", &lie).is_err());
    }

    #[test]
    fn a_role_that_may_not_is_refused_and_nothing_is_written() {
        let mut office = Office::in_capture();
        let before = office.station.list_steps(office.case).unwrap();
        office.station.sign_in(request("teknisi", "obeng kabel lampu senter")).unwrap();
        let body = serde_json::json!({});
        let recorded = Recorded { kind: kind::PHOTO, slot: "", body: &body, image: None };
        assert_eq!(office.station.record(office.case, recorded).unwrap_err().code, Code::NotPermitted);
        assert_eq!(office.station.list_steps(office.case).unwrap_err().code, Code::NotPermitted);
        office.station.sign_in(operator()).unwrap();
        assert_eq!(office.station.list_steps(office.case).unwrap(), before);
    }

    #[test]
    fn another_operator_goes_on_without_closing_the_case() {
        let mut office = Office::in_capture();
        office.take(kind::PHOTO, "");
        office.station.lock(LockReason::Chosen);
        let body = serde_json::json!({});
        let recorded = Recorded { kind: kind::PHOTO, slot: "", body: &body, image: None };
        assert_eq!(office.station.record(office.case, recorded).unwrap_err().code, Code::SignInFirst);
        office.station.sign_in(operator()).unwrap();
        office.take(kind::SIGNATURE, "");
        let steps = office.station.list_steps(office.case).unwrap();
        assert!(steps.iter().any(|step| step.step.starts_with("photo@")));
    }

    #[test]
    fn a_clock_set_back_keeps_the_order_of_the_steps() {
        let (folder, clock) = demonstration();
        let mut station = open(&folder, &clock);
        station.sign_in(operator()).unwrap();
        let (first, _) = station.open_case(Purpose::New, &somebody()).unwrap();
        clock.advance(-30 * DAY_MS);
        let (second, _) = station.open_case(Purpose::New, &somebody()).unwrap();
        let cases: Vec<Uuid> = station.list_cases().unwrap().iter().map(|case| case.id).collect();
        assert_eq!(cases, [first, second]);
        station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
        station.sign_audit().unwrap();
        assert!(station.verify().unwrap().intact);
    }

    #[test]
    fn only_the_role_the_profile_names_decides_in_this_office() {
        let mut office = Office::in_capture();
        office.take_all_but_finger_three();
        office.raise();
        office.station.in_use.change_first(|profile| profile.approval.exception_by = vec![Role::Supervisor]);
        office.station.sign_in(request("kasi", "sungai tenang perahu lewat")).unwrap();
        let elsewhere = office.go("recording.approve_exception", &Facts::default()).unwrap_err();
        assert_eq!(refusal(elsewhere), "guard.NotInThisOffice");
        office.station.sign_in(request("pengawas", "buku merah lemari besi")).unwrap();
        office.go("recording.approve_exception", &Facts::default()).unwrap();
    }

    #[test]
    fn one_person_does_not_do_both_halves_of_a_forbidden_pair() {
        let mut office = Office::in_capture();
        // The operator received this person at the front desk.
        let pairs = vec![(Role::FrontDesk, Role::CaptureOperator)];
        office.station.in_use.change_first(|profile| profile.approval.forbidden_pairs = pairs);
        let body = serde_json::json!({});
        let recorded = Recorded { kind: kind::PHOTO, slot: "", body: &body, image: None };
        let both = office.station.record(office.case, recorded).unwrap_err();
        assert_eq!(refusal(both), "guard.ForbiddenPair");
        let both = office.go("recording.suspend", &Facts::default()).unwrap_err();
        assert_eq!(refusal(both), "guard.ForbiddenPair");
    }

    #[test]
    fn a_case_is_found_by_name_number_and_ticket_and_reading_it_is_in_the_audit() {
        let mut office = Office::in_capture();
        office.take_all_but_finger_three();
        office.raise();
        let id = office.case.to_string();
        let row = office.station.list_cases().unwrap().remove(0);
        for text in [&row.full_name, &row.nik[4..10], &row.registration_number, &row.ticket] {
            let found = office.station.search_cases(text).unwrap();
            assert_eq!(found.iter().map(|one| &one.case).collect::<Vec<_>>(), [&id], "{text}");
            assert!(found[0].nik_masked.contains('•') && !format!("{found:?}").contains(&row.full_name));
        }
        assert!(office.station.search_cases("tidak ada").unwrap().is_empty());
        let page = office.station.show_case(office.case).unwrap();
        assert_eq!(
            (page.nik.as_str(), page.found.states.recording.as_str()),
            (row.nik.as_str(), "ExceptionReview")
        );
        assert_eq!((page.exceptions[0].code.as_str(), page.exceptions[0].position), ("FP_MISSING", 3));
        assert!(page.numbers.iter().any(|number| number.series == "registration" && !number.void));
        assert!(!page.register_lines.is_empty());
        assert_eq!(page.steps.len(), office.station.list_steps(office.case).unwrap().len());
        let audit = office.station.store().unwrap().read(|reading| reading.list_audit_of(&id)).unwrap();
        assert_eq!(audit.last().unwrap().event, "case_viewed");

        // Whoever may not see persons sees none; whoever may not know reasons is told none.
        office.station.sign_in(request("teknisi", "obeng kabel lampu senter")).unwrap();
        assert_eq!(office.station.search_cases("a").unwrap_err().code, Code::NotPermitted);
        assert_eq!(office.station.show_case(office.case).unwrap_err().code, Code::NotPermitted);
        office.station.sign_in(request("camat", "pohon rindang depan kantor")).unwrap();
        assert!(office.station.show_case(office.case).unwrap().exceptions.is_empty());
        assert_eq!(office.station.show_case(Uuid::nil()).unwrap_err().code, Code::UnknownCase);
    }
}

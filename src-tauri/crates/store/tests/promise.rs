//! What one promise keeps, and what it refuses.

use rekam_domain::packet::PacketState;
use rekam_domain::register::Book;
use rekam_store::{
    ApprovalRow, CentralStatusRow, DeviceRow, Hash, NewLine, NewStep, NumberBlockRow, PacketRow,
    ProfileVersionRow, RegionEditionRow, RegionRow, RosterPersonRow, RosterSourceRow, ScheduleSlotRow, Store,
    StoreError,
};
use serde_json::json;

use crate::desk::{CANARY_NAME, NOW_MS, folder, id, image, journal, key, person, step, used_store};

#[test]
fn leaves_nothing_of_an_error_or_a_panic() {
    let folder = folder();
    let store = used_store(folder.path(), 1);
    let body = json!({});
    let refused: Result<(), StoreError> = store.write(|writing| {
        writing.append_step(&step(id(1), "photo", "", &body, None))?;
        Err(StoreError::NotFound { what: "reason to go on" })
    });
    assert!(refused.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.write(|writing| -> Result<(), StoreError> {
            writing.append_step(&step(id(1), "photo", "", &body, None))?;
            panic!("a mistake of ours")
        })
    }));
    assert!(panicked.is_err());
    let mark = journal(&store, &step(id(1), "photo", "", &body, None)).expect("work goes on");
    assert_eq!(mark.sequence, 2);
    store.verify_journal().expect("whole");
}

#[test]
fn lists_replaced_attempts_and_chains_each_case() {
    let folder = folder();
    let store = used_store(folder.path(), 0);
    let (body, bytes) = (json!({ "quality": 12 }), image(1, 5_000));
    let first = journal(&store, &step(id(1), "finger", "3", &body, Some(&bytes))).expect("first");
    let better =
        NewStep { replaces: Some(first.sequence), ..step(id(1), "finger", "3", &body, Some(&bytes)) };
    let second = journal(&store, &better).expect("second");
    assert_eq!((first.attempt, second.attempt), (1, 2));
    assert!(journal(&store, &better).is_err(), "an attempt is replaced once");
    let other = NewStep { slot: "4", ..better };
    assert!(
        matches!(journal(&store, &other), Err(StoreError::NotFound { .. })),
        "another finger replaces nothing"
    );
    let steps = store.read(|reading| reading.list_steps(id(1))).expect("listed");
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0].replaced_by, Some(second.sequence));
    assert_eq!(steps[1].previous_hash, first.hash);
    assert_eq!(steps[1].hash, second.hash);
    assert!(!format!("{:?} {:?}", steps[0], better).contains("quality"));
    let kept = store.read(|reading| reading.get_image(1)).expect("read").expect("there");
    assert_eq!((kept.bytes, kept.media.as_str()), (bytes, "image/jpeg"));
}

#[test]
fn wipes_an_image_on_record_and_keeps_the_chain() {
    let folder = folder();
    let store = used_store(folder.path(), 2);
    store.write(|writing| writing.wipe_image(1, "kept until receipt and status", NOW_MS)).expect("wiped");
    assert_eq!(store.read(|reading| reading.get_image(1)).expect("read"), None);
    assert_eq!(store.read(|reading| reading.list_steps(id(1))).expect("listed").len(), 2);
    store.verify_journal().expect("whole");
    assert!(store.write(|writing| writing.wipe_image(1, "again", NOW_MS)).is_err());
}

#[test]
fn counts_forward_whatever_the_clock_says() {
    let folder = folder();
    let mut store = used_store(folder.path(), 1);
    let mut last = 0;
    for wall_ms in [NOW_MS, NOW_MS - 31_536_000_000, 2_200_000_000_000, 0] {
        let next = store.write(|writing| writing.next_monotonic(wall_ms)).expect("counted");
        assert!(next > last);
        last = next;
        drop(store);
        store = Store::open(folder.path(), &key()).expect("opened again");
    }
    store.write(|writing| writing.mark_office_time(NOW_MS)).expect("kept");
    store.write(|writing| writing.mark_office_time(NOW_MS - 5)).expect("kept");
    let time = store.read(|reading| reading.get_office_time()).expect("read");
    assert_eq!((time.monotonic, time.wall_ms, time.office_ms), (last, 0, NOW_MS));
}

#[test]
fn gives_each_number_once() {
    let folder = folder();
    let store = used_store(folder.path(), 0);
    let block = |first, last| NumberBlockRow {
        series: "letter".into(),
        year: 2026,
        first,
        last,
        source: "Disdukcapil".into(),
        given_ms: NOW_MS,
    };
    store.write(|writing| writing.insert_number_block(&block(10, 11))).expect("given");
    store.write(|writing| writing.insert_number_block(&block(101, 102))).expect("given");
    let overlap = store.write(|writing| writing.insert_number_block(&block(11, 50)));
    assert!(matches!(overlap, Err(StoreError::BlockOverlaps { .. })));
    let take = || store.write(|writing| writing.insert_number_taken("letter", 2026, Some(id(1)), NOW_MS));
    assert_eq!((take().expect("10"), take().expect("11")), (10, 11));
    store.write(|writing| writing.mark_number_void("letter", 2026, 11, "misprint", NOW_MS)).expect("void");
    assert!(store.write(|writing| writing.mark_number_void("letter", 2026, 11, "again", NOW_MS)).is_err());
    assert_eq!(store.read(|reading| reading.count_numbers_left("letter", 2026)).expect("counted"), 2);
    assert_eq!((take().expect("101"), take().expect("102")), (101, 102));
    assert!(matches!(take(), Err(StoreError::NumbersExhausted { year: 2026, .. })));
    let taken = store.read(|reading| reading.list_numbers_taken("letter", 2026)).expect("listed");
    assert_eq!(
        taken.iter().map(|taken| (taken.number, taken.is_void)).collect::<Vec<_>>(),
        [(10, false), (11, true), (101, false), (102, false)]
    );
    let draw =
        |day| store.write(|writing| writing.insert_ticket(day, "A", Some(id(1)), NOW_MS)).expect("drawn");
    assert_eq!((draw("2026-11-20").label, draw("2026-11-20").label), ("A001".into(), "A002".into()));
    assert_eq!(draw("2026-11-21").sequence, 1);
    assert_eq!(store.read(|reading| reading.list_tickets("2026-11-20")).expect("listed").len(), 2);
}

#[test]
fn corrects_a_register_only_by_another_line() {
    let folder = folder();
    let store = used_store(folder.path(), 0);
    let columns = json!({ "nama": CANARY_NAME });
    let line = NewLine {
        book: Book::Daftar,
        year: 2026,
        columns: &columns,
        case: Some(id(1)),
        correction_of: None,
        operator: "op-1",
        wall_ms: NOW_MS,
    };
    let write = |line: NewLine<'_>| store.write(|writing| writing.insert_register_line(&line));
    assert_eq!(write(line).expect("first"), 1);
    assert_eq!(write(NewLine { correction_of: Some(1), ..line }).expect("second"), 2);
    assert_eq!(write(NewLine { year: 2027, ..line }).expect("a new year"), 1);
    assert!(write(NewLine { correction_of: Some(9), ..line }).is_err());
    let lines = store.read(|reading| reading.list_register_lines(Book::Daftar, 2026, 0, 10)).expect("listed");
    assert_eq!(
        lines.iter().map(|line| (line.line, line.corrected_by)).collect::<Vec<_>>(),
        [(1, Some(2)), (2, None)]
    );
    assert!(!format!("{lines:?}{line:?}").contains("KENARI"));
    assert_eq!(store.read(|reading| reading.list_register_lines_of(id(1))).expect("listed").len(), 3);
    assert_eq!(store.verify_registers().expect("whole").len(), 2);
}

#[test]
fn keeps_the_day_of_the_office() {
    let folder = folder();
    let store = used_store(folder.path(), 1);
    store
        .write(|writing| {
            let slot = writing.insert_schedule_slot(&ScheduleSlotRow {
                id: 0,
                day: "2026-11-21".into(),
                start_minute: 540,
                duration_minutes: 15,
                case: id(1),
                state: "given".into(),
                changed_ms: NOW_MS,
            })?;
            writing.mark_schedule_slot(slot, "kept", NOW_MS)?;
            writing.mark_device(&DeviceRow {
                id: "cam-1".into(),
                kind: "camera".into(),
                driver: "sim".into(),
                state: "Ready".into(),
                detail: json!({ "serial": "S1" }),
                changed_ms: NOW_MS,
            })?;
            let outage = writing.insert_outage("power", "genset", NOW_MS)?;
            writing.mark_outage_ended(outage, NOW_MS + 1)?;
            writing.insert_packet(&PacketRow {
                id: id(77),
                case: id(1),
                state: PacketState::Sealed,
                hash: Hash::of(b"packet"),
                path: "packet/77".into(),
                size: 12,
                reason: String::new(),
                last_step: 1,
                supersedes: None,
                sealed_ms: NOW_MS,
                changed_ms: NOW_MS,
            })?;
            writing.mark_packet(id(77), PacketState::Nacked, "unreadable", NOW_MS)?;
            writing.insert_approval(&ApprovalRow {
                id: 0,
                case: id(1),
                step: Some(1),
                kind: "exception".into(),
                decision: "approved".into(),
                approver: "sup-1".into(),
                record: json!({ "code": "FP_WORN" }),
                signature: vec![2; 64],
                wall_ms: NOW_MS,
            })?;
            writing.insert_central_status(&CentralStatusRow {
                case: id(1),
                packet: Some(id(77)),
                status: "PRINT_READY_RECORD".into(),
                source: "feed".into(),
                position: 4,
                reported_ms: NOW_MS,
                received_ms: NOW_MS,
            })?;
            writing.mark_setting("language", "id", NOW_MS)?;
            writing.mark_case_open_step(id(1), "photo", "op-2", NOW_MS)?;
            writing.mark_case_states(id(1), ["Recorded", "NotPrinted", "Draft", "Received"], NOW_MS)
        })
        .expect("one promise");
    store
        .read(|reading| {
            assert_eq!(reading.list_schedule_slots("2026-11-21")?[0].state, "kept");
            assert_eq!(reading.list_devices()?[0].id, "cam-1");
            assert_eq!(reading.list_outages(0)?[0].ended_ms, Some(NOW_MS + 1));
            assert_eq!(reading.get_packet(id(77))?.reason, "unreadable");
            assert_eq!(reading.list_packets(PacketState::Nacked, 5)?.len(), 1);
            assert_eq!(reading.list_packets_of(id(1))?.len(), 1);
            assert_eq!(reading.list_approvals(id(1))?[0].approver, "sup-1");
            assert_eq!(reading.list_central_statuses(id(1))?[0].packet, Some(id(77)));
            assert_eq!(reading.get_setting("language")?.as_deref(), Some("id"));
            let case = reading.get_case(id(1))?;
            assert_eq!((case.open_step.as_str(), case.recording_state.as_str()), ("photo", "Recorded"));
            assert!(!format!("{case:?}").contains("KENARI"));
            assert_eq!(reading.count_cases()?, [("Recorded".into(), 1)]);
            Ok(())
        })
        .expect("read");
    assert!(matches!(
        store.read(|reading| reading.get_case(id(9))),
        Err(StoreError::NotFound { what: "case" })
    ));
    let again = store.write(|writing| writing.insert_case(&person(1)));
    assert!(matches!(again, Err(StoreError::Refused { .. })));
}

#[test]
fn imports_master_data_whole_or_not_at_all() {
    let folder = folder();
    let store = Store::create(folder.path(), &key()).expect("created");
    let source = RosterSourceRow {
        id: 0,
        name: "BIP.xlsx".into(),
        hash: Hash::of(b"file"),
        data_day: "2026-11-01".into(),
        lines: 0,
        imported_ms: NOW_MS,
        valid_until_ms: NOW_MS + 1,
    };
    let line = |line: i64| RosterPersonRow {
        source: 0,
        line,
        nik: format!("36710915080600{line:02}"),
        kk_number: "3671091508060001".into(),
        full_name: format!("{CANARY_NAME} {line}"),
        birth_date: "2006-08-15".into(),
        sex: "L".into(),
        village: "Uwung Jaya".into(),
        status: "UNREGISTERED".into(),
        columns: json!({}),
    };
    let import = |lines: &mut dyn Iterator<Item = i64>, kept: &[&str]| {
        store.write(|writing| {
            let id = writing.insert_roster_source(&source)?;
            let mut count = 0;
            for number in lines {
                count += 1;
                writing.insert_roster_person(&RosterPersonRow { source: id, ..line(number) })?;
            }
            writing.mark_roster_complete(id, count, kept)
        })
    };
    assert!(matches!(import(&mut [1, 1].into_iter(), &[]), Err(StoreError::Refused { .. })));
    assert!(store.read(|reading| reading.list_roster_sources()).expect("listed").is_empty());
    import(&mut (1..=50), &[]).expect("imported");
    store
        .read(|reading| {
            assert_eq!(reading.list_roster_sources()?[0].lines, 50);
            assert_eq!(reading.get_roster_person("3671091508060007")?.map(|found| found.line), Some(7));
            assert_eq!(reading.get_roster_person("1")?, None);
            assert_eq!(reading.list_roster_family("3671091508060001")?.len(), 50);
            assert_eq!(reading.list_roster_persons("kenari", 5)?.len(), 5);
            Ok(())
        })
        .expect("read");
    // A newer list takes the place of the older one, except for whom it could not say anything about.
    import(&mut (8..=20), &["3671091508060003"]).expect("imported");
    store
        .read(|reading| {
            let mut niks = Vec::new();
            reading.each_roster_nik(|nik| niks.push(nik))?;
            assert_eq!(niks.len(), 14);
            assert_eq!(reading.get_roster_person("3671091508060003")?.map(|kept| kept.source), Some(1));
            assert_eq!(reading.get_roster_person("3671091508060009")?.map(|new| new.source), Some(2));
            assert_eq!(reading.list_roster_sources()?.len(), 2);
            Ok(())
        })
        .expect("read");
    let edition = RegionEditionRow {
        id: 0,
        name: "table 2025".into(),
        hash: Hash::of(b"regions"),
        made_on: "2025-06-01".into(),
        imported_ms: NOW_MS,
        valid_until_ms: NOW_MS,
    };
    let regions = [("36.71", "KOTA CONTOH"), ("36.71.09", "KECAMATAN CONTOH")]
        .map(|(code, name)| RegionRow { code: code.into(), name: name.into(), is_partial: false });
    let edition = store.write(|writing| writing.insert_regions(&edition, regions)).expect("imported");
    let mut codes = Vec::new();
    store.read(|reading| reading.each_region(edition, |region| codes.push(region.code))).expect("read");
    assert_eq!(codes, ["36.71", "36.71.09"]);
    assert_eq!(store.read(|reading| reading.count_regions(edition)).expect("counted"), 2);
    let profile = ProfileVersionRow {
        profile: "000".into(),
        version: 1,
        text: "id = \"000\"".into(),
        hash: Hash::of(b"id = \"000\""),
        source: "office".into(),
        made_on: "2026-01-01".into(),
        imported_ms: NOW_MS,
        valid_until_ms: NOW_MS,
    };
    let keep = |profile: &ProfileVersionRow| store.write(|writing| writing.insert_profile_version(profile));
    keep(&profile).expect("kept");
    keep(&profile).expect("the same again changes nothing");
    let other = ProfileVersionRow { text: "id = \"001\"".into(), ..profile.clone() };
    assert!(keep(&other).is_err(), "a version is never changed");
    assert_eq!(store.read(|reading| reading.list_profile_versions()).expect("listed"), [profile]);
}

//! Region tables, profiles and blocks of numbers, taken over by a supervisor of a demonstration office.

use std::fs;

use jiff::civil::date;
use rekam_domain::biodata::Biodata;
use rekam_domain::case::Facts;
use rekam_domain::machine::CaseEvent;
use rekam_domain::purpose::Purpose;
use rekam_keys::Cost;

use super::*;
use crate::clock::{Clock, SetClock, UnixMs};
use crate::demonstration;
use crate::desk::Recorded;
use crate::knowledge::kind;
use crate::problem::Code;
use crate::view::SignInRequest;

const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA
const DAY_MS: i64 = 86_400_000;
const PROFILE: &str = include_str!("../../../../../packaging/profiles/tapin-candilarasutara-2023.toml");

struct Office {
    folder: tempfile::TempDir,
    clock: SetClock,
    station: Station,
}

fn office(account: &str) -> Office {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::at(NOON);
    let cheap = Cost::new(64, 1, 1).unwrap();
    demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cheap).unwrap();
    let station = Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap).unwrap();
    let mut office = Office { folder, clock, station };
    office.sign_in(account);
    office
}

impl Office {
    fn sign_in(&mut self, account: &str) {
        let shown = demonstration::accounts_shown();
        let shown = shown.into_iter().find(|shown| shown.account == account).unwrap();
        let request = SignInRequest { account: shown.account, secret: shown.passphrase };
        self.station.sign_in(request).unwrap();
    }

    fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn age(&self, kind: &str) -> MasterAge {
        let ages = self.station.master_ages().unwrap();
        ages.into_iter().find(|age| age.kind == kind).unwrap()
    }

    fn events(&self) -> Vec<String> {
        let entries = self.station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
        entries.into_iter().map(|entry| format!("{} {}", entry.event, entry.fields)).collect()
    }
}

fn given(file: &Path, dry_run: bool) -> Given<'_> {
    Given { file, said: SourceSaid::default(), dry_run }
}

#[test]
fn a_newer_region_table_comes_into_use_and_the_older_one_stays_beside_it() {
    let mut office = office("pengawas");
    assert_eq!(office.age("region_table").state, "none");
    let old =
        "# source: Daftar 2019\n# made_on: 2019-06-01\ncode,name\n63,KALSEL\n63.05,TAPIN\n63.05.99,LAMA\n";
    let old = office.file("old.csv", old);
    let new = "kode;nama\n63;KALIMANTAN SELATAN\n63.05;TAPIN\n63.05.06;CANDI LARAS UTARA\nx;RUSAK\n";
    let new = office.file("wilayah-2026-01-31.csv", new);
    for (file, dry_run) in [(&new, true), (&new, false), (&old, false)] {
        let report = office.station.import_regions(&given(file, dry_run)).unwrap();
        assert_eq!((report.is_imported, report.is_known), (!dry_run, false));
        if dry_run {
            assert_eq!(report.refused.iter().map(RefusedMasterLine::line).collect::<Vec<_>>(), [5]);
            assert_eq!(office.age("region_table").state, "none", "a dry run changes nothing");
        }
    }
    let age = office.age("region_table");
    assert_eq!((age.label.as_str(), age.count, age.age_days), ("wilayah-2026-01-31", 3, Some(293)));
    let code = |code: &str| RegionCode::parse(code).unwrap();
    let table = office.station.regions();
    assert_eq!(table.name(code("63.05")), Some("TAPIN"));
    assert_eq!(table.name(code("63.05.99")), Some("LAMA"), "the older edition explains it");
    assert_eq!(
        office.station.list_master().unwrap().iter().filter(|age| age.kind == "region_table").count(),
        2
    );
    assert!(office.station.import_regions(&given(&new, false)).unwrap().is_known);
    // Another start of the program reads the same.
    office.station.lock(crate::trail::LockReason::Chosen);
    let in_use = office.station.in_use();
    in_use.editions.clear();
    office.sign_in("operator");
    assert_eq!(office.station.regions().current().len(), 3);
    assert_eq!(office.events().iter().filter(|event| event.starts_with("regions_imported")).count(), 2);
}

#[derive(serde::Deserialize)]
struct People {
    person: Vec<Person>,
}

#[derive(serde::Deserialize)]
struct Person {
    biodata: Biodata,
}

#[test]
fn a_case_keeps_the_version_it_was_opened_with() {
    let mut office = office("pengawas");
    // From tomorrow on the family card alone is enough.
    let valid_from = PROFILE.lines().find(|line| line.starts_with("valid_from")).unwrap();
    let three_papers = "new = [[\"village_head_cover_letter\"], [\"birth_certificate\"], [\"kk\"]]\n\
        local_extra = [\"village_head_cover_letter\", \"birth_certificate\"]\n";
    assert!(PROFILE.contains(three_papers));
    let second = PROFILE
        .replace("version = 1\n", "version = 2\n")
        .replace(valid_from, "valid_from = \"2026-11-21\"")
        .replace(three_papers, "new = [[\"kk\"]]\n");
    let path = office.file("two.toml", &second);
    assert!(!office.station.import_profile(&given(&path, true)).unwrap().is_imported);
    let report = office.station.import_profile(&given(&path, false)).unwrap();
    assert!(report.is_imported);
    assert_eq!(report.source.made_on, date(2026, 11, 21), "made when it began, as nobody says otherwise");
    assert!(office.station.import_profile(&given(&path, false)).unwrap().is_known);
    assert_eq!(office.age("profile").version, Some(1), "its first day is tomorrow");

    let people: People = toml::from_str(include_str!("../../../../../fixtures/person/walk.toml")).unwrap();
    let biodata = &people.person[0].biodata;
    office.sign_in("operator");
    let (old, _) = office.station.open_case(Purpose::New, biodata).unwrap();
    office.clock.advance(DAY_MS);
    office.sign_in("operator");
    assert_eq!(office.age("profile").version, Some(2));
    let (new, _) = office.station.open_case(Purpose::New, biodata).unwrap();
    let mut verify = |case| {
        let event = |word| CaseEvent::from_word(word).unwrap();
        office.station.advance(case, event("recording.receive"), &Facts::default()).unwrap();
        let body = serde_json::json!({});
        let page = Recorded { kind: kind::DOCUMENT, slot: "kk.1", body: &body, image: None };
        office.station.record(case, page).unwrap();
        office.station.advance(case, event("recording.verify"), &Facts::default()).map(|_| ())
    };
    assert_eq!(verify(old).unwrap_err().code, Code::StepRefused, "begun when three papers were asked for");
    verify(new).unwrap();
}

#[test]
fn refuses_a_profile_that_is_broken_of_another_office_or_not_newer() {
    let mut office = office("pengawas");
    let broken = office.file("broken.toml", "schema = 2");
    let same = office.file("same.toml", &format!("{PROFILE}\n# another text"));
    let other = include_str!("../../../../../packaging/profiles/kapuas-issuance.toml");
    let other = office.file("other.toml", other);
    let mut word = |path: &Path| office.station.import_profile(&given(path, false)).unwrap_err().word();
    assert_eq!(word(&broken), "profile_unusable");
    assert_eq!(word(&same), "version_not_higher");
    assert_eq!(word(&other), "other_profile");
    assert_eq!(word(Path::new("there-is-no-such-file")), "open");
}

#[test]
fn blocks_of_numbers_come_in_once_and_never_overlap() {
    let mut office = office("pengawas");
    let text = "# sumber: Surat 12\n# dibuat: 2026-11-01\nseries,year,first,last\n\
        letter,2030,1,100\nletter,2030,50,150\nletter,2026,99999,100001\n";
    let path = office.file("blocks.csv", text);
    let report = office.station.import_numbers(&given(&path, false)).unwrap();
    let refused: Vec<_> = report.refused.iter().map(|line| (line.line(), line.code())).collect();
    assert_eq!(refused, [(5, "block_overlaps"), (6, "block_overlaps")]);
    let again = office.station.import_numbers(&given(&path, false)).unwrap();
    let MasterChange::NumberBlock { added, unchanged } = again.change else { panic!() };
    assert_eq!((added.len(), unchanged, again.is_imported), (0, 1, false));
    let listed = office.station.list_master().unwrap();
    let block = listed.iter().find(|age| age.label == "Surat 12").unwrap();
    assert_eq!(block.block.as_ref().map(|block| (block.used, block.left)), Some((0, 100)));
    assert_eq!((block.valid_until.as_deref(), block.age_days), (Some("2030-12-31"), Some(19)));
    assert!(!block.is_in_use && office.age("number_block").is_in_use);
    let hash = &report.hash;
    assert!(office.events().iter().any(|event| event.contains("number_block_added") && event.contains(hash)));
}

#[test]
fn only_a_supervisor_takes_over_what_the_office_hands_down() {
    let mut office = office("operator");
    let path = office.file("wilayah-2026-01-31.csv", "code,name\n63,X\n");
    let refused = [
        office.station.import_regions(&given(&path, true)).unwrap_err(),
        office.station.import_profile(&given(&path, true)).unwrap_err(),
        office.station.import_numbers(&given(&path, true)).unwrap_err(),
        office.station.import_roster(&given(&path, true), false).unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.word(), Code::NotPermitted.word());
    }
    office.station.lock(crate::trail::LockReason::Chosen);
    assert_eq!(office.station.master_ages().unwrap_err().code, Code::SignInFirst);
}

#[test]
fn wants_a_date_and_reads_it_where_it_stands() {
    let mut office = office("pengawas");
    let path = office.file("wilayah.csv", "code,name\n63,X\n");
    let mut word = |said| {
        let given = Given { file: &path, said, dry_run: true };
        office
            .station
            .import_regions(&given)
            .map_or_else(|error| error.word().to_owned(), |_| "read".to_owned())
    };
    assert_eq!(word(SourceSaid::default()), "date_missing");
    assert_eq!(word(SourceSaid { made_on: Some(date(2026, 1, 1)), ..SourceSaid::default() }), "read");
}

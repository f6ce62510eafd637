//! Lists of people taken over by a supervisor, and looked up at the desk.

use std::fs;
use std::path::PathBuf;

use rekam_keys::Cost;

use super::*;
use crate::clock::{Clock, SetClock, UnixMs};
use crate::demonstration;
use crate::master::SourceSaid;
use crate::view::SignInRequest;

const NOON: UnixMs = 1_795_147_200_000; // 2026-11-20 12:00 WITA
const DAY_MS: i64 = 86_400_000;
const HEAD: &str = "NO;Nama Lengkap;NIK;Tanggal Lahir;JK;Stat Rkm\n\
    6305061508180001;;BUDI CONTOH;DESA MAJU RT/RW : 002/000 DUSUN : -;;\n";

struct Office {
    folder: tempfile::TempDir,
    clock: SetClock,
    station: Station,
}

fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let clock = SetClock::at(NOON);
    let cheap = Cost::new(64, 1, 1).unwrap();
    demonstration::set_up_at(folder.path(), &Clock::Set(clock.clone()), cheap).unwrap();
    let station = Station::open_at(folder.path(), Clock::Set(clock.clone()), cheap).unwrap();
    let mut office = Office { folder, clock, station };
    office.sign_in("pengawas");
    office
}

/// A made-up woman born on 15-08-2006.
fn person(serial: u32, name: &str) -> String {
    format!("1;{name};630506550806{serial:04};15-08-2006;Pr;BELUM REKAM\n")
}

impl Office {
    fn sign_in(&mut self, account: &str) {
        let shown = demonstration::accounts_shown();
        let shown = shown.into_iter().find(|shown| shown.account == account).unwrap();
        let request = SignInRequest { account: shown.account, secret: shown.passphrase };
        self.station.sign_in(request).unwrap();
    }

    fn list(&self, day: &str, people: &[String]) -> PathBuf {
        let path = self.folder.path().join(format!("daftar-{day}.csv"));
        fs::write(&path, format!("{HEAD}{}", people.concat())).unwrap();
        path
    }

    fn import(&mut self, file: &Path, older: bool) -> Result<RosterReport, MasterError> {
        self.station.import_roster(&Given { file, said: SourceSaid::default(), dry_run: false }, older)
    }

    fn look(&mut self, file: &Path) -> RosterReport {
        let given = Given { file, said: SourceSaid::default(), dry_run: true };
        self.station.import_roster(&given, false).unwrap()
    }

    fn find(&mut self, sought: &str) -> Vec<(String, bool)> {
        let hits = self.station.find_in_roster(sought).unwrap();
        hits.into_iter().map(|hit| (hit.entry.biodata.full_name, hit.is_from_older)).collect()
    }
}

fn counts(change: &RosterChange) -> (usize, usize, usize, usize, u32) {
    let RosterChange { added, changed, gone, kept, unchanged, .. } = change;
    (added.len(), changed.len(), gone.len(), kept.len(), *unchanged)
}

#[test]
fn a_dry_run_says_what_the_import_then_does() {
    let mut office = office();
    let first: Vec<_> = ["ANA", "BEA", "CICI", "DEDE"]
        .iter()
        .zip(1..)
        .map(|(name, serial)| person(serial, &format!("{name} CONTOH")))
        .collect();
    let old = office.list("2026-10-01", &first);
    assert_eq!(counts(&office.import(&old, false).unwrap().change), (4, 0, 0, 0, 0));

    let broken = person(4, "DEDE CONTOH").replace("15-08-2006", "besok");
    let next = [person(1, "ANA CONTOH"), person(2, "BEATRIX CONTOH"), broken, person(9, "ZAZA CONTOH")];
    let new = office.list("2026-11-01", &next);
    let looked = office.look(&new);
    assert_eq!(counts(&looked.change), (1, 1, 1, 1, 1));
    assert_eq!(office.find("bea"), [("BEA CONTOH".to_owned(), false)], "a dry run changes nothing");
    let done = office.import(&new, false).unwrap();
    assert!(done.is_imported && done.change == looked.change);
    assert_eq!(done.replaces.unwrap().made_on, jiff::civil::date(2026, 10, 1));

    assert_eq!(office.find("bea"), [("BEATRIX CONTOH".to_owned(), false)]);
    assert_eq!(office.find("cici"), []);
    assert_eq!(office.find("6305065508060004"), [("DEDE CONTOH".to_owned(), true)], "still as it was known");
    assert_eq!(office.find("6305061508180001").len(), 4);

    let again = office.import(&new, false).unwrap();
    assert!(again.is_known && !again.is_imported);
    let sources = office.station.list_master().unwrap();
    let rosters: Vec<_> = sources.iter().filter(|age| age.kind == "roster").collect();
    assert_eq!(rosters.iter().map(|age| age.is_in_use).collect::<Vec<_>>(), [true, false]);
    assert_eq!(rosters.iter().map(|age| age.count).collect::<Vec<_>>(), [3, 4]);

    assert!(matches!(office.import(&old, false), Err(MasterError::Older(_))));
    // The older list knows nothing of what made the newer one refuse somebody.
    assert_eq!(counts(&office.import(&old, true).unwrap().change), (1, 1, 1, 0, 2));
    assert!(office.station.verify().unwrap().intact);
}

#[test]
fn a_list_that_turns_out_unusable_at_its_end_changes_nothing() {
    let mut office = office();
    let old = office.list("2026-10-01", &[person(1, "ANA CONTOH")]);
    office.import(&old, false).unwrap();
    // Every NIK ends in zero: that is seen only when the whole list was read.
    let rounded: Vec<_> = (1..=20).map(|number| person(number * 10, "BEA CONTOH")).collect();
    let rounded = office.list("2026-11-01", &rounded);
    let error = office.import(&rounded, false).unwrap_err();
    assert_eq!(error.word(), "every_nik_rounded");
    let broken = office.list("2026-11-02", &[person(1, "ANA CONTOH").replace("15-08-2006", "besok")]);
    assert_eq!(office.import(&broken, false).unwrap_err().word(), "nobody_taken");
    assert_eq!(office.look(&broken).summary.refused, 1, "a dry run still names the rows");
    assert_eq!(office.find("contoh"), []);
    assert_eq!(office.find("ana"), [("ANA CONTOH".to_owned(), false)]);
    assert_eq!(office.station.list_master().unwrap().iter().filter(|age| age.kind == "roster").count(), 1);
}

#[test]
fn a_spilled_status_belongs_to_its_person() {
    let mut office = office();
    let spilled = person(1, "ANA CONTOH").replace("BELUM REKAM", "SENT FOR CARD") + ";;;;;PRINTING\n";
    let list = office.list("2026-11-01", &[spilled, person(2, "BEA CONTOH")]);
    let report = office.import(&list, false).unwrap();
    assert_eq!(report.tally.statuses.keys().collect::<Vec<_>>(), ["SENT_FOR_CARD_PRINTING", "UNREGISTERED"]);
    let hits = office.station.find_in_roster("ana contoh").unwrap();
    let status = hits[0].entry.recording_status.as_ref().map(|status| status.as_str().to_owned());
    assert_eq!(status.as_deref(), Some("SENT_FOR_CARD_PRINTING"));
}

#[test]
fn an_expired_list_is_still_looked_at_and_says_its_age() {
    let mut office = office();
    let list = office.list("2026-11-01", &[person(1, "ANA CONTOH")]);
    office.import(&list, false).unwrap();
    office.clock.advance(120 * DAY_MS);
    office.sign_in("operator");
    assert_eq!(office.find("ana").len(), 1);
    let age = office.station.master_ages().unwrap().into_iter().find(|age| age.kind == "roster").unwrap();
    assert_eq!((age.state.as_str(), age.age_days), ("expired", Some(139)));
    assert!(age.wants_newer());
    let said = age.text(rekam_domain::text::Language::English);
    assert!(said.contains("139 days ago") && said.contains("01-02-2027"), "{said}");
}

#[test]
fn looking_somebody_up_needs_a_right_and_is_written_down_without_the_person() {
    let mut office = office();
    let list = office.list("2026-11-01", &[person(1, "ANA CONTOH")]);
    office.import(&list, false).unwrap();
    assert_eq!(office.station.find_in_roster("an").unwrap_err().code, Code::InputRefused);
    office.find("ana");
    let entries = office.station.store().unwrap().read(|reading| reading.list_audit(0, 1000)).unwrap();
    let searched = entries.iter().find(|entry| entry.event == "roster_searched").unwrap();
    assert_eq!(searched.fields, json!({"field": "full_name", "count": 1}));
    office.sign_in("teknisi");
    assert_eq!(office.station.find_in_roster("ana").unwrap_err().code, Code::NotPermitted);
    assert!(office.station.master_ages().is_ok());
}

//! The program and its commands, as the people of the office use them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use rekam_packet::notice::{Bundle, Payload as _, Receipt, StatusEntry};
use serde_json::Value;
use tempfile::TempDir;

use crate::delivered::deliver;
use crate::desk::Desk;
use crate::house::{PASSPHRASE, Program, found, way};

fn ask(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rekam-receiver"))
        .args(words)
        .arg("--data")
        .arg(folder)
        .env("REKAM_OFFICE_PASSPHRASE", PASSPHRASE)
        .output()
        .unwrap()
}

fn said(folder: &Path, words: &[&str]) -> String {
    let output = ask(folder, words);
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_whole_office_by_its_commands() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("office");
    let office = found(&data);
    let program = Program::start(&data, &[]);
    let mut desk = Desk::new("desk-1", 11, &office.keys.recipients().unwrap());
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("request.txt"), desk.request()).unwrap();
    fs::write(at("profile.toml"), "[profile]\n").unwrap();

    said(&data, &["station", "add", &at("request.txt")]);
    let made = [
        "bundle",
        "make",
        "--station",
        "desk-1",
        "--profile",
        &at("profile.toml"),
        "--address",
        "https://kantor",
        "--role",
        "siti:CaptureOperator",
        "--numbers",
        "letter:1:500",
        "--out",
        &at("bundle.cose"),
    ];
    said(&data, &made);
    let bytes = fs::read(at("bundle.cose")).unwrap();
    let bundle = Bundle::verify_by(&bytes, [&office.public_key()]).unwrap();
    assert_eq!((bundle.roles[0].account.as_str(), bundle.numbers[0].last), ("siti", 500));
    let way = way(&bytes, &desk, program.address, office.public_key());
    let (first, second) = (desk.seal(), desk.seal());
    deliver(&way, &first);
    deliver(&way, &second);

    assert_eq!(said(&data, &["packet", "list", "--json"]).lines().count(), 2);
    let listed: Value = serde_json::from_str(&said(&data, &["station", "list", "--json"])).unwrap();
    assert_eq!(listed["chain"]["packets"], 2);
    let shown: Value =
        serde_json::from_str(&said(&data, &["packet", "show", &first.id.to_string()])).unwrap();
    assert_eq!(shown["manifest"]["counter"], 1);
    assert!(said(&data, &["packet", "open", "--lang", "en"]).contains("2 packets were opened"));
    said(&data, &["packet", "open", &first.id.to_string(), "--out", &at("opened")]);
    let photo = fs::read_dir(at("opened"))
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "png"));
    assert_eq!(photo.count(), 2);
    fs::write(
        at("status.csv"),
        format!("packet,status,at\n{},PRINT_READY_RECORD,2026-11-21T10:00:00Z\n", first.id),
    )
    .unwrap();
    said(&data, &["status", "import", &at("status.csv")]);
    let asked = way.ask("GET", &format!("/v1/items/{}", first.id), &[], b"").signed();
    assert_eq!(
        StatusEntry::verify_by(&asked[1], [&office.public_key()]).unwrap().status,
        "PRINT_READY_RECORD"
    );
    fs::write(
        at("status.csv"),
        format!("packet,status\n{},SFE\n{},SFE\n", second.id, crate::desk::notice_id(9)),
    )
    .unwrap();
    assert!(!ask(&data, &["status", "import", &at("status.csv")]).status.success(), "all or nothing");
    assert_eq!(way.ask("GET", &format!("/v1/items/{}", second.id), &[], b"").signed().len(), 1);

    said(&data, &["packet", "hand-on", "--to", &at("next")]);
    assert_eq!(fs::read_dir(at("next")).unwrap().count(), 2);
    assert!(
        said(&data, &["packet", "hand-on", "--to", &at("next"), "--json"]).contains("\"handed_on\":0"),
        "once"
    );
    said(&data, &["recipient", "rotate"]);
    said(&data, &["verify-ledger"]);
    keep_and_give_back(&data, folder.path());
    said(&data, &["station", "revoke", "desk-1", "--why", "hilang"]);
    assert_eq!(
        way.ask("GET", "/v1/feed", &[], b"").word(),
        "station_revoked",
        "at once, in a running office"
    );
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(program.pid() as i32).unwrap(),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    assert!(program.ends_well());
}

fn keep_and_give_back(data: &Path, folder: &Path) {
    let (backup, restored) = (folder.join("backup"), folder.join("restored"));
    said(data, &["backup", "create", "--to", &backup.display().to_string()]);
    let verify = || {
        Command::new(env!("CARGO_BIN_EXE_rekam-receiver"))
            .args(["backup", "verify"])
            .arg(&backup)
            .output()
            .unwrap()
    };
    assert!(verify().status.success(), "{}", String::from_utf8_lossy(&verify().stderr));
    said(&restored, &["backup", "restore", &backup.display().to_string()]);
    said(&restored, &["verify-ledger"]);
    assert_eq!(said(&restored, &["packet", "list", "--json"]).lines().count(), 2);
    let part = fs::read_dir(backup.join("packet")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&part).unwrap();
    bytes[20] ^= 1;
    fs::write(&part, bytes).unwrap();
    assert!(!verify().status.success(), "a flipped bit in a backup");
    // The same in the office itself.
    let shelf = fs::read_dir(restored.join("packet")).unwrap().next().unwrap().unwrap().path();
    let part = fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&part).unwrap();
    bytes[20] ^= 1;
    fs::write(&part, bytes).unwrap();
    let checked = ask(&restored, &["verify-ledger"]);
    assert!(!checked.status.success() && String::from_utf8_lossy(&checked.stdout).contains("rusak"));
}

#[test]
fn a_first_start_needs_nothing_and_says_what_is_to_be_carried_away() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("office");
    drop(Program::start(&data, &[]));
    let keys = data.join("keys");
    assert!(keys.join("CARRY-AWAY-passphrase.txt").exists() && keys.join("CARRY-AWAY-escrow.key").exists());
    for entry in fs::read_dir(&keys).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "only the office's account may read a key");
    }
    fs::remove_file(keys.join("CARRY-AWAY-passphrase.txt")).unwrap();
    // Ingest goes on without the passphrase.
    drop(Program::start(&data, &[]));
}

#[test]
fn a_receipt_travels_as_text_and_as_a_picture() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("office");
    let office = found(&data);
    let program = Program::start(&data, &[]);
    let mut desk = Desk::new("desk-1", 11, &office.keys.recipients().unwrap());
    let way = crate::house::admit(&office, &desk, program.address);
    let receipt = deliver(&way, &desk.seal());
    let id = receipt.packet_id.to_string();
    let text = said(&data, &["receipt", "show", &id]);
    let signed = Receipt::from_text(&text).unwrap();
    assert_eq!(Receipt::verify_by(&signed, [&office.public_key()]).unwrap(), receipt);
    let drawn = said(&data, &["receipt", "show", &id, "--qr", "terminal"]);
    assert!(drawn.lines().count() > 20 && drawn.contains('█'), "{drawn}");
    let file = folder.path().join("receipt.svg");
    said(&data, &["receipt", "show", &id, "--qr", &file.display().to_string()]);
    assert!(fs::read_to_string(file).unwrap().contains("<svg"));
    assert!(!ask(&data, &["receipt", "show", &crate::desk::notice_id(1).to_string()]).status.success());
}

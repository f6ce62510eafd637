//! `rekam packet` as a person meets it: every vector gets its verdict, and whatever is no packet a clear refusal.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in the functions it shares"
)]

use std::fs;
use std::path::{Path, PathBuf};

use rekam_tests::program::{rekam, root};
use serde_json::Value;

fn vectors() -> PathBuf {
    root().join("fixtures/packets/v1")
}

fn vector(name: &str) -> String {
    vectors().join(name).to_str().unwrap().to_owned()
}

/// The JSON answer and the exit code.
fn told(arguments: &[&str]) -> (Value, Option<i32>) {
    let answer = rekam(&[&["packet"], arguments, &["--json"]].concat()).unwrap();
    let json = serde_json::from_slice(&answer.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&answer.stderr)));
    (json, answer.status.code())
}

fn refusal(answer: &Value) -> (&str, &str) {
    let word = |key: &str| answer["refusal"][key].as_str().unwrap_or("-");
    (word("depth"), word("word"))
}

#[test]
fn every_vector_gets_its_verdict_and_exit_code() {
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(vectors().join("expected.json")).unwrap()).unwrap();
    let (trust, identity) = (vector("trust.pem"), vector("office.key"));
    let folder = tempfile::tempdir().unwrap();
    for entry in expected["packets"].as_array().unwrap() {
        let file = vector(entry["file"].as_str().unwrap());
        let (depth, word) = (entry["depth"].as_str().unwrap(), entry["word"].as_str().unwrap());
        let (answer, code) = told(&["verify", &file, "--trust", &trust]);
        let refused_outside = depth == "verify";
        assert_eq!(answer["ok"], !refused_outside, "{file}");
        assert_eq!(code, Some(i32::from(refused_outside)), "{file}");
        if refused_outside {
            assert_eq!(refusal(&answer), (depth, word), "{file}");
        }

        let out = folder.path().join("out");
        let out_text = out.to_str().unwrap();
        let (answer, code) =
            told(&["open", &file, "--identity", &identity, "--out", out_text, "--trust", &trust]);
        let refused = matches!(depth, "verify" | "open");
        assert_eq!((answer["ok"].as_bool(), code), (Some(!refused), Some(i32::from(refused))), "{file}");
        if refused {
            assert_eq!(refusal(&answer), (depth, word), "{file}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{file} left something behind");
        } else {
            fs::remove_dir_all(&out).unwrap();
        }
    }
}

#[test]
fn an_opened_packet_lies_in_its_folder_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let file = vector("accept-ordinary.rekam");
    let arguments = ["open", &file, "--identity", &vector("office.key"), "--out", out.to_str().unwrap()];
    let (answer, code) = told(&arguments);
    assert_eq!((code, &answer["station_trusted"]), (Some(0), &Value::Bool(false)));
    let written = answer["written"].as_array().unwrap();
    assert_eq!(written.len(), 19, "18 parts and packet.json");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&out), 0o700);
    for name in written {
        assert_eq!(mode(&out.join(name.as_str().unwrap())), 0o600, "{name}");
    }
    let person = fs::read_to_string(out.join("001-biodata.json")).unwrap();
    assert!(person.contains("CONTOH SATU"));
    let packet: Value = serde_json::from_slice(&fs::read(out.join("packet.json")).unwrap()).unwrap();
    assert_eq!(packet["inner"]["parts"].as_array().unwrap().len(), 18);

    let (answer, code) = told(&arguments);
    assert_eq!((code, answer["problem"]["code"].as_str()), (Some(1), Some("out_exists")));
}

#[test]
fn whatever_is_no_packet_is_named() {
    let trust = vector("trust.pem");
    let missing = vector("there-is-no-such-file");
    let folder = root().to_str().unwrap().to_owned();
    let program = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    for (file, code) in [(&missing, "open"), (&folder, "read")] {
        for arguments in [vec!["verify", file, "--trust", &trust], vec!["show", file]] {
            let (answer, exit) = told(&arguments);
            assert_eq!((answer["problem"]["code"].as_str(), exit), (Some(code), Some(1)), "{answer}");
        }
    }
    let (answer, exit) = told(&["show", &program]);
    assert_eq!((refusal(&answer), exit), (("verify", "not_a_packet"), Some(1)));
    let packet = vector("accept-ordinary.rekam");
    let (answer, _) = told(&["verify", &packet, "--trust", &packet]);
    assert_eq!(answer["problem"]["code"], "open", "a binary file is no trust file: {answer}");
    let (answer, _) = told(&["verify", &packet, "--trust", &vector("office.key")]);
    assert_eq!(answer["problem"]["code"], "not_a_trust_file");
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("out");
    let (answer, _) = told(&["open", &packet, "--identity", &trust, "--out", out.to_str().unwrap()]);
    assert_eq!(answer["problem"]["code"], "not_an_identity");
    assert!(!out.exists());
}

#[test]
fn says_what_it_found_in_both_languages() {
    let (file, trust) = (vector("accept-approval-pending.rekam"), vector("trust.pem"));
    for (language, sentence) in [("id", "utuh dan asli"), ("en", "whole and genuine")] {
        let answer = rekam(&["--lang", language, "packet", "verify", &file, "--trust", &trust]).unwrap();
        let text = String::from_utf8(answer.stdout).unwrap();
        assert!(text.contains(sentence) && text.contains("kec-cibodas-1"), "{text}");
        assert!(!text.contains('['), "a text is missing:\n{text}");
        let refused = vector("reject-part-bit-changed.rekam");
        let answer = rekam(&["--lang", language, "packet", "verify", &refused, "--trust", &trust]).unwrap();
        let text = String::from_utf8(answer.stdout).unwrap();
        assert!(text.contains("(verify: part_changed)") && !text.contains('['), "{text}");
        assert_eq!(answer.status.code(), Some(1));
    }
}

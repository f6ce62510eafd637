//! Files and chips that lie: nothing opens, and nothing falls over.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::thread;

use rekam_keys::{HardwareError, NewAccount, Tpm, TrustLevel, UnlockError};

use crate::{Desk, NOW, PIN, cost, guarded, hardware, id, secret, temporary};

/// Writes the file as someone would who knows the format and puts the checksum right.
fn rewrite(desk: &Desk, name: &str, change: impl FnOnce(&str) -> String) {
    use blake2::Digest;
    let text = desk.read(name);
    let body = change(text.split_once('\n').unwrap().1);
    let check: String = blake2::Blake2b256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(desk.path().join(name), format!("# rekam-keys check={check}\n{body}")).unwrap();
}

fn line<'a>(body: &'a str, name: &str) -> &'a str {
    body.lines().find(|line| line.starts_with(name)).unwrap()
}

#[test]
fn a_changed_blob_never_opens() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    let good = fs::read(desk.path().join("siti.key")).unwrap();
    let body = desk.read("siti.key");
    for name in ["tpm_public", "tpm_private"] {
        let line = line(&body, name);
        let digits = line.len() - name.len() - " = ''".len();
        for place in (0..digits).step_by(7) {
            let at = name.len() + " = '".len() + place;
            let other = if line.as_bytes()[at] == b'0' { "1" } else { "0" };
            let mut forged = line.to_owned();
            forged.replace_range(at..=at, other);
            rewrite(&desk, "siti.key", |body| body.replace(line, &forged));
            let error = hardware(desk.unlock(Some(chip.tpm()), PIN));
            let named = matches!(error, HardwareError::Changed | HardwareError::Refused { .. });
            assert!(named, "{name} {place}: {error}");
            fs::write(desk.path().join("siti.key"), &good).unwrap();
        }
    }
    desk.unlock(Some(chip.tpm()), PIN).unwrap();
    assert_eq!((chip.tries().0, chip.held()), (0, 0));
}

#[test]
fn a_binding_cannot_be_taken_off_or_moved() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    let mut ring = desk.open(Some(chip.tpm()));
    let siti = ring.unlock(&id("siti"), &secret(PIN), NOW).unwrap();
    let budi = NewAccount { id: &id("budi"), secret: &secret(PIN), card: b"" };
    ring.add_account(siti.opened(), &budi, NOW).unwrap();
    drop(ring);
    let good = fs::read(desk.path().join("siti.key")).unwrap();
    let (own, other) = (desk.read("siti.key"), desk.read("budi.key"));
    let blobs = ["tpm_public", "tpm_private"];
    let is_blob = |line: &&str| blobs.iter().any(|name| line.starts_with(name));

    rewrite(&desk, "siti.key", |body| {
        let kept: Vec<_> = body.lines().filter(|line| !is_blob(line)).collect();
        kept.join("\n").replace("tpm2", "software") + "\n"
    });
    assert!(matches!(desk.unlock(None, PIN), Err(UnlockError::WrongSecret { .. })));
    fs::write(desk.path().join("siti.key"), &good).unwrap();

    // Another account's blob has another password: a wrong secret, for the chip as well.
    rewrite(&desk, "siti.key", |body| {
        let moved = |body: String, name: &&str| body.replace(line(&own, name), line(&other, name));
        blobs.iter().fold(body.to_owned(), moved)
    });
    let before = chip.tries().0;
    assert!(matches!(desk.unlock(Some(chip.tpm()), PIN), Err(UnlockError::WrongSecret { .. })));
    assert_eq!(chip.tries().0, before + 1);

    for forged in ["binding = \"software\"", "binding = \"tpm9\""] {
        fs::write(desk.path().join("siti.key"), &good).unwrap();
        rewrite(&desk, "siti.key", |body| body.replace("binding = \"tpm2\"", forged));
        assert!(matches!(desk.unlock(Some(chip.tpm()), PIN), Err(UnlockError::Damaged { .. })));
    }
    fs::write(desk.path().join("siti.key"), &good).unwrap();
    rewrite(&desk, "siti.key", |body| {
        body.replace(line(&own, "tpm_private"), &format!("tpm_private = \"{}\"", "00".repeat(1025)))
    });
    assert!(matches!(desk.unlock(Some(chip.tpm()), PIN), Err(UnlockError::Damaged { .. })));
}

/// Something on the socket that answers every command with the same bytes, and then hangs up.
fn liar(folder: &std::path::Path, name: &str, answer: Vec<u8>) -> Tpm {
    let path = folder.join(name);
    let listener = UnixListener::bind(&path).unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let _ = client.read(&mut [0; 4096]);
            let _ = client.write_all(&answer);
        }
    });
    Tpm::Socket(path)
}

#[test]
fn whatever_a_false_chip_answers_is_named() {
    let chip = guarded();
    let desk = Desk::new(Some(chip.tpm()), PIN);
    let root = temporary();
    let head = |size: u32, code: u32| [&[0x80, 1], &size.to_be_bytes()[..], &code.to_be_bytes()].concat();
    let mut answers = vec![
        Vec::new(),
        vec![0; 5],
        head(0, 0),
        head(9, 0),
        head(10, 0),
        head(u32::MAX, 0),
        head(4096, 0),
        head(10, 0x101),
        head(10, 0x922),
        vec![0xff; 5000],
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
    ];
    // A list that states more properties than it holds, and one property that is cut short.
    answers.push([head(19, 0), vec![0, 0, 0, 0, 6, 0xff, 0xff, 0xff, 0xff]].concat());
    answers.push([head(25, 0), vec![0, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0]].concat());
    for (number, answer) in answers.into_iter().enumerate() {
        let tpm = liar(root.path(), &number.to_string(), answer);
        let error = hardware(desk.unlock(Some(tpm.clone()), PIN));
        assert!(
            matches!(error, HardwareError::Missing { .. } | HardwareError::Refused { .. }),
            "{number}: {error}"
        );
        assert!(tpm.guard().is_err());
        assert_eq!(desk.open(Some(tpm.clone())).trust_level(), TrustLevel::Software);
        let path = root.path().join("keys");
        let first = NewAccount { id: &id("siti"), secret: &secret(PIN), card: b"" };
        assert!(rekam_keys::KeyRing::create(&path, &first, cost().with(Some(tpm)), NOW).is_err());
        assert!(!path.exists());
    }
}

//! Nothing opens wrongly, and nothing lies readable on the disk.

use std::fs;
use std::path::Path;

use rekam_keys::{FileError, KeyRing, NewAccount, RecoveryKey, RingError, TransportKey, UnlockError};

use crate::{CARD, Desk, NOW, PASSPHRASE, cost, create, id, names, secret, temporary};

fn flips(good: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..good.len() * 8).map(|bit| {
        let mut flipped = good.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

#[test]
fn every_flipped_bit_of_an_account_is_named() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let good = fs::read(desk.file("siti.key")).unwrap();
    for flipped in flips(&good) {
        fs::write(desk.file("siti.key"), &flipped).unwrap();
        match ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap_err() {
            UnlockError::Damaged { file, .. } => assert_eq!(file, "siti.key"),
            other => panic!("{other}"),
        }
    }
    fs::write(desk.file("siti.key"), &good).unwrap();
    ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
}

#[test]
fn every_flipped_bit_of_station_and_transport_file_is_named() {
    let desk = Desk::new();
    for name in ["station.ring", "transport.secret"] {
        let good = fs::read(desk.file(name)).unwrap();
        for flipped in flips(&good) {
            fs::write(desk.file(name), &flipped).unwrap();
            let error = match name {
                "station.ring" => match KeyRing::open(&desk.path(), cost()).unwrap_err() {
                    RingError::File(error) => error,
                    other => panic!("{other}"),
                },
                _ => TransportKey::read(&desk.path()).unwrap_err(),
            };
            match error {
                FileError::Damaged { file, .. } => assert_eq!(file, name),
                other => panic!("{other}"),
            }
        }
        fs::write(desk.file(name), &good).unwrap();
    }
    desk.open();
}

/// Writes the file as someone would who knows the format and puts the checksum right.
fn rewrite(desk: &Desk, name: &str, change: impl FnOnce(&str) -> String) {
    use blake2::Digest;
    let text = fs::read_to_string(desk.file(name)).unwrap();
    let body = change(text.split_once('\n').unwrap().1);
    let check: String = blake2::Blake2b256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(desk.file(name), format!("# rekam-keys check={check}\n{body}")).unwrap();
}

fn field<'a>(body: &'a str, name: &str) -> &'a str {
    body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = ")).unwrap()
}

#[test]
fn a_changed_public_key_or_history_is_found_though_the_checksum_is_right() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let new = secret("angin laut sore");
    ring.reset_secret(siti.opened(), &id("siti"), &new, NOW + 5).unwrap();
    let good = fs::read(desk.file("siti.key")).unwrap();
    rewrite(&desk, "siti.key", |body| {
        body.replace("until_unix_ms = 1795000000005", "until_unix_ms = 1795000000006")
    });
    assert_ne!(fs::read(desk.file("siti.key")).unwrap(), good);
    let error = ring.unlock(&id("siti"), &new, NOW).unwrap_err();
    assert!(matches!(error, UnlockError::Damaged { what: "the card does not open", .. }), "{error}");
    assert_eq!(ring.record(siti.opened(), &id("siti")).unwrap_err().text_key(), "unlock.damaged");
    fs::write(desk.file("siti.key"), &good).unwrap();
    // The key in use is tied to the slot: the secret opens nothing any more.
    rewrite(&desk, "siti.key", |body| {
        let key = body.rmatch_indices("verifying_key = \"").next().unwrap().0 + 17;
        let (head, tail) = body.split_at(key);
        format!("{head}{}{}", "0".repeat(64), &tail[64..])
    });
    assert!(matches!(ring.unlock(&id("siti"), &new, NOW), Err(UnlockError::WrongSecret { .. })));
}

#[test]
fn a_card_cannot_be_moved_to_another_account() {
    let desk = Desk::new();
    let mut ring = desk.open();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    let new = NewAccount { id: &id("budi"), secret: &secret("hujan turun di sawah"), card: b"operator" };
    ring.add_account(siti.opened(), &new, NOW).unwrap();
    let from = fs::read_to_string(desk.file("siti.key")).unwrap();
    rewrite(&desk, "budi.key", |body| body.replace(field(body, "card"), field(&from, "card")));
    assert!(matches!(ring.unlock(&id("budi"), new.secret, NOW), Err(UnlockError::Damaged { .. })));
}

#[test]
fn a_bomb_in_the_parameters_is_refused_at_once() {
    let desk = Desk::new();
    let mut ring = desk.open();
    for (from, to) in [("memory_kib = 8", "memory_kib = 4294967295"), ("passes = 1", "passes = 4294967295")] {
        let good = fs::read(desk.file("siti.key")).unwrap();
        rewrite(&desk, "siti.key", |body| body.replace(from, to));
        assert_ne!(fs::read(desk.file("siti.key")).unwrap(), good);
        assert!(matches!(
            ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW),
            Err(UnlockError::Damaged { .. })
        ));
        fs::write(desk.file("siti.key"), good).unwrap();
    }
    let file = fs::File::create(desk.file("siti.key")).unwrap();
    file.set_len(1 << 40).unwrap();
    assert!(matches!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW), Err(UnlockError::Damaged { .. })));
}

#[test]
fn a_newer_version_is_named_and_left_alone() {
    let desk = Desk::new();
    rewrite(&desk, "siti.key", |body| body.replace("version = 2", "version = 3\nnew_field = 3"));
    let error = desk.open().unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap_err();
    assert!(matches!(error, UnlockError::NewerVersion { version: 3, .. }));
    rewrite(&desk, "station.ring", |body| body.replace("version = 2", "version = 9"));
    assert_eq!(KeyRing::open(&desk.path(), cost()).unwrap_err().text_key(), "unlock.newer_version");
}

#[test]
fn a_ring_of_version_1_opens_and_is_written_as_the_present_one() {
    let root = temporary();
    let path = root.path().join("keys");
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/keys/v1");
    fs::create_dir(&path).unwrap();
    for name in names(&old) {
        fs::copy(old.join(&name), path.join(&name)).unwrap();
    }
    let printed = fs::read_to_string(path.join("recovery.txt")).unwrap();
    fs::remove_file(path.join("recovery.txt")).unwrap();
    let mut ring = KeyRing::open(&path, cost()).unwrap();
    let siti = ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap();
    assert_eq!(siti.card(), b"kartu versi 1");
    let recovered = ring.recover(&RecoveryKey::parse(&printed).unwrap()).unwrap();
    assert_eq!(recovered.database_key(), siti.opened().database_key());
    ring.set_card(&recovered, &id("siti"), b"kartu versi 2").unwrap();
    assert_eq!(ring.unlock(&id("siti"), &secret(PASSPHRASE), NOW).unwrap().card(), b"kartu versi 2");
    assert!(fs::read_to_string(path.join("siti.key")).unwrap().contains("version = 2"));
}

#[test]
fn no_key_secret_or_person_lies_on_the_disk() {
    let root = temporary();
    let path = root.path().join("keys");
    let created = create(&path);
    let mut ring = created.ring;
    let opened = created.unlocked.opened();
    let new = NewAccount { id: &id("budi"), secret: &secret("hujan turun di sawah"), card: b"KANARI-BUDI" };
    ring.add_account(opened, &new, NOW).unwrap();
    ring.change_secret(&id("siti"), &secret(PASSPHRASE), &secret("angin laut sore"), NOW).unwrap();
    ring.reset_secret(opened, &id("budi"), &secret("hujan turun di kota"), NOW).unwrap();
    let key = opened.database_key();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let printed = created.recovery.printed();
    let words: [&[u8]; 9] = [
        key,
        hex.as_bytes(),
        &hex.to_uppercase().into_bytes(),
        PASSPHRASE.as_bytes(),
        b"hujan turun",
        b"angin laut",
        b"KANARI",
        CARD,
        &printed.as_bytes()[..11],
    ];
    for name in names(&path) {
        let bytes = fs::read(path.join(&name)).unwrap();
        for word in words {
            assert!(!bytes.windows(word.len()).any(|part| part == word), "{name}");
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    let root = temporary();
    let created = create(&root.path().join("keys"));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let record = created.ring.record(created.unlocked.opened(), &id("siti")).unwrap();
    let first = NewAccount { id: &id("siti"), secret: &secret(PASSPHRASE), card: CARD };
    let transport = TransportKey::read(&root.path().join("keys")).unwrap().unwrap();
    let shown = format!("{created:?} {record:?} {transport:?} {:?}", first.secret);
    let key = created.unlocked.opened().database_key();
    for word in [hex(key), format!("{key:?}"), PASSPHRASE.into(), "KANARI".into(), hex(transport.bytes())] {
        assert!(!shown.contains(&word), "{shown}");
    }
    assert!(!shown.contains(&created.recovery.printed()[..5]));
}

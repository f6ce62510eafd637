//! What the tests of the store share: a folder, a key, and synthetic people who never lived.

use std::path::Path;

use rekam_store::{CaseRow, DatabaseKey, NewImage, NewStep, StepMark, Store, StoreError, Uuid, id_of};
use serde_json::{Value, json};

pub(crate) const KEY: [u8; 32] = *b"a key that only these tests know";
pub(crate) const NOW_MS: i64 = 1_795_140_000_000;
pub(crate) const CANARY_NAME: &str = "KENARI SINTETIS PERCOBAAN";
pub(crate) const CANARY_NIK: &str = "3671091508069876";

/// Whether the long form of the campaigns was asked for.
pub(crate) fn is_long() -> bool {
    std::env::var_os("REKAM_LONG").is_some()
}

pub(crate) fn key() -> DatabaseKey {
    DatabaseKey::from_bytes(&KEY)
}

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub(crate) fn id(number: u64) -> Uuid {
    let mut chance = [0; 10];
    chance[2..].copy_from_slice(&number.to_be_bytes());
    id_of(u64::try_from(NOW_MS).expect("after 1970") + number, &chance)
}

pub(crate) fn person(number: u64) -> CaseRow {
    CaseRow {
        id: id(number),
        profile_id: "000".into(),
        profile_version: 1,
        purpose: "new".into(),
        recording_state: "InCapture".into(),
        card_state: "NotPrinted".into(),
        letter_state: "NotDrafted".into(),
        berkas_state: "NotReceived".into(),
        registration_number: format!("R-2026-{number:06}"),
        ticket: format!("A{:03}", number % 1000),
        full_name: format!("{CANARY_NAME} {number}"),
        nik: CANARY_NIK.into(),
        kk_number: "3671091508060001".into(),
        birth_date: "2006-08-15".into(),
        sex: "L".into(),
        village: "Uwung Jaya".into(),
        biodata: json!({ "full_name": CANARY_NAME, "nik": CANARY_NIK }),
        snapshot: json!({}),
        open_step: "finger.1".into(),
        operator: "op-1".into(),
        opened_ms: NOW_MS,
        changed_ms: NOW_MS,
    }
}

/// Bytes that begin like a photo and cannot be made smaller.
pub(crate) fn image(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".to_vec();
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

pub(crate) fn step<'a>(
    case: Uuid,
    kind: &'a str,
    slot: &'a str,
    body: &'a Value,
    bytes: Option<&'a [u8]>,
) -> NewStep<'a> {
    NewStep {
        case,
        kind,
        slot,
        replaces: None,
        body,
        image: bytes.map(|bytes| NewImage { media: "image/jpeg", bytes }),
        operator: "op-1",
        wall_ms: NOW_MS,
    }
}

pub(crate) fn journal(store: &Store, step: &NewStep<'_>) -> Result<StepMark, StoreError> {
    store.write(|writing| writing.append_step(step))
}

/// A store with one case and this many finger steps.
pub(crate) fn used_store(folder: &Path, steps: u64) -> Store {
    let store = Store::create(folder, &key()).expect("a new folder takes a store");
    store.write(|writing| writing.insert_case(&person(1))).expect("the case is opened");
    for number in 0..steps {
        let bytes = image(number, 20_000);
        let body = json!({ "quality": 60 + number });
        let slot = (number % 10 + 1).to_string();
        journal(&store, &step(id(1), "finger", &slot, &body, Some(&bytes))).expect("the step is journaled");
    }
    store
}

/// The database as a thief with the key would open it.
pub(crate) fn raw(folder: &Path, file: &str) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(folder.join(file)).expect("the file opens");
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    connection
        .execute_batch(&format!(
            "PRAGMA key = \"x'{digits}'\"; PRAGMA cipher_page_size = 4096;
             PRAGMA cipher_hmac_algorithm = HMAC_SHA256; PRAGMA foreign_keys = OFF;"
        ))
        .expect("the key fits");
    connection
}

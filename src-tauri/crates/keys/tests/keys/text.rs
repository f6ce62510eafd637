//! Every refusal has a sentence in both languages.

use std::io;

use rekam_domain::text::{Language, keys, text};
use rekam_keys::{
    FileError, HardwareError, RecoveryKeyError, RingError, SecretError, UnlockError, WaitReason,
};

use crate::id;

/// Key and values of every refusal.
fn refusals() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let io = |kind| FileError::Io { operation: "write", file: String::new(), source: io::Error::from(kind) };
    let wait = |reason| UnlockError::Wait { until_unix_ms: 0, wait_ms: 1, reason };
    let wrong = |left| UnlockError::WrongSecret { tries_left_before_wait: left, wait_ms: 0 };
    let unlock = [
        wrong(1),
        wrong(0),
        wait(WaitReason::WrongSecrets),
        wait(WaitReason::ClockSetBack),
        wait(WaitReason::RecordMissing),
        wait(WaitReason::RecordDamaged),
        UnlockError::Locked,
        UnlockError::Closed,
        UnlockError::UnknownAccount,
        UnlockError::WrongRecoveryKey,
        HardwareError::Missing { operation: "open", source: io::Error::from(io::ErrorKind::NotFound) }.into(),
        HardwareError::Changed.into(),
        HardwareError::Locked { wait_ms: 600_001 }.into(),
        HardwareError::Refused { operation: "TPM2_Load", code: 0x101 }.into(),
        FileError::Damaged { file: String::new(), what: "" }.into(),
        FileError::NewerVersion { file: String::new(), version: 2 }.into(),
        io(io::ErrorKind::StorageFull).into(),
        io(io::ErrorKind::Other).into(),
    ];
    let ring = [
        RingError::NotReady,
        RingError::AlreadyThere,
        RingError::InUse,
        RingError::AccountExists(id("siti")),
        RingError::UnknownAccount,
        RingError::Closed,
        RingError::LastAccount,
        RingError::OtherRing,
        RingError::CardTooLarge { max: 1 },
        RingError::TooManyKeys { max: 1 },
        RingError::File(io(io::ErrorKind::StorageFull)),
    ];
    let secret = [
        SecretError::TooShort { min: 1 },
        SecretError::TooLong { max: 1 },
        SecretError::AllSame,
        SecretError::Sequence,
        SecretError::LikeAccount,
        SecretError::PinNeedsHardware,
    ];
    let recovery = [
        RecoveryKeyError::UnknownCharacter { position: 1 },
        RecoveryKeyError::WrongLength { found: 1 },
        RecoveryKeyError::Typo { group: Some(1) },
        RecoveryKeyError::Typo { group: None },
    ];
    let mut all = vec![("unlock.account_id", Vec::new())];
    all.extend(unlock.iter().map(|error| (error.text_key(), error.text_values())));
    all.extend(ring.iter().map(|error| (error.text_key(), error.text_values())));
    all.extend(secret.iter().map(|error| (error.text_key(), error.text_values())));
    all.extend(recovery.iter().map(|error| (error.text_key(), error.text_values())));
    all
}

#[test]
fn every_refusal_has_its_sentence_and_every_sentence_its_refusal() {
    let mut used: Vec<_> = refusals().into_iter().map(|(key, _)| key).collect();
    used.sort_unstable();
    used.dedup();
    for language in Language::ALL {
        let mine = |key: &&str| key.starts_with("unlock.") || key.starts_with("secret.");
        let written: Vec<_> = keys(language).into_iter().filter(mine).collect();
        assert_eq!(written, used);
        for (key, values) in refusals() {
            let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let sentence = text(language, key, &values);
            assert!(sentence.ends_with('.') && !sentence.contains(['[', '{']), "{key}: {sentence}");
        }
    }
}

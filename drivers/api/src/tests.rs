//! What holds for the vocabulary of devices.

use std::collections::BTreeSet;

use rekam_domain::text::{Language, keys};

use super::*;

#[test]
fn every_word_of_a_device_has_its_sentences() {
    let mut wanted = Vec::new();
    for kind in DeviceErrorKind::ALL {
        let error = DeviceError::new(*kind, "");
        wanted.extend([error.cause_key(), error.next_key()]);
    }
    wanted.extend(DeviceKind::ALL.iter().map(|kind| format!("device.{}", kind.word())));
    wanted.extend(CaptureHint::ALL.iter().map(|hint| format!("capture_hint.{}", hint.word())));
    wanted.extend(Finger::ALL.iter().map(|finger| format!("finger.{}", finger.word())));
    wanted.extend(Eye::ALL.iter().map(|eye| format!("eye.{}", eye.word())));
    wanted.extend(accesses().iter().map(|access| access.key().to_owned()));
    for language in Language::ALL {
        let known: BTreeSet<&str> = keys(language).into_iter().collect();
        for key in &wanted {
            assert!(known.contains(key.as_str()), "{language:?}: {key}");
        }
    }
}

fn accesses() -> Vec<Access> {
    vec![
        Access::Usable,
        Access::NoPermission { udev_rule: "70-rekam.rules".to_owned() },
        Access::Busy { by: "cheese".to_owned() },
        Access::WrongVersion { found: "0.9.2".to_owned(), needed: "0.9.5".to_owned() },
        Access::NotAnswering,
    ]
}

#[test]
fn only_a_usable_device_is_not_refused() {
    for access in accesses() {
        assert_eq!(access.refusal().is_none(), access == Access::Usable, "{access:?}");
        let sentence = rekam_domain::text::text(Language::Indonesian, access.key(), &access.values());
        assert!(!sentence.contains('['), "{sentence}");
    }
}

#[test]
fn the_slaps_hold_every_finger_once() {
    let mut fingers: Vec<Finger> =
        FingerGroup::SLAPS.iter().flat_map(|group| group.fingers()).copied().collect();
    fingers.sort_unstable();
    assert_eq!(fingers, Finger::ALL);
}

#[test]
fn an_absent_finger_is_not_wanted() {
    let order = FingerprintOrder {
        terms: Terms { now_unix_ms: 0, limit_ms: 1_000, trigger: Trigger::Auto },
        group: FingerGroup::RightFour,
        absent: vec![Finger::RightRing],
        score_wanted: 40,
    };
    assert_eq!(order.wanted(), [Finger::RightIndex, Finger::RightMiddle, Finger::RightLittle]);
}

#[test]
fn pictures_and_ink_are_not_printed() {
    let image = Image {
        bytes: vec![0x89, 0x50],
        media: MediaType::Png,
        width_px: 400,
        height_px: 500,
        dpi: Some(500),
    };
    assert_eq!(format!("{image:?}"), "Image(image/png 400×500 px, 500 dpi, 2 bytes)");
    assert_eq!(format!("{:?}", PenPoint { x: 1, y: 2, t_ms: 3, pressure: 4 }), "PenPoint");
}

#[test]
fn no_capture_runs_longer_than_the_longest_limit() {
    let terms = Terms { now_unix_ms: 0, limit_ms: u32::MAX, trigger: Trigger::Auto };
    assert_eq!(terms.limit_ms(), LIMIT_MS_MAX);
}

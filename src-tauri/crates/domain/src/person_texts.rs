//! Holds codes and texts about a person together: every code has both texts, every text has its code.

use std::collections::BTreeSet;

use crate::biodata::{BiodataCode, MaritalStatus, NameCode, Nationality, PersonalField, Religion, Sex};
use crate::central_status::{CentralStatus, KnownStatus};
use crate::document::Document;
use crate::eligibility::{NextCode, ReasonCode, RedirectTarget, Verdict};
use crate::family_card::KkCode;
use crate::nik::{BatchCode, NikCode};
use crate::photo::BackgroundColour;
use crate::region::{RegionLevel, RegionRefusal};
use crate::text::{Language, keys, text};

/// Families of keys that belong to the rules about a person and to nobody else.
const OWNED: [&str; 21] = [
    "central_status.",
    "central_status_action.",
    "document.",
    "field.",
    "finding.biodata_",
    "finding.born_",
    "finding.kk_",
    "finding.name_",
    "finding.nik_",
    "finding.region_",
    "finding.sex_",
    "marital_status.",
    "nationality.",
    "next.",
    "nik_explanation.",
    "photo_background.",
    "reason.",
    "region_level.",
    "religion.",
    "sex.",
    "verdict.",
];

const EXPLANATIONS: [&str; 7] = [
    "birth_date_from_biodata",
    "birth_date_latest_past",
    "region",
    "region_reaches",
    "region_unnamed",
    "serial",
    "sex",
];

fn family(name: &str, words: impl IntoIterator<Item = &'static str>) -> Vec<String> {
    words.into_iter().map(|word| format!("{name}.{word}")).collect()
}

fn used() -> BTreeSet<String> {
    let findings = (NikCode::ALL.iter().map(|code| code.word()))
        .chain(KkCode::ALL.iter().map(|code| code.word()))
        .chain(BatchCode::ALL.iter().map(|code| code.word()))
        .chain(NameCode::ALL.iter().map(|code| code.word()))
        .chain(BiodataCode::ALL.iter().map(|code| code.word()))
        .chain(RegionRefusal::ALL.iter().map(|code| code.word()));
    let verdicts =
        [Verdict::RecordNow, Verdict::RecordEarly, Verdict::IssueHere, Verdict::Rejected, Verdict::Wait];
    let redirected = RedirectTarget::ALL.iter().map(|target| Verdict::Redirected(*target));
    let statuses: Vec<_> = (KnownStatus::ALL.iter().map(|known| CentralStatus::Known(*known)))
        .chain([CentralStatus::Other(String::new())])
        .collect();
    [
        family("finding", findings),
        family("reason", ReasonCode::ALL.iter().map(|code| code.word())),
        family("next", NextCode::ALL.iter().map(|code| code.word())),
        family("document", Document::ALL.iter().map(|word| word.word())),
        family("sex", Sex::ALL.iter().map(|word| word.word())),
        family("religion", Religion::ALL.iter().map(|word| word.word())),
        family("marital_status", MaritalStatus::ALL.iter().map(|word| word.word())),
        family("nationality", Nationality::ALL.iter().map(|word| word.word())),
        family("photo_background", BackgroundColour::ALL.iter().map(|word| word.word())),
        family("region_level", RegionLevel::ALL.iter().map(|word| word.word())),
        family("nik_explanation", EXPLANATIONS),
        PersonalField::ALL.iter().map(|field| field.text_key()).collect(),
        verdicts.into_iter().chain(redirected).map(Verdict::text_key).collect(),
        statuses.iter().map(CentralStatus::text_key).collect(),
        statuses.iter().map(CentralStatus::action_key).collect(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The names in braces, read from the text that is left when no value is given.
fn placeholders(language: Language, key: &str) -> BTreeSet<String> {
    let sentence = text(language, key, &[]);
    sentence
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn gives_every_code_both_texts_with_the_same_placeholders() {
    for key in used() {
        for language in Language::ALL {
            assert!(keys(language).contains(&key.as_str()), "{key} has no text in {language:?}");
            assert!(!text(language, &key, &[]).trim().is_empty(), "{key} is empty in {language:?}");
        }
        let (indonesian, english) =
            (placeholders(Language::Indonesian, &key), placeholders(Language::English, &key));
        assert_eq!(indonesian, english, "{key}");
    }
}

#[test]
fn uses_every_text_it_owns() {
    let used = used();
    for language in Language::ALL {
        for key in keys(language) {
            if OWNED.iter().any(|prefix| key.starts_with(prefix)) {
                assert!(used.contains(key), "{key} belongs to no code");
            }
        }
    }
}

#[test]
fn cites_a_rule_for_every_reason() {
    assert!(ReasonCode::ALL.iter().all(|code| !code.rule().is_empty()));
}

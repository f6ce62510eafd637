use std::collections::BTreeSet;
use std::path::Path;

use crate::profile::key::{KEYS, Kind, reference};
use crate::profile::*;
use crate::text::{Language, keys};

#[test]
fn reference_is_written_from_the_list() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../packaging/profiles/KEYS.md");
    let written = reference(&SHIPPED);
    if std::env::var_os("REKAM_BLESS").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == written, "KEYS.md is stale: run this test once with REKAM_BLESS=1");
}

#[test]
fn reader_asks_for_exactly_the_listed_keys() {
    let mut asked = BTreeSet::new();
    for (name, text) in SHIPPED {
        let these = std::cell::RefCell::default();
        super::super::read::profile(name, text, &these).unwrap();
        asked.extend(these.into_inner());
    }
    let listed: BTreeSet<String> = KEYS.iter().map(|key| key.path.to_owned()).collect();
    assert_eq!(asked, listed);
    assert_eq!(listed.len(), KEYS.len(), "a key is listed twice");
}

#[test]
fn every_default_fits_its_key() {
    use crate::profile::key::Fallback;
    for key in KEYS {
        let fits = match (key.kind, key.default) {
            (_, Fallback::Required | Fallback::Absent | Fallback::Derived(_)) => true,
            (Kind::Flag, Fallback::Flag(_)) | (Kind::Text | Kind::Identifier, Fallback::Text(_)) => true,
            (Kind::Number { min, max }, Fallback::Number(number)) => (min..=max).contains(&number),
            (Kind::Word(vocabulary), Fallback::Text(word)) => {
                vocabulary.words().iter().any(|known| known == word)
            }
            (Kind::Words(vocabulary), Fallback::Words(words)) => {
                words.iter().all(|word| vocabulary.words().iter().any(|known| known == word))
            }
            (_, Fallback::Words(words)) => words.is_empty(),
            _ => false,
        };
        assert!(fits, "{}", key.path);
    }
}

#[test]
fn every_problem_has_a_text_in_both_languages() {
    for language in Language::ALL {
        let there: BTreeSet<&str> = keys(language).into_iter().collect();
        for code in ProblemCode::ALL {
            assert!(there.contains(format!("problem.{}", code.word()).as_str()), "{code:?} {language:?}");
        }
        let codes = there.iter().filter_map(|key| key.strip_prefix("problem."));
        for word in codes {
            assert!(ProblemCode::from_word(word).is_some(), "problem.{word} is the text of no problem");
        }
        for key in KEYS {
            assert!(there.contains(key.kind.text_key()), "{}", key.kind.text_key());
        }
    }
}

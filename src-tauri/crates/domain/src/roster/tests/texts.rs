//! Every code has its text in both languages, every text its code, and each says what to do.

use std::collections::BTreeSet;

use super::*;
use crate::master_data::{Freshness, MasterDataKind};
use crate::text::{Language, keys, text};

const OWNED: [&str; 3] = ["finding.roster_", "master_data.", "roster."];

fn used() -> BTreeSet<String> {
    let codes = RosterCode::ALL.iter().map(|code| format!("finding.{}", code.word()));
    let problems = RosterProblem::WORDS.iter().map(|word| format!("roster.problem.{word}"));
    let fields =
        RosterField::ALL.iter().map(|field| field.text_key()).filter(|key| key.starts_with("roster."));
    let kinds = MasterDataKind::ALL.iter().map(|kind| format!("master_data.kind.{}", kind.word()));
    let states = Freshness::ALL.iter().map(|state| format!("master_data.freshness.{}", state.word()));
    codes.chain(problems).chain(fields).chain(kinds).chain(states).collect()
}

#[test]
fn every_code_has_both_texts_and_every_text_its_code() {
    let used = used();
    for language in Language::ALL {
        for key in &used {
            assert!(
                !text(language, key, &[]).trim().is_empty() && keys(language).contains(&key.as_str()),
                "{key}"
            );
        }
        for key in keys(language) {
            assert!(
                !OWNED.iter().any(|prefix| key.starts_with(prefix)) || used.contains(key),
                "{key} has no code"
            );
        }
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for language in Language::ALL {
        for code in RosterCode::ALL {
            let sentence = code.finding().with("row", "1").with("field", "NIK").text(language);
            let sentences = sentence.split(['.', ';']).filter(|part| !part.trim().is_empty()).count();
            assert!(sentences >= 2 && !sentence.contains('['), "{sentence}");
        }
        let place = RowPlace { sheet: 1, row: 7 };
        for problem in [
            RosterProblem::TitlesMissing,
            RosterProblem::ColumnMissing { place, field: RosterField::Nik },
            RosterProblem::ColumnTwice { place, field: RosterField::Nik },
            RosterProblem::TooManyRows,
            RosterProblem::EveryNikRounded,
        ] {
            assert!(RosterProblem::WORDS.contains(&problem.word()));
            let sentence = problem.text(language);
            assert!(!sentence.contains('[') && sentence.matches('.').count() >= 2, "{sentence}");
        }
    }
}

#[test]
fn no_title_means_two_columns() {
    let mut seen = BTreeSet::new();
    for field in RosterField::ALL {
        for title in field.titles() {
            assert!(seen.insert(*title), "{title}");
            assert_eq!(RosterField::titled(title), Some(*field));
        }
    }
    assert_eq!(RosterField::ALL.iter().filter(|field| !field.titles().is_empty()).count(), 19);
}

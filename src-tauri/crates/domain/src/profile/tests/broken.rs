use std::collections::BTreeSet;
use std::path::Path;

use crate::profile::*;
use crate::text::Language;

/// At least this many kinds of defect stand in the fixtures.
const KINDS_MIN: usize = 24;

#[test]
fn every_broken_profile_is_reported_where_it_is_broken() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../fixtures/profile/broken");
    let mut kinds = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = text.lines().next().unwrap().strip_prefix("# expect: ").unwrap();
        let problems = Profile::read(name, &text).err().unwrap_or_default();
        let found: Vec<String> = problems
            .iter()
            .map(|problem| format!("{}: {}: {}", problem.line, problem.key, problem.code.word()))
            .collect();
        if found != [expected] {
            wrong.push(format!("{name}: expected [{expected}], found {found:?}"));
        }
        for problem in &problems {
            assert_eq!(problem.file, name);
            kinds.insert(problem.code);
            for language in Language::ALL {
                let reason = problem.reason(language);
                assert!(reason.len() > 20 && !reason.contains("[problem"), "{name}: {reason}");
                assert!(
                    !problem.values.iter().any(|(name, _)| reason.contains(&format!("[{name}]"))),
                    "{reason}"
                );
            }
            assert!(
                problem.to_string().starts_with(&format!("{name}:{}:{}: ", problem.line, problem.column))
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(kinds.len() >= KINDS_MIN, "only {} kinds of defect", kinds.len());
}

#[test]
fn reports_everything_at_once() {
    let text = SHIPPED[0].1.replace("\"WIB\"", "\"WIIB\"").replace("min_age = 17", "min_age = 3");
    let problems = Profile::read("two.toml", &text).unwrap_err();
    let codes: Vec<ProblemCode> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [ProblemCode::UnknownTimeZone, ProblemCode::OutOfRange]);
    assert!(problems[0].reason(Language::English).contains("'WIB'"));
}

#[test]
fn tells_what_is_missing_in_one_language() {
    let told = |text: &str, key: &str, language| {
        let problems = Profile::read("missing.toml", text).unwrap_err();
        problems.iter().find(|problem| problem.key == key).unwrap().reason(language)
    };
    let text = SHIPPED[0].1.replace("time_zone =", "# time_zone =");
    let reason = told(&text, "office.time_zone", Language::Indonesian);
    assert_eq!(reason, "Kunci ini wajib ada. Isi dengan salah satu dari: WIB, WITA, WIT.");
    // All that an empty file lacks stands at the same place, and each key is named.
    let reason = told("", "retention.basis", Language::Indonesian);
    assert_eq!(reason, "Kunci ini wajib ada. Isi dengan tulisan.");
    let reason = told("", "profile.valid_from", Language::English);
    assert_eq!(reason, "This key must be there. Write a date, such as \"2023-01-02\".");
}

#[test]
fn says_the_same_at_one_place_once() {
    let mut seen = BTreeSet::new();
    for problem in Profile::read("torn.toml", "schema = = \n[[[\n\"\nx = 'y\n").unwrap_err() {
        let place = (problem.line, problem.column, problem.key.clone(), problem.code);
        assert!(seen.insert(place), "{problem}");
        assert!(problem.to_string().contains(": (berkas): Tulisan TOML salah di sini. "), "{problem}");
        assert!(problem.sentence(Language::English).contains(": (file): This is not TOML. "), "{problem}");
    }
    assert!(!seen.is_empty());
}

#[test]
fn offers_no_word_that_is_another_one() {
    let told = |from: &str, to: &str| {
        let text = SHIPPED[0].1.replace(from, to);
        let problems = Profile::read("far.toml", &text).unwrap_err();
        let unknown = |problem: &&ProfileProblem| {
            matches!(problem.code, ProblemCode::UnknownKey | ProblemCode::UnknownTimeZone)
        };
        problems.iter().find(unknown).unwrap().reason(Language::Indonesian)
    };
    assert_eq!(
        told("\"WIB\"", "\"Jakarta\""),
        "Zona waktu 'Jakarta' tidak dikenal. Yang boleh: WIB, WITA, WIT."
    );
    assert_eq!(
        told("\"WIB\"", "\"WIIB\""),
        "Zona waktu 'WIIB' tidak dikenal. Mungkin 'WIB'. Yang boleh: WIB, WITA, WIT."
    );
    assert!(!told("time_zone =", "zzzzzz = 1\ntime_zone =").contains("Mungkin"));
}

#[test]
fn names_the_nearest_key() {
    let text = SHIPPED[0].1.replace("time_zone =", "timezone =");
    let problems = Profile::read("near.toml", &text).unwrap_err();
    let unknown = problems.iter().find(|problem| problem.code == ProblemCode::UnknownKey).unwrap();
    assert!(unknown.reason(Language::Indonesian).contains("'time_zone'"));
}

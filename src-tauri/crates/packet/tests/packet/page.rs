//! The page and the texts beside the code.

use std::collections::BTreeSet;

use rekam_domain::text::{Language, keys};
use rekam_packet::*;

const PAGE: &str = include_str!("../../FORMAT.md");

fn refusals() -> Vec<Refusal> {
    let mut all: Vec<Refusal> = VerifyRefusal::ALL.iter().map(|word| Refusal::Verify(*word)).collect();
    all.extend(OpenRefusal::ALL.iter().map(|word| Refusal::Open(*word)));
    all.extend(LedgerRefusal::ALL.iter().map(|word| Refusal::Ledger(*word)));
    all.extend(NoticeRefusal::ALL.iter().map(|word| Refusal::Notice(*word)));
    all
}

#[test]
fn every_refusal_says_cause_and_next_action_in_both_languages() {
    for refusal in refusals() {
        for language in Language::ALL {
            let sentence = refusal.text(language);
            let sentences = sentence.split(['.', ';']).filter(|part| !part.trim().is_empty()).count();
            assert!(sentences >= 2 && !sentence.starts_with('['), "{refusal:?}: {sentence}");
        }
        let (depth, word) = refusal.words();
        assert_eq!(Refusal::from_words(depth, word), Some(refusal));
    }
}

#[test]
fn no_text_is_left_over_from_a_refusal_that_is_gone() {
    let wanted: BTreeSet<String> = refusals()
        .into_iter()
        .map(Refusal::words)
        .map(|(depth, word)| format!("packet.{depth}.{word}"))
        .collect();
    let depths: Vec<String> = Depth::ALL.iter().map(|depth| format!("packet.{depth}.")).collect();
    for language in Language::ALL {
        for key in keys(language) {
            let is_ours = depths.iter().any(|start| key.starts_with(start));
            assert!(!is_ours || wanted.contains(key), "{key}");
        }
    }
}

#[test]
fn the_page_names_every_word_context_and_limit() {
    let table = PAGE.split_once("## 15.").unwrap().1.split_once("## 16.").unwrap().0;
    for (depth, words) in [
        ("verify", VerifyRefusal::ALL.iter().map(|word| word.word()).collect::<Vec<_>>()),
        ("open", OpenRefusal::ALL.iter().map(|word| word.word()).collect()),
        ("ledger", LedgerRefusal::ALL.iter().map(|word| word.word()).collect()),
        ("notice", NoticeRefusal::ALL.iter().map(|word| word.word()).collect()),
    ] {
        let line = table.lines().find(|line| line.starts_with(&format!("| {depth} "))).unwrap();
        let listed: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        assert_eq!(listed, words, "{depth}");
    }
    let spelled = |word: &str| PAGE.contains(&format!("`{word}`")) || PAGE.contains(&format!("\"{word}\""));
    let words =
        Context::ALL.iter().map(|context| context.word()).chain(Role::ALL.iter().map(|role| role.word()));
    for word in words {
        assert!(spelled(word), "{word}");
    }
    for limit in [
        limit::ENVELOPE_BYTES_MAX as u64,
        limit::PLAIN_BYTES_MAX,
        limit::CIPHER_BYTES_MAX,
        limit::PACKET_BYTES_MAX,
        limit::INNER_BYTES_MAX,
        limit::BIODATA_BYTES_MAX,
        limit::BUNDLE_BYTES_MAX as u64,
    ] {
        let digits = limit.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|d| std::str::from_utf8(d).unwrap()).collect();
        assert!(PAGE.contains(&groups.join(" ")), "{limit}");
    }
}

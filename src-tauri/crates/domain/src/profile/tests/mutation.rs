use proptest::prelude::*;

use crate::profile::*;

/// Reads a damaged file: a panic fails the test, a problem must lie inside the file.
fn survives(text: &str) {
    let lines = text.lines().count().max(1);
    if let Err(problems) = Profile::read("damaged.toml", text) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!((1..=lines).contains(&problem.line), "{problem} of {lines} lines");
            assert!(problem.column >= 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn survives_changed_lines(file in 0..SHIPPED.len(), at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), kind in 0..3) {
        let mut lines: Vec<&str> = SHIPPED[file].1.lines().collect();
        let (at, to) = (at.index(lines.len()), to.index(lines.len()));
        let line = lines[at];
        match kind {
            0 => { lines.remove(at); }
            1 => lines.insert(to, line),
            _ => lines[to] = line,
        }
        survives(&lines.join("\n"));
    }

    #[test]
    fn survives_changed_bytes(file in 0..SHIPPED.len(), at in any::<prop::sample::Index>(), byte in any::<u8>(), kind in 0..3) {
        let mut bytes = SHIPPED[file].1.as_bytes().to_vec();
        let at = at.index(bytes.len());
        match kind {
            0 => { bytes.remove(at); }
            1 => bytes.insert(at, byte),
            _ => bytes[at] = byte,
        }
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn survives_any_text(text in "[\\[\\]{}=\"'a-z0-9.,# \n]{0,200}") {
        survives(&text);
    }
}

#[test]
fn survives_deep_nesting_and_cut_files() {
    survives(&format!("a = {}", "[".repeat(60_000)));
    survives(&"a.".repeat(60_000));
    survives("");
    survives("\n\n");
    let whole = SHIPPED[3].1;
    for cut in (0..whole.len()).step_by(97) {
        if let Some(part) = whole.get(..cut) {
            survives(part);
        }
    }
}

#[test]
fn names_a_file_that_is_too_large() {
    let text = "# ".repeat(limit::FILE_BYTES_MAX);
    let problems = Profile::read("large.toml", &text).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, ProblemCode::FileTooLarge);
}

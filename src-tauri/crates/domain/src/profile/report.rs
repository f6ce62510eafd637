//! The problems found so far, with offsets turned into lines and columns.

use std::collections::BTreeSet;

use super::problem::{ProblemCode, ProblemValue, ProfileProblem, Values};

/// Nobody mends more than this at once; the rest shows on the next reading.
const PROBLEMS_MAX: usize = 100;

/// Longest piece of the file repeated in a sentence.
const QUOTE_CHARS_MAX: usize = 60;

/// Collects the problems of one file.
pub(super) struct Report<'t> {
    file: &'t str,
    text: &'t str,
    problems: Vec<ProfileProblem>,
}

impl<'t> Report<'t> {
    pub(super) const fn new(file: &'t str, text: &'t str) -> Self {
        Self { file, text, problems: Vec::new() }
    }

    /// Adds a problem at a byte offset of the file.
    pub(super) fn add(&mut self, offset: usize, key: &str, code: ProblemCode, values: Values) {
        if self.problems.len() >= PROBLEMS_MAX {
            return;
        }
        let (line, column) = position(self.text, offset);
        let (file, key) = (self.file.to_owned(), key.to_owned());
        self.problems.push(ProfileProblem { file, line, column, key, code, values });
    }

    /// Whether something was already said about one of these keys, so that a rule built on them would only echo it.
    pub(super) fn touched(&self, keys: &[&str]) -> bool {
        self.problems.iter().any(|problem| keys.iter().any(|key| is_under(&problem.key, key)))
    }

    /// Everything found, in the order of the file, the same at the same place once. The key is part of the place:
    /// two keys that a section lacks are two things to write.
    pub(super) fn finish(mut self) -> Vec<ProfileProblem> {
        self.problems.sort_by(|one, other| {
            (one.line, one.column, &one.key).cmp(&(other.line, other.column, &other.key))
        });
        let mut seen = BTreeSet::new();
        self.problems
            .retain(|problem| seen.insert((problem.line, problem.column, problem.key.clone(), problem.code)));
        self.problems
    }
}

fn is_under(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Line and column, both from 1, the column in characters; an offset past the end is the end.
fn position(text: &str, offset: usize) -> (usize, usize) {
    // A defect that shows only at the end of the file belongs to its last line, not to the empty one after it.
    let end = text.trim_end_matches(['\n', '\r']).len();
    let mut offset = offset.min(end);
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before.get(start..).unwrap_or_default().chars().count() + 1)
}

/// A piece of the file, short enough for a sentence.
pub(super) fn quote(found: &str) -> String {
    if found.chars().count() <= QUOTE_CHARS_MAX {
        return found.to_owned();
    }
    let mut short: String = found.chars().take(QUOTE_CHARS_MAX).collect();
    short.push('…');
    short
}

/// The known words by their distance from what was written, nearest first.
pub(super) fn nearest<'w>(found: &str, known: &'w [String]) -> Vec<&'w str> {
    let found: Vec<char> = found.chars().take(QUOTE_CHARS_MAX).collect();
    let mut order: Vec<(usize, &str)> =
        known.iter().map(|word| (distance(&found, word), word.as_str())).collect();
    order.sort();
    order.into_iter().map(|(_, word)| word).collect()
}

/// Further away than this part of the longer word, a word is another one and not a slip of the keys.
const PERHAPS_PART: usize = 3;

/// The sentence that offers a known word spelled much like what was written; nothing if there is none.
pub(super) fn perhaps(found: &str, nearest: Option<&str>) -> ProblemValue {
    let found: Vec<char> = found.chars().take(QUOTE_CHARS_MAX).collect();
    let near = nearest.filter(|word| {
        let longer = found.len().max(word.chars().count());
        distance(&found, word) <= longer / PERHAPS_PART
    });
    near.map_or_else(
        || ProblemValue::from(""),
        |word| ProblemValue::Sentence("problem_part.perhaps", vec![("nearest", word.to_owned())]),
    )
}

/// How many letters must be added, dropped or replaced to turn one word into the other.
fn distance(found: &[char], known: &str) -> usize {
    let mut row: Vec<usize> = (0..=found.len()).collect();
    for (index, letter) in known.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut left = index + 1;
        next.push(left);
        for ((above, diagonal), written) in row.iter().skip(1).zip(&row).zip(found) {
            let replaced = diagonal + usize::from(*written != letter);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

//! The people of a simulated day are known by their seeds, so that every name and number can be looked for.

use std::fs;
use std::path::{Path, PathBuf};

use rekam_driver_sim::{Situation, SyntheticPerson};

/// The beginnings of pictures and databases in clear; long enough that chance does not make them.
const HEADS: [(&str, &[u8]); 4] = [
    ("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
    ("PNG", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"),
    ("SQLite", b"SQLite format 3\x00"),
    ("age key", b"AGE-SECRET-KEY-"),
];

/// Every file below a folder.
///
/// # Errors
/// A folder cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(at)? {
            let path = entry?.path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

/// What of `sought` stands in a file, in UTF-8 or as a text editor of another system would write it.
#[must_use]
pub fn readable(bytes: &[u8], sought: &[(String, Vec<u8>)]) -> Vec<String> {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    sought.iter().filter(|(_, needle)| has(needle)).map(|(name, _)| name.clone()).collect()
}

/// Every name and number of the people drawn from these seeds, and the beginnings of pictures and databases in clear.
#[must_use]
pub fn canaries(seed: u64, people: u64) -> Vec<(String, Vec<u8>)> {
    let day = jiff::civil::date(2026, 11, 23);
    let mut sought: Vec<(String, Vec<u8>)> =
        HEADS.iter().map(|(name, head)| ((*name).to_owned(), head.to_vec())).collect();
    for seed in seed..seed + people {
        let person = SyntheticPerson::in_situation(seed, day, Situation::draw(seed));
        let texts = [
            Some(person.full_name.clone()),
            person.nik.clone(),
            Some(person.kk_number.clone()),
            Some(person.mother_name),
        ];
        for text in texts.into_iter().flatten() {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            sought.push((format!("{text} (UTF-16)"), wide));
            sought.push((text.clone(), text.into_bytes()));
        }
    }
    sought
}

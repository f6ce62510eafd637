//! What a station promised, and whether it kept it: the acknowledgements a day wrote down beside what the station
//! lists when it is opened again.
//!
//! ```
//! use rekam_tests::promise::lost;
//!
//! let line = |case: &str| (case.to_owned(), "photo@1".to_owned(), "f00d".to_owned());
//! let kept = [line("a")].into_iter().map(|(case, step, hash)| ((case, step), hash)).collect();
//! assert_eq!(lost(&[line("a"), line("b")], &kept), [line("b")]);
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use rekam_core::problem::Code;
use serde_json::Value;

use crate::program::rekam;

/// Case, step and hash of one acknowledgement.
pub type Promise = (String, String, String);
/// Hash of every step a station lists, by case and step.
pub type Kept = BTreeMap<(String, String), String>;

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value.get(name).and_then(Value::as_str).with_context(|| format!("{name} is missing"))?.to_owned())
}

/// Reads a line of a file of acknowledgements.
///
/// # Errors
/// It is not one.
pub fn promise(line: &str) -> Result<Promise> {
    let line: Value = serde_json::from_str(line)?;
    Ok((text(&line, "case")?, text(&line, "step")?, text(&line, "hash")?))
}

/// What was acknowledged. A last line that was cut off was never read by anybody.
#[must_use]
pub fn acknowledged(file: &Path) -> Vec<Promise> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| promise(line).ok()).collect()
}

/// What `rekam case list --steps --json` printed.
///
/// # Errors
/// It is not in its documented shape.
pub fn listed(printed: &[u8]) -> Result<Kept> {
    let cases: Value = serde_json::from_slice(printed)?;
    let mut kept = Kept::new();
    for case in cases.as_array().context("not a list")? {
        let id = text(case, "case")?;
        for step in case.get("steps").and_then(Value::as_array).context("no steps")? {
            kept.insert((id.clone(), text(step, "step")?), text(step, "hash")?);
        }
    }
    Ok(kept)
}

/// Opens the station and lists every step.
///
/// # Errors
/// It cannot be opened; its own words.
pub fn kept(data: &Path) -> Result<Kept> {
    let answer = rekam(&["case", "list", "--steps", "--json", "--data", &data.to_string_lossy()])?;
    ensure!(answer.status.success(), "case list: {}", String::from_utf8_lossy(&answer.stderr));
    listed(&answer.stdout)
}

/// What was acknowledged and is not there.
#[must_use]
pub fn lost(acknowledged: &[Promise], kept: &Kept) -> Vec<Promise> {
    let is_lost = |(case, step, hash): &&Promise| kept.get(&(case.clone(), step.clone())) != Some(hash);
    acknowledged.iter().filter(is_lost).cloned().collect()
}

/// Whether audit, journal and books are whole.
///
/// # Errors
/// What the station found.
pub fn expect_whole(data: &Path) -> Result<()> {
    let answer = rekam(&["audit", "verify", "--json", "--data", &data.to_string_lossy()])?;
    let (out, err) = (String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
    ensure!(answer.status.success(), "audit verify: {out} {err}");
    Ok(())
}

/// Nobody is left in the middle of a recording, and no number was given twice; answers how many people came.
///
/// # Errors
/// Who is left where, or which number was given twice.
pub fn expect_nobody_half(data: &Path) -> Result<usize> {
    let answer = rekam(&["case", "list", "--json", "--data", &data.to_string_lossy()])?;
    ensure!(answer.status.success(), "case list: {}", String::from_utf8_lossy(&answer.stderr));
    let cases: Value = serde_json::from_slice(&answer.stdout)?;
    let mut numbers = BTreeSet::new();
    for case in cases.as_array().context("not a list")? {
        let states = case.get("states").context("no states")?;
        let state = text(states, "recording")?;
        let is_ended = ["Recorded", "NoShow", "Redirected", "Rejected"].contains(&state.as_str());
        ensure!(is_ended, "half a person: {case}");
        let number = text(states, "registration")?;
        ensure!(numbers.insert(number.clone()), "{number} was given twice");
    }
    Ok(numbers.len())
}

/// The code in brackets at the end of what the program complained, if it is one the station knows.
#[must_use]
pub fn problem_of(complaint: &str) -> Option<Code> {
    let (_, told) = complaint.rsplit_once('[')?;
    let word: String =
        told.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect();
    Code::ALL.iter().copied().find(|code| code.word() == word)
}

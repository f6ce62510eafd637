//! What every screen must pass: open to everybody in both themes, nothing cut off at both text sizes.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::webdriver::Session;

/// What axe-core finds on the page as it is.
///
/// # Errors
/// When axe-core is not installed or the page does not answer.
pub fn violations(page: &Session) -> Result<Vec<Value>> {
    let axe = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    if page.run("return typeof axe === 'object'", &[])? != Value::Bool(true) {
        let source = std::fs::read_to_string(axe).context("axe-core is missing: run `npm ci` in ui/")?;
        page.run(&source, &[])?;
    }
    let found = page.run_async(include_str!("../../ui/e2e/axe.js"), &[])?;
    Ok(found.as_array().cloned().unwrap_or_default())
}

/// Whether a finding keeps people out.
#[must_use]
pub fn is_grave(violation: &Value) -> bool {
    matches!(violation["impact"].as_str(), Some("serious" | "critical"))
}

/// Refuses what keeps people out; prints what is merely untidy.
///
/// # Errors
/// When somebody is kept out, in one of the themes.
pub fn is_open_to_everybody(page: &Session, screen: &str) -> Result<()> {
    for theme in ["light", "contrast"] {
        choose(page, "theme", theme)?;
        let found = violations(page)?;
        let (grave, small): (Vec<&Value>, Vec<&Value>) =
            found.iter().partition(|violation| is_grave(violation));
        for violation in small {
            writeln!(std::io::stdout(), "{screen}, {theme}: {violation:#}")?;
        }
        ensure!(grave.is_empty(), "{screen}, {theme}: {grave:#?}");
    }
    choose(page, "theme", "light")
}

/// Sets a preference by clicking its choice; where the screen has none, as the preference itself does.
///
/// # Errors
/// When the page does not answer.
pub fn choose(page: &Session, name: &str, value: &str) -> Result<()> {
    page.run(
        "const choice = document.querySelector(`input[name=${arguments[0]}][value=${arguments[1]}]`); \
         if (choice) choice.click(); \
         else document.documentElement.dataset[arguments[0] === 'size' ? 'text' : arguments[0]] = arguments[1]",
        &[name.into(), value.into()],
    )
    .map(drop)
}

/// Refuses what is cut off or sticks out, at both text sizes.
///
/// # Errors
/// When something does; the message names it.
pub fn fits(page: &Session, screen: &str) -> Result<()> {
    for size in ["large", "usual"] {
        choose(page, "size", size)?;
        let found = page.run(include_str!("../../ui/e2e/fit.js"), &[])?;
        ensure!(found.as_array().is_some_and(Vec::is_empty), "{screen}, text size {size}: {found:#}");
    }
    Ok(())
}

//! Region lists that were named on the command line.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use jiff::civil::Date;
use rekam_domain::region::{RegionCode, RegionEdition, RegionTable};

/// A region list is a few megabytes; more than this is not one.
const REGION_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The table of the current list, or the built-in start, with the older lists beside it.
pub(crate) fn table(current: Option<&Path>, historical: &[PathBuf]) -> anyhow::Result<RegionTable> {
    let mut table = match current {
        Some(file) => RegionTable::new(edition(file)?),
        None => RegionTable::starter(),
    };
    for file in historical {
        table = table.with_historical(edition(file)?);
    }
    Ok(table)
}

/// The region of the station, if one was named.
pub(crate) fn station(code: Option<&str>) -> anyhow::Result<Option<RegionCode>> {
    code.map(|code| RegionCode::parse(code).with_context(|| format!("--station {code}: not a region code")))
        .transpose()
}

/// A date in the name of a file: `…2018-01-01…`.
fn date_in(label: &str) -> Option<Date> {
    (0..label.len()).find_map(|start| label.get(start..start + 10)?.parse().ok())
}

/// The file's name is the label of the edition; a date in it (`…2018-01-01…`) is its date.
fn edition(file: &Path) -> anyhow::Result<RegionEdition> {
    let name = file.display();
    let mut text = String::new();
    let opened = File::open(file).with_context(|| format!("{name}: cannot be opened"))?;
    opened
        .take(REGION_FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .with_context(|| format!("{name}: cannot be read"))?;
    let label = file.file_stem().unwrap_or_default().to_string_lossy();
    let (edition, refused) = RegionEdition::import(&text, &label, date_in(&label).unwrap_or(Date::MIN));
    if edition.is_empty() {
        let why =
            refused.first().map(|line| line.text(rekam_domain::text::Language::English)).unwrap_or_default();
        bail!("{name}: holds no region code. {why}");
    }
    Ok(edition)
}

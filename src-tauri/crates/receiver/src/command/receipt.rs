//! A single receipt by hand, where neither line nor stick is there.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use qrcode::QrCode;
use qrcode::render::{svg, unicode};
use rekam_packet::notice::Receipt as Signed;
use serde_json::json;

use super::packet::find;
use super::{OK, open};
use crate::args::Receipt;
use crate::output::Output;

/// The smallest side of the picture, in its own units: a phone and a cheap camera read it from a sheet of paper.
const PICTURE_SIDE_MIN: u32 = 480;

pub(super) fn run(asked: Receipt, output: &mut Output) -> anyhow::Result<ExitCode> {
    let Receipt::Show { data, id, qr } = asked;
    let office = open(&data)?;
    let row = find(&office, &id)?;
    let words = office.ledger.read(|view| view.words_about(&row.station, row.id))?;
    // The newest receipt stands before the newest status.
    let signed = words.first().ok_or_else(|| anyhow!("{id}: no receipt yet"))?;
    let text = Signed::to_text(signed);
    match qr {
        Some(place) if place == Path::new("terminal") => {
            // Light on a dark screen would be a negative, which many cameras do not read.
            let picture = QrCode::new(&text)?
                .render::<unicode::Dense1x2>()
                .dark_color(unicode::Dense1x2::Light)
                .light_color(unicode::Dense1x2::Dark)
                .build();
            output.line(&picture)?;
        }
        Some(file) => {
            let picture = QrCode::new(&text)?
                .render::<svg::Color<'_>>()
                .min_dimensions(PICTURE_SIDE_MIN, PICTURE_SIDE_MIN)
                .build();
            fs::write(&file, picture).with_context(|| file.display().to_string())?;
            let name = file.display().to_string();
            let said = json!({"packet": id, "text": text, "file": name});
            output.tell(data.json, &said, "receipt.written", &[("packet", &id), ("file", &name)])?;
        }
        None if data.json => output.json(&json!({"packet": id, "text": text}))?,
        None => output.line(&text)?,
    }
    Ok(OK)
}

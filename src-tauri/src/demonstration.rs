//! The office of the demonstration, served inside the window: what is recorded there really arrives.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use rekam_core::station::Station;
use rekam_receiver::demonstration;
use rekam_receiver::embedded::Embedded;
use rekam_receiver::serving::Wish;

use crate::error;

/// Folder of the office in the folder of the station; copies of the station leave it out.
const OFFICE_FOLDER: &str = "demonstration-office";
/// The admission in the folder of the station.
const BUNDLE_FILE: &str = "office.bundle";
/// One station asks, on this computer.
const REQUESTS_PER_SECOND: u32 = 50;

/// Serves the office of a demonstration station on this computer alone and tells the station where. Where that cannot
/// be, the station records all the same and shows that nobody answers.
pub(crate) fn serve(station: &mut Station, folder: &Path) -> Option<Embedded> {
    begin(station, folder)
        .inspect_err(|why| error::say(&format!("rekam-desk: no demonstration office: {why}")))
        .ok()
}

fn begin(station: &mut Station, folder: &Path) -> Result<Embedded, String> {
    let bundle = fs::read(folder.join(BUNDLE_FILE)).map_err(|error| error.to_string())?;
    let office =
        demonstration::office(&folder.join(OFFICE_FOLDER), &[bundle]).map_err(|error| error.to_string())?;
    let wish = Wish {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        names: Vec::new(),
        identities: demonstration::identities(),
        requests_per_second: REQUESTS_PER_SECOND,
        page_token: office.keys.page_token().map_err(|error| error.to_string())?,
    };
    let served = Embedded::start(Arc::new(office), wish).map_err(|error| error.to_string())?;
    let address = format!("https://{}", served.address());
    station.reach_office_at(vec![address]).map_err(|problem| problem.code.word().to_owned())?;
    Ok(served)
}

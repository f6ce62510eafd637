//! The private way of pictures to the page: an address of our own that nothing outside this window can reach.

use std::sync::Arc;

use tauri::http::{Response, StatusCode, header};
use tauri::{Manager, UriSchemeContext, UriSchemeResponder, Wry};

use crate::capture::CaptureDesk;
use crate::open::OpenStation;

/// The scheme of the addresses; the content policy names it.
pub(crate) const SCHEME: &str = "rekam";
/// The one window that may ask.
const WINDOW: &str = "main";

/// Answers one request from a thread that may wait for the disk.
pub(crate) fn answer(
    context: UriSchemeContext<'_, Wry>,
    request: tauri::http::Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    if context.webview_label() != WINDOW {
        responder.respond(nothing());
        return;
    }
    let handle = context.app_handle();
    let station = Arc::clone(&handle.state::<Arc<OpenStation>>());
    let capture = Arc::clone(&handle.state::<Arc<CaptureDesk>>());
    let path = request.uri().path().to_owned();
    tauri::async_runtime::spawn_blocking(move || {
        responder.respond(picture(&path, &station, &capture).unwrap_or_else(nothing));
    });
}

/// `/live/<number>` is what the device sees now; `/kept/<case>/<step>` what was saved.
fn picture(path: &str, station: &OpenStation, capture: &CaptureDesk) -> Option<Response<Vec<u8>>> {
    let mut parts = path.trim_matches('/').split('/');
    let (media, bytes) = match (parts.next()?, parts.next()?, parts.next()) {
        ("live", _, None) => {
            let frame = capture.frame()?;
            (frame.media.to_owned(), frame.bytes)
        }
        ("kept", case, Some(step)) => {
            let (case, step) = (case.parse().ok()?, step.parse().ok()?);
            station.ask(|station| station.picture(case, step)).ok()?
        }
        _ => return None,
    };
    let media = ["image/jpeg", "image/png"].into_iter().find(|known| *known == media)?;
    let answer = Response::builder()
        .header(header::CONTENT_TYPE, media)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    answer.body(bytes).ok()
}

fn nothing() -> Response<Vec<u8>> {
    let mut nothing = Response::new(Vec::new());
    *nothing.status_mut() = StatusCode::NOT_FOUND;
    nothing
}

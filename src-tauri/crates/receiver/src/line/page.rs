//! The page for the people of the office, and what machines watch. Read only, and nothing about a person on it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use jiff::Timestamp;
use rekam_domain::text::{Language, text};
use rekam_packet::Digest;

use super::Line;
use super::answer::Answer;
use crate::ledger::{LedgerError, PacketRow, PacketState, RefusalRow, Standing};
use crate::office::now_ms;

/// Packets and refusals on the page.
const ROWS_MAX: u32 = 200;

const STYLE: &str = include_str!("page.css");

/// Answers what is not for stations.
pub(super) fn answer(line: &Line, request: &Request<Incoming>) -> Answer {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return guarded(Answer::new(StatusCode::METHOD_NOT_ALLOWED).with("allow", "GET, HEAD"));
    }
    guarded(match request.uri().path() {
        "/health" => Answer::new(StatusCode::OK).body(PLAIN, b"ok\n".to_vec()),
        "/ready" => ready(line),
        "/page.css" => Answer::new(StatusCode::OK).body("text/css; charset=utf-8", STYLE.into()),
        "/" | "/metrics" if !is_known(line, request) => Answer::new(StatusCode::UNAUTHORIZED)
            .with("www-authenticate", "Basic realm=\"rekam\", charset=\"UTF-8\""),
        "/metrics" => line.meter.page(&line.office).map_or_else(broken, |page| {
            Answer::new(StatusCode::OK).body("text/plain; version=0.0.4; charset=utf-8", page.into_bytes())
        }),
        "/" => {
            let is_english = request.uri().query().is_some_and(|query| query == "lang=en");
            let language = if is_english { Language::English } else { Language::Indonesian };
            page(line, language).map_or_else(broken, |page| {
                Answer::new(StatusCode::OK).body("text/html; charset=utf-8", page.into_bytes())
            })
        }
        _ => Answer::new(StatusCode::NOT_FOUND),
    })
}

const PLAIN: &str = "text/plain; charset=utf-8";

/// What a browser is told on every page: run nothing, load nothing from elsewhere, stand in no frame, tell nobody.
fn guarded(answer: Answer) -> Answer {
    [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
        ("strict-transport-security", "max-age=31536000"),
        ("cache-control", "no-store"),
    ]
    .into_iter()
    .fold(answer, |answer, (name, value)| answer.with(name, value))
}

fn broken(error: LedgerError) -> Answer {
    crate::log::log("office_broken", &[("why", serde_json::json!(error.to_string()))]);
    Answer::new(StatusCode::INTERNAL_SERVER_ERROR)
}

fn ready(line: &Line) -> Answer {
    let is_stopping = *line.stopping.borrow();
    let is_ready = !is_stopping
        && line.writer.is_alive()
        && line.opener.strong_count() > 0
        && line.office.ledger.read(|view| view.last_position()).is_ok()
        && line.office.blob.free_bytes().is_ok_and(|free| free >= line.reserve_bytes);
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    Answer::new(status).body(PLAIN, if is_ready { b"ready\n".to_vec() } else { b"not ready\n".to_vec() })
}

fn is_known(line: &Line, request: &Request<Incoming>) -> bool {
    let given = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let decoded = given
        .and_then(|given| given.strip_prefix("Basic "))
        .and_then(|given| STANDARD.decode(given).ok())
        .and_then(|given| String::from_utf8(given).ok());
    let token = decoded.as_deref().and_then(|pair| pair.split_once(':')).map(|(_, token)| token);
    // Hashes are compared, so how long it takes tells nothing about the token.
    token.is_some_and(|token| Digest::of(token.as_bytes()) == Digest::of(line.page_token.as_bytes()))
}

/// Text that means nothing to a browser.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn page(line: &Line, language: Language) -> Result<String, LedgerError> {
    let office = &line.office;
    let (stations, packets, held, refusals, waiting) = office.ledger.read(|view| {
        let mut stations = Vec::new();
        for row in view.stations()? {
            stations.extend(view.standing(&row.id)?);
        }
        let waiting = view.count(PacketState::Stored)?;
        let packets = |state| view.packets(None, state, ROWS_MAX);
        let held = packets(Some(PacketState::Held))?;
        Ok((stations, packets(None)?, held, view.refusals(ROWS_MAX)?, waiting))
    })?;
    let say = |key: &str| escape(&text(language, &format!("receiver.page.{key}"), &[]));
    let code = if language == Language::English { "en" } else { "id" };
    let mut page = String::new();
    let _ = write!(
        page,
        "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} — {name}</title>\
         <link rel=\"stylesheet\" href=\"/page.css\"></head><body><main tabindex=\"0\"><h1>{title}</h1><p>{name} · {now}</p>",
        title = say("title"),
        name = escape(&office.name),
        now = stamp(now_ms()),
    );
    for left in office.keys.left() {
        let values = [("file", left)];
        let _ = write!(
            page,
            "<p class=\"warn\">{}</p>",
            escape(&text(language, "receiver.page.carry_away", &values))
        );
    }
    if office.is_demonstration {
        let _ = write!(page, "<p class=\"warn\">{}</p>", say("demonstration"));
    }
    let age = waiting.1.map_or_else(String::new, |oldest| format!(" ({})", wait(now_ms() - oldest)));
    let _ = write!(page, "<p>{}: {}{age}</p>", say("waiting"), waiting.0);
    let _ = write!(page, "<h2>{}</h2>", say("stations"));
    table(
        &mut page,
        &["station", "standing", "seen", "packets", "last", "missing", "held", "refused"].map(say),
        stations.iter().map(|standing| station_cells(standing, language)),
    );
    let _ = write!(page, "<h2>{}</h2>", say("approvals"));
    table(
        &mut page,
        &["when", "station", "number", "packet", "state", "wait"].map(say),
        held.iter().map(|row| packet_cells(row, language)),
    );
    let _ = write!(page, "<h2>{}</h2>", say("refusals"));
    table(
        &mut page,
        &["when", "station", "number", "packet", "why"].map(say),
        refusals.iter().map(|row| refusal_cells(row, language)),
    );
    let _ = write!(page, "<h2>{}</h2>", say("packets"));
    table(
        &mut page,
        &["when", "station", "number", "packet", "state", "wait"].map(say),
        packets.iter().map(|row| packet_cells(row, language)),
    );
    page.push_str("</main></body></html>");
    Ok(page)
}

fn table<const N: usize>(page: &mut String, heads: &[String; N], rows: impl Iterator<Item = [String; N]>) {
    page.push_str("<table><thead><tr>");
    heads.iter().for_each(|head| {
        let _ = write!(page, "<th scope=\"col\">{head}</th>");
    });
    page.push_str("</tr></thead><tbody>");
    for row in rows {
        page.push_str("<tr>");
        row.iter().for_each(|cell| {
            let _ = write!(page, "<td>{}</td>", escape(cell));
        });
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table>");
}

fn station_cells(standing: &Standing, language: Language) -> [String; 8] {
    let Standing { station: row, chain, held, refused, .. } = standing;
    let say = |key: &str| text(language, &format!("receiver.page.{key}"), &[]);
    let state = match (row.revoked_after, chain.is_forked) {
        (Some(_), _) => format!("{}: {}", say("revoked"), row.revoked_why),
        (None, true) => say("forked"),
        (None, false) => say("good"),
    };
    let mut missing: Vec<String> = chain.missing.iter().map(u64::to_string).collect();
    if chain.missing_count > chain.missing.len() as u64 {
        missing.push(format!("… ({})", chain.missing_count));
    }
    let seen = if row.seen_ms == 0 { say("never") } else { stamp(row.seen_ms) };
    [
        row.id.clone(),
        state,
        seen,
        chain.packets.to_string(),
        chain.last_counter.to_string(),
        missing.join(", "),
        held.to_string(),
        refused.len().to_string(),
    ]
}

fn refusal_cells(row: &RefusalRow, language: Language) -> [String; 5] {
    let why = text(language, &format!("packet.{}.{}", row.depth, row.word), &[]);
    let number = if row.counter == 0 { String::new() } else { row.counter.to_string() };
    [stamp(row.at_ms), row.station.clone(), number, row.item.to_string(), why]
}

fn packet_cells(row: &PacketRow, language: Language) -> [String; 6] {
    let say = |key: &str| text(language, &format!("receiver.page.{key}"), &[]);
    let mut state = say(row.state.word());
    if let Some((depth, word)) = row.refusal.split_once(':') {
        state = format!("{state}: {}", text(language, &format!("packet.{depth}.{word}"), &[]));
    }
    for (is_so, key) in
        [(row.is_withdrawn, "withdrawn"), (row.is_superseded, "superseded"), (row.is_handed_on, "handed_on")]
    {
        if is_so {
            state = format!("{state}, {}", say(key));
        }
    }
    // What is held was opened, but still waits.
    let is_waiting = row.opened_ms == 0 || row.state == PacketState::Held;
    let until = if is_waiting { now_ms() } else { row.opened_ms };
    let number = row.counter.to_string();
    [
        stamp(row.stored_ms),
        row.station.clone(),
        number,
        row.id.to_string(),
        state,
        wait(until - row.stored_ms),
    ]
}

fn stamp(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map_or_else(|_| ms.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// A span as days, hours, minutes, seconds, the two largest.
fn wait(ms: i64) -> String {
    let seconds = (ms / 1_000).max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Weak};

    use super::*;
    use crate::ingest::Writer;
    use crate::line::{Meter, Rate};
    use crate::office::{First, Office};

    #[test]
    fn is_not_ready_without_its_threads() {
        let folder = tempfile::tempdir().unwrap();
        let office = Arc::new(Office::open(folder.path(), &First::default()).unwrap());
        let writer = Writer::start(&office, |_| ()).unwrap();
        let alive = Arc::new(());
        let line = |opener: Weak<()>| {
            let (office, writer) = (Arc::clone(&office), writer.clone());
            let mut line =
                Line::new(office, writer, opener, Arc::new(Meter::default()), Rate::new(1), String::new());
            line.reserve_bytes = 0;
            line
        };
        let whole = line(Arc::downgrade(&alive));
        assert_eq!(ready(&whole).status, StatusCode::OK);
        drop(alive);
        assert_eq!(ready(&whole).status, StatusCode::SERVICE_UNAVAILABLE, "nobody opens");
    }
}

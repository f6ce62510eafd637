//! The page for people, and what machines watch.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rekam_packet::Upload;
use rekam_receiver::office::OfficeError;

use crate::delivered::deliver;
use crate::desk::Desk;
use crate::house::{House, PAGE_TOKEN};

fn basic(token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("kantor:{token}")))
}

#[test]
fn shows_gaps_forks_and_refusals_and_escapes_what_others_wrote() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let _lost = desk.seal();
    let second = desk.seal();
    deliver(&way, &second);
    let mut thief = Desk::new("desk-1", 99, &desk.to);
    let forged = thief.seal();
    let facts = forged.upload(Upload::Facts);
    way.create(forged.id, Upload::Facts, facts.len(), facts);
    let why = "<script>alert(1)</script>\"'&";
    house.office.ledger.write(|view| view.revoke_station("desk-1", 2, why)).unwrap();
    let people = house.stranger();
    for (path, title) in [("/", "Paket yang tiba"), ("/?lang=en", "What arrived")] {
        let reply = people.ask("GET", path, &[("Authorization", &basic(PAGE_TOKEN))], b"");
        let page = String::from_utf8(reply.body).unwrap();
        assert!(
            page.contains(title)
                && page.contains(&second.id.to_string())
                && page.contains(&forged.id.to_string())
        );
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"), "{page}");
        assert!(!page.contains("<script"));
        assert!(!page.contains("[receiver.") && !page.contains("[packet."), "a text is missing: {page}");
        assert!(!page.contains("CONTOH SATU") && !page.contains("3671091508069001"));
    }
}

#[test]
fn every_page_carries_tight_headers_and_needs_the_token() {
    let house = House::new();
    let people = house.stranger();
    for path in ["/", "/metrics", "/health", "/ready", "/page.css", "/nowhere"] {
        let reply = people.ask("GET", path, &[("Authorization", &basic(PAGE_TOKEN))], b"");
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{path} {name}");
        }
    }
    let mut line = people.connect().unwrap();
    line.ask("GET", "/health", &[], b"").unwrap();
    let shown = line.certificate().unwrap();
    assert_ne!(shown, house.office.authority.root().as_ref(), "the root signs and is never shown alone");
    for path in ["/", "/metrics"] {
        for wrong in [basic("wrong"), basic(""), "Bearer x".into()] {
            assert_eq!(people.ask("GET", path, &[("Authorization", &wrong)], b"").status, 401);
        }
        assert_eq!(people.ask("POST", path, &[("Authorization", &basic(PAGE_TOKEN))], b"").status, 405);
    }
}

/// So often an office is stopped under an upload until the answer arrives.
const TRIES: usize = 8;

#[test]
fn counts_and_stops_gracefully() -> Result<(), OfficeError> {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    deliver(&way, &desk.seal());
    let people = house.stranger();
    let metrics = people.ask("GET", "/metrics", &[("Authorization", &basic(PAGE_TOKEN))], b"");
    let text = String::from_utf8(metrics.body).unwrap();
    for line in [
        "rekam_packets_stored_total 1",
        "rekam_packets_stored 1",
        "rekam_packets_unopenable 0",
        "rekam_answers_total{class=\"2xx\"}",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("desk-1"), "figures name nobody");
    assert_eq!(people.ask("GET", "/health", &[], b"").status, 200);
    assert_eq!(people.ask("GET", "/ready", &[], b"").status, 200);
    drop(house);
    // The answer of an office that goes can be lost on the way; that it is given, one of a few shows.
    let mut tries = (0..TRIES).map(|_| stops_under_an_upload());
    assert!(tries.any(|told| told.is_ok_and(|is_told| is_told)), "nobody was told that the office stops");
    Ok(())
}

/// An upload that is under way keeps its bytes and is told why; whether the answer arrived.
fn stops_under_an_upload() -> Result<bool, OfficeError> {
    let mut house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed = desk.seal();
    let images = sealed.upload(Upload::Images);
    let mut line = way.connect().unwrap();
    line.create(sealed.id, Upload::Images, images.len(), b"").unwrap();
    let offset = [("Upload-Offset", "0"), crate::client::STREAM];
    line.begin("PATCH", &crate::client::path(sealed.id, Upload::Images), &offset, images.len()).unwrap();
    line.send(&images[..100]).unwrap();
    house.stop();
    let Ok(last) = line.read(false) else { return Ok(false) };
    assert_eq!((last.status, last.word()), (503, "office_stops"));
    let name = rekam_receiver::blob::Name { station: "desk-1".into(), item: sealed.id, part: Upload::Images };
    assert_eq!(house.office.blob.held(&name)?.unwrap().offset, 100);
    Ok(true)
}

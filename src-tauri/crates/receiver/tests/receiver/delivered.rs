//! Packets over the line.

use std::io::Read as _;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rekam_packet::notice::{Bundle, Done, Hour, Payload as _, Receipt};
use rekam_packet::{Digest, PacketId, Upload};

use crate::client::{STREAM, path};
use crate::desk::Desk;
use crate::house::{House, way};

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn deliver(way: &crate::client::Way, sealed: &crate::desk::Sealed) -> Receipt {
    let mut last = None;
    for part in Upload::ALL {
        let bytes = sealed.upload(*part);
        let reply = way.create(sealed.id, *part, bytes.len(), bytes);
        assert!(matches!(reply.status, 200 | 201), "{reply:?}");
        assert_eq!(reply.offset(), bytes.len() as u64);
        last = Some(reply);
    }
    last.unwrap().receipt(&way.office_key)
}

#[test]
fn receipts_a_packet_when_its_last_part_is_there() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed = desk.seal();
    for part in [Upload::Documents, Upload::Facts] {
        let bytes = sealed.upload(part);
        assert!(way.create(sealed.id, part, bytes.len(), bytes).signed().is_empty(), "nothing to say yet");
    }
    let images = sealed.upload(Upload::Images);
    let receipt = way.create(sealed.id, Upload::Images, images.len(), images).receipt(&way.office_key);
    assert_eq!(receipt.done, Done::Stored);
    assert_eq!((receipt.packet_id, receipt.manifest), (sealed.id, sealed.outline.manifest_hash));
    assert_eq!(usize::from(receipt.blobs), sealed.outline.manifest.blobs.len());
    let mut kept = Vec::new();
    house.office.blob.packet(sealed.id).unwrap().read_to_end(&mut kept).unwrap();
    assert_eq!(kept, sealed.bytes);
    let again = way.head(sealed.id, Upload::Images);
    assert_eq!((again.offset(), again.receipt(&way.office_key)), (images.len() as u64, receipt.clone()));
    let asked = way.ask("GET", &format!("/v1/items/{}", sealed.id), &[], b"");
    assert_eq!(asked.receipt(&way.office_key), receipt);
    assert_eq!(deliver(&way, &sealed).position, receipt.position, "a second delivery makes no second entry");
}

#[test]
fn keeps_every_byte_that_arrived_before_a_cut() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed = desk.seal_raw(&vec![7; 700_000]);
    let images = sealed.upload(Upload::Images);
    assert_eq!(way.create(sealed.id, Upload::Images, images.len(), b"").status, 201);
    let mut sent = 0;
    for piece in [1, 4_095, 100_001, 262_144] {
        let mut line = way.connect().unwrap();
        // Whatever the office says first is read, or closing would also throw away what it has not read yet.
        line.ask("HEAD", &path(sealed.id, Upload::Images), &[], b"").unwrap();
        let offset = sent.to_string();
        line.begin(
            "PATCH",
            &path(sealed.id, Upload::Images),
            &[("Upload-Offset", &offset), STREAM],
            images.len() - sent,
        )
        .unwrap();
        line.send(&images[sent..sent + piece]).unwrap();
        drop(line);
        sent += piece;
        // The office may not have come to read them yet.
        let begun = Instant::now();
        while way.head(sealed.id, Upload::Images).offset() != sent as u64 {
            assert!(begun.elapsed() < PATIENCE, "bytes are lost");
        }
    }
    let rest = way.patch(sealed.id, Upload::Images, sent, &images[sent..]);
    assert_eq!((rest.status, rest.offset()), (204, images.len() as u64));
    let stale = way.patch(sealed.id, Upload::Images, 5, b"x");
    assert_eq!((stale.status, stale.word(), stale.offset()), (409, "offset_differs", images.len() as u64));
}

#[test]
fn a_new_request_takes_over_from_one_that_hangs() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed = desk.seal();
    let images = sealed.upload(Upload::Images);
    way.create(sealed.id, Upload::Images, images.len(), b"");
    let mut hanging = way.connect().unwrap();
    hanging
        .begin("PATCH", &path(sealed.id, Upload::Images), &[("Upload-Offset", "0"), STREAM], images.len())
        .unwrap();
    hanging.send(&images[..100]).unwrap();
    let held = loop {
        // The hanging request may not have been read yet.
        let held = way.head(sealed.id, Upload::Images).offset();
        if held > 0 {
            break held;
        }
        if let Ok(reply) = hanging.read(false) {
            assert_eq!(reply.word(), "offset_differs");
            break reply_held(&way, sealed.id);
        }
    };
    assert!(held <= 100);
    let rest = way.patch(sealed.id, Upload::Images, held as usize, &images[held as usize..]);
    assert_eq!((rest.status, rest.offset()), (204, images.len() as u64));
}

fn reply_held(way: &crate::client::Way, id: PacketId) -> u64 {
    way.head(id, Upload::Images).offset()
}

#[test]
fn refuses_what_is_no_upload() {
    let house = House::new();
    let (_, way) = house.admit("desk-1", 11);
    let id = crate::desk::notice_id(1);
    let metadata = |packet: &str, part: &str| {
        format!("packet {},part {}", STANDARD.encode(packet), STANDARD.encode(part))
    };
    for (packet, part, length, status, word) in [
        ("../../etc/passwd", "facts", "10", 400, "upload_malformed"),
        (&id.to_string(), "../facts", "10", 400, "upload_malformed"),
        (&id.to_string(), "facts", "-1", 400, "upload_malformed"),
        (&id.to_string(), "facts", "999999999999", 413, "upload_too_long"),
    ] {
        let headers = [("Upload-Length", length), ("Upload-Metadata", &metadata(packet, part))];
        let reply = way.ask("POST", "/v1/uploads", &headers, b"");
        assert_eq!((reply.status, reply.word()), (status, word), "{packet} {part}");
        assert_eq!(reply.header("tus-resumable"), Some("1.0.0"));
    }
    assert_eq!(way.head(id, Upload::Facts).status, 404);
    assert_eq!(
        way.ask("PATCH", &path(id, Upload::Facts), &[("Upload-Offset", "0")], b"x").word(),
        "type_unknown"
    );
    assert_eq!(way.create(id, Upload::Facts, 100, b"12345").offset(), 5);
    assert_eq!(way.create(id, Upload::Facts, 101, b"").word(), "length_differs");
    assert_eq!(way.create(id, Upload::Facts, 4, b"12345").word(), "upload_too_long");
    let large = 268_000_000;
    let many =
        (0..40).map(|number| way.create(crate::desk::notice_id(100 + number), Upload::Images, large, b""));
    let words: Vec<String> = many.map(|reply| reply.word().to_owned()).collect();
    assert_eq!(
        (words[0].as_str(), words[39].as_str()),
        ("", "too_many"),
        "one station never gets the whole disk"
    );
    assert_eq!(way.ask("GET", "/v1/else", &[], b"").word(), "path_unknown");
    assert_eq!(way.ask("DELETE", "/v1/feed", &[], b"").word(), "method_unknown");
}

#[test]
fn drops_a_body_whose_checksum_does_not_fit() {
    let house = House::new();
    let (_, way) = house.admit("desk-1", 11);
    let id = crate::desk::notice_id(1);
    way.create(id, Upload::Facts, 10, b"");
    let send = |checksum: &str, body: &[u8]| {
        let headers = [("Upload-Offset", "0"), STREAM, ("Upload-Checksum", checksum)];
        way.ask("PATCH", &path(id, Upload::Facts), &headers, body)
    };
    // SHA-1 of "abc".
    let wrong = send("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", b"abd");
    assert_eq!((wrong.status, wrong.word()), (460, "checksum_differs"));
    assert_eq!(send("md5 AAAA", b"abc").word(), "checksum_unknown");
    assert_eq!(way.head(id, Upload::Facts).offset(), 0);
    assert_eq!(send("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", b"abc").offset(), 3);
}

#[test]
fn asks_for_a_damaged_part_again_and_refuses_a_forged_packet_for_ever() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed = desk.seal();
    for part in [Upload::Facts, Upload::Documents] {
        way.create(sealed.id, part, sealed.upload(part).len(), sealed.upload(part));
    }
    let mut images = sealed.upload(Upload::Images).to_vec();
    images[50] ^= 1;
    let damaged = way.create(sealed.id, Upload::Images, images.len(), &images);
    assert_eq!((damaged.status, damaged.word()), (460, "not_what_was_sealed"));
    assert_eq!(way.head(sealed.id, Upload::Images).status, 404, "forgotten");
    images[50] ^= 1;
    let good = way.create(sealed.id, Upload::Images, images.len(), &images);
    assert_eq!(good.receipt(&way.office_key).done, Done::Stored);

    let mut thief = Desk::new("desk-1", 99, &desk.to);
    let forged = thief.seal();
    let facts = forged.upload(Upload::Facts);
    let refused = way.create(forged.id, Upload::Facts, facts.len(), facts).receipt(&way.office_key);
    assert_eq!(refused.done, Done::Refused { depth: "verify".into(), word: "station_key".into() });
    let asked = way.ask("GET", &format!("/v1/items/{}", forged.id), &[], b"");
    assert_eq!(asked.receipt(&way.office_key), refused);
}

#[test]
fn nobody_delivers_in_the_name_of_another() {
    let house = House::new();
    let (mut one, _) = house.admit("desk-1", 11);
    let (_, other) = house.admit("desk-2", 12);
    let sealed = one.seal();
    let facts = sealed.upload(Upload::Facts);
    let refused = other.create(sealed.id, Upload::Facts, facts.len(), facts).receipt(&other.office_key);
    assert_eq!(refused.done, Done::Refused { depth: "verify".into(), word: "station_unknown".into() });
}

#[test]
fn reports_a_gap_and_refuses_a_fork() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let first = desk.seal();
    let mut clone = Desk::new("desk-1", 11, &desk.to);
    (clone.counter, clone.previous, clone.chance) = (desk.counter, desk.previous, 77);
    let (_lost, third) = (desk.seal(), desk.seal());
    assert_eq!(deliver(&way, &first).done, Done::Stored);
    assert_eq!(deliver(&way, &third).done, Done::Stored);
    let chain = house.office.ledger.read(|view| view.chain("desk-1")).unwrap();
    assert_eq!((chain.missing.as_slice(), chain.is_forked), ([2].as_slice(), false));
    let copy = clone.seal();
    let facts = copy.upload(Upload::Facts);
    let refused = way.create(copy.id, Upload::Facts, facts.len(), facts).receipt(&way.office_key);
    assert_eq!(refused.done, Done::Refused { depth: "ledger".into(), word: "chain_fork".into() });
    assert!(house.office.ledger.read(|view| view.chain("desk-1")).unwrap().is_forked);
}

#[test]
fn refuses_strangers_and_the_revoked_by_name() {
    let house = House::new();
    let (_, way) = house.admit("desk-1", 11);
    let feed = |way: &crate::client::Way| way.ask("GET", "/v1/feed", &[], b"");
    assert_eq!(feed(&house.stranger()).word(), "certificate_missing");
    assert_eq!(feed(&way).status, 200);
    house.office.ledger.write(|view| view.revoke_station("desk-1", 0, "lost")).unwrap();
    assert_eq!((feed(&way).status, feed(&way).word()), (403, "station_revoked"));
    assert_eq!(way.ask("GET", "/v1/probe?nonce=5", &[], b"").word(), "station_revoked");
}

#[test]
fn proves_that_it_is_the_office_and_tells_the_time() {
    let house = House::new();
    let stranger = house.stranger();
    let reply = stranger.ask("GET", "/v1/probe?nonce=18446744073709551615", &[], b"");
    assert_eq!(reply.header("rekam-nonce"), Some("18446744073709551615"));
    let hour = Hour::verify_by(&reply.signed()[0], [&stranger.office_key]).unwrap();
    assert_eq!(hour.nonce, u64::MAX);
    assert!(reply.header("rekam-time").unwrap().parse::<i64>().unwrap() >= hour.at_ms);
    assert_eq!(stranger.ask("GET", "/v1/probe?nonce=x", &[], b"").status, 400);
}

#[test]
fn one_station_that_runs_wild_is_told_to_wait() {
    let house = House::with(false, 1);
    let (_, way) = house.admit("desk-1", 11);
    let replies: Vec<_> = (0..8).map(|_| way.ask("GET", "/v1/feed", &[], b"")).collect();
    let wait = replies.iter().find(|reply| reply.status == 429).expect("one of them too many");
    assert_eq!((wait.word(), wait.header("retry-after")), ("too_many", Some("1")));
}

#[test]
fn feed_goes_on_from_its_cursor() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    for _ in 0..3 {
        deliver(&way, &desk.seal());
    }
    let page = way.ask("GET", "/v1/feed", &[], b"");
    let words: Vec<minicbor::bytes::ByteVec> = minicbor::decode(&page.body).unwrap();
    assert!(Hour::verify_by(&words[0], [&way.office_key]).is_ok());
    assert_eq!(words.len(), 4);
    let cursor = page.header("rekam-cursor").unwrap();
    let next = way.ask("GET", &format!("/v1/feed?after={cursor}"), &[], b"");
    let words: Vec<minicbor::bytes::ByteVec> = minicbor::decode(&next.body).unwrap();
    assert_eq!(
        (words.len(), next.header("rekam-cursor"), next.header("rekam-more")),
        (1, Some(cursor), Some("false"))
    );
    assert_eq!(way.ask("GET", "/v1/feed?after=999999", &[], b"").word(), "cursor_unknown");
    assert_eq!(way.ask("GET", "/v1/feed?after=x", &[], b"").word(), "cursor_unknown");
}

#[test]
fn renews_a_bundle_that_is_two_thirds_old() {
    let house = House::new();
    let (desk, line) = house.admit("desk-1", 11);
    let key = line.office_key;
    let first = line.ask("GET", "/v1/bundle", &[], b"");
    assert_eq!(first.header("etag"), Some("\"1\""));
    let kept = line.ask("GET", "/v1/bundle", &[("If-None-Match", "\"1\"")], b"");
    assert_eq!((kept.status, kept.body.len()), (304, 0));
    let name = Digest::of(desk.transport.verifying_key().as_bytes()).to_string();
    let admitted = house.stranger().ask("GET", &format!("/v1/admission/{name}"), &[], b"");
    assert_eq!(admitted.body, first.body, "a new station fetches the same one without a certificate");
    house.office.keys.rotate(crate::house::PASSPHRASE).unwrap();
    let second = line.ask("GET", "/v1/bundle", &[], b"");
    let (old, new) =
        (Bundle::verify_by(&first.body, [&key]).unwrap(), Bundle::verify_by(&second.body, [&key]).unwrap());
    assert_eq!((new.serial, new.profile == old.profile, new.active == old.active), (2, true, false));
    let renewed = way(&second.body, &desk, house.address, key);
    assert_eq!(renewed.ask("GET", "/v1/feed", &[], b"").status, 200, "the new certificate is good at once");
}

#[test]
fn sixteen_stations_at_once_get_one_ledger() {
    let house = House::new();
    thread::scope(|scope| {
        for seed in 0..16_u8 {
            let house = &house;
            scope.spawn(move || {
                let (mut desk, way) = house.admit(&format!("desk-{seed}"), 100 + seed);
                for _ in 0..3 {
                    assert_eq!(deliver(&way, &desk.seal()).done, Done::Stored);
                }
            });
        }
    });
    let rows = house.office.ledger.read(|view| view.packets(None, None, 1_000)).unwrap();
    assert_eq!(rows.len(), 48);
    let (_, findings) = rekam_receiver::check::check(&house.office).unwrap();
    assert_eq!(findings, []);
}

//! Every way in which a line fails is named at the desk within five seconds.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use rekam_link::{LinkConfig, Proxy};
use rekam_sync::{Cause, Config};

use crate::desk::{Desk, packet};
use crate::office::{Mood, Office};
use crate::pki::{Authority, Valid};

/// The desk shows the cause of every trouble by then.
const SHOWN: Duration = Duration::from_secs(5);

fn cause_of(link: &LinkConfig) -> Cause {
    let mut desk = Desk::new(link, Config::default(), vec![packet(1, &[1000])]);
    desk.run(SHOWN, |desk| desk.engine.line().cause.is_some());
    desk.engine.line().cause.unwrap()
}

/// Somebody who is no office: hears a little, says this, and ends; or is silent and holds on.
fn stranger(says: Option<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for mut stream in listener.incoming().flatten() {
            match says {
                None => held.push(stream),
                Some(text) => {
                    let _ = stream.read(&mut [0; 4096]);
                    let _ = stream.write_all(text);
                }
            }
        }
    });
    address
}

fn office_that(name: &str, valid: &Valid, mood: Mood) -> (Office, LinkConfig) {
    let authority = Authority::new();
    let office = Office::start(authority.server(name, valid, &authority), mood);
    let link = authority.station(std::slice::from_ref(&office.address));
    (office, link)
}

fn honest() -> (Office, LinkConfig) {
    office_that("rekam-office", &Valid::Now, Mood::Honest)
}

#[test]
fn another_authority_or_name_is_a_wrong_certificate() {
    let (_office, mut link) = honest();
    link.office_root = Authority::new().root.to_vec();
    assert_eq!(cause_of(&link), Cause::WrongCertificate);
    let (_office, link) = office_that("kantor.example", &Valid::Now, Mood::Honest);
    assert_eq!(cause_of(&link), Cause::WrongCertificate);
}

#[test]
fn a_certificate_of_another_time_is_a_wrong_time() {
    for valid in [Valid::Past, Valid::Future] {
        let (_office, link) = office_that("rekam-office", &valid, Mood::Honest);
        assert_eq!(cause_of(&link), Cause::WrongTime);
    }
}

#[test]
fn an_office_that_refuses_our_certificate_has_revoked_us() {
    let authority = Authority::new();
    let office =
        Office::start(authority.server("rekam-office", &Valid::Now, &Authority::new()), Mood::Honest);
    assert_eq!(cause_of(&authority.station(&[office.address])), Cause::Revoked);
    let refusal = "HTTP/1.1 403 No\r\nTus-Resumable: 1.0.0\r\nRekam-Refusal: station_revoked\r\n\
                   Content-Length: 0\r\n\r\n";
    let (_office, link) = office_that("rekam-office", &Valid::Now, Mood::Says(refusal));
    assert_eq!(cause_of(&link), Cause::Revoked);
}

#[test]
fn nobody_there_no_name_a_cut_and_silence_are_told_apart() {
    let authority = Authority::new();
    let cause = |address: &str| cause_of(&authority.station(&[address.into()]));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert_eq!(cause(&closed), Cause::ConnectionRefused);
    // A name that no resolver can hold is refused without asking anybody; without a route, the network is to blame.
    assert!(matches!(cause("kantor..invalid"), Cause::NameNotFound | Cause::NoNetwork));
    assert_eq!(cause(&stranger(Some(b""))), Cause::Cut);
    assert_eq!(cause(&stranger(None)), Cause::Silent);
}

#[test]
fn a_gate_that_wants_a_sign_in_is_told_from_one_that_lies() {
    let authority = Authority::new();
    let cause = |says: &'static [u8]| cause_of(&authority.station(&[stranger(Some(says))]));
    let away = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\n\r\n";
    assert_eq!(cause(away), Cause::CaptivePortal);
    assert_eq!(cause(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"), Cause::CaptivePortal);
    assert_eq!(cause(b"SSH-2.0-OpenSSH_9.2\r\n"), Cause::ProxyLies);
    for (says, expected) in [
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nhalo", Cause::CaptivePortal),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Cause::ProxyLies),
        ("HTTP/1.1 200 OK\r\nTus-Resumable: 1.0.0\r\nRekam-Nonce: 1\r\n\r\n", Cause::ProxyLies),
        ("220 mail ready\r\n", Cause::ProxyLies),
        ("HTTP/1.1 503 X\r\nTus-Resumable: 1.0.0\r\nContent-Length: 0\r\n\r\n", Cause::OfficeBusy),
        ("HTTP/1.1 507 X\r\nTus-Resumable: 1.0.0\r\nContent-Length: 0\r\n\r\n", Cause::OfficeFull),
    ] {
        let (_office, link) = office_that("rekam-office", &Valid::Now, Mood::Says(says));
        assert_eq!(cause_of(&link), expected, "{says}");
    }
}

#[test]
fn a_flood_of_fields_is_cut_short() {
    let (_office, link) = office_that("rekam-office", &Valid::Now, Mood::Floods);
    assert_eq!(cause_of(&link), Cause::ProxyLies);
}

fn deliver(office: &Office, link: &LinkConfig, config: Config, lengths: &[u64]) -> Desk {
    let item = packet(1, lengths);
    office.memory.lock().unwrap().parts.insert(item.id.to_string(), lengths.len());
    let mut desk = Desk::new(link, config, vec![item]);
    desk.run(Duration::from_secs(30), Desk::is_empty);
    for (upload, bytes) in desk.contents.iter() {
        assert!(office.bytes_of(&upload.path()) == *bytes, "{upload:?} arrived otherwise");
    }
    desk
}

#[test]
fn a_packet_arrives_over_one_connection_and_bbr_was_asked_for() {
    let (office, link) = honest();
    let desk = deliver(&office, &link, Config::default(), &[10_000, 700_000, 300_000]);
    assert_eq!(office.memory.lock().unwrap().connections, 1, "kept alive");
    let known = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control").unwrap();
    let is_known = known.split_whitespace().any(|name| name == "bbr");
    assert_eq!(desk.congestion[0] == "bbr", is_known, "{known}");
}

#[test]
fn an_office_that_closes_after_every_answer_gets_everything_too() {
    let (office, link) = office_that("rekam-office", &Valid::Now, Mood::Closes);
    let desk = deliver(&office, &link, Config::default(), &[10_000, 300_000]);
    assert!(desk.causes.iter().all(|(_, cause)| *cause != Some(Cause::ProxyLies)), "{:?}", desk.causes);
}

#[test]
fn the_office_decides_how_fast() {
    let (office, link) = honest();
    let config = Config { bytes_per_second_max: Some(200_000), ..Config::default() };
    let begun = std::time::Instant::now();
    deliver(&office, &link, config, &[400_000]);
    let took = begun.elapsed();
    assert!((Duration::from_millis(1_700)..Duration::from_millis(3_500)).contains(&took), "{took:?}");
}

#[test]
fn a_dead_address_does_not_keep_from_the_next() {
    let (office, mut link) = honest();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    link.addresses = vec![closed, stranger(None), office.address.clone()];
    let desk = deliver(&office, &link, Config::default(), &[10_000]);
    assert_eq!(desk.addresses[0], 2);
}

/// A proxy that opens the way, or asks for an account.
fn proxy(account: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut near in listener.incoming().flatten() {
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                near.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            let asked = String::from_utf8(asked).unwrap();
            if account.is_some_and(|account| !asked.contains(account)) {
                near.write_all(b"HTTP/1.1 407 Account\r\nContent-Length: 0\r\n\r\n").unwrap();
                continue;
            }
            let place = asked.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap();
            let mut far = std::net::TcpStream::connect(place).unwrap();
            near.write_all(b"HTTP/1.1 200 Open\r\n\r\n").unwrap();
            let (mut back, mut forth) = (far.try_clone().unwrap(), near.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut back, &mut forth));
            std::thread::spawn(move || std::io::copy(&mut near, &mut far));
        }
    });
    address
}

#[test]
fn a_proxy_is_asked_for_the_way_and_named_when_it_refuses() {
    let (office, mut link) = honest();
    // kantor:rahasia
    let account = Some("Proxy-Authorization: Basic a2FudG9yOnJhaGFzaWE=");
    link.proxy = Some(Proxy { address: proxy(account), account: None });
    assert_eq!(cause_of(&link), Cause::ProxyLies);
    link.proxy = link
        .proxy
        .map(|proxy| Proxy { account: Some(("kantor".into(), "rahasia".to_owned().into())), ..proxy });
    deliver(&office, &link, Config::default(), &[10_000, 200_000]);
}

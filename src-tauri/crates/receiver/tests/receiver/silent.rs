//! Peers that say nothing, or too slowly, are ended; nobody else waits for them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use rekam_packet::Upload;

use crate::client::{STREAM, path};
use crate::delivered::deliver;
use crate::house::House;

/// The longest of the office's own limits is 30 s.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn silent_and_slow_peers_are_ended_and_nobody_waits_for_them() {
    let house = House::new();
    let (mut desk, way) = house.admit("desk-1", 11);
    let sealed = desk.seal();
    way.create(sealed.id, Upload::Images, sealed.upload(Upload::Images).len(), b"");
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let mut mute = TcpStream::connect(house.address).unwrap();
                mute.set_read_timeout(Some(PATIENCE)).unwrap();
                assert!(matches!(mute.read(&mut [0]), Ok(0) | Err(_)), "half-open");
            });
        }
        scope.spawn(|| {
            let mut slow = TcpStream::connect(house.address).unwrap();
            slow.set_read_timeout(Some(PATIENCE)).unwrap();
            slow.write_all(&[0x16, 0x03, 0x01]).unwrap();
            assert!(matches!(slow.read(&mut [0]), Ok(0) | Err(_)), "a handshake that never ends");
        });
        scope.spawn(|| {
            let mut line = way.connect().unwrap();
            line.send(b"GET /v1/feed HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
            if let Ok(reply) = line.read(false) {
                assert_eq!(reply.status, 408, "a header that never ends");
            }
        });
        scope.spawn(|| {
            let mut line = way.connect().unwrap();
            let offset = [("Upload-Offset", "0"), STREAM];
            line.begin("PATCH", &path(sealed.id, Upload::Images), &offset, 100).unwrap();
            line.send(b"12345").unwrap();
            let reply = line.read(false).unwrap();
            assert_eq!((reply.status, reply.word()), (408, "body_stands_still"));
        });
        let other = desk_two(&house);
        assert!(other < Duration::from_secs(20), "others are served meanwhile");
    });
    assert!(begun.elapsed() < PATIENCE);
    assert_eq!(way.head(sealed.id, Upload::Images).offset(), 5, "what arrived is kept");
}

fn desk_two(house: &House) -> Duration {
    let (mut desk, way) = house.admit("desk-2", 12);
    let begun = Instant::now();
    deliver(&way, &desk.seal());
    begun.elapsed()
}

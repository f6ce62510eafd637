//! The road: one thread that takes packets in and one that gives them out, for each direction.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The longest packet of IP.
const PACKET_BYTES_MAX: usize = 65_536;
/// What waits before the road: a small router's 64 packets.
const QUEUE_BYTES_MAX: f64 = 64.0 * 1500.0;

/// Width, length and quality of a line; the same both ways, but only what the station sends is lost.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Width, headers of IP included.
    pub bits_per_second: u64,
    /// There and back.
    pub round_trip: Duration,
    /// So many of a thousand packets never arrive; they use the line all the same.
    pub lost_in_thousand: u64,
}

/// What the station has sent, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Traffic {
    /// Of IP, with all headers.
    pub bytes: u64,
    /// Of these, what the line lost: by chance, in a full queue, or in a cut.
    pub lost_bytes: u64,
    /// Content of TCP, each time it was sent.
    pub content_bytes: u64,
}

#[derive(Debug)]
pub(super) struct Road {
    shape: Shape,
    pub(super) is_cut: AtomicBool,
    bytes: AtomicU64,
    lost_bytes: AtomicU64,
    content_bytes: AtomicU64,
}

impl Road {
    pub(super) fn build(shape: Shape, near: File, far: File) -> Arc<Self> {
        let zero = AtomicU64::default;
        let (bytes, lost_bytes, content_bytes) = (zero(), zero(), zero());
        let road = Arc::new(Self { shape, is_cut: AtomicBool::new(false), bytes, lost_bytes, content_bytes });
        let (near, far) = (Arc::new(near), Arc::new(far));
        for (from, to, is_up) in [(Arc::clone(&near), Arc::clone(&far), true), (far, near, false)] {
            let (enter, leave) = channel();
            let (load, unload) = (Arc::clone(&road), Arc::clone(&road));
            thread::spawn(move || load.load(&from, &enter, is_up));
            thread::spawn(move || unload.unload(&leave, &to, is_up));
        }
        road
    }

    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            bytes: self.bytes.load(Relaxed),
            lost_bytes: self.lost_bytes.load(Relaxed),
            content_bytes: self.content_bytes.load(Relaxed),
        }
    }

    fn load(&self, from: &File, enter: &Sender<(Instant, Vec<u8>)>, is_up: bool) {
        let mut buffer = vec![0; PACKET_BYTES_MAX];
        let bytes_per_second = self.shape.bits_per_second as f64 / 8.0;
        let (mut free_at, mut chance) = (Instant::now(), 0x9e37_79b9_7f4a_7c15);
        // A device that is gone gives an error.
        while let Ok(length) = (&*from).read(&mut buffer) {
            let packet = buffer.get(..length).unwrap_or_default();
            if is_up {
                self.bytes.fetch_add(length as u64, Relaxed);
                self.content_bytes.fetch_add(content_bytes(packet), Relaxed);
            }
            let now = Instant::now();
            let waiting = free_at.saturating_duration_since(now).as_secs_f64() * bytes_per_second;
            if waiting + length as f64 > QUEUE_BYTES_MAX || self.is_cut.load(Relaxed) {
                self.lose(length, is_up);
                continue;
            }
            free_at = free_at.max(now) + Duration::from_secs_f64(length as f64 / bytes_per_second);
            if is_up && next(&mut chance) % 1000 < self.shape.lost_in_thousand {
                self.lose(length, is_up);
            } else if enter.send((free_at + self.shape.round_trip / 2, packet.to_vec())).is_err() {
                return;
            }
        }
    }

    fn unload(&self, leave: &Receiver<(Instant, Vec<u8>)>, to: &File, is_up: bool) {
        for (at, packet) in leave {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if self.is_cut.load(Relaxed) {
                self.lose(packet.len(), is_up);
            } else if (&*to).write_all(&packet).is_err() {
                return;
            }
        }
    }

    fn lose(&self, length: usize, is_up: bool) {
        if is_up {
            self.lost_bytes.fetch_add(length as u64, Relaxed);
        }
    }
}

/// What a packet of TCP over IPv4 carries.
fn content_bytes(packet: &[u8]) -> u64 {
    let byte = |at: usize| usize::from(packet.get(at).copied().unwrap_or_default());
    if byte(0) >> 4 != 4 || byte(9) != 6 {
        return 0;
    }
    let head = (byte(0) & 15) * 4;
    packet.len().saturating_sub(head + (byte(head + 12) >> 4) * 4) as u64
}

/// The next number of a sequence that is the same in each run.
fn next(chance: &mut u64) -> u64 {
    *chance ^= *chance << 13;
    *chance ^= *chance >> 7;
    *chance ^= *chance << 17;
    *chance >> 11
}

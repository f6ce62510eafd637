//! After locking, no key, no signing seed and no secret is found in this process. It stands inside the crate, because
//! nobody outside may see a seed; every needle is random or used nowhere else, so other tests do not disturb it.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use zeroize::{Zeroize, Zeroizing};

use crate::{Context, Cost, KeyRing, NewAccount, Secret};

/// The needle is kept masked, so that the search does not find itself.
const MASK: u8 = 0xa5;
const CHUNK: usize = 1 << 16;

fn masked(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ MASK).collect()
}

fn count(needle: &[u8], chunk: &mut Zeroizing<Vec<u8>>) -> usize {
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut found = 0;
    for line in BufReader::new(File::open("/proc/self/maps").unwrap()).lines() {
        let line = line.unwrap();
        let mut fields = line.split_ascii_whitespace();
        let (range, rights) = (fields.next().unwrap(), fields.next().unwrap());
        let (start, end) = range.split_once('-').unwrap();
        let (start, end) = (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap());
        let own = chunk.as_ptr() as u64;
        let mut at = start;
        while rights.starts_with("rw") && at < end {
            let length = CHUNK.min((end - at) as usize);
            if memory.seek(SeekFrom::Start(at)).is_err() || memory.read_exact(&mut chunk[..length]).is_err() {
                break;
            }
            // Half steps, so that nothing hides across a border; the buffer itself is not counted.
            let hits = chunk[..length]
                .windows(needle.len())
                .enumerate()
                .filter(|(_, part)| part.iter().zip(needle).all(|(byte, wanted)| byte ^ MASK == *wanted))
                .map(|(place, _)| at + place as u64)
                .filter(|place| !(own..own + CHUNK as u64).contains(place));
            found += hits.count();
            at += CHUNK as u64 / 2;
        }
    }
    chunk.as_mut_slice().zeroize();
    found
}

#[test]
fn no_key_stays_in_memory_after_locking() {
    let root = tempfile::tempdir().unwrap();
    let id = "siti".parse().unwrap();
    let words = Zeroizing::new(masked(b"rahasia: teh tawar sore di teras"));
    let secret = || Secret::new(words.iter().map(|byte| char::from(byte ^ MASK)).collect());
    let cost = Cost::new(1024, 1, 1).unwrap();
    let mut chunk = Zeroizing::new(vec![0; CHUNK]);

    let typed = secret();
    let first = NewAccount { id: &id, secret: &typed, card: b"card" };
    let created = KeyRing::create(&root.path().join("keys"), &first, cost, 0).unwrap();
    drop((created.unlocked, created.recovery));
    let mut ring = created.ring;
    let unlocked = ring.unlock(&id, &typed, 0).unwrap();
    let needles = [
        ("database key", masked(unlocked.opened().database_key())),
        ("signing seed of the person", masked(unlocked.signing.0.as_slice())),
        ("signing seed of the station", masked(unlocked.opened.station.0.as_slice())),
        // The tail of the words: the head may stay in a formatting buffer of the test itself.
        ("secret", words[words.len() - 20..].to_vec()),
    ];
    drop(unlocked.opened().database_key_sqlcipher());
    let _ = unlocked.sign(Context::APPROVAL, b"one case");
    unlocked.sign_cose(b"\x84\x6aSignature1\x40\x40\x40").unwrap();
    let _ = unlocked.opened().sign_as_station(Context::AUDIT_DAY, b"one day");

    for (name, needle) in &needles {
        assert!(count(needle, &mut chunk) >= 1, "the search is blind for the {name}");
    }
    drop(unlocked);
    drop(typed);
    let left: Vec<_> = needles.iter().map(|(name, needle)| (name, count(needle, &mut chunk))).collect();
    println!("found after locking: {left:?}");
    assert!(left.iter().all(|(_, found)| *found == 0), "{left:?}");
}

//! How long one unlock takes with a station's parameters; shown with `--nocapture`.

use std::time::Instant;

use rekam_keys::{Cost, KeyRing, NewAccount, Secret};

#[test]
fn one_unlock_takes_its_time() {
    let root = tempfile::tempdir().unwrap();
    let (id, secret) = ("siti".parse().unwrap(), Secret::new("kopi susu pagi hari".into()));
    let first = NewAccount { id: &id, secret: &secret, card: b"card" };
    let mut ring = KeyRing::create(&root.path().join("keys"), &first, Cost::STATION, 0).unwrap().ring;
    let mut times: Vec<_> = (0..7)
        .map(|_| {
            let start = Instant::now();
            ring.unlock(&id, &secret, 0).unwrap();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "unlock: median {:?}, fastest {:?}, slowest {:?} ({:?})",
        times[3],
        times[0],
        times[6],
        Cost::STATION
    );
    // Wide bounds: a quick computer and a busy one. Below, guessing would be cheap; above, nobody would lock.
    assert!(times[0].as_millis() >= 30 && times[0].as_secs() < 10);
}

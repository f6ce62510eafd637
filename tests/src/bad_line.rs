//! A bad line below TCP: two network namespaces, a TUN device in each, and between them a road of a given width and
//! length that loses packets and can be cut. The kernel's own TCP meets what it would meet on a real line.
//!
//! The test program runs itself again inside namespaces of its own, so that no rights are needed and nothing of the
//! machine is touched. A machine that does not permit it fails the test and says so: what ends TCP in between, as the
//! road of `crates/link/tests` does, cannot try this.

mod place;
mod road;
mod tun;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use place::Place;
use road::Road;
pub use road::{Shape, Traffic};

/// Set in the program that runs inside.
const INSIDE: &str = "REKAM_INSIDE_NAMESPACE";
/// The two ends; nobody outside the namespaces knows them.
const STATION: &str = "10.9.0.1";
const OFFICE: &str = "10.9.0.2";

/// Runs this one test again inside namespaces of its own; true there, false when that has been done.
///
/// # Errors
/// The machine does not permit it, or the test failed inside.
pub fn is_inside(test: &str) -> Result<bool> {
    if std::env::var_os(INSIDE).is_some() {
        return Ok(true);
    }
    let permitted = Command::new("unshare").args(["-Urn", "true"]).status().context("the program unshare")?;
    ensure!(
        permitted.success(),
        "this machine permits no user and network namespaces: the bad line cannot be tried here"
    );
    let inside = Command::new("unshare")
        .arg("-Urn")
        .arg(std::env::current_exe()?)
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .status()?;
    ensure!(inside.success(), "{test} failed inside its namespaces");
    Ok(false)
}

/// A line between two places.
#[derive(Debug)]
pub struct BadLine {
    station: Place,
    office: Place,
    road: Arc<Road>,
}

impl BadLine {
    /// A line of this shape.
    ///
    /// # Errors
    /// The kernel refuses a namespace or a device.
    pub fn build(shape: Shape) -> Result<Self> {
        let (station, office) = (Place::make()?, Place::make()?);
        let near = station.run(|| tun::open(STATION, OFFICE))??;
        let far = office.run(|| tun::open(OFFICE, STATION))??;
        Ok(Self { station, office, road: Road::build(shape, near, far) })
    }

    /// The congestion control of whatever the station sends from now on, whatever a program asks for.
    ///
    /// # Errors
    /// The kernel does not have it.
    pub fn congestion(&self, name: &str) -> Result<()> {
        let way = ["route", "replace", OFFICE, "dev", tun::DEVICE, "congctl", "lock", name];
        self.station.run(|| tun::ip(&way))?
    }

    /// Does something at the station's end; what it starts stays there.
    ///
    /// # Errors
    /// The place cannot be entered.
    pub fn at_station<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        self.station.run(work)
    }

    /// Does something at the office's end.
    ///
    /// # Errors
    /// The place cannot be entered.
    pub fn at_office<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        self.office.run(work)
    }

    /// Where the office is reached, with this port.
    #[must_use]
    pub fn office(&self, port: u16) -> String {
        format!("{OFFICE}:{port}")
    }

    /// For so long nothing arrives; what is on the road is lost.
    pub fn cut(&self, outage: Duration) {
        self.road.is_cut.store(true, Ordering::Relaxed);
        std::thread::sleep(outage);
        self.road.is_cut.store(false, Ordering::Relaxed);
    }

    /// The same, and every connection ends at once at both ends.
    ///
    /// # Errors
    /// The kernel does not end connections of others.
    pub fn kill(&self, outage: Duration) -> Result<()> {
        self.road.is_cut.store(true, Ordering::Relaxed);
        for (place, far) in [(&self.station, OFFICE), (&self.office, STATION)] {
            place.run(|| Command::new("ss").args(["-K", "dst", far]).output())?.context("the program ss")?;
        }
        self.cut(outage);
        Ok(())
    }

    /// What the station has sent so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.road.traffic()
    }
}

impl Drop for BadLine {
    fn drop(&mut self) {
        // Whoever reads from a device that is gone is told so, and ends.
        for place in [&self.station, &self.office] {
            let _ = place.run(|| tun::ip(&["link", "del", tun::DEVICE]));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::Instant;

    use super::*;

    #[test]
    fn carries_at_its_rate_after_its_delay_and_loses_what_it_must() {
        if !is_inside("bad_line::tests::carries_at_its_rate_after_its_delay_and_loses_what_it_must").unwrap()
        {
            return;
        }
        let shape =
            Shape { bits_per_second: 8_000_000, round_trip: Duration::from_millis(40), lost_in_thousand: 20 };
        let line = BadLine::build(shape).unwrap();
        line.congestion("cubic").unwrap();
        let listener = line.at_office(|| TcpListener::bind(line.office(0))).unwrap().unwrap();
        let address = listener.local_addr().unwrap();
        let sink = std::thread::spawn(move || {
            let mut all = Vec::new();
            listener.accept().unwrap().0.read_to_end(&mut all).unwrap();
            all.len()
        });
        let (connected, stream) = line
            .at_station(|| {
                let begun = Instant::now();
                (TcpStream::connect(address).map(|stream| (begun.elapsed(), stream))).unwrap()
            })
            .unwrap();
        assert!(connected >= shape.round_trip, "{connected:?}");
        let begun = Instant::now();
        let mut stream = stream;
        stream.write_all(&vec![7; 1_000_000]).unwrap();
        drop(stream);
        assert_eq!(sink.join().unwrap(), 1_000_000);
        assert!(begun.elapsed() >= Duration::from_secs(1), "{:?} for 8 Mbit", begun.elapsed());
        let traffic = line.traffic();
        assert!(traffic.lost_bytes > 0 && traffic.content_bytes > 1_000_000, "{traffic:?}");
        assert!(traffic.bytes - traffic.lost_bytes < 1_100_000, "{traffic:?}");
    }
}

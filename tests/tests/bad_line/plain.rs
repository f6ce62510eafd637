//! What a plain upload takes: one connection, the bytes alone, and a word when the last has arrived.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rekam_tests::bad_line::BadLine;

pub(crate) fn upload(line: &BadLine, bytes: u64) -> Result<Duration> {
    let listener = line.at_office(|| TcpListener::bind(line.office(0)))??;
    let address = listener.local_addr()?;
    let taking = std::thread::spawn(move || -> std::io::Result<u64> {
        let (mut stream, _) = listener.accept()?;
        let taken = std::io::copy(&mut stream, &mut std::io::sink())?;
        stream.write_all(b"!")?;
        Ok(taken)
    });
    let took = line.at_station(|| -> std::io::Result<Duration> {
        let content = vec![7; usize::try_from(bytes).unwrap_or(usize::MAX)];
        let begun = Instant::now();
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&content)?;
        stream.shutdown(Shutdown::Write)?;
        stream.read_exact(&mut [0])?;
        Ok(begun.elapsed())
    })??;
    let taken = taking.join().ok().context("the taker panicked")??;
    ensure!(taken == bytes, "{taken} of {bytes} bytes");
    Ok(took)
}

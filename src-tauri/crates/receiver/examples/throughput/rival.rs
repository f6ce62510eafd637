//! Other people's servers under the same load: 2 MB bodies from as many connections, over plain TCP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use crate::{CONNECTIONS, PHOTO_BYTES, cpu_ms, report};

/// Measures one server: `tus` or `put`.
pub(crate) fn measure(kind: &str, packets: usize, place: &Path, peers: &Path) {
    let folder = tempfile::tempdir_in(place).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/peers/rival_server.mjs");
    let mut child = Command::new("node")
        .arg(script)
        .arg(kind)
        .arg(folder.path())
        .arg(peers)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.trim().parse().unwrap();
    let (body, times) = (vec![7; PHOTO_BYTES], Mutex::new(Vec::new()));
    let (begun, cpu) = (Instant::now(), cpu_ms(child.id()));
    thread::scope(|scope| {
        for connection in 0..CONNECTIONS {
            let (body, times) = (&body, &times);
            scope.spawn(move || {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.set_nodelay(true).unwrap();
                for number in 0..packets {
                    let begun = Instant::now();
                    send(&mut stream, kind, connection, number, body);
                    times.lock().unwrap().push(begun.elapsed());
                }
            });
        }
    });
    let (wall, cpu) = (begun.elapsed(), cpu_ms(child.id()) - cpu);
    child.kill().unwrap();
    child.wait().unwrap();
    let what = if kind == "tus" { "@tus/server, not durable" } else { "node PUT, durable" };
    report(what, times.into_inner().unwrap(), body.len(), wall, cpu);
}

fn send(stream: &mut TcpStream, kind: &str, connection: u8, number: usize, body: &[u8]) {
    let length = body.len();
    let (method, path, headers) = if kind == "tus" {
        let head = format!("Tus-Resumable: 1.0.0\r\nUpload-Length: {length}\r\nContent-Length: 0\r\n\r\n");
        let made = ask(stream, &format!("POST /files HTTP/1.1\r\nHost: x\r\n{head}"), b"");
        let location = made.lines().find_map(|line| line.strip_prefix("location: ")).expect("a location");
        let path = location.trim().splitn(4, '/').nth(3).unwrap_or_default().to_owned();
        let headers =
            "Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n";
        ("PATCH", format!("/{path}"), headers)
    } else {
        ("PUT", format!("/p-{connection}-{number}"), "")
    };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {length}\r\n\r\n");
    let answer = ask(stream, &head, body);
    assert!(answer.contains(" 201 ") || answer.contains(" 204 "), "{answer}");
}

fn ask(stream: &mut TcpStream, head: &str, body: &[u8]) -> String {
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0].to_ascii_lowercase());
    }
    let answer = String::from_utf8(answer).unwrap();
    if answer.contains("transfer-encoding: chunked") {
        let mut end = Vec::new();
        while !end.ends_with(b"0\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            end.push(byte[0]);
        }
    }
    answer
}

//! The office is killed under load: every receipt it ever gave is backed by a packet that can be read.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use rekam_packet::notice::{Done, Payload as _, Receipt};
use rekam_packet::{PacketId, Upload};
use rekam_receiver::check::check;
use rekam_receiver::opening::check_kept;
use tempfile::TempDir;

use crate::client::Way;
use crate::desk::{Desk, Sealed};
use crate::house::{Program, found, way};

/// Kills in CI; ten times as many with `REKAM_LONG=1`.
const KILLS: u32 = 10;
const STATIONS: u8 = 4;

/// Sends one packet; an error is the cut we wait for.
fn send(way: &Way, sealed: &Sealed) -> io::Result<Option<Receipt>> {
    let mut line = way.connect()?;
    let mut said = Vec::new();
    for part in Upload::ALL {
        let bytes = sealed.upload(*part);
        let reply = line.create(sealed.id, *part, bytes.len(), bytes)?;
        let held = match reply.status {
            200 | 201 => reply.offset(),
            _ => return Ok(None),
        };
        said = reply.signed();
        if said.is_empty() && (held as usize) < bytes.len() {
            let path = crate::client::path(sealed.id, *part);
            let offset = held.to_string();
            let headers = [("Upload-Offset", offset.as_str()), crate::client::STREAM];
            said = line.ask("PATCH", &path, &headers, &bytes[held as usize..])?.signed();
        }
    }
    Ok(said.first().map(|bytes| Receipt::verify_by(bytes, [&way.office_key]).unwrap()))
}

/// Delivers until the office is gone. What was not receipted is sent again in the next round.
fn deliver_until_cut(
    desk: &mut Desk,
    open: &mut Option<Sealed>,
    way: &Way,
    is_over: &AtomicBool,
    told: &Sender<PacketId>,
) {
    while !is_over.load(Ordering::Relaxed) {
        let sealed = open.take().unwrap_or_else(|| desk.seal_raw(&vec![desk.chance; 150_000]));
        match send(way, &sealed) {
            Ok(Some(receipt)) => {
                assert_eq!((receipt.packet_id, receipt.done), (sealed.id, Done::Stored));
                told.send(sealed.id).unwrap();
            }
            Ok(None) | Err(_) => *open = Some(sealed),
        }
    }
}

#[test]
fn every_receipt_is_backed_by_a_readable_packet_after_every_kill() {
    let kills = if std::env::var("REKAM_LONG").is_ok_and(|long| long == "1") { KILLS * 10 } else { KILLS };
    let folder = TempDir::new().unwrap();
    let office = found(folder.path());
    let nowhere = ([127, 0, 0, 1], 1).into();
    let mut desks: Vec<(Desk, Vec<u8>, Option<Sealed>)> = (0..STATIONS)
        .map(|seed| {
            let desk = Desk::new(&format!("desk-{seed}"), 30 + seed, &office.keys.recipients().unwrap());
            crate::house::admit(&office, &desk, nowhere);
            let bundle = office.ledger.read(|view| view.bundle(&desk.id)).unwrap().unwrap();
            (desk, bundle, None)
        })
        .collect();
    let key = office.public_key();
    let (told, receipts) = channel();
    let mut receipted = Vec::new();
    for round in 0..kills {
        let mut program = Program::start(folder.path(), &[]);
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for (desk, bundle, open) in &mut desks {
                let way = way(bundle, desk, program.address, key);
                let (told, is_over) = (told.clone(), &is_over);
                scope.spawn(move || deliver_until_cut(desk, open, &way, is_over, &told));
            }
            // Killed after another number of receipts each time, so at another place each time.
            for _ in 0..=round * 7 % 11 {
                receipted.push(receipts.recv().unwrap());
            }
            program.kill();
            is_over.store(true, Ordering::Relaxed);
        });
        receipted.extend(receipts.try_iter());
    }
    drop(office);
    let office = found(folder.path());
    assert!(receipted.len() >= kills as usize);
    for packet in &receipted {
        let row = office.ledger.read(|view| view.packet(*packet)).unwrap();
        let row = row.unwrap_or_else(|| panic!("{packet}: a receipt without a packet"));
        check_kept(&office, &row).unwrap();
    }
    let (checked, findings) = check(&office).unwrap();
    assert_eq!(findings, [], "{checked}");
    let mut unique = receipted.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), receipted.len(), "a packet was receipted as new twice");
    println!("{kills} kills, {} receipts, 0 without a packet", receipted.len());
}

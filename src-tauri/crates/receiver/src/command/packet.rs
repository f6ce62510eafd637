//! Packets and what the centre says of them.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use rekam_packet::{OpenedPart, PacketId, read_unverified};
use rekam_receiver::blob::sync_folder;
use rekam_receiver::ledger::{PacketRow, PacketState};
use rekam_receiver::office::{Office, now_ms};
use rekam_receiver::opening::{open_waiting, read_packet, write_part};
use serde_json::json;

use super::{OK, identities, open};
use crate::args::{Packet, Status};
use crate::output::Output;

/// Packets in one list.
const LIST_MAX: u32 = 100_000;

pub(super) fn run(asked: Packet, output: &mut Output) -> anyhow::Result<ExitCode> {
    match asked {
        Packet::List { data, station, state, waiting } => {
            let office = open(&data)?;
            let wanted = if waiting { Some("held") } else { state.as_deref() };
            let state = PacketState::ALL.iter().copied().find(|known| Some(known.word()) == wanted);
            let rows = office.ledger.read(|view| view.packets(station.as_deref(), state, LIST_MAX))?;
            for row in rows {
                if data.json {
                    output.json(&row)?;
                } else {
                    let state = output.say(&format!("page.{}", row.state.word()), &[]);
                    output.line(&format!(
                        "{}  {}  {}  {state}  {}",
                        row.id, row.station, row.counter, row.refusal
                    ))?;
                }
            }
        }
        Packet::Show { data, id } => {
            let office = open(&data)?;
            let row = find(&office, &id)?;
            let manifest = read_unverified(&mut office.blob.packet(row.id)?)?;
            output.json(&json!({"packet": row, "manifest": manifest}))?;
        }
        Packet::Open { data, secret, id: None, .. } => {
            let office = open(&data)?;
            let settled = open_waiting(&office, &identities(&office, &secret)?)?;
            let count = settled.to_string();
            output.tell(data.json, &json!({"settled": settled}), "packet.opened", &[("count", &count)])?;
        }
        Packet::Open { data, secret, id: Some(id), out } => {
            let office = open(&data)?;
            let row = find(&office, &id)?;
            let out = out.ok_or_else(|| anyhow!("--out: where to write the parts"))?;
            office.ledger.write(|view| view.audit(now_ms(), "packet_opened", &id))?;
            write_packet(&office, &row, &identities(&office, &secret)?, &out)?;
            let folder = out.display().to_string();
            output.tell(
                data.json,
                &json!({"packet": id, "to": folder}),
                "packet.written",
                &[("packet", &id), ("file", &folder)],
            )?;
        }
        Packet::HandOn { data, secret, to } => {
            let office = open(&data)?;
            let identities = identities(&office, &secret)?;
            let rows = office.ledger.read(|view| view.packets(None, Some(PacketState::Opened), LIST_MAX))?;
            let mut count = 0_u32;
            for row in rows.iter().filter(|row| !row.is_handed_on && !row.is_withdrawn && !row.is_superseded)
            {
                // Audited before anything readable exists.
                office.ledger.write(|view| view.audit(now_ms(), "packet_handed_on", &row.id.to_string()))?;
                write_packet(&office, row, &identities, &to.join(row.id.to_string()))?;
                office.ledger.write(|view| view.hand_on_packet(row.id))?;
                count += 1;
            }
            let counted = count.to_string();
            output.tell(
                data.json,
                &json!({"handed_on": count}),
                "packet.handed_on",
                &[("count", &counted)],
            )?;
        }
    }
    Ok(OK)
}

pub(super) fn find(office: &Office, id: &str) -> anyhow::Result<PacketRow> {
    let id = PacketId::parse(id).ok_or_else(|| anyhow!("{id}: not the name of a packet"))?;
    office.ledger.read(|view| view.packet(id))?.ok_or_else(|| anyhow!("{id}: not here"))
}

/// Writes every part of a packet into a new folder: whole or not at all.
fn write_packet(
    office: &Office,
    row: &PacketRow,
    identities: &[rekam_packet::IdentityKey],
    to: &Path,
) -> anyhow::Result<()> {
    let fresh = to.with_extension("part");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh).with_context(|| fresh.display().to_string())?;
    let opened = read_packet(office, row, identities, &mut |part: &OpenedPart<'_>| write_part(&fresh, part));
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => {
            // A part behind these was refused: none of them may stay.
            fs::remove_dir_all(&fresh)?;
            return Err(error.into());
        }
    };
    fs::write(fresh.join("packet.json"), serde_json::to_vec_pretty(&opened)?)?;
    sync_folder(&fresh)?;
    fs::rename(&fresh, to).with_context(|| to.display().to_string())?;
    Ok(sync_folder(to.parent().unwrap_or(to))?)
}

pub(super) fn status(asked: Status, output: &mut Output) -> anyhow::Result<ExitCode> {
    match asked {
        Status::Set { data, id, status } => {
            let office = open(&data)?;
            publish(&office, &[(id.clone(), status, now_ms())])?;
            output.tell(data.json, &json!({"published": 1}), "status.published", &[("count", "1")])?;
        }
        Status::Import { data, csv } => {
            let office = open(&data)?;
            let lines = read_csv(&csv)?;
            publish(&office, &lines)?;
            let count = lines.len().to_string();
            output.tell(
                data.json,
                &json!({"published": lines.len()}),
                "status.published",
                &[("count", &count)],
            )?;
        }
    }
    Ok(OK)
}

/// All of it or nothing, so that a corrected file can be given again.
fn publish(office: &Office, lines: &[(String, String, i64)]) -> anyhow::Result<()> {
    office.ledger.write(|view| -> anyhow::Result<()> {
        for (id, status, at_ms) in lines {
            let packet = PacketId::parse(id).ok_or_else(|| anyhow!("{id}: not the name of a packet"))?;
            let row = view.packet(packet)?.ok_or_else(|| anyhow!("{id}: not here"))?;
            if status.is_empty() || status.len() > STATUS_BYTES_MAX {
                return Err(anyhow!("{id}: a status has 1 to {STATUS_BYTES_MAX} bytes"));
            }
            office.status(view, &row.station, packet, status, *at_ms)?;
        }
        Ok(view.audit(now_ms(), "status_published", &lines.len().to_string())?)
    })
}

/// What a status entry can carry, in bytes.
const STATUS_BYTES_MAX: usize = 512;

fn read_csv(path: &Path) -> anyhow::Result<Vec<(String, String, i64)>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| path.display().to_string())?;
    let heads = reader.headers()?.clone();
    let column = |name: &str| heads.iter().position(|head| head.trim() == name);
    let (packet, status) = (column("packet"), column("status"));
    let (Some(packet), Some(status)) = (packet, status) else {
        return Err(anyhow!("{}: columns `packet` and `status` are needed", path.display()));
    };
    let at = column("at");
    let mut lines = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        let when = at.map(cell).filter(|text| !text.is_empty());
        let at_ms = match when {
            Some(text) => text
                .parse::<Timestamp>()
                .with_context(|| format!("line {}: {text}", number + 2))?
                .as_millisecond(),
            None => now_ms(),
        };
        lines.push((cell(packet), cell(status), at_ms));
    }
    Ok(lines)
}

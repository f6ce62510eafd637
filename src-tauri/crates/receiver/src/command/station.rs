//! Stations, their bundles, and the key packets are sealed to.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use rekam_domain::role::Role;
use rekam_domain::text::text;
use rekam_packet::notice::{AccountRole, NumberBlock};
use rekam_receiver::admission::{AdmissionRequest, Terms, make_bundle as make};
use rekam_receiver::ledger::Standing;
use rekam_receiver::office::{OfficeError, now_ms};
use serde_json::json;

use super::{OK, open, passphrase};
use crate::args::{Bundle, Data, Recipient, Station};
use crate::output::Output;

pub(super) fn run(asked: Station, output: &mut Output) -> anyhow::Result<ExitCode> {
    match asked {
        Station::Add { data, request } => {
            let text = fs::read_to_string(&request).with_context(|| request.display().to_string())?;
            let read = AdmissionRequest::read(&text)
                .ok_or_else(|| anyhow!("{}: not the request of a station", request.display()))?;
            let office = open(&data)?;
            let at_ms = now_ms();
            office.ledger.write(|view| -> anyhow::Result<()> {
                let owner = view.owner_of_key(&read.signing)?;
                if owner.is_some_and(|owner| owner != read.station) {
                    return Err(anyhow!("another station signs with this key"));
                }
                let before = view.station(&read.station)?;
                if before.as_ref().is_some_and(|row| row.revoked_after.is_some()) {
                    return Err(anyhow!("{} was revoked; give the station a new id", read.station));
                }
                if before.is_some_and(|row| row.transport_key != read.transport) {
                    view.drop_certificates(&read.station)?;
                }
                view.add_station(&read.station, read.signing, read.transport, at_ms)?;
                Ok(view.audit(at_ms, "station_added", &format!("{} {}", read.station, read.signing))?)
            })?;
            let value = json!({"station": read.station, "signing_key": read.signing});
            output.tell(data.json, &value, "station.added", &[("station", &read.station)])?;
        }
        Station::List { data } => {
            let office = open(&data)?;
            let rows = office.ledger.read(|view| {
                let rows = view.stations()?;
                rows.into_iter().map(|row| Ok((view.chain(&row.id)?, row))).collect::<Result<Vec<_>, _>>()
            })?;
            for (chain, row) in rows {
                if data.json {
                    output.json(&json!({"station": row, "chain": chain}))?;
                    continue;
                }
                let standing = if row.revoked_after.is_some() {
                    output.say("page.revoked", &[])
                } else if chain.is_forked {
                    output.say("page.forked", &[])
                } else {
                    output.say("page.good", &[])
                };
                let values = [
                    ("station", row.id.as_str()),
                    ("standing", &standing),
                    ("packets", &chain.packets.to_string()),
                    ("missing", &chain.missing_count.to_string()),
                ];
                let sentence = output.say("station.line", &values);
                output.line(&sentence)?;
            }
        }
        Station::Show { data, id } => show(&data, &id, output)?,
        Station::Revoke { data, id, after, why } => {
            let office = open(&data)?;
            let at_ms = now_ms();
            let after = office.ledger.write(|view| -> anyhow::Result<u64> {
                let after = match after {
                    Some(after) => after,
                    None => view.chain(&id)?.last_counter,
                };
                if !view.revoke_station(&id, after, &why)? {
                    return Err(anyhow!("{id}: no such station"));
                }
                view.audit(at_ms, "station_revoked", &format!("{id} {after}"))?;
                Ok(after)
            })?;
            let value = json!({"station": id, "last_accepted": after});
            output.tell(
                data.json,
                &value,
                "station.revoked",
                &[("station", &id), ("number", &after.to_string())],
            )?;
        }
    }
    Ok(OK)
}

fn show(data: &Data, id: &str, output: &mut Output) -> anyhow::Result<()> {
    let office = open(data)?;
    let standing = office.ledger.read(|view| view.standing(id))?;
    let standing = standing.ok_or_else(|| anyhow!("{id}: no such station"))?;
    if data.json {
        return output.json(&standing);
    }
    let Standing { station, chain, .. } = &standing;
    let stamp = |ms: i64| match Timestamp::from_millisecond(ms) {
        Ok(at) if ms > 0 => at.to_string(),
        Ok(_) | Err(_) => output.say("page.never", &[]),
    };
    let state = match (station.revoked_after, chain.is_forked) {
        (Some(after), _) => {
            output.say("station.is_revoked", &[("number", &after.to_string()), ("why", &station.revoked_why)])
        }
        (None, true) => output.say("page.forked", &[]),
        (None, false) => output.say("page.good", &[]),
    };
    let missing: Vec<String> = chain.missing.iter().map(u64::to_string).collect();
    let lines = [
        ("standing", state),
        ("seen", stamp(station.seen_ms)),
        ("packets", chain.packets.to_string()),
        ("last", standing.highest_counter.to_string()),
        ("missing", format!("{} ({})", chain.missing_count, missing.join(", "))),
        ("stored", standing.stored.to_string()),
        ("held", standing.held.to_string()),
        ("refused", standing.refused.len().to_string()),
    ];
    for (name, value) in &lines {
        let line = format!("{}: {value}", output.say(&format!("page.{name}"), &[]));
        output.line(&line)?;
    }
    for row in &standing.refused {
        let why = text(output.language(), &format!("packet.{}.{}", row.depth, row.word), &[]);
        output.line(&format!("  {} {} {why}", row.counter, row.item))?;
    }
    let tail = output.say("station.tail", &[("number", &standing.highest_counter.to_string())]);
    output.line(&tail)
}

pub(super) fn rotate(asked: Recipient, output: &mut Output) -> anyhow::Result<ExitCode> {
    let Recipient::Rotate { data, secret } = asked;
    let office = open(&data)?;
    let fresh = office.keys.rotate(&passphrase(&office, &secret)?)?.to_string();
    office.ledger.write(|view| -> Result<(), OfficeError> {
        Ok(view.audit(now_ms(), "recipient_rotated", &fresh)?)
    })?;
    output.tell(data.json, &json!({"active": fresh}), "recipient.rotated", &[("key", &fresh)])?;
    Ok(OK)
}

pub(super) fn make_bundle(asked: Bundle, output: &mut Output) -> anyhow::Result<ExitCode> {
    let Bundle::Make { data, station, profile, addresses, roles, numbers, days, out } = asked;
    let office = open(&data)?;
    let terms = Terms {
        addresses,
        profile: fs::read_to_string(&profile).with_context(|| profile.display().to_string())?,
        roles: roles.iter().map(|text| read_role(text)).collect::<Result<_, _>>()?,
        numbers: numbers.iter().map(|text| read_numbers(text)).collect::<Result<_, _>>()?,
        days,
    };
    let bytes = make(&office, &station, &terms)?;
    fs::write(&out, &bytes).with_context(|| out.display().to_string())?;
    fs::File::open(&out)?.sync_all()?;
    let file = out.display().to_string();
    let fingerprint = office.public_key().fingerprint();
    let value = json!({"station": station, "file": file, "bytes": bytes.len(), "fingerprint": fingerprint});
    let values = [("station", station.as_str()), ("file", &file), ("fingerprint", &fingerprint)];
    output.tell(data.json, &value, "bundle.made", &values)?;
    Ok(OK)
}

fn read_role(text: &str) -> anyhow::Result<AccountRole> {
    let read = text.split_once(':').and_then(|(account, role)| {
        let role = Role::ALL.iter().copied().find(|known| known.word() == role)?;
        Some(AccountRole { account: account.to_owned(), role })
    });
    read.ok_or_else(|| anyhow!("--role {text}: account:Role"))
}

fn read_numbers(text: &str) -> anyhow::Result<NumberBlock> {
    let mut words = text.rsplitn(3, ':');
    let (last, first, series) = (words.next(), words.next(), words.next());
    let number = |word: Option<&str>| word.and_then(|word| word.parse().ok());
    match (series, number(first), number(last)) {
        (Some(series), Some(first), Some(last)) => Ok(NumberBlock { series: series.to_owned(), first, last }),
        _ => Err(anyhow!("--numbers {text}: series:first:last")),
    }
}

//! One function for each command.

mod keeping;
mod packet;
mod receipt;
mod station;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use rekam_packet::RecipientKey;
use rekam_receiver::demonstration;
use rekam_receiver::keys::DEMONSTRATION_PASSPHRASE;
use rekam_receiver::log::log;
use rekam_receiver::office::{First, Office};
use rekam_receiver::serving::{Wish, serve};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Command, Data, Secret};
use crate::output::Output;

const OK: ExitCode = ExitCode::SUCCESS;

pub(crate) fn run(command: Command, output: &mut Output) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { data, listen, names, demonstration: bundles, requests_per_second, .. }
            if !bundles.is_empty() =>
        {
            let read = |path: &PathBuf| std::fs::read(path).with_context(|| path.display().to_string());
            let bundles = bundles.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            let office = Arc::new(demonstration::office(&data.data, &bundles)?);
            let (identities, page_token) = (demonstration::identities(), office.keys.page_token()?);
            run_server(office, Wish { listen, names, identities, requests_per_second, page_token })?;
            Ok(OK)
        }
        Command::Serve { data, secret, listen, names, office, escrow, requests_per_second, .. } => {
            let passphrase = read_passphrase(&secret)?;
            let escrow = match &escrow {
                Some(key) => {
                    Some(RecipientKey::parse(key).ok_or_else(|| anyhow!("--escrow: not an age1… key"))?)
                }
                None => None,
            };
            let first =
                First { name: office.as_deref(), passphrase: passphrase.as_deref(), escrow: escrow.as_ref() };
            let office = Arc::new(Office::open(&data.data, &first)?);
            let identities = match passphrase.or_else(|| office.keys.left_passphrase()) {
                Some(passphrase) => office.keys.identities(&passphrase)?,
                None => Vec::new(),
            };
            let page_token = office.keys.page_token()?;
            let wish = Wish { listen, names, identities, requests_per_second, page_token };
            run_server(office, wish)?;
            Ok(OK)
        }
        Command::Station(asked) => station::run(asked, output),
        Command::Bundle(asked) => station::make_bundle(asked, output),
        Command::Recipient(asked) => station::rotate(asked, output),
        Command::Packet(asked) => packet::run(asked, output),
        Command::Status(asked) => packet::status(asked, output),
        Command::Receipt(asked) => receipt::run(asked, output),
        Command::VerifyLedger { data } => keeping::verify(&data, output),
        Command::Backup(asked) => keeping::backup(asked, output),
        Command::Courier(asked) => keeping::courier(asked, output),
    }
}

/// Threads that answer: a write into a busy disk's cache may hold one up for a moment.
const WORKERS_MIN: usize = 4;

fn run_server(office: Arc<Office>, wish: Wish) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS_MIN.max(cores))
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        };
        let left = office.keys.left();
        let (name, key, opens) = (office.name.clone(), office.public_key(), !wish.identities.is_empty());
        let (fingerprint, is_demonstration) = (key.fingerprint(), office.is_demonstration);
        let listening = |address: std::net::SocketAddr| {
            let (address, key) = (address.to_string(), key.to_string());
            log(
                "listening",
                &[
                    ("address", json!(address)),
                    ("office", json!(name)),
                    ("office_key", json!(key)),
                    ("fingerprint", json!(fingerprint)),
                    ("demonstration", json!(is_demonstration)),
                    ("opens_packets", json!(opens)),
                    ("to_carry_away", json!(left)),
                ],
            );
        };
        serve(Arc::clone(&office), wish, listening, stop).await?;
        log("stopped", &[]);
        anyhow::Ok(())
    })
}

/// The office of a command; it must stand already.
fn open(data: &Data) -> anyhow::Result<Office> {
    if !data.data.join("office.json").exists() {
        return Err(anyhow!("{}: no office stands here", data.data.display()));
    }
    Ok(Office::open(&data.data, &First::default())?)
}

fn read_passphrase(secret: &Secret) -> anyhow::Result<Option<String>> {
    if let Some(path) = &secret.passphrase_file {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        return Ok(text.lines().next().map(str::to_owned));
    }
    Ok(std::env::var("REKAM_OFFICE_PASSPHRASE").ok())
}

/// The keys that open packets, or the reason why there are none.
fn identities(office: &Office, secret: &Secret) -> anyhow::Result<Vec<rekam_packet::IdentityKey>> {
    Ok(office.keys.identities(&passphrase(office, secret)?)?)
}

fn passphrase(office: &Office, secret: &Secret) -> anyhow::Result<String> {
    let known = || office.is_demonstration.then(|| DEMONSTRATION_PASSPHRASE.to_owned());
    read_passphrase(secret)?
        .or_else(|| office.keys.left_passphrase())
        .or_else(known)
        .ok_or_else(|| anyhow!("the passphrase is needed: --passphrase-file or REKAM_OFFICE_PASSPHRASE"))
}

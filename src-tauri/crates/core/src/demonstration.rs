//! A demonstration station: a made-up office with made-up officers, whose passphrases everybody may know.
//!
//! It is marked as such in its settings, on every screen and later in every packet, and can never become a real one.

use std::path::Path;

use jiff::civil::date;
use rekam_domain::audit::AuditEvent;
use rekam_domain::effect::Series;
use rekam_domain::profile::TimeZone;
use rekam_domain::role::Role;
use rekam_keys::{AccountId, Cost, KeyRing, NewAccount, Opened, RecoveryKey, Secret};
use rekam_store::{DatabaseKey, NewAudit, NumberBlockRow, Store};

use crate::account::AccountCard;
use crate::clock::{Clock, UnixMs, on_the_wall};
use crate::config::{self, CONFIG_FILE, KEYS_FOLDER, PROFILE_FILE, StationConfig};
use crate::problem::{Code, Problem};
use crate::view::DemonstrationAccountView;

/// The procedure of the demonstration office: a kecamatan that records and gives a letter.
const PROFILE: &str = include_str!("../../../../packaging/profiles/tapin-candilarasutara-2023.toml");
const STATION: &str = "630506-DEMO";
/// More than any office gives in a year: 250 people on each of 365 days.
const NUMBERS_A_YEAR: i64 = 99_999;
const DECREE: &str = "DEMO/001/2026";
/// The decree ends with the third year after the set-up.
const DECREE_YEARS: i16 = 3;

struct Officer {
    account: &'static str,
    passphrase: &'static str,
    name: &'static str,
    roles: &'static [Role],
}

/// Names are made up; nobody of this name works anywhere we know of.
const OFFICERS: [Officer; 5] = [
    Officer {
        account: "operator",
        passphrase: "kopi hitam tiga gelas",
        name: "Rahmi Contohwati",
        roles: &[Role::FrontDesk, Role::CaptureOperator],
    },
    Officer {
        account: "kasi",
        passphrase: "sungai tenang perahu lewat",
        name: "Hendra Peragawan",
        roles: &[Role::GovernmentSectionHead],
    },
    Officer {
        account: "camat",
        passphrase: "pohon rindang depan kantor",
        name: "Yulia Umpamasari",
        roles: &[Role::DistrictHead],
    },
    Officer {
        account: "pengawas",
        passphrase: "buku merah lemari besi",
        name: "Taufik Misalnya",
        roles: &[Role::Supervisor],
    },
    Officer {
        account: "teknisi",
        passphrase: "obeng kabel lampu senter",
        name: "Gilang Andaikan",
        roles: &[Role::Technician],
    },
];

/// How to sign in, for whoever starts the demonstration.
#[must_use]
pub fn accounts_shown() -> Vec<DemonstrationAccountView> {
    OFFICERS
        .iter()
        .map(|officer| DemonstrationAccountView {
            account: officer.account.to_owned(),
            roles: officer.roles.iter().map(|role| role.word().to_owned()).collect(),
            passphrase: officer.passphrase.to_owned(),
        })
        .collect()
}

/// Sets up the demonstration office in a folder that holds no station. A set-up that was interrupted is begun anew.
///
/// # Errors
/// There is a station already, or the disk refused.
pub fn set_up(folder: &Path, clock: &Clock) -> Result<RecoveryKey, Problem> {
    set_up_at(folder, clock, Cost::STATION)
}

pub(crate) fn set_up_at(folder: &Path, clock: &Clock, cost: Cost) -> Result<RecoveryKey, Problem> {
    std::fs::create_dir_all(folder)
        .map_err(|_| Problem::new(Code::FolderUnusable).with("folder", folder.display()))?;
    if folder.join(CONFIG_FILE).exists() {
        return Err(Problem::new(Code::AlreadySetUp));
    }
    let keys = folder.join(KEYS_FOLDER);
    clear_unfinished(folder, &keys)
        .map_err(|_| Problem::new(Code::FolderUnusable).with("folder", folder.display()))?;
    let now = clock.now();
    let [first, others @ ..] = &OFFICERS;
    let year = on_the_wall(now, TimeZone::Wita).year();
    let first_card = card(first, year)?;
    let (id, secret) = (id(first)?, Secret::new(first.passphrase.to_owned()));
    let first = NewAccount { id: &id, secret: &secret, card: first_card.as_bytes() };
    // Bound to no chip: a demonstration may be copied from computer to computer.
    let created = KeyRing::create(&keys, &first, cost, now)?;
    let mut ring = created.ring;
    for officer in others {
        let card = card(officer, year)?;
        let (id, secret) = (self::id(officer)?, Secret::new(officer.passphrase.to_owned()));
        let new = NewAccount { id: &id, secret: &secret, card: card.as_bytes() };
        ring.add_account(created.unlocked.opened(), &new, now)?;
    }
    fill_store(folder, created.unlocked.opened(), now)?;
    config::write(folder, PROFILE_FILE, PROFILE.as_bytes())?;
    // Last: from here on the station exists.
    config::write_config(folder, &StationConfig::new(STATION, true))?;
    Ok(created.recovery)
}

/// Without settings there is no station yet: keys and databases that lie here are left of a set-up that did not finish.
/// Nothing else in the folder is touched.
fn clear_unfinished(folder: &Path, keys: &Path) -> std::io::Result<()> {
    if keys.exists() {
        std::fs::remove_dir_all(keys)?;
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_ours = ["station.db", "station.check", "station.lock", "ballast"]
            .iter()
            .any(|begin| name.to_string_lossy().starts_with(begin));
        if is_ours && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// An empty database with the number blocks an office would give, for this year and the next.
fn fill_store(folder: &Path, opened: &Opened, now: UnixMs) -> Result<(), Problem> {
    let store = Store::create(folder, &DatabaseKey::from_bytes(opened.database_key()))?;
    let year = i32::from(on_the_wall(now, TimeZone::Wita).year());
    store.write(|writing| {
        for year in [year, year + 1] {
            for series in Series::ALL {
                writing.insert_number_block(&NumberBlockRow {
                    series: series.word().to_owned(),
                    year,
                    first: 1,
                    last: NUMBERS_A_YEAR,
                    source: "demonstration".to_owned(),
                    given_ms: now,
                })?;
            }
        }
        writing.append_audit(&NewAudit {
            event: AuditEvent::StationCreated.word(),
            actor: "station",
            subject: "",
            fields: &serde_json::json!({"station": STATION, "version": env!("CARGO_PKG_VERSION")}),
            wall_ms: now,
        })
    })?;
    Ok(())
}

fn id(officer: &Officer) -> Result<AccountId, Problem> {
    officer.account.parse().map_err(|_| Problem::new(Code::OurMistake))
}

fn card(officer: &Officer, year: i16) -> Result<String, Problem> {
    AccountCard {
        name: officer.name.to_owned(),
        roles: officer.roles.to_vec(),
        decree: DECREE.to_owned(),
        decree_expires: date(year.saturating_add(DECREE_YEARS), 12, 31),
    }
    .encode()
    .map_err(|_| Problem::new(Code::OurMistake))
}

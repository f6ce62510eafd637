//! A demonstration station: a made-up office with made-up officers, whose passphrases everybody may know.
//!
//! It is marked as such in its settings, on every screen and later in every packet, and can never become a real one.

mod office;

use std::path::Path;

use jiff::civil::date;
use rekam_domain::effect::Series;
use rekam_domain::profile::TimeZone;
use rekam_domain::role::Role;
use rekam_keys::{Cost, NewAccount, RecoveryKey, Secret};
use rekam_packet::PublicKey;
use rekam_store::{NumberBlockRow, Store};

use crate::clock::{Clock, UnixMs, on_the_wall};
use crate::config::StationConfig;
use crate::office::{line_key, put_bundle};
use crate::people::NewPerson;
use crate::problem::{Code, Problem};
use crate::setup::{self, NewStation};
use crate::view::DemonstrationAccountView;

/// The procedure of the demonstration office: a kecamatan that records and gives a letter.
const PROFILE: &str = include_str!("../../../../packaging/profiles/tapin-candilarasutara-2023.toml");
/// Its id where no other is asked for.
pub const STATION: &str = "630506-DEMO";
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

/// The same under an id of its own: for several stations of one demonstration office.
///
/// # Errors
/// As for the other, or it is no id.
pub fn set_up_as(folder: &Path, clock: &Clock, station: &str) -> Result<RecoveryKey, Problem> {
    set_up_any(folder, clock, station, Cost::STATION)
}

pub(crate) fn set_up_at(folder: &Path, clock: &Clock, cost: Cost) -> Result<RecoveryKey, Problem> {
    set_up_any(folder, clock, STATION, cost)
}

fn set_up_any(folder: &Path, clock: &Clock, station: &str, cost: Cost) -> Result<RecoveryKey, Problem> {
    let [first, others @ ..] = &OFFICERS;
    let year = on_the_wall(clock.now(), TimeZone::Wita).year();
    let new = NewStation { station, profile: PROFILE, first: first.person(year) };
    // Bound to no chip: a demonstration may be copied from computer to computer.
    let mut unfinished =
        setup::begin_any(folder, clock, &new, StationConfig::new(station, true), cost.into())?;
    let now = unfinished.now;
    for officer in others {
        let person = officer.person(year);
        let today = on_the_wall(now, TimeZone::Wita).date();
        let card = person.card(today)?.encode().map_err(|_| Problem::new(Code::OurMistake))?;
        let id = person.id()?;
        let account = NewAccount { id: &id, secret: &person.secret, card: card.as_bytes() };
        unfinished.created.ring.add_account(unfinished.created.unlocked.opened(), &account, now)?;
    }
    give_numbers(&unfinished.store, now)?;
    let signing = PublicKey::from_bytes(*unfinished.created.unlocked.opened().station_key().as_bytes());
    let keys = office::Keys { signing, line: line_key(folder)? };
    let (setting, hash) = put_bundle(folder, &office::bundle(station, &keys, now)?)?;
    unfinished.store.write(|writing| writing.mark_setting(&setting, &hash, now))?;
    unfinished.finish()
}

/// The number blocks an office would give, for this year and the next.
fn give_numbers(store: &Store, now: UnixMs) -> Result<(), Problem> {
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
        Ok(())
    })?;
    Ok(())
}

impl Officer {
    fn person(&self, year: i16) -> NewPerson {
        NewPerson {
            account: self.account.to_owned(),
            secret: Secret::new(self.passphrase.to_owned()),
            name: self.name.to_owned(),
            roles: self.roles.to_vec(),
            decree: DECREE.to_owned(),
            decree_expires: date(year.saturating_add(DECREE_YEARS), 12, 31),
        }
    }
}

/// An admission the demonstration office gave to somebody else: tests.
#[cfg(test)]
pub(crate) fn foreign_bundle(key: PublicKey) -> Vec<u8> {
    office::bundle("elsewhere", &office::Keys { signing: key, line: key }, 0).unwrap_or_default()
}

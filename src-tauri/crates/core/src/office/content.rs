//! What a bundle brings beside keys: a version of the procedure, blocks of numbers, the roles the office leaves.

use std::collections::BTreeSet;

use rekam_domain::audit::AuditEvent;
use rekam_domain::effect::Series;
use rekam_domain::master_data::{MasterDataKind, SourceSaid};
use rekam_domain::number::NumberBlock;
use rekam_domain::role::Role;
use rekam_packet::notice::Bundle;
use rekam_store::{Hash, NumberBlockRow, ProfileVersionRow, Reading, Uuid, Writing};
use serde_json::json;

use crate::account::{AccountCard, role_words};
use crate::clock::on_the_wall;
use crate::master::{MasterError, block_of, end_of_day_ms};
use crate::problem::{Code, Problem};
use crate::station::Station;

/// Under which the roles the office leaves are kept in the database.
const ROLES_SETTING: &str = "office.roles";
/// No bundle gives numbers for more years: as long as the authority of an office lasts.
const YEARS_MAX: usize = 20;

/// The roles the office leaves the accounts of this station. Empty: it decides nothing about them, and the station's own
/// supervisors do. Otherwise an account has what stands on its card and here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OfficeRoles(BTreeSet<(String, Role)>);

impl OfficeRoles {
    fn read(text: &str) -> Self {
        let pairs = text.split_whitespace().filter_map(|pair| {
            let (account, role) = pair.rsplit_once(':')?;
            Some((account.to_owned(), Role::from_word(role)?))
        });
        Self(pairs.collect())
    }

    /// Each as `account:Role`.
    pub(super) fn words(&self) -> Vec<String> {
        self.0.iter().map(|(account, role)| format!("{account}:{}", role.word())).collect()
    }

    /// Those in force.
    pub(crate) fn kept(reading: &Reading<'_>) -> Result<Self, rekam_store::StoreError> {
        Ok(Self::read(&reading.get_setting(ROLES_SETTING)?.unwrap_or_default()))
    }

    /// What of these roles is left to an account.
    pub(crate) fn left(&self, account: &str, roles: &[Role]) -> Vec<Role> {
        let stays = |role: &&Role| self.0.is_empty() || self.0.contains(&(account.to_owned(), **role));
        roles.iter().filter(stays).copied().collect()
    }
}

/// What is new in a bundle, ready to be kept.
pub(super) struct Content {
    pub(super) profile: Option<ProfileVersionRow>,
    pub(super) blocks: Vec<NumberBlockRow>,
    pub(super) roles: OfficeRoles,
}

impl Content {
    /// What of the bundle this station does not have yet.
    ///
    /// # Errors
    /// Something in it cannot be used, by name.
    pub(super) fn of(station: &Station, bundle: &Bundle) -> Result<Self, Problem> {
        Ok(Self {
            profile: new_profile(station, bundle)?,
            blocks: new_blocks(station, bundle)?,
            roles: left_roles(station, bundle)?,
        })
    }

    pub(super) fn keep(
        &self,
        station: &Station,
        writing: &mut Writing<'_>,
        hash: &str,
    ) -> Result<(), Problem> {
        if let Some(row) = &self.profile {
            station.keep_version(writing, row)?;
        }
        for row in &self.blocks {
            writing.insert_number_block(row)?;
            let fields = json!({"series": row.series, "from": row.first, "to": row.last, "hash": hash});
            station.audit(writing, AuditEvent::NumberBlockAdded, Uuid::nil(), fields)?;
        }
        let before = OfficeRoles::kept(writing)?;
        if before == self.roles {
            return Ok(());
        }
        for (account, roles) in open_cards(station)? {
            let [from, to] = [&before, &self.roles].map(|office| role_words(&office.left(&account, &roles)));
            if from != to {
                let fields = json!({"target": account, "from": from, "to": to});
                station.audit(writing, AuditEvent::RolesChanged, Uuid::nil(), fields)?;
            }
        }
        Ok(writing.mark_setting(ROLES_SETTING, &self.roles.words().join(" "), station.now())?)
    }
}

fn unusable(what: &str, value: impl ToString) -> Problem {
    Problem::new(Code::BundleUnusable).with("what", what).with("value", value)
}

/// The profile, if it is a version the station does not know; an older one never replaces a newer one.
fn new_profile(station: &Station, bundle: &Bundle) -> Result<Option<ProfileVersionRow>, Problem> {
    if bundle.profile.is_empty() {
        return Ok(None);
    }
    let given = station.judge_profile(&bundle.office, &bundle.profile).map_err(|error| {
        let unusable = unusable("profile", error.word());
        if let MasterError::Station(problem) = error { problem } else { unusable }
    })?;
    let identity = &given.profile.identity;
    if given.is_known || identity.version <= given.highest {
        return Ok(None);
    }
    let made_on = on_the_wall(bundle.from_ms, station.profile().office.time_zone).date();
    let said = SourceSaid { made_on: Some(made_on), ..SourceSaid::default() };
    let source = said.source(MasterDataKind::Profile).ok_or_else(|| Problem::new(Code::OurMistake))?;
    Ok(Some(ProfileVersionRow {
        profile: identity.id.clone(),
        version: identity.version,
        hash: Hash::of(bundle.profile.as_bytes()),
        text: bundle.profile.clone(),
        source: bundle.office.clone(),
        made_on: made_on.to_string(),
        imported_ms: station.now(),
        valid_until_ms: end_of_day_ms(source.valid_until),
    }))
}

/// Blocks the station does not have. Numbers begin anew each year, so a block is the station's in every year in which the
/// bundle holds: a station that is offline over New Year goes on giving its own.
fn new_blocks(station: &Station, bundle: &Bundle) -> Result<Vec<NumberBlockRow>, Problem> {
    let zone = station.profile().office.time_zone;
    let [first, last] = [bundle.from_ms, bundle.until_ms - 1].map(|ms| on_the_wall(ms, zone).year());
    let shares = station.store()?.read(|reading| reading.list_number_shares())?;
    let mut present: Vec<NumberBlock> = shares.iter().filter_map(|share| block_of(&share.block)).collect();
    let mut new = Vec::new();
    for given in &bundle.numbers {
        let range = || format!("{} {}-{}", given.series, given.first, given.last);
        let read = |year| {
            let series = Series::from_word(&given.series)?;
            NumberBlock::new(series, year, given.first.try_into().ok()?, given.last.try_into().ok()?).ok()
        };
        for year in (first..=last).take(YEARS_MAX) {
            let block = read(year).ok_or_else(|| unusable("numbers", range()))?;
            let is_same = |other: &NumberBlock| {
                (other.series(), other.year(), other.range()) == (block.series(), year, block.range())
            };
            if present.iter().any(is_same) {
                continue;
            }
            if present.iter().any(|other| block.check_apart(other).is_err()) {
                return Err(unusable("numbers", range()));
            }
            let (first, last) = block.range();
            new.push(NumberBlockRow {
                series: given.series.clone(),
                year: year.into(),
                first: first.into(),
                last: last.into(),
                source: bundle.office.clone(),
                given_ms: station.now(),
            });
            present.push(block);
        }
    }
    Ok(new)
}

/// The roles the office leaves. A list that leaves nobody who could look after the station is a mistake.
fn left_roles(station: &Station, bundle: &Bundle) -> Result<OfficeRoles, Problem> {
    let roles = bundle.roles.iter().map(|line| (line.account.clone(), line.role));
    let roles = OfficeRoles(roles.collect());
    let is_readable = |account: &str| account.parse::<rekam_keys::AccountId>().is_ok();
    if let Some((account, _)) = roles.0.iter().find(|(account, _)| !is_readable(account)) {
        return Err(unusable("roles", account));
    }
    if roles.0.is_empty() {
        return Ok(roles);
    }
    let has_supervisor = open_cards(station)?
        .iter()
        .any(|(account, card)| roles.left(account, card).contains(&Role::Supervisor));
    if has_supervisor { Ok(roles) } else { Err(unusable("roles", Role::Supervisor.word())) }
}

/// Every account that may sign in, and the roles on its card.
fn open_cards(station: &Station) -> Result<Vec<(String, Vec<Role>)>, Problem> {
    let (ring, opened) = (station.ring(), station.opened()?);
    let card = |id| {
        let record = ring.record(opened, &id).ok().filter(|record| !record.closed)?;
        let card = AccountCard::decode(record.card.as_bytes())?;
        (card.decree_days_left(station.today()) >= 0).then(|| (id.to_string(), card.roles))
    };
    Ok(ring.ids()?.into_iter().filter_map(card).collect())
}

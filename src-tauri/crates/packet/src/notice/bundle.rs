//! The admission of a station: what the office gives it, signed, online or on a stick. Renewed the same way.

use minicbor::{Decode, Encode};
use rekam_domain::role::Role;
use serde::Serialize;

use super::Notice;
use crate::age_key::{RecipientKey, Recipients};
use crate::bytes::PublicKey;
use crate::cose::Context;
use crate::limit::BUNDLE_BYTES_MAX;
use crate::manifest::is_plain;
use crate::refusal::NoticeRefusal;

/// An account and a role it has at this station.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct AccountRole {
    /// The account.
    #[n(0)]
    pub account: String,
    /// The role.
    #[cbor(n(1), with = "crate::word::role")]
    pub role: Role,
}

/// Numbers of one series that belong to this station alone.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize)]
pub struct NumberBlock {
    /// The series, a word of the profile.
    #[n(0)]
    pub series: String,
    /// The first number.
    #[n(1)]
    pub first: u64,
    /// The last number.
    #[n(2)]
    pub last: u64,
}

/// What the office gives a station.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Bundle {
    /// Version of this format.
    #[n(0)]
    pub version: u8,
    /// The office that gives it.
    #[n(1)]
    pub office: String,
    /// Its number for this station: a lower one never replaces a higher one.
    #[n(2)]
    pub serial: u64,
    /// The station.
    #[n(3)]
    pub station: String,
    /// The key the station signs with.
    #[n(4)]
    pub station_key: PublicKey,
    /// The station's certificate for the line (DER, X.509); the chain follows it.
    #[n(5)]
    pub certificates: Vec<minicbor::bytes::ByteVec>,
    /// Keys receipts and status entries are signed with, this year's and the next.
    #[n(6)]
    pub office_keys: Vec<PublicKey>,
    /// The age key packets are sealed to.
    #[n(7)]
    pub active: String,
    /// The age key kept away from the office's machines.
    #[n(8)]
    pub escrow: String,
    /// Where the office is reached, in the order to be tried.
    #[n(9)]
    pub addresses: Vec<String>,
    /// The profile, as its file.
    #[n(10)]
    pub profile: String,
    /// Who may do what.
    #[n(11)]
    pub roles: Vec<AccountRole>,
    /// Numbers.
    #[n(12)]
    pub numbers: Vec<NumberBlock>,
    /// From when it holds, in milliseconds since 1970.
    #[n(13)]
    pub from_ms: i64,
    /// Until when it holds.
    #[n(14)]
    pub until_ms: i64,
}

/// How long a bundle still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// What is left, in milliseconds.
    pub left_ms: i64,
    /// Two thirds of the time have passed: ask for the next one.
    pub is_renewal_due: bool,
}

impl Bundle {
    /// The keys packets are sealed to.
    #[must_use]
    pub fn recipients(&self) -> Option<Recipients> {
        Some(Recipients {
            active: RecipientKey::parse(&self.active)?,
            escrow: RecipientKey::parse(&self.escrow)?,
        })
    }

    /// Whether it holds now, and for how long.
    ///
    /// # Errors
    /// Not yet, or no longer.
    pub fn expiry(&self, now_ms: i64) -> Result<Expiry, NoticeRefusal> {
        if now_ms < self.from_ms || now_ms >= self.until_ms {
            return Err(NoticeRefusal::NotValidNow);
        }
        let left_ms = self.until_ms - now_ms;
        Ok(Expiry { left_ms, is_renewal_due: left_ms <= (self.until_ms - self.from_ms) / 3 })
    }
}

impl Notice for Bundle {
    const CONTEXT: Context = Context::PROVISIONING;
    const BYTES_MAX: usize = BUNDLE_BYTES_MAX;

    fn version(&self) -> u8 {
        self.version
    }

    fn is_sound(&self) -> bool {
        let texts = [&self.office, &self.station].into_iter().chain(&self.addresses);
        texts
            .chain(self.roles.iter().map(|line| &line.account))
            .chain(self.numbers.iter().map(|block| &block.series))
            .all(|text| is_plain(text))
            && self.recipients().is_some_and(|keys| keys.active != keys.escrow)
            && !self.office_keys.is_empty()
            && self.numbers.iter().all(|block| block.first <= block.last)
            && self.from_ms >= 0
            && self.from_ms < self.until_ms
    }
}

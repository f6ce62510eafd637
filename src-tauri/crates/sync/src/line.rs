//! How the line to the office stands, and why.

use rekam_domain::network::{NetworkEvent, NetworkState};
use rekam_domain::role::{Role, RoleSet};

use crate::backoff::{Backoff, LINE, Pace, SHUT};
use crate::chance::Chance;

/// Without a sign of life for so long, the desk is told that the office does not answer.
pub(crate) const SILENCE_MS: u64 = 2_500;
/// How often an idle line is tried while somebody looks at it: with the silence above, changes show within 5 s.
pub(crate) const PROBE_EVERY_MS: u64 = 2_000;

/// Why the line is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// This machine has no network.
    NoNetwork,
    /// The office's name is not found.
    NameNotFound,
    /// Nobody listens at the office's address.
    ConnectionRefused,
    /// No sign of life.
    Silent,
    /// The connection breaks.
    Cut,
    /// The certificate is not the office's.
    WrongCertificate,
    /// The certificate is not valid at the time of this clock.
    WrongTime,
    /// The network wants a sign-in first.
    CaptivePortal,
    /// Something on the way answers in the office's place.
    ProxyLies,
    /// The office has no room.
    OfficeFull,
    /// The office has trouble of its own.
    OfficeBusy,
    /// The office does not admit this station.
    Revoked,
    /// The office asks us to wait.
    RateLimited,
}

impl Cause {
    /// Every cause.
    pub const ALL: &'static [Self] = &[
        Self::NoNetwork,
        Self::NameNotFound,
        Self::ConnectionRefused,
        Self::Silent,
        Self::Cut,
        Self::WrongCertificate,
        Self::WrongTime,
        Self::CaptivePortal,
        Self::ProxyLies,
        Self::OfficeFull,
        Self::OfficeBusy,
        Self::Revoked,
        Self::RateLimited,
    ];

    /// Its fixed spelling, the tail of the keys of its texts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoNetwork => "no_network",
            Self::NameNotFound => "name_not_found",
            Self::ConnectionRefused => "connection_refused",
            Self::Silent => "silent",
            Self::Cut => "cut",
            Self::WrongCertificate => "wrong_certificate",
            Self::WrongTime => "wrong_time",
            Self::CaptivePortal => "captive_portal",
            Self::ProxyLies => "proxy_lies",
            Self::OfficeFull => "office_full",
            Self::OfficeBusy => "office_busy",
            Self::Revoked => "revoked",
            Self::RateLimited => "rate_limited",
        }
    }

    /// Whether only a person can mend it: tried seldom, also while somebody looks.
    const fn needs_person(self) -> bool {
        match self {
            Self::WrongCertificate
            | Self::WrongTime
            | Self::CaptivePortal
            | Self::ProxyLies
            | Self::Revoked => true,
            Self::NoNetwork
            | Self::NameNotFound
            | Self::ConnectionRefused
            | Self::Silent
            | Self::Cut
            | Self::OfficeFull
            | Self::OfficeBusy
            | Self::RateLimited => false,
        }
    }
}

/// The line as the desk shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineView {
    /// Whether the office can be reached.
    pub state: NetworkState,
    /// What is wrong, if anything.
    pub cause: Option<Cause>,
}

/// The line to the office.
#[derive(Debug)]
pub(crate) struct Line {
    view: LineView,
    told: Option<LineView>,
    /// The last exchange was answered by the office itself.
    pub(crate) is_good: bool,
    pub(crate) backoff: Backoff,
    /// The time of the last answer or failure.
    pub(crate) heard_ms: u64,
}

impl Line {
    pub(crate) const fn new() -> Self {
        Self {
            view: LineView { state: NetworkState::Offline, cause: None },
            told: None,
            is_good: false,
            backoff: Backoff::new(),
            heard_ms: 0,
        }
    }

    /// The office itself gave a sign of life after so long.
    pub(crate) fn alive(&mut self, after_ms: u64, cause: Option<Cause>) {
        let event = if after_ms < SILENCE_MS { NetworkEvent::Answer } else { NetworkEvent::AnswerBadly };
        self.step(event);
        self.view.cause = cause;
        self.is_good = true;
        self.backoff.reset();
    }

    /// There was no answer of the office.
    pub(crate) fn fail(&mut self, cause: Cause, chance: &mut Chance, mono_ms: u64) {
        self.show_silent(cause);
        self.is_good = false;
        let pace: Pace = if cause.needs_person() { SHUT } else { LINE };
        self.backoff.fail(pace, chance, mono_ms);
    }

    /// The office itself does not admit us: it is there, and tried seldom.
    pub(crate) fn shut(&mut self, chance: &mut Chance, mono_ms: u64) {
        self.is_good = false;
        self.backoff.fail(SHUT, chance, mono_ms);
    }

    /// Nothing was heard for a while, but the exchange goes on.
    pub(crate) fn show_silent(&mut self, cause: Cause) {
        self.step(NetworkEvent::Silence);
        self.view.cause = Some(cause);
    }

    /// Whether an idle line may be tried often.
    pub(crate) fn may_be_watched(&self) -> bool {
        !self.view.cause.is_some_and(Cause::needs_person)
    }

    /// The view, if it was not told yet.
    pub(crate) fn poll(&mut self) -> Option<LineView> {
        if self.told == Some(self.view) {
            return None;
        }
        self.told = Some(self.view);
        self.told
    }

    pub(crate) const fn view(&self) -> LineView {
        self.view
    }

    fn step(&mut self, event: NetworkEvent) {
        if let Ok(moved) = self.view.state.next(event, RoleSet::of(&[Role::Station])) {
            self.view.state = moved.state;
        }
    }
}

//! Where the station's power comes from, and what a change of it makes the station do (`domain.md` §2.1).

use crate::effect::Effect;
use crate::machine::Moved;

/// Where the power comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerState {
    /// The grid.
    Mains,
    /// The battery of the UPS or of the laptop.
    OnUps {
        /// Minutes it will last.
        minutes_left: u32,
    },
    /// A generator.
    Genset,
    /// Almost nothing left: the station is shutting down.
    Critical,
}

/// What the power adapter reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerEvent {
    /// The grid is there.
    MainsBack,
    /// A generator carries the load.
    GensetOn,
    /// On battery, with so many minutes left; repeated while it drains.
    OnBattery {
        /// Minutes it will last.
        minutes_left: u32,
    },
    /// The adapter says that power ends now.
    LastCall,
}

/// The limits the profile sets for the battery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerLimits {
    /// Below this many minutes no recording begins.
    pub ups_min_minutes: u32,
    /// At or below this many minutes the station shuts down.
    pub critical_minutes: u32,
}

impl PowerState {
    /// The state this report leads to. Never refused: power asks nobody.
    #[must_use]
    pub fn next(self, event: PowerEvent, limits: PowerLimits) -> Moved<Self> {
        let state = match event {
            PowerEvent::MainsBack => Self::Mains,
            PowerEvent::GensetOn => Self::Genset,
            PowerEvent::LastCall => Self::Critical,
            PowerEvent::OnBattery { minutes_left } if minutes_left <= limits.critical_minutes => {
                Self::Critical
            }
            PowerEvent::OnBattery { minutes_left } => Self::OnUps { minutes_left },
        };
        Moved { state, effects: self.effects_towards(state, limits) }
    }

    fn effects_towards(self, state: Self, limits: PowerLimits) -> Vec<Effect> {
        let mut effects = Vec::new();
        if !self.is_outage() && state.is_outage() {
            effects.push(Effect::OpenOutage);
        }
        if self.is_outage() && !state.is_outage() {
            effects.push(Effect::CloseOutage);
        }
        if state == Self::Critical {
            // Said again on every report: a first shutdown that hangs must not be the last try.
            effects.extend([Effect::SuspendSession, Effect::FlushAndShutDown]);
            return effects;
        }
        if !self.is_on_battery() && state.is_on_battery() {
            effects.push(Effect::SaveEveryModality);
        }
        match (self.lets_begin(limits), state.lets_begin(limits)) {
            (true, false) => effects.push(Effect::HoldNewCaptures),
            (false, true) => effects.push(Effect::AllowNewCaptures),
            (true, true) | (false, false) => {}
        }
        effects
    }

    /// Whether a recording may begin.
    #[must_use]
    pub const fn lets_begin(self, limits: PowerLimits) -> bool {
        match self {
            Self::Mains | Self::Genset => true,
            Self::OnUps { minutes_left } => minutes_left >= limits.ups_min_minutes,
            Self::Critical => false,
        }
    }

    /// Whether the grid is away.
    #[must_use]
    pub const fn is_outage(self) -> bool {
        match self {
            Self::Mains => false,
            Self::OnUps { .. } | Self::Genset | Self::Critical => true,
        }
    }

    const fn is_on_battery(self) -> bool {
        match self {
            Self::OnUps { .. } | Self::Critical => true,
            Self::Mains | Self::Genset => false,
        }
    }

    /// The word under which the state has its text.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mains => "Mains",
            Self::OnUps { .. } => "OnUps",
            Self::Genset => "Genset",
            Self::Critical => "Critical",
        }
    }
}

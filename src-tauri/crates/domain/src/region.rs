//! Region codes of the Ministry of Home Affairs and what a table of them knows.
//!
//! A NIK keeps the region code of its first registration for life, so old editions of the list stay useful:
//! a table holds the current edition and any number of historical ones side by side.

mod edition;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use edition::{RefusedLine, RegionChange, RegionEdition, RegionRefusal};
pub use table::{RegionKnowledge, RegionName, RegionReading, RegionTable};

crate::word::words! {
    /// How far down a region code reaches.
    pub enum RegionLevel {
        /// Provinsi, 2 digits.
        Province => "province",
        /// Kabupaten or kota, 4 digits.
        Regency => "regency",
        /// Kecamatan, 6 digits.
        District => "district",
        /// Desa, kelurahan and their like, 10 digits.
        Village => "village",
    }
}

impl RegionLevel {
    const fn width(self) -> usize {
        match self {
            Self::Province => 2,
            Self::Regency => 4,
            Self::District => 6,
            Self::Village => 10,
        }
    }
}

/// The two kinds of region on the second level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegencyKind {
    /// Kabupaten, digits 01–69.
    Kabupaten,
    /// Kota, digits 71–99.
    Kota,
}

/// A region code of 2, 4, 6 or 10 digits, shown with dots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode {
    level: RegionLevel,
    value: u64,
}

impl RegionCode {
    /// Reads `36.71.09` or `367109`; dots stand either at every border or nowhere.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut digits = 0;
        let mut value = 0_u64;
        let mut dots = 0;
        for letter in text.bytes() {
            match letter {
                b'0'..=b'9' if digits < RegionLevel::Village.width() => {
                    digits += 1;
                    value = value * 10 + u64::from(letter - b'0');
                }
                b'.' if matches!(digits, 2 | 4 | 6) && dots + 1 == digits / 2 => dots += 1,
                _ => return None,
            }
        }
        let level = RegionLevel::ALL.iter().copied().find(|level| level.width() == digits)?;
        let code = Self { level, value };
        let borders = match level {
            RegionLevel::Province => 0,
            RegionLevel::Regency => 1,
            RegionLevel::District => 2,
            RegionLevel::Village => 3,
        };
        (dots == 0 || dots == borders).then_some(code)
    }

    /// The district of six digits given as a number.
    pub(crate) const fn district(value: u32) -> Self {
        Self { level: RegionLevel::District, value: (value % 1_000_000) as u64 }
    }

    /// The level this code reaches.
    #[must_use]
    pub const fn level(self) -> RegionLevel {
        self.level
    }

    /// The digits without dots.
    #[must_use]
    pub fn digits(self) -> String {
        format!("{:0width$}", self.value, width = self.level.width())
    }

    /// The region this one lies in.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self.level {
            RegionLevel::Province => None,
            RegionLevel::Regency => Some(Self { level: RegionLevel::Province, value: self.value / 100 }),
            RegionLevel::District => Some(Self { level: RegionLevel::Regency, value: self.value / 100 }),
            RegionLevel::Village => Some(Self { level: RegionLevel::District, value: self.value / 10_000 }),
        }
    }

    /// This code and those above it, finest first.
    pub fn upwards(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |code| code.parent())
    }

    /// Whether `other` is this region or lies in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        other.upwards().any(|code| code == self)
    }

    /// Kabupaten or kota; nothing for a province and for digits that never exist.
    #[must_use]
    pub fn regency_kind(self) -> Option<RegencyKind> {
        let regency = self.upwards().find(|code| code.level == RegionLevel::Regency)?;
        match regency.value % 100 {
            1..=69 => Some(RegencyKind::Kabupaten),
            71..=99 => Some(RegencyKind::Kota),
            _ => None,
        }
    }

    /// Whether the structure allows this code: no kabupaten 00 or 70, no kecamatan 00.
    #[must_use]
    pub fn can_exist(self) -> bool {
        self.upwards().all(|code| match code.level {
            RegionLevel::Regency => code.regency_kind().is_some(),
            RegionLevel::District => code.value % 100 != 0,
            RegionLevel::Province | RegionLevel::Village => true,
        })
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value;
        match self.level {
            RegionLevel::Province => write!(formatter, "{value:02}"),
            RegionLevel::Regency => write!(formatter, "{:02}.{:02}", value / 100, value % 100),
            RegionLevel::District => {
                write!(formatter, "{:02}.{:02}.{:02}", value / 10_000, value / 100 % 100, value % 100)
            }
            RegionLevel::Village => write!(
                formatter,
                "{:02}.{:02}.{:02}.{:04}",
                value / 100_000_000,
                value / 1_000_000 % 100,
                value / 10_000 % 100,
                value % 10_000
            ),
        }
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RegionCode({self})")
    }
}

impl Serialize for RegionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a region code"))
    }
}

//! The background of the photo (`domain.md` §4.6).

use jiff::civil::Date;

use crate::biodata::Nationality;

crate::word::words! {
    /// Colour behind the person.
    pub enum BackgroundColour {
        /// Odd year of birth.
        Red => "red",
        /// Even year of birth.
        Blue => "blue",
        /// What some offices use for foreigners.
        Orange => "orange",
    }
}

impl BackgroundColour {
    /// A hint for the screen, as a hexadecimal colour. The cloth on the wall decides, not this value.
    #[must_use]
    pub const fn display_hint(self) -> &'static str {
        match self {
            Self::Red => "#db1514",
            Self::Blue => "#0090ff",
            Self::Orange => "#ff8c00",
        }
    }

    /// The colour a camera saw behind the person, as red, green and blue; nothing if it is none of these.
    #[must_use]
    pub fn seen([red, green, blue]: [u8; 3]) -> Option<Self> {
        /// Below this share of colour a cloth counts as grey.
        const COLOUR_PERCENT_MIN: i32 = 30;
        let [red, green, blue] = [red, green, blue].map(i32::from);
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let range = most - least;
        if most == 0 || range * 100 / most < COLOUR_PERCENT_MIN {
            return None;
        }
        // The place on the colour wheel, in degrees from red.
        let degrees = if most == red {
            60 * (green - blue) / range
        } else if most == green {
            120 + 60 * (blue - red) / range
        } else {
            240 + 60 * (red - green) / range
        };
        match degrees {
            -30..=17 => Some(Self::Red),
            18..=45 => Some(Self::Orange),
            190..=255 => Some(Self::Blue),
            _ => None,
        }
    }
}

/// Odd year of birth red, even year blue; a profile may set another colour for foreigners.
#[must_use]
pub fn photo_background(
    birth_date: Date,
    nationality: Nationality,
    foreigner_colour: Option<BackgroundColour>,
) -> BackgroundColour {
    let by_year = if birth_date.year() % 2 == 0 { BackgroundColour::Blue } else { BackgroundColour::Red };
    match nationality {
        Nationality::Foreign => foreigner_colour.unwrap_or(by_year),
        Nationality::Indonesian | Nationality::Dual => by_year,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_curtain_is_told_by_its_colour_and_a_grey_wall_is_none() {
        for (seen, colour) in [
            ([219, 21, 20], Some(BackgroundColour::Red)),
            ([120, 14, 30], Some(BackgroundColour::Red)),
            ([0, 144, 255], Some(BackgroundColour::Blue)),
            ([20, 40, 110], Some(BackgroundColour::Blue)),
            ([255, 140, 0], Some(BackgroundColour::Orange)),
            ([180, 175, 170], None),
            ([0, 0, 0], None),
            ([40, 160, 50], None),
        ] {
            assert_eq!(BackgroundColour::seen(seen), colour, "{seen:?}");
        }
    }

    #[test]
    fn follows_the_year_of_birth() {
        let colour = |year, nationality, other| photo_background(date(year, 5, 1), nationality, other);
        assert_eq!(colour(2001, Nationality::Indonesian, None), BackgroundColour::Red);
        assert_eq!(colour(2000, Nationality::Indonesian, None), BackgroundColour::Blue);
        let orange = Some(BackgroundColour::Orange);
        assert_eq!(colour(2000, Nationality::Indonesian, orange), BackgroundColour::Blue);
        assert_eq!(colour(2000, Nationality::Foreign, orange), BackgroundColour::Orange);
        assert_eq!(colour(2001, Nationality::Foreign, None), BackgroundColour::Red);
        assert!(BackgroundColour::ALL.iter().all(|colour| colour.display_hint().len() == 7));
    }
}

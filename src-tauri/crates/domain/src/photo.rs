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

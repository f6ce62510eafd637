//! Age on a date.

use jiff::civil::Date;

use super::{Reason, ReasonCode};
use crate::biodata::MaritalStatus;
use crate::iso_date;

/// The age from which a card is printed (UU 24/2013 Art. 63). No profile changes it.
pub const CARD_AGE_YEARS: i16 = 17;

/// The day a person completes that many years.
///
/// Born on 29 February: in a common year that is 1 March, since on 28 February the last year is not complete yet.
#[must_use]
pub fn birthday(born: Date, years: i16) -> Date {
    let year = born.year().saturating_add(years).min(Date::MAX.year());
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, 3, 1)).unwrap_or(Date::MAX)
}

/// Completed years on a day; negative before birth.
#[must_use]
pub fn age_on(born: Date, day: Date) -> i16 {
    let years = day.year() - born.year();
    if birthday(born, years) > day { years - 1 } else { years }
}

/// Checks on the print date that a card may be printed: 17 years, or ever married on that day.
///
/// # Errors
/// The reason why it may not.
pub fn check_card_age(
    born: Option<Date>,
    marital_status: Option<MaritalStatus>,
    print_date: Date,
) -> Result<(), Reason> {
    if marital_status.is_some_and(MaritalStatus::ever_married) {
        return Ok(());
    }
    let Some(born) = born else { return Err(ReasonCode::BirthDateMissing.reason()) };
    if age_on(born, print_date) >= CARD_AGE_YEARS {
        return Ok(());
    }
    Err(ReasonCode::CardOnlyAt17.reason().with("date", iso_date::paper(birthday(born, CARD_AGE_YEARS))))
}

//! One cell: clean text, numbers that may have been rounded, dates in the four forms they come in.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{CELL_CHARS_MAX, RosterCode};
use crate::biodata::is_unprintable;
use crate::iso_date;

/// Numbers from here on are not all exact in a spreadsheet (2^53).
const EXACT_NUMBERS_END: u64 = 9_007_199_254_740_992;
/// Digits a spreadsheet keeps; it writes zeros for what comes after.
const SPREADSHEET_DIGITS: usize = 15;
/// Smaller day numbers could be years that stand alone, and nobody alive was born before (01-10-1905).
const DAY_NUMBER_MIN: i32 = 2_101;
/// Day number of 31-12-2099.
const DAY_NUMBER_MAX: i32 = 73_050;
/// Day number 0 of a spreadsheet, which believes that 1900 was a leap year.
const DAY_ZERO: Date = date(1899, 12, 30);

/// The text with single spaces and without a leading byte order mark, or why it cannot be taken.
pub(super) fn clean(text: &str) -> Result<Cow<'_, str>, RosterCode> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if text.len() <= CELL_CHARS_MAX && text.bytes().all(is_plain) && !text.contains("  ") {
        return Ok(Cow::Borrowed(text));
    }
    if text.chars().nth(CELL_CHARS_MAX).is_some() {
        return Err(RosterCode::CellTooLong);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.contains('\u{fffd}') {
        return Err(RosterCode::CellNotText);
    }
    if text.chars().any(is_unprintable) {
        return Err(RosterCode::CellUnprintable);
    }
    Ok(Cow::Owned(text))
}

/// Whether there is nothing to see in it.
pub(super) fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim().is_empty()
}

/// The digits of a number that belongs to a person or family, as they stand; judging them is for the checks.
///
/// A leading apostrophe is how spreadsheets are told to keep digits. Digits that a spreadsheet may have rounded are
/// refused, because they could be those of another person.
pub(super) fn digits(text: &str) -> Result<Cow<'_, str>, RosterCode> {
    let text = text.trim().trim_start_matches(['\'', '’', '‘', '`']).trim();
    let number = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => scientific(mantissa, exponent)?,
        None => [".", ","].into_iter().find_map(|point| {
            let (whole, rest) = text.split_once(point)?;
            (is_digits(whole) && !rest.is_empty() && rest.bytes().all(|digit| digit == b'0'))
                .then(|| whole.to_owned())
        }),
    };
    match number {
        None => Ok(Cow::Borrowed(text)),
        Some(number) if is_rounded(&number) => Err(RosterCode::NumberRounded),
        Some(number) => Ok(Cow::Owned(number)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of a number with an exponent; nothing if it is not such a number, an error if digits are missing.
fn scientific(mantissa: &str, exponent: &str) -> Result<Option<String>, RosterCode> {
    let (whole, rest) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let exponent = exponent.trim_start_matches('+');
    if !is_digits(whole) || !(rest.is_empty() || is_digits(rest)) || !is_digits(exponent) {
        return Ok(None);
    }
    let known = format!("{whole}{rest}");
    let wanted = exponent.parse::<usize>().ok().and_then(|places| whole.len().checked_add(places));
    if wanted == Some(known.len()) { Ok(Some(known)) } else { Err(RosterCode::NumberRounded) }
}

/// Whether a number that went through a spreadsheet may have lost digits.
fn is_rounded(number: &str) -> bool {
    let is_exact = number.parse::<u64>().is_ok_and(|value| value < EXACT_NUMBERS_END);
    number.len() > SPREADSHEET_DIGITS && (!is_exact || number.ends_with('0'))
}

/// A date: `dd-mm-yyyy`, `dd/mm/yyyy`, `yyyy-mm-dd` (midnight may follow), or the day number of a spreadsheet.
///
/// One-digit days and months are refused: they are how American settings write month and day.
pub(super) fn read_date(text: &str) -> Option<Date> {
    let text = text.trim_start_matches('\'');
    let whole = text
        .split_once('.')
        .map_or(Some(text), |(whole, rest)| rest.bytes().all(|digit| digit == b'0').then_some(whole));
    if let Some(whole) = whole.filter(|whole| is_digits(whole)) {
        let days =
            whole.parse::<i32>().ok().filter(|days| (DAY_NUMBER_MIN..=DAY_NUMBER_MAX).contains(days))?;
        return DAY_ZERO.checked_add(days.days()).ok();
    }
    let text = ["T00:00:00", " 00:00:00"]
        .into_iter()
        .find_map(|midnight| text.strip_suffix(midnight))
        .unwrap_or(text);
    if text.contains('/') { iso_date::read(&text.replace('/', "-")) } else { iso_date::read(text) }
}

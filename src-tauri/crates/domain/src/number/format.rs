//! How a number is written: `{class}/{seq:03}/{unit}/{roman_month}/{year}`.

use thiserror::Error;

/// The parts a number is written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberParts<'a> {
    /// Class of the letter, for example 471.13.
    pub class: &'a str,
    /// The number.
    pub seq: u32,
    /// Short name of the unit.
    pub unit: &'a str,
    /// Month, 1 to 12.
    pub month: i8,
    /// Year.
    pub year: i16,
}

/// A format that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Text(String),
    Class,
    Seq(usize),
    Unit,
    RomanMonth,
    Year,
}

/// Why a format cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormatError {
    /// A brace is open or closed alone.
    #[error("a brace at character {0} has no partner")]
    LoneBrace(usize),
    /// A token nobody knows.
    #[error("unknown token {{{0}}}")]
    UnknownToken(String),
    /// The width of the number is not 01 to 09.
    #[error("the width in {{{0}}} is not 01 to 09")]
    BadWidth(String),
    /// Without the number every letter would look the same.
    #[error("the format has no {{seq}}")]
    NoSeq,
    /// Numbering restarts each year, so without it two years would look the same.
    #[error("the format has no {{year}}")]
    NoYear,
    /// The month is not 1 to 12.
    #[error("month {0} is not 1 to 12")]
    NoSuchMonth(i8),
}

const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

impl NumberFormat {
    /// Reads a format.
    ///
    /// # Errors
    /// Names the brace, the token, the width or the part that is missing.
    pub fn parse(format: &str) -> Result<Self, FormatError> {
        let mut tokens = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            let lone = || FormatError::LoneBrace(format.len() - from.len());
            if !before.is_empty() {
                tokens.push(Token::Text(before.to_owned()));
            }
            let (name, after) =
                from.strip_prefix('{').and_then(|open| open.split_once('}')).ok_or_else(lone)?;
            if name.contains('{') {
                return Err(lone());
            }
            tokens.push(token(name)?);
            rest = after;
        }
        if !rest.is_empty() {
            tokens.push(Token::Text(rest.to_owned()));
        }
        if !tokens.iter().any(|token| matches!(token, Token::Seq(_))) {
            return Err(FormatError::NoSeq);
        }
        if !tokens.contains(&Token::Year) {
            return Err(FormatError::NoYear);
        }
        Ok(Self { tokens })
    }

    /// Writes a number.
    ///
    /// # Errors
    /// `NoSuchMonth` when the month is not 1 to 12.
    pub fn render(&self, parts: NumberParts<'_>) -> Result<String, FormatError> {
        let mut written = String::new();
        for token in &self.tokens {
            match token {
                Token::Text(text) => written.push_str(text),
                Token::Class => written.push_str(parts.class),
                Token::Seq(width) => {
                    let width = *width;
                    written.push_str(&format!("{:0width$}", parts.seq));
                }
                Token::Unit => written.push_str(parts.unit),
                Token::RomanMonth => written.push_str(roman(parts.month)?),
                Token::Year => written.push_str(&parts.year.to_string()),
            }
        }
        Ok(written)
    }
}

fn roman(month: i8) -> Result<&'static str, FormatError> {
    usize::try_from(month)
        .ok()
        .and_then(|month| month.checked_sub(1))
        .and_then(|index| ROMAN.get(index).copied())
        .ok_or(FormatError::NoSuchMonth(month))
}

fn token(name: &str) -> Result<Token, FormatError> {
    match name {
        "class" => Ok(Token::Class),
        "seq" => Ok(Token::Seq(0)),
        "unit" => Ok(Token::Unit),
        "roman_month" => Ok(Token::RomanMonth),
        "year" => Ok(Token::Year),
        other => match other.strip_prefix("seq:") {
            None => Err(FormatError::UnknownToken(other.to_owned())),
            Some(width) => match width.as_bytes() {
                [b'0', digit @ b'1'..=b'9'] => Ok(Token::Seq(usize::from(digit - b'0'))),
                _ => Err(FormatError::BadWidth(other.to_owned())),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: NumberParts<'_> = NumberParts { class: "471.13", seq: 7, unit: "CLU", month: 1, year: 2026 };

    #[test]
    fn writes_the_number_of_a_letter() {
        let format = NumberFormat::parse("{class}/{seq:03}/{unit}/{roman_month}/{year}").unwrap();
        assert_eq!(format.render(PARTS).unwrap(), "471.13/007/CLU/I/2026");
        assert_eq!(
            format.render(NumberParts { seq: 12_345, month: 12, ..PARTS }).unwrap(),
            "471.13/12345/CLU/XII/2026"
        );
        assert_eq!(format.render(NumberParts { month: 13, ..PARTS }), Err(FormatError::NoSuchMonth(13)));
        assert_eq!(NumberFormat::parse("No. {seq}-{year}").unwrap().render(PARTS).unwrap(), "No. 7-2026");
    }

    #[test]
    fn names_what_is_wrong_with_a_format() {
        let wrong = |format| NumberFormat::parse(format).unwrap_err();
        assert_eq!(wrong("{seq}/{year"), FormatError::LoneBrace(6));
        assert_eq!(wrong("{seq}}/{year}"), FormatError::LoneBrace(5));
        assert_eq!(wrong("{se{q}}"), FormatError::LoneBrace(0));
        assert_eq!(wrong("{nik}/{seq}"), FormatError::UnknownToken("nik".to_owned()));
        assert_eq!(wrong("{seq:3}"), FormatError::BadWidth("seq:3".to_owned()));
        assert_eq!(wrong("{year}"), FormatError::NoSeq);
        assert_eq!(wrong("{seq}"), FormatError::NoYear);
    }
}

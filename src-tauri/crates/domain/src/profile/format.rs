//! The pattern of a letter number, such as `{class}/{seq:03}/{unit}/{roman_month}/{year}`.

/// A piece of the pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberPart {
    /// Written as it is.
    Plain(String),
    /// The classification code.
    Class,
    /// The running number, filled with zeros to this width.
    Seq(usize),
    /// The code of the office.
    Unit,
    /// The month, 01 to 12.
    Month,
    /// The month, I to XII.
    RomanMonth,
    /// The year.
    Year,
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FormatError {
    /// Not a known token, or a brace without its partner.
    UnknownToken(String),
    /// Two letters would get the same number.
    WithoutSeq,
}

/// A pattern that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat {
    parts: Vec<NumberPart>,
}

/// What a letter number is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberFacts<'f> {
    /// The classification code.
    pub class: &'f str,
    /// The running number of the year.
    pub seq: u32,
    /// The code of the office.
    pub unit: &'f str,
    /// The day of the letter, in the time of the office.
    pub day: jiff::civil::Date,
}

const ROMAN_MONTHS: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// Wider running numbers than this are a typing error.
const SEQ_WIDTH_MAX: usize = 9;

impl NumberFormat {
    pub(super) fn read(pattern: &str) -> Result<Self, FormatError> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            plain(before, &mut parts)?;
            let (token, tail) =
                after.split_once('}').ok_or_else(|| FormatError::UnknownToken(format!("{{{after}")))?;
            parts.push(read_token(token)?);
            rest = tail;
        }
        plain(rest, &mut parts)?;
        if !parts.iter().any(|part| matches!(part, NumberPart::Seq(_))) {
            return Err(FormatError::WithoutSeq);
        }
        Ok(Self { parts })
    }

    /// The pieces, in order.
    #[must_use]
    pub fn parts(&self) -> &[NumberPart] {
        &self.parts
    }

    /// The number of one letter.
    #[must_use]
    pub fn render(&self, facts: &NumberFacts<'_>) -> String {
        let month = facts.day.month();
        let roman = usize::try_from(month - 1).ok().and_then(|index| ROMAN_MONTHS.get(index));
        self.parts
            .iter()
            .map(|part| match part {
                NumberPart::Plain(text) => text.clone(),
                NumberPart::Class => facts.class.to_owned(),
                NumberPart::Seq(width) => format!("{:0width$}", facts.seq, width = *width),
                NumberPart::Unit => facts.unit.to_owned(),
                NumberPart::Month => format!("{month:02}"),
                NumberPart::RomanMonth => roman.copied().unwrap_or_default().to_owned(),
                NumberPart::Year => facts.day.year().to_string(),
            })
            .collect()
    }
}

fn plain(text: &str, parts: &mut Vec<NumberPart>) -> Result<(), FormatError> {
    if text.contains('}') {
        return Err(FormatError::UnknownToken(text.to_owned()));
    }
    if !text.is_empty() {
        parts.push(NumberPart::Plain(text.to_owned()));
    }
    Ok(())
}

fn read_token(token: &str) -> Result<NumberPart, FormatError> {
    let unknown = || FormatError::UnknownToken(format!("{{{token}}}"));
    match token {
        "class" => Ok(NumberPart::Class),
        "unit" => Ok(NumberPart::Unit),
        "month" => Ok(NumberPart::Month),
        "roman_month" => Ok(NumberPart::RomanMonth),
        "year" => Ok(NumberPart::Year),
        "seq" => Ok(NumberPart::Seq(1)),
        _ => {
            let width = token.strip_prefix("seq:0").and_then(|width| width.parse().ok());
            width.filter(|width| (1..=SEQ_WIDTH_MAX).contains(width)).map(NumberPart::Seq).ok_or_else(unknown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_letter_number() {
        let format = NumberFormat::read("{class}/{seq:03}/{unit}/{roman_month}/{year}").unwrap();
        let facts = NumberFacts { class: "471.13", seq: 7, unit: "CLU", day: jiff::civil::date(2023, 12, 5) };
        assert_eq!(format.render(&facts), "471.13/007/CLU/XII/2023");
    }

    #[test]
    fn refuses_what_it_cannot_fill_in() {
        for pattern in ["{seq}/{day}", "{seq", "seq}", "{seq:3}", "{seq:0}", "{seq:099}"] {
            assert!(matches!(NumberFormat::read(pattern), Err(FormatError::UnknownToken(_))), "{pattern}");
        }
        assert_eq!(NumberFormat::read("{class}/{year}"), Err(FormatError::WithoutSeq));
    }
}

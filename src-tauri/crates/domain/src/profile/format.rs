//! Checks the pattern of a letter number, such as `{class}/{seq:03}/{unit}/{roman_month}/{year}`.

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FormatError {
    /// Not a known token, or a brace without its partner.
    UnknownToken(String),
    /// Two letters would get the same number.
    WithoutSeq,
    /// Numbers begin anew each year, so two years would share them.
    WithoutYear,
}

/// Wider running numbers than this are a typing error.
const SEQ_WIDTH_MAX: usize = 9;

/// The names of the tokens of a pattern, without their width.
pub(super) fn tokens(pattern: &str) -> Result<Vec<&str>, FormatError> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        plain(before)?;
        let Some((token, tail)) = after.split_once('}') else {
            return Err(FormatError::UnknownToken(format!("{{{after}")));
        };
        tokens.push(known(token).ok_or_else(|| FormatError::UnknownToken(format!("{{{token}}}")))?);
        rest = tail;
    }
    plain(rest)?;
    if !tokens.contains(&"seq") {
        return Err(FormatError::WithoutSeq);
    }
    if !tokens.contains(&"year") {
        return Err(FormatError::WithoutYear);
    }
    Ok(tokens)
}

fn plain(text: &str) -> Result<(), FormatError> {
    if text.contains('}') { Err(FormatError::UnknownToken(text.to_owned())) } else { Ok(()) }
}

fn known(token: &str) -> Option<&str> {
    match token {
        "class" | "unit" | "roman_month" | "year" | "seq" => Some(token),
        _ => {
            let width: usize = token.strip_prefix("seq:0")?.parse().ok()?;
            (1..=SEQ_WIDTH_MAX).contains(&width).then_some("seq")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_tokens_of_a_letter_number() {
        let tokens = tokens("{class}/{seq:03}/{unit}/{roman_month}/{year}").unwrap();
        assert_eq!(tokens, ["class", "seq", "unit", "roman_month", "year"]);
    }

    #[test]
    fn refuses_what_cannot_be_filled_in() {
        for pattern in ["{seq}/{day}", "{seq", "seq}", "{seq:3}", "{seq:0}", "{seq:099}"] {
            assert!(matches!(tokens(pattern), Err(FormatError::UnknownToken(_))), "{pattern}");
        }
        assert_eq!(tokens("{class}/{year}"), Err(FormatError::WithoutSeq));
        assert_eq!(tokens("{class}/{seq}"), Err(FormatError::WithoutYear));
    }
}

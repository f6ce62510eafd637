//! Reading of labels the way people type them: letter case, spaces and separators do not matter.

/// Whether two labels have the same words.
///
/// Words are kept apart, because `DIPLOMA I/II` and `DIPLOMA III` have the same letters.
pub(crate) fn same(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (words(left), words(right));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) if same_letters(one, other) => {}
            (Some(_), _) | (None, Some(_)) => return false,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn same_letters(left: &str, right: &str) -> bool {
    left.chars().flat_map(char::to_uppercase).eq(right.chars().flat_map(char::to_uppercase))
}

/// The value whose label or alias is `text`.
pub(crate) fn read<T: Copy>(
    text: &str,
    all: &[T],
    label: impl Fn(T) -> &'static str,
    aliases: &[(&'static str, T)],
) -> Option<T> {
    words(text).next()?;
    all.iter()
        .copied()
        .find(|value| same(text, label(*value)))
        .or_else(|| aliases.iter().find(|(alias, _)| same(text, alias)).map(|(_, value)| *value))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn keeps_words_apart() {
        assert!(same(" laki - laki", "LAKI-LAKI"));
        assert!(!same("DIPLOMA III", "DIPLOMA I/II"));
        assert!(!same("LAKI", "LAKI-LAKI"));
    }
}

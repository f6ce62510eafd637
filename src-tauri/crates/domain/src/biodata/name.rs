//! The rule about names: Permendagri 73/2022, which leaves older names valid.

use crate::finding::{Finding, Grade};

/// Most characters of a name, spaces included.
const NAME_CHARS_MAX: usize = 60;
/// Punctuation that SIAK data do contain.
const SUFFERED_PUNCTUATION: [char; 4] = ['\'', '.', ',', '-'];

crate::word::words! {
    /// What a check of a name can find.
    pub enum NameCode {
        /// There is no name.
        Empty => "name_empty",
        /// More than 60 characters.
        TooLong => "name_too_long",
        /// One word only; valid for older names.
        OneWord => "name_one_word",
        /// One of `'.,-`.
        Punctuation => "name_punctuation",
        /// Any other sign.
        Symbol => "name_symbol",
        /// A digit.
        Digit => "name_digit",
        /// A control or invisible character.
        Control => "name_control",
        /// A right-to-left letter or a mark of direction.
        Direction => "name_direction",
        /// A letter that is not Latin.
        OtherScript => "name_other_script",
        /// A Latin letter with a diacritic.
        Diacritic => "name_diacritic",
    }
}

impl NameCode {
    /// How much it weighs.
    #[must_use]
    pub const fn grade(self) -> Grade {
        match self {
            Self::OneWord | Self::Punctuation | Self::Diacritic => Grade::Warning,
            Self::Empty
            | Self::TooLong
            | Self::Symbol
            | Self::Digit
            | Self::Control
            | Self::Direction
            | Self::OtherScript => Grade::Error,
        }
    }

    fn finding(self, field: &str) -> Finding {
        Finding::new(self.grade(), self.word()).with("field", field)
    }
}

/// The normal form of a name: upper case, single spaces, otherwise unchanged.
#[must_use]
pub fn normal_name(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().map(str::to_uppercase).collect();
    words.join(" ")
}

/// Checks a name; `field` is the label the texts name, such as `Nama`. One finding for one kind of defect.
#[must_use]
pub fn check_name(text: &str, field: &str) -> Vec<Finding> {
    let normal = normal_name(text);
    if normal.is_empty() {
        return vec![NameCode::Empty.finding(field)];
    }
    let mut codes: Vec<NameCode> = text.trim().chars().filter_map(judge).collect();
    if normal.chars().count() > NAME_CHARS_MAX {
        codes.push(NameCode::TooLong);
    }
    if !normal.contains(' ') {
        codes.push(NameCode::OneWord);
    }
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().map(|code| code.finding(field)).collect()
}

/// What is wrong with one character of a text that is not a name but must be printable.
pub(crate) fn is_unprintable(letter: char) -> bool {
    matches!(judge(letter), Some(NameCode::Control | NameCode::Direction))
}

fn judge(letter: char) -> Option<NameCode> {
    match letter {
        'A'..='Z' | 'a'..='z' => None,
        letter if SUFFERED_PUNCTUATION.contains(&letter) => Some(NameCode::Punctuation),
        letter if is_directional(letter) => Some(NameCode::Direction),
        letter if is_invisible(letter) => Some(NameCode::Control),
        letter if letter.is_whitespace() => None,
        letter if letter.is_numeric() => Some(NameCode::Digit),
        letter if is_latin_beyond_ascii(letter) => Some(NameCode::Diacritic),
        letter if letter.is_alphabetic() => Some(NameCode::OtherScript),
        _ => Some(NameCode::Symbol),
    }
}

/// Right-to-left scripts, and the marks and overrides that can make a name read as another one.
fn is_directional(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

fn is_latin_beyond_ascii(letter: char) -> bool {
    match letter {
        '×' | '÷' => false,
        'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{300}'..='\u{36f}' => true,
        _ => false,
    }
}

//! Names that sound Indonesian and belong to nobody we know: put together from syllables.

use rekam_domain::biodata::Sex;

use crate::chance::Chance;

const STARTS: &[&str] = &[
    "ARD", "BAY", "CAND", "DAN", "EKAL", "FARD", "GAL", "HARD", "IND", "JAT", "KART", "LUK", "MAND", "NAR",
    "PRAM", "RATN", "SURT", "TIRT", "WID", "YUDR",
];
const OF_MEN: &[&str] = &["IYO", "ANTRO", "ARDI", "ONO", "UTRA", "AMA", "EKSA", "IJAN"];
const OF_WOMEN: &[&str] = &["ITRI", "IYANTI", "ASIH", "INIWATI", "UNARI", "ASTRI", "IANI", "ELIA"];
const HOUSES: &[&str] = &[
    "SURA", "WIRA", "LINTANG", "KUSU", "PURBA", "TIRTA", "NAGA", "RANGGA", "MANDA", "BUANA", "SEKAR", "JAGAT",
];
const HOUSE_ENDS: &[&str] = &["KARSA", "DIPTA", "MESRA", "WANGSA", "LAKSANA", "TARUNA", "PERSADA"];

/// A name of two or three words, at most 60 letters.
pub(super) fn full_name(chance: &mut Chance, sex: Sex) -> String {
    let given = |chance: &mut Chance| {
        let ends = match sex {
            Sex::Male => OF_MEN,
            Sex::Female => OF_WOMEN,
        };
        format!("{}{}", chance.pick(STARTS, "ARD"), chance.pick(ends, "A"))
    };
    let first = given(chance);
    let house = format!("{}{}", chance.pick(HOUSES, "SURA"), chance.pick(HOUSE_ENDS, "KARSA"));
    if chance.percent(30) { format!("{first} {} {house}", given(chance)) } else { format!("{first} {house}") }
}

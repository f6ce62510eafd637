//! A recording status whose text spilled over following rows.

use crate::central_status::CentralStatus;

/// Most rows a status may spill over; the narrowest print-out seen needs two.
pub(super) const SPILLED_ROWS_MAX: usize = 4;

/// Joins the parts to a status we know, if any way of joining gives one: the break may stand inside a word.
pub(super) fn join(parts: &[String]) -> Option<CentralStatus> {
    let mut ways = vec![String::new()];
    for part in parts.iter().filter(|part| !part.is_empty()).take(SPILLED_ROWS_MAX + 1) {
        let within_word = ways.iter().filter(|way| !way.is_empty()).map(|way| format!("{way}{part}"));
        let within_word: Vec<_> = within_word.collect();
        let apart =
            ways.iter().map(|way| if way.is_empty() { part.clone() } else { format!("{way} {part}") });
        ways = apart.chain(within_word).collect();
    }
    let as_it_stands = ways.first().filter(|text| !text.is_empty())?.clone();
    let known = ways
        .iter()
        .map(|way| CentralStatus::read(way))
        .find(|status| matches!(status, CentralStatus::Known(_)));
    Some(known.unwrap_or(CentralStatus::Other(as_it_stands)))
}

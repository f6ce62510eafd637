//! Looking somebody up in the lists of people, so that nobody types what the office knows already.

use rekam_domain::audit::AuditEvent;
use rekam_domain::master_data::MasterSource;
use rekam_domain::permission::{Operation, Subject};
use rekam_domain::roster::RosterEntry;
use serde_json::json;

use crate::master::roster_source;
use crate::problem::{Code, Problem};
use crate::roster_import::entry_of;
use crate::station::Station;

/// Most people who are shown; whoever finds more looks for more of the name.
pub const FOUND_MAX: u32 = 50;
/// Fewer letters of a name would show half of the district.
const NAME_LETTERS_MIN: usize = 3;
/// Longer than any name.
const SOUGHT_BYTES_MAX: usize = 256;

/// Somebody who was found.
pub struct RosterHit {
    /// What the list says.
    pub entry: RosterEntry,
    /// The list.
    pub source: MasterSource,
    /// The newest list could not say anything about this person; this is what an older one said.
    pub is_from_older: bool,
}

impl std::fmt::Debug for RosterHit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RosterHit(redacted)")
    }
}

impl Station {
    /// Finds people in the roster by NIK, by the number of a family card, or by the beginning of a name (three letters
    /// or more). Who looked by what is written down; an expired list is still looked at, and its age goes with the hit.
    ///
    /// # Errors
    /// Nobody is signed in, the role does not permit it, less than three letters were given, or the disk refuses.
    pub fn find_in_roster(&mut self, sought: &str) -> Result<Vec<RosterHit>, Problem> {
        self.permit(Operation::Read, Subject::Biodata)?;
        let sought = sought.trim();
        if sought.len() > SOUGHT_BYTES_MAX || sought.chars().nth(NAME_LETTERS_MIN - 1).is_none() {
            return Err(Problem::new(Code::InputRefused));
        }
        let is_number = sought.bytes().all(|byte| byte.is_ascii_digit());
        let (field, rows, sources) = self.store()?.read(|reading| {
            let sources = reading.list_roster_sources()?;
            if !is_number {
                return Ok(("full_name", reading.list_roster_persons(sought, FOUND_MAX)?, sources));
            }
            // The two numbers look alike; a NIK names one person and comes first.
            match reading.get_roster_person(sought)? {
                Some(person) => Ok(("nik", vec![person], sources)),
                None => Ok(("kk_number", reading.list_roster_family(sought)?, sources)),
            }
        })?;
        self.note(AuditEvent::RosterSearched, json!({"field": field, "count": rows.len()}))?;
        let newest = sources.first().map(|newest| newest.id);
        let mut hits = Vec::new();
        for row in rows {
            let Some(source) = sources.iter().find(|source| source.id == row.source) else { continue };
            let is_from_older = Some(row.source) != newest;
            hits.push(RosterHit { source: roster_source(source), entry: entry_of(row)?, is_from_older });
        }
        Ok(hits)
    }
}

//! What a new list would change, before anything is changed.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{RefusedRow, RosterEntry, RosterField, RowPlace};
use crate::nik::Nik;
use crate::redact::redacted;

/// Somebody who is only on the new list.
#[derive(Clone, PartialEq, Eq)]
pub struct AddedEntry {
    /// Who.
    pub nik: Nik,
    /// The row in the new list.
    pub place: RowPlace,
}

/// Somebody about whom the new list says something else.
#[derive(Clone, PartialEq, Eq)]
pub struct ChangedEntry {
    /// Who.
    pub nik: Nik,
    /// The row in the new list.
    pub place: RowPlace,
    /// What differs.
    pub fields: Vec<RosterField>,
}

redacted!(AddedEntry, ChangedEntry, RosterChange);

/// What a new list would change.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RosterChange {
    /// People who are new.
    pub added: Vec<AddedEntry>,
    /// People whose data differ.
    pub changed: Vec<ChangedEntry>,
    /// People who are no longer on the list.
    pub gone: Vec<Nik>,
    /// People whose new row was refused: what is known of them stays.
    pub kept: Vec<Nik>,
    /// How many stay exactly as they are.
    pub unchanged: u32,
    /// How many have no NIK and cannot be compared.
    pub without_nik: u32,
    /// How many rows were refused.
    pub refused: u32,
}

/// Compares a list with the entries there are. The old ones come one by one and are not kept.
#[must_use]
pub fn compare(
    old: impl IntoIterator<Item = RosterEntry>,
    new: &[RosterEntry],
    refused: &[RefusedRow],
) -> RosterChange {
    let mut change = RosterChange {
        without_nik: count(new.iter().filter(|entry| entry.biodata.nik.is_none())),
        refused: count(refused.iter()),
        ..RosterChange::default()
    };
    let refused: BTreeSet<Nik> = refused.iter().filter_map(|row| row.nik).collect();
    let mut waiting: BTreeMap<Nik, &RosterEntry> =
        new.iter().filter_map(|entry| Some((entry.biodata.nik?, entry))).collect();
    for old in old {
        let Some(nik) = old.biodata.nik else { continue };
        match waiting.remove(&nik) {
            Some(new) => match old.differences(new) {
                fields if fields.is_empty() => change.unchanged += 1,
                fields => change.changed.push(ChangedEntry { nik, place: new.place, fields }),
            },
            None if refused.contains(&nik) => change.kept.push(nik),
            None => change.gone.push(nik),
        }
    }
    change.added = waiting.into_iter().map(|(nik, entry)| AddedEntry { nik, place: entry.place }).collect();
    change.added.sort_unstable_by_key(|added| added.place);
    change.changed.sort_unstable_by_key(|changed| changed.place);
    change
}

/// The same comparison while the new list is being read: its people come one by one, each with the old entry of the
/// same NIK, and none is kept.
#[derive(Default)]
pub struct RosterComparison {
    change: RosterChange,
    seen: HashSet<Nik>,
    refused: HashSet<Nik>,
}

redacted!(RosterComparison);

impl RosterComparison {
    /// Takes somebody of the new list, with what was known of them.
    pub fn entry(&mut self, new: &RosterEntry, old: Option<&RosterEntry>) {
        let (Some(nik), place) = (new.biodata.nik, new.place) else {
            self.change.without_nik += 1;
            return;
        };
        self.seen.insert(nik);
        match old.map(|old| old.differences(new)) {
            None => self.change.added.push(AddedEntry { nik, place }),
            Some(fields) if fields.is_empty() => self.change.unchanged += 1,
            Some(fields) => self.change.changed.push(ChangedEntry { nik, place, fields }),
        }
    }

    /// Takes a refused row of the new list.
    pub fn refused(&mut self, row: &RefusedRow) {
        self.change.refused += 1;
        self.refused.extend(row.nik);
    }

    /// Takes everybody who was known before, once the new list has ended.
    #[must_use]
    pub fn end(mut self, known: impl IntoIterator<Item = Nik>) -> RosterChange {
        for nik in known {
            if self.refused.contains(&nik) && !self.seen.contains(&nik) {
                self.change.kept.push(nik);
            } else if !self.seen.contains(&nik) {
                self.change.gone.push(nik);
            }
        }
        self.change
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    items.fold(0, |count, _| count + 1)
}

impl RosterEntry {
    /// The fields in which another entry of the same person differs; where a row stands is no difference.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<RosterField> {
        let (one, two) = (&self.biodata, &other.biodata);
        let pairs = [
            (one.full_name != two.full_name, RosterField::FullName),
            (one.birth_place != two.birth_place, RosterField::BirthPlace),
            (one.birth_date != two.birth_date, RosterField::BirthDate),
            (one.sex != two.sex, RosterField::Sex),
            (
                (one.marital_status, one.marital_form) != (two.marital_status, two.marital_form),
                RosterField::MaritalStatus,
            ),
            (one.blood_type != two.blood_type, RosterField::BloodType),
            (one.family_relation != two.family_relation, RosterField::FamilyRelation),
            (one.religion != two.religion, RosterField::Religion),
            (one.education != two.education, RosterField::Education),
            (one.birth_certificate_no != two.birth_certificate_no, RosterField::BirthCertificateNo),
            (one.occupation != two.occupation, RosterField::Occupation),
            (one.mother_name != two.mother_name, RosterField::MotherName),
            (one.father_name != two.father_name, RosterField::FatherName),
            (self.obligation != other.obligation, RosterField::Obligation),
            (self.card_held != other.card_held, RosterField::CardHeld),
            (self.status != other.status, RosterField::Status),
            (self.recording_status != other.recording_status, RosterField::RecordingStatus),
            (one.kk_number != two.kk_number, RosterField::KkNumber),
            (self.head_of_family != other.head_of_family, RosterField::HeadOfFamily),
            (one.address != two.address, RosterField::Address),
            (one.rt != two.rt, RosterField::Rt),
            (one.rw != two.rw, RosterField::Rw),
            (self.hamlet != other.hamlet, RosterField::Hamlet),
            (one.village != two.village, RosterField::Village),
            (one.district != two.district, RosterField::District),
            (one.regency != two.regency, RosterField::Regency),
            (one.province != two.province, RosterField::Province),
        ];
        pairs.into_iter().filter(|(differs, _)| *differs).map(|(_, field)| field).collect()
    }
}

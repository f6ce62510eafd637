//! What a new list would change.

use super::*;

fn entries(people: &[&str]) -> (Vec<RosterEntry>, Vec<RefusedRow>) {
    let (entries, refused, _) = read(&[&[TITLES, FAMILY], people].concat()).unwrap();
    (entries.into_iter().map(|read| read.entry).collect(), refused)
}

#[test]
fn tells_new_changed_gone_kept_and_unchanged_apart() {
    let person =
        |serial: &str, name: &str| PERSON.replace("0002|", &format!("{serial}|")).replace("SITI", name);
    let (stays, changes, goes, breaks) =
        (person("0001", "ANA"), person("0002", "BEA"), person("0003", "CICI"), person("0004", "DEDE"));
    let (old, _) = entries(&[&stays, &changes, &goes, &breaks]);
    let changed = changes.replace("BEA", "BEATRIX").replace("BELUM REKAM", "PRR");
    let broken = breaks.replace("15-08-2006", "besok");
    let temporary = PERSON.replace("3671095508060002", "0367109200000001");
    let (new, refused) = entries(&[&changed, &stays, &person("0009", "ZAZA"), &broken, &temporary]);
    let change = compare(old.clone(), &new, &refused);
    let digits = |nik: &crate::nik::Nik| nik.expose()[12..].to_owned();
    assert_eq!(change.added.iter().map(|added| digits(&added.nik)).collect::<Vec<_>>(), ["0009"]);
    assert_eq!(change.added[0].place.row, 5);
    assert_eq!(change.changed.len(), 1);
    assert_eq!(change.changed[0].fields, [RosterField::FullName, RosterField::RecordingStatus]);
    assert_eq!(change.gone.iter().map(digits).collect::<Vec<_>>(), ["0003"]);
    assert_eq!(change.kept.iter().map(digits).collect::<Vec<_>>(), ["0004"]);
    assert_eq!((change.unchanged, change.without_nik, change.refused), (1, 1, 1));
    assert_eq!(format!("{change:?}"), "RosterChange(redacted)");

    // Read one by one instead of held together, the answer is the same.
    let mut comparison = RosterComparison::default();
    for entry in &new {
        comparison.entry(entry, old.iter().find(|old| old.biodata.nik == entry.biodata.nik));
    }
    refused.iter().for_each(|row| comparison.refused(row));
    assert!(comparison.end(old.iter().filter_map(|old| old.biodata.nik)) == change);

    let same = compare(old.clone(), &old, &[]);
    assert_eq!(same, RosterChange { unchanged: 4, ..RosterChange::default() });
}

#[test]
fn a_refused_family_takes_nobody_off_the_list() {
    let (old, _) = entries(&[PERSON]);
    let family = FAMILY.replace("3671091508180001", "3.67109E+15");
    let (new, refused, _) = read(&[TITLES, &family, PERSON]).unwrap();
    assert!(new.is_empty());
    let change = compare(old, &[], &refused);
    assert_eq!((change.kept.len(), change.gone.len()), (1, 0));
}

#[test]
fn notices_a_change_in_every_field() {
    let old = only(read(&[TITLES, FAMILY, PERSON])).entry;
    let other = [
        (RosterField::FullName, "LAIN CONTOH"),
        (RosterField::BirthPlace, "LAIN"),
        (RosterField::BirthDate, "16-08-2006"),
        (RosterField::Sex, "L"),
        (RosterField::MaritalStatus, "K"),
        (RosterField::BloodType, "A"),
        (RosterField::FamilyRelation, "ISTRI"),
        (RosterField::Religion, "HINDU"),
        (RosterField::Education, "SLTP"),
        (RosterField::BirthCertificateNo, "1/2"),
        (RosterField::Occupation, "PELAUT"),
        (RosterField::MotherName, "LAIN CONTOH"),
        (RosterField::FatherName, "LAIN CONTOH"),
        (RosterField::Obligation, "BELUM"),
        (RosterField::CardHeld, "KTP-eL"),
        (RosterField::Status, "LAIN"),
        (RosterField::RecordingStatus, "PRR"),
    ];
    for (field, cell) in other {
        let new = only(read(&[TITLES, FAMILY, &person_with(field, cell)])).entry;
        assert_eq!(old.differences(&new), [field], "{field:?}");
    }
    let moved = "3671091508180009||ANI CONTOH|||||||||JL. A 1 DESA JAYA RT/RW : 003/001 DUSUN : DUA|||||||";
    let new = only(read(&["PROVINSI : A", "KOTA : B", "KECAMATAN : C", TITLES, moved, PERSON])).entry;
    assert_eq!(old.differences(&new).len(), 10);
}

//! Synthetic people: always the same for a seed, and of the shape the registers expect.

#![cfg(test)]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use rekam_domain::biodata::Sex;
use rekam_domain::photo::BackgroundColour;
use rekam_driver_sim::{REGION_CODE, Situation, SyntheticPerson};

const TODAY: Date = date(2026, 11, 21);

#[test]
fn a_seed_is_always_the_same_person() {
    for seed in 0..50 {
        assert_eq!(SyntheticPerson::new(seed, TODAY), SyntheticPerson::new(seed, TODAY));
    }
    let person = SyntheticPerson::new(7, TODAY);
    assert_ne!(person.full_name, SyntheticPerson::new(8, TODAY).full_name);
}

#[test]
fn thousand_people_in_a_row_have_thousand_numbers() {
    let numbers: BTreeSet<String> =
        (500..1_500).filter_map(|seed| SyntheticPerson::new(seed, TODAY).nik).collect();
    assert_eq!(numbers.len(), 1_000);
}

#[test]
fn a_number_has_the_form_of_a_nik_and_a_serial_that_is_never_issued() {
    for seed in 0..300 {
        let person = SyntheticPerson::new(seed, TODAY);
        let nik = person.nik.clone().expect("an ordinary person has a number");
        assert_eq!(nik.len(), 16, "{nik}");
        assert!(nik.bytes().all(|digit| digit.is_ascii_digit()), "{nik}");
        assert!(nik.starts_with(REGION_CODE), "{nik}");
        assert!(nik[12..].parse::<u64>().expect("digits") >= 9_000, "{nik}");
        let day: i8 = nik[6..8].parse().expect("digits");
        let women = if person.sex == Sex::Female { 40 } else { 0 };
        assert_eq!(day - women, person.birth_date.day(), "{nik}");
        assert_eq!(nik[8..10].parse::<i8>().expect("digits"), person.birth_date.month(), "{nik}");
        assert_eq!(person.kk_number.len(), 16);
    }
}

#[test]
fn names_fit_the_card() {
    for seed in 0..500 {
        let person = SyntheticPerson::new(seed, TODAY);
        for name in [&person.full_name, &person.mother_name, &person.father_name] {
            assert!(name.len() <= 60 && name.contains(' '), "{name}");
            assert!(name.bytes().all(|letter| letter.is_ascii_uppercase() || letter == b' '), "{name}");
        }
    }
}

/// Whole years on the day of service.
fn age(person: &SyntheticPerson) -> i16 {
    let years = TODAY.year() - person.birth_date.year();
    let had_birthday = (TODAY.month(), TODAY.day()) >= (person.birth_date.month(), person.birth_date.day());
    if had_birthday { years } else { years - 1 }
}

#[test]
fn ages_are_those_of_the_situation() {
    for seed in 0..300 {
        let adult = SyntheticPerson::new(seed, TODAY);
        assert!((17..=78).contains(&age(&adult)), "{seed}: {}", adult.birth_date);
        assert_eq!(i16::from(adult.age), age(&adult));
        assert_eq!(age(&SyntheticPerson::in_situation(seed, TODAY, Situation::UnderAge)), 15);
        let married = SyntheticPerson::in_situation(seed, TODAY, Situation::UnderAgeMarried);
        assert_eq!((age(&married), married.marital_status), (16, "KAWIN"));
    }
}

#[test]
fn every_situation_shows() {
    for seed in 0..40 {
        let of = |situation| SyntheticPerson::in_situation(seed, TODAY, situation);
        assert_eq!(of(Situation::WithoutNik).nik, None);
        assert_eq!(of(Situation::MissingFinger).missing_fingers.len(), 1);
        assert_eq!(of(Situation::BlindEye).blind_eyes.len(), 1);
        assert!(!of(Situation::CannotSign).can_sign());
        assert!(of(Situation::Ordinary).missing_fingers.is_empty());
    }
    let special = (0..1_000).filter(|seed| Situation::draw(*seed) != Situation::Ordinary).count();
    assert!((80..200).contains(&special), "{special} of 1000");
}

#[test]
fn the_curtain_follows_the_birth_year() {
    for seed in 0..40 {
        let person = SyntheticPerson::new(seed, TODAY);
        let is_even = person.birth_date.year() % 2 == 0;
        assert_eq!(person.curtain() == BackgroundColour::Blue, is_even);
    }
}

#[test]
fn the_register_understands_every_word() {
    for seed in 0..200 {
        let situation = Situation::draw(seed);
        let person = SyntheticPerson::in_situation(seed, TODAY, situation);
        let biodata = person.biodata();
        assert_eq!(biodata.nik.is_some(), situation != Situation::WithoutNik);
        assert!(biodata.kk_number.is_some(), "{}", person.kk_number);
        assert!(
            biodata.blood_type.is_some() && biodata.religion.is_some() && biodata.marital_status.is_some()
        );
        assert!(biodata.occupation.is_some() && biodata.education.is_some() && biodata.nationality.is_some());
        assert!(biodata.family_relation.is_some() && biodata.rt.is_some() && biodata.rw.is_some());
    }
}

//! The national rule for documents, where a procedure says nothing (`domain.md` §1.8, §4.5).

use crate::document::Document;
use crate::purpose::Purpose;

/// Any one of these is enough.
pub type Group = Vec<Document>;

fn each(documents: &[Document]) -> Vec<Group> {
    documents.iter().map(|document| vec![*document]).collect()
}

/// What the national rule asks for.
pub(super) fn national(service: Purpose) -> Vec<Group> {
    use Document::{FormF102, Kk, KkCopy, MovingLetter, OldCard, PoliceLossLetter, SupportingDocument};
    match service {
        Purpose::New | Purpose::OutOfDomicile => each(&[FormF102, Kk]),
        Purpose::Lost => each(&[FormF102, PoliceLossLetter, KkCopy]),
        Purpose::Damaged => each(&[FormF102, OldCard, KkCopy]),
        Purpose::WrongData => each(&[FormF102, OldCard, KkCopy, SupportingDocument]),
        Purpose::MovedIn => each(&[FormF102, MovingLetter, Kk]),
    }
}

/// What the national rule asks of a foreigner with a permanent stay permit.
pub(super) fn national_foreigner() -> Vec<Group> {
    each(&[Document::FormF102, Document::Kk, Document::TravelDocument, Document::Kitap])
}

/// What proves that marriage replaces the age.
pub(super) fn national_married() -> Vec<Group> {
    vec![vec![Document::MarriageBook, Document::MarriageCertificate]]
}

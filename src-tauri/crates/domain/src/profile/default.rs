//! The national rule for documents, where a procedure says nothing (`domain.md` §1.8, §4.5).

use crate::document::Document;
use crate::service::Service;

/// Any one of these is enough.
pub type Group = Vec<Document>;

fn each(documents: &[Document]) -> Vec<Group> {
    documents.iter().map(|document| vec![*document]).collect()
}

/// What the national rule asks for.
pub(super) fn national(service: Service) -> Vec<Group> {
    use Document::{FormF102, Kk, KkCopy, MovingLetter, OldCard, PoliceLossLetter, SupportingDocument};
    match service {
        Service::New | Service::OutOfDomicile => each(&[FormF102, Kk]),
        Service::Lost => each(&[FormF102, PoliceLossLetter, KkCopy]),
        Service::Damaged => each(&[FormF102, OldCard, KkCopy]),
        Service::WrongData => each(&[FormF102, OldCard, KkCopy, SupportingDocument]),
        Service::MovedIn => each(&[FormF102, MovingLetter, Kk]),
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

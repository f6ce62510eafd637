//! The documents a person brings (`domain.md` §1, §3.3).

crate::word::words! {
    /// A kind of document on a checklist.
    pub enum Document {
        /// Registration form F-1.02.
        FormF102 => "F-1.02",
        /// Application form for a card.
        KtpForm => "ktp_form",
        /// Family card.
        Kk => "kk",
        /// Copy of the family card.
        KkCopy => "kk_copy",
        /// Copy of the family card stamped "has been recorded".
        KkCopyStampedRecorded => "kk_copy_stamped_recorded",
        /// Copy of the family card after its data were corrected.
        KkCopyCorrected => "kk_copy_corrected",
        /// Summons stamped "has been recorded".
        SummonsStampedRecorded => "summons_stamped_recorded",
        /// Birth certificate.
        BirthCertificate => "birth_certificate",
        /// School certificate.
        Diploma => "diploma",
        /// Most recent school certificate.
        LastDiploma => "last_diploma",
        /// Marriage book.
        MarriageBook => "marriage_book",
        /// Marriage certificate.
        MarriageCertificate => "marriage_certificate",
        /// Cover letter of the village head.
        VillageHeadCoverLetter => "village_head_cover_letter",
        /// Police letter about the loss.
        PoliceLossLetter => "police_loss_letter",
        /// The damaged card.
        DamagedCard => "damaged_card",
        /// The card with wrong data.
        WrongCard => "wrong_card",
        /// The old card.
        OldCard => "old_card",
        /// Letter of moving.
        MovingLetter => "moving_letter",
        /// Travel document of a foreigner.
        TravelDocument => "travel_document",
        /// Permanent stay permit card.
        Kitap => "kitap",
        /// Any document that proves a change of data.
        SupportingDocument => "supporting_document",
        /// List of the people in a collective batch.
        CollectiveList => "collective_list",
    }
}

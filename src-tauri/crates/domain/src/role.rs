//! Who acts: the roles of the five procedures (`domain.md` §1.7.1).

crate::word::words! {
    /// A role in a procedure. One person may hold several.
    pub enum Role {
        /// The person who applies. Has no login.
        Applicant => "Applicant",
        /// The village officer who bears a collective batch. Has no login.
        VillageOfficer => "VillageOfficer",
        /// Front desk: intake, verification, queue, numbering and handing over.
        FrontDesk => "FrontDesk",
        /// Second checklist and registration of collective files.
        RegistrationClerk => "RegistrationClerk",
        /// Eligibility, capture and the draft of the letter.
        CaptureOperator => "CaptureOperator",
        /// Validates data and declares them ready to record.
        DataSectionHead => "DataSectionHead",
        /// Approves printing and issues card blanks.
        IdentitySectionHead => "IdentitySectionHead",
        /// Initials letters and approves exceptions at a kecamatan.
        GovernmentSectionHead => "GovernmentSectionHead",
        /// Signs letters (Camat, also acting).
        DistrictHead => "DistrictHead",
        /// Prints and proofreads cards.
        PrintOperator => "PrintOperator",
        /// Keeps the pickup register and hands over.
        PickupClerk => "PickupClerk",
        /// Archives the paper files.
        Archivist => "Archivist",
        /// Optional approval slot (Kepala Dinas).
        AgencyHead => "AgencyHead",
        /// Optional approval slot (Kepala Bidang).
        DivisionHead => "DivisionHead",
        /// Reports, exception approval, stock, backup, audit reading.
        Supervisor => "Supervisor",
        /// Devices, power and driver tests; never personal data.
        Technician => "Technician",
        /// The station itself: expiry, delivery, incoming central statuses.
        Station => "Station",
    }
}

impl Role {
    /// Whether a person in this role signs in at the station.
    #[must_use]
    pub const fn has_login(self) -> bool {
        !matches!(self, Role::Applicant | Role::VillageOfficer | Role::Station)
    }
}

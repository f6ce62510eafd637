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

/// A set of roles, small enough to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u32);

impl RoleSet {
    /// The set of these roles.
    #[must_use]
    pub const fn of(mut roles: &[Role]) -> Self {
        let mut bits = 0;
        while let [first, rest @ ..] = roles {
            bits |= 1 << (*first as u32);
            roles = rest;
        }
        Self(bits)
    }

    /// Whether the role is in the set.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << (role as u32)) != 0
    }

    /// Whether any of these roles is in the set.
    #[must_use]
    pub const fn any_of(self, roles: &[Role]) -> bool {
        self.0 & Self::of(roles).0 != 0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is no role in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles in the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.has(*role))
    }
}

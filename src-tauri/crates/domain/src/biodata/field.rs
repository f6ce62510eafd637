//! Every field about a person: its label, whether it can change, and how it is protected.

crate::word::words! {
    /// A field about a person, biometrics included.
    pub enum PersonalField {
        /// NIK.
        Nik => "nik",
        /// Family card number.
        KkNumber => "kk_number",
        /// Name.
        FullName => "full_name",
        /// Place of birth.
        BirthPlace => "birth_place",
        /// Date of birth.
        BirthDate => "birth_date",
        /// Sex.
        Sex => "sex",
        /// Blood type.
        BloodType => "blood_type",
        /// Street and number.
        Address => "address",
        /// Rukun tetangga.
        Rt => "rt",
        /// Rukun warga.
        Rw => "rw",
        /// Village.
        Village => "village",
        /// Kecamatan.
        District => "district",
        /// Kabupaten or kota.
        Regency => "regency",
        /// Provinsi.
        Province => "province",
        /// Religion.
        Religion => "religion",
        /// Marital status.
        MaritalStatus => "marital_status",
        /// Occupation.
        Occupation => "occupation",
        /// Nationality.
        Nationality => "nationality",
        /// Validity of the card.
        ValidUntil => "valid_until",
        /// Place in the family.
        FamilyRelation => "family_relation",
        /// Education.
        Education => "education",
        /// Disability.
        Disability => "disability",
        /// Name of the mother.
        MotherName => "mother_name",
        /// Name of the father.
        FatherName => "father_name",
        /// NIK of the mother.
        MotherNik => "mother_nik",
        /// NIK of the father.
        FatherNik => "father_nik",
        /// Number of the birth certificate.
        BirthCertificateNo => "birth_certificate_no",
        /// Country of a foreigner.
        Country => "country",
        /// Passport number.
        PassportNo => "passport_no",
        /// End of the passport.
        PassportExpiry => "passport_expiry",
        /// Number of the permanent stay permit.
        ItapNo => "itap_no",
        /// Where the permit was issued.
        ItapIssuePlace => "itap_issue_place",
        /// When the permit was issued.
        ItapIssueDate => "itap_issue_date",
        /// End of the permit.
        ItapExpiry => "itap_expiry",
        /// Sponsor of a foreigner.
        Sponsor => "sponsor",
        /// Photo.
        Photo => "photo",
        /// Signature.
        Signature => "signature",
        /// Fingerprints.
        Fingerprints => "fingerprints",
        /// Irises.
        Irises => "irises",
        /// Why a biometric is missing.
        ExceptionReason => "exception_reason",
    }
}

/// Whether a field stands on the card and can change there (Permendagri 74/2015).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardElement {
    /// On the card, never changes.
    Static,
    /// On the card, can change with proof.
    Dynamic,
    /// Not on the face of the card.
    NotOnCard,
}

/// Classes of UU 27/2022.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionClass {
    /// Data pribadi umum.
    General,
    /// Data pribadi spesifik: biometric, health, child.
    Specific,
}

/// How a field is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classification {
    /// Protected by UU 24/2013 Art. 84: apart from register text, hidden in lists, never in a CSV export.
    pub is_protected: bool,
    /// Class of UU 27/2022.
    pub class: ProtectionClass,
}

impl PersonalField {
    /// The key of the label.
    #[must_use]
    pub fn text_key(self) -> String {
        format!("field.{}", self.word())
    }

    /// Whether it stands on the card and can change there.
    #[must_use]
    pub const fn card_element(self) -> CardElement {
        match self {
            Self::Nik | Self::BirthPlace | Self::BirthDate | Self::BloodType => CardElement::Static,
            Self::FullName
            | Self::Sex
            | Self::Address
            | Self::Rt
            | Self::Rw
            | Self::Village
            | Self::District
            | Self::Regency
            | Self::Province
            | Self::Religion
            | Self::MaritalStatus
            | Self::Occupation
            | Self::Nationality
            | Self::ValidUntil
            | Self::Photo
            | Self::Signature => CardElement::Dynamic,
            Self::KkNumber
            | Self::FamilyRelation
            | Self::Education
            | Self::Disability
            | Self::MotherName
            | Self::FatherName
            | Self::MotherNik
            | Self::FatherNik
            | Self::BirthCertificateNo
            | Self::Country
            | Self::PassportNo
            | Self::PassportExpiry
            | Self::ItapNo
            | Self::ItapIssuePlace
            | Self::ItapIssueDate
            | Self::ItapExpiry
            | Self::Sponsor
            | Self::Fingerprints
            | Self::Irises
            | Self::ExceptionReason => CardElement::NotOnCard,
        }
    }

    /// How it is protected. Every field of a child is specific.
    #[must_use]
    pub const fn classification(self, of_child: bool) -> Classification {
        let is_protected = matches!(
            self,
            Self::Disability | Self::Signature | Self::Fingerprints | Self::Irises | Self::ExceptionReason
        );
        let is_specific = matches!(
            self,
            Self::Disability
                | Self::BloodType
                | Self::Photo
                | Self::Signature
                | Self::Fingerprints
                | Self::Irises
                | Self::ExceptionReason
        );
        let class =
            if of_child || is_specific { ProtectionClass::Specific } else { ProtectionClass::General };
        Classification { is_protected, class }
    }
}

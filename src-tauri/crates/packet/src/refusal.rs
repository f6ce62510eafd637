//! Why a packet is refused: one closed list for each depth, each word with a sentence in both languages.

use rekam_domain::text::{Language, text};

use crate::word::words;

words! {
    /// How deep a check looks.
    pub enum Depth {
        /// With public keys alone.
        Verify => "verify",
        /// With a key of the office.
        Open => "open",
        /// With the memory of the office.
        Ledger => "ledger",
        /// For receipts, status entries, approvals, withdrawals, bundles and the courier's list.
        Notice => "notice",
    }
}

/// Gives a list of refusals its texts and makes it an error.
macro_rules! refusals {
    ($name:ident, $depth:ident) => {
        impl $name {
            /// The depth that finds it.
            pub const DEPTH: Depth = Depth::$depth;

            /// The key of its text.
            #[must_use]
            pub fn key(self) -> String {
                format!("packet.{}.{}", Self::DEPTH.word(), self.word())
            }

            /// The sentences a person reads: the cause, and what to do next.
            #[must_use]
            pub fn text(self, language: Language) -> String {
                text(language, &self.key(), &[])
            }
        }

        impl std::error::Error for $name {}
    };
}

words! {
    /// What the outer check refuses. It needs the public keys of stations and nothing else.
    pub enum VerifyRefusal {
        /// Does not begin as a packet.
        NotAPacket => "not_a_packet",
        /// A version this program does not know.
        VersionUnknown => "version_unknown",
        /// Ends too early.
        Truncated => "truncated",
        /// Goes on behind its end.
        TrailingBytes => "trailing_bytes",
        /// Larger than the format allows.
        TooLarge => "too_large",
        /// Manifest and signatures are not in their one encoding.
        EnvelopeMalformed => "envelope_malformed",
        /// The manifest is not in its one encoding, or holds what cannot be.
        ManifestMalformed => "manifest_malformed",
        /// Inner manifest, biodata, images, documents do not stand in this order.
        PartOrder => "part_order",
        /// No such station is known.
        StationUnknown => "station_unknown",
        /// The station is known with another key.
        StationKey => "station_key",
        /// The station's signature does not fit.
        StationSignature => "station_signature",
        /// The operator's signature does not fit.
        OperatorSignature => "operator_signature",
        /// The approvals are not those the manifest lists.
        ApprovalList => "approval_list",
        /// An approval is not in its one encoding.
        ApprovalMalformed => "approval_malformed",
        /// The approver's signature does not fit.
        ApprovalSignature => "approval_signature",
        /// An approval belongs to another packet.
        ApprovalElsewhere => "approval_elsewhere",
        /// The bytes of a part are not those the station signed.
        PartChanged => "part_changed",
        /// A part is not an age file.
        PartNotSealed => "part_not_sealed",
        /// A part has fewer recipients than the office's active key and its escrow key.
        RecipientsTooFew => "recipients_too_few",
    }
}
refusals!(VerifyRefusal, Verify);

words! {
    /// What the office refuses once it has decrypted.
    pub enum OpenRefusal {
        /// None of the keys given can open a part.
        WrongRecipient => "wrong_recipient",
        /// A part does not decrypt to its end.
        PartBroken => "part_broken",
        /// A part is larger than the format allows.
        PartTooLarge => "part_too_large",
        /// The inner manifest is not in its one encoding, or holds what cannot be.
        InnerMalformed => "inner_malformed",
        /// The inner manifest belongs to another packet.
        InnerElsewhere => "inner_elsewhere",
        /// The inner manifest lists another number of parts.
        PartCount => "part_count",
        /// A plaintext is not what was captured.
        PlaintextChanged => "plaintext_changed",
        /// The record of the person does not follow its schema.
        BiodataMalformed => "biodata_malformed",
        /// A media type that this role may not have.
        MediaType => "media_type",
        /// A picture cannot be decoded.
        ImageBroken => "image_broken",
        /// A picture has more pixels than the format allows.
        ImageTooLarge => "image_too_large",
        /// Strokes of the pen do not follow their schema.
        StrokesMalformed => "strokes_malformed",
        /// A position that this role cannot have.
        PositionWrong => "position_wrong",
        /// The same finger, eye or page twice.
        PartTwice => "part_twice",
        /// Neither captured nor excepted.
        ModalityMissing => "modality_missing",
        /// Said to be missing, and captured all the same.
        ExceptionContradicted => "exception_contradicted",
        /// An exception that needs an approval has none, and the packet does not say that it follows.
        ExceptionNotApproved => "exception_not_approved",
        /// Says that an approval follows, but none is needed.
        NothingPending => "nothing_pending",
        /// An approval names an exception that is not in the packet.
        ApprovalUnmatched => "approval_unmatched",
        /// The approver is the operator.
        SamePersonApproves => "same_person_approves",
        /// The approver's role may not approve exceptions.
        ApproverRole => "approver_role",
    }
}
refusals!(OpenRefusal, Open);

words! {
    /// What the office refuses because of what it remembers.
    pub enum LedgerRefusal {
        /// The station has been revoked, and this packet was not owed.
        StationRevoked => "station_revoked",
        /// The name of the packet is taken by another one.
        PacketIdTaken => "packet_id_taken",
        /// The station gave this number to another packet: its folder was cloned, or restored without its end.
        ChainFork => "chain_fork",
        /// Does not follow the packet before it.
        ChainLink => "chain_link",
        /// The packet was withdrawn before it arrived.
        Withdrawn => "withdrawn",
        /// Replaces a packet of another station.
        SupersedesElsewhere => "supersedes_elsewhere",
    }
}
refusals!(LedgerRefusal, Ledger);

words! {
    /// What is refused of everything signed that is not a packet.
    pub enum NoticeRefusal {
        /// Not in its one encoding, or holds what cannot be.
        Malformed => "malformed",
        /// A version this program does not know.
        VersionUnknown => "version_unknown",
        /// Larger than the format allows.
        TooLarge => "too_large",
        /// Signed by a key that is not known for this purpose.
        KeyUnknown => "key_unknown",
        /// The signature does not fit.
        Signature => "signature",
        /// The second signature does not fit.
        Countersignature => "countersignature",
        /// Belongs to another packet.
        Elsewhere => "elsewhere",
        /// Not valid yet, or no longer.
        NotValidNow => "not_valid_now",
        /// Signed by a person who may not decide this, or who did the work.
        WrongPerson => "wrong_person",
    }
}
refusals!(NoticeRefusal, Notice);

/// A packet that was not accepted by the outer check, or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Refused.
    #[error("verify: {0}")]
    Refused(#[from] VerifyRefusal),
    /// The bytes could not be read; says nothing about the packet.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

/// A packet that the office did not accept, or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Refused by the outer check.
    #[error("verify: {0}")]
    Verify(#[from] VerifyRefusal),
    /// Refused once decrypted.
    #[error("open: {0}")]
    Refused(#[from] OpenRefusal),
    /// The bytes could not be read, or what was opened could not be written.
    #[error("cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

impl From<VerifyError> for OpenError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Refused(refusal) => Self::Verify(refusal),
            VerifyError::Io(error) => Self::Io(error),
        }
    }
}

/// A refusal of any depth, for whoever reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// By the outer check.
    Verify(VerifyRefusal),
    /// Once decrypted.
    Open(OpenRefusal),
    /// By the office's memory.
    Ledger(LedgerRefusal),
    /// Of something that is not a packet.
    Notice(NoticeRefusal),
}

impl Refusal {
    /// The depth and the word.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Verify(refusal) => (VerifyRefusal::DEPTH.word(), refusal.word()),
            Self::Open(refusal) => (OpenRefusal::DEPTH.word(), refusal.word()),
            Self::Ledger(refusal) => (LedgerRefusal::DEPTH.word(), refusal.word()),
            Self::Notice(refusal) => (NoticeRefusal::DEPTH.word(), refusal.word()),
        }
    }

    /// The refusal with these words.
    #[must_use]
    pub fn from_words(depth: &str, word: &str) -> Option<Self> {
        match Depth::from_word(depth)? {
            Depth::Verify => VerifyRefusal::from_word(word).map(Self::Verify),
            Depth::Open => OpenRefusal::from_word(word).map(Self::Open),
            Depth::Ledger => LedgerRefusal::from_word(word).map(Self::Ledger),
            Depth::Notice => NoticeRefusal::from_word(word).map(Self::Notice),
        }
    }

    /// The sentences a person reads: the cause, and what to do next.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        let (depth, word) = self.words();
        text(language, &format!("packet.{depth}.{word}"), &[])
    }
}

impl VerifyError {
    /// The refusal, unless the bytes could not be read.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(Refusal::Verify(*refusal)),
            Self::Io(_) => None,
        }
    }
}

impl OpenError {
    /// The refusal, unless something could not be read or written.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Verify(refusal) => Some(Refusal::Verify(*refusal)),
            Self::Refused(refusal) => Some(Refusal::Open(*refusal)),
            Self::Io(_) => None,
        }
    }
}

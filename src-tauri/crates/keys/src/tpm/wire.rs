//! TPM 2.0 commands and answers as bytes (TCG TPM 2.0 Library, parts 2 and 3): only the few that binding a slot needs.

use zeroize::Zeroizing;

/// Largest command or answer any TPM takes or gives.
pub(crate) const MESSAGE_BYTES_MAX: usize = 4096;
/// Tag, size and code, in front of every command and every answer.
pub(crate) const HEAD_BYTES: usize = 10;

const TAG_PLAIN: u16 = 0x8001;
const TAG_SESSIONS: u16 = 0x8002;
/// The session that is no session: the password itself.
const SESSION_PASSWORD: u32 = 0x4000_0009;

/// What a TPM can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    HierarchyChangeAuth = 0x129,
    CreatePrimary = 0x131,
    DictionaryAttackParameters = 0x13a,
    Create = 0x153,
    Load = 0x157,
    Unseal = 0x15e,
    FlushContext = 0x165,
    GetCapability = 0x17a,
}

impl Code {
    /// The word for error texts.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::HierarchyChangeAuth => "TPM2_HierarchyChangeAuth",
            Self::CreatePrimary => "TPM2_CreatePrimary",
            Self::DictionaryAttackParameters => "TPM2_DictionaryAttackParameters",
            Self::Create => "TPM2_Create",
            Self::Load => "TPM2_Load",
            Self::Unseal => "TPM2_Unseal",
            Self::FlushContext => "TPM2_FlushContext",
            Self::GetCapability => "TPM2_GetCapability",
        }
    }
}

/// Numbers and sized fields, big-endian, in memory that is wiped and never grows: growing would leave copies behind.
pub(crate) struct Fields(Zeroizing<Vec<u8>>);

impl Fields {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(MESSAGE_BYTES_MAX)))
    }

    pub(crate) fn u16(self, number: u16) -> Self {
        self.raw(&number.to_be_bytes())
    }

    pub(crate) fn u32(self, number: u32) -> Self {
        self.raw(&number.to_be_bytes())
    }

    /// Bytes with their length in front (`TPM2B`).
    pub(crate) fn sized(self, bytes: &[u8]) -> Self {
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        self.u16(length).raw(bytes)
    }

    /// Fields with their length in front (`TPM2B` of a structure).
    pub(crate) fn nested(self, fields: &Self) -> Self {
        self.sized(&fields.0)
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

/// A command, ready to be sent.
pub(crate) struct Command {
    pub(crate) code: Code,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

impl Command {
    /// A command that needs no password.
    pub(crate) fn plain(code: Code, fields: &Fields) -> Self {
        Self::build(TAG_PLAIN, code, fields)
    }

    /// A command on one object, with that object's password. Password sessions, because an HMAC session would protect
    /// only against probes on the chip's wires while somebody signs in.
    pub(crate) fn with_password(code: Code, handle: u32, password: &[u8], fields: &Fields) -> Self {
        // Session handle, an empty nonce, no attributes, the password.
        let session = Fields::new().u32(SESSION_PASSWORD).u16(0).raw(&[0]).sized(password);
        let length = u32::try_from(session.0.len()).unwrap_or(u32::MAX);
        let whole = Fields::new().u32(handle).u32(length).raw(&session.0).raw(&fields.0);
        Self::build(TAG_SESSIONS, code, &whole)
    }

    fn build(tag: u16, code: Code, fields: &Fields) -> Self {
        let size = u32::try_from(HEAD_BYTES + fields.0.len()).unwrap_or(u32::MAX);
        let whole = Fields::new().u16(tag).u32(size).u32(code as u32).raw(&fields.0);
        Self { code, bytes: whole.0 }
    }
}

/// An answer that is being read; every read is `None` where the answer is too short.
pub(crate) struct Answer {
    bytes: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Answer {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { bytes, at: 0 }
    }

    /// The length a whole answer states in its head.
    pub(crate) fn stated_length(head: &[u8]) -> Option<usize> {
        let size = head.get(2..6)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(size)).ok()
    }

    /// Tag, size and response code; to be read first.
    pub(crate) fn head(&mut self) -> Option<u32> {
        self.take(6)?;
        self.u32()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    pub(crate) fn sized(&mut self) -> Option<&[u8]> {
        let length = usize::from(self.u16()?);
        self.take(length)
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(length)?;
        let part = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_the_bytes_of_the_specification() {
        let command = Command::plain(Code::FlushContext, &Fields::new().u32(0x8000_0001));
        assert_eq!(*command.bytes, [0x80, 1, 0, 0, 0, 14, 0, 0, 1, 0x65, 0x80, 0, 0, 1]);
        let command = Command::with_password(Code::Unseal, 0x8000_0001, b"ab", &Fields::new());
        let mut bytes = vec![0x80, 2, 0, 0, 0, 29, 0, 0, 1, 0x5e, 0x80, 0, 0, 1];
        bytes.extend([0, 0, 0, 11, 0x40, 0, 0, 9, 0, 0, 0, 0, 2, b'a', b'b']);
        assert_eq!(*command.bytes, bytes);
    }

    #[test]
    fn an_answer_cut_anywhere_is_never_read_past_its_end() {
        let whole = [0x80, 1, 0, 0, 0, 17, 0, 0, 0, 0, 0, 5, b'a', b'b', b'c', b'd', b'e'];
        for length in 0..=whole.len() {
            let mut answer = Answer::new(Zeroizing::new(whole[..length].to_vec()));
            let read = answer.head().and_then(|_| answer.sized().map(<[u8]>::to_vec));
            assert_eq!(read.is_some(), length == whole.len(), "{length}");
        }
        assert_eq!(Answer::stated_length(&whole), Some(17));
        assert_eq!(Answer::stated_length(&whole[..5]), None);
    }
}

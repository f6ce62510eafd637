//! The keys parts are encrypted to: X25519 keys of age, in age's own spelling.

use std::fmt;
use std::io::{self, Read, Write};

use age::secrecy::ExposeSecret as _;

use crate::refusal::OpenRefusal;

/// The public half: `age1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientKey(age::x25519::Recipient);

impl RecipientKey {
    /// Reads `age1…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }
}

impl fmt::Display for RecipientKey {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, form)
    }
}

impl fmt::Debug for RecipientKey {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(form, "RecipientKey({self})")
    }
}

/// The private half: `AGE-SECRET-KEY-1…`. Cannot be printed.
#[derive(Clone)]
pub struct IdentityKey(age::x25519::Identity);

impl IdentityKey {
    /// A new key, from the chance of the operating system.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads every key of an identity file of `age`: one a line, `#` begins a comment. `None` when a line is something
    /// else, or when there is no key.
    #[must_use]
    pub fn read_file(text: &str) -> Option<Vec<Self>> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<Self> = lines.map(|line| line.parse().ok().map(Self)).collect::<Option<_>>()?;
        (!keys.is_empty()).then_some(keys)
    }

    /// The public half.
    #[must_use]
    pub fn recipient(&self) -> RecipientKey {
        RecipientKey(self.0.to_public())
    }

    /// The key as one line of an identity file. For whoever keeps it under a passphrase.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, form: &mut fmt::Formatter<'_>) -> fmt::Result {
        form.write_str("IdentityKey(..)")
    }
}

/// Whom a packet is sealed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipients {
    /// The key the office works with.
    pub active: RecipientKey,
    /// The key the office keeps away from its machines, for the day the first is lost.
    pub escrow: RecipientKey,
}

/// Encrypts what is written to it.
pub(crate) fn encrypt<'r, W: Write>(
    to: impl Iterator<Item = &'r RecipientKey>,
    output: W,
) -> io::Result<age::stream::StreamWriter<W>> {
    let recipients = to.map(|key| &key.0 as &dyn age::Recipient);
    age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?.wrap_output(output)
}

/// Decrypts a whole part, at most `max` bytes of plaintext. Nothing is handed out before its end was checked.
pub(crate) fn decrypt(ciphertext: &[u8], with: &[IdentityKey], max: u64) -> Result<Vec<u8>, OpenRefusal> {
    let identities = with.iter().map(|key| &key.0 as &dyn age::Identity);
    let decryptor = age::Decryptor::new_buffered(ciphertext).map_err(|_| OpenRefusal::PartBroken)?;
    let reader = decryptor.decrypt(identities).map_err(|error| {
        let is_foreign = matches!(error, age::DecryptError::NoMatchingKeys);
        if is_foreign { OpenRefusal::WrongRecipient } else { OpenRefusal::PartBroken }
    })?;
    let mut plaintext = Vec::with_capacity(ciphertext.len());
    reader.take(max + 1).read_to_end(&mut plaintext).map_err(|_| OpenRefusal::PartBroken)?;
    if plaintext.len() as u64 > max { Err(OpenRefusal::PartTooLarge) } else { Ok(plaintext) }
}

//! The TPM 2.0 of this computer: where it is found, and the few things that are asked of it.
//!
//! A bound slot needs 32 random bytes that lie sealed under the chip's own storage key, with a password that comes from
//! the secret. The chip counts every wrong password, for itself and across restarts. Nothing is kept in the chip.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::hardware::HardwareError;
use crate::seal::{Key, key_from};

mod link;
mod wire;

use link::Link;
use wire::{Answer, Code, Command, Fields};

/// Where the kernel offers a TPM to several programs at once.
const DEVICE: &str = "/dev/tpmrm0";
/// Largest sealed blob that is read from a file; a TPM gives about 250 bytes.
pub(crate) const BLOB_BYTES_MAX: usize = 1024;

/// Wrong passwords the chip takes before it locks, once [`Tpm::guard`] has set it: twenty tries for one person, and
/// slips of the others.
const TRIES_MAX: u32 = 32;
/// Seconds after which the chip forgives one wrong password: 24 guesses a day for a thief, of a million PINs.
const SECONDS_PER_TRY: u32 = 3600;
/// Seconds for which the chip takes no lockout password after a wrong one.
const LOCKOUT_SECONDS: u32 = 86_400;
/// What another owner may have set at most, to count as limiting guesses at all.
const TRIES_ACCEPTED_MAX: u32 = 64;
/// What another owner must have set at least.
const SECONDS_PER_TRY_ACCEPTED_MIN: u32 = 600;

const OWNER: u32 = 0x4000_0001;
const LOCKOUT: u32 = 0x4000_000a;
const CAPABILITY_PROPERTIES: u32 = 6;
const PROPERTY_PERMANENT: u32 = 0x200;
const PROPERTY_TRIES_MAX: u32 = 0x20f;
const PROPERTY_SECONDS_PER_TRY: u32 = 0x210;
/// Properties from the first to the last of those above.
const PROPERTY_COUNT: u32 = 32;
const PERMANENT_LOCKOUT_PASSWORD_SET: u32 = 1 << 2;
const PERMANENT_IN_LOCKOUT: u32 = 1 << 9;

const ALG_NULL: u16 = 0x0010;
const ALG_SHA256: u16 = 0x000b;
const ALG_KEYED_HASH: u16 = 0x0008;
const ALG_ECC: u16 = 0x0023;
const ALG_AES: u16 = 0x0006;
const ALG_CFB: u16 = 0x0043;
const CURVE_P256: u16 = 0x0003;
/// Fixed to this chip and parent, drawn by the chip, no password of its own (so none to guess), decrypts only.
const ATTRIBUTES_STORAGE: u32 = 0x0003_0472;
/// Fixed to this chip and parent, opened by its password; *not* exempt from the chip's counting.
const ATTRIBUTES_SEALED: u32 = 0x0000_0052;

const LOCKED_OUT: u32 = 0x921;
/// Codes of this format name a parameter, handle or session in their other bits.
const FORMAT_ONE: u32 = 0x80;
const FORMAT_ONE_CODE: u32 = 0xbf;
const WRONG_PASSWORD: u32 = 0x8e;
const WRONG_INTEGRITY: u32 = 0x9f;

/// Where a TPM 2.0 is reached; always given by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tpm {
    /// A device of the kernel, best the one with a resource manager: `/dev/tpmrm0`.
    Device(PathBuf),
    /// The Unix socket of a software TPM that nobody else uses: tests.
    Socket(PathBuf),
}

impl Tpm {
    /// The chip of this computer, if the kernel has one.
    #[must_use]
    pub fn detect() -> Option<Self> {
        let path = Path::new(DEVICE);
        path.exists().then(|| Self::Device(path.to_owned()))
    }

    /// Makes the chip limit guesses for good, and says whether it does now. A chip with an open lockout password is
    /// taken over: 32 tries, one more each hour, and a lockout password nobody knows, so that only clearing the chip in
    /// the firmware (which destroys what slots are bound to) ends it. A chip set by another owner is left as it is.
    ///
    /// # Errors
    /// The chip is missing or refuses.
    pub fn guard(&self) -> Result<bool, HardwareError> {
        let mut chip = Chip::open(self)?;
        let limits = chip.limits;
        if limits.owned {
            return Ok(limits.holds());
        }
        let numbers = Fields::new().u32(TRIES_MAX).u32(SECONDS_PER_TRY).u32(LOCKOUT_SECONDS);
        chip.ask(&Command::with_password(Code::DictionaryAttackParameters, LOCKOUT, &[], &numbers))?;
        // The password last: a power cut in between leaves a chip that can still be taken over.
        let mut unknown = Zeroizing::new([0u8; 32]);
        getrandom::fill(unknown.as_mut_slice())
            .map_err(|error| HardwareError::missing("draw random bytes", error.into()))?;
        let password = Fields::new().sized(unknown.as_slice());
        chip.ask(&Command::with_password(Code::HierarchyChangeAuth, LOCKOUT, &[], &password))?;
        chip.read_limits()?;
        Ok(chip.limits.holds())
    }
}

/// How the chip limits guesses.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    /// Somebody set a lockout password: otherwise any program may forgive all wrong tries.
    owned: bool,
    locked_out: bool,
    tries_max: u32,
    seconds_per_try: u32,
}

impl Limits {
    /// Whether a PIN is safe behind this chip.
    pub(crate) fn holds(self) -> bool {
        self.owned
            && (1..=TRIES_ACCEPTED_MAX).contains(&self.tries_max)
            && self.seconds_per_try >= SECONDS_PER_TRY_ACCEPTED_MIN
    }

    fn locked(self) -> HardwareError {
        HardwareError::Locked { wait_ms: u64::from(self.seconds_per_try) * 1000 }
    }
}

/// What the chip gives out for safe-keeping; opens in that chip only, and only with the password.
#[derive(Clone)]
pub(crate) struct SealedFactor {
    pub(crate) public: Vec<u8>,
    pub(crate) private: Vec<u8>,
}

/// An open way to the chip. What it holds in the chip goes when it is dropped.
pub(crate) struct Chip {
    link: Link,
    limits: Limits,
    held: Vec<u32>,
}

impl Chip {
    pub(crate) fn open(tpm: &Tpm) -> Result<Self, HardwareError> {
        Self::over(Link::open(tpm).map_err(|source| HardwareError::missing("open", source))?)
    }

    /// The same where there may be no chip: nothing, if it cannot be reached at all.
    pub(crate) fn find(tpm: &Tpm) -> Result<Option<Self>, HardwareError> {
        Link::open(tpm).ok().map(Self::over).transpose()
    }

    fn over(link: Link) -> Result<Self, HardwareError> {
        let mut chip = Self { link, limits: Limits::default(), held: Vec::new() };
        chip.read_limits()?;
        Ok(chip)
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Seals `factor` under `password`.
    pub(crate) fn seal(&mut self, factor: &Key, password: &Key) -> Result<SealedFactor, HardwareError> {
        let parent = self.storage_key()?;
        let sensitive = Fields::new().sized(password.as_slice()).sized(factor.as_slice());
        let public = Fields::new().u16(ALG_KEYED_HASH).u16(ALG_SHA256).u32(ATTRIBUTES_SEALED);
        // No policy, no scheme, no unique part.
        let public = public.u16(0).u16(ALG_NULL).u16(0);
        // No outside information, no PCRs: an update of the firmware must not lock an office out.
        let fields = Fields::new().nested(&sensitive).nested(&public).u16(0).u32(0);
        let mut answer = self.ask(&Command::with_password(Code::Create, parent, &[], &fields))?;
        let mut read = || {
            answer.u32()?;
            let private = answer.sized()?.to_vec();
            let public = answer.sized()?.to_vec();
            Some(SealedFactor { public, private })
        };
        read().ok_or_else(|| foreign(Code::Create))
    }

    /// Puts a sealed factor into the chip, which needs no password; gives its handle.
    pub(crate) fn load(&mut self, sealed: &SealedFactor) -> Result<u32, HardwareError> {
        if self.limits.locked_out {
            return Err(self.limits.locked());
        }
        let parent = self.storage_key()?;
        let fields = Fields::new().sized(&sealed.private).sized(&sealed.public);
        self.hold(&Command::with_password(Code::Load, parent, &[], &fields))
    }

    /// The factor; nothing when the password is wrong, which the chip has counted then.
    pub(crate) fn unseal(&mut self, handle: u32, password: &Key) -> Result<Option<Key>, HardwareError> {
        let command = Command::with_password(Code::Unseal, handle, password.as_slice(), &Fields::new());
        let (code, mut answer) = self.send(&command)?;
        if code & FORMAT_ONE != 0 && code & FORMAT_ONE_CODE == WRONG_PASSWORD {
            return Ok(None);
        }
        self.judge(Code::Unseal, code)?;
        answer.u32().ok_or_else(|| foreign(Code::Unseal))?;
        answer.sized().and_then(key_from).map(Some).ok_or_else(|| foreign(Code::Unseal))
    }

    /// The chip's own storage key: made anew from its seed each time, always the same.
    fn storage_key(&mut self) -> Result<u32, HardwareError> {
        let public = Fields::new().u16(ALG_ECC).u16(ALG_SHA256).u32(ATTRIBUTES_STORAGE).u16(0);
        let public = public.u16(ALG_AES).u16(128).u16(ALG_CFB);
        // No scheme, the curve, no derivation, and both coordinates left to the chip.
        let public = public.u16(ALG_NULL).u16(CURVE_P256).u16(ALG_NULL).u16(0).u16(0);
        let sensitive = Fields::new().u16(0).u16(0);
        let fields = Fields::new().nested(&sensitive).nested(&public).u16(0).u32(0);
        self.hold(&Command::with_password(Code::CreatePrimary, OWNER, &[], &fields))
    }

    fn read_limits(&mut self) -> Result<(), HardwareError> {
        let fields = Fields::new().u32(CAPABILITY_PROPERTIES).u32(PROPERTY_PERMANENT).u32(PROPERTY_COUNT);
        let mut answer = self.ask(&Command::plain(Code::GetCapability, &fields))?;
        let mut read = || {
            let mut limits = Limits::default();
            answer.take(1)?;
            answer.u32()?;
            for _ in 0..answer.u32()?.min(PROPERTY_COUNT) {
                let (property, value) = (answer.u32()?, answer.u32()?);
                match property {
                    PROPERTY_PERMANENT => {
                        limits.owned = value & PERMANENT_LOCKOUT_PASSWORD_SET != 0;
                        limits.locked_out = value & PERMANENT_IN_LOCKOUT != 0;
                    }
                    PROPERTY_TRIES_MAX => limits.tries_max = value,
                    PROPERTY_SECONDS_PER_TRY => limits.seconds_per_try = value,
                    _ => {}
                }
            }
            Some(limits)
        };
        self.limits = read().ok_or_else(|| foreign(Code::GetCapability))?;
        Ok(())
    }

    /// A command whose answer begins with the handle of something the chip now holds.
    fn hold(&mut self, command: &Command) -> Result<u32, HardwareError> {
        let handle = self.ask(command)?.u32().ok_or_else(|| foreign(command.code))?;
        self.held.push(handle);
        Ok(handle)
    }

    fn ask(&mut self, command: &Command) -> Result<Answer, HardwareError> {
        let (code, answer) = self.send(command)?;
        self.judge(command.code, code)?;
        Ok(answer)
    }

    fn send(&mut self, command: &Command) -> Result<(u32, Answer), HardwareError> {
        self.link.ask(command).map_err(|source| {
            // A broken way cannot be used to tidy up either.
            self.held.clear();
            HardwareError::missing(command.code.word(), source)
        })
    }

    fn judge(&self, command: Code, code: u32) -> Result<(), HardwareError> {
        match code {
            0 => Ok(()),
            LOCKED_OUT => Err(self.limits.locked()),
            _ if command == Code::Load
                && code & FORMAT_ONE != 0
                && code & FORMAT_ONE_CODE == WRONG_INTEGRITY =>
            {
                Err(HardwareError::Changed)
            }
            _ => Err(HardwareError::Refused { operation: command.word(), code }),
        }
    }
}

impl Drop for Chip {
    fn drop(&mut self) {
        for handle in std::mem::take(&mut self.held) {
            // Best effort: with a resource manager, closing the way does the same.
            let _ = self.link.ask(&Command::plain(Code::FlushContext, &Fields::new().u32(handle)));
        }
    }
}

fn foreign(command: Code) -> HardwareError {
    let source = io::Error::new(io::ErrorKind::InvalidData, "not an answer of a TPM");
    HardwareError::missing(command.word(), source)
}

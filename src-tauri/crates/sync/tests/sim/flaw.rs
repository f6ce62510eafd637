//! Stations that do one thing wrong. Each must be caught, or the simulator is blind to it.

use rekam_sync::{Done, Forged, Signed};
use uuid::Uuid;

use super::word;

/// What a station does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Takes "stored" for "opened and verified".
    PurgesOnStored,
    /// Takes a promise for kept before the disk has kept it.
    ForgetsToWaitForTheDisk,
    /// Names an upload anew after every restart.
    NamesUploadsAnew,
    /// Takes the first receipt of a packet and no other.
    IgnoresLaterReceipts,
    /// Waits for a dead connection for ever.
    HasNoPatience,
    /// Forgets its back-off.
    KnocksWithoutPause,
    /// Counts the grace by its own clock.
    TrustsItsOwnClock,
    /// Takes the office's hour, however far ahead, without a look at its own clock.
    BelievesAnyHour,
    /// Takes any answer for the office's.
    TrustsStrangers,
    /// Takes any receipt for the office's.
    TrustsForgedReceipts,
    /// Deletes without grace.
    HasNoGrace,
    /// Starts every upload again from its first byte.
    StartsUploadsOver,
    /// Does not believe the office when it says that it has forgotten.
    NeverSendsAgain,
}

pub(crate) const FLAWS: &[Flaw] = &[
    Flaw::PurgesOnStored,
    Flaw::ForgetsToWaitForTheDisk,
    Flaw::NamesUploadsAnew,
    Flaw::IgnoresLaterReceipts,
    Flaw::HasNoPatience,
    Flaw::KnocksWithoutPause,
    Flaw::TrustsItsOwnClock,
    Flaw::BelievesAnyHour,
    Flaw::TrustsStrangers,
    Flaw::TrustsForgedReceipts,
    Flaw::HasNoGrace,
    Flaw::StartsUploadsOver,
    Flaw::NeverSendsAgain,
];

/// How a station with this flaw reads signed messages.
pub(crate) fn read(flaw: Option<Flaw>, bytes: &[u8]) -> Result<Signed, Forged> {
    if flaw == Some(Flaw::TrustsForgedReceipts)
        && let Ok(text) = std::str::from_utf8(bytes)
        && let Some(text) = text.strip_prefix(word::FORGED)
    {
        return word::read(text.as_bytes());
    }
    let mut signed = word::read(bytes)?;
    if let (Some(Flaw::PurgesOnStored), Signed::Receipt(receipt)) = (flaw, &mut signed)
        && receipt.done == Done::Stored
    {
        receipt.done = Done::Opened;
    }
    Ok(signed)
}

/// How a station with this flaw names an item to the office at its n-th start, and back.
pub(crate) fn rename(flaw: Option<Flaw>, item: Uuid, boot: u32) -> Uuid {
    if flaw == Some(Flaw::NamesUploadsAnew) {
        Uuid::from_u128(item.as_u128() ^ (u128::from(boot) << 100))
    } else {
        item
    }
}

//! What the office does with its key, and what the station does before it seals: the very same function.

mod content;
mod rules;

use std::io::{self, Read};

use serde::Serialize;

use crate::age_key::{IdentityKey, decrypt};
use crate::approval::Approval;
use crate::bytes::Digest;
use crate::cbor;
use crate::frame::fill;
use crate::inner::{Exception, Inner, Part};
use crate::limit::{INNER_BYTES_MAX, PLAIN_BYTES_MAX};
use crate::manifest::{Blob, Role};
use crate::refusal::{OpenError, OpenRefusal};
use crate::trust::Trust;
use crate::verify::{Outline, check_blob_bytes, expect_end, read_outline};

pub use content::STROKES_MEDIA_TYPE;

/// A packet that passed every check two depths know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// What the signatures vouch for.
    pub outline: Outline,
    /// What was seen at capture.
    pub inner: Inner,
}

/// One opened part. Its hash has been checked, and so has its content.
#[derive(Debug)]
pub struct OpenedPart<'a> {
    /// Its place in the outer manifest.
    pub index: usize,
    /// Its line there.
    pub blob: &'a Blob,
    /// Its line in the inner manifest.
    pub part: &'a Part,
    /// The plaintext.
    pub plaintext: &'a [u8],
}

/// Whoever takes the opened parts, one after the other.
pub type Take<'t> = dyn FnMut(&OpenedPart<'_>) -> io::Result<()> + 't;

/// Verifies and opens a packet in its single-file form, reading it once, with one part in memory at a time.
///
/// Parts are handed to `take` as they are opened. Keep them apart until this function returns: a part further behind
/// can still be refused.
///
/// # Errors
/// The first thing that is wrong, with the depth that found it.
pub fn open(
    mut input: impl Read,
    trust: &Trust,
    with: &[IdentityKey],
    take: &mut Take<'_>,
) -> Result<Opened, OpenError> {
    let outline = read_outline(&mut input, trust)?;
    let mut blobs = outline.manifest.blobs.iter().enumerate();
    let (_, first) = blobs.next().ok_or(OpenRefusal::InnerMalformed)?;
    let inner = read_inner(&read_blob(first, &mut input)?, &outline, with)?;
    for ((index, blob), part) in blobs.zip(&inner.parts) {
        let ciphertext = read_blob(blob, &mut input)?;
        let plaintext = decrypt(&ciphertext, with, PLAIN_BYTES_MAX)?;
        drop(ciphertext);
        if plaintext.len() as u64 != part.length || Digest::of(&plaintext) != part.sha256 {
            return Err(OpenRefusal::PlaintextChanged.into());
        }
        content::check(blob, &plaintext)?;
        take(&OpenedPart { index, blob, part, plaintext: &plaintext })?;
    }
    expect_end(&mut input)?;
    Ok(Opened { outline, inner })
}

fn read_blob(blob: &Blob, input: &mut impl Read) -> Result<Vec<u8>, OpenError> {
    let mut ciphertext = vec![0; usize::try_from(blob.length).map_err(|_| OpenRefusal::PartTooLarge)?];
    fill(input, &mut ciphertext)?;
    check_blob_bytes(blob, &ciphertext)?;
    Ok(ciphertext)
}

/// Opens the inner manifest and holds it against the outer one and the rules.
fn read_inner(ciphertext: &[u8], outline: &Outline, with: &[IdentityKey]) -> Result<Inner, OpenRefusal> {
    let bytes = decrypt(ciphertext, with, INNER_BYTES_MAX)?;
    let inner: Inner = cbor::decode(&bytes).map_err(|_| OpenRefusal::InnerMalformed)?;
    if !inner.is_sound() {
        return Err(OpenRefusal::InnerMalformed);
    }
    if inner.packet_id != outline.manifest.packet_id {
        return Err(OpenRefusal::InnerElsewhere);
    }
    if inner.parts.len() + 1 != outline.manifest.blobs.len() {
        return Err(OpenRefusal::PartCount);
    }
    rules::check(outline, &inner)?;
    Ok(inner)
}

/// The roles and positions of a packet's parts, the inner manifest left out.
fn placed<'a>(outline: &'a Outline, inner: &'a Inner) -> impl Iterator<Item = (Role, &'a Part)> {
    outline.manifest.blobs.iter().skip(1).map(|blob| blob.role).zip(&inner.parts)
}

impl Opened {
    /// The exceptions that still wait for an approval, once these later ones are counted. Empty means: the office no
    /// longer has to hold the packet back.
    pub fn still_open<'a>(&'a self, later: &'a [Approval]) -> impl Iterator<Item = &'a Exception> {
        self.inner.exceptions.iter().filter(move |exception| {
            let commitment = exception.commitment();
            let is_approved =
                self.outline.approvals.iter().chain(later).any(|one| one.exceptions.contains(&commitment));
            exception.code.needs_approval() && !is_approved
        })
    }
}

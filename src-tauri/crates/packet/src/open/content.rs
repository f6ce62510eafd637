//! Whether a plaintext is what its role and media type say.

use std::io::Cursor;

use image::{ImageError, ImageFormat, ImageReader, Limits};
use rekam_domain::biodata::Biodata;
use serde::Deserialize;

use crate::limit::{IMAGE_MEMORY_MAX, IMAGE_SIDE_MAX};
use crate::manifest::{BIODATA_MEDIA_TYPE, Blob, Role};
use crate::refusal::OpenRefusal;

/// Media type of a signature as strokes.
pub const STROKES_MEDIA_TYPE: &str = "application/vnd.rekam.strokes+json";
/// Points one signature may have: a minute at the rate of the fastest pads.
const POINTS_MAX: usize = 60_000;

/// Checks one part.
pub(super) fn check(blob: &Blob, plaintext: &[u8]) -> Result<(), OpenRefusal> {
    match (blob.role, blob.media_type.as_str()) {
        (Role::Biodata, BIODATA_MEDIA_TYPE) => check_biodata(plaintext),
        (Role::Strokes, STROKES_MEDIA_TYPE) => check_strokes(plaintext),
        (Role::Inner | Role::Biodata | Role::Strokes, _) => Err(OpenRefusal::MediaType),
        (_, "image/jpeg") => check_image(plaintext, ImageFormat::Jpeg),
        (_, "image/png") => check_image(plaintext, ImageFormat::Png),
        _ => Err(OpenRefusal::MediaType),
    }
}

/// The schema is that of the domain; a packet is about a person with a NIK, a name and a birth date.
fn check_biodata(plaintext: &[u8]) -> Result<(), OpenRefusal> {
    let biodata: Biodata = serde_json::from_slice(plaintext).map_err(|_| OpenRefusal::BiodataMalformed)?;
    let is_whole =
        biodata.nik.is_some() && biodata.birth_date.is_some() && !biodata.full_name.trim().is_empty();
    if is_whole { Ok(()) } else { Err(OpenRefusal::BiodataMalformed) }
}

/// Strokes as `[[[x, y, pressure, ms], …], …]`.
fn check_strokes(plaintext: &[u8]) -> Result<(), OpenRefusal> {
    #[derive(Deserialize)]
    struct Strokes(Vec<Vec<(i32, i32, u16, u32)>>);
    let Strokes(strokes) = serde_json::from_slice(plaintext).map_err(|_| OpenRefusal::StrokesMalformed)?;
    let points: usize = strokes.iter().map(Vec::len).sum();
    let is_sound = points > 0 && points <= POINTS_MAX && strokes.iter().all(|stroke| !stroke.is_empty());
    if is_sound { Ok(()) } else { Err(OpenRefusal::StrokesMalformed) }
}

/// Decodes the whole picture: a header alone proves nothing about what lies behind it.
fn check_image(plaintext: &[u8], format: ImageFormat) -> Result<(), OpenRefusal> {
    if format == ImageFormat::Jpeg && !ends_as_jpeg(plaintext) {
        return Err(OpenRefusal::ImageBroken);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(IMAGE_SIDE_MAX);
    limits.max_image_height = Some(IMAGE_SIDE_MAX);
    limits.max_alloc = Some(IMAGE_MEMORY_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(plaintext), format);
    reader.limits(limits);
    match reader.decode() {
        Ok(_) => Ok(()),
        Err(ImageError::Limits(_)) => Err(OpenRefusal::ImageTooLarge),
        Err(_) => Err(OpenRefusal::ImageBroken),
    }
}

/// The decoder fills up a picture that was cut short. One that is whole has its end mark; devices pad with zeros.
fn ends_as_jpeg(plaintext: &[u8]) -> bool {
    let end = plaintext.iter().rposition(|byte| *byte != 0).map_or(0, |place| place + 1);
    plaintext.get(..end).is_some_and(|picture| picture.ends_with(&[0xff, 0xd9]))
}

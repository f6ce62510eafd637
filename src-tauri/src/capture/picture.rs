//! Pictures on their way to the page: small, and only what is needed to see.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use rekam_driver_api::{Image, MediaType};

/// No live picture is wider or higher; more than its place on the screen shows nobody anything.
const SIDE_PX_MAX: u32 = 480;
/// JPEG quality of a live picture.
const QUALITY: u8 = 80;
/// What share of the width at each upper edge is taken for the curtain.
const EDGE_SHARE: u32 = 8;

/// A live picture, encoded.
#[derive(Clone)]
pub(crate) struct Frame {
    /// Media type.
    pub(crate) media: &'static str,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Frame {
    /// A picture of a device, made small enough for the page; nothing if it cannot be read.
    pub(crate) fn small(image: &Image) -> Option<Self> {
        if image.media == MediaType::Jpeg && image.width_px.max(image.height_px) <= SIDE_PX_MAX {
            return Some(Self { media: image.media.name(), bytes: image.bytes.clone() });
        }
        let decoded = image::load_from_memory(&image.bytes).ok()?;
        let small = decoded.resize(SIDE_PX_MAX, SIDE_PX_MAX, FilterType::Triangle);
        let mut bytes = Vec::new();
        small.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).ok()?;
        Some(Self { media: MediaType::Jpeg.name(), bytes })
    }
}

/// The colour behind the person: the mean of both upper edges of a portrait.
pub(crate) fn behind(image: &Image) -> Option<[u8; 3]> {
    let picture = image::load_from_memory(&image.bytes).ok()?.to_rgb8();
    let edge = (picture.width() / EDGE_SHARE).max(1);
    let mut sums = [0_u64; 3];
    let mut count = 0_u64;
    for (x, y, pixel) in picture.enumerate_pixels() {
        let is_edge = x < edge || x >= picture.width().saturating_sub(edge);
        if is_edge && y < picture.height() / 3 {
            sums.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += u64::from(value));
            count += 1;
        }
    }
    (count > 0).then(|| sums.map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX)))
}

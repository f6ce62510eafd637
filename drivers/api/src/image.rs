//! Encoded images as devices hand them over.

use std::fmt;

use serde::{Deserialize, Serialize};

/// No image of a device is larger: a slap of 1600×1500 grey pixels is 2.4 MB raw, a colour page at 300 dpi stays
/// below this as JPEG. What is larger is garbage.
pub const IMAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How the bytes of an image are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
}

impl MediaType {
    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// An encoded image with what its bytes are known to hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    /// The encoded bytes, at most [`IMAGE_BYTES_MAX`].
    pub bytes: Vec<u8>,
    /// How to read them.
    pub media: MediaType,
    /// Width.
    pub width_px: u32,
    /// Height.
    pub height_px: u32,
    /// Pixels per inch on the thing itself; nothing for a camera, which does not know the distance.
    pub dpi: Option<u16>,
}

impl fmt::Debug for Image {
    /// Without the picture: it is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Image({} {}×{} px, {} dpi, {} bytes)",
            self.media.name(),
            self.width_px,
            self.height_px,
            self.dpi.unwrap_or_default(),
            self.bytes.len()
        )
    }
}

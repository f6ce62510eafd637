//! From pixels to the bytes a device hands over.

use image::ExtendedColorType;
use image::codecs::jpeg::{JpegEncoder, PixelDensity};
use rekam_driver_api::{Image, MediaType};

use crate::raster::{Painting, Plane};

/// A picture could not be encoded: our own mistake, never the caller's.
#[derive(Debug)]
pub struct EncodeError(String);

impl std::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a simulated picture could not be encoded: {}", self.0)
    }
}

impl std::error::Error for EncodeError {}

fn refused(error: impl std::fmt::Display) -> EncodeError {
    EncodeError(error.to_string())
}

fn side(pixels: usize) -> Result<u32, EncodeError> {
    u32::try_from(pixels).map_err(refused)
}

/// A grey PNG that names its resolution.
pub(crate) fn grey_png(plane: &Plane, dpi: Option<u16>) -> Result<Image, EncodeError> {
    let (width_px, height_px) = (side(plane.width())?, side(plane.height())?);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width_px, height_px);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    if let Some(dpi) = dpi {
        let per_metre = (f32::from(dpi) / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: png::Unit::Meter,
        }));
    }
    let mut writer = encoder.write_header().map_err(refused)?;
    writer.write_image_data(&plane.bytes()).map_err(refused)?;
    writer.finish().map_err(refused)?;
    Ok(Image { bytes, media: MediaType::Png, width_px, height_px, dpi })
}

fn jpeg(
    pixels: &[u8],
    (width_px, height_px): (u32, u32),
    colour: ExtendedColorType,
    quality: u8,
    dpi: Option<u16>,
) -> Result<Image, EncodeError> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(dpi) = dpi {
        encoder.set_pixel_density(PixelDensity::dpi(dpi));
    }
    encoder.encode(pixels, width_px, height_px, colour).map_err(refused)?;
    Ok(Image { bytes, media: MediaType::Jpeg, width_px, height_px, dpi })
}

/// A grey JPEG that names its resolution.
pub(crate) fn grey_jpeg(plane: &Plane, quality: u8, dpi: Option<u16>) -> Result<Image, EncodeError> {
    let size = (side(plane.width())?, side(plane.height())?);
    jpeg(&plane.bytes(), size, ExtendedColorType::L8, quality, dpi)
}

/// A colour JPEG.
pub(crate) fn colour_jpeg(painting: &Painting, quality: u8) -> Result<Image, EncodeError> {
    let size = (side(painting.width())?, side(painting.height())?);
    jpeg(&painting.bytes(), size, ExtendedColorType::Rgb8, quality, None)
}

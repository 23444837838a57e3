//! Decodes an image, scales it and encodes the result.

use std::io::{BufRead, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgba, RgbaImage};
use passerelle_model::rendition::{MAX_PIXELS, Rendition, RenditionFormat};

/// Maximum memory in bytes of a decoder: four bytes for each of the largest number of pixels.
const MAX_DECODE_MEMORY: u64 = MAX_PIXELS * 4 + 16 * 1024 * 1024;
/// Quality of JPEG files, from 1 to 100. Above 80, files grow faster than their quality.
const JPEG_QUALITY: u8 = 80;
/// The image is reduced to this multiple of the result with a fast filter, before the good filter runs.
const COARSE_FACTOR: u32 = 2;

/// Makes a rendition. Returns `None` if the file cannot be decoded or has too many pixels.
pub(super) fn make(file: impl BufRead + Seek, rendition: &Rendition) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(file).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODE_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    // Cameras write the pixels as the sensor sees them, and how to turn them.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).ok()?;
    let is_turned = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let turned = |(width, height): (u32, u32)| if is_turned { (height, width) } else { (width, height) };
    let size = rendition.size(turned((width, height)));
    // Scaled first: turning a small image takes less memory.
    let mut image = scale(image, turned(size.scaled));
    image.apply_orientation(orientation);
    if size.result != size.scaled {
        let (left, top) = rendition.focus.crop_offsets(size.scaled, size.result);
        image = image.crop_imm(left, top, size.result.0, size.result.1);
    }
    encode(image, rendition.format)
}

fn scale(image: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    let coarse = (width.saturating_mul(COARSE_FACTOR), height.saturating_mul(COARSE_FACTOR));
    let image = if image.width() > coarse.0 && image.height() > coarse.1 {
        image.thumbnail_exact(coarse.0, coarse.1)
    } else {
        image
    };
    image.resize_exact(width, height, FilterType::CatmullRom)
}

fn encode(image: DynamicImage, format: RenditionFormat) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let written = match format {
        RenditionFormat::Jpeg => {
            let pixels = on_white(image).into_rgb8();
            pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))
        }
        RenditionFormat::Png => with_eight_bits(image).write_with_encoder(PngEncoder::new(&mut bytes)),
        RenditionFormat::Webp => {
            with_eight_bits(image).write_with_encoder(WebPEncoder::new_lossless(&mut bytes))
        }
    };
    written.ok().map(|()| bytes)
}

/// Returns the image with 8 bits for each channel, with an alpha channel only if it has one.
fn with_eight_bits(image: DynamicImage) -> DynamicImage {
    if image.color().has_alpha() { image.into_rgba8().into() } else { image.into_rgb8().into() }
}

/// Returns the image on a white ground. JPEG has no transparency.
fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut ground = RgbaImage::from_pixel(image.width(), image.height(), Rgba([255; 4]));
    image::imageops::overlay(&mut ground, &image.into_rgba8(), 0, 0);
    ground.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GenericImageView, ImageFormat, RgbImage};
    use passerelle_model::rendition::{Fit, FocalPoint};
    use std::io::Cursor;

    fn rendition(width: u32, height: Option<u32>, format: RenditionFormat) -> Rendition {
        Rendition { width: Some(width), height, fit: Fit::Cover, format, focus: FocalPoint::new(0.0, 50.0) }
    }

    /// Image whose left half is red and whose right half is blue.
    fn halves(width: u32, height: u32) -> DynamicImage {
        let color = |x, _| if x < width / 2 { image::Rgb([255, 0, 0]) } else { image::Rgb([0, 0, 255]) };
        RgbImage::from_fn(width, height, color).into()
    }

    fn bytes(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn made(source: &[u8], rendition: &Rendition) -> DynamicImage {
        image::load_from_memory(&make(Cursor::new(source), rendition).unwrap()).unwrap()
    }

    #[test]
    fn images_are_scaled_and_cropped_at_the_focal_point() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let source = bytes(&halves(400, 200), format);
            for target in RenditionFormat::ALL {
                let whole = made(&source, &rendition(100, None, target));
                assert_eq!(whole.dimensions(), (100, 50));
                let cropped = made(&source, &rendition(80, Some(80), target));
                assert_eq!(cropped.dimensions(), (80, 80));
                let pixel = cropped.get_pixel(40, 40);
                assert!(pixel[0] > 200 && pixel[2] < 60, "{format:?} {target:?}: {pixel:?}");
            }
        }
    }

    #[test]
    fn transparent_parts_become_white_in_jpeg() {
        let clear = DynamicImage::from(RgbaImage::from_pixel(40, 40, Rgba([0, 0, 0, 0])));
        let source = bytes(&clear, ImageFormat::Png);
        let jpeg = made(&source, &rendition(20, None, RenditionFormat::Jpeg));
        assert!(jpeg.get_pixel(10, 10)[0] > 250);
        let png = made(&source, &rendition(20, None, RenditionFormat::Png));
        assert_eq!(png.get_pixel(10, 10)[3], 0);
    }

    #[test]
    fn damaged_and_gigantic_images_have_no_rendition() {
        let jpeg = rendition(20, None, RenditionFormat::Jpeg);
        assert_eq!(make(Cursor::new(b"no image".as_slice()), &jpeg), None);
        let mut gigantic = bytes(&halves(8, 8), ImageFormat::Png);
        gigantic[16..24].copy_from_slice(&[0, 0, 0x40, 0, 0, 0, 0x40, 0]);
        assert_eq!(make(Cursor::new(gigantic), &jpeg), None);
    }
}

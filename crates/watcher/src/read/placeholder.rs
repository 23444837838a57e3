//! Placeholders of images: a `ThumbHash` of about 25 bytes in Base64.

use std::io::{BufRead, BufReader, Seek};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageReader, Limits};
use passerelle_model::path::DocumentPath;

use crate::scan::listing::FoundFile;
use crate::scan::root::{Root, fingerprint};

/// Endings of the formats that are decoded.
const DECODED_EXTENSIONS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "gif"];
/// Maximum size in bytes of a file that is decoded. A photograph of a camera has about 10 MiB.
const MAX_DECODED_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// Maximum memory in bytes of a decoder: enough for 24 million pixels. One image is decoded at a time.
const MAX_DECODE_MEMORY: u64 = 128 * 1024 * 1024;
/// Longest side in pixels of the thumbnail that is hashed. More pixels do not change 25 bytes.
const THUMBNAIL_SIDE: u32 = 64;

/// Returns true if an image of this name and size in bytes can have a placeholder.
pub(crate) fn is_decoded(path: &DocumentPath, size: u64) -> bool {
    let extension = path.name().rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_known = DECODED_EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    is_known && size <= MAX_DECODED_FILE_BYTES
}

/// Decodes an image and returns its placeholder. Returns `None` if the image is invalid, or if it is not the
/// file that was found.
pub(crate) fn read_placeholder(root: &Root, found: &FoundFile) -> Option<String> {
    root.before_decode(&found.file);
    let mut file = root.open_file(&found.file).ok()?;
    let is_same = |file: &cap_std::fs::File| {
        file.metadata().is_ok_and(|metadata| fingerprint(&metadata) == found.fingerprint)
    };
    if !is_same(&file) {
        return None;
    }
    let placeholder = placeholder(BufReader::new(&mut file));
    placeholder.filter(|_| is_same(&file))
}

fn placeholder(file: impl BufRead + Seek) -> Option<String> {
    let mut reader = ImageReader::new(file).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODE_MEMORY);
    reader.limits(limits);
    let thumbnail = reader.decode().ok()?.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE).into_rgba8();
    let (width, height) =
        (usize::try_from(thumbnail.width()).ok()?, usize::try_from(thumbnail.height()).ok()?);
    Some(STANDARD.encode(thumbhash::rgba_to_thumb_hash(width, height, &thumbnail)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};
    use std::io::Cursor;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_pixel(width, height, image::Rgb([200, 120, 40])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn image_of_each_format_has_a_placeholder() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let placeholder = placeholder(Cursor::new(picture(300, 200, format))).unwrap();
            let hash = STANDARD.decode(placeholder).unwrap();
            assert!((5..=30).contains(&hash.len()), "{format:?}");
        }
    }

    #[test]
    fn invalid_image_has_no_placeholder() {
        let cut = picture(300, 200, ImageFormat::Png)[..60].to_vec();
        assert_eq!(placeholder(Cursor::new(cut)), None);
        // A bomb: a few bytes that claim to be gigantic.
        let mut oversized = picture(8, 8, ImageFormat::Png);
        oversized[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        assert_eq!(placeholder(Cursor::new(oversized)), None);
    }

    #[test]
    fn only_images_of_a_known_format_and_size_are_decoded() {
        let is_decoded = |path, size| is_decoded(&DocumentPath::parse(path).unwrap(), size);
        assert!(is_decoded("_images/a.JPG", MAX_DECODED_FILE_BYTES));
        assert!(!is_decoded("_images/a.jpg", MAX_DECODED_FILE_BYTES + 1));
        assert!(!is_decoded("_images/a.svg", 10));
    }
}

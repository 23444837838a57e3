//! Files beside the documents: their identity, and what images look like.

use std::io::{self, Cursor, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageReader, Limits};
use passerelle_model::asset::AssetMetadata;
use passerelle_model::checksum::Checksum;
use passerelle_model::document::Fingerprint;

use crate::scan::listing::FoundFile;
use crate::scan::root::{Root, fingerprint};

/// A larger file is served and not looked into.
const MAX_DECODED_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// An image that would take more memory than this is not drawn small: 24 million pixels do.
const MAX_DECODE_MEMORY: u64 = 128 * 1024 * 1024;
/// The longest side of the picture that a placeholder is made of: more adds nothing to 25 bytes.
const THUMBNAIL_SIDE: u32 = 64;

/// Reads a file, if it stays the same while it is read.
pub(crate) fn read_asset(root: &Root, found: &FoundFile) -> io::Result<Option<(Fingerprint, AssetMetadata)>> {
    let mut file = root.open_file(&found.file)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let facts = if before.len() <= MAX_DECODED_FILE_BYTES {
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(MAX_DECODED_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        asset_facts(&bytes)
    } else {
        AssetMetadata {
            checksum: Checksum::of_reader(&mut file)?,
            width: None,
            height: None,
            placeholder: None,
        }
    };
    let after = fingerprint(&file.metadata()?);
    Ok((after == fingerprint(&before)).then_some((after, facts)))
}

fn asset_facts(bytes: &[u8]) -> AssetMetadata {
    let size = imagesize::blob_size(bytes).ok();
    let dimension = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    AssetMetadata {
        checksum: Checksum::of(bytes),
        width: size.and_then(|size| dimension(size.width)),
        height: size.and_then(|size| dimension(size.height)),
        placeholder: size.and_then(|_| placeholder(bytes)),
    }
}

/// A `ThumbHash` in Base64, where the image is of a format that is drawn here and not larger than is sane.
fn placeholder(bytes: &[u8]) -> Option<String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
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

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        RgbImage::from_pixel(width, height, image::Rgb([200, 120, 40])).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn image_facts_contain_dimensions_and_placeholder() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let facts = asset_facts(&picture(300, 200, format));
            assert_eq!((facts.width, facts.height), (Some(300), Some(200)), "{format:?}");
            let hash = STANDARD.decode(facts.placeholder.unwrap()).unwrap();
            assert!((5..=30).contains(&hash.len()), "{format:?}");
        }
    }

    #[test]
    fn invalid_image_has_no_placeholder() {
        assert_eq!(asset_facts(b"a,b,c").width, None);
        let cut = picture(300, 200, ImageFormat::Png)[..60].to_vec();
        assert_eq!(asset_facts(&cut).placeholder, None);
        // A bomb: a few bytes that claim to be gigantic.
        let mut oversized = picture(8, 8, ImageFormat::Png);
        oversized[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        assert_eq!(asset_facts(&oversized).placeholder, None);
    }
}

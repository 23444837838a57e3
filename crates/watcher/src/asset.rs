//! Files beside the documents: their identity, and what images look like.

use std::io::{self, Cursor, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageReader, Limits};
use passerelle_model::asset::AssetFacts;
use passerelle_model::checksum::Checksum;
use passerelle_model::manifest::Fingerprint;

use crate::root::{Root, fingerprint};
use crate::scan::Found;

/// A larger file is served and not looked into.
const LOOKED_INTO: u64 = 32 * 1024 * 1024;
/// An image that would take more memory than this is not drawn small: 24 million pixels do.
const MEMORY: u64 = 128 * 1024 * 1024;
/// The longest side of the picture that a placeholder is made of: more adds nothing to 25 bytes.
const SIDE: u32 = 64;

/// Reads a file, if it stays the same while it is read.
pub(crate) fn examine(root: &Root, found: &Found) -> io::Result<Option<(Fingerprint, AssetFacts)>> {
    let mut file = root.file(&found.file)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let facts = if before.len() <= LOOKED_INTO {
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(LOOKED_INTO + 1).read_to_end(&mut bytes)?;
        of_bytes(&bytes)
    } else {
        AssetFacts { checksum: Checksum::of_reader(&mut file)?, width: None, height: None, placeholder: None }
    };
    let after = fingerprint(&file.metadata()?);
    Ok((after == fingerprint(&before)).then_some((after, facts)))
}

fn of_bytes(bytes: &[u8]) -> AssetFacts {
    let size = imagesize::blob_size(bytes).ok();
    let pixels = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
    AssetFacts {
        checksum: Checksum::of(bytes),
        width: size.and_then(|size| pixels(size.width)),
        height: size.and_then(|size| pixels(size.height)),
        placeholder: size.and_then(|_| placeholder(bytes)),
    }
}

/// A `ThumbHash` in Base64, where the image is of a format that is drawn here and not larger than is sane.
fn placeholder(bytes: &[u8]) -> Option<String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let small = reader.decode().ok()?.thumbnail(SIDE, SIDE).into_rgba8();
    let (width, height) = (usize::try_from(small.width()).ok()?, usize::try_from(small.height()).ok()?);
    Some(STANDARD.encode(thumbhash::rgba_to_thumb_hash(width, height, &small)))
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
    fn an_image_has_a_size_and_a_placeholder() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let facts = of_bytes(&picture(300, 200, format));
            assert_eq!((facts.width, facts.height), (Some(300), Some(200)), "{format:?}");
            let hash = STANDARD.decode(facts.placeholder.unwrap()).unwrap();
            assert!((5..=30).contains(&hash.len()), "{format:?}");
        }
    }

    #[test]
    fn what_is_no_image_or_a_broken_one_has_none() {
        assert_eq!(of_bytes(b"a,b,c").width, None);
        let cut = picture(300, 200, ImageFormat::Png)[..60].to_vec();
        assert_eq!(of_bytes(&cut).placeholder, None);
        // A bomb: a few bytes that claim to be gigantic.
        let mut bomb = picture(8, 8, ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        assert_eq!(of_bytes(&bomb).placeholder, None);
    }
}

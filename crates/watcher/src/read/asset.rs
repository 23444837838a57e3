//! Metadata of files beside the documents: checksum, and the size of an image from its header.
//!
//! No image is decoded here, so that documents do not wait for images. [`super::placeholder`] decodes them
//! later.

use std::io::{self, BufReader, Read, Seek};

use passerelle_model::asset::AssetMetadata;
use passerelle_model::document::Fingerprint;
use passerelle_storage::checksum_of_reader;

use crate::scan::listing::FoundFile;
use crate::scan::root::{Root, fingerprint};

/// Reads a file in a constant amount of memory. Returns `None` if it changed during the read.
pub(crate) fn read_asset(root: &Root, found: &FoundFile) -> io::Result<Option<(Fingerprint, AssetMetadata)>> {
    let mut file = root.open_file(&found.file)?;
    let before = file.metadata()?;
    if !before.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let metadata = asset_metadata(&mut file)?;
    let after = fingerprint(&file.metadata()?);
    Ok((after == fingerprint(&before)).then_some((after, metadata)))
}

fn asset_metadata(file: &mut (impl Read + Seek)) -> io::Result<AssetMetadata> {
    let size = imagesize::reader_size(BufReader::new(&mut *file)).ok();
    let dimension = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    file.rewind()?;
    Ok(AssetMetadata {
        checksum: checksum_of_reader(file)?,
        width: size.and_then(|size| dimension(size.width)),
        height: size.and_then(|size| dimension(size.height)),
        placeholder: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, RgbImage};
    use passerelle_model::checksum::Checksum;
    use std::io::Cursor;

    #[test]
    fn image_size_is_read_from_the_header() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            let mut bytes = Cursor::new(Vec::new());
            RgbImage::new(300, 200).write_to(&mut bytes, format).unwrap();
            bytes.set_position(0);
            let metadata = asset_metadata(&mut bytes).unwrap();
            assert_eq!((metadata.width, metadata.height), (Some(300), Some(200)), "{format:?}");
            assert_eq!(metadata.checksum, Checksum::of(bytes.get_ref()));
        }
        assert_eq!(asset_metadata(&mut Cursor::new(b"a,b,c")).unwrap().width, None);
    }
}

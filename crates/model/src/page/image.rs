//! Images of a page.

use serde::{Deserialize, Serialize};

use crate::asset::{AssetMetadata, is_in_asset_folder};
use crate::path::DocumentPath;

/// An image of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Image {
    /// Source as written.
    pub src: String,
    /// Alternative text. `None` if the editor gave none.
    pub alt: Option<String>,
    /// Title, which browsers show as a tooltip. `None` if the editor gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Requested width in CSS pixels. `None` if not given.
    pub width: Option<u32>,
    /// Requested height in CSS pixels. `None` if not given.
    pub height: Option<u32>,
    /// Path of the asset. `None` if the source is not an asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<DocumentPath>,
}

impl Image {
    /// Returns the path of the file if it must exist. `None` for an address that can belong to the website:
    /// `/img/logo.png`.
    pub fn required_file(&self) -> Option<&DocumentPath> {
        self.file.as_ref().filter(|file| !self.src.starts_with('/') || is_in_asset_folder(file))
    }

    /// Returns the width and height for display, in CSS pixels.
    ///
    /// A requested side is used as given. A missing side is computed from the proportions of the file.
    /// Without a requested side, the natural size is used.
    pub fn display_size(&self, metadata: Option<&AssetMetadata>) -> (Option<u32>, Option<u32>) {
        let natural_size = metadata.and_then(|metadata| Some((metadata.width?, metadata.height?)));
        let scaled = |side: u32, from: u32, to: u32| {
            let scaled = (u64::from(side) * u64::from(to) + u64::from(from) / 2) / u64::from(from.max(1));
            u32::try_from(scaled).ok()
        };
        match (self.width, self.height, natural_size) {
            (None, None, Some((width, height))) => (Some(width), Some(height)),
            (Some(width), None, Some(natural_size)) => {
                (Some(width), scaled(width, natural_size.0, natural_size.1))
            }
            (None, Some(height), Some(natural_size)) => {
                (scaled(height, natural_size.1, natural_size.0), Some(height))
            }
            (width, height, _) => (width, height),
        }
    }
}

//! The images of a page.

use serde::{Deserialize, Serialize};

use crate::asset::AssetFacts;
use crate::path::DocumentPath;

/// An image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Image {
    /// The source as written.
    pub src: String,
    /// The text for those who do not see it.
    pub alt: Option<String>,
    /// The width that the editor wants, in CSS pixels.
    pub width: Option<u32>,
    /// The height that the editor wants, in CSS pixels.
    pub height: Option<u32>,
    /// The file beside the documents that the source means, if it means one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<DocumentPath>,
}

impl Image {
    /// The size to show it at: what the editor wants, the other side by the file's proportions, else the file's own size.
    pub fn shown_size(&self, facts: Option<&AssetFacts>) -> (Option<u32>, Option<u32>) {
        let own = facts.and_then(|facts| Some((facts.width?, facts.height?)));
        let scaled = |side: u32, from: u32, to: u32| {
            let scaled = (u64::from(side) * u64::from(to) + u64::from(from) / 2) / u64::from(from.max(1));
            u32::try_from(scaled).ok()
        };
        match (self.width, self.height, own) {
            (None, None, Some((width, height))) => (Some(width), Some(height)),
            (Some(width), None, Some(own)) => (Some(width), scaled(width, own.0, own.1)),
            (None, Some(height), Some(own)) => (scaled(height, own.1, own.0), Some(height)),
            (width, height, _) => (width, height),
        }
    }
}

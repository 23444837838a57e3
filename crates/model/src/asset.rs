//! The files beside the documents: what lies under a folder `_images` or `_files`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::path::DocumentPath;

/// The folders whose files are served.
const ASSET_FOLDERS: [&str; 2] = ["_images", "_files"];

/// The endings that are served, with their types. What a browser would run is not among them.
const MEDIA_TYPES: [(&str, &str); 19] = [
    ("avif", "image/avif"),
    ("csv", "text/csv; charset=utf-8"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("gif", "image/gif"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("zip", "application/zip"),
];

/// Characters that are percent-encoded in a URL path (RFC 3986, section 3.3).
const PATH_ESCAPES: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Number of hex digits of the checksum in a URL. 16 digits are enough to tell two versions of a file apart.
const VERSION_HEX_DIGITS: usize = 16;

/// A file beside the documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path below the folder.
    pub path: DocumentPath,
    /// The number of its bytes.
    pub size: u64,
    /// Checksum, size in pixels and placeholder.
    pub metadata: AssetMetadata,
}

/// Metadata of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetMetadata {
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// The width of an image, in pixels.
    pub width: Option<u32>,
    /// The height of an image, in pixels.
    pub height: Option<u32>,
    /// A `ThumbHash` of an image in Base64: about 25 bytes that a front end turns into a blurred picture.
    pub placeholder: Option<String>,
}

impl AssetMetadata {
    /// The address of this version of the file: it may be kept for ever.
    pub fn url(&self, path: &DocumentPath) -> String {
        format!("/{}?v={}", encode_path(path.as_str()), self.version())
    }

    /// Returns the version of the file for its URL: the first digits of the checksum.
    pub fn version(&self) -> String {
        self.checksum.to_string().chars().take(VERSION_HEX_DIGITS).collect()
    }
}

/// Whether a folder of this name holds files that are served.
pub fn is_asset_folder(name: &str) -> bool {
    ASSET_FOLDERS.contains(&name)
}

/// The type of a file that is served, if it is one: by its ending, and by the folder that it lies in.
pub fn media_type(path: &DocumentPath) -> Option<&'static str> {
    let is_in_asset_folder = path.folders().any(is_asset_folder);
    let is_hidden = path.as_str().split('/').any(|name| name.starts_with('.'));
    let (_, extension) = path.name().rsplit_once('.')?;
    let (_, media) = MEDIA_TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension))?;
    (is_in_asset_folder && !is_hidden).then_some(*media)
}

/// The file that an address in a document means, if it means one that is served: from the top of the folder where it
/// begins with `/`, else from the document's own folder.
pub fn resolve_asset_path(address: &str, folder: &str) -> Option<DocumentPath> {
    let path = address.split(['?', '#']).next()?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if path.contains(':') || path.starts_with("//") {
        return None;
    }
    let mut names: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|name| !name.is_empty()).collect()
    };
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    DocumentPath::parse(&names.join("/")).ok().filter(|path| media_type(path).is_some())
}

/// The path as a URL holds it.
pub fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, PATH_ESCAPES).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> DocumentPath {
        DocumentPath::parse(path).unwrap()
    }

    #[test]
    fn only_known_media_types_in_asset_folders_are_assets() {
        for file in ["_images/a.png", "trainings/_files/plan 2025.PDF", "_images/sub/é.webp"] {
            assert!(media_type(&path(file)).is_some(), "{file}");
        }
        for file in
            ["plan.txt", "_data/a.png", "_images/a.html", "_images/a.js", "_images/.a.png", "_images/a"]
        {
            assert!(media_type(&path(file)).is_none(), "{file}");
        }
    }

    #[test]
    fn asset_paths_are_absolute_or_relative_to_the_document() {
        let file = |address: &str| resolve_asset_path(address, "nl/pages").map(String::from);
        assert_eq!(file("/_images/a.png?x#y").as_deref(), Some("_images/a.png"));
        assert_eq!(file("../_images/%C3%A9t%C3%A9.png").as_deref(), Some("nl/_images/été.png"));
        assert_eq!(file("_files/a.pdf").as_deref(), Some("nl/pages/_files/a.pdf"));
        for address in [
            "https://a.example/_images/a.png",
            "//a/_images/a.png",
            "/assets/a.png",
            "../../../_images/a.png",
        ] {
            assert_eq!(file(address), None, "{address}");
        }
    }

    #[test]
    fn asset_urls_carry_the_version() {
        let metadata =
            AssetMetadata { checksum: Checksum::of(b"x"), width: None, height: None, placeholder: None };
        let url = metadata.url(&path("_images/été 1.png"));
        assert_eq!(url, format!("/_images/%C3%A9t%C3%A9%201.png?v={}", metadata.version()));
    }
}

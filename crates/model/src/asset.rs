//! Assets: files in a folder named `_images` or `_files`, and images beside documents.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::path::{DocumentPath, FolderPath, resolve_path};

/// Names of the folders whose files are served as assets.
const ASSET_FOLDERS: [&str; 2] = ["_images", "_files"];

/// File name extensions that are served, with their media types. The list excludes types that a browser
/// would execute.
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

/// Extensions of files that editors link to, although no folder serves them.
const UNSERVED_TYPES: [&str; 18] = [
    "7z", "bmp", "doc", "epub", "gpx", "heic", "ics", "kml", "m4a", "mov", "odp", "ogg", "ppt", "rar", "rtf",
    "tiff", "wav", "xls",
];

/// Characters that are percent-encoded in a URL path (RFC 3986, section 3.3).
const PATH_ESCAPES: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Number of hex digits of the checksum in a URL. 16 digits are enough to tell two versions of a file apart.
const VERSION_HEX_DIGITS: usize = 16;

/// A file in an asset folder, or an image beside a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Path relative to the content folder.
    pub path: DocumentPath,
    /// Size in bytes.
    pub size: u64,
    /// Metadata computed from the content.
    pub metadata: AssetMetadata,
}

/// Metadata of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetMetadata {
    /// BLAKE3 checksum of the content.
    pub checksum: Checksum,
    /// Width in pixels. `None` if the asset is not an image.
    pub width: Option<u32>,
    /// Height in pixels. `None` if the asset is not an image.
    pub height: Option<u32>,
    /// `ThumbHash` of the image in Base64, about 25 bytes. A front end decodes it to a blurred preview.
    /// `None` if there is no preview.
    pub placeholder: Option<String>,
}

impl AssetMetadata {
    /// Returns the URL of this version of the file. The URL changes with the content, so clients can cache
    /// it without an expiry.
    pub fn url(&self, path: &DocumentPath) -> String {
        format!("/{}?v={}", encode_path(path.as_str()), self.version())
    }

    /// Returns the first digits of the checksum, used as the version in the URL.
    pub fn version(&self) -> String {
        self.checksum.first_digits(VERSION_HEX_DIGITS)
    }
}

/// Returns true if the files of a folder with this name are served.
pub fn is_asset_folder(name: &str) -> bool {
    ASSET_FOLDERS.contains(&name)
}

/// Returns the media type by the file name extension. Returns `None` if the file is hidden or of another
/// type.
///
/// In an asset folder all types of the list are served. Beside documents only images are: a text there is a
/// document, and other files may be work in progress.
pub fn media_type(path: &DocumentPath) -> Option<&'static str> {
    let is_hidden = path.as_str().split('/').any(|name| name.starts_with('.'));
    let media = known_media_type(path.name()).filter(|_| !is_hidden)?;
    let is_beside_documents = is_image(path.name()) && path.folders().all(DocumentPath::is_document_folder);
    (is_in_asset_folder(path) || is_beside_documents).then_some(media)
}

fn known_media_type(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let (_, media) = MEDIA_TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension))?;
    Some(media)
}

/// Returns true if an asset folder serves files of this name.
pub fn has_known_type(name: &str) -> bool {
    known_media_type(name).is_some()
}

/// Returns true if a file of this name is an image that is served.
pub fn is_image(name: &str) -> bool {
    known_media_type(name).is_some_and(|media| media.starts_with("image/"))
}

/// Returns true if one of the folders of the path is an asset folder.
pub fn is_in_asset_folder(path: &DocumentPath) -> bool {
    path.folders().any(is_asset_folder)
}

/// Resolves an address in a document to the path of an asset. Returns `None` if the address does not name
/// an asset.
///
/// An address that starts with `/` is relative to the content folder, and names a file in an asset folder:
/// other such addresses can belong to the website. Any other address is relative to `folder`, the folder of
/// the document.
pub fn resolve_asset_path(address: &str, folder: &FolderPath) -> Option<DocumentPath> {
    resolve_image_path(address, folder).filter(|path| !address.starts_with('/') || is_in_asset_folder(path))
}

/// Resolves the source of an image like [`resolve_asset_path`]. An address that starts with `/` can also name
/// an image beside documents.
pub fn resolve_image_path(address: &str, folder: &FolderPath) -> Option<DocumentPath> {
    let path = address.split(['?', '#']).next()?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if path.contains(':') || path.starts_with("//") {
        return None;
    }
    let path = builder_path(&path).map_or(path, Into::into);
    resolve_path(&path, folder).filter(|path| media_type(path).is_some())
}

/// Resolves an address in a document to the path of a file that is not served: an office file, an archive or
/// a media file outside the asset folders, or of an unknown type. Returns `None` for pages, and for other
/// addresses that start with `/`: they can belong to the website.
pub fn resolve_unserved_file(address: &str, folder: &FolderPath) -> Option<DocumentPath> {
    let path = address.split(['?', '#']).next()?;
    let path = decode_path(path)?;
    if path.contains(':') || path.starts_with("//") {
        return None;
    }
    let (_, extension) = path.rsplit_once('.')?;
    let is_file = !DocumentPath::is_text_document_name(&path)
        && (known_media_type(&path).is_some()
            || UNSERVED_TYPES.iter().any(|known| known.eq_ignore_ascii_case(extension)));
    if !is_file {
        return None;
    }
    let file = resolve_path(&path, folder)?;
    let may_be_elsewhere = path.starts_with('/') && !is_in_asset_folder(&file);
    (!may_be_elsewhere && media_type(&file).is_none()).then_some(file)
}

/// Converts an address of the site builder, which copies assets to `/assets/`, to the path of the asset:
/// `/_files/plan.pdf` for `/assets/files/plan.pdf`.
fn builder_path(path: &str) -> Option<String> {
    let rest = path.strip_prefix("/assets/")?;
    let (folder, name) = rest.split_once('/')?;
    matches!(folder, "files" | "images").then(|| format!("/_{folder}/{name}"))
}

/// Decodes the percent-encoding of a path. `None` if the result is not UTF-8.
pub fn decode_path(path: &str) -> Option<String> {
    percent_decode_str(path).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Percent-encodes a path for a URL.
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
    fn known_media_types_in_asset_folders_and_images_beside_documents_are_assets() {
        for file in ["_images/a.png", "trainings/_files/plan 2025.PDF", "_images/sub/é.webp"] {
            assert!(media_type(&path(file)).is_some(), "{file}");
        }
        for file in ["photo.png", "fr/img/été 1.JPG"] {
            assert!(media_type(&path(file)).is_some(), "{file}");
        }
        for file in [
            "plan.txt",
            "fr/plan.pdf",
            "_data/a.png",
            "_images/a.html",
            "_images/a.js",
            "_images/.a.png",
            ".img/a.png",
            "_images/a",
        ] {
            assert!(media_type(&path(file)).is_none(), "{file}");
        }
    }

    #[test]
    fn asset_paths_are_absolute_or_relative_to_the_document() {
        let folder = FolderPath::parse("nl/pages").unwrap();
        let file = |address: &str| resolve_asset_path(address, &folder).map(String::from);
        assert_eq!(file("/_images/a.png?x#y").as_deref(), Some("_images/a.png"));
        assert_eq!(file("../_images/%C3%A9t%C3%A9.png").as_deref(), Some("nl/_images/été.png"));
        assert_eq!(file("_files/a.pdf").as_deref(), Some("nl/pages/_files/a.pdf"));
        assert_eq!(file("./img/photo%201.png").as_deref(), Some("nl/pages/img/photo 1.png"));
        let image = |address: &str| resolve_image_path(address, &folder).map(String::from);
        assert_eq!(image("/nl/photo.png").as_deref(), Some("nl/photo.png"));
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
    fn relative_files_outside_the_asset_folders_are_not_served() {
        let file = |address: &str| {
            resolve_unserved_file(address, &FolderPath::parse("nl/pages").unwrap()).map(String::from)
        };
        assert_eq!(file("plan%202.pdf#page=2").as_deref(), Some("nl/pages/plan 2.pdf"));
        assert_eq!(file("../plan.DOC").as_deref(), Some("nl/plan.DOC"));
        assert_eq!(file("/_files/plan.ppt").as_deref(), Some("_files/plan.ppt"));
        assert_eq!(file("_files/plan.ppt").as_deref(), Some("nl/pages/_files/plan.ppt"));
        for address in [
            "_files/plan.pdf",
            "plan.png",
            "plan.md",
            "plan.txt",
            "/plan.pdf",
            "plan",
            "https://a.example/b.pdf",
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

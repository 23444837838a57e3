//! The files beside the documents: what lies under a folder `_images` or `_files`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::path::DocumentPath;

/// The folders whose files are served.
const FOLDERS: [&str; 2] = ["_images", "_files"];

/// The endings that are served, with their types. What a browser would run is not among them.
const TYPES: [(&str, &str); 19] = [
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

/// What a path of a URL cannot hold (RFC 3986, section 3.3).
const OUTSIDE_PATHS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// How many hexadecimal digits of the checksum an address carries: enough that two versions of a file differ.
const VERSION_DIGITS: usize = 16;

/// A file beside the documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Where it lies, relative to the folder.
    pub path: DocumentPath,
    /// The number of its bytes.
    pub size: u64,
    /// What is known of it.
    pub facts: AssetFacts,
}

/// What is known of a file beside the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFacts {
    /// The identity of its bytes.
    pub checksum: Checksum,
    /// The width of an image, in pixels.
    pub width: Option<u32>,
    /// The height of an image, in pixels.
    pub height: Option<u32>,
    /// A `ThumbHash` of an image in Base64: about 25 bytes that a front end turns into a blurred picture.
    pub placeholder: Option<String>,
}

impl AssetFacts {
    /// The address of this version of the file: it may be kept for ever.
    pub fn url(&self, path: &DocumentPath) -> String {
        format!("/{}?v={}", encoded(path.as_str()), self.version())
    }

    /// What tells this version from others in an address.
    pub fn version(&self) -> String {
        self.checksum.to_string().chars().take(VERSION_DIGITS).collect()
    }
}

/// Whether a folder of this name holds files that are served.
pub fn is_asset_folder(name: &str) -> bool {
    FOLDERS.contains(&name)
}

/// The type of a file that is served, if it is one: by its ending, and by the folder that it lies in.
pub fn media_type(path: &DocumentPath) -> Option<&'static str> {
    let is_below = path.folders().any(is_asset_folder);
    let is_hidden = path.as_str().split('/').any(|name| name.starts_with('.'));
    let (_, ending) = path.name().rsplit_once('.')?;
    let (_, media) = TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(ending))?;
    (is_below && !is_hidden).then_some(*media)
}

/// The file that an address in a document means, if it means one that is served: from the top of the folder where it
/// begins with `/`, else from the document's own folder.
pub fn file_of(address: &str, folder: &str) -> Option<DocumentPath> {
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
pub fn encoded(path: &str) -> String {
    utf8_percent_encode(path, OUTSIDE_PATHS).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> DocumentPath {
        DocumentPath::parse(path).unwrap()
    }

    #[test]
    fn only_files_of_known_types_below_the_two_folders_are_served() {
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
    fn an_address_means_a_file_from_the_top_or_from_its_document() {
        let file = |address: &str| file_of(address, "nl/pages").map(String::from);
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
    fn an_address_names_the_version() {
        let facts = AssetFacts { checksum: Checksum::of(b"x"), width: None, height: None, placeholder: None };
        let url = facts.url(&path("_images/été 1.png"));
        assert_eq!(url, format!("/_images/%C3%A9t%C3%A9%201.png?v={}", facts.version()));
    }
}

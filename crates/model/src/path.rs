//! Path of a document relative to the content folder.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Path relative to the content folder, with `/` between names, in Unicode normalization form C.
///
/// It identifies a document and cannot open the file: two spellings of one accent give the same path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentPath(String);

/// Path of a folder relative to the content folder, under the rules of [`DocumentPath`]. Empty for the
/// content folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderPath(String);

impl FolderPath {
    /// The content folder.
    pub const CONTENT: &Self = &Self(String::new());

    /// Parses a path with `/` between names. Slashes at both ends are ignored. Nothing else means the content
    /// folder.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        match path.trim_matches('/') {
            "" => Ok(Self::default()),
            path => DocumentPath::parse(path).map(Self::from),
        }
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true for the content folder.
    pub fn is_content_folder(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the name of the folder, for example `plans` for `fr/plans`. `None` for the content folder.
    pub fn name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// Returns the parent folder. `None` for the content folder.
    pub fn parent(&self) -> Option<Self> {
        let outer = || self.0.rsplit_once('/').map_or("", |(outer, _)| outer).to_owned();
        (!self.is_content_folder()).then(|| Self(outer()))
    }

    /// Returns the path of a file in the folder.
    pub fn file(&self, name: &str) -> Result<DocumentPath, PathError> {
        if self.is_content_folder() {
            DocumentPath::parse(name)
        } else {
            DocumentPath::parse(&format!("{self}/{name}"))
        }
    }
}

/// The content folder.
impl Default for &FolderPath {
    fn default() -> Self {
        FolderPath::CONTENT
    }
}

/// The folder at this path.
impl From<DocumentPath> for FolderPath {
    fn from(path: DocumentPath) -> Self {
        Self(path.0)
    }
}

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reason why a path is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// The path is empty or absolute, or contains an empty name, `.` or `..`.
    #[error("{0:?} is not a path below the folder")]
    OutsideFolder(String),
    /// The path contains a control character or a backslash. Portable file names have neither.
    #[error("{0:?} has a character that no file name should have")]
    BadCharacter(String),
    /// The path is longer than [`DocumentPath::MAX_BYTES`].
    #[error("a path of {0} bytes is longer than a document's may be")]
    TooLong(usize),
}

/// Allows range queries over the paths of one folder in a sorted map.
impl Borrow<str> for DocumentPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl DocumentPath {
    /// Name of the settings file that makes the text documents of its folder one plan.
    pub const PLAN_FILE: &str = "plan.yaml";
    /// Longest accepted path, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;

    /// Parses a path with `/` between names.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let normalized: String = path.nfc().collect();
        if normalized.len() > Self::MAX_BYTES {
            return Err(PathError::TooLong(normalized.len()));
        }
        if normalized.chars().any(|character| character.is_control() || character == '\\') {
            return Err(PathError::BadCharacter(normalized));
        }
        if normalized.split('/').any(|name| matches!(name, "" | "." | "..")) {
            return Err(PathError::OutsideFolder(normalized));
        }
        Ok(Self(normalized))
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the file name, for example `plan.nl.txt`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Returns the file name without the last extension, for example `plan.nl`.
    pub fn stem(&self) -> &str {
        self.name().rsplit_once('.').map_or(self.name(), |(stem, _)| stem)
    }

    /// Returns the names of the parent folders, outermost first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        let names: Vec<&str> = self.0.split('/').collect();
        let count = names.len().saturating_sub(1);
        names.into_iter().take(count)
    }

    /// Returns true if the last names of this path are those of another.
    pub fn ends_with(&self, other: &Self) -> bool {
        self == other || self.0.strip_suffix(&other.0).is_some_and(|folder| folder.ends_with('/'))
    }

    /// Returns the parent folder.
    pub fn parent(&self) -> FolderPath {
        FolderPath(self.0.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned())
    }

    /// Extensions of documents in lower case.
    pub const EXTENSIONS: [&'static str; 7] = ["md", "markdown", "txt", "csv", "tsv", "xlsx", "xlsm"];

    /// Returns true for the name of a document: a known extension, not hidden, and not a temporary file of
    /// an editor.
    pub fn is_document_name(name: &str) -> bool {
        let lower = name.to_lowercase();
        let extension = lower
            .rsplit_once('.')
            .map(|(stem, extension)| !stem.is_empty() && Self::is_document_extension(extension));
        let is_document = extension == Some(true) || collection_name(&lower).is_some();
        is_document && !lower.starts_with(['.', '~', '#']) && !lower.ends_with('~')
    }

    /// Returns true if a folder with this name can contain documents. Hidden folders and names such as
    /// `_images` cannot.
    pub fn is_document_folder(name: &str) -> bool {
        !name.starts_with(['.', '_'])
    }

    /// Returns true for the name of a text document. A text document can be the file of one measure of a
    /// plan.
    pub fn is_text_document_name(name: &str) -> bool {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
        Self::is_document_name(name)
            && extension.is_some_and(|extension| matches!(extension.as_str(), "md" | "markdown" | "txt"))
    }

    /// Returns true for the name of a settings file: `plan.yaml`, or the default fields of a folder.
    pub fn is_settings_name(name: &str) -> bool {
        let is_yaml =
            name.rsplit_once('.').is_some_and(|(stem, extension)| !stem.is_empty() && extension == "yaml");
        is_yaml && collection_name(name).is_none()
    }

    fn is_document_extension(extension: &str) -> bool {
        Self::EXTENSIONS.contains(&extension)
    }
}

/// Resolves the names `.` and `..` of a path. `None` if the path leaves the content folder, or if it is no
/// path of a document.
///
/// A path that starts with `/` is relative to the content folder. Any other is relative to `folder`.
pub fn resolve_path(path: &str, folder: &FolderPath) -> Option<DocumentPath> {
    let mut names: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        folder.0.split('/').filter(|name| !name.is_empty()).collect()
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
    DocumentPath::parse(&names.join("/")).ok()
}

/// Ending of the name of a contract.
const CONTRACT_ENDING: &str = ".schema.yaml";

/// Returns the name of the collection for the name of a contract: `ateliers` for `ateliers.schema.yaml`.
/// `None` for another file.
pub fn collection_name(file_name: &str) -> Option<&str> {
    let name = file_name.strip_suffix(CONTRACT_ENDING)?;
    (!name.is_empty() && !name.starts_with(['.', '~', '#'])).then_some(name)
}

impl fmt::Display for DocumentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DocumentPath {
    type Error = PathError;

    fn try_from(path: String) -> Result<Self, PathError> {
        Self::parse(&path)
    }
}

impl From<DocumentPath> for String {
    fn from(path: DocumentPath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_outside_the_folder_are_rejected() {
        for path in ["", "/plan.md", "a//b.md", "../plan.md", "a/./b.md", "a\\b.md", "a\0.md"] {
            assert!(DocumentPath::parse(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn paths_are_normalized_to_nfc() {
        assert_eq!(DocumentPath::parse("e\u{301}te\u{301}.md"), DocumentPath::parse("été.md"));
    }

    #[test]
    fn a_path_ends_with_whole_names() {
        let path = |text| DocumentPath::parse(text).unwrap();
        assert!(path("content/fr/plan.md").ends_with(&path("fr/plan.md")));
        assert!(path("plan.md").ends_with(&path("plan.md")));
        assert!(!path("content/afr/plan.md").ends_with(&path("fr/plan.md")));
    }

    #[test]
    fn folder_paths_ignore_slashes_at_both_ends() {
        assert_eq!(FolderPath::parse("/fr/plans/").unwrap().as_str(), "fr/plans");
        assert!(FolderPath::parse("/").unwrap().is_content_folder());
        assert_eq!(DocumentPath::parse("fr/plan.md").map(|path| path.parent()), FolderPath::parse("fr"));
    }

    #[test]
    fn folder_paths_follow_the_rules_of_document_paths() {
        for path in ["..", "fr/../nl", "a//b", "a/./b", "a\\b", "a\0"] {
            assert!(FolderPath::parse(path).is_err(), "{path:?}");
        }
        assert_eq!(FolderPath::parse("e\u{301}te\u{301}").unwrap().as_str(), "\u{e9}t\u{e9}");
    }

    #[test]
    fn a_folder_knows_its_parent_and_its_files() {
        let folder = FolderPath::parse("fr/plans").unwrap();
        let outer = folder.parent().unwrap();
        assert_eq!((folder.name(), outer.as_str()), (Some("plans"), "fr"));
        assert_eq!(outer.parent().as_ref(), Some(FolderPath::CONTENT));
        assert_eq!((FolderPath::CONTENT.name(), FolderPath::CONTENT.parent()), (None, None));
        assert_eq!(folder.file("a.md"), DocumentPath::parse("fr/plans/a.md"));
        assert_eq!(FolderPath::CONTENT.file("a.md"), DocumentPath::parse("a.md"));
        assert_eq!(folder.file("a.md").map(|path| path.parent()), Ok(folder));
    }

    #[test]
    fn document_names_have_a_known_extension_and_are_not_hidden() {
        for name in ["plan.txt", "Plan.MD", "a.b.markdown", "plan.csv", "Plan.XLSX", "ateliers.schema.yaml"] {
            assert!(DocumentPath::is_document_name(name), "{name}");
        }
        for name in [
            ".md",
            ".plan.txt",
            "plan.txt~",
            "#plan.txt#",
            "~$plan.xlsx",
            "plan.tmp",
            "plan.txt.swp",
            "4913",
            ".schema.yaml",
            "a.yaml",
        ] {
            assert!(!DocumentPath::is_document_name(name), "{name}");
        }
    }
}

//! Path of a document below the folder.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// A document's path relative to the folder, `/` between names, in Unicode normal form C.
///
/// It is a name, not a way to open a file: two spellings of one accent are one document.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentPath(String);

/// Reason why a path is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// Empty, absolute, or with an empty name, `.` or `..` in it.
    #[error("{0:?} is not a path below the folder")]
    OutsideFolder(String),
    /// A control character or a backslash, which no portable name has.
    #[error("{0:?} has a character that no file name should have")]
    BadCharacter(String),
    /// Longer than [`DocumentPath::MAX_BYTES`].
    #[error("a path of {0} bytes is longer than a document's may be")]
    TooLong(usize),
}

/// So that maps by path can be asked for all below a folder.
impl Borrow<str> for DocumentPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl DocumentPath {
    /// The longest path that is read, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;

    /// Parses a path written with `/`.
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

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name: `plan.nl.txt`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The last name without its last ending: `plan.nl`.
    pub fn stem(&self) -> &str {
        self.name().rsplit_once('.').map_or(self.name(), |(stem, _)| stem)
    }

    /// The folders that it lies in, outermost first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        let names: Vec<&str> = self.0.split('/').collect();
        let count = names.len().saturating_sub(1);
        names.into_iter().take(count)
    }

    /// The path of its folder; empty for a document at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Whether the folder drops documents of this name: the right ending, not hidden, not an editor's
    /// temporary file.
    pub fn is_document_name(name: &str) -> bool {
        let lower = name.to_lowercase();
        let extension = lower
            .rsplit_once('.')
            .map(|(stem, extension)| !stem.is_empty() && Self::is_document_extension(extension));
        extension == Some(true) && !lower.starts_with(['.', '~', '#']) && !lower.ends_with('~')
    }

    /// Whether a folder of this name can hold documents: hidden ones and `_images`, `_data` and their like cannot.
    pub fn is_document_folder(name: &str) -> bool {
        !name.starts_with(['.', '_'])
    }

    fn is_document_extension(extension: &str) -> bool {
        matches!(extension, "md" | "markdown" | "txt")
    }
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
    fn document_names_have_a_known_extension_and_are_not_hidden() {
        for name in ["plan.txt", "Plan.MD", "a.b.markdown"] {
            assert!(DocumentPath::is_document_name(name), "{name}");
        }
        for name in
            [".md", ".plan.txt", "plan.txt~", "#plan.txt#", "~$plan.txt", "plan.tmp", "plan.txt.swp", "4913"]
        {
            assert!(!DocumentPath::is_document_name(name), "{name}");
        }
    }
}

//! Documents: files of the content folder.

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::diagnostic::Diagnostic;
use crate::key::DocumentKey;
use crate::path::DocumentPath;
use crate::revision::RevisionNumber;
use crate::timestamp::Timestamp;

/// Kind of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DocumentKind {
    /// A text that contains a plan with its measures.
    Plan,
    /// A page without a support service.
    Page,
    /// A page that describes a support service.
    SupportService,
    /// The contract of a folder, `NAME.schema.yaml`.
    Contract,
    /// The file could not be decoded, so its kind is unknown.
    #[default]
    Unknown,
}

impl DocumentKind {
    /// Returns the upper-case name that the database and the API use, for example `SUPPORT_SERVICE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "PLAN",
            Self::Page => "PAGE",
            Self::SupportService => "SUPPORT_SERVICE",
            Self::Contract => "CONTRACT",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Inverse of [`DocumentKind::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Plan, Self::Page, Self::SupportService, Self::Contract, Self::Unknown]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Encoding of a text document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows-1252, also for ISO 8859-1.
    Windows1252,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

impl TextEncoding {
    /// Returns the name in the WHATWG Encoding Standard, for example `UTF-8`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "windows-1252",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    /// Inverse of [`TextEncoding::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Utf8, Self::Windows1252, Self::Utf16Le, Self::Utf16Be]
            .into_iter()
            .find(|encoding| encoding.name() == name)
    }
}

/// Result of publishing the latest version of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentState {
    /// The latest version is published.
    Published,
    /// The latest version is rejected. The last valid version, if any, stays published.
    Rejected,
    /// The latest version is held for confirmation. The last valid version stays published.
    Held,
    /// The editor does not want the document to be published yet. No version is published.
    Draft,
    /// The file was removed.
    Removed,
}

impl DocumentState {
    /// Returns the upper-case name that the database and the API use, for example `PUBLISHED`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "PUBLISHED",
            Self::Rejected => "REJECTED",
            Self::Held => "HELD",
            Self::Draft => "DRAFT",
            Self::Removed => "IGNORED",
        }
    }

    /// Inverse of [`DocumentState::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Published, Self::Rejected, Self::Held, Self::Draft, Self::Removed]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// Time of a file as Unix has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnixTime {
    /// Seconds since the Unix epoch.
    pub seconds: i64,
    /// Nanoseconds since that second.
    pub nanos: i64,
}

impl UnixTime {
    /// Returns the nanoseconds since the Unix epoch.
    pub fn total_nanos(self) -> i64 {
        self.seconds.saturating_mul(1_000_000_000).saturating_add(self.nanos)
    }
}

/// File metadata used to detect changes.
///
/// Equal fingerprints mean that the file need not be read again. Different fingerprints do not prove that
/// the content changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// Inode number.
    pub inode: u64,
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since the Unix epoch.
    pub modified_nanos: i64,
    /// Last change of the inode, in nanoseconds since the Unix epoch. `rsync -t` does not reset it.
    pub changed_nanos: i64,
}

impl Fingerprint {
    /// Returns the time of the last change of the content.
    pub fn modified_at(&self) -> Timestamp {
        Timestamp::from_millis(self.modified_nanos / 1_000_000)
    }
}

/// A document of the content folder and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Key of the document. It stays the same when the file is renamed.
    pub key: DocumentKey,
    /// Path relative to the content folder.
    pub path: DocumentPath,
    /// Kind of the document.
    pub kind: DocumentKind,
    /// Result for the latest version.
    pub state: DocumentState,
    /// BLAKE3 checksum of the latest version.
    pub checksum: Checksum,
    /// Size of the latest version in bytes.
    pub size: u64,
    /// Encoding of the latest version. `None` for a spreadsheet and for bytes that could not be decoded.
    pub encoding: Option<TextEncoding>,
    /// Time of the last change of the file. `None` if the file system does not report it.
    pub modified_at: Option<Timestamp>,
    /// Time at which the document was read.
    pub ingested_at: Timestamp,
    /// Revision that published the current content. `None` if the document was never published.
    pub published_revision: Option<RevisionNumber>,
    /// Diagnostics of the latest version.
    pub diagnostics: Vec<Diagnostic>,
}

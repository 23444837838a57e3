//! Files of the folder as the service knows them.

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::diagnostic::Diagnostic;
use crate::key::DocumentKey;
use crate::path::DocumentPath;
use crate::sync::RevisionNumber;
use crate::timestamp::Timestamp;

/// Kind of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DocumentKind {
    /// A plan with its measures.
    Plan,
    /// A page.
    Page,
    /// A page that describes a support service.
    SupportService,
    /// It could not be read far enough to tell.
    #[default]
    Unknown,
}

impl DocumentKind {
    /// The name in upper case, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "PLAN",
            Self::Page => "PAGE",
            Self::SupportService => "SUPPORT_SERVICE",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Plan, Self::Page, Self::SupportService, Self::Unknown]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Result for the latest bytes of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentState {
    /// They are served.
    Published,
    /// They were refused; the last good version, if there is one, is served.
    Rejected,
    /// They wait for a person's word.
    Held,
    /// They are no document after all.
    Ignored,
}

impl DocumentState {
    /// The name in upper case, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "PUBLISHED",
            Self::Rejected => "REJECTED",
            Self::Held => "HELD",
            Self::Ignored => "IGNORED",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Published, Self::Rejected, Self::Held, Self::Ignored]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What the file system says of a file. Equal fingerprints mean that the bytes need not be read again;
/// different ones mean nothing yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// The file's serial number in its file system.
    pub inode: u64,
    /// Its size in bytes.
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

/// A document of the folder, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its key, which a change of name does not change.
    pub key: DocumentKey,
    /// Path below the folder.
    pub path: DocumentPath,
    /// Kind of the document.
    pub kind: DocumentKind,
    /// Result for its latest bytes.
    pub state: DocumentState,
    /// The identity of those bytes.
    pub checksum: Checksum,
    /// Their number.
    pub size: u64,
    /// Name of its encoding in the Encoding Standard, for example `UTF-8`.
    pub encoding: String,
    /// Time of the last change of the file. `None` if the file system does not report it.
    pub modified_at: Option<Timestamp>,
    /// Time at which the document was read.
    pub ingested_at: Timestamp,
    /// The revision whose content is served, if any is.
    pub published_revision: Option<RevisionNumber>,
    /// Diagnostics for its editor.
    pub diagnostics: Vec<Diagnostic>,
}

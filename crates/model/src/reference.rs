//! References of a document to other files. They are checked after every change of the folder.

use crate::page::PageTarget;
use crate::path::DocumentPath;
use crate::position::Position;

/// Something that a document counts on, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Target of the reference.
    pub target: ReferenceTarget,
    /// Position in the document.
    pub position: Position,
    /// The line that it stands on.
    pub excerpt: Option<String>,
}

impl Reference {
    /// A reference whose line is not known yet.
    pub fn at(position: Position, target: ReferenceTarget) -> Self {
        Self { target, position, excerpt: None }
    }
}

/// Target of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceTarget {
    /// A page that it links to.
    Page(PageTarget),
    /// A file that it links to.
    File(DocumentPath),
    /// A file that it shows.
    Image(DocumentPath),
}

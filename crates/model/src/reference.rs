//! References of a document to other files. They are checked after each change of the folder.

use crate::page::PageTarget;
use crate::path::DocumentPath;
use crate::position::Position;

/// A reference to another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Target of the reference.
    pub target: ReferenceTarget,
    /// Position in the document.
    pub position: Position,
    /// Text of the line that contains the reference. `None` if it is not known yet.
    pub excerpt: Option<String>,
}

impl Reference {
    /// Creates a reference without an excerpt.
    pub fn at(position: Position, target: ReferenceTarget) -> Self {
        Self { target, position, excerpt: None }
    }
}

/// Target of a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceTarget {
    /// Target page of a link.
    Page(PageTarget),
    /// Target file of a link.
    File(DocumentPath),
    /// File of an image.
    Image(DocumentPath),
}

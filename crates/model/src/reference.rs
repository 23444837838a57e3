//! What a document counts on in other files: whether its links lead somewhere is known only with them.

use crate::page::PageTarget;
use crate::path::DocumentPath;
use crate::position::Position;

/// Something that a document counts on, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What.
    pub target: Target,
    /// Where in the document.
    pub position: Position,
    /// The line that it stands on.
    pub excerpt: Option<String>,
}

impl Reference {
    /// A reference whose line is not known yet.
    pub fn at(position: Position, target: Target) -> Self {
        Self { target, position, excerpt: None }
    }
}

/// What a document counts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A page that it links to.
    Page(PageTarget),
    /// A file that it links to.
    File(DocumentPath),
    /// A file that it shows.
    Image(DocumentPath),
}

//! Places in a document's text.

use serde::{Deserialize, Serialize};

/// A place in a document, as an editor's text editor counts: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// The start of a line.
    pub fn line(line: u32) -> Self {
        Self { line, column: 1 }
    }
}

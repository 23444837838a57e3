//! Positions in the text of a document.

use serde::{Deserialize, Serialize};

/// Line and column, as text editors count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Position {
    /// Returns the position of the first character of a line.
    pub fn line(line: u32) -> Self {
        Self { line, column: 1 }
    }
}

//! Id of a row.

use serde::{Deserialize, Serialize};

/// Id of a row of content. Ids are unique in one table. The content of a row never changes.
///
/// SQLite can give the id of a pruned row to a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(i64);

impl RowId {
    /// Creates an id from its number.
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the number.
    pub fn get(self) -> i64 {
        self.0
    }
}

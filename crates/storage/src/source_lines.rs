//! Line numbers of the parts of a plan in its document.

use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, MeasureKey};
use serde::{Deserialize, Serialize};

/// Line numbers by key. Stored apart from the content: a line inserted at the top of a document changes all
/// line numbers and no content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceLines {
    pub(crate) categories: HashMap<CategoryKey, u32>,
    pub(crate) measures: HashMap<MeasureKey, u32>,
}

//! Weighted keywords of a page.

use serde::{Deserialize, Serialize};

/// A keyword and its weight in thousandths. The weight is an integer, so that storing it loses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term(pub String, pub u32);

//! The heaviest words of a page.

use serde::{Deserialize, Serialize};

/// A word of a page, and what it weighs there, in thousandths: a whole number is stored and read back the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term(pub String, pub u32);

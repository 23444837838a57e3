//! Text of a hit: the best section of a page, an excerpt, and the highlighted words.

pub mod excerpt;
pub(crate) mod highlight;
pub mod section;

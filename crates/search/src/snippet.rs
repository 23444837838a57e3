//! The text that a hit shows: the best section of a page, an excerpt of it, and the highlighted words.

pub mod excerpt;
pub(crate) mod highlight;
pub mod section;

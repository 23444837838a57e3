//! A support service, as the page that describes it says.
//!
//! Such pages are written to a pattern: a heading with name and acronym, a sentence that designates an organisation, a
//! box that says what a support service is, a section that announces its missions. [`sentence`] reads the sentence,
//! [`missions`] finds the missions whichever shortcode holds them. The front matter has the last word.

mod missions;
mod piece;
mod reader;
mod sentence;

pub(crate) use reader::{is_service, read};

//! Extracts the facts of a support service from the page that describes it.
//!
//! Such pages follow a pattern: a heading with name and acronym, a sentence that designates an
//! organisation, a callout that defines support services, and a section that announces the missions.
//!
//! `designation` parses the sentence and `missions` finds the missions. Fields of the front matter override
//! all facts from the text.

mod designation;
mod flat_block;
mod missions;
mod parser;

pub(crate) use parser::{is_service, read};

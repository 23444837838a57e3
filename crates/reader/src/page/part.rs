//! The parts of a body.

use passerelle_model::position::Position;
use serde_json::{Map, Value};

use super::vocabulary::Role;

/// A part of a body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// Markdown.
    Markdown(Run),
    /// A shortcode that cuts the text in two.
    Shortcode(Shortcode),
    /// Text between two box marks, or in a shortcode or container that means the same.
    Callout {
        /// The word between the underscores, or the title that was given.
        label: String,
        /// What is in the box.
        children: Vec<Part>,
    },
}

/// A run of Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Run {
    /// The Markdown, with slots where shortcodes stand in its sentences.
    pub(super) text: String,
    /// The line on which it begins, from 1.
    pub(super) line: u32,
    /// The images and other shortcodes in its sentences.
    pub(super) inline: Vec<Shortcode>,
    /// Whether it is the rest of the run before it.
    pub(super) is_continued: bool,
}

/// A shortcode with what is inside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shortcode {
    /// Its name.
    pub(super) name: String,
    /// What it becomes.
    pub(super) role: Role,
    /// What it was given.
    pub(super) args: Map<String, Value>,
    /// What the editor wrote, from its mark to its end.
    pub(super) raw: String,
    /// Where it stands.
    pub(super) position: Position,
    /// What is inside it.
    pub(super) children: Vec<Part>,
}

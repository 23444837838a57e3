//! Nodes of a parsed page body.

use passerelle_model::position::Position;
use serde_json::{Map, Value};

use super::shortcodes::ShortcodeRole;

/// A node of the body tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum BodyNode {
    /// Markdown without block shortcodes.
    Markdown(MarkdownRun),
    /// A block shortcode or a container. It ends the Markdown before it.
    Shortcode(Shortcode),
    /// Content between two callout markers, or in a callout shortcode or container.
    Callout {
        /// The word of the marker, for example `ENCADRÉ`, or the title argument.
        label: String,
        /// Content of the callout.
        children: Vec<BodyNode>,
    },
}

/// A run of Markdown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct MarkdownRun {
    /// Markdown with placeholders for inline shortcodes.
    pub(super) text: String,
    /// Line of the document on which the run starts, from 1.
    pub(super) line: u32,
    /// Images and other shortcodes inside sentences, in document order.
    pub(super) inline: Vec<Shortcode>,
    /// True if the run continues the run before it, without a marker between them.
    pub(super) is_continued: bool,
}

/// A shortcode or container with its content.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shortcode {
    /// Name without `end`, for example `gridItem`.
    pub(super) name: String,
    /// Role, which decides the resulting block.
    pub(super) role: ShortcodeRole,
    /// Arguments by name. Arguments without a name have the keys `"0"`, `"1"` and so on.
    pub(super) args: Map<String, Value>,
    /// Source text from the start tag to the end tag. Only the start tag if the page exceeds its budget.
    pub(super) raw: String,
    /// Position of the start tag in the document.
    pub(super) position: Position,
    /// Content between the tags. Empty without an end tag.
    pub(super) children: Vec<BodyNode>,
}

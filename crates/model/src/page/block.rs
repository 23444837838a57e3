//! The parts of a page.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collection;
use super::image::Image;
use super::link::Link;
use crate::placeholder::{LinkStart, Placeholder};
use crate::rich_text::RichText;

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its name within the page: what it is and what it is about. It stays while its heading, its target or its source
    /// does, wherever the block moves.
    pub id: String,
    /// Kind of the block.
    pub kind: BlockKind,
    /// Own content. Empty if the children contain all of it, see [`Block::content`].
    #[serde(default, skip_serializing_if = "RichText::is_empty")]
    pub own: RichText,
    /// The blocks inside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Block>,
}

/// Kind of a block, with the fields of that kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BlockKind {
    /// Running text. Its children are the images and shortcodes in its sentences.
    RichText,
    /// A boxed part.
    Callout {
        /// The word between the underscores, or the title that the shortcode was given.
        label: String,
    },
    /// An image on its own.
    Image(Image),
    /// A link on its own: a button.
    Link(Link),
    /// A part of the layout: a section, a grid, columns, and what is in them.
    Section {
        /// The shortcode's name: `section`, `gridItem`.
        name: String,
        /// Arguments of the shortcode.
        args: Map<String, Value>,
    },
    /// A list of pages.
    Collection {
        /// Pages of the list.
        collection: Collection,
        /// Arguments of the shortcode.
        args: Map<String, Value>,
    },
    /// Any other shortcode or container.
    Shortcode {
        /// Its name.
        name: String,
        /// Arguments of the shortcode. Arguments without a name have the keys `"0"`, `"1"` and so on.
        args: Map<String, Value>,
        /// What the editor wrote: all of it, or the opening tag alone where a page nests so much that all of it over and
        /// over would weigh many times the page.
        raw: String,
    },
}

impl Block {
    /// All that it says, its children included.
    pub fn content(&self) -> RichText {
        RichText::join([self])
    }

    /// The element around its children in the HTML, as it opens and as it closes.
    fn wrapper_tags(&self) -> Option<(String, String)> {
        let tag = |open: &str, close: &str| Some((open.to_owned(), close.to_owned()));
        match &self.kind {
            BlockKind::RichText | BlockKind::Image(_) | BlockKind::Collection { .. } => None,
            BlockKind::Callout { .. } => tag("<aside>", "</aside>"),
            BlockKind::Section { name, .. } if name.starts_with("section") => tag("<section>", "</section>"),
            BlockKind::Section { .. } | BlockKind::Shortcode { .. } => tag("<div>", "</div>"),
            BlockKind::Link(link) => {
                let destination = link.destination.clone()?;
                let opening = Placeholder::LinkStart(LinkStart {
                    kind: link.kind,
                    destination,
                    new_window: link.new_window,
                });
                Some((opening.encode(), Placeholder::LinkEnd.encode()))
            }
        }
    }
}

impl RichText {
    /// Joins the content of several blocks, in order.
    pub fn join<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Self {
        let mut output = Self::default();
        for block in blocks {
            append_block(block, &mut output);
        }
        output
    }
}

/// Writes into one text, however deep: nothing is copied once a level.
fn append_block(block: &Block, output: &mut RichText) {
    if !block.own.is_empty() || block.children.is_empty() {
        output.push(&block.own);
        return;
    }
    let wrapper_start = output.html.len();
    let wrapper_tags = block.wrapper_tags();
    if let Some((open, _)) = &wrapper_tags {
        output.push(&RichText { html: open.clone(), ..RichText::default() });
    }
    let content_start = output.html.len();
    for child in &block.children {
        append_block(child, output);
    }
    if output.html.len() == content_start {
        // Nothing to see: no empty element either.
        output.html.truncate(wrapper_start);
    } else if let Some((_, close)) = wrapper_tags {
        output.push(&RichText { html: close, ..RichText::default() });
    }
}

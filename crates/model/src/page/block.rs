//! The parts of a page.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collection;
use super::image::Image;
use super::link::Link;
use crate::rich_text::RichText;
use crate::slot::{Opening, Slot};

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its name within the page: what it is and what it is about. It stays while its heading, its target or its source
    /// does, wherever the block moves.
    pub id: String,
    /// What it is.
    pub kind: BlockKind,
    /// What it says itself. Nothing where its children say all of it: see [`Block::content`].
    #[serde(default, skip_serializing_if = "RichText::is_empty")]
    pub own: RichText,
    /// The blocks inside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Block>,
}

/// What a block is, with what only such a block has.
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
        /// What it was given.
        args: Map<String, Value>,
    },
    /// A list of pages.
    Collection {
        /// Which pages.
        collection: Collection,
        /// What the shortcode was given.
        args: Map<String, Value>,
    },
    /// Any other shortcode or container.
    Shortcode {
        /// Its name.
        name: String,
        /// What it was given; arguments without a name under `"0"`, `"1"` and so on.
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
    fn element(&self) -> Option<(String, String)> {
        let tag = |open: &str, close: &str| Some((open.to_owned(), close.to_owned()));
        match &self.kind {
            BlockKind::RichText | BlockKind::Image(_) | BlockKind::Collection { .. } => None,
            BlockKind::Callout { .. } => tag("<aside>", "</aside>"),
            BlockKind::Section { name, .. } if name.starts_with("section") => tag("<section>", "</section>"),
            BlockKind::Section { .. } | BlockKind::Shortcode { .. } => tag("<div>", "</div>"),
            BlockKind::Link(link) => {
                let destination = link.destination.clone()?;
                let opening =
                    Slot::Open(Opening { kind: link.kind, destination, new_window: link.new_window });
                Some((opening.encode(), Slot::Close.encode()))
            }
        }
    }
}

impl RichText {
    /// What blocks say, one after the other.
    pub fn join<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Self {
        let mut whole = Self::default();
        for block in blocks {
            append(block, &mut whole);
        }
        whole
    }
}

/// Writes into one text, however deep: nothing is copied once a level.
fn append(block: &Block, whole: &mut RichText) {
    if !block.own.is_empty() || block.children.is_empty() {
        whole.push(&block.own);
        return;
    }
    let before = whole.html.len();
    let element = block.element();
    if let Some((open, _)) = &element {
        whole.push(&RichText { html: open.clone(), ..RichText::default() });
    }
    let inside = whole.html.len();
    for child in &block.children {
        append(child, whole);
    }
    if whole.html.len() == inside {
        // Nothing to see: no empty element either.
        whole.html.truncate(before);
    } else if let Some((_, close)) = element {
        whole.push(&RichText { html: close, ..RichText::default() });
    }
}

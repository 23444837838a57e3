//! Blocks: the parts of a page.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::collection::Collection;
use super::image::Image;
use super::link::{Destination, Link};
use crate::placeholder::{LinkStart, Placeholder};
use crate::rich_text::RichText;

/// A part of a page, for example an image or a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Id of the block, unique in the page. It is built from the kind and the heading, target or source, so
    /// it does not change when the block moves.
    pub id: String,
    /// Kind of the block.
    pub kind: BlockKind,
    /// Own content. Empty if the children contain the whole content, see [`Block::content`].
    #[serde(default, skip_serializing_if = "RichText::is_empty")]
    pub own: RichText,
    /// Numbers of the notes of the page that its own content references, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub footnotes: Vec<u32>,
    /// Nested blocks, in document order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Block>,
}

/// Kind of a block, with the fields of that kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BlockKind {
    /// Running text. Its children are the images and shortcodes inside its sentences.
    RichText,
    /// A box that stands out from the text.
    Callout {
        /// Word between the underscores, or the title argument of the shortcode.
        label: String,
    },
    /// An image outside running text.
    Image(Image),
    /// A link outside running text, shown as a button.
    Link(Link),
    /// A layout element, for example a section or a grid.
    Section {
        /// Name of the shortcode, for example `section` or `gridItem`.
        name: String,
        /// Arguments of the shortcode.
        args: Map<String, Value>,
    },
    /// A frame or video of another site, or a video file. Its HTML is a link; a front end shows the frame.
    Embed {
        /// Name of the provider, for example `YouTube`. `None` for an unknown provider.
        provider: Option<String>,
        /// Address or file.
        destination: Destination,
        /// Title of the frame, for example `Visite du jardin`. `None` if it has none.
        title: Option<String>,
    },
    /// A list of pages.
    Collection {
        /// Query that selects the pages.
        collection: Collection,
        /// Arguments of the shortcode.
        args: Map<String, Value>,
    },
    /// Any other shortcode or container.
    Shortcode {
        /// Name of the shortcode.
        name: String,
        /// Arguments of the shortcode. Arguments without a name have the keys `"0"`, `"1"` and so on.
        args: Map<String, Value>,
        /// Source of the shortcode as written. Contains only the opening tag if the page nests so deeply
        /// that complete sources would multiply its size.
        raw: String,
    },
}

impl Block {
    /// Returns the content of the block and its children.
    pub fn content(&self) -> RichText {
        RichText::join([self])
    }

    /// Returns the opening and closing HTML tags around the children. Returns `None` if no element is
    /// needed.
    fn wrapper_tags(&self) -> Option<(String, String)> {
        let tag = |open: &str, close: &str| Some((open.to_owned(), close.to_owned()));
        match &self.kind {
            BlockKind::RichText
            | BlockKind::Image(_)
            | BlockKind::Embed { .. }
            | BlockKind::Collection { .. } => None,
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

/// Appends to one buffer at every depth, so that nested content is copied once.
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
        // Do not write an empty element.
        output.html.truncate(wrapper_start);
    } else if let Some((_, close)) = wrapper_tags {
        output.push(&RichText { html: close, ..RichText::default() });
    }
}

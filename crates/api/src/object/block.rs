//! The parts of a page, by what they are.

use async_graphql::{ID, Interface, Object};
use passerelle_document::page::{self, BlockKind};

use super::page::ImageObject;
use super::{Json, RichTextObject};

/// A part of a page.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its name within the page."),
    field(name = "content", ty = "RichTextObject", desc = "All of it, its children included."),
    field(name = "children", ty = "Vec<Block>", desc = "The blocks inside it.")
)]
pub(crate) enum Block {
    /// Running text.
    RichText(RichTextBlock),
    /// The boxed part.
    Callout(CalloutBlock),
    /// An image on its own.
    Image(ImageBlock),
    /// A section of the layout.
    Section(SectionBlock),
    /// Any other shortcode.
    Shortcode(ShortcodeBlock),
}

/// The view of a block.
pub(super) fn block_view(block: &page::Block) -> Block {
    let block = block.clone();
    match block.kind {
        BlockKind::RichText => Block::RichText(RichTextBlock(block)),
        BlockKind::Callout { .. } => Block::Callout(CalloutBlock(block)),
        BlockKind::Image(_) => Block::Image(ImageBlock(block)),
        BlockKind::Section { .. } => Block::Section(SectionBlock(block)),
        BlockKind::Shortcode { .. } => Block::Shortcode(ShortcodeBlock(block)),
    }
}

fn id(block: &page::Block) -> ID {
    ID::from(&block.id)
}

fn content(block: &page::Block) -> RichTextObject {
    RichTextObject(block.content.clone())
}

fn children(block: &page::Block) -> Vec<Block> {
    block.children.iter().map(block_view).collect()
}

/// Running text.
pub(crate) struct RichTextBlock(page::Block);

/// Running text: paragraphs, headings, lists, tables.
#[Object]
impl RichTextBlock {
    /// Its name within the page.
    async fn id(&self) -> ID {
        id(&self.0)
    }

    /// All of it.
    async fn content(&self) -> RichTextObject {
        content(&self.0)
    }

    /// The blocks inside it: none.
    async fn children(&self) -> Vec<Block> {
        children(&self.0)
    }
}

/// A box.
pub(crate) struct CalloutBlock(page::Block);

/// The part between two lines `____ENCADRÉ____`.
#[Object]
impl CalloutBlock {
    /// Its name within the page.
    async fn id(&self) -> ID {
        id(&self.0)
    }

    /// All of it, its children included.
    async fn content(&self) -> RichTextObject {
        content(&self.0)
    }

    /// The blocks inside it.
    async fn children(&self) -> Vec<Block> {
        children(&self.0)
    }

    /// The word between the underscores: `ENCADRÉ`.
    async fn label(&self) -> &str {
        match &self.0.kind {
            BlockKind::Callout { label } => label,
            _ => "",
        }
    }
}

/// An image.
pub(crate) struct ImageBlock(page::Block);

/// An image on its own.
#[Object]
impl ImageBlock {
    /// Its name within the page.
    async fn id(&self) -> ID {
        id(&self.0)
    }

    /// The image as HTML and Markdown; its text is the alternative text.
    async fn content(&self) -> RichTextObject {
        content(&self.0)
    }

    /// The blocks inside it: none.
    async fn children(&self) -> Vec<Block> {
        children(&self.0)
    }

    /// The image.
    async fn image(&self) -> Option<ImageObject> {
        match &self.0.kind {
            BlockKind::Image(image) => Some(ImageObject(image.clone())),
            _ => None,
        }
    }
}

/// A section.
pub(crate) struct SectionBlock(page::Block);

/// A section of the layout, such as `{% section blocks=[…] %}`.
#[Object]
impl SectionBlock {
    /// Its name within the page.
    async fn id(&self) -> ID {
        id(&self.0)
    }

    /// All of it, its children included.
    async fn content(&self) -> RichTextObject {
        content(&self.0)
    }

    /// The blocks inside it.
    async fn children(&self) -> Vec<Block> {
        children(&self.0)
    }

    /// The name of the shortcode: `section`, `sectionGrid`.
    async fn name(&self) -> &str {
        match &self.0.kind {
            BlockKind::Section { name, .. } => name,
            _ => "",
        }
    }

    /// What the shortcode was given.
    async fn args(&self) -> Json {
        match &self.0.kind {
            BlockKind::Section { args, .. } => Json(args.clone().into()),
            _ => Json(serde_json::Value::Null),
        }
    }
}

/// Any other shortcode.
pub(crate) struct ShortcodeBlock(page::Block);

/// A shortcode that has no block of its own: never an error, never lost.
#[Object]
impl ShortcodeBlock {
    /// Its name within the page.
    async fn id(&self) -> ID {
        id(&self.0)
    }

    /// All of it, its children included.
    async fn content(&self) -> RichTextObject {
        content(&self.0)
    }

    /// The blocks inside it.
    async fn children(&self) -> Vec<Block> {
        children(&self.0)
    }

    /// Its name.
    async fn name(&self) -> &str {
        match &self.0.kind {
            BlockKind::Shortcode { name, .. } => name,
            _ => "",
        }
    }

    /// What it was given; arguments without a name under `"0"`, `"1"` and so on.
    async fn args(&self) -> Json {
        match &self.0.kind {
            BlockKind::Shortcode { args, .. } => Json(args.clone().into()),
            _ => Json(serde_json::Value::Null),
        }
    }

    /// What the editor wrote.
    async fn raw(&self) -> &str {
        match &self.0.kind {
            BlockKind::Shortcode { raw, .. } => raw,
            _ => "",
        }
    }
}

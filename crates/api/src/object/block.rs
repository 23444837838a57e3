//! The parts of a page, by what they are.

use async_graphql::{Context, ID, Interface, Object};
use passerelle_model::page::{self, BlockKind};

use super::connection::PageConnection;
use super::image::ImageObject;
use super::link::LinkObject;
use super::{Json, RichTextObject};
use crate::context::view;
use crate::error::ApiError;
use crate::input::{WindowArgs, collection_query};

/// A part of a page.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Its name within the page: what it is and what it is about."),
    field(name = "content", ty = "RichTextObject", desc = "All that it says, its children included."),
    field(name = "children", ty = "Vec<Block>", desc = "The blocks inside it.")
)]
pub(crate) enum Block {
    /// Running text.
    RichText(RichTextBlock),
    /// A boxed part.
    Callout(CalloutBlock),
    /// An image on its own.
    Image(ImageBlock),
    /// A link on its own.
    Link(LinkBlock),
    /// A part of the layout.
    Section(SectionBlock),
    /// A list of pages.
    Collection(CollectionBlock),
    /// Any other shortcode or container.
    Shortcode(ShortcodeBlock),
}

/// The view of a block.
pub(super) fn block_view(block: &page::Block) -> Block {
    let block = block.clone();
    match block.kind {
        BlockKind::RichText => Block::RichText(RichTextBlock(block)),
        BlockKind::Callout { .. } => Block::Callout(CalloutBlock(block)),
        BlockKind::Image(_) => Block::Image(ImageBlock(block)),
        BlockKind::Link(_) => Block::Link(LinkBlock(block)),
        BlockKind::Section { .. } => Block::Section(SectionBlock(block)),
        BlockKind::Collection { .. } => Block::Collection(CollectionBlock(block)),
        BlockKind::Shortcode { .. } => Block::Shortcode(ShortcodeBlock(block)),
    }
}

/// A kind of block: the fields of the interface, and its own.
macro_rules! block {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        /// The view of a block of this kind.
        pub(crate) struct $name(page::Block);

        $(#[$doc])*
        #[Object]
        impl $name {
            /// Its name within the page: what it is and what it is about. It stays when the block moves.
            async fn id(&self) -> ID {
                ID::from(&self.0.id)
            }

            /// All that it says, its children included.
            async fn content(&self) -> RichTextObject<'_> {
                RichTextObject::made(self.0.content())
            }

            /// The blocks inside it.
            async fn children(&self) -> Vec<Block> {
                self.0.children.iter().map(block_view).collect()
            }

            $($own)*
        }
    };
}

block! {
    /// Running text: paragraphs, headings, lists, tables. Its children are the images and shortcodes in its sentences.
    RichTextBlock {}
}

block! {
    /// A boxed part: between two lines `____ENCADRÉ____`, or in `{% callout %}` or `::: note`.
    CalloutBlock {
        /// The word between the underscores, or the title that was given: `ENCADRÉ`.
        async fn label(&self) -> &str {
            match &self.0.kind {
                BlockKind::Callout { label } => label,
                _ => "",
            }
        }
    }
}

block! {
    /// An image on its own. Its text is the alternative text.
    ImageBlock {
        /// The image.
        async fn image(&self) -> Option<ImageObject> {
            match &self.0.kind {
                BlockKind::Image(image) => Some(ImageObject(image.clone())),
                _ => None,
            }
        }
    }
}

block! {
    /// A link on its own, such as a button. Its children are the images in it, or all that it is around.
    LinkBlock {
        /// The link.
        async fn link(&self) -> Option<LinkObject> {
            match &self.0.kind {
                BlockKind::Link(link) => Some(LinkObject(link.clone())),
                _ => None,
            }
        }
    }
}

block! {
    /// A part of the layout: `{% section %}`, `{% grid %}`, `{% twoColumns %}` and what they are made of.
    SectionBlock {
        /// The name of the shortcode: `section`, `gridItem`.
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
}

/// The view of a list of pages. Written out, for what a field costs cannot be said in a macro.
pub(crate) struct CollectionBlock(page::Block);

/// A list of pages: `{% collection %}`. Its content is a list of links to them.
#[Object]
impl CollectionBlock {
    /// Its name within the page: what it is and what it is about. It stays when the block moves.
    async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// All that it says.
    async fn content(&self) -> RichTextObject<'_> {
        RichTextObject::made(self.0.content())
    }

    /// The blocks inside it: none.
    async fn children(&self) -> Vec<Block> {
        Vec::new()
    }

    /// The name of the folder or of the tag that the pages have in common.
    async fn name(&self) -> &str {
        match &self.0.kind {
            BlockKind::Collection { collection, .. } => &collection.name,
            _ => "",
        }
    }

    /// What the shortcode was given.
    async fn args(&self) -> Json {
        match &self.0.kind {
            BlockKind::Collection { args, .. } => Json(args.clone().into()),
            _ => Json(serde_json::Value::Null),
        }
    }

    /// The pages, in the order that the editor wants.
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start; as many as the editor wants or 20 unless given, 100 at most."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<PageConnection, ApiError> {
        let BlockKind::Collection { collection, .. } = &self.0.kind else {
            return Err(crate::error::Defect("a block of another kind").into());
        };
        let (query, order) = collection_query(collection, WindowArgs { first, after, last, before })?;
        PageConnection::load(&view(ctx)?, query, order).await
    }
}

block! {
    /// A shortcode or container that has no block of its own: never an error, never lost.
    ShortcodeBlock {
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
}

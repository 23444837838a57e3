//! Blocks, the parts of the content of a page. There is one object type per kind of block.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object};
use passerelle_model::page::{self, BlockKind};
use passerelle_model::rich_text::RichText;

use super::connection::PageConnection;
use super::image::ImageObject;
use super::link::LinkObject;
use super::progress::to_int;
use super::{Json, RichTextObject};
use crate::context::{revision_context, view};
use crate::error::{ApiError, InvariantError};
use crate::input::{PaginationArgs, block_id, collection_query};
use crate::loader::PageBlocks;
use crate::response_count::{counted, counted_text};

/// Part of a page. `blocks` of `Page` lists the blocks of a page in document order.
#[derive(Interface)]
#[graphql(
    field(
        name = "id",
        ty = "ID",
        desc = "Id of the block, opaque, unique in the service. It is derived from the page and from the kind and \
            the content of the block, so it stays the same when the block moves. `node` does not find blocks."
    ),
    field(
        name = "parent_id",
        ty = "Option<ID>",
        desc = "Id of the block that contains this one. Null for a block at the top of the page."
    ),
    field(
        name = "depth",
        ty = "i32",
        desc = "Number of blocks that contain this one. `0` for a block at the top of the page."
    ),
    field(name = "content", ty = "RichTextObject", desc = "Content of the block, including its children."),
    field(
        name = "own_content",
        ty = "super::RichTextObject",
        desc = "Content of the block without what its parent and its children contain. The own contents of all \
            blocks in document order are the content of the page, each part once. Its formats are empty strings \
            for a container, and for an image or shortcode inside running text, whose text contains it."
    ),
    field(
        name = "children",
        ty = "Vec<Block>",
        desc = "Nested blocks, in document order. Empty if the block contains no other block."
    )
)]
pub(crate) enum Block {
    RichText(RichTextBlock),
    Callout(CalloutBlock),
    Image(ImageBlock),
    Link(LinkBlock),
    Embed(EmbedBlock),
    Section(SectionBlock),
    Collection(CollectionBlock),
    Shortcode(ShortcodeBlock),
}

/// Block with the blocks of its page. They are shared, so nested blocks are not copied.
pub(crate) struct PageBlock {
    page: Arc<PageBlocks>,
    /// Indexes of the blocks from the top of the page to this one. Never empty.
    path: Vec<usize>,
}

impl PageBlock {
    fn block(&self) -> &page::Block {
        block_at(&self.page, &self.path)
    }

    fn kind(&self) -> &BlockKind {
        &self.block().kind
    }

    fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        Ok(block_id(&self.page.page, &self.block().id, revision_context(ctx)?.id_revision()))
    }

    /// Returns the path of the block that contains this one. `None` at the top of the page.
    fn parent_path(&self) -> Option<&[usize]> {
        self.path.split_last().map(|(_, above)| above).filter(|above| !above.is_empty())
    }

    fn parent_id(&self, ctx: &Context<'_>) -> Result<Option<ID>, ApiError> {
        let Some(parent) = self.parent_path() else { return Ok(None) };
        let parent = &block_at(&self.page, parent).id;
        Ok(Some(block_id(&self.page.page, parent, revision_context(ctx)?.id_revision())))
    }

    fn depth(&self) -> i32 {
        to_int(self.path.len().saturating_sub(1))
    }

    /// Returns the own content. Empty if a block above contains this one in its own text.
    fn own_content(&self) -> RichTextObject<'_> {
        let above = (1..self.path.len()).map(|length| block_at(&self.page, &self.path[..length]));
        let is_inside_text = above.into_iter().any(|block| !block.own.is_empty());
        if is_inside_text {
            return RichTextObject::owned(RichText::default());
        }
        RichTextObject::of(&self.block().own)
    }

    fn children(&self) -> Vec<Block> {
        let child = |index| to_object(&self.page, [self.path.as_slice(), &[index]].concat());
        (0..self.block().children.len()).map(child).collect()
    }
}

/// Returns the error of a block whose kind is not that of its object type.
fn other_kind() -> ApiError {
    InvariantError("a block has another kind than its type").into()
}

/// Returns the block at a path that is not empty.
fn block_at<'p>(page: &'p PageBlocks, path: &[usize]) -> &'p page::Block {
    let mut block = &page.blocks[path[0]];
    for index in &path[1..] {
        block = &block.children[*index];
    }
    block
}

/// Returns the blocks at the top of a page.
pub(super) fn top_blocks(page: &Arc<PageBlocks>) -> Vec<Block> {
    (0..page.blocks.len()).map(|index| to_object(page, vec![index])).collect()
}

/// Returns all blocks of a page in document order, each before its children.
pub(super) fn flat_blocks(page: &Arc<PageBlocks>) -> Vec<Block> {
    let mut flat = Vec::new();
    append_flat(page, &page.blocks, &mut Vec::new(), &mut flat);
    flat
}

/// Appends blocks and all blocks below them. `path` is the path of their parent.
fn append_flat(page: &Arc<PageBlocks>, blocks: &[page::Block], path: &mut Vec<usize>, flat: &mut Vec<Block>) {
    for (index, block) in blocks.iter().enumerate() {
        path.push(index);
        flat.push(to_object(page, path.clone()));
        append_flat(page, &block.children, path, flat);
        path.pop();
    }
}

/// Wraps the block at a path in the object type of its kind.
fn to_object(page: &Arc<PageBlocks>, path: Vec<usize>) -> Block {
    let block = PageBlock { page: Arc::clone(page), path };
    match block.kind() {
        BlockKind::RichText => Block::RichText(RichTextBlock(block)),
        BlockKind::Callout { .. } => Block::Callout(CalloutBlock(block)),
        BlockKind::Image(_) => Block::Image(ImageBlock(block)),
        BlockKind::Link(_) => Block::Link(LinkBlock(block)),
        BlockKind::Embed { .. } => Block::Embed(EmbedBlock(block)),
        BlockKind::Section { .. } => Block::Section(SectionBlock(block)),
        BlockKind::Collection { .. } => Block::Collection(CollectionBlock(block)),
        BlockKind::Shortcode { .. } => Block::Shortcode(ShortcodeBlock(block)),
    }
}

/// Defines the object type of a kind of block: the fields of the interface `Block`, then its own fields.
macro_rules! block {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        pub(crate) struct $name(PageBlock);

        $(#[$doc])*
        #[Object]
        impl $name {
            /// Id of the block, opaque, unique in the service. It is derived from the page and from the kind
            /// and the content of the block, so it stays the same when the block moves. `node` does not find
            /// blocks.
            async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
                self.0.id(ctx)
            }

            /// Content of the block, including its children.
            async fn content(&self) -> RichTextObject<'_> {
                RichTextObject::owned(self.0.block().content())
            }

            /// Numbers of the notes of the page that the block itself references, in order. The list of
            /// notes is the last block of the page. Empty if it references none.
            async fn footnotes(&self) -> &[u32] {
                &self.0.block().footnotes
            }

            /// Nested blocks, in document order. Empty if the block contains no other block.
            async fn children(&self, ctx: &Context<'_>) -> Vec<Block> {
                counted(ctx, self.0.children())
            }

            /// Id of the block that contains this one. Null for a block at the top of the page.
            async fn parent_id(&self, ctx: &Context<'_>) -> Result<Option<ID>, ApiError> {
                self.0.parent_id(ctx)
            }

            /// Number of blocks that contain this one. `0` for a block at the top of the page.
            async fn depth(&self) -> i32 {
                self.0.depth()
            }

            /// Content of the block without what its parent and its children contain. The own contents of all
            /// blocks in document order are the content of the page, each part once. Its formats are empty
            /// strings for a container, and for an image or shortcode inside running text, whose text
            /// contains it.
            async fn own_content(&self) -> RichTextObject<'_> {
                self.0.own_content()
            }

            $($own)*
        }
    };
}

block! {
    /// Running text: paragraphs, headings, lists and tables. Its children are the images and shortcodes
    /// inside the text.
    RichTextBlock {}
}

block! {
    /// Boxed text, written between two lines `____ENCADRÉ____`, in `{% callout %}` or in `::: note`.
    CalloutBlock {
        /// The word between the underscores, or the title of the box, for example `ENCADRÉ`.
        async fn label(&self) -> Result<&str, ApiError> {
            match self.0.kind() {
                BlockKind::Callout { label } => Ok(label),
                _ => Err(other_kind()),
            }
        }
    }
}

block! {
    /// Image outside running text. The plain text of `content` is the alternative text of the image.
    ImageBlock {
        /// The image with its address and size.
        async fn image(&self) -> Result<ImageObject, ApiError> {
            match self.0.kind() {
                BlockKind::Image(image) => Ok(ImageObject::new(image.clone())),
                _ => Err(other_kind()),
            }
        }
    }
}

block! {
    /// Link outside running text, for example a button. Its children are the blocks inside the link.
    LinkBlock {
        /// The link with its address and label.
        async fn link(&self) -> Result<LinkObject, ApiError> {
            match self.0.kind() {
                BlockKind::Link(link) => Ok(LinkObject(link.clone())),
                _ => Err(other_kind()),
            }
        }
    }
}

block! {
    /// Frame or video, written as `<iframe>`, `<video>`, or as the address of a known provider alone on a
    /// line. The HTML of `content` is a link to it. A front end decides whether and how to show the frame.
    EmbedBlock {
        /// Name of the provider, for example `YouTube`. Null if the provider is not known.
        async fn provider(&self) -> Option<&str> {
            match self.0.kind() {
                BlockKind::Embed { provider, .. } => provider.as_deref(),
                _ => None,
            }
        }

        /// Address of the frame or video, for example `https://www.youtube.com/embed/abc`.
        async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
            match self.0.kind() {
                BlockKind::Embed { destination, .. } => {
                    let link = page::Link {
                        kind: page::LinkKind::External,
                        destination: Some(destination.clone()),
                        label: String::new(),
                        new_window: false,
                        is_broken_anchor: false,
                    };
                    LinkObject(link).resolve_url(ctx).await
                }
                _ => Err(other_kind()),
            }
        }

        /// Title of the frame, for example `Visite du jardin`. Null if the editor gave none.
        async fn title(&self) -> Option<&str> {
            match self.0.kind() {
                BlockKind::Embed { title, .. } => title.as_deref(),
                _ => None,
            }
        }
    }
}

block! {
    /// Layout container: `{% section %}`, `{% grid %}`, `{% twoColumns %}` or one of their parts.
    SectionBlock {
        /// Name of the shortcode, for example `section` or `gridItem`.
        async fn name(&self) -> Result<&str, ApiError> {
            match self.0.kind() {
                BlockKind::Section { name, .. } => Ok(name),
                _ => Err(other_kind()),
            }
        }

        /// Arguments of the shortcode as a JSON object, for example `{"columns": "2"}`. Arguments without a
        /// name have the keys `"0"`, `"1"` and so on. An empty object if the shortcode has no arguments.
        async fn args(&self) -> Result<Json, ApiError> {
            match self.0.kind() {
                BlockKind::Section { args, .. } => Ok(Json(args.clone().into())),
                _ => Err(other_kind()),
            }
        }
    }
}

/// Object type of a collection. It does not use the macro because its children are always empty.
pub(crate) struct CollectionBlock(PageBlock);

/// List of pages, written as `{% collection %}`. `content` is a list of links to the pages.
#[Object]
impl CollectionBlock {
    /// Id of the block, opaque, unique in the service. It is derived from the page and from the kind and the
    /// content of the block, so it stays the same when the block moves. `node` does not find blocks.
    async fn id(&self, ctx: &Context<'_>) -> Result<ID, ApiError> {
        self.0.id(ctx)
    }

    /// Links to the pages of the collection, as a list.
    async fn content(&self) -> RichTextObject<'_> {
        RichTextObject::owned(self.0.block().content())
    }

    /// Always empty. Use `pages` for the pages of the collection.
    async fn children(&self) -> Vec<Block> {
        Vec::new()
    }

    /// Id of the block that contains this one. Null for a block at the top of the page.
    async fn parent_id(&self, ctx: &Context<'_>) -> Result<Option<ID>, ApiError> {
        self.0.parent_id(ctx)
    }

    /// Number of blocks that contain this one. `0` for a block at the top of the page.
    async fn depth(&self) -> i32 {
        self.0.depth()
    }

    /// Content of the block without what its parent and its children contain. The own contents of all
    /// blocks in document order are the content of the page, each part once. Its formats are empty strings
    /// for a container, and for an image or shortcode inside running text, whose text contains it.
    async fn own_content(&self) -> RichTextObject<'_> {
        self.0.own_content()
    }

    /// Name of the folder or tag that the pages have in common, for example `formations`.
    async fn name(&self) -> Result<&str, ApiError> {
        match self.0.kind() {
            BlockKind::Collection { collection, .. } => Ok(&collection.name),
            _ => Err(other_kind()),
        }
    }

    /// Arguments of the shortcode as a JSON object, for example `{"columns": "2"}`. Arguments without a name
    /// have the keys `"0"`, `"1"` and so on. An empty object if the shortcode has no arguments.
    async fn args(&self) -> Result<Json, ApiError> {
        match self.0.kind() {
            BlockKind::Collection { args, .. } => Ok(Json(args.clone().into())),
            _ => Err(other_kind()),
        }
    }

    /// Pages of the collection, in the order that the shortcode specifies.
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Maximum number of pages, counted from the start of the list. Defaults to the limit that \
                the shortcode specifies, or 20. At most 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Return only items after this cursor, for example the last `pageInfo.endCursor`.")]
        after: Option<String>,
        #[graphql(
            desc = "Maximum number of items, counted from the end of the list. At most 100. Not allowed with \
                `first`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Return only items before this cursor, for example the last `pageInfo.startCursor`."
        )]
        before: Option<String>,
    ) -> Result<PageConnection, ApiError> {
        let BlockKind::Collection { collection, .. } = self.0.kind() else {
            return Err(other_kind());
        };
        let (query, order) = collection_query(collection, PaginationArgs { first, after, last, before })?;
        PageConnection::load(&view(ctx)?, query, order).await
    }
}

block! {
    /// Shortcode or container without a block type of its own. Use `raw` to render it yourself.
    ShortcodeBlock {
        /// Name of the shortcode or container, for example `video`.
        async fn name(&self) -> Result<&str, ApiError> {
            match self.0.kind() {
                BlockKind::Shortcode { name, .. } => Ok(name),
                _ => Err(other_kind()),
            }
        }

        /// Arguments of the shortcode as a JSON object, for example `{"columns": "2"}`. Arguments without a
        /// name have the keys `"0"`, `"1"` and so on. An empty object if the shortcode has no arguments.
        async fn args(&self) -> Result<Json, ApiError> {
            match self.0.kind() {
                BlockKind::Shortcode { args, .. } => Ok(Json(args.clone().into())),
                _ => Err(other_kind()),
            }
        }

        /// Source text as the editor wrote it, for example `{% video src="film.mp4" %}`.
        async fn raw(&self, ctx: &Context<'_>) -> Result<&str, ApiError> {
            match self.0.kind() {
                BlockKind::Shortcode { raw, .. } => Ok(counted_text(ctx, raw)),
                _ => Err(other_kind()),
            }
        }
    }
}

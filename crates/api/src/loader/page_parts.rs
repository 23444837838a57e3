//! Loader of the texts and blocks of pages. Their bytes are counted before they are read.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use passerelle_model::key::PageKey;
use passerelle_model::page::Block;
use passerelle_model::placeholder::TextFormat;
use passerelle_storage::PagePart;

use super::{LoadResult, ViewLoader, group_by_key};
use crate::error::ApiError;

/// Number of characters of a [`PageStartOf`]. It contains the first paragraph of almost every page.
pub(crate) const START_CHARACTERS: u32 = 4_000;

/// Key of the whole content of a page in one format.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PageTextOf(pub(crate) PageKey, pub(crate) TextFormat);

/// Key of the first [`START_CHARACTERS`] of the HTML of a page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PageStartOf(pub(crate) PageKey);

/// Key of the blocks of a page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PageBlocksOf(pub(crate) PageKey);

/// Blocks of a page.
pub(crate) struct PageBlocks {
    pub(crate) page: PageKey,
    pub(crate) blocks: Vec<Block>,
}

impl ViewLoader {
    /// Counts the bytes of a part of pages.
    ///
    /// # Errors
    /// See [`crate::response_bytes::ResponseBytes::count`].
    async fn count_parts(&self, part: PagePart, pages: &[PageKey]) -> Result<(), ApiError> {
        let sizes = self.view.page_part_sizes(part, pages).await?;
        self.source_bytes.count(sizes.values().fold(0, |sum: usize, size| sum.saturating_add(*size)))
    }
}

impl Loader<PageTextOf> for ViewLoader {
    type Value = Arc<String>;
    type Error = ApiError;

    async fn load(&self, keys: &[PageTextOf]) -> LoadResult<PageTextOf, Self::Value> {
        let mut loaded = HashMap::new();
        for (format, pages) in group_by_key(keys.iter().map(|key| (key.1, key.0.clone()))) {
            self.count_parts(PagePart::Text(format), &pages).await?;
            let texts = self.view.page_texts(format, &pages).await?.into_iter();
            loaded.extend(texts.map(|(page, text)| (PageTextOf(page, format), Arc::new(text))));
        }
        Ok(loaded)
    }
}

impl Loader<PageStartOf> for ViewLoader {
    type Value = Arc<String>;
    type Error = ApiError;

    async fn load(&self, keys: &[PageStartOf]) -> LoadResult<PageStartOf, Self::Value> {
        let pages: Vec<PageKey> = keys.iter().map(|key| key.0.clone()).collect();
        let starts = self.view.page_html_starts(&pages, START_CHARACTERS).await?.into_iter();
        Ok(starts.map(|(page, start)| (PageStartOf(page), Arc::new(start))).collect())
    }
}

impl Loader<PageBlocksOf> for ViewLoader {
    type Value = Arc<PageBlocks>;
    type Error = ApiError;

    async fn load(&self, keys: &[PageBlocksOf]) -> LoadResult<PageBlocksOf, Self::Value> {
        let pages: Vec<PageKey> = keys.iter().map(|key| key.0.clone()).collect();
        self.count_parts(PagePart::Blocks, &pages).await?;
        let blocks = self.view.page_blocks(&pages).await?.into_iter();
        let value = |(page, blocks): (PageKey, _)| {
            (PageBlocksOf(page.clone()), Arc::new(PageBlocks { page, blocks }))
        };
        Ok(blocks.map(value).collect())
    }
}

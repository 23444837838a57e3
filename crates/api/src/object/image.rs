//! An image of a page.

use std::sync::Arc;

use async_graphql::{Context, Object};
use passerelle_model::asset::AssetFacts;
use passerelle_model::page::Image;

use super::progress::saturate;
use crate::context::load;
use crate::error::ApiError;

/// An image.
pub(crate) struct ImageObject(pub(super) Image);

impl ImageObject {
    async fn facts(&self, ctx: &Context<'_>) -> Result<Option<Arc<AssetFacts>>, ApiError> {
        match &self.0.file {
            Some(file) => load(ctx, file.clone()).await,
            None => Ok(None),
        }
    }
}

/// An image of a page. What its file says of itself is null where the file is not in the folder, or is of a kind that
/// is not looked into.
#[Object(name = "Image")]
impl ImageObject {
    /// The source as written.
    fn src(&self) -> &str {
        &self.0.src
    }

    /// The address to load it from. Of a file of the folder it names the version: what it gives never changes.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let facts = self.facts(ctx).await?;
        let known = facts.zip(self.0.file.as_ref());
        Ok(known.map_or_else(|| self.0.src.clone(), |(facts, file)| facts.url(file)))
    }

    /// The text for those who do not see it. Null where the editor gave none.
    fn alt(&self) -> Option<&str> {
        self.0.alt.as_deref()
    }

    /// The width to show it at, in CSS pixels: the editor's, else by the file's proportions, else the file's own.
    async fn width(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(self.0.shown_size(facts.as_deref()).0.map(saturate))
    }

    /// The height to show it at, in CSS pixels.
    async fn height(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(self.0.shown_size(facts.as_deref()).1.map(saturate))
    }

    /// The width of the file, in pixels.
    async fn natural_width(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.facts(ctx).await?.and_then(|facts| facts.width).map(saturate))
    }

    /// The height of the file, in pixels.
    async fn natural_height(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.facts(ctx).await?.and_then(|facts| facts.height).map(saturate))
    }

    /// A `ThumbHash` in Base64: about 25 bytes that a front end turns into a blurred picture while the file loads.
    async fn placeholder(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.facts(ctx).await?.and_then(|facts| facts.placeholder.clone()))
    }
}

//! Object type `Image`.

use std::sync::Arc;

use async_graphql::{Context, Object};
use passerelle_model::asset::AssetMetadata;
use passerelle_model::page::Image;

use super::progress::to_int;
use crate::context::{load, site_urls};
use crate::error::ApiError;

/// Image with the facts about its file, which are loaded when a field needs them.
pub(crate) struct ImageObject(pub(super) Image);

impl ImageObject {
    async fn facts(&self, ctx: &Context<'_>) -> Result<Option<Arc<AssetMetadata>>, ApiError> {
        match &self.0.file {
            Some(file) => load(ctx, file.clone()).await,
            None => Ok(None),
        }
    }
}

/// Image of a page.
#[Object(name = "Image")]
impl ImageObject {
    /// Source of the image as the editor wrote it, for example `/_images/littoral.png`.
    fn src(&self) -> &str {
        &self.0.src
    }

    /// URL of the image. For a file in the content folder, the URL contains the version of the file, so the
    /// response can be cached forever. For any other image, the same as `src`.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let facts = self.facts(ctx).await?;
        let known = facts.zip(self.0.file.as_ref());
        let urls = site_urls(ctx)?;
        Ok(known.map_or_else(|| self.0.src.clone(), |(facts, file)| urls.for_asset(&facts.url(file))))
    }

    /// Alternative text. Null if the editor wrote none.
    fn alt(&self) -> Option<&str> {
        self.0.alt.as_deref()
    }

    /// Title, for example for a tooltip or a caption. Null if the editor wrote none.
    fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Display width in CSS pixels, for example `640`: the width that the editor set, else the width that
    /// keeps the proportions of the file, else the width of the file. Null if none of them is known.
    async fn width(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(self.0.display_size(facts.as_deref()).0.map(to_int))
    }

    /// Display height in CSS pixels, for example `480`: the height that the editor set, else the height that
    /// keeps the proportions of the file, else the height of the file. Null if none of them is known.
    async fn height(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(self.0.display_size(facts.as_deref()).1.map(to_int))
    }

    /// Width of the image file in pixels. Null if the file is not in the content folder or its format is not
    /// supported.
    async fn natural_width(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.facts(ctx).await?.and_then(|facts| facts.width).map(to_int))
    }

    /// Height of the image file in pixels. Null if the file is not in the content folder or its format is not
    /// supported.
    async fn natural_height(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.facts(ctx).await?.and_then(|facts| facts.height).map(to_int))
    }

    /// `ThumbHash` of the image in Base64, about 25 bytes. Decode it to a blurred preview to show while the
    /// image loads. Null if the file is not in the content folder, its format is not supported or the preview
    /// is not computed.
    async fn thumb_hash(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.facts(ctx).await?.and_then(|facts| facts.placeholder.clone()))
    }
}

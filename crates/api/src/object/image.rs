//! Object type `Image`.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject};
use passerelle_model::asset::AssetMetadata;
use passerelle_model::page::Image;
use passerelle_model::rendition::{
    Fit, FocalPoint, ImageWidths, MAX_PIXELS, Rendition, RenditionFormat, has_renditions, is_jpeg,
};

use super::progress::to_int;
use super::thumb_hash::{average_color, has_transparency};
use crate::context::{load, site_urls};
use crate::error::ApiError;
use crate::response_count::count_text;

/// Image with the facts about its file, which are loaded when a field needs them.
pub(crate) struct ImageObject {
    image: Image,
    focus: FocalPoint,
}

/// Way in which an image fills a box with other proportions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ImageFit {
    /// Fill the box, and cut off the parts outside. The focal point of the image stays visible.
    Cover,
    /// Fit into the box. Nothing is cut off, so one side can be shorter than the box.
    Contain,
}

/// Format of a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ImageFormat {
    /// JPEG for photographs and opaque WebP files, PNG for all others.
    Auto,
    /// JPEG with a quality of 80. Transparent parts become white.
    Jpeg,
    /// PNG without loss, for drawings and transparent images.
    Png,
    /// WebP without loss. Smaller than PNG, and larger than JPEG for photographs.
    Webp,
}

/// Scaled version of an image. The service makes it for the first request of its address.
#[derive(SimpleObject)]
pub(crate) struct ImageRendition {
    /// Address of the rendition. It names the version of the file, so the response can be cached forever.
    url: String,
    /// Width in pixels. Smaller than requested if the image itself is smaller: it is never enlarged.
    width: i32,
    /// Height in pixels.
    height: i32,
}

impl ImageObject {
    /// Creates the object of an image whose focal point is its centre.
    pub(super) fn new(image: Image) -> Self {
        Self { image, focus: FocalPoint::default() }
    }

    /// Sets the point that stays visible when renditions are cropped.
    pub(super) fn with_focus(self, focus: FocalPoint) -> Self {
        Self { focus, ..self }
    }

    /// Returns the address of a rendition and its size. `None` if the service can make none of this image.
    async fn rendition_of(
        &self,
        ctx: &Context<'_>,
        (width, height): (Option<u32>, Option<u32>),
        fit: Fit,
        format: ImageFormat,
    ) -> Result<Option<ImageRendition>, ApiError> {
        let Some(file) = self.image.file.as_ref().filter(|file| has_renditions(file)) else {
            return Ok(None);
        };
        let Some(facts) = self.facts(ctx).await? else { return Ok(None) };
        let natural = facts.width.zip(facts.height);
        let is_decoded = |size: &(u32, u32)| u64::from(size.0) * u64::from(size.1) <= MAX_PIXELS;
        let Some(natural) = natural.filter(is_decoded) else { return Ok(None) };
        let is_opaque = facts.placeholder.as_deref().is_some_and(|hash| !has_transparency(hash));
        let is_webp = file.name().to_lowercase().ends_with(".webp");
        let format = match format {
            ImageFormat::Auto if is_jpeg(file) || is_webp && is_opaque => RenditionFormat::Jpeg,
            ImageFormat::Auto | ImageFormat::Png => RenditionFormat::Png,
            ImageFormat::Jpeg => RenditionFormat::Jpeg,
            ImageFormat::Webp => RenditionFormat::Webp,
        };
        let rendition = Rendition { width, height, fit, format, focus: self.focus };
        let (width, height) = rendition.size(natural).result;
        let url = format!("{}&{}", facts.url(file), rendition.to_query());
        let url = site_urls(ctx)?.for_asset(&url);
        count_text(ctx, url.len())?;
        Ok(Some(ImageRendition { url, width: to_int(width), height: to_int(height) }))
    }

    async fn facts(&self, ctx: &Context<'_>) -> Result<Option<Arc<AssetMetadata>>, ApiError> {
        match &self.image.file {
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
        &self.image.src
    }

    /// URL of the image. For a file in the content folder, the URL contains the version of the file, so the
    /// response can be cached forever. For any other image, the same as `src`.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let facts = self.facts(ctx).await?;
        let known = facts.zip(self.image.file.as_ref());
        let urls = site_urls(ctx)?;
        Ok(known.map_or_else(|| self.image.src.clone(), |(facts, file)| urls.for_asset(&facts.url(file))))
    }

    /// Alternative text. Null if the editor wrote none.
    fn alt(&self) -> Option<&str> {
        self.image.alt.as_deref()
    }

    /// Title, for example for a tooltip or a caption. Null if the editor wrote none.
    fn title(&self) -> Option<&str> {
        self.image.title.as_deref()
    }

    /// Display width in CSS pixels, for example `640`: the width that the editor set, else the width that
    /// keeps the proportions of the file, else the width of the file. Null if none of them is known.
    async fn width(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(self.image.display_size(facts.as_deref()).0.map(to_int))
    }

    /// Display height in CSS pixels, for example `480`: the height that the editor set, else the height that
    /// keeps the proportions of the file, else the height of the file. Null if none of them is known.
    async fn height(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(self.image.display_size(facts.as_deref()).1.map(to_int))
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

    /// Scaled version of the image. Give `width`, `height` or both, each from the list of the operator
    /// (`--image-widths`): 160, 240, 320, 480, 640, 800, 960, 1280, 1600 and 1920 by default. An image that
    /// the service cannot scale is returned as it is: one that is not in the content folder, SVG, GIF, and
    /// more than 25 megapixels.
    ///
    /// Example: `{ page(slug: "mare") { image { rendition(width: 640, height: 480) { url width height } } }
    /// }`
    async fn rendition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Width in pixels. If omitted, the width that keeps the proportions.")] width: Option<
            i32,
        >,
        #[graphql(desc = "Height in pixels. If omitted, the height that keeps the proportions.")]
        height: Option<i32>,
        #[graphql(desc = "Way to fill the box if both sides are given. Default `COVER`.")] fit: Option<
            ImageFit,
        >,
        #[graphql(desc = "Format of the rendition. Default `AUTO`.")] format: Option<ImageFormat>,
    ) -> Result<ImageRendition, ApiError> {
        if width.is_none() && height.is_none() {
            return Err(ApiError::BadInput("one of `width` and `height` is required".to_owned()));
        }
        let allowed = site_urls(ctx)?.image_widths();
        let side = |side: Option<i32>| side.map(|side| allowed_side(allowed, side)).transpose();
        let sides = (side(width)?, side(height)?);
        let fit = if fit == Some(ImageFit::Contain) { Fit::Contain } else { Fit::Cover };
        let made = self.rendition_of(ctx, sides, fit, format.unwrap_or(ImageFormat::Auto)).await?;
        if let Some(rendition) = made {
            return Ok(rendition);
        }
        let (own_width, own_height) = (self.width(ctx).await?, self.height(ctx).await?);
        Ok(ImageRendition {
            url: self.url(ctx).await?,
            width: own_width.or(width).unwrap_or_default(),
            height: own_height.or(height).unwrap_or_default(),
        })
    }

    /// Value of the attribute `srcset`: renditions with their widths, for example
    /// `/_images/mare.jpg?v=1f&w=320&f=jpg 320w, /_images/mare.jpg?v=1f&w=640&f=jpg 640w`. Widths that exceed
    /// the image are left out. The address alone if the service cannot scale the image.
    async fn srcset(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Widths in pixels, from the list of the operator. All widths of the list if omitted or empty."
        )]
        widths: Option<Vec<i32>>,
    ) -> Result<String, ApiError> {
        let allowed = site_urls(ctx)?.image_widths();
        let requested = widths.unwrap_or_default();
        let requested = requested.into_iter().map(|width| allowed_side(allowed, width));
        let mut widths = requested.collect::<Result<Vec<_>, _>>()?;
        if widths.is_empty() {
            widths = allowed.iter().collect();
        }
        widths.sort_unstable();
        let mut candidates: Vec<ImageRendition> = Vec::new();
        for width in widths {
            let made = self.rendition_of(ctx, (Some(width), None), Fit::Cover, ImageFormat::Auto).await?;
            let Some(made) = made else { return self.url(ctx).await };
            // Widths beyond that of the image give the image in its own size, which is listed once.
            if candidates.iter().all(|other| other.width != made.width) {
                candidates.push(made);
            }
        }
        let candidates = candidates.iter().map(|made| format!("{} {}w", made.url, made.width));
        Ok(candidates.collect::<Vec<_>>().join(", "))
    }

    /// Average colour of the image in CSS notation, for example `#4a6b2f`, to show while it loads. Null if
    /// `thumbHash` is null.
    async fn dominant_color(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let facts = self.facts(ctx).await?;
        Ok(facts.and_then(|facts| average_color(facts.placeholder.as_deref()?)))
    }
}

/// Converts a side of a rendition. The values are checked before the execution, so an error here is rare.
fn allowed_side(allowed: &ImageWidths, side: i32) -> Result<u32, ApiError> {
    let side = u32::try_from(side).ok().filter(|side| allowed.contains(*side));
    side.ok_or_else(|| ApiError::BadInput(format!("image widths and heights must be one of {allowed}")))
}

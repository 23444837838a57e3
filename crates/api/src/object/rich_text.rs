//! Object type `RichText`.

use std::borrow::Cow;

use async_graphql::{Context, Object};
use passerelle_model::key::PageKey;
use passerelle_model::placeholder::{TextFormat, has_placeholders};
use passerelle_model::rich_text::RichText;

use crate::context::load_required;
use crate::error::ApiError;
use crate::loader::PageTextOf;
use crate::placeholders::fill_placeholders;
use crate::response_count::count_text;

/// Formatted text. Placeholders for links and files are filled when a field is resolved.
pub(crate) enum RichTextObject<'a> {
    /// A text that is loaded.
    Loaded(Cow<'a, RichText>),
    /// The whole content of a page. Each format is loaded when its field is resolved.
    Page(PageKey),
}

impl<'a> RichTextObject<'a> {
    /// Wraps a text of a domain object.
    pub(crate) fn of(text: &'a RichText) -> Self {
        Self::Loaded(Cow::Borrowed(text))
    }

    /// Wraps a text that was created for this response.
    pub(crate) fn owned(text: RichText) -> Self {
        Self::Loaded(Cow::Owned(text))
    }

    /// Returns the text in one format, with its placeholders filled. Borrows the text if it has none.
    async fn format(&self, ctx: &Context<'_>, format: TextFormat) -> Result<Cow<'_, str>, ApiError> {
        let text = match self {
            Self::Loaded(text) => match format {
                TextFormat::Html => &text.html,
                TextFormat::Text => &text.text,
                TextFormat::Markdown => &text.markdown,
            },
            Self::Page(page) => {
                let text = load_required(ctx, PageTextOf(page.clone(), format)).await?;
                return Ok(Cow::Owned(fill(ctx, &text, format).await?.into_owned()));
            }
        };
        fill(ctx, text, format).await
    }
}

/// Fills the placeholders of a text. Borrows the text if it has none.
async fn fill<'t>(ctx: &Context<'_>, text: &'t str, form: TextFormat) -> Result<Cow<'t, str>, ApiError> {
    // Counted before the placeholders are filled: a text that is too large is not copied at all.
    count_text(ctx, text.len())?;
    if !has_placeholders(text) {
        return Ok(Cow::Borrowed(text));
    }
    let filled = Box::pin(fill_placeholders(ctx, text, form)).await?;
    count_text(ctx, filled.len().saturating_sub(text.len()))?;
    Ok(Cow::Owned(filled))
}

/// Formatted text in three formats.
#[Object(name = "RichText")]
impl RichTextObject<'_> {
    /// HTML without scripts and unsafe addresses, ready to insert into a page. Titles have no surrounding
    /// `<p>`, for example `Planter <em>quatre cents</em> arbres`.
    async fn html(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>, ApiError> {
        self.format(ctx, TextFormat::Html).await
    }

    /// Plain text without markup. An empty line separates blocks, and list items begin with `- `.
    async fn text(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>, ApiError> {
        self.format(ctx, TextFormat::Text).await
    }

    /// Markdown in the CommonMark dialect.
    async fn markdown(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>, ApiError> {
        self.format(ctx, TextFormat::Markdown).await
    }
}

//! Formatted text.

use async_graphql::{Context, Object};
use passerelle_document::rich_text::RichText;
use passerelle_document::slot::Form;

use crate::answers::filled;
use crate::error::ApiError;

/// A text in three forms.
pub(crate) struct RichTextObject(pub(crate) RichText);

/// One text in the three forms that a front end may want.
#[Object(name = "RichText")]
impl RichTextObject {
    /// Safe HTML: put it into a page as it is. Titles are inline, without a paragraph around them, unless they are lists.
    async fn html(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        filled(ctx, &self.0.html, Form::Html).await
    }

    /// Plain text without any markup. Blocks stand apart by an empty line, items of a list begin with `- `.
    async fn text(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        filled(ctx, &self.0.text, Form::Text).await
    }

    /// CommonMark.
    async fn markdown(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        filled(ctx, &self.0.markdown, Form::Markdown).await
    }
}

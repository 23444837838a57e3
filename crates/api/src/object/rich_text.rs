//! Formatted text.

use std::borrow::Cow;

use async_graphql::{Context, Object};
use passerelle_model::rich_text::RichText;
use passerelle_model::slot::{Form, has_slots};

use crate::answers::filled;
use crate::error::ApiError;

/// A text in three forms.
pub(crate) struct RichTextObject<'a>(Cow<'a, RichText>);

impl<'a> RichTextObject<'a> {
    /// The view of a text.
    pub(crate) fn of(text: &'a RichText) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The view of a text that was made for it.
    pub(crate) fn made(text: RichText) -> Self {
        Self(Cow::Owned(text))
    }

    /// The text as it is, or with its slots filled where it has some.
    async fn shown<'t>(ctx: &Context<'_>, text: &'t str, form: Form) -> Result<Cow<'t, str>, ApiError> {
        if !has_slots(text) {
            return Ok(Cow::Borrowed(text));
        }
        Ok(Cow::Owned(Box::pin(filled(ctx, text, form)).await?))
    }
}

/// One text in the three forms that a front end may want.
#[Object(name = "RichText")]
impl RichTextObject<'_> {
    /// Safe HTML: put it into a page as it is. Titles are inline, without a paragraph around them, unless they are lists.
    async fn html(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>, ApiError> {
        Self::shown(ctx, &self.0.html, Form::Html).await
    }

    /// Plain text without any markup. Blocks stand apart by an empty line, items of a list begin with `- `.
    async fn text(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>, ApiError> {
        Self::shown(ctx, &self.0.text, Form::Text).await
    }

    /// CommonMark.
    async fn markdown(&self, ctx: &Context<'_>) -> Result<Cow<'_, str>, ApiError> {
        Self::shown(ctx, &self.0.markdown, Form::Markdown).await
    }
}

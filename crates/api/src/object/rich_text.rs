//! Formatted text.

use async_graphql::Object;
use passerelle_document::rich_text::RichText;

/// A text in three forms.
pub(crate) struct RichTextObject(pub(crate) RichText);

/// One text in the three forms that a front end may want.
#[Object(name = "RichText")]
impl RichTextObject {
    /// Safe HTML: put it into a page as it is. Titles are inline, without a paragraph around them, unless they are lists.
    async fn html(&self) -> &str {
        &self.0.html
    }

    /// Plain text without any markup. Blocks stand apart by an empty line, items of a list begin with `- `.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// CommonMark.
    async fn markdown(&self) -> &str {
        &self.0.markdown
    }
}

//! Policy and sanitizer for raw HTML in Markdown.
//!
//! The sanitizer is ammonia: it parses HTML as a browser does and writes elements and attributes of an
//! allow-list. Its parser takes quadratic time in the nesting depth, so the number of raw elements is
//! limited first.

use std::collections::HashSet;
use std::sync::LazyLock;

use comrak::nodes::{Node, NodeValue};

/// Policy for raw HTML in Markdown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RawHtmlPolicy {
    /// Removes the tags and keeps their text. The output is safe without a sanitizer.
    #[default]
    Removed,
    /// Keeps harmless elements. Scripts, styles, frames, forms and event handlers are removed.
    Sanitized,
}

/// Maximum number of raw elements that are sanitized. With more, the tags are removed instead.
const MAX_SANITIZED_ELEMENTS: usize = 256;

/// Returns whether the number of raw HTML elements is small enough for the sanitizer.
pub(super) fn within_sanitizer_limit(nodes: &[Node<'_>]) -> bool {
    let tags = |html: &str| {
        let is_open = |pair: &[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
        html.as_bytes().windows(2).filter(|pair| is_open(pair)).count()
    };
    let elements = nodes.iter().map(|node| match &node.data().value {
        NodeValue::HtmlBlock(block) => tags(&block.literal),
        NodeValue::HtmlInline(html) => tags(html),
        _ => 0,
    });
    elements.sum::<usize>() <= MAX_SANITIZED_ELEMENTS
}

/// Removes everything from the HTML that is not on the allow-list.
pub(super) fn sanitize(html: &str) -> String {
    SANITIZER.clean(html).to_string()
}

/// Returns the text of raw HTML without the content of scripts and style sheets.
pub(super) fn visible_text(html: &str) -> String {
    let text = ammonia::Builder::empty()
        .clean_content_tags(HashSet::from(["script", "style"]))
        .clean(html)
        .to_string();
    let text =
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{A0}");
    passerelle_text::fold::collapse_whitespace(&text.replace("&amp;", "&"))
}

/// Allows the defaults of ammonia and the attributes that the renderer itself writes.
static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut sanitizer = ammonia::Builder::default();
    sanitizer
        .add_tags(["section"])
        .link_rel(None)
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .add_tag_attributes(
            "a",
            ["aria-label", "class", "data-footnote-backref", "data-footnote-backref-idx"],
        )
        .add_tag_attributes("a", ["data-footnote-ref", "id", "rel", "target"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("li", ["id"])
        .add_tag_attributes("section", ["class", "data-footnotes"])
        .add_tag_attributes("sup", ["class"]);
    for heading in ["h1", "h2", "h3", "h4", "h5", "h6"] {
        sanitizer.add_tag_attributes(heading, ["id"]);
    }
    sanitizer
});

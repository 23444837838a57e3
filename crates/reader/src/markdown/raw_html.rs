//! Policy and sanitizer for raw HTML in Markdown.
//!
//! The sanitizer is ammonia: it parses HTML as a browser does and writes elements and attributes of an
//! allow-list. Its parser takes quadratic time in the nesting depth, so the number of raw elements is
//! limited first.

use std::collections::HashSet;
use std::sync::LazyLock;

use comrak::nodes::{Node, NodeValue};
use passerelle_model::html::unescape;

/// Policy for raw HTML in Markdown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RawHtmlPolicy {
    /// Removes the tags and keeps their text. The output is safe without a sanitizer.
    #[default]
    Removed,
    /// Keeps harmless elements. Scripts, styles, frames, forms and event handlers are removed.
    Sanitized,
}

/// Maximum number of raw elements that are sanitized. With more, the tags are removed instead. A table of
/// 1,000 rows and 8 columns is below it.
const MAX_SANITIZED_ELEMENTS: usize = 20_000;
/// Maximum nesting depth of raw elements that are sanitized. The sanitizer takes quadratic time in it.
const MAX_SANITIZED_DEPTH: usize = 100;

/// Returns true if the raw HTML elements are few and flat enough for the sanitizer.
pub(super) fn within_sanitizer_limit(nodes: &[Node<'_>]) -> bool {
    let (mut count, mut depth) = (0_usize, 0_usize);
    for node in nodes {
        let data = node.data();
        let html = match &data.value {
            NodeValue::HtmlBlock(block) => &block.literal,
            NodeValue::HtmlInline(html) => html,
            _ => continue,
        };
        let bytes = html.as_bytes();
        for at in memchr::memchr_iter(b'<', bytes) {
            match bytes.get(at + 1) {
                Some(b'/') => depth = depth.saturating_sub(1),
                Some(first) if first.is_ascii_alphabetic() => {
                    count += 1;
                    depth += usize::from(!closes_itself(&html[at + 1..]));
                }
                _ => {}
            }
            if count > MAX_SANITIZED_ELEMENTS || depth > MAX_SANITIZED_DEPTH {
                return false;
            }
        }
    }
    true
}

/// Returns true if an element needs no end tag, so that a row of them does not nest.
fn closes_itself(tag: &str) -> bool {
    let end = tag.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(tag.len());
    let name = &tag[..end];
    [
        "area", "br", "col", "dd", "dt", "hr", "img", "input", "li", "option", "p", "source", "td", "th",
        "tr", "wbr",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(name))
}

/// Removes everything from the HTML that is not on the allow-list.
pub(super) fn sanitize(html: &str) -> String {
    remove_empty_elements(&SANITIZER.clean(html).to_string())
}

/// Removes elements that lost their whole content. They would only add space to the page.
fn remove_empty_elements(html: &str) -> String {
    const EMPTY: [&str; 4] = ["<p></p>", "<div></div>", "<div>\n</div>", "<figure></figure>"];
    let mut html = html.to_owned();
    for empty in EMPTY {
        if html.contains(empty) {
            html = html.replace(&format!("{empty}\n"), "").replace(empty, "");
        }
    }
    html
}

/// Returns the decoded text of HTML without tags.
pub(super) fn text_content(html: &str) -> String {
    unescape(&ammonia::Builder::empty().clean(html).to_string())
}

/// Allows the defaults of ammonia and the attributes that the renderer itself writes.
static SANITIZER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut sanitizer = ammonia::Builder::default();
    sanitizer
        .add_tags(["section"])
        .add_clean_content_tags(["template", "noscript", "iframe", "video", "audio", "object"])
        .link_rel(None)
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .add_tag_attributes(
            "a",
            ["aria-label", "class", "data-footnote-backref", "data-footnote-backref-idx"],
        )
        .add_tag_attributes("a", ["data-footnote-ref", "rel", "target"])
        .add_tag_attributes("code", ["class"])
        .add_tag_attributes("section", ["class", "data-footnotes"])
        .add_tag_attributes("sup", ["class"])
        // The renderer makes all ids of a page unique.
        .add_generic_attributes(["id"]);
    sanitizer
});

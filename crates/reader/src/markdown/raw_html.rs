//! The HTML that editors write in Markdown: taken out, or cleaned where an operator trusts it.
//!
//! What is cleaned goes through ammonia, which parses it as a browser does and writes it anew from an allow-list. Its
//! parser is quadratic in nesting, so nesting is bounded before.

use std::collections::HashSet;
use std::sync::LazyLock;

use comrak::nodes::{Node, NodeValue};

/// What becomes of raw HTML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RawHtml {
    /// Its tags go, its words stay: what is served then needs no cleaning.
    #[default]
    Removed,
    /// What is safe of it stays: no script, style, frame, form or handler.
    Sanitized,
}

/// More elements than this are not cleaned but taken out.
const ELEMENTS: usize = 256;

/// Whether a tree has so little raw HTML that it can be cleaned.
pub(super) fn can_be_cleaned(nodes: &[Node<'_>]) -> bool {
    let tags = |html: &str| {
        let is_open = |pair: &[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
        html.as_bytes().windows(2).filter(|pair| is_open(pair)).count()
    };
    let elements = nodes.iter().map(|node| match &node.data().value {
        NodeValue::HtmlBlock(block) => tags(&block.literal),
        NodeValue::HtmlInline(html) => tags(html),
        _ => 0,
    });
    elements.sum::<usize>() <= ELEMENTS
}

/// The HTML without what could do harm.
pub(super) fn clean(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// The words of raw HTML, without those of scripts and style sheets.
pub(super) fn words(html: &str) -> String {
    let text = ammonia::Builder::empty()
        .clean_content_tags(HashSet::from(["script", "style"]))
        .clean(html)
        .to_string();
    let text =
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{A0}");
    passerelle_text::fold::tidy(&text.replace("&amp;", "&"))
}

/// What ammonia allows by default, and what the renderer writes itself.
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
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
        cleaner.add_tag_attributes(heading, ["id"]);
    }
    cleaner
});

//! Links, images and headings in raw HTML.
//!
//! Links and images become placeholders like those of Markdown, so that they are resolved and listed.
//! Headings get an anchor and an entry in the table of contents.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};
use passerelle_model::asset::resolve_image_path;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::html::escape;
use passerelle_model::page::Image;
use passerelle_model::placeholder::{LinkStart, Placeholder, strip_placeholders};
use passerelle_text::fold::collapse_whitespace;

use super::address::{AddressBase, resolve};
use super::anchors::Anchorizer;
use super::files::FoundFiles;
use super::html_tag::{HtmlTag, HtmlToken, SPACE, decode, is_drawn_apart, tokens};
use super::rendered::{RenderedHeading, WithLine};
use super::url::safe_url;
use crate::source::saturating_u32;

/// Replaces the inline tags `<a>` and `<img>` by placeholders. Returns true if there was one.
pub(super) fn convert_inline<'a>(
    arena: &'a Arena<'a>,
    nodes: &[Node<'a>],
    base: AddressBase<'_>,
    found: &mut FoundFiles,
) -> bool {
    let mut has_links = false;
    // One entry per open `<a>`: true if it is a link.
    let mut open: Vec<bool> = Vec::new();
    for node in nodes {
        let mut data = node.data_mut();
        let NodeValue::HtmlInline(source) = &data.value else { continue };
        let Some((tag, _)) = HtmlTag::parse(source) else { continue };
        match tag.name.as_str() {
            "a" if tag.is_end => {
                data.value = match open.pop() {
                    Some(false) => NodeValue::HtmlInline(String::new()),
                    _ => NodeValue::Text(Placeholder::LinkEnd.encode().into()),
                };
            }
            "a" => {
                let start = link_start(&tag, base);
                open.push(start.is_some());
                let target = target(&tag).map(target_element).unwrap_or_default();
                let line = saturating_u32(data.sourcepos.start.line);
                let Some((opening, warning)) = start else {
                    found.warn_of_address(&tag, line);
                    data.value = NodeValue::HtmlInline(target);
                    continue;
                };
                found.warnings.extend(warning.map(|value| WithLine { value, line }));
                data.value = NodeValue::Text(Placeholder::LinkStart(opening).encode().into());
                drop(data);
                if !target.is_empty() {
                    node.insert_before(arena.alloc(AstNode::from(NodeValue::HtmlInline(target))));
                }
            }
            "img" => {
                let Some((src, alt)) = image(&tag) else {
                    found.warn_of_address(&tag, saturating_u32(data.sourcepos.start.line));
                    continue;
                };
                let alt = arena.alloc(AstNode::from(NodeValue::Text(alt.into())));
                let title = tag.attribute("title").unwrap_or_default().to_owned();
                data.value = NodeValue::Image(Box::new(comrak::nodes::NodeLink { url: src, title }));
                drop(data);
                node.append(alt);
                has_links = true;
                continue;
            }
            _ => continue,
        }
        has_links = true;
    }
    has_links
}

/// Returns the id that links can name: `id`, or the older `name` of `<a>`.
fn target(tag: &HtmlTag) -> Option<&str> {
    tag.attribute("id").or_else(|| tag.attribute("name").filter(|_| tag.name == "a"))
}

/// Returns an element without content for the place of an `<a id="x">`. Its end tag is often forgotten.
fn target_element(id: &str) -> String {
    format!("<a id=\"{}\"></a>", escape(id))
}

/// Makes the id of an inline tag unique. Returns `None` if the tag stays as it is.
pub(super) fn claim_inline_id(source: &str, anchors: &mut Anchorizer) -> Option<String> {
    let (tag, length) = HtmlTag::parse(source)?;
    if is_drawn_apart(&tag.name) {
        return Some(SPACE.to_owned());
    }
    let id = anchors.claim(tag.attribute("id")?);
    Some(format!("{}{}", with_id(&tag, id.as_deref()), &source[length..]))
}

/// Writes a start tag with another id, or without one.
fn with_id(tag: &HtmlTag, id: Option<&str>) -> String {
    let mut output = format!("<{}", tag.name);
    let others = tag.attributes.iter().filter(|(name, _)| name != "id");
    let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in others.chain(id.map(|id| ("id", id))) {
        output.extend([" ", name, "=\"", &escape(&strip_placeholders(value)), "\""]);
    }
    output.push('>');
    output
}

fn link_start(tag: &HtmlTag, base: AddressBase<'_>) -> Option<(LinkStart, Option<DiagnosticKind>)> {
    let resolved = resolve(tag.attribute("href")?, base)?;
    let new_window = tag.attribute("target") == Some("_blank");
    let opening = LinkStart { kind: resolved.kind, destination: resolved.destination, new_window };
    Some((opening, resolved.warning))
}

/// Returns the address and the alternative text of an image.
fn image(tag: &HtmlTag) -> Option<(String, String)> {
    let src = safe_url(tag.attribute("src")?)?;
    Some((src.into_owned(), collapse_whitespace(tag.attribute("alt").unwrap_or_default())))
}

/// Rewrites one block of raw HTML.
pub(super) struct BlockRewriter<'a> {
    base: AddressBase<'a>,
    anchors: &'a mut Anchorizer,
    line: u32,
    /// Headings of the block.
    pub(super) headings: Vec<RenderedHeading>,
    /// Images of the block and warnings about its links.
    pub(super) found: FoundFiles,
}

impl<'a> BlockRewriter<'a> {
    /// Starts at a line of the rendered Markdown.
    pub(super) fn new(base: AddressBase<'a>, anchors: &'a mut Anchorizer, line: u32) -> Self {
        Self { base, anchors, line, headings: Vec::new(), found: FoundFiles::default() }
    }

    /// Returns the block with placeholders for links and images, and with anchors in its headings.
    pub(super) fn rewrite(&mut self, html: &str) -> String {
        let tokens = tokens(html);
        let mut output = String::with_capacity(html.len());
        let mut link_end = None;
        for (index, token) in tokens.iter().enumerate() {
            let (tag, source) = match token {
                HtmlToken::Text(text) => {
                    output.push_str(text);
                    self.line += saturating_u32(text.matches('\n').count());
                    continue;
                }
                HtmlToken::Tag(tag, source) => (tag, *source),
            };
            let replacement = match tag.name.as_str() {
                "a" if tag.is_end && link_end == Some(index) => Some(Placeholder::LinkEnd.encode()),
                "a" if !tag.is_end => {
                    let end = closing_tag(&tokens, index);
                    link_end = end.or(link_end);
                    self.link(tag, end.is_some())
                }
                "img" => self.image(tag),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if !tag.is_end => {
                    Some(self.heading(tag, &tokens[index + 1..]))
                }
                // The sanitizer removes the tag. A space keeps the words on both sides apart.
                name if is_drawn_apart(name) => Some(" ".to_owned()),
                _ if !tag.is_end => {
                    tag.attribute("id").map(|id| with_id(tag, self.anchors.claim(id).as_deref()))
                }
                _ => None,
            };
            // A placeholder in an attribute would break the tag when it is filled.
            output.push_str(&replacement.unwrap_or_else(|| strip_placeholders(source)));
            self.line += saturating_u32(source.matches('\n').count());
        }
        output
    }

    /// Returns the start of a link, preceded by its id. A link around blocks stays a tag. `None` if the tag
    /// stays as it is.
    fn link(&mut self, tag: &HtmlTag, is_inline: bool) -> Option<String> {
        let start = link_start(tag, self.base);
        if start.is_some() && !is_inline {
            let id = self.anchors.claim(tag.attribute("id")?);
            return Some(with_id(tag, id.as_deref()));
        }
        let id = target(tag).and_then(|id| self.anchors.claim(id));
        let mut output = id.as_deref().map(target_element).unwrap_or_default();
        match start {
            Some((opening, warning)) => {
                self.found.warnings.extend(warning.map(|value| WithLine { value, line: self.line }));
                output.push_str(&Placeholder::LinkStart(opening).encode());
            }
            None => self.found.warn_of_address(tag, self.line),
        }
        Some(output)
    }

    fn image(&mut self, tag: &HtmlTag) -> Option<String> {
        let Some((src, alt)) = image(tag) else {
            self.found.warn_of_address(tag, self.line);
            return None;
        };
        let pixels =
            |name: &str| tag.attribute(name).and_then(|value| value.trim_end_matches("px").parse().ok());
        let image = Image {
            file: resolve_image_path(&src, self.base.folder),
            src,
            alt: Some(alt).filter(|alt| !alt.is_empty()),
            title: tag.attribute("title").map(collapse_whitespace).filter(|title| !title.is_empty()),
            width: pixels("width"),
            height: pixels("height"),
        };
        self.found.images.push(WithLine { value: image.clone(), line: self.line });
        Some(Placeholder::Image(Box::new(image)).encode())
    }

    fn heading(&mut self, tag: &HtmlTag, after: &[HtmlToken<'_>]) -> String {
        let mut text = String::new();
        for token in after {
            match token {
                HtmlToken::Text(words) => text.push_str(&decode(&strip_placeholders(words))),
                HtmlToken::Tag(inner, _) if inner.is_end && inner.name == tag.name => break,
                HtmlToken::Tag(inner, _) if inner.name == "img" => {
                    text.push_str(inner.attribute("alt").unwrap_or_default());
                }
                HtmlToken::Tag(..) => text.push(' '),
            }
        }
        let text = collapse_whitespace(&text);
        let anchor = self.anchors.anchorize(tag.attribute("id").unwrap_or(&text));
        let level = tag.name.bytes().last().map_or(1, |digit| digit - b'0');
        let opening = format!("<{} id=\"{}\">", tag.name, escape(anchor.as_str()));
        self.headings.push(RenderedHeading { level, text, anchor, line: self.line, is_raw: true });
        opening
    }
}

/// Returns the index of the `</a>` of a link. `None` if the link contains a block or another link, or has no
/// end.
fn closing_tag(tokens: &[HtmlToken<'_>], start: usize) -> Option<usize> {
    /// A link with more tags is no sentence.
    const MAX_TOKENS: usize = 32;
    const INLINE: [&str; 16] = [
        "abbr", "b", "br", "cite", "code", "em", "i", "img", "kbd", "mark", "s", "small", "span", "strong",
        "sub", "sup",
    ];
    for (index, token) in tokens.iter().enumerate().skip(start + 1).take(MAX_TOKENS) {
        match token {
            HtmlToken::Text(_) => {}
            HtmlToken::Tag(tag, _) if tag.name == "a" => return tag.is_end.then_some(index),
            HtmlToken::Tag(tag, _) if INLINE.contains(&tag.name.as_str()) => {}
            HtmlToken::Tag(..) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::markdown::{Anchorizer, RawHtmlPolicy, RenderOptions, Rendered, render};

    fn rendered(markdown: &str) -> Rendered {
        let options = RenderOptions { raw_html: RawHtmlPolicy::Sanitized, ..RenderOptions::default() };
        render(markdown, options, &mut Anchorizer::default())
    }

    #[test]
    fn links_in_raw_html_are_listed() {
        for markdown in [
            "a <a href=\"https://x.example/?a&amp;b\">b <b>c</b></a> d",
            "<p>a <a href='https://x.example/?a&amp;b'>b <b>c</b></a> d</p>",
        ] {
            let rendered = rendered(markdown);
            assert_eq!(
                rendered.content.html,
                "<p>a <a href=\"https://x.example/?a&amp;b\">b <b>c</b></a> d</p>"
            );
            assert_eq!(rendered.links.len(), 1);
            assert_eq!(rendered.links[0].value.label, "b c");
        }
        let unsafe_link = rendered("<p><a href=\"javascript:x\">b</a></p>");
        assert_eq!((unsafe_link.content.html.as_str(), unsafe_link.links.len()), ("<p>b</p>", 0));
    }

    #[test]
    fn ids_in_raw_html_are_kept_once() {
        for (markdown, expected) in [
            ("<a name=\"bas\"></a>\n\nFin", "<p><a id=\"bas\"></a></p>\n<p>Fin</p>"),
            ("a <a name=\"bas\">b c\n\nFin", "<p>a <a id=\"bas\"></a>b c</p>\n<p>Fin</p>"),
            (
                "a <a id=\"l’été\" href=\"https://x.example\">b</a>",
                "<p>a <a id=\"l-ete\"></a><a href=\"https://x.example\">b</a></p>",
            ),
            (
                "a <span id=\"B_1\">b</span> <i id=\"B_1\">c</i>",
                "<p>a <span id=\"B_1\">b</span> <i>c</i></p>",
            ),
            ("<div id=\"haut\">b</div>", "<div id=\"haut\">b</div>"),
            ("<p><a name=\"x\"/>b</p>", "<p><a id=\"x\"></a>b</p>"),
            (
                "## Bas\n\n<div><a id=\"bas\" href=\"https://x.example\"><div>b</div></a></div>",
                "<h2 id=\"bas\">Bas</h2>\n<div><a href=\"https://x.example\"><div>b</div></a></div>",
            ),
            ("## Bas\n\n<p id=\"bas\">b</p>", "<h2 id=\"bas\">Bas</h2>\n<p>b</p>"),
            ("<td id=\"fn-1\">", ""),
        ] {
            assert_eq!(rendered(markdown).content.html, expected, "{markdown}");
        }
    }

    #[test]
    fn images_in_raw_html_are_listed() {
        for markdown in ["a <img src=\"/x\" alt=\"b\">", "<div><img src=\"/x\" alt=\"b\"></div>"] {
            let rendered = rendered(markdown);
            assert_eq!(rendered.images.len(), 1, "{markdown}");
            assert!(
                rendered.content.html.contains("<img src=\"/x\" alt=\"b\" />"),
                "{}",
                rendered.content.html
            );
        }
    }

    #[test]
    fn headings_in_raw_html_have_anchors() {
        let rendered = rendered(
            "<h2>Les <em>mares</em></h2>\n<p>a</p>\n\n## Les mares\n\n<h3 id=\"ici\">B &amp; c</h3>",
        );
        let headings: Vec<_> =
            rendered.headings.iter().map(|found| (found.text.as_str(), found.anchor.as_str())).collect();
        assert_eq!(headings, [("Les mares", "les-mares"), ("Les mares", "les-mares-2"), ("B & c", "ici")]);
        assert!(rendered.content.html.contains("<h2 id=\"les-mares\">Les <em>mares</em></h2>"));
        assert!(rendered.content.html.contains("<h2 id=\"les-mares-2\">Les mares</h2>"));
    }
}

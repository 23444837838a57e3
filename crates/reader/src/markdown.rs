//! CommonMark with tables, strikethrough, autolinks and footnotes, rendered to HTML and to plain text.
//!
//! The HTML is safe by construction: raw HTML is taken out (its words stay), addresses have a scheme of the
//! allow-list or none, text is escaped. Nothing is sanitised afterwards, because nothing needs to be, unless an operator
//! wants raw HTML to stay: then all of it is ([`RawHtml`]).
//!
//! Comrak parses and formats; it is named below this module only. What stands outside CommonMark inside a line (a
//! shortcode) reaches this module as a [slot](passerelle_model::slot), and so leave it the images and the links to files.

mod anchors;
pub mod attributes;
pub(crate) mod bounds;
mod collect;
mod files;
mod raw_html;
mod rendered;
mod slots;
mod text;
mod title;
mod unwrap;
mod url;

use std::fmt::Write as _;

use comrak::html::ChildRendering;
use comrak::nodes::{AstNode, Node, NodeValue};
use comrak::{Arena, Options, create_formatter, parse_document};
use passerelle_model::html::escape;
use passerelle_model::rich_text::RichText;
use passerelle_model::slot::{Form, Unresolved, balanced, fill, has_slots, without_slots};

use crate::source::saturate;
pub use anchors::Anchors;
pub use raw_html::RawHtml;
pub use rendered::{OnLine, Rendered, RenderedHeading, Setting};
pub use title::render_title;
use unwrap::unwrap;
pub use url::safe_url;

create_formatter!(Formatter<std::vec::IntoIter<String>>, {
    NodeValue::Heading(ref heading) => |context, entering| {
        if entering {
            context.cr()?;
            let anchor = context.user.next().unwrap_or_default();
            write!(context, "<h{} id=\"{anchor}\">", heading.level)?;
        } else {
            write!(context, "</h{}>", heading.level)?;
            context.lf()?;
        }
        return Ok(ChildRendering::HTML);
    },
});

/// Renders blocks of Markdown. `anchors` are those of the page so far.
pub fn render(markdown: &str, setting: Setting<'_>, anchors: &mut Anchors) -> Rendered {
    if bounds::is_dense(markdown) {
        return plain(markdown);
    }
    let arena = Arena::new();
    let mut options = options();
    options.extension.table = bounds::has_drawable_tables(markdown);
    let root = parse_document(&arena, markdown, &options);
    if bounds::is_deep(root) {
        return plain(markdown);
    }
    // What the first passes put into the tree is nothing that the next of them look for.
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    let raw_html = if raw_html::can_be_cleaned(&nodes) { setting.raw_html } else { RawHtml::Removed };
    options.render.r#unsafe = raw_html == RawHtml::Sanitized;
    make_safe(&arena, &nodes, raw_html);
    let taken = attributes::take_out(&nodes);
    let images = files::place(&arena, &nodes, setting.folder);
    let has_links = has_slots(markdown) || nodes.iter().any(|node| is_link(node));
    if has_links {
        slots::arrange(&arena, root);
    }
    if markdown.contains("[^") {
        anchors::name_footnotes(root, anchors);
    }

    let mut headings = Vec::new();
    for node in root.descendants() {
        let data = node.data();
        if let NodeValue::Heading(heading) = &data.value {
            let text = without_slots(&fill(&text::of(node), Form::Text, &Unresolved));
            let anchor = anchors.give(taken.ids.get(&std::ptr::from_ref(node)).unwrap_or(&text));
            let line = saturate(data.sourcepos.start.line);
            headings.push(RenderedHeading { level: heading.level, text, anchor, line });
        }
    }
    let given: Vec<String> = headings.iter().map(|heading| heading.anchor.clone()).collect();
    let mut html = String::with_capacity(markdown.len() + markdown.len() / 4);
    // Writing into a String cannot fail.
    drop(Formatter::format_document(root, &options, &mut html, given.into_iter()));
    if raw_html == RawHtml::Sanitized {
        html = raw_html::clean(&html);
    }
    let content = RichText {
        html: html.trim_end().to_owned(),
        text: text::of(root),
        markdown: balanced(without_lines_ends(markdown, &taken.lines).trim()),
    };
    let links = if has_links { collect::links(root, setting.folder) } else { Vec::new() };
    Rendered { content: content.settled(), headings, images, links, is_plain: false }
}

/// Whether a node is a link, or a part of the text that becomes one.
fn is_link(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::FootnoteReference(_))
}

/// A text as it is written, in its paragraphs.
fn plain(markdown: &str) -> Rendered {
    let words = without_slots(markdown);
    let words = words.trim();
    let paragraphs = words.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let html: Vec<String> = paragraphs.map(|paragraph| format!("<p>{}</p>", escape(paragraph))).collect();
    let content = RichText { html: html.join("\n"), text: words.to_owned(), markdown: words.to_owned() };
    Rendered { content, is_plain: true, ..Rendered::default() }
}

/// The Markdown without the attributes at the ends of some lines.
fn without_lines_ends(markdown: &str, lines: &[usize]) -> String {
    if lines.is_empty() {
        return markdown.to_owned();
    }
    let lines: std::collections::HashSet<usize> = lines.iter().copied().collect();
    let kept = markdown.lines().enumerate().map(|(index, line)| match line.rfind('{') {
        Some(start) if lines.contains(&(index + 1)) => line[..start].trim_end(),
        _ => line,
    });
    kept.collect::<Vec<_>>().join("\n")
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options
}

/// Takes out what must not reach a reader: raw HTML, unless it is cleaned afterwards, and addresses with a scheme that is
/// not allowed. The words stay.
fn make_safe<'a>(arena: &'a Arena<'a>, nodes: &[Node<'a>], raw_html: RawHtml) {
    for node in nodes {
        let value = match &node.data().value {
            value @ (NodeValue::HtmlBlock(_)
            | NodeValue::HtmlInline(_)
            | NodeValue::Link(_)
            | NodeValue::Image(_)) => value.clone(),
            _ => continue,
        };
        match value {
            NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) if raw_html == RawHtml::Sanitized => {}
            NodeValue::HtmlBlock(block) => {
                let paragraph = arena.alloc(AstNode::from(NodeValue::Paragraph));
                paragraph.append(
                    arena.alloc(AstNode::from(NodeValue::Text(text::without_tags(&block.literal).into()))),
                );
                node.insert_before(paragraph);
                node.detach();
            }
            NodeValue::HtmlInline(tag) => {
                if is_line_break(&tag) {
                    node.data_mut().value = NodeValue::LineBreak;
                } else {
                    node.detach();
                }
            }
            NodeValue::Link(link) if safe_url(&link.url).is_none() => unwrap(node),
            NodeValue::Image(image) if safe_url(&image.url).is_none() => unwrap(node),
            _ => {}
        }
    }
}

fn is_line_break(tag: &str) -> bool {
    matches!(tag.to_ascii_lowercase().replace(' ', "").as_str(), "<br>" | "<br/>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::page::{Destination, LinkKind};
    use passerelle_model::slot::{Opening, Slot};

    fn html(markdown: &str) -> String {
        render(markdown, Setting::default(), &mut Anchors::default()).content.html
    }

    #[test]
    fn raw_html_goes_and_its_words_stay() {
        assert_eq!(html("Un <b>mot</b> et <script>alert(1)</script>."), "<p>Un mot et alert(1).</p>");
        assert_eq!(html("<div onclick=\"x()\">\nDeux mots\n</div>"), "<p>Deux mots</p>");
        assert_eq!(html("ici<br/>là"), "<p>ici<br />\nlà</p>");
    }

    #[test]
    fn raw_html_that_is_trusted_is_cleaned() {
        let setting = Setting { raw_html: RawHtml::Sanitized, ..Setting::default() };
        let rendered = |markdown: &str| render(markdown, setting, &mut Anchors::default()).content;
        let inline = rendered(
            "# A\n\nH<sub>2</sub>O <script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:y)",
        );
        assert_eq!(inline.html, "<h1 id=\"a\">A</h1>\n<p>H<sub>2</sub>O <img src=\"x\"> x</p>");
        let block = rendered(
            "<div onclick=\"x()\" style=\"a\">\n<iframe src=\"/y\"></iframe>Deux &amp; trois\n<style>b</style></div>",
        );
        assert_eq!(block.html, "<div>\nDeux &amp; trois\n</div>");
        assert_eq!(block.text, "Deux & trois");
        let nested = format!("{}a", "<div>".repeat(1_000));
        assert_eq!(rendered(&nested).html, "<p>a</p>");
        let notes = "a[^1]\n\n[^1]: b\n\n```js\nc\n```";
        let plain = render(notes, Setting::default(), &mut Anchors::default()).content.html;
        let attributes = |html: &str| html.matches("=\"").count();
        assert_eq!(
            attributes(&rendered(notes).html),
            attributes(
                &plain
                    .replace("data-footnotes", "data-footnotes=\"\"")
                    .replace("data-footnote-ref>", "data-footnote-ref=\"\">")
                    .replace("data-footnote-backref ", "data-footnote-backref=\"\" ")
            )
        );
    }

    #[test]
    fn only_allowed_schemes_are_addresses() {
        assert_eq!(html("[x](javascript:alert(1))"), "<p>x</p>");
        assert_eq!(html("![x](data:image/svg+xml;base64,AA)"), "<p>x</p>");
        assert_eq!(html("[x](/page)"), "<p><a href=\"/page\">x</a></p>");
    }

    #[test]
    fn attributes_are_for_the_looks_and_an_id_is_an_anchor() {
        assert_eq!(html("## Titre { .h3 }"), "<h2 id=\"titre\">Titre</h2>");
        assert_eq!(html("## Titre {#ici .h3}"), "<h2 id=\"ici\">Titre</h2>");
        assert_eq!(html("Un texte\n{ .a }\n\n{ .b }"), "<p>Un texte</p>");
        assert_eq!(html("- un { .a }\n- deux\n{ .b }"), "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>");
        assert_eq!(
            html("**gras**{.a} et [x](/y){ target=_blank }."),
            "<p><strong>gras</strong> et <a href=\"/y\">x</a>.</p>"
        );
        assert_eq!(html("| a |\n| - |\n| b |\n{ .c }"), html("| a |\n| - |\n| b |"));
        assert_eq!(html("Un ensemble {a, b}"), "<p>Un ensemble {a, b}</p>");
        assert_eq!(html("`{ .a }`"), "<p><code>{ .a }</code></p>");
        let rendered = render("## Titre { .h3 }\n\nTexte", Setting::default(), &mut Anchors::default());
        assert_eq!(rendered.content.markdown, "## Titre\n\nTexte");
    }

    #[test]
    fn markup_that_nobody_writes_is_left_as_it_is() {
        let deep = render(&format!("{}a", "> ".repeat(200)), Setting::default(), &mut Anchors::default());
        assert!(deep.is_plain && deep.content.html.starts_with("<p>&gt; &gt; "));
        let dense = render(&"*a_ ".repeat(100_000), Setting::default(), &mut Anchors::default());
        assert!(dense.is_plain);
        let table = format!("{}\n{}\n{}", "|a".repeat(3_000), "|-".repeat(3_000), "|b\n".repeat(3_000));
        assert!(
            !render(&table, Setting::default(), &mut Anchors::default()).content.html.contains("<table>")
        );
    }

    #[test]
    fn links_stand_whole_and_in_no_other_link() {
        let open = |url: &str| {
            let destination = Destination::Url(url.to_owned());
            Slot::Open(Opening { kind: LinkKind::External, destination, new_window: false }).encode()
        };
        let close = Slot::Close.encode();
        let linked = |before: &str, words: &str, after: &str| {
            html(&format!("{before}{}{words}{close}{after}", open("/x")))
        };
        assert_eq!(linked("a ", "**b**", " c"), "<p>a <a href=\"/x\"><strong>b</strong></a> c</p>");
        assert_eq!(linked("*a ", "b* c", " d"), "<p><em>a b</em> c d</p>");
        assert_eq!(linked("", "[b](/c)", ""), "<p><a href=\"/x\">b</a></p>");
        assert_eq!(linked("", "https://b.example", ""), "<p><a href=\"/x\">https://b.example</a></p>");
        assert_eq!(linked("", &format!("b{}c{close}", open("/y")), ""), "<p><a href=\"/x\">bc</a></p>");
        assert_eq!(linked("# ", "b", ""), "<h1 id=\"b\"><a href=\"/x\">b</a></h1>");
        assert_eq!(
            html(&format!("![a {} b](/c.png)", open("/x"))),
            "<p><img src=\"/c.png\" alt=\"a  b\" /></p>"
        );
    }
}

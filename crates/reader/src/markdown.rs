//! Renders CommonMark with tables, strikethrough, autolinks and footnotes to HTML and to plain text.
//!
//! The HTML is safe. Raw HTML is cleaned by an allow-list ([`RawHtmlPolicy::Sanitized`], the default of the
//! service), or its tags are removed and their text stays. Link addresses are relative or have an allowed
//! scheme, and text is escaped.
//!
//! Only this module uses Comrak. Shortcodes inside a sentence arrive here as
//! [placeholders](passerelle_model::placeholder). Images and links to files leave as placeholders, because
//! their output depends on other files.

pub(crate) mod address;
mod anchors;
pub mod attributes;
mod block_spaces;
mod cell_alignment;
mod collect;
mod empty_blocks;
mod files;
pub(crate) mod html_tag;
pub(crate) mod limits;
mod note_numbers;
pub(crate) mod notes;
mod placeholders;
mod plain_text;
mod raw_html;
mod raw_links;
mod rendered;
mod replace_with_children;
mod strikethrough;
mod title;
mod url;

use std::borrow::Cow;
use std::fmt::Write as _;

use comrak::html::ChildRendering;
use comrak::nodes::{AstNode, Node, NodeValue};
use comrak::{Arena, Options, create_formatter, parse_document};
use passerelle_model::html::push_element_text;
use passerelle_model::placeholder::{
    Placeholder, TextSegment, drop_unpaired_links, has_placeholders, segments, strip_placeholders,
};
use passerelle_model::rich_text::RichText;
use passerelle_text::fold::collapse_whitespace;

use crate::source::saturating_u32;
pub use address::AddressBase;
pub use anchors::Anchorizer;
pub(crate) use block_spaces::plain_block_spaces;
pub use raw_html::RawHtmlPolicy;
pub use rendered::{RenderOptions, Rendered, RenderedHeading, WithLine};
pub use title::render_title;
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
    NodeValue::HtmlInline(ref html) => |context, entering| {
        if entering && html == LINE_BREAK {
            context.write_str("<br />\n")?;
        } else if entering && context.options.render.r#unsafe {
            context.write_str(html)?;
        }
        return Ok(ChildRendering::HTML);
    },
});

/// A line break in a table cell. Comrak accepts no node for one there.
const LINE_BREAK: &str = "<br />";

/// Renders Markdown blocks.
///
/// `anchors` contains the anchors already used on the page; new headings are added to it. Markdown over the
/// limits is returned as escaped text with [`Rendered::exceeds_limits`] set.
pub fn render(markdown: &str, render_options: RenderOptions<'_>, anchors: &mut Anchorizer) -> Rendered {
    if limits::exceeds_markup_limit(markdown) {
        return render_literal(markdown);
    }
    let arena = Arena::new();
    let mut options = options();
    // comrak misses a definition such as `[r]: <a b.pdf>` that no line end follows.
    let source = if render_options.definitions.is_empty() && !markdown.ends_with('>') {
        Cow::Borrowed(markdown)
    } else {
        Cow::Owned(format!("{markdown}{}\n", render_options.definitions))
    };
    options.extension.table = limits::tables_within_limit(markdown);
    let root = parse_document(&arena, &source, &options);
    if limits::exceeds_depth_limit(root) {
        return render_literal(markdown);
    }
    if markdown.contains("[^") {
        let nodes: Vec<Node<'_>> = root.descendants().collect();
        note_numbers::number_references(&nodes, anchors, false);
    }
    render_tree(&arena, root, markdown, render_options, anchors)
}

/// Renders a parsed tree. `markdown` is its source.
fn render_tree<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    markdown: &str,
    render_options: RenderOptions<'_>,
    anchors: &mut Anchorizer,
) -> Rendered {
    let mut options = options();
    // The nodes are collected once: no later pass has to visit the nodes that an earlier pass inserts.
    let nodes: Vec<Node<'_>> = root.descendants().collect();
    let raw_html = if raw_html::within_sanitizer_limit(&nodes) {
        render_options.raw_html
    } else {
        RawHtmlPolicy::Removed
    };
    options.render.r#unsafe = raw_html == RawHtmlPolicy::Sanitized;
    strikethrough::keep_single_tildes(arena, &nodes, markdown);
    let has_raw_html = remove_raw_html(arena, &nodes, raw_html);
    let mut found = files::FoundFiles::default();
    files::check_addresses(&nodes, &mut found);
    let has_raw_links =
        has_raw_html && raw_links::convert_inline(arena, &nodes, render_options.base, &mut found);
    let extracted = attributes::extract(&nodes);
    files::insert_placeholders(arena, &nodes, render_options.base, &mut found);
    let has_links =
        has_raw_links || has_placeholders(markdown) || nodes.iter().any(|node| is_link_like(node));
    if has_links {
        placeholders::normalize(arena, root);
    }

    empty_blocks::remove(root, |node| extracted.ids.contains_key(&std::ptr::from_ref(node)));
    let headings = collect_headings(root, &extracted, render_options.base, anchors, &mut found);
    let rendered_headings = headings.iter().filter(|heading| !heading.is_raw);
    let heading_anchors: Vec<String> = rendered_headings.map(|heading| heading.anchor.to_string()).collect();
    let mut html = String::with_capacity(markdown.len() + markdown.len() / 4);
    // Writing to a `String` cannot fail.
    drop(Formatter::format_document(root, &options, &mut html, heading_anchors.into_iter()));
    if raw_html == RawHtmlPolicy::Sanitized && has_raw_html {
        html = drop_unpaired_links(&raw_html::sanitize(&html));
    }
    let content = RichText {
        html: cell_alignment::align_by_class(html.trim_end().to_owned()),
        text: plain_text::node_text(root),
        markdown: drop_unpaired_links(strip_trailing_attributes(markdown, &extracted.lines).trim()),
    };
    let links = if has_links || has_raw_html { collect::collect_links(root) } else { Vec::new() };
    Rendered {
        content: content.fill_local_placeholders(),
        headings,
        images: found.images,
        links,
        warnings: found.warnings,
        exceeds_limits: false,
    }
}

/// Returns the headings of a tree with their anchors. Rewrites the addresses in blocks of raw HTML.
fn collect_headings<'a>(
    root: Node<'a>,
    attributes: &attributes::ExtractedAttributes<'a>,
    base: AddressBase<'_>,
    anchors: &mut Anchorizer,
    found: &mut files::FoundFiles,
) -> Vec<RenderedHeading> {
    let mut headings = Vec::new();
    for node in root.descendants() {
        let mut data = node.data_mut();
        let line = saturating_u32(data.sourcepos.start.line);
        if let NodeValue::HtmlBlock(block) = &mut data.value {
            let mut rewriter = raw_links::BlockRewriter::new(base, anchors, line);
            block.literal = rewriter.rewrite(&block.literal);
            headings.append(&mut rewriter.headings);
            found.append(&mut rewriter.found);
            continue;
        }
        if let NodeValue::HtmlInline(source) = &mut data.value
            && let Some(claimed) = raw_links::claim_inline_id(source, anchors)
        {
            *source = claimed;
        }
        drop(data);
        let data = node.data();
        if let NodeValue::Heading(heading) = &data.value {
            let text = heading_text(&plain_text::node_text(node));
            let anchor = anchors.anchorize(attributes.ids.get(&std::ptr::from_ref(node)).unwrap_or(&text));
            headings.push(RenderedHeading { level: heading.level, text, anchor, line, is_raw: false });
        }
    }
    headings
}

/// Returns the text of a heading on one line: images leave their alternative text.
fn heading_text(text: &str) -> String {
    let words: String = segments(text)
        .into_iter()
        .map(|segment| match segment {
            TextSegment::Text(text) => text.to_owned(),
            TextSegment::Placeholder(Placeholder::Image(image), _) => image.alt.unwrap_or_default(),
            TextSegment::Placeholder(..) => String::new(),
        })
        .collect();
    collapse_whitespace(&words)
}

/// True for nodes that render to a link or an image.
fn is_link_like(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::FootnoteReference(_))
}

/// Returns the Markdown source as escaped paragraphs, without interpreting its markup.
fn render_literal(markdown: &str) -> Rendered {
    let words = strip_placeholders(markdown);
    let words = words.trim();
    let paragraphs = words.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let mut html = String::with_capacity(words.len());
    for paragraph in paragraphs {
        html.push_str(if html.is_empty() { "<p>" } else { "\n<p>" });
        push_element_text(&mut html, paragraph);
        html.push_str("</p>");
    }
    let content = RichText { html, text: words.to_owned(), markdown: words.to_owned() };
    Rendered { content, exceeds_limits: true, ..Rendered::default() }
}

/// Removes the trailing attribute block `{ … }` from the given lines (from 1).
fn strip_trailing_attributes(markdown: &str, lines: &[usize]) -> String {
    if lines.is_empty() {
        return markdown.to_owned();
    }
    let lines: std::collections::HashSet<usize> = lines.iter().copied().collect();
    let stripped = markdown.lines().enumerate().map(|(index, line)| match line.rfind('{') {
        Some(start) if lines.contains(&(index + 1)) => line[..start].trim_end(),
        _ => line,
    });
    stripped.collect::<Vec<_>>().join("\n")
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options
}

/// Removes raw HTML but keeps its text, unless it is sanitized later. Returns true if raw HTML is left.
fn remove_raw_html<'a>(arena: &'a Arena<'a>, nodes: &[Node<'a>], raw_html: RawHtmlPolicy) -> bool {
    let mut has_raw_html = false;
    for node in nodes {
        let value = match &node.data().value {
            value @ (NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_)) => value.clone(),
            _ => continue,
        };
        match value {
            NodeValue::HtmlInline(tag) if is_line_break(&tag) => {
                let is_in_cell =
                    node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::TableCell));
                node.data_mut().value = if is_in_cell {
                    NodeValue::HtmlInline(LINE_BREAK.to_owned())
                } else {
                    NodeValue::LineBreak
                };
            }
            NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) if raw_html == RawHtmlPolicy::Sanitized => {
                has_raw_html = true;
            }
            NodeValue::HtmlBlock(block) => {
                for text in html_tag::paragraphs(&block.literal) {
                    let paragraph = arena.alloc(AstNode::from(NodeValue::Paragraph));
                    paragraph.append(arena.alloc(AstNode::from(NodeValue::Text(text.into()))));
                    node.insert_before(paragraph);
                }
                node.detach();
            }
            NodeValue::HtmlInline(tag) if separates_words(node, &tag) => {
                node.data_mut().value = NodeValue::Text(" ".into());
            }
            NodeValue::HtmlInline(_) => node.detach(),
            _ => {}
        }
    }
    has_raw_html
}

/// Returns true if a tag between two words stands for a space.
fn separates_words(node: Node<'_>, tag: &str) -> bool {
    let ends_with_space = |node: Node<'_>| match &node.data().value {
        NodeValue::Text(text) => text.ends_with(char::is_whitespace),
        NodeValue::SoftBreak | NodeValue::LineBreak => true,
        _ => false,
    };
    html_tag::HtmlTag::parse(tag).is_some_and(|(tag, _)| html_tag::separates_words(&tag.name))
        && node.next_sibling().is_some()
        && node.previous_sibling().is_some_and(|before| !ends_with_space(before))
}

fn is_line_break(tag: &str) -> bool {
    html_tag::HtmlTag::parse(tag).is_some_and(|(tag, _)| tag.name == "br")
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::page::{Destination, LinkKind};
    use passerelle_model::placeholder::{LinkStart, Placeholder};

    fn html(markdown: &str) -> String {
        render(markdown, RenderOptions::default(), &mut Anchorizer::default()).content.html
    }

    #[test]
    fn raw_html_tags_are_removed_and_text_is_kept() {
        assert_eq!(html("Un <b>mot</b> et <script>alert(1)</script>."), "<p>Un mot et alert(1).</p>");
        assert_eq!(html("<div onclick=\"x()\">\nDeux mots\n</div>"), "<p>Deux mots</p>");
        assert_eq!(html("ici<br/>là"), "<p>ici<br />\nlà</p>");
        assert_eq!(html("un<button>deux</button>, <label>trois</label>"), "<p>un deux , trois</p>");
    }

    #[test]
    fn table_cells_have_line_breaks_and_separate_words() {
        for raw_html in [RawHtmlPolicy::Removed, RawHtmlPolicy::Sanitized] {
            let render_options = RenderOptions { raw_html, ..RenderOptions::default() };
            let rendered =
                |markdown: &str| render(markdown, render_options, &mut Anchorizer::default()).content;
            let cell = rendered("| A |\n|--|\n| b<br>c **d<br>e** |");
            assert!(cell.html.contains("<td>b<br />\nc <strong>d<br />\ne</strong></td>"), "{}", cell.html);
            assert_eq!(cell.text, "A\nb\nc d\ne");
            let list = rendered("| A |\n|--|\n| <ul><li>a</li><li>b</li></ul> |");
            assert_eq!(list.text.split_whitespace().collect::<Vec<_>>(), ["A", "a", "b"]);
            for (markdown, text) in [
                ("<p>Nom<button>Envoyer</button></p>", "Nom Envoyer"),
                ("<select><option>Un</option><option>Deux</option></select>", "Un Deux"),
                ("a <label>Nom</label><button>Envoyer</button>", "a Nom Envoyer"),
                ("<svg><title>Un</title><text>Deux</text></svg>", "Un Deux"),
            ] {
                let rendered = rendered(markdown);
                assert_eq!(collapse_whitespace(&rendered.text), text);
                let words = html_tag::paragraphs(&rendered.html).join(" ");
                assert_eq!(words, text, "{}", rendered.html);
            }
        }
    }

    #[test]
    fn trusted_raw_html_is_sanitized() {
        let render_options = RenderOptions { raw_html: RawHtmlPolicy::Sanitized, ..RenderOptions::default() };
        let rendered = |markdown: &str| render(markdown, render_options, &mut Anchorizer::default()).content;
        let inline = rendered(
            "# A\n\nH<sub>2</sub>O <script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:y)",
        );
        assert_eq!(inline.html, "<h1 id=\"a\">A</h1>\n<p>H<sub>2</sub>O <img src=\"x\" alt=\"\" /> x</p>");
        let block = rendered(
            "<div onclick=\"x()\" style=\"a\">\n<iframe src=\"/y\"></iframe>Deux &amp; trois\n<style>b</style></div>",
        );
        assert_eq!(block.html, "<div>\nDeux &amp; trois\n</div>");
        assert_eq!(block.text, "Deux & trois");
        let nested = format!("{}a", "<div>".repeat(1_000));
        assert_eq!(rendered(&nested).html, "<p>a</p>");
        let notes = "a[^1]\n\n[^1]: b\n\n```js\nc\n```";
        let plain = render(notes, RenderOptions::default(), &mut Anchorizer::default()).content.html;
        assert_eq!(rendered(notes).html, plain);
    }

    #[test]
    fn links_with_disallowed_schemes_become_text() {
        assert_eq!(html("[x](javascript:alert(1))"), "<p>x</p>");
        assert_eq!(html("![x](data:image/svg+xml;base64,AA)"), "<p>x</p>");
        assert_eq!(html("[x](https://x.example)"), "<p><a href=\"https://x.example\">x</a></p>");
        assert_eq!(html("[x]()"), "<p>x</p>");
    }

    #[test]
    fn every_address_that_is_removed_has_a_warning() {
        let render_options = RenderOptions { raw_html: RawHtmlPolicy::Sanitized, ..RenderOptions::default() };
        for markdown in [
            "[x]()",
            "[x](file:///plan.pdf)",
            "[x](<C:\\plan.pdf>)",
            "[x][r]\n\n[r]: javascript:y",
            "![x](data:image/png;base64,AA)",
            "![x]()",
            "a <a href=\"file:///plan.pdf\">x</a>",
            "a <img src=\"file:///x.png\" alt=\"x\">",
            "<div><a href=\"data:y\">x</a></div>",
            "<div><img src=\"file:///x.png\" alt=\"x\"></div>",
        ] {
            let rendered = render(markdown, render_options, &mut Anchorizer::default());
            assert_eq!(rendered.warnings.len(), 1, "{markdown}: {:?}", rendered.warnings);
        }
        let anchor = render("a <a name=\"b\"></a>", render_options, &mut Anchorizer::default());
        assert!(anchor.warnings.is_empty());
    }

    #[test]
    fn spaces_of_an_address_in_angle_brackets_are_encoded() {
        for markdown in ["[x](<a b.pdf>)", "[x][r]\n\n[r]: <a b.pdf>"] {
            let rendered = render(markdown, RenderOptions::default(), &mut Anchorizer::default());
            assert!(rendered.warnings.is_empty(), "{markdown}");
            assert_eq!(rendered.links.len(), 1, "{markdown}: {}", rendered.content.html);
        }
        let image = render("![x](<a b.png>)", RenderOptions::default(), &mut Anchorizer::default());
        assert_eq!(image.images[0].value.src, "a%20b.png");
    }

    #[test]
    fn attributes_are_removed_and_a_heading_id_becomes_its_anchor() {
        assert_eq!(html("## Titre { .h3 }"), "<h2 id=\"titre\">Titre</h2>");
        assert_eq!(html("## Titre {#ici .h3}"), "<h2 id=\"ici\">Titre</h2>");
        assert_eq!(html("Un texte\n{ .a }\n\n{ .b }"), "<p>Un texte</p>");
        assert_eq!(html("- un { .a }\n- deux\n{ .b }"), "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>");
        assert_eq!(
            html("**gras**{.a} et [x](https://y.example){ target=_blank }."),
            "<p><strong>gras</strong> et <a href=\"https://y.example\">x</a>.</p>"
        );
        assert_eq!(html("| a |\n| - |\n| b |\n{ .c }"), html("| a |\n| - |\n| b |"));
        assert_eq!(html("Un ensemble {a, b}"), "<p>Un ensemble {a, b}</p>");
        assert_eq!(html("`{ .a }`"), "<p><code>{ .a }</code></p>");
        let rendered =
            render("## Titre { .h3 }\n\nTexte", RenderOptions::default(), &mut Anchorizer::default());
        assert_eq!(rendered.content.markdown, "## Titre\n\nTexte");
    }

    #[test]
    fn markup_over_the_limits_is_rendered_literally() {
        let deep =
            render(&format!("{}a", "> ".repeat(200)), RenderOptions::default(), &mut Anchorizer::default());
        assert!(deep.exceeds_limits && deep.content.html.starts_with("<p>> > "));
        let dense = render(&"*a_ ".repeat(100_000), RenderOptions::default(), &mut Anchorizer::default());
        assert!(dense.exceeds_limits);
        let table = format!("{}\n{}\n{}", "|a".repeat(3_000), "|-".repeat(3_000), "|b\n".repeat(3_000));
        assert!(
            !render(&table, RenderOptions::default(), &mut Anchorizer::default())
                .content
                .html
                .contains("<table>")
        );
    }

    #[test]
    fn links_are_complete_and_not_nested() {
        let open = |url: &str| {
            let destination = Destination::Url(url.to_owned());
            Placeholder::LinkStart(LinkStart { kind: LinkKind::External, destination, new_window: false })
                .encode()
        };
        let close = Placeholder::LinkEnd.encode();
        let linked = |before: &str, words: &str, after: &str| {
            html(&format!("{before}{}{words}{close}{after}", open("/x")))
        };
        assert_eq!(linked("a ", "**b**", " c"), "<p>a <a href=\"/x\"><strong>b</strong></a> c</p>");
        assert_eq!(linked("*a ", "b* c", " d"), "<p><em>a b</em> c d</p>");
        assert_eq!(linked("", "[b](/c)", ""), "<p><a href=\"/x\">b</a></p>");
        assert_eq!(linked("", "https://b.example", ""), "<p><a href=\"/x\">https://b.example</a></p>");
        assert_eq!(linked("", &format!("b{}c{close}", open("/y")), ""), "<p><a href=\"/x\">bc</a></p>");
        assert_eq!(linked("# ", "b", ""), "<h1 id=\"b\"><a href=\"/x\">b</a></h1>");
        assert_eq!(html(&format!("![a {} b](/c)", open("/x"))), "<p><img src=\"/c\" alt=\"a  b\" /></p>");
    }
}

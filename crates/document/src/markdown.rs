//! CommonMark with tables, strikethrough, autolinks and footnotes, rendered to HTML and to plain text.
//!
//! The HTML is safe by construction: raw HTML is taken out (its words stay), addresses have a scheme of the
//! allow-list or none, text is escaped. Nothing is sanitised afterwards, because nothing needs to be.
//!
//! Comrak parses and formats; it is named below this module only. What stands outside CommonMark inside a line (a
//! shortcode) reaches this module as a [slot](crate::slot), and so leave it the images and the links to files.

pub mod attributes;
pub(crate) mod bounds;
mod collect;
mod slots;
mod text;
mod url;

use std::collections::HashMap;
use std::fmt::Write as _;

use comrak::html::ChildRendering;
use comrak::nodes::{AstNode, Node, NodeValue};
use comrak::{Arena, Options, create_formatter, parse_document};

use crate::asset::file_of;
use crate::fold::slugify;
use crate::page::{Destination, Image, Link, LinkKind};
use crate::rich_text::RichText;
use crate::slot::{Form, Opening, Slot, Unresolved, fill, without_slots};
use crate::source::saturate;
pub use url::safe_url;

/// A heading as it was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedHeading {
    /// 1 to 6.
    pub level: u8,
    /// Its plain text.
    pub text: String,
    /// Its `id` in the HTML, unique in the page.
    pub anchor: String,
    /// The line of the Markdown that it stands on, from 1.
    pub line: u32,
}

/// Something in a text, and the line of the Markdown that it stands on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLine<T> {
    /// What.
    pub what: T,
    /// Where.
    pub line: u32,
}

/// Markdown, rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML, plain text and Markdown, with slots for what other files know.
    pub content: RichText,
    /// Its headings, in document order.
    pub headings: Vec<RenderedHeading>,
    /// Its images, in document order.
    pub images: Vec<OnLine<Image>>,
    /// Its links, in document order.
    pub links: Vec<OnLine<Link>>,
    /// Whether its markup was left as it is written: there was more of it, or it was deeper, than anybody writes.
    pub is_plain: bool,
}

/// What a page gives its parts so that they do not clash: every heading an anchor of its own, the slug of its text,
/// numbered from 2 where it recurs; every part with footnotes names of their own.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    given: HashMap<String, u32>,
    parts_with_notes: u32,
}

impl Anchors {
    fn give(&mut self, text: &str) -> String {
        let slug = slugify(text);
        let base = if slug.is_empty() { "section".to_owned() } else { slug };
        let mut anchor = base.clone();
        let mut count = self.given.get(&base).copied().unwrap_or(0);
        while self.given.contains_key(&anchor) {
            count += 1;
            anchor = format!("{base}-{}", count + 1);
        }
        self.given.insert(base, count);
        self.given.entry(anchor.clone()).or_insert(0);
        anchor
    }

    /// Whether a heading was given this anchor.
    pub fn has(&self, anchor: &str) -> bool {
        self.given.contains_key(anchor)
    }

    /// What makes the names of footnotes differ from those of the parts before.
    fn note_prefix(&mut self) -> String {
        self.parts_with_notes += 1;
        if self.parts_with_notes == 1 { String::new() } else { format!("{}-", self.parts_with_notes) }
    }
}

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

/// Renders blocks of Markdown. `anchors` are those of the page so far; `folder` is where files are looked for whose
/// addresses are relative.
pub fn render(markdown: &str, folder: &str, anchors: &mut Anchors) -> Rendered {
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
    make_safe(&arena, &nodes);
    let taken = attributes::take_out(&nodes);
    let images = place_files(&arena, &nodes, folder);
    slots::arrange(&arena, root);
    if markdown.contains("[^") {
        name_footnotes(root, anchors);
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
    let content = RichText {
        html: html.trim_end().to_owned(),
        text: text::of(root),
        markdown: without_lines_ends(markdown, &taken.lines).trim().to_owned(),
    };
    let links = collect::links(root, folder);
    Rendered { content: content.settled(), headings, images, links, is_plain: false }
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

/// Renders a title: inline HTML without a paragraph around it, or a list where the title is one
/// (`- this - and that`).
pub fn render_title(title: &str) -> RichText {
    let items: Vec<&str> = match title.strip_prefix("- ") {
        Some(rest) => rest.split(" - ").map(str::trim).filter(|item| !item.is_empty()).collect(),
        None => Vec::new(),
    };
    let is_list = items.len() > 1;
    let markdown = if is_list {
        items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
    } else {
        title.to_owned()
    };
    // The first character of a title must not turn it into a heading, a list or a quotation.
    let source = if is_list { markdown.clone() } else { escape_block_start(title) };
    let RichText { html, text, .. } = render(&source, "", &mut Anchors::default()).content;
    let inline = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    RichText { html: inline.unwrap_or(&html).to_owned(), text, markdown }
}

fn escape_block_start(title: &str) -> String {
    let digits = title.chars().take_while(char::is_ascii_digit).count();
    let after = title[digits..].chars().next();
    if digits > 0 && matches!(after, Some('.' | ')')) {
        return format!("{}\\{}", &title[..digits], &title[digits..]);
    }
    if title.starts_with(['#', '>', '-', '+', '=', '~', '|', ':', '[', '`']) || title.starts_with("* ") {
        return format!("\\{title}");
    }
    title.to_owned()
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options
}

/// Takes out what must not reach a reader: raw HTML, and addresses with a scheme that is not allowed. The words stay.
fn make_safe<'a>(arena: &'a Arena<'a>, nodes: &[Node<'a>]) {
    for node in nodes {
        let value = match &node.data().value {
            value @ (NodeValue::HtmlBlock(_)
            | NodeValue::HtmlInline(_)
            | NodeValue::Link(_)
            | NodeValue::Image(_)) => value.clone(),
            _ => continue,
        };
        match value {
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

/// Puts the children of a node in its place.
fn unwrap(node: Node<'_>) {
    let children: Vec<_> = node.children().collect();
    for child in children {
        node.insert_before(child);
    }
    node.detach();
}

/// Puts slots in the place of images and of links to files beside the documents. Returns the images.
fn place_files<'a>(arena: &'a Arena<'a>, nodes: &[Node<'a>], folder: &str) -> Vec<OnLine<Image>> {
    let slot_node = |slot: &Slot, like: Node<'a>| {
        let node = arena.alloc(AstNode::from(NodeValue::Text(slot.encode().into())));
        node.data_mut().sourcepos = like.data().sourcepos;
        node
    };
    let mut images = Vec::new();
    for node in nodes {
        if node.parent().is_none() {
            continue;
        }
        let value = match &node.data().value {
            NodeValue::Link(link) => Some((false, without_slots(&link.url))),
            NodeValue::Image(image) => Some((true, without_slots(&image.url))),
            _ => None,
        };
        match value {
            Some((true, src)) => {
                let alt = without_slots(&text::of(node));
                let alt = (!alt.is_empty()).then_some(alt);
                let image = Image { file: file_of(&src, folder), src, alt, width: None, height: None };
                node.insert_before(slot_node(&Slot::Image(Box::new(image.clone())), node));
                node.detach();
                images.push(OnLine { what: image, line: saturate(node.data().sourcepos.start.line) });
            }
            Some((false, url)) => {
                if let Some(file) = file_of(&url, folder) {
                    let destination = Destination::File(file);
                    let opening = Opening { kind: LinkKind::File, destination, new_window: false };
                    node.insert_before(slot_node(&Slot::Open(opening), node));
                    node.insert_after(slot_node(&Slot::Close, node));
                    unwrap(node);
                }
            }
            None => {}
        }
    }
    images
}

/// Gives footnotes names that no other part of the page has, and has their definitions stand at the end, where the
/// formatter makes a list of them.
fn name_footnotes<'a>(root: Node<'a>, anchors: &mut Anchors) {
    let mut prefix = None;
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in &nodes {
        let is_definition = matches!(node.data().value, NodeValue::FootnoteDefinition(_));
        if is_definition && node.parent().is_some_and(|parent| !parent.same_node(root)) {
            node.detach();
            root.append(node);
        }
    }
    for node in nodes {
        let mut data = node.data_mut();
        let name = match &mut data.value {
            NodeValue::FootnoteDefinition(definition) => &mut definition.name,
            NodeValue::FootnoteReference(reference) => &mut reference.name,
            _ => continue,
        };
        let prefix = prefix.get_or_insert_with(|| anchors.note_prefix());
        name.insert_str(0, prefix);
    }
}

/// Escapes text for HTML, attribute values included.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Writing into a String cannot fail.
    let _: Result<(), std::fmt::Error> = comrak::html::escape(&mut escaped, text);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        render(markdown, "", &mut Anchors::default()).content.html
    }

    #[test]
    fn raw_html_goes_and_its_words_stay() {
        assert_eq!(html("Un <b>mot</b> et <script>alert(1)</script>."), "<p>Un mot et alert(1).</p>");
        assert_eq!(html("<div onclick=\"x()\">\nDeux mots\n</div>"), "<p>Deux mots</p>");
        assert_eq!(html("ici<br/>là"), "<p>ici<br />\nlà</p>");
    }

    #[test]
    fn only_allowed_schemes_are_addresses() {
        assert_eq!(html("[x](javascript:alert(1))"), "<p>x</p>");
        assert_eq!(html("![x](data:image/svg+xml;base64,AA)"), "<p>x</p>");
        assert_eq!(html("[x](/page)"), "<p><a href=\"/page\">x</a></p>");
    }

    #[test]
    fn headings_of_one_text_have_anchors_of_their_own() {
        assert_eq!(
            html("## À faire\n\n## À faire\n\n## A faire 2"),
            [
                "<h2 id=\"a-faire\">À faire</h2>",
                "<h2 id=\"a-faire-2\">À faire</h2>",
                "<h2 id=\"a-faire-2-2\">A faire 2</h2>",
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_title_is_inline_unless_it_is_a_list() {
        let title = render_title("- Planter des haies. - Creuser une mare.");
        assert_eq!(title.html, "<ul>\n<li>Planter des haies.</li>\n<li>Creuser une mare.</li>\n</ul>");
        assert_eq!(title.text, "- Planter des haies.\n- Creuser une mare.");
        for title in ["1. Planter", "# Planter", "- Planter", "> Planter", "* Planter"] {
            assert_eq!(render_title(title).text, title);
            assert!(!render_title(title).html.contains("<l"), "{title}");
        }
        assert_eq!(
            render_title("Planter « deux » haies & *trois* mares").html,
            "Planter « deux » haies &amp; <em>trois</em> mares"
        );
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
        let rendered = render("## Titre { .h3 }\n\nTexte", "", &mut Anchors::default());
        assert_eq!(rendered.content.markdown, "## Titre\n\nTexte");
    }

    #[test]
    fn markup_that_nobody_writes_is_left_as_it_is() {
        let deep = render(&format!("{}a", "> ".repeat(200)), "", &mut Anchors::default());
        assert!(deep.is_plain && deep.content.html.starts_with("<p>&gt; &gt; "));
        let dense = render(&"*a_ ".repeat(100_000), "", &mut Anchors::default());
        assert!(dense.is_plain);
        let table = format!("{}\n{}\n{}", "|a".repeat(3_000), "|-".repeat(3_000), "|b\n".repeat(3_000));
        assert!(!render(&table, "", &mut Anchors::default()).content.html.contains("<table>"));
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

    #[test]
    fn footnotes_of_two_parts_have_names_of_their_own() {
        let mut anchors = Anchors::default();
        let first = render("a[^1]\n\n[^1]: b", "", &mut anchors).content.html;
        let second = render("c[^1]\n\n[^1]: d", "", &mut anchors).content.html;
        assert!(
            first.contains("id=\"fn-1\"")
                && second.contains("id=\"fn-2-1\"")
                && second.contains("href=\"#fn-2-1\"")
        );
    }
}

//! CommonMark with tables, strikethrough, autolinks and footnotes, rendered to HTML and to plain text.
//!
//! The HTML is safe by construction: raw HTML is taken out (its words stay), addresses have a scheme of the
//! allow-list or none, text is escaped. Nothing is sanitised afterwards, because nothing needs to be.
//!
//! Comrak parses and formats; it is named in this module only. What stands outside CommonMark inside a line (a
//! shortcode) reaches this module as one character of a private plane, a [`Marker`], with what to put there.

mod text;
mod url;

use std::collections::HashMap;
use std::fmt::Write as _;

use comrak::html::ChildRendering;
use comrak::nodes::{AstNode, Node, NodeValue};
use comrak::{Arena, Options, create_formatter, parse_document};

use crate::fold::slugify;
use crate::rich_text::RichText;
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

/// An image as it was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedImage {
    /// The source as written.
    pub src: String,
    /// The alternative text.
    pub alt: String,
    /// The line of the Markdown that it stands on, from 1.
    pub line: u32,
}

/// Markdown, rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML, without a final newline.
    pub html: String,
    /// Plain text.
    pub text: String,
    /// Its headings, in document order.
    pub headings: Vec<RenderedHeading>,
    /// Its images, in document order.
    pub images: Vec<RenderedImage>,
}

/// What stands in a line of Markdown without being Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// What takes its place in the HTML: safe, and whole with what follows it.
    pub html: String,
    /// What takes its place in the plain text.
    pub text: String,
    /// What the editor wrote, which stays where nothing may be replaced: in code.
    pub raw: String,
}

/// The first of the characters that stand for markers: plane 15, which is private and which no editor types.
const FIRST_MARKER: u32 = 0xF_0000;
/// How many markers one text can have: those of plane 15.
const MARKERS: u32 = 0xFFFD;

impl Marker {
    /// The character that stands for the marker of this index, if there are not too many already.
    pub fn character(index: usize) -> Option<char> {
        let index = u32::try_from(index).ok().filter(|index| *index < MARKERS)?;
        char::from_u32(FIRST_MARKER + index)
    }

    fn index(character: char) -> Option<usize> {
        let index = u32::from(character).checked_sub(FIRST_MARKER)?;
        (index < MARKERS).then_some(index as usize)
    }

    /// The text without any character that could be taken for a marker.
    pub fn strip(text: &str) -> String {
        text.chars().filter(|character| Self::index(*character).is_none()).collect()
    }
}

/// Gives every heading of a page an anchor of its own: the slug of its text, numbered from 2 where it recurs.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    given: HashMap<String, u32>,
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

/// Renders blocks of Markdown. `anchors` are those of the page so far.
pub fn render(markdown: &str, markers: &[Marker], anchors: &mut Anchors) -> Rendered {
    let arena = Arena::new();
    let options = options();
    let root = parse_document(&arena, markdown, &options);
    make_safe(&arena, root);
    place_markers(&arena, root, markers);

    let mut rendered = Rendered::default();
    for node in root.descendants() {
        let data = node.data();
        let line = crate::source::saturate(data.sourcepos.start.line);
        match &data.value {
            NodeValue::Heading(heading) => {
                let text = text::of(node, markers);
                let anchor = anchors.give(&text);
                rendered.headings.push(RenderedHeading { level: heading.level, text, anchor, line });
            }
            NodeValue::Image(image) => {
                let alt = text::of(node, markers);
                rendered.images.push(RenderedImage { src: image.url.clone(), alt, line });
            }
            _ => {}
        }
    }
    let given: Vec<String> = rendered.headings.iter().map(|heading| heading.anchor.clone()).collect();
    // Writing into a String cannot fail.
    drop(Formatter::format_document(root, &options, &mut rendered.html, given.into_iter()));
    rendered.html = restore_markers(rendered.html.trim_end(), markers);
    rendered.text = text::of(root, markers);
    rendered
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
    let rendered = render(&source, &[], &mut Anchors::default());
    let html = rendered.html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    RichText { html: html.unwrap_or(&rendered.html).to_owned(), text: rendered.text, markdown }
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
fn make_safe<'a>(arena: &'a Arena<'a>, root: Node<'a>) {
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        let value = node.data().value.clone();
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

/// Puts each marker that stands in running text in its place. Those in code and in attributes are left to
/// [`restore_markers`].
fn place_markers<'a>(arena: &'a Arena<'a>, root: Node<'a>, markers: &[Marker]) {
    if markers.is_empty() {
        return;
    }
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        let NodeValue::Text(literal) = node.data().value.clone() else { continue };
        let in_image = node.ancestors().any(|ancestor| matches!(ancestor.data().value, NodeValue::Image(_)));
        if in_image || !literal.chars().any(|character| Marker::index(character).is_some()) {
            continue;
        }
        let mut run = String::new();
        for character in literal.chars() {
            match Marker::index(character).and_then(|index| markers.get(index)) {
                Some(marker) => {
                    node.insert_before(
                        arena.alloc(AstNode::from(NodeValue::Text(std::mem::take(&mut run).into()))),
                    );
                    // The character goes along so that the plain text finds the marker too. Twice, which says that it
                    // was placed; [`restore_markers`] drops both.
                    let raw = NodeValue::Raw(format!("{character}{character}{}", marker.html));
                    node.insert_before(arena.alloc(AstNode::from(raw)));
                }
                None => run.push(character),
            }
        }
        node.insert_before(arena.alloc(AstNode::from(NodeValue::Text(run.into()))));
        node.detach();
    }
}

/// Markers that were placed lose their character; those left in code and attributes become what the editor wrote.
fn restore_markers(html: &str, markers: &[Marker]) -> String {
    if markers.is_empty() {
        return html.to_owned();
    }
    let mut restored = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(|character| Marker::index(character).is_some()) {
        restored.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        let character = characters.next().unwrap_or_default();
        match characters.as_str().strip_prefix(character) {
            // It was placed: its HTML follows.
            Some(placed) => rest = placed,
            None => {
                rest = characters.as_str();
                let marker = Marker::index(character).and_then(|index| markers.get(index));
                restored.push_str(&escape(marker.map_or("", |marker| &marker.raw)));
            }
        }
    }
    restored.push_str(rest);
    restored
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
        render(markdown, &[], &mut Anchors::default()).html
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
    fn a_marker_is_placed_in_text_and_left_as_written_in_code() {
        let markers =
            [Marker { html: "<a href=\"/x\">".into(), text: String::new(), raw: "{% link %}".into() }];
        let character = Marker::character(0).unwrap();
        let rendered = render(&format!("a {character}b `c {character}`"), &markers, &mut Anchors::default());
        assert_eq!(rendered.html, "<p>a <a href=\"/x\">b <code>c {% link %}</code></p>");
        assert_eq!(rendered.text, "a b c {% link %}");
    }
}

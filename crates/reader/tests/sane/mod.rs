//! What holds of every reading, whatever the bytes were.

use std::collections::BTreeSet;

use passerelle_model::asset::AssetFacts;
use passerelle_model::page::{Block, Collection, Page, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_model::reading::{Content, Reading};
use passerelle_model::rich_text::RichText;
use passerelle_model::slot::{Answer, PageAddress, Resolve};
use passerelle_reader::decode::Growth;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtml;
use passerelle_reader::read::{ReadOptions, read};

/// Elements that a page may have. What is not here was not written by the renderer.
const ELEMENTS: [&str; 38] = [
    "a",
    "aside",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    // Nothing of these is written today; they would do no harm.
    "b",
    "dd",
    "dl",
    "dt",
    "i",
    "span",
    "sub",
];
const ATTRIBUTES: [&str; 17] = [
    "align",
    "alt",
    "aria-label",
    "class",
    "data-footnote-backref",
    "data-footnote-backref-idx",
    "data-footnote-ref",
    "data-footnotes",
    "height",
    "href",
    "id",
    "rel",
    "src",
    "start",
    "target",
    "title",
    "width",
];
const VOID: [&str; 3] = ["br", "hr", "img"];

/// Every page is there under an odd name, no file is.
struct Answers;

impl Resolve for Answers {
    fn page(&self, target: &PageTarget) -> Answer<PageAddress> {
        if target.key.len().is_multiple_of(2) {
            return Answer::Missing;
        }
        Answer::Found(PageAddress { url: format!("/{}/x", target.lang), name: "<A & B>".to_owned() })
    }

    fn file(&self, _: &DocumentPath) -> Answer<AssetFacts> {
        Answer::Missing
    }

    fn pages(&self, collection: &Collection) -> Answer<Vec<PageAddress>> {
        let page = PageAddress { url: "/x".to_owned(), name: collection.name.clone() };
        Answer::Found(vec![page])
    }
}

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions { growth: Growth::Over, defaults, raw_html: RawHtml::Removed }
}

/// Reads bytes as a page's document would be, and checks what comes out.
pub(crate) fn read_sanely(bytes: &[u8]) -> Option<Reading> {
    let path = DocumentPath::parse("fr/page.md").ok()?;
    let reading = read(&path, bytes, options(&FolderDefaults::default())).ok()?;
    if let Some(Content::Page { page, service }) = &reading.content {
        check_page(page);
        for text in service.iter().flat_map(|service| {
            service
                .missions
                .iter()
                .map(|mission| &mission.description)
                .chain([&service.summary])
                .chain(&service.definition)
        }) {
            check_text(&text.filled(&Answers));
        }
    }
    Some(reading)
}

/// The text of a page as readers have it.
pub(crate) fn text_of(reading: &Reading) -> String {
    match &reading.content {
        Some(Content::Page { page, .. }) => page.content.filled(&Answers).text,
        _ => String::new(),
    }
}

fn check_page(page: &Page) {
    let content = page.content.filled(&Answers);
    check_text(&content);
    let mut ids = BTreeSet::new();
    check_blocks(&page.blocks, &mut ids);
    let blocks = RichText::join(&page.blocks);
    assert_eq!(blocks.text, page.content.text, "the blocks say what the page says");
    assert!(!page.title.chars().any(is_private) && !page.slug.as_str().is_empty());
}

fn check_blocks<'a>(blocks: &'a [Block], ids: &mut BTreeSet<&'a str>) {
    for block in blocks {
        assert!(ids.insert(&block.id), "two blocks are called {}", block.id);
        check_blocks(&block.children, ids);
    }
}

fn is_private(character: char) -> bool {
    ('\u{F0000}'..='\u{F0103}').contains(&character)
}

fn check_text(text: &RichText) {
    for form in [&text.html, &text.text, &text.markdown] {
        assert!(!form.chars().any(is_private), "a slot is left in {form:?}");
    }
    check_html(&text.html);
}

/// Elements are of the list and whole, links stand in no other link, addresses have an allowed scheme.
fn check_html(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "a bare > in {html:?}");
        let end = rest[at..].find('>').unwrap_or_else(|| panic!("a bare < in {html:?}")) + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "ends cross in {html:?}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        assert!(ELEMENTS.contains(&name), "<{name}> in {html:?}");
        assert!(name != "a" || !open.contains(&"a"), "a link in a link in {html:?}");
        check_attributes(tag[name.len()..].trim_end_matches('/').trim(), &mut ids, html);
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} stay open in {html:?}");
}

fn check_attributes<'a>(attributes: &'a str, ids: &mut BTreeSet<&'a str>, html: &str) {
    let mut rest = attributes;
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let name = &rest[..end];
        assert!(ATTRIBUTES.contains(&name), "{name:?} in {html:?}");
        let mut value = "";
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix("=\"") {
            let end = after.find('"').unwrap_or_else(|| panic!("a bare quote in {html:?}"));
            (value, rest) = (&after[..end], &after[end + 1..]);
        }
        if name == "href" || name == "src" {
            let head = value.split(['/', '?', '#']).next().unwrap_or_default();
            let scheme = head.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
            let is_allowed =
                scheme.is_none_or(|scheme| ["http", "https", "mailto", "tel"].contains(&scheme.as_str()));
            assert!(is_allowed, "{value:?} in {html:?}");
        }
        if name == "id" {
            assert!(ids.insert(value), "two elements are called {value:?}");
        }
        rest = rest.trim_start();
    }
}

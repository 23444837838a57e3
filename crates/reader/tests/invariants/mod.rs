//! Checks that hold for every parsed page, whatever its bytes are. Shared by the property tests and the
//! fuzzer.

use std::collections::BTreeSet;

use passerelle_model::asset::AssetMetadata;
use passerelle_model::page::{Block, Collection, Page, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_model::placeholder::{Lookup, PlaceholderResolver, ResolvedPage};
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_model::rich_text::RichText;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::read::{ReadOptions, read};

/// Elements that may occur in the HTML of a page. The renderer writes no other element.
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
    // The renderer does not write these elements today, but they are harmless.
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
const VOID_ELEMENTS: [&str; 3] = ["br", "hr", "img"];

/// Resolves keys of odd length to a page whose title needs escaping. Other keys and all files are missing.
struct FixedResolver;

impl PlaceholderResolver for FixedResolver {
    fn page(&self, target: &PageTarget) -> Lookup<ResolvedPage> {
        if target.key.as_str().len().is_multiple_of(2) {
            return Lookup::Missing;
        }
        Lookup::Found(ResolvedPage { url: format!("/{}/x", target.lang), name: "<A & B>".to_owned() })
    }

    fn file(&self, _: &DocumentPath) -> Lookup<AssetMetadata> {
        Lookup::Missing
    }

    fn pages(&self, collection: &Collection) -> Lookup<Vec<ResolvedPage>> {
        let page = ResolvedPage { url: "/x".to_owned(), name: collection.name.clone() };
        Lookup::Found(vec![page])
    }
}

fn options(defaults: &FolderDefaults) -> ReadOptions<'_> {
    ReadOptions::with_defaults(defaults)
}

/// Parses bytes as the page `fr/page.md` and checks the result. `None` if the file is incomplete.
pub(crate) fn read_checked(bytes: &[u8]) -> Option<ParsedDocument> {
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
            check_text(&text.fill_placeholders(&FixedResolver));
        }
    }
    Some(reading)
}

/// Returns the text of a page with filled placeholders. Empty for other documents.
pub(crate) fn text_of(reading: &ParsedDocument) -> String {
    match &reading.content {
        Some(Content::Page { page, .. }) => page.content.fill_placeholders(&FixedResolver).text,
        _ => String::new(),
    }
}

fn check_page(page: &Page) {
    let content = page.content.fill_placeholders(&FixedResolver);
    check_text(&content);
    let mut ids = BTreeSet::new();
    check_blocks(&page.blocks, &mut ids);
    let blocks = RichText::join(&page.blocks);
    assert_eq!(blocks.text, page.content.text, "blocks and page have different text");
    assert!(!page.title.chars().any(is_reserved) && !page.slug.as_str().is_empty());
}

fn check_blocks<'a>(blocks: &'a [Block], ids: &mut BTreeSet<&'a str>) {
    for block in blocks {
        assert!(ids.insert(&block.id), "duplicate block id {}", block.id);
        check_blocks(&block.children, ids);
    }
}

fn is_reserved(character: char) -> bool {
    ('\u{F0000}'..='\u{F0103}').contains(&character)
}

fn check_text(text: &RichText) {
    for form in [&text.html, &text.text, &text.markdown] {
        assert!(!form.chars().any(is_reserved), "a placeholder is left in {form:?}");
    }
    check_html(&text.html);
}

/// Checks that elements are allowed and balanced, links are not nested, and addresses have an allowed scheme.
fn check_html(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "an unescaped > in {html:?}");
        let end = rest[at..].find('>').unwrap_or_else(|| panic!("an unescaped < in {html:?}")) + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "misnested end tag in {html:?}");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        assert!(ELEMENTS.contains(&name), "<{name}> in {html:?}");
        assert!(name != "a" || !open.contains(&"a"), "a nested link in {html:?}");
        check_attributes(tag[name.len()..].trim_end_matches('/').trim(), &mut ids, html);
        if !VOID_ELEMENTS.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "unclosed elements {open:?} in {html:?}");
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
            let end = after.find('"').unwrap_or_else(|| panic!("an unclosed quote in {html:?}"));
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
            assert!(ids.insert(value), "duplicate id {value:?}");
        }
        rest = rest.trim_start();
    }
}

//! Placeholders in stored text for link targets, image sizes and page lists.
//!
//! Their content depends on other files, which change independently of the text. The text is therefore
//! stored with [`Placeholder`]s, and [`fill`] resolves them at the revision of the request.
//!
//! A placeholder is encoded in private-use Unicode characters. Editors do not type them, and neither
//! Markdown nor HTML gives them a meaning, so a placeholder passes through both formats unchanged.

mod encoding;

use serde::{Deserialize, Serialize};

use crate::asset::AssetMetadata;
use crate::html::escape;
pub use encoding::split_placeholders;
pub use encoding::{has_placeholders, strip_placeholders};

use crate::page::{Collection, Destination, Image, LinkKind, PageTarget};

/// Content of a placeholder in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placeholder {
    /// Start of a link. The text up to the next [`Placeholder::LinkEnd`] is its label.
    #[serde(rename = "o")]
    LinkStart(LinkStart),
    /// End of a link.
    #[serde(rename = "c")]
    LinkEnd,
    /// Title of a page, used as the label of a link without text.
    #[serde(rename = "n")]
    PageTitle(PageTarget),
    /// An image.
    #[serde(rename = "i")]
    Image(Box<Image>),
    /// The pages of a collection.
    #[serde(rename = "l")]
    PageList(Collection),
}

/// Attributes at the start of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkStart {
    /// Kind of the link.
    #[serde(rename = "k")]
    pub kind: LinkKind,
    /// Destination of the link.
    #[serde(rename = "d")]
    pub destination: Destination,
    /// True if the link opens a new window.
    #[serde(rename = "t", default, skip_serializing_if = "std::ops::Not::not")]
    pub new_window: bool,
}

/// One of the three formats of a [`crate::rich_text::RichText`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextFormat {
    /// HTML.
    Html,
    /// Plain text.
    Text,
    /// `CommonMark`.
    Markdown,
}

/// Result of looking up the target of a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// The target exists.
    Found(T),
    /// The target does not exist.
    Missing,
    /// The resolver cannot look up the target. The placeholder stays in the text.
    Deferred,
}

/// A resolved link target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedPage {
    /// URL, with the anchor if the link has one.
    pub url: String,
    /// Display name.
    pub name: String,
}

/// Looks up the targets of placeholders at one revision.
pub trait PlaceholderResolver {
    /// True if the resolver can look up other files.
    const CAN_LOOK_UP: bool = true;

    /// Looks up the page of a link.
    fn page(&self, target: &PageTarget) -> Lookup<ResolvedPage>;
    /// Looks up the asset of an image or link.
    fn file(&self, path: &crate::path::DocumentPath) -> Lookup<AssetMetadata>;
    /// Returns the address of a file.
    fn file_url(&self, path: &crate::path::DocumentPath, file: &AssetMetadata) -> String {
        file.url(path)
    }
    /// Returns the pages of a collection, in order.
    fn pages(&self, collection: &Collection) -> Lookup<Vec<ResolvedPage>>;
}

/// Resolves placeholders that need no other file, and leaves the rest unchanged.
#[derive(Clone, Copy, Debug)]
pub struct LocalResolver;

impl PlaceholderResolver for LocalResolver {
    const CAN_LOOK_UP: bool = false;

    fn page(&self, _: &PageTarget) -> Lookup<ResolvedPage> {
        Lookup::Deferred
    }

    fn file(&self, _: &crate::path::DocumentPath) -> Lookup<AssetMetadata> {
        Lookup::Deferred
    }

    fn pages(&self, _: &Collection) -> Lookup<Vec<ResolvedPage>> {
        Lookup::Deferred
    }
}

impl Placeholder {
    /// Encodes the placeholder in private-use characters.
    pub fn encode(&self) -> String {
        // A placeholder contains only strings, numbers and booleans, so serialization cannot fail.
        let json = serde_json::to_vec(self).unwrap_or_default();
        encoding::encode(&json, self.needs_lookup())
    }

    /// Returns true if filling needs another file.
    fn needs_lookup(&self) -> bool {
        match self {
            Self::LinkStart(opening) => !matches!(opening.destination, Destination::Url(_)),
            Self::LinkEnd => false,
            Self::PageTitle(_) | Self::PageList(_) => true,
            Self::Image(image) => image.file.is_some(),
        }
    }

    /// Decodes a text that is one placeholder. Returns `None` if it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_slice(&encoding::decode(text)?).ok()
    }
}

/// Kind of a placeholder. It can be read without decoding the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderKind {
    /// [`Placeholder::LinkStart`].
    LinkStart,
    /// [`Placeholder::LinkEnd`].
    LinkEnd,
    /// Any other placeholder.
    Other,
}

/// Returns the kind if the whole text is one placeholder, else `None`.
pub fn placeholder_kind(text: &str) -> Option<PlaceholderKind> {
    // The JSON is `"c"` or `{"o":…`, so its first letter gives the kind.
    encoding::is_encoded(text).then(|| match encoding::first_letter(text) {
        Some(b'o') => PlaceholderKind::LinkStart,
        Some(b'c') => PlaceholderKind::LinkEnd,
        _ => PlaceholderKind::Other,
    })
}

/// Part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextSegment<'a> {
    /// Text without placeholders.
    Text(&'a str),
    /// A decoded placeholder and its encoded form.
    Placeholder(Placeholder, &'a str),
}

/// Splits a text at its placeholders. Removes malformed placeholders.
pub fn segments(text: &str) -> Vec<TextSegment<'_>> {
    let segment = |part| {
        if encoding::is_encoded(part) {
            Placeholder::parse(part).map(|placeholder| TextSegment::Placeholder(placeholder, part))
        } else {
            Some(TextSegment::Text(part))
        }
    };
    split_placeholders(text).into_iter().filter_map(segment).collect()
}

/// Removes link starts without an end and link ends without a start.
pub fn drop_unpaired_links(text: &str) -> String {
    let parts = split_placeholders(text);
    let mut open = Vec::new();
    let mut is_kept = vec![true; parts.len()];
    for (index, part) in parts.iter().enumerate() {
        match placeholder_kind(part) {
            Some(PlaceholderKind::LinkStart) => open.push(index),
            Some(PlaceholderKind::LinkEnd) => is_kept[index] = open.pop().is_some(),
            Some(PlaceholderKind::Other) | None => {}
        }
    }
    for index in open {
        is_kept[index] = false;
    }
    parts.into_iter().zip(is_kept).filter_map(|(part, is_kept)| is_kept.then_some(part)).collect()
}

/// Returns the placeholders of a text, in order.
pub fn placeholders(text: &str) -> impl Iterator<Item = Placeholder> {
    let segments = if has_placeholders(text) { segments(text) } else { Vec::new() };
    segments.into_iter().filter_map(|segment| match segment {
        TextSegment::Placeholder(placeholder, _) => Some(placeholder),
        TextSegment::Text(_) => None,
    })
}

/// Fills the placeholders that the resolver can look up.
pub fn fill<R: PlaceholderResolver>(text: &str, form: TextFormat, resolver: &R) -> String {
    if !has_placeholders(text) {
        return text.to_owned();
    }
    let mut output = String::with_capacity(text.len());
    // Closing marks of the open links. `None` for a link without a destination.
    let mut link_ends: Vec<Option<String>> = Vec::new();
    let mut has_empty = false;
    for part in split_placeholders(text) {
        let Some(kind) = placeholder_kind(part) else {
            output.push_str(part);
            continue;
        };
        if kind == PlaceholderKind::LinkEnd {
            output.push_str(link_ends.pop().flatten().as_deref().unwrap_or(part));
            continue;
        }
        // Parsing a placeholder is expensive. One that cannot be resolved here is not parsed.
        let can_resolve = R::CAN_LOOK_UP || !encoding::is_deferred(part);
        let placeholder = if can_resolve { Placeholder::parse(part) } else { None };
        match placeholder {
            Some(Placeholder::LinkStart(opening)) => {
                let (start, end) = link_tags(&opening, form, resolver).unzip();
                output.push_str(start.as_deref().unwrap_or(part));
                link_ends.push(end);
            }
            Some(placeholder) => {
                let rendered = render_placeholder(&placeholder, form, resolver);
                has_empty |= rendered.as_ref().is_some_and(String::is_empty);
                output.push_str(rendered.as_deref().unwrap_or(part));
            }
            None if can_resolve => {}
            None => {
                if kind == PlaceholderKind::LinkStart {
                    link_ends.push(None);
                }
                output.push_str(part);
            }
        }
    }
    if has_empty { remove_empty_paragraphs(&output, form) } else { output }
}

/// Removes the paragraphs that are empty after filling.
fn remove_empty_paragraphs(text: &str, form: TextFormat) -> String {
    if form == TextFormat::Html {
        return text.replace("<p></p>\n", "").replace("\n<p></p>", "").replace("<p></p>", "");
    }
    let mut whole = text.trim().to_owned();
    while whole.contains("\n\n\n") {
        whole = whole.replace("\n\n\n", "\n\n");
    }
    whole
}

/// Returns the text before and after a link label. Both are empty if the link has no destination.
fn link_tags(
    opening: &LinkStart,
    form: TextFormat,
    resolver: &impl PlaceholderResolver,
) -> Option<(String, String)> {
    let url = match &opening.destination {
        Destination::Url(url) => Some(url.clone()),
        Destination::Page(target) => match resolver.page(target) {
            Lookup::Found(page) => Some(page.url),
            Lookup::Missing => None,
            Lookup::Deferred => return None,
        },
        Destination::File(path) => match resolver.file(path) {
            Lookup::Found(file) => Some(resolver.file_url(path, &file)),
            Lookup::Missing => None,
            Lookup::Deferred => return None,
        },
    };
    let Some(url) = url else { return Some((String::new(), String::new())) };
    Some(match form {
        TextFormat::Html => {
            let window =
                if opening.new_window { " target=\"_blank\" rel=\"noopener noreferrer\"" } else { "" };
            (format!("<a href=\"{}\"{window}>", escape(&url)), "</a>".to_owned())
        }
        TextFormat::Text => (String::new(), String::new()),
        TextFormat::Markdown => ("[".to_owned(), format!("](<{}>)", escape_markdown_url(&url))),
    })
}

fn render_placeholder(
    placeholder: &Placeholder,
    form: TextFormat,
    resolver: &impl PlaceholderResolver,
) -> Option<String> {
    match placeholder {
        Placeholder::LinkStart(_) | Placeholder::LinkEnd => None,
        Placeholder::PageTitle(target) => match resolver.page(target) {
            Lookup::Found(page) => Some(escape_for(&page.name, form)),
            Lookup::Missing => Some(String::new()),
            Lookup::Deferred => None,
        },
        Placeholder::Image(image) => render_image(image, form, resolver),
        Placeholder::PageList(collection) => match resolver.pages(collection) {
            Lookup::Found(pages) => Some(render_page_list(&pages, form)),
            Lookup::Missing => Some(String::new()),
            Lookup::Deferred => None,
        },
    }
}

fn render_image(image: &Image, form: TextFormat, resolver: &impl PlaceholderResolver) -> Option<String> {
    let metadata = match image.file.as_ref().map(|file| (file, resolver.file(file))) {
        Some((_, Lookup::Deferred)) => return None,
        Some((file, Lookup::Found(metadata))) => Some((resolver.file_url(file, &metadata), metadata)),
        Some((_, Lookup::Missing)) | None => None,
    };
    let alt = image.alt.clone().unwrap_or_default();
    let size = image.display_size(metadata.as_ref().map(|(_, metadata)| metadata));
    let url = metadata.map_or_else(|| image.src.clone(), |(url, _)| url);
    Some(match form {
        TextFormat::Html => {
            let attribute = |name: &str, pixels: Option<u32>| {
                pixels.map(|pixels| format!(" {name}=\"{pixels}\"")).unwrap_or_default()
            };
            let (width, height) = (attribute("width", size.0), attribute("height", size.1));
            let title = image.title.as_ref().map(|title| format!(" title=\"{}\"", escape(title)));
            let title = title.unwrap_or_default();
            format!("<img src=\"{}\" alt=\"{}\"{title}{width}{height} />", escape(&url), escape(&alt))
        }
        TextFormat::Text => alt,
        TextFormat::Markdown => {
            let title = image.title.as_ref().map(|title| format!(" \"{}\"", title.replace('"', "\\\"")));
            let title = title.unwrap_or_default();
            format!("![{}](<{}>{title})", escape_for(&alt, form), escape_markdown_url(&url))
        }
    })
}

fn render_page_list(pages: &[ResolvedPage], form: TextFormat) -> String {
    if pages.is_empty() {
        return String::new();
    }
    let items = pages.iter().map(|page| match form {
        TextFormat::Html => format!("<li><a href=\"{}\">{}</a></li>", escape(&page.url), escape(&page.name)),
        TextFormat::Text => format!("- {}", page.name),
        TextFormat::Markdown => {
            format!("- [{}](<{}>)", escape_for(&page.name, form), escape_markdown_url(&page.url))
        }
    });
    let items = items.collect::<Vec<_>>().join("\n");
    if form == TextFormat::Html { format!("<ul>\n{items}\n</ul>") } else { items }
}

fn escape_for(words: &str, form: TextFormat) -> String {
    match form {
        TextFormat::Html => escape(words),
        TextFormat::Text => words.to_owned(),
        TextFormat::Markdown => words.replace('[', "\\[").replace(']', "\\]"),
    }
}

/// Percent-encodes `<` and `>`, so that a URL can stand between angle brackets (`CommonMark`, section 6.3).
fn escape_markdown_url(url: &str) -> String {
    url.replace('<', "%3C").replace('>', "%3E")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::LinkKey;
    use crate::language::Language;

    fn target(key: &str) -> PageTarget {
        PageTarget { key: LinkKey::new(key), lang: Language::Fr, heading: None, path: None }
    }

    fn open(destination: Destination) -> String {
        Placeholder::LinkStart(LinkStart { kind: LinkKind::Internal, destination, new_window: false })
            .encode()
    }

    struct OnePage;

    impl PlaceholderResolver for OnePage {
        fn page(&self, target: &PageTarget) -> Lookup<ResolvedPage> {
            if target.key.as_str() == "mare" {
                Lookup::Found(ResolvedPage { url: "/fr/mare".to_owned(), name: "La <mare>".to_owned() })
            } else {
                Lookup::Missing
            }
        }

        fn file(&self, _: &crate::path::DocumentPath) -> Lookup<AssetMetadata> {
            Lookup::Missing
        }

        fn pages(&self, _: &Collection) -> Lookup<Vec<ResolvedPage>> {
            Lookup::Missing
        }
    }

    fn text() -> String {
        let (resolvable, missing) =
            (open(Destination::Page(target("mare"))), open(Destination::Page(target("parc"))));
        let close = Placeholder::LinkEnd.encode();
        let name = Placeholder::PageTitle(target("mare")).encode();
        format!("a {resolvable}{name}{close} b {missing}c{close}")
    }

    #[test]
    fn links_resolve_to_the_page_or_become_plain_text() {
        assert_eq!(
            fill(&text(), TextFormat::Html, &OnePage),
            "a <a href=\"/fr/mare\">La &lt;mare&gt;</a> b c"
        );
        assert_eq!(fill(&text(), TextFormat::Text, &OnePage), "a La <mare> b c");
        assert_eq!(fill(&text(), TextFormat::Markdown, &OnePage), "a [La <mare>](</fr/mare>) b c");
    }

    #[test]
    fn empty_placeholders_leave_no_empty_paragraph() {
        let missing = format!(
            "{}{}",
            open(Destination::Page(target("parc"))),
            Placeholder::PageTitle(target("parc")).encode()
        );
        let missing = missing + &Placeholder::LinkEnd.encode();
        assert_eq!(
            fill(&format!("<p>a</p>\n<p>{missing}</p>\n<p>b</p>"), TextFormat::Html, &OnePage),
            "<p>a</p>\n<p>b</p>"
        );
        assert_eq!(fill(&format!("a\n\n{missing}\n\nb\n\n{missing}"), TextFormat::Text, &OnePage), "a\n\nb");
    }

    #[test]
    fn deferred_placeholders_stay_encoded() {
        assert_eq!(fill(&text(), TextFormat::Html, &LocalResolver), text());
        let url = open(Destination::Url("/a?b&c".to_owned()));
        let linked = format!("{url}x{}{}", Placeholder::LinkEnd.encode(), text());
        let output = fill(&linked, TextFormat::Html, &LocalResolver);
        assert_eq!(output, format!("<a href=\"/a?b&amp;c\">x</a>{}", text()));
    }

    #[test]
    fn unpaired_link_placeholders_are_dropped() {
        let (resolvable, close) = (open(Destination::Page(target("mare"))), Placeholder::LinkEnd.encode());
        assert_eq!(drop_unpaired_links(&format!("a {resolvable}b")), "a b");
        assert_eq!(drop_unpaired_links(&format!("b{close} c")), "b c");
        assert_eq!(drop_unpaired_links(&text()), text());
    }

    #[test]
    fn invalid_placeholders_are_dropped() {
        assert_eq!(fill("a\u{F0100}\u{F0041}\u{F0101}c", TextFormat::Text, &OnePage), "ac");
        assert_eq!(strip_placeholders(&text()), "a  b c");
    }
}

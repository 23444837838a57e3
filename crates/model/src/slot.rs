//! Places in a text that are filled when it is read: where a link goes, how large an image is, which pages a list has.
//!
//! What such a place shows depends on other files, which come, go and move without the text that speaks of them. So the
//! text is stored with the question in it, a [`Slot`], and [`fill`]ed with the answers of the revision that it is read
//! at. A slot is written in characters of a private plane of Unicode that no editor types and that neither Markdown nor
//! HTML gives a meaning to: it passes through both untouched.

mod code;

use serde::{Deserialize, Serialize};

use crate::asset::AssetFacts;
use crate::html::escape;
pub use code::cut;
pub use code::{has_slots, without_slots};

use crate::page::{Collection, Destination, Image, LinkKind, PageTarget};

/// What a place in a text waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// The words from here to the next [`Slot::Close`] are a link.
    #[serde(rename = "o")]
    Open(Opening),
    /// The end of the link.
    #[serde(rename = "c")]
    Close,
    /// The name of a page: the words of a link that has none of its own.
    #[serde(rename = "n")]
    Name(PageTarget),
    /// An image.
    #[serde(rename = "i")]
    Image(Box<Image>),
    /// The pages of a collection.
    #[serde(rename = "l")]
    List(Collection),
}

/// The beginning of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What it leads to.
    #[serde(rename = "k")]
    pub kind: LinkKind,
    /// Where it goes.
    #[serde(rename = "d")]
    pub destination: Destination,
    /// Whether it asks for a window of its own.
    #[serde(rename = "t", default, skip_serializing_if = "std::ops::Not::not")]
    pub new_window: bool,
}

/// Which of the three forms of a [`crate::rich_text::RichText`] is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// HTML.
    Html,
    /// Plain text.
    Text,
    /// `CommonMark`.
    Markdown,
}

/// What is known of something that a slot asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// It is there.
    Found(T),
    /// It is not there.
    Missing,
    /// It is not known here: the slot stays.
    Later,
}

/// A page as a link shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAddress {
    /// Where it is, with the anchor that was asked for.
    pub url: String,
    /// What it is called.
    pub name: String,
}

/// Who knows the answers.
pub trait Resolve {
    /// Whether anything of other files is known.
    const KNOWS: bool = true;

    /// The page of a target.
    fn page(&self, target: &PageTarget) -> Answer<PageAddress>;
    /// The file of an image or of a link.
    fn file(&self, path: &crate::path::DocumentPath) -> Answer<AssetFacts>;
    /// The pages of a collection.
    fn pages(&self, collection: &Collection) -> Answer<Vec<PageAddress>>;
}

/// Knows nothing of other files: fills what needs no answer, and leaves the rest.
#[derive(Clone, Copy, Debug)]
pub struct Unresolved;

impl Resolve for Unresolved {
    const KNOWS: bool = false;

    fn page(&self, _: &PageTarget) -> Answer<PageAddress> {
        Answer::Later
    }

    fn file(&self, _: &crate::path::DocumentPath) -> Answer<AssetFacts> {
        Answer::Later
    }

    fn pages(&self, _: &Collection) -> Answer<Vec<PageAddress>> {
        Answer::Later
    }
}

impl Slot {
    /// The slot in private characters.
    pub fn encode(&self) -> String {
        // A slot holds text, numbers and truth values, all of which JSON can write.
        let json = serde_json::to_vec(self).unwrap_or_default();
        code::encode(&json, self.asks_others())
    }

    /// Whether it asks for something of other files.
    fn asks_others(&self) -> bool {
        match self {
            Self::Open(opening) => !matches!(opening.destination, Destination::Url(_)),
            Self::Close => false,
            Self::Name(_) | Self::List(_) => true,
            Self::Image(image) => image.file.is_some(),
        }
    }

    /// The slot that a text is.
    pub fn written(text: &str) -> Option<Self> {
        serde_json::from_slice(&code::decode(text)?).ok()
    }
}

/// What a slot is, without its answers being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// [`Slot::Open`].
    Open,
    /// [`Slot::Close`].
    Close,
    /// Any other.
    Other,
}

/// What the slot is that a text is, if it is one and nothing else.
pub fn kind_of(text: &str) -> Option<SlotKind> {
    // The JSON is `"c"` or `{"o":…`: its first letter says which.
    code::is_encoded(text).then(|| match code::first_letter(text) {
        Some(b'o') => SlotKind::Open,
        Some(b'c') => SlotKind::Close,
        _ => SlotKind::Other,
    })
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A slot, and how it is written.
    Slot(Slot, &'a str),
}

/// A text cut at its slots. What looks like one and is none is dropped.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let piece = |part| {
        if code::is_encoded(part) {
            Slot::written(part).map(|slot| Piece::Slot(slot, part))
        } else {
            Some(Piece::Words(part))
        }
    };
    cut(text).into_iter().filter_map(piece).collect()
}

/// The text without the ends of links whose other ends stand elsewhere.
pub fn balanced(text: &str) -> String {
    let parts = cut(text);
    let mut open = Vec::new();
    let mut is_kept = vec![true; parts.len()];
    for (index, part) in parts.iter().enumerate() {
        match kind_of(part) {
            Some(SlotKind::Open) => open.push(index),
            Some(SlotKind::Close) => is_kept[index] = open.pop().is_some(),
            Some(SlotKind::Other) | None => {}
        }
    }
    for index in open {
        is_kept[index] = false;
    }
    parts.into_iter().zip(is_kept).filter_map(|(part, is_kept)| is_kept.then_some(part)).collect()
}

/// The slots of a text.
pub fn slots(text: &str) -> impl Iterator<Item = Slot> {
    let pieces = if has_slots(text) { pieces(text) } else { Vec::new() };
    pieces.into_iter().filter_map(|piece| match piece {
        Piece::Slot(slot, _) => Some(slot),
        Piece::Words(_) => None,
    })
}

/// The text with its slots filled as far as the answers are known.
pub fn fill<R: Resolve>(text: &str, form: Form, answers: &R) -> String {
    if !has_slots(text) {
        return text.to_owned();
    }
    let mut filled = String::with_capacity(text.len());
    // How the links end that are open.
    let mut ends: Vec<Option<String>> = Vec::new();
    let mut has_gaps = false;
    for part in cut(text) {
        let Some(kind) = kind_of(part) else {
            filled.push_str(part);
            continue;
        };
        if kind == SlotKind::Close {
            filled.push_str(ends.pop().flatten().as_deref().unwrap_or(part));
            continue;
        }
        // Reading a slot costs: one that cannot be answered here is not read.
        let is_known = R::KNOWS || !code::is_later(part);
        let slot = if is_known { Slot::written(part) } else { None };
        match slot {
            Some(Slot::Open(opening)) => {
                let (start, end) = opened(&opening, form, answers).unzip();
                filled.push_str(start.as_deref().unwrap_or(part));
                ends.push(end);
            }
            Some(slot) => {
                let shown = inserted(&slot, form, answers);
                has_gaps |= shown.as_ref().is_some_and(String::is_empty);
                filled.push_str(shown.as_deref().unwrap_or(part));
            }
            None if is_known => {}
            None => {
                if kind == SlotKind::Open {
                    ends.push(None);
                }
                filled.push_str(part);
            }
        }
    }
    if has_gaps { without_gaps(&filled, form) } else { filled }
}

/// A text in which slots had nothing to show: no empty paragraph is left of them.
fn without_gaps(text: &str, form: Form) -> String {
    if form == Form::Html {
        return text.replace("<p></p>\n", "").replace("\n<p></p>", "").replace("<p></p>", "");
    }
    let mut whole = text.trim().to_owned();
    while whole.contains("\n\n\n") {
        whole = whole.replace("\n\n\n", "\n\n");
    }
    whole
}

/// What stands before and after the words of a link. Nothing where it goes nowhere: the words stay.
fn opened(opening: &Opening, form: Form, answers: &impl Resolve) -> Option<(String, String)> {
    let url = match &opening.destination {
        Destination::Url(url) => Some(url.clone()),
        Destination::Page(target) => match answers.page(target) {
            Answer::Found(page) => Some(page.url),
            Answer::Missing => None,
            Answer::Later => return None,
        },
        Destination::File(path) => match answers.file(path) {
            Answer::Found(file) => Some(file.url(path)),
            Answer::Missing => None,
            Answer::Later => return None,
        },
    };
    let Some(url) = url else { return Some((String::new(), String::new())) };
    Some(match form {
        Form::Html => {
            let window =
                if opening.new_window { " target=\"_blank\" rel=\"noopener noreferrer\"" } else { "" };
            (format!("<a href=\"{}\"{window}>", escape(&url)), "</a>".to_owned())
        }
        Form::Text => (String::new(), String::new()),
        Form::Markdown => ("[".to_owned(), format!("](<{}>)", markdown_url(&url))),
    })
}

fn inserted(slot: &Slot, form: Form, answers: &impl Resolve) -> Option<String> {
    match slot {
        Slot::Open(_) | Slot::Close => None,
        Slot::Name(target) => match answers.page(target) {
            Answer::Found(page) => Some(in_form(&page.name, form)),
            Answer::Missing => Some(String::new()),
            Answer::Later => None,
        },
        Slot::Image(image) => shown(image, form, answers),
        Slot::List(collection) => match answers.pages(collection) {
            Answer::Found(pages) => Some(list(&pages, form)),
            Answer::Missing => Some(String::new()),
            Answer::Later => None,
        },
    }
}

fn shown(image: &Image, form: Form, answers: &impl Resolve) -> Option<String> {
    let facts = match image.file.as_ref().map(|file| (file, answers.file(file))) {
        Some((_, Answer::Later)) => return None,
        Some((file, Answer::Found(facts))) => Some((facts.url(file), facts)),
        Some((_, Answer::Missing)) | None => None,
    };
    let alt = image.alt.clone().unwrap_or_default();
    let size = image.shown_size(facts.as_ref().map(|(_, facts)| facts));
    let url = facts.map_or_else(|| image.src.clone(), |(url, _)| url);
    Some(match form {
        Form::Html => {
            let attribute = |name: &str, pixels: Option<u32>| {
                pixels.map(|pixels| format!(" {name}=\"{pixels}\"")).unwrap_or_default()
            };
            let (width, height) = (attribute("width", size.0), attribute("height", size.1));
            format!("<img src=\"{}\" alt=\"{}\"{width}{height} />", escape(&url), escape(&alt))
        }
        Form::Text => alt,
        Form::Markdown => format!("![{}](<{}>)", in_form(&alt, form), markdown_url(&url)),
    })
}

fn list(pages: &[PageAddress], form: Form) -> String {
    if pages.is_empty() {
        return String::new();
    }
    let items = pages.iter().map(|page| match form {
        Form::Html => format!("<li><a href=\"{}\">{}</a></li>", escape(&page.url), escape(&page.name)),
        Form::Text => format!("- {}", page.name),
        Form::Markdown => format!("- [{}](<{}>)", in_form(&page.name, form), markdown_url(&page.url)),
    });
    let items = items.collect::<Vec<_>>().join("\n");
    if form == Form::Html { format!("<ul>\n{items}\n</ul>") } else { items }
}

fn in_form(words: &str, form: Form) -> String {
    match form {
        Form::Html => escape(words),
        Form::Text => words.to_owned(),
        Form::Markdown => words.replace('[', "\\[").replace(']', "\\]"),
    }
}

/// An address between `<` and `>` (`CommonMark`, section 6.3).
fn markdown_url(url: &str) -> String {
    url.replace('<', "%3C").replace('>', "%3E")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn target(key: &str) -> PageTarget {
        PageTarget { key: key.to_owned(), lang: Language::Fr, heading: None }
    }

    fn open(destination: Destination) -> String {
        Slot::Open(Opening { kind: LinkKind::Internal, destination, new_window: false }).encode()
    }

    struct OnePage;

    impl Resolve for OnePage {
        fn page(&self, target: &PageTarget) -> Answer<PageAddress> {
            if target.key == "mare" {
                Answer::Found(PageAddress { url: "/fr/mare".to_owned(), name: "La <mare>".to_owned() })
            } else {
                Answer::Missing
            }
        }

        fn file(&self, _: &crate::path::DocumentPath) -> Answer<AssetFacts> {
            Answer::Missing
        }

        fn pages(&self, _: &Collection) -> Answer<Vec<PageAddress>> {
            Answer::Missing
        }
    }

    fn text() -> String {
        let (there, gone) =
            (open(Destination::Page(target("mare"))), open(Destination::Page(target("parc"))));
        let close = Slot::Close.encode();
        let name = Slot::Name(target("mare")).encode();
        format!("a {there}{name}{close} b {gone}c{close}")
    }

    #[test]
    fn a_link_goes_where_its_page_is_and_nowhere_without_one() {
        assert_eq!(fill(&text(), Form::Html, &OnePage), "a <a href=\"/fr/mare\">La &lt;mare&gt;</a> b c");
        assert_eq!(fill(&text(), Form::Text, &OnePage), "a La <mare> b c");
        assert_eq!(fill(&text(), Form::Markdown, &OnePage), "a [La <mare>](</fr/mare>) b c");
    }

    #[test]
    fn nothing_is_left_of_what_has_nothing_to_show() {
        let gone =
            format!("{}{}", open(Destination::Page(target("parc"))), Slot::Name(target("parc")).encode());
        let gone = gone + &Slot::Close.encode();
        assert_eq!(
            fill(&format!("<p>a</p>\n<p>{gone}</p>\n<p>b</p>"), Form::Html, &OnePage),
            "<p>a</p>\n<p>b</p>"
        );
        assert_eq!(fill(&format!("a\n\n{gone}\n\nb\n\n{gone}"), Form::Text, &OnePage), "a\n\nb");
    }

    #[test]
    fn what_is_not_known_stays() {
        assert_eq!(fill(&text(), Form::Html, &Unresolved), text());
        let url = open(Destination::Url("/a?b&c".to_owned()));
        let linked = format!("{url}x{}{}", Slot::Close.encode(), text());
        let filled = fill(&linked, Form::Html, &Unresolved);
        assert_eq!(filled, format!("<a href=\"/a?b&amp;c\">x</a>{}", text()));
    }

    #[test]
    fn a_link_that_is_cut_in_two_is_none() {
        let (there, close) = (open(Destination::Page(target("mare"))), Slot::Close.encode());
        assert_eq!(balanced(&format!("a {there}b")), "a b");
        assert_eq!(balanced(&format!("b{close} c")), "b c");
        assert_eq!(balanced(&text()), text());
    }

    #[test]
    fn what_looks_like_a_slot_and_is_none_is_dropped() {
        assert_eq!(fill("a\u{F0100}\u{F0041}\u{F0101}c", Form::Text, &OnePage), "ac");
        assert_eq!(without_slots(&text()), "a  b c");
    }
}

//! Where links of a page go, and what its images are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::arguments::{flag, pixels, text};
use crate::asset::{self, AssetFacts};
use crate::language::Language;
use crate::markdown::{RawHtml, Setting, safe_url};
use crate::path::DocumentPath;
use crate::slot::{Opening, Slot};

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it leads to.
    pub kind: LinkKind,
    /// Where it goes. None where the editor wrote no address that a page may hold.
    pub destination: Option<Destination>,
    /// Its words. Empty where they are the name of the page that it goes to.
    pub label: String,
    /// Whether it asks for a window of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_window: bool,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// A page of this folder.
    Internal,
    /// Another site.
    External,
    /// A file.
    File,
    /// Somebody's mail.
    Email,
    /// A place in the same page.
    Anchor,
}

/// Where a link goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Destination {
    /// An address as it is.
    #[serde(rename = "u")]
    Url(String),
    /// A page of this folder.
    #[serde(rename = "p")]
    Page(PageTarget),
    /// A file beside the documents.
    #[serde(rename = "f")]
    File(DocumentPath),
}

impl Destination {
    /// The words of a link that has none of its own: the name of its page, or the address.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Page(target) => Slot::Name(target.clone()).encode(),
            Self::Url(url) => {
                let shown = url.strip_prefix("mailto:").unwrap_or(url);
                // Nothing in an address is Markdown.
                shown.chars().fold(String::new(), |mut words, character| {
                    if character.is_ascii_punctuation() {
                        words.push('\\');
                    }
                    words.push(character);
                    words
                })
            }
            Self::File(path) => path.name().replace('_', "\\_"),
        }
    }
}

/// A page of this folder, by the name that links call it by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageTarget {
    /// Its translation key, else its slug.
    #[serde(rename = "k")]
    pub key: String,
    /// The language of the page that holds the link.
    #[serde(rename = "l")]
    pub lang: Language,
    /// The heading to go to, by its text or its anchor.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
}

/// An image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Image {
    /// The source as written.
    pub src: String,
    /// The text for those who do not see it.
    pub alt: Option<String>,
    /// The width that the editor wants, in CSS pixels.
    pub width: Option<u32>,
    /// The height that the editor wants, in CSS pixels.
    pub height: Option<u32>,
    /// The file beside the documents that the source means, if it means one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<DocumentPath>,
}

impl Image {
    /// The size to show it at: what the editor wants, the other side by the file's proportions, else the file's own size.
    pub fn shown_size(&self, facts: Option<&AssetFacts>) -> (Option<u32>, Option<u32>) {
        let own = facts.and_then(|facts| Some((facts.width?, facts.height?)));
        let scaled = |side: u32, from: u32, to: u32| {
            let scaled = (u64::from(side) * u64::from(to) + u64::from(from) / 2) / u64::from(from.max(1));
            u32::try_from(scaled).ok()
        };
        match (self.width, self.height, own) {
            (None, None, Some((width, height))) => (Some(width), Some(height)),
            (Some(width), None, Some(own)) => (Some(width), scaled(width, own.0, own.1)),
            (None, Some(height), Some(own)) => (scaled(height, own.1, own.0), Some(height)),
            (width, height, _) => (width, height),
        }
    }
}

/// What a page is read with: its language and folder, and what becomes of raw HTML in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) lang: Language,
    pub(crate) folder: &'a str,
    pub(crate) raw_html: RawHtml,
}

impl<'a> Place<'a> {
    /// What its text is rendered with.
    pub(crate) fn setting(self) -> Setting<'a> {
        Setting { folder: self.folder, raw_html: self.raw_html }
    }
}

/// A link's kind, where it begins, and whether it asks for a window of its own.
pub(super) struct LinkArguments {
    pub(super) kind: LinkKind,
    pub(super) destination: Option<Destination>,
    pub(super) new_window: bool,
}

impl LinkArguments {
    /// The arguments of `{% link %}`.
    pub(super) fn read(args: &Map<String, Value>, place: Place<'_>) -> Self {
        let url = text(args, "url").or_else(|| text(args, "href")).or_else(|| text(args, "0"));
        let url = url.unwrap_or_default();
        let anchor = text(args, "anchor");
        let kind = match text(args, "type").as_deref() {
            Some("internal") => LinkKind::Internal,
            Some("file") => LinkKind::File,
            Some("email") => LinkKind::Email,
            _ => kind_of(&url, place.folder),
        };
        let destination = match kind {
            LinkKind::Internal => {
                let (key, fragment) = url.split_once('#').unwrap_or((&url, ""));
                let heading = anchor.or_else(|| Some(fragment.to_owned()).filter(|text| !text.is_empty()));
                let key = key.trim_matches('/').to_owned();
                (!key.is_empty()).then_some(Destination::Page(PageTarget { key, lang: place.lang, heading }))
            }
            LinkKind::Email if !url.to_lowercase().starts_with("mailto:") => {
                plain(&format!("mailto:{url}")).filter(|_| url.contains('@'))
            }
            LinkKind::External | LinkKind::File | LinkKind::Email | LinkKind::Anchor => {
                let whole = match anchor {
                    Some(anchor) if !url.contains('#') => format!("{url}#{anchor}"),
                    _ => url,
                };
                destination(&whole, place)
            }
        };
        Self { kind, destination, new_window: text(args, "target").as_deref() == Some("_blank") }
    }

    /// The beginning of the link, if it goes somewhere.
    pub(super) fn opening(&self) -> Option<Opening> {
        let destination = self.destination.clone()?;
        Some(Opening { kind: self.kind, destination, new_window: self.new_window })
    }
}

/// What an address leads to.
pub(crate) fn kind_of(url: &str, folder: &str) -> LinkKind {
    let lower = url.to_ascii_lowercase();
    if lower.starts_with('#') {
        LinkKind::Anchor
    } else if lower.starts_with("mailto:") {
        LinkKind::Email
    } else if asset::file_of(url, folder).is_some() {
        LinkKind::File
    } else {
        LinkKind::External
    }
}

/// Where an address leads, if a page may hold it.
pub(super) fn destination(url: &str, place: Place<'_>) -> Option<Destination> {
    let safe = plain(url)?;
    Some(asset::file_of(url, place.folder).map_or(safe, Destination::File))
}

fn plain(url: &str) -> Option<Destination> {
    safe_url(url).filter(|url| !url.is_empty()).map(|url| Destination::Url(url.to_owned()))
}

/// The image of a source, if a page may show it.
pub(super) fn image(src: &str, alt: Option<String>, place: Place<'_>) -> Option<Image> {
    let src = safe_url(src).filter(|src| !src.is_empty())?;
    let file = asset::file_of(src, place.folder);
    let alt = alt.filter(|alt| !alt.is_empty());
    Some(Image { src: src.to_owned(), alt, width: None, height: None, file })
}

/// The image of `{% image %}`.
pub(super) fn image_of(args: &Map<String, Value>, place: Place<'_>) -> Option<Image> {
    let src = text(args, "src").or_else(|| text(args, "0"))?;
    let image = image(&src, text(args, "alt"), place)?;
    Some(Image { width: pixels(args, "width"), height: pixels(args, "height"), ..image })
}

/// Whether an image says that it shows nothing that needs words: `alt=""`.
pub(super) fn is_decoration(args: &Map<String, Value>) -> bool {
    args.get("alt").and_then(Value::as_str) == Some("") || flag(args, "decorative")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::arguments;

    const PLACE: Place<'static> = Place { lang: Language::Fr, folder: "pages", raw_html: RawHtml::Removed };

    fn link(given: &str) -> LinkArguments {
        LinkArguments::read(&arguments::read(given).0, PLACE)
    }

    fn url(given: &str) -> Option<String> {
        match link(given).destination? {
            Destination::Url(url) => Some(url),
            Destination::File(path) => Some(format!("file {path}")),
            Destination::Page(page) => {
                Some(format!("page {} {}", page.key, page.heading.unwrap_or_default()))
            }
        }
    }

    #[test]
    fn a_link_goes_only_where_it_may() {
        assert_eq!(url("url=\"/a?b&c\"").as_deref(), Some("/a?b&c"));
        assert_eq!(url("url=\"javascript:a\""), None);
        assert_eq!(url("url=\"java\\nscript:a\", type=\"external\""), None);
        assert_eq!(url(""), None);
    }

    #[test]
    fn the_type_says_what_the_address_means() {
        assert_eq!(url("url=\"pour-qui\", type=\"internal\"").as_deref(), Some("page pour-qui "));
        assert_eq!(
            url("url=\"pour-qui\", anchor=\"À Bruxelles\", type=\"internal\"").as_deref(),
            Some("page pour-qui À Bruxelles")
        );
        assert_eq!(url("url=\"a@b.example\", type=\"email\"").as_deref(), Some("mailto:a@b.example"));
        assert_eq!(url("url=\"/_files/a.pdf\", type=\"file\"").as_deref(), Some("file _files/a.pdf"));
        assert_eq!(url("url=\"/assets/a.pdf\", type=\"file\"").as_deref(), Some("/assets/a.pdf"));
        assert_eq!(link("url=\"/assets/a.pdf\", type=\"file\"").kind, LinkKind::File);
        assert_eq!(link("url=\"#haut\"").kind, LinkKind::Anchor);
    }

    #[test]
    fn an_image_is_shown_in_its_proportions() {
        let facts = AssetFacts {
            checksum: crate::checksum::Checksum::of(b""),
            width: Some(400),
            height: Some(300),
            placeholder: None,
        };
        let size = |given: &str| image_of(&arguments::read(given).0, PLACE).unwrap().shown_size(Some(&facts));
        assert_eq!(size("src=\"/a.png\""), (Some(400), Some(300)));
        assert_eq!(size("src=\"/a.png\", width=\"200\""), (Some(200), Some(150)));
        assert_eq!(size("src=\"/a.png\", height=30"), (Some(40), Some(30)));
        assert_eq!(size("src=\"/a.png\", width=1, height=2"), (Some(1), Some(2)));
    }
}

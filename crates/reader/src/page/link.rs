//! Where links of a page go, and what its images are.

use passerelle_model::asset;
use passerelle_model::language::Language;
use passerelle_model::page::{Destination, Image, LinkKind, PageTarget};
use passerelle_model::slot::{Opening, Slot};
use serde_json::{Map, Value};

use super::arguments::{flag, pixels, text};
use crate::markdown::{RawHtml, Setting, safe_url};

/// The words of a link that has none of its own: the name of its page, or the address.
pub(super) fn default_label(destination: &Destination) -> String {
    match destination {
        Destination::Page(target) => Slot::Name(target.clone()).encode(),
        Destination::Url(url) => {
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
        Destination::File(path) => path.name().replace('_', "\\_"),
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
            _ => LinkKind::of(&url, place.folder),
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
        let facts = passerelle_model::asset::AssetFacts {
            checksum: passerelle_model::checksum::Checksum::of(b""),
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

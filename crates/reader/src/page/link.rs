//! Resolves the destinations of links and the sources of images.

use passerelle_model::asset;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::key::LinkKey;
use passerelle_model::language::Language;
use passerelle_model::page::{Destination, HeadingRef, Image, LinkKind, PageTarget};
use passerelle_model::path::FolderPath;
use passerelle_model::placeholder::{LinkStart, Placeholder};
use passerelle_model::public_url::PublicUrl;
use serde_json::{Map, Value};

use super::arguments::{boolean, pixels, text};
use crate::front_matter::text_of;
use crate::markdown::address::{AddressBase, resolve};
use crate::markdown::{RawHtmlPolicy, RenderOptions, safe_url};

/// Returns the label, as Markdown, of a link without text: the title of the page, the address or the file
/// name.
pub(super) fn default_label(destination: &Destination) -> String {
    match destination {
        Destination::Page(target) => Placeholder::PageTitle(target.clone()).encode(),
        Destination::Url(url) => {
            let shown = url.strip_prefix("mailto:").unwrap_or(url);
            // Escaped, because characters such as `_` in an address are not Markdown.
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

/// Context in which a page is parsed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageContext<'a> {
    pub(crate) lang: Language,
    pub(crate) folder: &'a FolderPath,
    /// Public address of the site. `None` if it is not known.
    pub(crate) site: Option<&'a PublicUrl>,
    pub(crate) raw_html: RawHtmlPolicy,
    /// Values of template expressions, from the field `templateValues`.
    pub(crate) values: Option<&'a Map<String, Value>>,
}

impl<'a> PageContext<'a> {
    /// Returns the options for rendering the text of the page.
    pub(crate) fn render_options(self) -> RenderOptions<'a> {
        RenderOptions { base: self.base(), raw_html: self.raw_html, ..RenderOptions::default() }
    }

    /// Returns the place from which addresses are resolved.
    pub(crate) fn base(self) -> AddressBase<'a> {
        AddressBase { folder: self.folder, lang: self.lang, site: self.site }
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> PageContext<'static> {
        PageContext {
            lang: Language::Fr,
            folder: FolderPath::CONTENT,
            site: None,
            raw_html: RawHtmlPolicy::Removed,
            values: None,
        }
    }
}

/// Parsed arguments of `{% link %}`. The destination is `None` if the address is missing or unsafe.
pub(super) struct LinkArguments {
    pub(super) kind: LinkKind,
    pub(super) destination: Option<Destination>,
    /// Warning about the address. `None` for a correct address.
    pub(super) warning: Option<DiagnosticKind>,
    pub(super) new_window: bool,
}

impl LinkArguments {
    /// Parses the arguments. Without a `type` argument, the kind is derived from the address.
    pub(super) fn read(args: &Map<String, Value>, context: PageContext<'_>) -> Self {
        let url = text(args, "url").or_else(|| text(args, "href")).or_else(|| text(args, "0"));
        let url = url.unwrap_or_default();
        let anchor = text(args, "anchor");
        let declared = text(args, "type").or_else(|| text(args, "1"));
        let url_with_anchor = match &anchor {
            Some(anchor) if !url.contains('#') => format!("{url}#{anchor}"),
            _ => url.clone(),
        };
        let mut warning = None;
        let (kind, destination) = match declared.as_deref() {
            Some("internal") => internal_destination(&url, anchor, context),
            Some("email") if !url.to_lowercase().starts_with("mailto:") => {
                let mail = safe_destination(&format!("mailto:{url}")).filter(|_| url.contains('@'));
                (LinkKind::Email, mail)
            }
            declared => {
                let resolved = resolve(&url_with_anchor, context.base());
                let kind = match declared {
                    Some("file") => LinkKind::File,
                    Some("email") => LinkKind::Email,
                    _ => resolved.as_ref().map_or(LinkKind::External, |resolved| resolved.kind),
                };
                warning = resolved.as_ref().and_then(|resolved| resolved.warning.clone());
                (kind, resolved.map(|resolved| resolved.destination))
            }
        };
        Self { kind, destination, warning, new_window: text(args, "target").as_deref() == Some("_blank") }
    }

    /// Returns the start of the link. `None` without a destination.
    pub(super) fn link_start(&self) -> Option<LinkStart> {
        let destination = self.destination.clone()?;
        Some(LinkStart { kind: self.kind, destination, new_window: self.new_window })
    }
}

/// Returns the target of a link with `type="internal"`: a page by its key, or a heading of the same page.
fn internal_destination(
    url: &str,
    anchor: Option<String>,
    context: PageContext<'_>,
) -> (LinkKind, Option<Destination>) {
    let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
    let heading = anchor.or_else(|| Some(fragment.to_owned()).filter(|text| !text.is_empty()));
    let path = path.trim_matches('/');
    if path.is_empty() {
        let destination = heading.and_then(|heading| safe_destination(&format!("#{heading}")));
        return (LinkKind::Anchor, destination);
    }
    // A key with a slash or an ending is a path.
    if path.contains(['/', '.'])
        && let Some(resolved) = resolve(url, context.base())
        && let Destination::Page(target) = resolved.destination
    {
        let heading = heading.and_then(HeadingRef::new).or(target.heading);
        return (LinkKind::Internal, Some(Destination::Page(PageTarget { heading, ..target })));
    }
    let heading = heading.and_then(HeadingRef::new);
    let target = PageTarget { key: LinkKey::new(path), lang: context.lang, heading, path: None };
    (LinkKind::Internal, Some(Destination::Page(target)))
}

/// Resolves an address. `None` if it is empty or its scheme is not allowed.
pub(super) fn resolve_destination(url: &str, context: PageContext<'_>) -> Option<Destination> {
    resolve(url, context.base()).map(|resolved| resolved.destination)
}

fn safe_destination(url: &str) -> Option<Destination> {
    safe_url(url).map(|url| Destination::Url(url.into_owned()))
}

/// Returns an image without a size. `None` if the source is empty or its scheme is not allowed.
pub(super) fn image_from_source(src: &str, alt: Option<String>, context: PageContext<'_>) -> Option<Image> {
    let src = safe_url(src)?.into_owned();
    let file = asset::resolve_image_path(&src, context.folder);
    let alt = alt.filter(|alt| !alt.is_empty());
    Some(Image { src, alt, file, ..Image::default() })
}

/// Parses the arguments of `{% image %}`. Without a source, the largest one of `srcset` is used. `None` if
/// the source is missing or unsafe.
pub(super) fn image_from_arguments(args: &Map<String, Value>, context: PageContext<'_>) -> Option<Image> {
    let src = text(args, "src").or_else(|| text(args, "0"));
    let src = src.or_else(|| source_set(args).into_iter().next())?;
    let alt = if args.contains_key("alt") { text(args, "alt") } else { text(args, "1") };
    let image = image_from_source(&src, alt, context)?;
    let title = text(args, "title");
    Some(Image { title, width: pixels(args, "width"), height: pixels(args, "height"), ..image })
}

/// Returns the other images of the argument `srcset`, in the order of their size, largest first.
pub(super) fn other_sources(
    args: &Map<String, Value>,
    image: &Image,
    context: PageContext<'_>,
) -> Vec<Image> {
    let images = source_set(args).into_iter().filter_map(|src| image_from_source(&src, None, context));
    let others = images.filter(|other| other.src != image.src);
    others.map(|other| Image { alt: image.alt.clone(), title: image.title.clone(), ..other }).collect()
}

/// Returns the addresses of the argument `srcset`, largest first: `"a.webp 400w, b.webp 800w"`, or a list of
/// such texts. An address without a size is the smallest.
fn source_set(args: &Map<String, Value>) -> Vec<String> {
    /// More sources than any layout needs.
    const MAX_SOURCES: usize = 16;
    let texts: Vec<String> = match args.get("srcset") {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).into_iter().collect(),
        None => Vec::new(),
    };
    let candidates = texts.iter().flat_map(|text| text.split(','));
    let mut sources: Vec<(f64, String)> = candidates
        .map(|candidate| {
            let candidate = candidate.trim();
            let size = candidate.rsplit_once(char::is_whitespace).and_then(|(src, size)| {
                let size = size.strip_suffix(['w', 'x', 'h'])?.parse::<f64>().ok()?;
                Some((size, src.trim().to_owned()))
            });
            size.unwrap_or_else(|| (0.0, candidate.to_owned()))
        })
        .filter(|(_, src)| !src.is_empty())
        .take(MAX_SOURCES)
        .collect();
    sources.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    sources.into_iter().map(|(_, src)| src).collect()
}

/// Returns true if the editor marked the image as decorative, with `alt=""` or `decorative=true`.
pub(super) fn is_decorative(args: &Map<String, Value>) -> bool {
    args.get("alt").and_then(Value::as_str) == Some("") || boolean(args, "decorative")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::arguments;

    const CONTEXT: PageContext<'static> = PageContext {
        lang: Language::Fr,
        folder: FolderPath::CONTENT,
        site: None,
        raw_html: RawHtmlPolicy::Removed,
        values: None,
    };

    fn link(arguments: &str) -> LinkArguments {
        LinkArguments::read(&arguments::read(arguments).0, CONTEXT)
    }

    fn url(arguments: &str) -> Option<String> {
        match link(arguments).destination? {
            Destination::Url(url) => Some(url),
            Destination::File(path) => Some(format!("file {path}")),
            Destination::Page(page) => {
                Some(format!("page {} {}", page.key, page.heading.as_ref().map_or("", HeadingRef::as_str)))
            }
        }
    }

    #[test]
    fn unsafe_link_urls_are_rejected() {
        assert_eq!(url("url=\"/a.ics?b&c\"").as_deref(), Some("/a.ics?b&c"));
        assert_eq!(url("url=\"javascript:a\""), None);
        assert_eq!(url("url=\"java\\nscript:a\", type=\"external\""), None);
        assert_eq!(url(""), None);
    }

    #[test]
    fn the_type_argument_decides_the_link_kind() {
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
    fn display_size_keeps_the_aspect_ratio() {
        let metadata = passerelle_model::asset::AssetMetadata {
            checksum: passerelle_model::checksum::Checksum::of(b""),
            width: Some(400),
            height: Some(300),
            placeholder: None,
        };
        let size = |arguments: &str| {
            image_from_arguments(&arguments::read(arguments).0, CONTEXT)
                .unwrap()
                .display_size(Some(&metadata))
        };
        assert_eq!(size("src=\"/a.png\""), (Some(400), Some(300)));
        assert_eq!(size("src=\"/a.png\", width=\"200\""), (Some(200), Some(150)));
        assert_eq!(size("src=\"/a.png\", height=30"), (Some(40), Some(30)));
        assert_eq!(size("src=\"/a.png\", width=1, height=2"), (Some(1), Some(2)));
    }
}

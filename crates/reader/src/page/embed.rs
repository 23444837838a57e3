//! Frames and videos: `<iframe>`, `<video>`, and the address of a video alone on a line.
//!
//! A front end decides how to show them, so the HTML of the page contains only a link.

use std::ops::Range;

use super::tag::{Tag, TagKind, TagSyntax};
use crate::markdown::html_tag::HtmlTag;

/// A frame or video as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EmbedSource {
    /// Address as written, without surrounding space.
    pub(super) url: String,
    /// Title of the frame, or text of the link.
    pub(super) title: Option<String>,
}

/// Hosts of known providers, the path that an embeddable page starts with, and the name of the provider.
const PROVIDERS: [(&str, &str, &str); 19] = [
    ("youtube.com", "/watch", "YouTube"),
    ("youtube.com", "/embed/", "YouTube"),
    ("youtube.com", "/shorts/", "YouTube"),
    ("youtube.com", "/live/", "YouTube"),
    ("youtube.com", "/playlist", "YouTube"),
    ("youtube-nocookie.com", "/embed/", "YouTube"),
    ("youtu.be", "/", "YouTube"),
    ("vimeo.com", "/", "Vimeo"),
    ("player.vimeo.com", "/video/", "Vimeo"),
    ("dailymotion.com", "/video/", "Dailymotion"),
    ("dailymotion.com", "/embed/", "Dailymotion"),
    ("dai.ly", "/", "Dailymotion"),
    ("soundcloud.com", "/", "SoundCloud"),
    ("w.soundcloud.com", "/player", "SoundCloud"),
    ("open.spotify.com", "/", "Spotify"),
    ("openstreetmap.org", "/export/embed", "OpenStreetMap"),
    ("google.com", "/maps/embed", "Google Maps"),
    ("google.be", "/maps/embed", "Google Maps"),
    ("maps.google.com", "/", "Google Maps"),
];

/// Returns true if an HTML element is a frame or a video.
pub(super) fn is_element(name: &str) -> bool {
    matches!(name, "iframe" | "video" | "audio" | "object" | "embed")
}

/// Returns the name of the provider of an address, for example `YouTube`. `None` for an unknown provider.
pub(super) fn provider(url: &str) -> Option<&'static str> {
    let rest = ["https://", "http://", "//"].iter().find_map(|scheme| url.strip_prefix(scheme))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].to_ascii_lowercase();
    let host = ["www.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(&host);
    let path = &rest[end..];
    let is_page = |start: &str| path.strip_prefix(start).is_some_and(|rest| start != "/" || !rest.is_empty());
    PROVIDERS.iter().find(|(known, start, _)| *known == host && is_page(start)).map(|(.., name)| *name)
}

/// Parses the source of an embed tag: an element, an address, or a Markdown link.
pub(super) fn parse(source: &str) -> Option<EmbedSource> {
    let source = source.trim();
    if let Some((tag, length)) = HtmlTag::parse(source) {
        let own = ["src", "data", "data-src"].iter().find_map(|name| tag.attribute(name));
        let url = own.map(str::to_owned).or_else(|| first_source(&source[length..]))?;
        let url = if url.starts_with("//") { format!("https:{url}") } else { url };
        let title = ["title", "aria-label"].iter().find_map(|name| tag.attribute(name)).map(str::to_owned);
        return Some(EmbedSource { url, title });
    }
    if let Some((label, url)) = source.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
        let url = url.strip_suffix(')')?.trim();
        let title = Some(label.trim().to_owned()).filter(|label| !label.is_empty());
        return Some(EmbedSource { url: url.to_owned(), title });
    }
    let url = source.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(source);
    Some(EmbedSource { url: url.to_owned(), title: None })
}

/// Returns the source of the first `<source>` element.
fn first_source(html: &str) -> Option<String> {
    let at = html.find("<source")?;
    HtmlTag::parse(&html[at..])?.0.attribute("src").map(str::to_owned)
}

/// Returns a tag for a line that contains nothing but the address of a known provider, between blank lines.
pub(super) fn lone_address(body: &str, line: Range<usize>) -> Option<Tag<'_>> {
    /// A longer line is no address.
    const MAX_BYTES: usize = 1_024;
    let text = body[line.clone()].trim();
    if text.len() > MAX_BYTES || !text.contains("://") || text.starts_with("](") {
        return None;
    }
    let source = if text.starts_with("<i") || text.starts_with("<v") { None } else { parse(text) }?;
    let is_one_link =
        !source.url.contains(|character: char| character.is_whitespace() || "[]()<>".contains(character));
    provider(&source.url).filter(|_| is_one_link)?;
    let is_blank = |line: Option<&str>| line.is_none_or(|line| line.trim().is_empty());
    let before =
        body[..line.start].strip_suffix('\n').map(|before| before.rsplit('\n').next().unwrap_or(before));
    let after = body[line.end..].lines().next();
    if !is_blank(before) || !is_blank(after) {
        return None;
    }
    let start = line.start + (body[line.clone()].len() - body[line.clone()].trim_start().len());
    Some(Tag {
        name: "embed",
        kind: TagKind::Start,
        syntax: TagSyntax::Embed,
        arguments: text,
        range: start..start + text.len(),
        is_alone_on_line: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_known_by_host_and_path() {
        assert_eq!(provider("https://www.youtube.com/watch?v=a"), Some("YouTube"));
        assert_eq!(provider("https://youtu.be/a"), Some("YouTube"));
        assert_eq!(provider("https://player.vimeo.com/video/1"), Some("Vimeo"));
        for url in [
            "https://www.youtube.com/",
            "https://example.org/watch",
            "youtube.com/watch",
            "https://vimeo.com",
        ] {
            assert_eq!(provider(url), None, "{url}");
        }
    }

    #[test]
    fn elements_addresses_and_links_are_sources() {
        let source = |text: &str| parse(text).map(|source| (source.url, source.title));
        let title = || Some("Visite".to_owned());
        assert_eq!(
            source("<iframe title=\"Visite\" src=\"//example.org/a?b&amp;c\">d</iframe>"),
            Some(("https://example.org/a?b&c".to_owned(), title()))
        );
        assert_eq!(
            source("<video controls><source src=\"/_files/a.mp4\"></video>"),
            Some(("/_files/a.mp4".to_owned(), None))
        );
        assert_eq!(source("[Visite](https://youtu.be/a)"), Some(("https://youtu.be/a".to_owned(), title())));
        assert_eq!(source("<iframe>"), None);
    }

    #[test]
    fn only_an_address_alone_between_blank_lines_is_an_embed() {
        let is_embed = |body: &str| {
            let start = body.find("http").unwrap();
            let start = body[..start].rfind('\n').map_or(0, |at| at + 1);
            let end = body[start..].find('\n').map_or(body.len(), |at| start + at + 1);
            lone_address(body, start..end).is_some()
        };
        assert!(is_embed("a\n\nhttps://youtu.be/a\n\nb"));
        assert!(is_embed("https://vimeo.com/12"));
        assert!(!is_embed("a\nhttps://youtu.be/a\n"));
        assert!(!is_embed("https://youtu.be/a et\n"));
        assert!(!is_embed("https://example.org/a\n"));
    }
}

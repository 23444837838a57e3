//! Finds out what the address of a link means: a page or file of the folder, or another site.

use passerelle_model::asset::{decode_path, resolve_asset_path, resolve_unserved_file};
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::key::LinkKey;
use passerelle_model::language::Language;
use passerelle_model::page::{Destination, HeadingRef, LinkKind, PageTarget};
use passerelle_model::path::{DocumentPath, FolderPath, resolve_path};
use passerelle_model::public_url::PublicUrl;
use passerelle_text::fold::slugify;

use super::safe_url;

/// Endings of documents. A link to a document is a link to its page.
const DOCUMENT_ENDINGS: [&str; 5] = [".md", ".markdown", ".txt", ".html", ".htm"];

/// The place from which addresses are resolved.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddressBase<'a> {
    /// Folder of the document. Relative addresses are resolved against it.
    pub folder: &'a FolderPath,
    /// Language of the page.
    pub lang: Language,
    /// Public address of the site. `None` if it is not known.
    pub site: Option<&'a PublicUrl>,
}

/// Meaning of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResolvedAddress {
    /// Kind of the link.
    pub(crate) kind: LinkKind,
    /// Destination.
    pub(crate) destination: Destination,
    /// Warning for the editor. `None` for a correct address.
    pub(crate) warning: Option<DiagnosticKind>,
}

/// Resolves an address. `None` if it is empty or its scheme is not allowed.
pub(crate) fn resolve(address: &str, base: AddressBase<'_>) -> Option<ResolvedAddress> {
    let url = safe_url(address)?;
    if let Some(corrected) = complete(&url) {
        let kind = if corrected.starts_with("mailto:") { LinkKind::Email } else { LinkKind::External };
        let warning =
            DiagnosticKind::AddressWithoutScheme { address: url.into_owned(), corrected: corrected.clone() };
        return Some(ResolvedAddress {
            kind,
            destination: Destination::Url(corrected),
            warning: Some(warning),
        });
    }
    let (kind, destination) = destination(&url, base);
    Some(ResolvedAddress { kind, destination, warning: None })
}

fn destination(url: &str, base: AddressBase<'_>) -> (LinkKind, Destination) {
    let as_written = |kind| (kind, Destination::Url(url.to_owned()));
    let lower = url.to_ascii_lowercase();
    if lower.starts_with('#') {
        return as_written(LinkKind::Anchor);
    }
    if lower.starts_with("mailto:") {
        return as_written(LinkKind::Email);
    }
    if lower.starts_with("tel:") {
        return as_written(LinkKind::Phone);
    }
    let own = base.site.and_then(|site| own_path(url, site));
    let path = match own {
        Some("") => "/",
        Some(path) => path,
        None if url.starts_with("//") || url.contains("://") => return as_written(LinkKind::External),
        None => url,
    };
    // A file that is not served is a file, too: the link to it is broken.
    let file = resolve_asset_path(path, base.folder).or_else(|| resolve_unserved_file(path, base.folder));
    if let Some(file) = file {
        return (LinkKind::File, Destination::File(file));
    }
    match page_target(path, base) {
        Some(target) => (LinkKind::Internal, Destination::Page(target)),
        None => as_written(if own.is_some() { LinkKind::Internal } else { LinkKind::External }),
    }
}

/// Returns the path of an address of the site itself, with or without a scheme. `None` for other addresses.
/// The host has no case.
fn own_path<'a>(url: &'a str, site: &PublicUrl) -> Option<&'a str> {
    fn without_scheme(url: &str) -> Option<&str> {
        let start = ["https://", "http://", "//"].into_iter().find(|start| {
            url.get(..start.len()).is_some_and(|written| written.eq_ignore_ascii_case(start))
        })?;
        Some(&url[start.len()..])
    }
    let site = without_scheme(site.as_str())?;
    let (host, path) = without_scheme(url)?.split_at_checked(site.len())?;
    let is_own = host.eq_ignore_ascii_case(site) && (path.is_empty() || path.starts_with(['/', '#', '?']));
    is_own.then_some(path)
}

/// Returns the address with its scheme if it lacks one: `www.example.org` or `name@example.org`.
fn complete(url: &str) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    if lower.starts_with("www.") && lower[4..].contains('.') {
        return Some(format!("https://{url}"));
    }
    let (name, host) = url.split_once('@')?;
    let is_word = |text: &str| !text.is_empty() && !text.contains(['/', ':', '@', '?', '#']);
    (is_word(name) && is_word(host) && host.contains('.')).then(|| format!("mailto:{url}"))
}

/// Returns the page that a path means: `contact`, `./contact.md#horaires`, `/nl/contact/`. `None` for the
/// home page and for a file of another kind.
fn page_target(path: &str, base: AddressBase<'_>) -> Option<PageTarget> {
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    let path = path.split('?').next().unwrap_or_default();
    let mut names: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | "." | "..")).collect();
    let mut target_lang = base.lang;
    if path.starts_with('/')
        && let Some(first) =
            names.first().and_then(|name| Language::ALL.into_iter().find(|lang| lang.code() == *name))
    {
        target_lang = first;
        names.remove(0);
    }
    let last = names.pop()?;
    let stem = DOCUMENT_ENDINGS.iter().find_map(|ending| last.strip_suffix(ending));
    let name = match stem {
        Some(stem @ ("index" | "README")) => names.pop().unwrap_or(stem),
        Some(stem) => stem,
        None => last,
    };
    let decoded = decode_path(name)?;
    // A dot belongs to another kind of file, for example `agenda.ics`.
    if stem.is_none() && decoded.contains('.') {
        return None;
    }
    let decoded = Language::ALL
        .into_iter()
        .find_map(|lang| {
            let name = decoded.strip_suffix(lang.code())?.strip_suffix(['.', '-', '_'])?;
            (stem.is_some() && !name.is_empty()).then(|| {
                target_lang = lang;
                name.to_owned()
            })
        })
        .unwrap_or(decoded);
    let key = if stem.is_some() { slugify(without_date(&decoded)) } else { decoded };
    let path = document_path(path, base.folder);
    // A name without letters, for example of emoji, has no key. Its path finds it.
    let key = Some(key).filter(|key| !key.is_empty()).or_else(|| path.as_ref().map(ToString::to_string))?;
    let heading = decode_path(fragment).and_then(HeadingRef::new);
    Some(PageTarget { key: LinkKey::new(key), lang: target_lang, heading, path })
}

/// Returns the path of the document that an address names, relative to the content folder. The ending of a
/// web page is removed. `None` if the path leaves the folder.
///
/// An address that starts with `/` is relative to the content folder. Any other is relative to `folder`.
fn document_path(path: &str, folder: &FolderPath) -> Option<DocumentPath> {
    let path = resolve_path(&decode_path(path)?, folder)?;
    let without_ending = [".html", ".htm"].iter().find_map(|ending| path.as_str().strip_suffix(ending));
    without_ending.map_or(Some(path.clone()), |path| DocumentPath::parse(path).ok())
}

/// Returns a file name without the date at its start: `fete` for `2026-06-21-fete`.
pub(crate) fn without_date(stem: &str) -> &str {
    split_date(stem).map_or(stem, |(_, rest)| rest)
}

/// Splits a file name that starts with a date `2026-06-21-`.
pub(crate) fn split_date(stem: &str) -> Option<(&str, &str)> {
    let (date, rest) = stem.split_at_checked(10)?;
    let is_date = date.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let rest = rest.strip_prefix(['-', '_', ' '])?;
    (is_date && !rest.is_empty()).then_some((date, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(address: &str) -> String {
        let (folder, site) =
            (FolderPath::parse("fr").unwrap(), PublicUrl::parse("https://jardin.example").unwrap());
        let base = AddressBase { folder: &folder, lang: Language::Fr, site: Some(&site) };
        match resolve(address, base) {
            None => "none".to_owned(),
            Some(ResolvedAddress { kind, destination, warning }) => {
                let destination = match destination {
                    Destination::Url(url) => url,
                    Destination::File(file) => file.to_string(),
                    Destination::Page(page) => {
                        let path = page.path.as_ref().map_or("", DocumentPath::as_str);
                        let heading = page.heading.as_ref().map_or("", HeadingRef::as_str);
                        format!("{}/{}#{heading} {path}", page.lang, page.key)
                    }
                };
                format!("{kind:?} {destination}{}", if warning.is_some() { " !" } else { "" })
            }
        }
    }

    #[test]
    fn pages_are_found_whatever_form_their_address_has() {
        for (address, expected) in [
            ("contact", "Internal fr/contact# fr/contact"),
            ("contact.md#Été", "Internal fr/contact#Été fr/contact.md"),
            ("./2026-01-02-Fête d’été.md", "Internal fr/fete-d-ete# fr/2026-01-02-Fête d’été.md"),
            ("../nl/contact.nl.md", "Internal nl/contact# nl/contact.nl.md"),
            ("contact-nl.md", "Internal nl/contact# fr/contact-nl.md"),
            ("/nl/contact/", "Internal nl/contact# nl/contact"),
            ("/contact/#heures", "Internal fr/contact#heures contact"),
            ("/fr/mare/index.md", "Internal fr/mare# fr/mare/index.md"),
            ("index.md", "Internal fr/index# fr/index.md"),
            ("a/b.html", "Internal fr/b# fr/a/b"),
            ("../../contact.md", "Internal fr/contact# "),
            ("🌻.md", "Internal fr/fr/🌻.md# fr/🌻.md"),
            ("https://jardin.example/fr/contact", "Internal fr/contact# fr/contact"),
            ("http://Jardin.example/fr/contact?a#b", "Internal fr/contact#b fr/contact"),
            ("//jardin.example/nl/contact.md", "Internal nl/contact# nl/contact.md"),
        ] {
            assert_eq!(resolved(address), expected, "{address}");
        }
    }

    #[test]
    fn other_addresses_keep_their_kind() {
        for (address, expected) in [
            ("#Été", "Anchor #Été"),
            ("tel:+32 2 123", "Phone tel:+32%202%20123"),
            ("mailto:a@b.example", "Email mailto:a@b.example"),
            ("www.b.example/c", "External https://www.b.example/c !"),
            ("a@b.example", "Email mailto:a@b.example !"),
            ("/assets/files/a b.pdf", "File _files/a b.pdf"),
            ("/_files/a.pdf#page=2", "File _files/a.pdf"),
            ("annexe.pdf", "File fr/annexe.pdf"),
            ("./annexe%20b.docx", "File fr/annexe b.docx"),
            ("../agenda.ics", "File agenda.ics"),
            ("/annexe.pdf", "External /annexe.pdf"),
            ("https://jardin.example", "Internal https://jardin.example"),
            ("https://jardin.example.org/contact", "External https://jardin.example.org/contact"),
            ("https://b.example/contact", "External https://b.example/contact"),
            ("//b.example", "External //b.example"),
            ("/agenda.ics", "External /agenda.ics"),
            ("/", "External /"),
            ("javascript:a", "none"),
        ] {
            assert_eq!(resolved(address), expected, "{address}");
        }
    }
}

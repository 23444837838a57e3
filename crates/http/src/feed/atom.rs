//! Changes as an Atom feed (RFC 4287).

use passerelle_model::change::ChangeKind;
use passerelle_model::language::Language;
use passerelle_storage::ChangeLogEntry;

use super::labels::{summary, title};
use super::subject::Subjects;
use super::xml::XmlWriter;

/// Media type of Atom (RFC 4287, section 7).
pub(super) const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";
/// Permanent id of the feed. Not a URL, because the address of the service may change (section 4.2.6).
const ID: &str = "urn:passerelle:changes";
/// Path of the feed on this service.
const FEED_PATH: &str = "/feeds/changes.atom";
/// Author of all entries. The change log does not contain the editor of a document.
const AUTHOR: &str = "passerelle";

/// Renders changes as a feed, in the given order. `kinds` are the selected kinds, empty for all.
pub(super) fn render(kinds: &[ChangeKind], changes: &[ChangeLogEntry], subjects: &Subjects) -> Vec<u8> {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    // The id contains the kinds, so that feed readers treat each selection as a feed of its own.
    let id = std::iter::once(ID).chain(names.iter().copied()).collect::<Vec<_>>().join(":");
    let query: Vec<String> = names.iter().map(|name| format!("kind={name}")).collect();
    let separator = if query.is_empty() { "" } else { "?" };
    let mut xml = XmlWriter::new();
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", Language::Fr.code())]);
    xml.text("id", &[], &id);
    xml.text("title", &[], "Modifications");
    // The newest entry. A change of another kind does not change a filtered feed.
    let updated = changes.first().map(|change| change.revision.at).unwrap_or_default();
    xml.text("updated", &[], &updated.to_string());
    author(&mut xml);
    xml.empty("link", &[("rel", "self"), ("href", &format!("{FEED_PATH}{separator}{}", query.join("&")))]);
    for change in changes {
        entry(&mut xml, change, subjects);
    }
    xml.close("feed");
    xml.finish()
}

fn author(xml: &mut XmlWriter) {
    xml.open("author", &[]);
    xml.text("name", &[], AUTHOR);
    xml.close("author");
}

fn entry(xml: &mut XmlWriter, change: &ChangeLogEntry, subjects: &Subjects) {
    let subject = change.node.as_ref().map(|node| subjects.get(node, change));
    let lang = subject.as_ref().map(|subject| subject.lang).unwrap_or_default();
    let summary = summary(change, lang);
    xml.open("entry", &[("xml:lang", lang.code())]);
    xml.text("id", &[], &format!("urn:passerelle:change:{}.{}", change.revision.number, change.ordinal));
    xml.text("title", &[], &title(change, subject.as_ref()));
    xml.text("updated", &[], &change.revision.at.to_string());
    author(xml);
    xml.empty("category", &[("term", change.kind.name())]);
    if let Some(url) = subject.as_ref().and_then(|subject| subject.url.as_deref()) {
        xml.empty("link", &[("rel", "alternate"), ("href", url)]);
    }
    xml.text("summary", &[], &summary);
    // An entry without a link must have content (section 4.1.2).
    let detail = subject.and_then(|subject| subject.detail);
    let content = detail.map_or_else(|| summary.clone(), |detail| format!("{detail}\n\n{summary}"));
    xml.text("content", &[("type", "text")], &content);
    xml.close("entry");
}

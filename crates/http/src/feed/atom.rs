//! Changes as an Atom feed (RFC 4287).

use passerelle_api::{SiteUrls, global_id};
use passerelle_model::asset::encode_path;
use passerelle_model::language::Language;
use passerelle_storage::{ChangeLogEntry, DatabaseId};

use super::labels::{summary, title};
use super::params::FeedParams;
use super::subject::Subjects;
use super::xml::XmlWriter;

/// Media type of Atom (RFC 4287, section 7).
pub(super) const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";
/// Prefix of permanent ids, before the id of the database. Not a URL, because the address of the service may
/// change (section 4.2.6).
const ID_PREFIX: &str = "urn:passerelle";
/// Namespace of the elements that Atom does not have (section 6.4).
const NAMESPACE: &str = "urn:passerelle:feed";
/// Path of the feed on this service.
const FEED_PATH: &str = "/feeds/changes.atom";
/// Author of all entries. The change log does not contain the editor of a document.
const AUTHOR: &str = "passerelle";

/// Everything that the feed shows besides its changes.
pub(super) struct Feed<'a> {
    /// Id of the database. It makes the ids of two installations different.
    pub(super) database_id: DatabaseId,
    /// Parameters that select the changes.
    pub(super) params: &'a FeedParams,
    pub(super) site_urls: &'a SiteUrls,
    pub(super) subjects: &'a Subjects,
}

impl Feed<'_> {
    /// Renders changes as a feed, in the given order.
    pub(super) fn render(&self, changes: &[ChangeLogEntry]) -> Vec<u8> {
        let FeedParams { kinds, plan } = self.params;
        let names = kinds.iter().map(|kind| kind.name());
        // The id contains the parameters, so that feed readers treat each selection as a feed of its own.
        let database_id = self.database_id.to_string();
        let id = [ID_PREFIX, database_id.as_str(), "changes"].into_iter().chain(names.clone());
        let plan_id = plan.iter().map(|plan| encode_path(&format!("plan={plan}")));
        let id = id.map(str::to_owned).chain(plan_id).collect::<Vec<_>>().join(":");
        let plan_query = plan.iter().map(|plan| format!("plan={}", encode_path(plan)));
        let query: Vec<String> = names.map(|name| format!("kind={name}")).chain(plan_query).collect();
        let separator = if query.is_empty() { "" } else { "?" };
        let mut xml = XmlWriter::new();
        xml.open(
            "feed",
            &[
                ("xmlns", "http://www.w3.org/2005/Atom"),
                ("xmlns:passerelle", NAMESPACE),
                ("xml:lang", Language::Fr.code()),
            ],
        );
        xml.text("id", &[], &id);
        xml.text("title", &[], "Modifications");
        // The newest entry. A change of another kind does not change a filtered feed.
        let updated = changes.first().map(|change| change.revision.at).unwrap_or_default();
        xml.text("updated", &[], &updated.to_string());
        author(&mut xml);
        let own_url = self.site_urls.absolute(&format!("{FEED_PATH}{separator}{}", query.join("&")));
        xml.empty("link", &[("rel", "self"), ("href", &own_url)]);
        for change in changes {
            self.entry(&mut xml, change);
        }
        xml.close("feed");
        xml.finish()
    }

    fn entry(&self, xml: &mut XmlWriter, change: &ChangeLogEntry) {
        let subject = change.node.as_ref().map(|node| self.subjects.get(node, change));
        let lang = subject.as_ref().map(|subject| subject.lang).unwrap_or_default();
        let summary = summary(change, lang);
        xml.open("entry", &[("xml:lang", lang.code())]);
        let position = format!("{}.{}", change.revision.number, change.ordinal);
        xml.text("id", &[], &format!("{ID_PREFIX}:{}:change:{position}", self.database_id));
        xml.text("title", &[], &title(change, subject.as_ref()));
        xml.text("updated", &[], &change.revision.at.to_string());
        author(xml);
        xml.empty("category", &[("term", change.kind.name())]);
        if let Some(url) = subject.as_ref().and_then(|subject| subject.url.as_deref()) {
            xml.empty("link", &[("rel", "alternate"), ("href", &self.site_urls.absolute(url))]);
        }
        if let Some(node) = &change.node {
            xml.text("passerelle:nodeId", &[], &global_id(node));
        }
        xml.text("summary", &[], &summary);
        // An entry without a link must have content (section 4.1.2).
        let detail = subject.and_then(|subject| subject.detail);
        let content = detail.map_or_else(|| summary.clone(), |detail| format!("{detail}\n\n{summary}"));
        xml.text("content", &[("type", "text")], &content);
        xml.close("entry");
    }
}

fn author(xml: &mut XmlWriter) {
    xml.open("author", &[]);
    xml.text("name", &[], AUTHOR);
    xml.close("author");
}

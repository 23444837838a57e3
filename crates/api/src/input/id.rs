//! Encoding of global ids. An id is opaque for clients: Base64 of the type name and the key of the object.
//!
//! The id of an object that was read in the past also contains the revision. A normalised cache of a
//! client then stores the past and the present of an object as two entries.

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::revision::RevisionNumber;
use passerelle_storage::ChangePosition;

/// Separates the type name from the number of the revision. No type name contains it.
const REVISION_SEPARATOR: char = '@';

/// Type and key of the object that a global id identifies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NodeId {
    Plan(PlanKey),
    Category(CategoryKey),
    Measure(MeasureKey),
    Page(PageKey),
    SupportService(ServiceKey),
    Document(DocumentKey),
    Change(ChangePosition),
}

impl NodeId {
    /// Decodes an id into the object and the revision that it names. Returns `None` if it is malformed:
    /// clients see an unknown object, not an error.
    pub(crate) fn parse(id: &ID) -> Option<(Self, Option<RevisionNumber>)> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
        let (kind, key) = text.split_once(':')?;
        match kind.split_once(REVISION_SEPARATOR) {
            None => Some((Self::from_parts(kind, key)?, None)),
            Some((kind, revision)) => {
                Some((Self::from_parts(kind, key)?, Some(RevisionNumber::new(revision.parse().ok()?))))
            }
        }
    }

    fn from_parts(kind: &str, key: &str) -> Option<Self> {
        Some(match kind {
            "Plan" => Self::Plan(PlanKey::new(key)),
            "Category" => Self::Category(CategoryKey::new(key)),
            "Measure" => Self::Measure(MeasureKey::new(key)),
            "Page" => Self::Page(PageKey::new(key)),
            "SupportService" => Self::SupportService(ServiceKey::new(key)),
            "Document" => Self::Document(DocumentKey::new(key)),
            "Change" => {
                let (revision, ordinal) = key.split_once('.')?;
                let revision = RevisionNumber::new(revision.parse().ok()?);
                Self::Change(ChangePosition { revision, ordinal: ordinal.parse().ok()? })
            }
            _ => return None,
        })
    }

    /// Returns the id of the object that a change concerns.
    pub(crate) fn of(node: &NodeKey) -> Self {
        match node.clone() {
            NodeKey::Plan(key) => Self::Plan(key),
            NodeKey::Category(key) => Self::Category(key),
            NodeKey::Measure(key) => Self::Measure(key),
            NodeKey::Page(key) => Self::Page(key),
            NodeKey::Service(key) => Self::SupportService(key),
            NodeKey::Document(key) => Self::Document(key),
        }
    }

    /// Returns the key of the object. `None` for an entry of the change log.
    pub(crate) fn into_node_key(self) -> Option<NodeKey> {
        Some(match self {
            Self::Plan(key) => NodeKey::Plan(key),
            Self::Category(key) => NodeKey::Category(key),
            Self::Measure(key) => NodeKey::Measure(key),
            Self::Page(key) => NodeKey::Page(key),
            Self::SupportService(key) => NodeKey::Service(key),
            Self::Document(key) => NodeKey::Document(key),
            Self::Change(_) => return None,
        })
    }

    /// Encodes the id of the object as of a revision. `None` for the latest one.
    pub(crate) fn at(&self, revision: Option<RevisionNumber>) -> ID {
        let place;
        let (kind, key) = match self {
            Self::Change(ChangePosition { revision, ordinal }) => {
                place = format!("{revision}.{ordinal}");
                ("Change", place.as_str())
            }
            Self::Plan(key) => ("Plan", key.as_str()),
            Self::Category(key) => ("Category", key.as_str()),
            Self::Measure(key) => ("Measure", key.as_str()),
            Self::Page(key) => ("Page", key.as_str()),
            Self::SupportService(key) => ("SupportService", key.as_str()),
            Self::Document(key) => ("Document", key.as_str()),
        };
        encode(kind, revision, key)
    }
}

/// Encodes the id of a block of a page. `node` does not find blocks.
pub(crate) fn block_id(page: &PageKey, block: &str, revision: Option<RevisionNumber>) -> ID {
    // A key of a page contains no `#`, so two pages never share an id.
    encode("Block", revision, &format!("{page}#{block}"))
}

/// Returns the global id of an object as of the latest revision, for endpoints without GraphQL.
pub fn global_id(node: &NodeKey) -> String {
    NodeId::of(node).at(None).to_string()
}

fn encode(kind: &str, revision: Option<RevisionNumber>, key: &str) -> ID {
    let revision = revision.map(|number| format!("{REVISION_SEPARATOR}{number}")).unwrap_or_default();
    ID(URL_SAFE_NO_PAD.encode(format!("{kind}{revision}:{key}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_of_the_past_names_its_revision() {
        let (node, revision) = (NodeId::Page(PageKey::new("a@3:b")), Some(RevisionNumber::new(12)));
        assert_ne!(node.at(revision), node.at(None));
        assert_eq!(NodeId::parse(&node.at(revision)), Some((node, revision)));
    }

    #[test]
    fn blocks_of_two_pages_have_different_ids() {
        let id = |page: &str, revision| block_id(&PageKey::new(page), "text-a", revision);
        let ids = [id("a.fr", None), id("b.fr", None), id("a.fr", Some(RevisionNumber::new(2)))];
        assert!(ids[0] != ids[1] && ids[0] != ids[2] && NodeId::parse(&ids[0]).is_none());
    }

    #[test]
    fn malformed_ids_are_unknown() {
        let node = NodeId::Measure(MeasureKey::new("plan.fr#12"));
        assert_eq!(NodeId::parse(&node.at(None)), Some((node, None)));
        for id in ["", "x", "TWVhc3VyZQ", "Tm9ib2R5OjE"] {
            assert_eq!(NodeId::parse(&ID::from(id)), None, "{id}");
        }
    }
}

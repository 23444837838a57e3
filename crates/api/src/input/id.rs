//! Encoding of global ids. An id is opaque for clients: Base64 of the type name and the key of the object.

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passerelle_model::change::NodeKey;
use passerelle_model::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::sync::RevisionNumber;
use passerelle_storage::ChangePosition;

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
    /// Decodes an id. Returns `None` if it is malformed: clients see an unknown object, not an error.
    pub(crate) fn parse(id: &ID) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.as_str()).ok()?).ok()?;
        let (kind, key) = text.split_once(':')?;
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

    /// Encodes the id.
    pub(crate) fn id(&self) -> ID {
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
        ID(URL_SAFE_NO_PAD.encode(format!("{kind}:{key}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_ids_are_unknown() {
        let node = NodeId::Measure(MeasureKey::new("plan.fr#12"));
        assert_eq!(NodeId::parse(&node.id()), Some(node));
        for id in ["", "x", "TWVhc3VyZQ", "Tm9ib2R5OjE"] {
            assert_eq!(NodeId::parse(&ID::from(id)), None, "{id}");
        }
    }
}

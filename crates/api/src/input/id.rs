//! Global ids: opaque, stable while the thing lives.

use async_graphql::ID;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passerelle_document::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};

/// What an id names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NodeId {
    Plan(PlanKey),
    Category(CategoryKey),
    Measure(MeasureKey),
    Page(PageKey),
    SupportService(ServiceKey),
    Document(DocumentKey),
}

impl NodeId {
    /// Reads an id. None where it is none of ours: a node that is not there, not an error.
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
            _ => return None,
        })
    }

    /// Writes the id.
    pub(crate) fn id(&self) -> ID {
        let (kind, key) = match self {
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
    fn an_id_names_one_thing() {
        let node = NodeId::Measure(MeasureKey::new("plan.fr#12"));
        assert_eq!(NodeId::parse(&node.id()), Some(node));
        for id in ["", "x", "TWVhc3VyZQ", "Tm9ib2R5OjE"] {
            assert_eq!(NodeId::parse(&ID::from(id)), None, "{id}");
        }
    }
}

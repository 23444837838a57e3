//! Changes of what is served, as the change log tells them.

use crate::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};

/// Kind of an entry in the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A measure is new.
    MeasureAdded,
    /// A measure is gone.
    MeasureRemoved,
    /// A field of a measure other than its status changed.
    MeasureChanged,
    /// The status of a measure changed.
    StatusChanged,
    /// A page is new.
    PageAdded,
    /// A page is gone.
    PageRemoved,
    /// A page changed.
    PageChanged,
    /// A support service is new.
    ServiceAdded,
    /// A support service is gone.
    ServiceRemoved,
    /// A support service changed.
    ServiceChanged,
    /// A plan is new.
    PlanAdded,
    /// A plan is gone.
    PlanRemoved,
    /// A plan's own fields, or those of one of its categories, changed.
    PlanChanged,
    /// A document was refused, or waits for a person's word.
    DocumentRejected,
    /// Changes before this were not told, or are told no more: read again what was read.
    Resync,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::MeasureAdded,
        Self::MeasureRemoved,
        Self::MeasureChanged,
        Self::StatusChanged,
        Self::PageAdded,
        Self::PageRemoved,
        Self::PageChanged,
        Self::ServiceAdded,
        Self::ServiceRemoved,
        Self::ServiceChanged,
        Self::PlanAdded,
        Self::PlanRemoved,
        Self::PlanChanged,
        Self::DocumentRejected,
        Self::Resync,
    ];

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name in upper case, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::MeasureAdded => "MEASURE_ADDED",
            Self::MeasureRemoved => "MEASURE_REMOVED",
            Self::MeasureChanged => "MEASURE_CHANGED",
            Self::StatusChanged => "STATUS_CHANGED",
            Self::PageAdded => "PAGE_ADDED",
            Self::PageRemoved => "PAGE_REMOVED",
            Self::PageChanged => "PAGE_CHANGED",
            Self::ServiceAdded => "SERVICE_ADDED",
            Self::ServiceRemoved => "SERVICE_REMOVED",
            Self::ServiceChanged => "SERVICE_CHANGED",
            Self::PlanAdded => "PLAN_ADDED",
            Self::PlanRemoved => "PLAN_REMOVED",
            Self::PlanChanged => "PLAN_CHANGED",
            Self::DocumentRejected => "DOCUMENT_REJECTED",
            Self::Resync => "RESYNC",
        }
    }
}

/// The thing that a change is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NodeKey {
    /// A document.
    Document(DocumentKey),
    /// A plan.
    Plan(PlanKey),
    /// A category of a plan.
    Category(CategoryKey),
    /// A measure.
    Measure(MeasureKey),
    /// A page.
    Page(PageKey),
    /// A support service.
    Service(ServiceKey),
}

impl NodeKey {
    /// The name of the type, as it is stored.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Document(_) => "DOCUMENT",
            Self::Plan(_) => "PLAN",
            Self::Category(_) => "CATEGORY",
            Self::Measure(_) => "MEASURE",
            Self::Page(_) => "PAGE",
            Self::Service(_) => "SUPPORT_SERVICE",
        }
    }

    /// Reads a node from its stored type and key. Returns `None` for an unknown type.
    pub fn from_parts(kind: &str, key: &str) -> Option<Self> {
        Some(match kind {
            "DOCUMENT" => Self::Document(DocumentKey::new(key)),
            "PLAN" => Self::Plan(PlanKey::new(key)),
            "CATEGORY" => Self::Category(CategoryKey::new(key)),
            "MEASURE" => Self::Measure(MeasureKey::new(key)),
            "PAGE" => Self::Page(PageKey::new(key)),
            "SUPPORT_SERVICE" => Self::Service(ServiceKey::new(key)),
            _ => return None,
        })
    }

    /// The key as text.
    pub fn key(&self) -> &str {
        match self {
            Self::Document(key) => key.as_str(),
            Self::Plan(key) => key.as_str(),
            Self::Category(key) => key.as_str(),
            Self::Measure(key) => key.as_str(),
            Self::Page(key) => key.as_str(),
            Self::Service(key) => key.as_str(),
        }
    }
}

/// A field's GraphQL name, and its value before and after.
pub type FieldChange = (&'static str, Option<String>, Option<String>);

/// One line of the change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Kind of the change.
    pub kind: ChangeKind,
    /// Of what.
    pub node: NodeKey,
    /// The field that changed, by its GraphQL name; none where the whole thing came or went.
    pub field: Option<&'static str>,
    /// The field before; what a thing was called that is gone.
    pub before: Option<String>,
    /// The field after; what a thing is called that is new.
    pub after: Option<String>,
}

impl Change {
    /// A change of a whole thing.
    pub fn of_node(kind: ChangeKind, node: NodeKey) -> Self {
        Self { kind, node, field: None, before: None, after: None }
    }

    /// Something is new, and is called so.
    pub fn added(kind: ChangeKind, node: NodeKey, label: String) -> Self {
        Self { after: Some(label), ..Self::of_node(kind, node) }
    }

    /// Something is gone, and was called so.
    pub fn removed(kind: ChangeKind, node: NodeKey, label: String) -> Self {
        Self { before: Some(label), ..Self::of_node(kind, node) }
    }

    /// A change of a field.
    pub fn of_field(kind: ChangeKind, node: &NodeKey, (field, before, after): FieldChange) -> Self {
        Self { kind, node: node.clone(), field: Some(field), before, after }
    }
}

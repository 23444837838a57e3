//! Entries of the change log.

pub use crate::changed_field::ChangedField;
use crate::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};

/// Kind of an entry in the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A measure was added.
    MeasureAdded,
    /// A measure was removed.
    MeasureRemoved,
    /// A field of a measure other than its status changed.
    MeasureChanged,
    /// The status of a measure changed.
    StatusChanged,
    /// A page was added.
    PageAdded,
    /// A page was removed.
    PageRemoved,
    /// A page changed.
    PageChanged,
    /// A support service was added.
    ServiceAdded,
    /// A support service was removed.
    ServiceRemoved,
    /// A support service changed.
    ServiceChanged,
    /// A plan was added.
    PlanAdded,
    /// A plan was removed.
    PlanRemoved,
    /// A field of a plan or of one of its categories changed.
    PlanChanged,
    /// A document was rejected or is held for confirmation.
    DocumentRejected,
    /// Changes before this entry are no longer available. Clients refetch their data.
    Resync,
}

impl ChangeKind {
    /// Every kind, in the order of declaration.
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

    /// Inverse of [`ChangeKind::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns the upper-case name that the database and the API use, for example `MEASURE_ADDED`.
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

/// Type and key of the object that changed.
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
    /// Returns the type name that the database stores, for example `MEASURE`.
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

    /// Returns the key as text.
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

/// A field, the value before the change and the value after it.
pub type FieldChange = (ChangedField, Option<String>, Option<String>);

/// One entry of the change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Kind of the change.
    pub kind: ChangeKind,
    /// The object that changed.
    pub node: NodeKey,
    /// The changed field. `None` if the object was added or removed.
    pub field: Option<ChangedField>,
    /// The previous value. For a removed object, its title.
    pub before: Option<String>,
    /// The new value. For an added object, its title.
    pub after: Option<String>,
}

impl Change {
    /// Creates an entry that names no field and no values.
    pub fn of_node(kind: ChangeKind, node: NodeKey) -> Self {
        Self { kind, node, field: None, before: None, after: None }
    }

    /// Creates an entry for an added object. `label` is its title.
    pub fn added(kind: ChangeKind, node: NodeKey, label: String) -> Self {
        Self { after: Some(label), ..Self::of_node(kind, node) }
    }

    /// Creates an entry for a removed object. `label` is its title.
    pub fn removed(kind: ChangeKind, node: NodeKey, label: String) -> Self {
        Self { before: Some(label), ..Self::of_node(kind, node) }
    }

    /// Creates an entry for one changed field.
    pub fn of_field(kind: ChangeKind, node: &NodeKey, (field, before, after): FieldChange) -> Self {
        Self { kind, node: node.clone(), field: Some(field), before, after }
    }
}

//! What changed between what is served and what will be.

use std::collections::BTreeMap;

use crate::identity::PlanContent;
use crate::key::{DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use crate::served::{ServedMeasure, ServedPage, ServedPlan, ServedService};

/// One thing before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit<'a, T> {
    /// It is new.
    Added(&'a T),
    /// It is gone.
    Removed(&'a T),
    /// It is another than it was.
    Changed(&'a T, &'a T),
}

/// Compares two sets of things by their keys. Things that are equal are left out.
pub fn edits<'a, T: PartialEq, K: Ord>(
    before: &'a [T],
    after: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<Edit<'a, T>> {
    let mut known: BTreeMap<K, &T> = before.iter().map(|thing| (key(thing), thing)).collect();
    let mut edits: Vec<Edit<'_, T>> = Vec::new();
    for thing in after {
        match known.remove(&key(thing)) {
            None => edits.push(Edit::Added(thing)),
            Some(old) if old != thing => edits.push(Edit::Changed(old, thing)),
            Some(_) => {}
        }
    }
    edits.extend(known.into_values().map(Edit::Removed));
    edits
}

/// What kind of change a subscriber is told.
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
    /// A plan's own fields changed.
    PlanChanged,
    /// A document was refused.
    DocumentRejected,
}

impl ChangeKind {
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
        }
    }
}

/// The thing that a change is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKey {
    /// A document.
    Document(DocumentKey),
    /// A plan.
    Plan(PlanKey),
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
            Self::Measure(_) => "MEASURE",
            Self::Page(_) => "PAGE",
            Self::Service(_) => "SUPPORT_SERVICE",
        }
    }

    /// The key as text.
    pub fn key(&self) -> &str {
        match self {
            Self::Document(key) => key.as_str(),
            Self::Plan(key) => key.as_str(),
            Self::Measure(key) => key.as_str(),
            Self::Page(key) => key.as_str(),
            Self::Service(key) => key.as_str(),
        }
    }
}

/// One line of the change log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// Of what.
    pub node: NodeKey,
    /// The field that changed, by its GraphQL name; none where the whole thing came or went.
    pub field: Option<&'static str>,
    /// The field before.
    pub before: Option<String>,
    /// The field after.
    pub after: Option<String>,
}

impl Change {
    /// A change of a whole thing.
    pub fn whole(kind: ChangeKind, node: NodeKey) -> Self {
        Self { kind, node, field: None, before: None, after: None }
    }
}

/// A field's GraphQL name, and its value before and after.
type FieldChange = (&'static str, Option<String>, Option<String>);

/// The fields of a list that are not equal.
fn differing(fields: Vec<FieldChange>) -> impl Iterator<Item = FieldChange> {
    fields.into_iter().filter(|(_, before, after)| before != after)
}

/// What changed in a plan: itself first, then its measures in document order, then those that went.
pub fn plan_changes(before: Option<&PlanContent>, after: Option<&PlanContent>) -> Vec<Change> {
    let plan = |content: Option<&PlanContent>| content.map(|content| content.plan.clone());
    let mut changes = match (plan(before), plan(after)) {
        (None, None) => Vec::new(),
        (None, Some(plan)) => vec![Change::whole(ChangeKind::PlanAdded, NodeKey::Plan(plan.key))],
        (Some(plan), None) => vec![Change::whole(ChangeKind::PlanRemoved, NodeKey::Plan(plan.key))],
        (Some(before), Some(after)) => plan_fields(&before, &after),
    };
    let measures =
        |content: Option<&PlanContent>| content.map(|content| content.measures.clone()).unwrap_or_default();
    let (before, after) = (measures(before), measures(after));
    for edit in edits(&before, &after, |measure| &measure.key) {
        match edit {
            Edit::Added(measure) => {
                changes.push(Change::whole(ChangeKind::MeasureAdded, NodeKey::Measure(measure.key.clone())));
            }
            Edit::Removed(measure) => {
                changes
                    .push(Change::whole(ChangeKind::MeasureRemoved, NodeKey::Measure(measure.key.clone())));
            }
            Edit::Changed(before, after) => changes.extend(measure_fields(before, after)),
        }
    }
    changes
}

fn plan_fields(before: &ServedPlan, after: &ServedPlan) -> Vec<Change> {
    let (old, new) = (&before.heading, &after.heading);
    let fields = vec![
        ("slug", Some(old.slug.to_string()), Some(new.slug.to_string())),
        ("title", Some(old.title.clone()), Some(new.title.clone())),
        ("lang", Some(old.lang.to_string()), Some(new.lang.to_string())),
        ("year", old.year.map(|year| year.to_string()), new.year.map(|year| year.to_string())),
    ];
    let node = NodeKey::Plan(after.key.clone());
    let change = |(field, before, after)| Change {
        kind: ChangeKind::PlanChanged,
        node: node.clone(),
        field: Some(field),
        before,
        after,
    };
    differing(fields).map(change).collect()
}

fn measure_fields(before: &ServedMeasure, after: &ServedMeasure) -> Vec<Change> {
    let fields = vec![
        ("number", Some(before.number.to_string()), Some(after.number.to_string())),
        ("title", Some(before.title.text.clone()), Some(after.title.text.clone())),
        ("status", Some(before.status.name().to_owned()), Some(after.status.name().to_owned())),
        ("statusText", Some(before.status_text.clone()), Some(after.status_text.clone())),
        ("programme", before.programme.clone(), after.programme.clone()),
        ("isRepeated", Some(before.is_repeated.to_string()), Some(after.is_repeated.to_string())),
        ("category", Some(before.category.to_string()), Some(after.category.to_string())),
    ];
    let node = NodeKey::Measure(after.key.clone());
    let status_changed = before.status != after.status;
    differing(fields)
        // The words of a status follow its meaning: one change, not two.
        .filter(|(field, ..)| !(status_changed && *field == "statusText"))
        .map(|(field, before, after)| {
            let kind = if field == "status" { ChangeKind::StatusChanged } else { ChangeKind::MeasureChanged };
            Change { kind, node: node.clone(), field: Some(field), before, after }
        })
        .collect()
}

/// What changed in a page and the service that it describes.
pub fn page_changes(
    before: Option<(&ServedPage, Option<&ServedService>)>,
    after: Option<(&ServedPage, Option<&ServedService>)>,
) -> Vec<Change> {
    let page = |key: &PageKey| NodeKey::Page(key.clone());
    let mut changes = match (before.map(|(page, _)| page), after.map(|(page, _)| page)) {
        (None, Some(after)) => vec![Change::whole(ChangeKind::PageAdded, page(&after.key))],
        (Some(before), None) => vec![Change::whole(ChangeKind::PageRemoved, page(&before.key))],
        (Some(before), Some(after)) if before != after => page_fields(before, after),
        _ => Vec::new(),
    };
    let service = |key: &ServiceKey| NodeKey::Service(key.clone());
    let services = (before.and_then(|(_, service)| service), after.and_then(|(_, service)| service));
    changes.extend(match services {
        (None, Some(after)) => Some(Change::whole(ChangeKind::ServiceAdded, service(&after.key))),
        (Some(before), None) => Some(Change::whole(ChangeKind::ServiceRemoved, service(&before.key))),
        (Some(before), Some(after)) if before != after => {
            Some(Change::whole(ChangeKind::ServiceChanged, service(&after.key)))
        }
        _ => None,
    });
    changes
}

fn page_fields(before: &ServedPage, after: &ServedPage) -> Vec<Change> {
    let (old, new) = (&before.page, &after.page);
    let fields = vec![
        ("slug", Some(old.slug.to_string()), Some(new.slug.to_string())),
        ("title", Some(old.title.clone()), Some(new.title.clone())),
        ("lang", Some(old.lang.to_string()), Some(new.lang.to_string())),
    ];
    let node = NodeKey::Page(after.key.clone());
    let change = |(field, before, after): (&'static str, Option<String>, Option<String>)| Change {
        kind: ChangeKind::PageChanged,
        node: node.clone(),
        field: Some(field),
        before,
        after,
    };
    let mut changes: Vec<Change> = differing(fields).map(change).collect();
    if old.content != new.content {
        // A whole page before and after would weigh more than the pages themselves.
        changes.push(change(("content", None, None)));
    }
    if changes.is_empty() {
        changes.push(Change::whole(ChangeKind::PageChanged, node.clone()));
    }
    changes
}

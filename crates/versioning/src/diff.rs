//! What changed between what is served and what will be.

use std::collections::BTreeMap;

use passerelle_model::change::{Change, ChangeKind, FieldChange, NodeKey};
use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::served::{ServedCategory, ServedMeasure, ServedPage, ServedPlan, ServedService};

use crate::identity::PlanContent;

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

/// The fields of a list that are not equal.
fn differing(fields: Vec<FieldChange>) -> impl Iterator<Item = FieldChange> {
    fields.into_iter().filter(|(_, before, after)| before != after)
}

/// What changed in a plan: itself first, then its categories, then its measures in document order, then those that went.
/// With the plan all that it holds comes and goes; its categories are not told one by one then.
pub fn plan_changes(before: Option<&PlanContent>, after: Option<&PlanContent>) -> Vec<Change> {
    let plan = |key: &PlanKey| NodeKey::Plan(key.clone());
    let mut changes = match (before, after) {
        (None, None) => Vec::new(),
        (None, Some(after)) => {
            vec![Change::came(ChangeKind::PlanAdded, plan(&after.plan.key), after.plan.heading.title.clone())]
        }
        (Some(before), None) => {
            vec![Change::went(
                ChangeKind::PlanRemoved,
                plan(&before.plan.key),
                before.plan.heading.title.clone(),
            )]
        }
        (Some(before), Some(after)) => {
            let mut changes = plan_fields(&before.plan, &after.plan);
            changes.extend(category_changes(&before.categories, &after.categories));
            changes
        }
    };
    let (old, new) = (Paths::of(before), Paths::of(after));
    let measure = |key: &MeasureKey| NodeKey::Measure(key.clone());
    for edit in edits(measures(before), measures(after), |measure| &measure.key) {
        match edit {
            Edit::Added(added) => {
                changes.push(Change::came(ChangeKind::MeasureAdded, measure(&added.key), called(added)));
            }
            Edit::Removed(gone) => {
                changes.push(Change::went(ChangeKind::MeasureRemoved, measure(&gone.key), called(gone)));
            }
            Edit::Changed(before, after) => changes.extend(measure_fields((before, &old), (after, &new))),
        }
    }
    changes
}

/// What people call a measure who do not see it any more.
fn called(measure: &ServedMeasure) -> String {
    format!("{}. {}", measure.number, measure.title.text)
}

fn measures(content: Option<&PlanContent>) -> &[ServedMeasure] {
    content.map(|content| content.measures.as_slice()).unwrap_or_default()
}

/// The paths of categories: what people call them by.
struct Paths<'a>(BTreeMap<&'a CategoryKey, &'a str>);

impl<'a> Paths<'a> {
    fn of(content: Option<&'a PlanContent>) -> Self {
        let categories = content.into_iter().flat_map(|content| &content.categories);
        Self(categories.map(|category| (&category.key, category.path.as_str())).collect())
    }

    fn get(&self, key: &CategoryKey) -> Option<String> {
        self.0.get(key).map(|path| (*path).to_owned())
    }
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
    differing(fields).map(|field| Change::of_field(ChangeKind::PlanChanged, &node, field)).collect()
}

fn category_changes(before: &[ServedCategory], after: &[ServedCategory]) -> Vec<Change> {
    let path = |category: &ServedCategory| Some(category.path.as_str().to_owned());
    let mut changes = Vec::new();
    for edit in edits(before, after, |category| &category.key) {
        let (key, fields) = match edit {
            Edit::Added(added) => (&added.key, vec![("path", None, path(added))]),
            Edit::Removed(gone) => (&gone.key, vec![("path", path(gone), None)]),
            Edit::Changed(old, new) => (
                &new.key,
                vec![
                    ("path", path(old), path(new)),
                    ("title", Some(old.title.clone()), Some(new.title.clone())),
                ],
            ),
        };
        let node = NodeKey::Category(key.clone());
        changes
            .extend(differing(fields).map(|field| Change::of_field(ChangeKind::PlanChanged, &node, field)));
    }
    changes
}

fn measure_fields(before: (&ServedMeasure, &Paths<'_>), after: (&ServedMeasure, &Paths<'_>)) -> Vec<Change> {
    let ((before, old), (after, new)) = (before, after);
    let is_moved = before.category != after.category;
    let path = |measure: &ServedMeasure, paths: &Paths<'_>| {
        // A category that is called otherwise is a change of itself, not of what stands in it.
        if is_moved { paths.get(&measure.category) } else { None }
    };
    let fields = vec![
        ("number", Some(before.number.to_string()), Some(after.number.to_string())),
        ("title", Some(before.title.text.clone()), Some(after.title.text.clone())),
        ("status", Some(before.status.name().to_owned()), Some(after.status.name().to_owned())),
        ("statusText", Some(before.status_text.clone()), Some(after.status_text.clone())),
        ("programme", before.programme.clone(), after.programme.clone()),
        ("isRepeated", Some(before.is_repeated.to_string()), Some(after.is_repeated.to_string())),
        ("category", path(before, old), path(after, new)),
    ];
    let node = NodeKey::Measure(after.key.clone());
    let follows = before.status != after.status || before.programme != after.programme;
    differing(fields)
        // The words of a status follow its meaning: one change, not two.
        .filter(|(field, ..)| !(follows && *field == "statusText"))
        .map(|field| {
            let kind =
                if field.0 == "status" { ChangeKind::StatusChanged } else { ChangeKind::MeasureChanged };
            Change::of_field(kind, &node, field)
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
        (None, Some(after)) => {
            vec![Change::came(ChangeKind::PageAdded, page(&after.key), after.page.title.clone())]
        }
        (Some(before), None) => {
            vec![Change::went(ChangeKind::PageRemoved, page(&before.key), before.page.title.clone())]
        }
        (Some(before), Some(after)) if before.says_otherwise(after) => page_fields(before, after),
        _ => Vec::new(),
    };
    let service = |key: &ServiceKey| NodeKey::Service(key.clone());
    let services = (before.and_then(|(_, service)| service), after.and_then(|(_, service)| service));
    changes.extend(match services {
        (None, Some(after)) => {
            Some(Change::came(ChangeKind::ServiceAdded, service(&after.key), after.service.name.clone()))
        }
        (Some(before), None) => {
            Some(Change::went(ChangeKind::ServiceRemoved, service(&before.key), before.service.name.clone()))
        }
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
    let change = |field| Change::of_field(ChangeKind::PageChanged, &node, field);
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

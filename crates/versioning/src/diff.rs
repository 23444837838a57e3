//! Differences between the published content and the new content.

use std::collections::BTreeMap;

use passerelle_model::change::{Change, ChangeKind, ChangedField, FieldChange, NodeKey};
use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use passerelle_model::plan::{MeasureDetails, Money};
use passerelle_model::published::{
    PublishedCategory, PublishedMeasure, PublishedPage, PublishedPlan, PublishedService,
};
use passerelle_model::timestamp::Timestamp;

use crate::identity::PlanContent;

/// A difference in one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit<'a, T> {
    /// The object is new.
    Added(&'a T),
    /// The object was removed.
    Removed(&'a T),
    /// The object before and after a change.
    Changed(&'a T, &'a T),
}

/// Compares two lists by key. Equal objects give no edit.
pub fn diff_by_key<'a, T: PartialEq, K: Ord>(
    before: &'a [T],
    after: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<Edit<'a, T>> {
    let mut remaining: BTreeMap<K, &T> = before.iter().map(|item| (key(item), item)).collect();
    let mut edits: Vec<Edit<'_, T>> = Vec::new();
    for item in after {
        match remaining.remove(&key(item)) {
            None => edits.push(Edit::Added(item)),
            Some(old) if old != item => edits.push(Edit::Changed(old, item)),
            Some(_) => {}
        }
    }
    edits.extend(remaining.into_values().map(Edit::Removed));
    edits
}

/// Keeps the fields whose values differ.
fn changed_fields(fields: Vec<FieldChange>) -> impl Iterator<Item = FieldChange> {
    fields.into_iter().filter(|(_, before, after)| before != after)
}

/// Returns the changes of a plan: first its own, then those of its categories and measures in document
/// order, then removed measures.
///
/// When a plan is added or removed, its categories give no changes of their own.
pub fn plan_changes(before: Option<&PlanContent>, after: Option<&PlanContent>) -> Vec<Change> {
    let plan = |key: &PlanKey| NodeKey::Plan(key.clone());
    let mut changes = match (before, after) {
        (None, None) => Vec::new(),
        (None, Some(after)) => {
            vec![Change::added(
                ChangeKind::PlanAdded,
                plan(&after.plan.key),
                after.plan.heading.title.clone(),
            )]
        }
        (Some(before), None) => {
            vec![Change::removed(
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
    let (old, new) = (CategoryPaths::of(before), CategoryPaths::of(after));
    let measure = |key: &MeasureKey| NodeKey::Measure(key.clone());
    for edit in diff_by_key(measures(before), measures(after), |measure| &measure.key) {
        match edit {
            Edit::Added(added) => {
                changes.push(Change::added(
                    ChangeKind::MeasureAdded,
                    measure(&added.key),
                    measure_label(added),
                ));
            }
            Edit::Removed(removed) => {
                changes.push(Change::removed(
                    ChangeKind::MeasureRemoved,
                    measure(&removed.key),
                    measure_label(removed),
                ));
            }
            Edit::Changed(before, after) => changes.extend(measure_fields((before, &old), (after, &new))),
        }
    }
    changes
}

/// Returns the number and title of a measure, the label in the change log.
fn measure_label(measure: &PublishedMeasure) -> String {
    format!("{}. {}", measure.number, measure.title.text)
}

fn measures(content: Option<&PlanContent>) -> &[PublishedMeasure] {
    content.map(|content| content.measures.as_slice()).unwrap_or_default()
}

/// Paths of categories by key. The change log shows paths, because editors do not know the keys.
struct CategoryPaths<'a>(BTreeMap<&'a CategoryKey, &'a str>);

impl<'a> CategoryPaths<'a> {
    fn of(content: Option<&'a PlanContent>) -> Self {
        let categories = content.into_iter().flat_map(|content| &content.categories);
        Self(categories.map(|category| (&category.key, category.path.as_str())).collect())
    }

    fn get(&self, key: &CategoryKey) -> Option<String> {
        self.0.get(key).map(|path| (*path).to_owned())
    }
}

fn plan_fields(before: &PublishedPlan, after: &PublishedPlan) -> Vec<Change> {
    let (old, new) = (&before.heading, &after.heading);
    let fields = vec![
        (ChangedField::Slug, Some(old.slug.to_string()), Some(new.slug.to_string())),
        (ChangedField::Title, Some(old.title.clone()), Some(new.title.clone())),
        (ChangedField::Lang, Some(old.lang.to_string()), Some(new.lang.to_string())),
        (ChangedField::Year, old.year.map(|year| year.to_string()), new.year.map(|year| year.to_string())),
    ];
    let node = NodeKey::Plan(after.key.clone());
    changed_fields(fields).map(|field| Change::of_field(ChangeKind::PlanChanged, &node, field)).collect()
}

fn category_changes(before: &[PublishedCategory], after: &[PublishedCategory]) -> Vec<Change> {
    let path = |category: &PublishedCategory| Some(category.path.as_str().to_owned());
    let mut changes = Vec::new();
    for edit in diff_by_key(before, after, |category| &category.key) {
        let (key, fields) = match edit {
            Edit::Added(added) => (&added.key, vec![(ChangedField::Path, None, path(added))]),
            Edit::Removed(removed) => (&removed.key, vec![(ChangedField::Path, path(removed), None)]),
            Edit::Changed(old, new) => (
                &new.key,
                vec![
                    (ChangedField::Path, path(old), path(new)),
                    (ChangedField::Title, Some(old.title.clone()), Some(new.title.clone())),
                ],
            ),
        };
        let node = NodeKey::Category(key.clone());
        changes.extend(
            changed_fields(fields).map(|field| Change::of_field(ChangeKind::PlanChanged, &node, field)),
        );
    }
    changes
}

fn measure_fields(
    before: (&PublishedMeasure, &CategoryPaths<'_>),
    after: (&PublishedMeasure, &CategoryPaths<'_>),
) -> Vec<Change> {
    let ((before, old), (after, new)) = (before, after);
    let is_moved = before.category != after.category;
    let path = |measure: &PublishedMeasure, paths: &CategoryPaths<'_>| {
        // A renamed category is a change of the category, not of its measures.
        if is_moved { paths.get(&measure.category) } else { None }
    };
    let mut fields = vec![
        (ChangedField::Label, Some(before.label.clone()), Some(after.label.clone())),
        (ChangedField::Number, Some(before.number.to_string()), Some(after.number.to_string())),
        (ChangedField::Title, Some(before.title.text.clone()), Some(after.title.text.clone())),
        (ChangedField::Status, Some(before.status.name().to_owned()), Some(after.status.name().to_owned())),
        (ChangedField::StatusText, Some(before.status_text.clone()), Some(after.status_text.clone())),
        (ChangedField::Programme, before.programme.clone(), after.programme.clone()),
        (ChangedField::IsRepeated, Some(before.is_repeated.to_string()), Some(after.is_repeated.to_string())),
        (ChangedField::Category, path(before, old), path(after, new)),
        (ChangedField::Parent, number(before.parent), number(after.parent)),
    ];
    fields.extend(detail_fields(&before.details, &after.details));
    // A label that is the number changes together with it, so only the number is logged.
    if [before, after].iter().all(|measure| measure.label == measure.number.to_string()) {
        fields.remove(0);
    }
    let node = NodeKey::Measure(after.key.clone());
    let status_text_follows = before.status != after.status || before.programme != after.programme;
    changed_fields(fields)
        // The status text changes together with the status, so only the status is logged.
        .filter(|(field, ..)| !(status_text_follows && *field == ChangedField::StatusText))
        .map(|field| {
            let kind = if field.0 == ChangedField::Status {
                ChangeKind::StatusChanged
            } else {
                ChangeKind::MeasureChanged
            };
            Change::of_field(kind, &node, field)
        })
        .collect()
}

/// Compares the details of a measure.
fn detail_fields(before: &MeasureDetails, after: &MeasureDetails) -> Vec<FieldChange> {
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join("; "));
    let date = |date: Option<Timestamp>| date.map(|date| date.to_string());
    let money =
        |money: &Option<Money>| money.as_ref().map(|money| format!("{} {}", money.amount(), money.currency));
    let completion =
        |details: &MeasureDetails| details.completion.map(|completion| completion.value().to_string());
    let description = |details: &MeasureDetails| details.description.as_ref().map(|text| text.text.clone());
    let attributes = |details: &MeasureDetails| {
        let pairs: Vec<String> =
            details.attributes.iter().map(|pair| format!("{}: {}", pair.name, pair.value)).collect();
        list(&pairs)
    };
    vec![
        (
            ChangedField::ResponsibleParties,
            list(&before.responsible_parties),
            list(&after.responsible_parties),
        ),
        (ChangedField::Partners, list(&before.partners), list(&after.partners)),
        (ChangedField::StartDate, date(before.start_date), date(after.start_date)),
        (ChangedField::EndDate, date(before.end_date), date(after.end_date)),
        (ChangedField::ScheduleText, before.schedule_text.clone(), after.schedule_text.clone()),
        (ChangedField::BudgetText, before.budget_text.clone(), after.budget_text.clone()),
        (ChangedField::Budget, money(&before.budget), money(&after.budget)),
        (ChangedField::Indicators, list(&before.indicators), list(&after.indicators)),
        (ChangedField::Completion, completion(before), completion(after)),
        (ChangedField::Priority, before.priority.clone(), after.priority.clone()),
        (ChangedField::Description, description(before), description(after)),
        (ChangedField::Attributes, attributes(before), attributes(after)),
    ]
}

fn number(number: Option<u32>) -> Option<String> {
    number.map(|number| number.to_string())
}

/// Returns the changes of a page and its support service.
pub fn page_changes(
    before: Option<(&PublishedPage, Option<&PublishedService>)>,
    after: Option<(&PublishedPage, Option<&PublishedService>)>,
) -> Vec<Change> {
    let page = |key: &PageKey| NodeKey::Page(key.clone());
    let mut changes = match (before.map(|(page, _)| page), after.map(|(page, _)| page)) {
        (None, Some(after)) => {
            vec![Change::added(ChangeKind::PageAdded, page(&after.key), after.page.title.clone())]
        }
        (Some(before), None) => {
            vec![Change::removed(ChangeKind::PageRemoved, page(&before.key), before.page.title.clone())]
        }
        (Some(before), Some(after)) if before.content_differs(after) => page_fields(before, after),
        _ => Vec::new(),
    };
    let service = |key: &ServiceKey| NodeKey::Service(key.clone());
    let services = (before.and_then(|(_, service)| service), after.and_then(|(_, service)| service));
    changes.extend(match services {
        (None, Some(after)) => {
            Some(Change::added(ChangeKind::ServiceAdded, service(&after.key), after.service.name.clone()))
        }
        (Some(before), None) => Some(Change::removed(
            ChangeKind::ServiceRemoved,
            service(&before.key),
            before.service.name.clone(),
        )),
        (Some(before), Some(after)) if before != after => {
            Some(Change::of_node(ChangeKind::ServiceChanged, service(&after.key)))
        }
        _ => None,
    });
    changes
}

fn page_fields(before: &PublishedPage, after: &PublishedPage) -> Vec<Change> {
    let (old, new) = (&before.page, &after.page);
    let fields = vec![
        (ChangedField::Slug, Some(old.slug.to_string()), Some(new.slug.to_string())),
        (ChangedField::Title, Some(old.title.clone()), Some(new.title.clone())),
        (ChangedField::Lang, Some(old.lang.to_string()), Some(new.lang.to_string())),
    ];
    let node = NodeKey::Page(after.key.clone());
    let change = |field| Change::of_field(ChangeKind::PageChanged, &node, field);
    let mut changes: Vec<Change> = changed_fields(fields).map(change).collect();
    if old.content != new.content {
        // The change log does not store the content, because two full pages would be larger than the page
        // itself.
        changes.push(change((ChangedField::Content, None, None)));
    }
    if changes.is_empty() {
        changes.push(Change::of_node(ChangeKind::PageChanged, node.clone()));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::plan::{Attribute, Percentage};
    use passerelle_model::rich_text::RichText;

    fn changes(before: &MeasureDetails, after: &MeasureDetails) -> Vec<FieldChange> {
        changed_fields(detail_fields(before, after)).collect()
    }

    #[test]
    fn every_detail_is_compared() {
        let text = |text: &str| Some(text.to_owned());
        // Without `..Default`: a new field must be added here and to the comparison.
        let full = MeasureDetails {
            responsible_parties: vec!["Voirie".to_owned()],
            partners: vec!["Parcs".to_owned()],
            start_date: Some(Timestamp::from_millis(0)),
            end_date: Some(Timestamp::from_millis(1)),
            schedule_text: text("2026"),
            budget_text: text("12 €"),
            budget: Some(Money { hundredths: 1_200, currency: "EUR".to_owned() }),
            indicators: vec!["arbres".to_owned()],
            completion: Some(Percentage::FULL),
            priority: text("haute"),
            description: Some(RichText { text: "Planter".to_owned(), ..RichText::default() }),
            attributes: vec![Attribute { name: "Zone".to_owned(), value: "Nord".to_owned() }],
        };
        let fields: Vec<ChangedField> =
            changes(&MeasureDetails::default(), &full).iter().map(|(field, ..)| *field).collect();
        let expected = [
            ChangedField::ResponsibleParties,
            ChangedField::Partners,
            ChangedField::StartDate,
            ChangedField::EndDate,
            ChangedField::ScheduleText,
            ChangedField::BudgetText,
            ChangedField::Budget,
            ChangedField::Indicators,
            ChangedField::Completion,
            ChangedField::Priority,
            ChangedField::Description,
            ChangedField::Attributes,
        ];
        assert_eq!(fields, expected);
        assert_eq!(changes(&full, &full), []);
    }

    #[test]
    fn a_deadline_that_moved_is_a_change() {
        let until = |day: &str| MeasureDetails {
            end_date: Some(Timestamp::parse(day).unwrap()),
            ..MeasureDetails::default()
        };
        let (before, after) = (until("2025-12-31"), until("2026-06-30"));
        let times = [&before, &after].map(|details| details.end_date.map(|date| date.to_string()));
        let [old, new] = times;
        assert_eq!(changes(&before, &after), [(ChangedField::EndDate, old, new)]);
    }
}

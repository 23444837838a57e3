//! Compares a plan at two dates. Changes that cancel out are omitted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use passerelle_model::change::{ChangedField, NodeKey};
use passerelle_model::key::MeasureKey;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::timestamp::Timestamp;
use passerelle_storage::{ChangeFilter, ChangeLogEntry, Pagination, ReadView};

use super::comparison::{Comparison, side};
use super::moves::{MovedMeasure, Moves};
use crate::error::PageError;
use crate::plan::{Selection, past_view};
use crate::site::Site;

/// Maximum number of changes that are compared. It bounds the work of a request: most plans have fewer in a
/// year.
const MAX_CHANGES: u32 = 5_000;

/// Net effect of the changes of one measure.
#[derive(Debug, Default, PartialEq)]
struct Effect {
    /// Status before the first change and after the last one.
    statuses: Option<[MeasureStatus; 2]>,
    fields: BTreeSet<ChangedField>,
}

/// Compares the plan at a date with the selected state. `None` if the plan was not published at the date.
pub(super) async fn compare(
    site: &Site,
    latest: &ReadView,
    selection: &Selection,
    from: Timestamp,
) -> Result<Option<Comparison>, PageError> {
    let Selection { view, context, .. } = selection;
    let (plan, words) = (&context.plan.key, context.words);
    let before = past_view(site, latest, from).await?;
    if !before.cached_plans().await?.iter().any(|other| other.key == *plan) {
        return Ok(None);
    }
    let filter =
        ChangeFilter { since: before.revision().number, plan: Some(plan.clone()), ..ChangeFilter::default() };
    let slice = view.changes(&filter, &Pagination::first(MAX_CHANGES)).await?;
    let effects = net_effects(slice.items.iter().map(|(_, change)| change));
    let keys: Vec<MeasureKey> = effects.keys().cloned().collect();
    let (old, new) = if keys.is_empty() {
        (HashMap::new(), HashMap::new())
    } else {
        (before.measures_by_key(&keys).await?, view.measures_by_key(&keys).await?)
    };
    let mut lists: [Vec<MovedMeasure>; 4] = Default::default();
    let [statuses, changed, added, removed] = &mut lists;
    for (key, effect) in effects {
        match (old.get(&key), new.get(&key)) {
            (None, None) => {}
            (None, Some(measure)) => {
                added.push(MovedMeasure::new(measure, Some(context.measure_url(measure.number))));
            }
            (Some(measure), None) => removed.push(MovedMeasure::new(measure, None)),
            (Some(_), Some(measure)) => {
                let row = || MovedMeasure::new(measure, Some(context.measure_url(measure.number)));
                if let Some(both) = effect.statuses.filter(|[before, after]| before != after) {
                    statuses.push(row().with_statuses(both, words));
                }
                if !effect.fields.is_empty() {
                    changed.push(row().with_fields(effect.fields, words));
                }
            }
        }
    }
    let to = context.params.instant()?;
    let name = to.map_or_else(|| words.present_state.to_owned(), |to| words.date_text(to));
    Ok(Some(Comparison {
        sides: [
            side(&before, plan, words, words.date_text(from)).await?,
            side(view, plan, words, name).await?,
        ],
        moves: Moves::new(lists, words, slice.has_next),
    }))
}

/// Returns the net effect of changes, which are in the order of the log.
fn net_effects<'c>(changes: impl Iterator<Item = &'c ChangeLogEntry>) -> BTreeMap<MeasureKey, Effect> {
    let mut effects: BTreeMap<MeasureKey, Effect> = BTreeMap::new();
    for change in changes {
        let Some(NodeKey::Measure(key)) = &change.node else { continue };
        let effect = effects.entry(key.clone()).or_default();
        let status = |name: &Option<String>| name.as_deref().and_then(MeasureStatus::from_name);
        match change.field {
            Some(ChangedField::Status) => {
                if let (Some(before), Some(after)) = (status(&change.before), status(&change.after)) {
                    let first = effect.statuses.map_or(before, |[first, _]| first);
                    effect.statuses = Some([first, after]);
                }
            }
            Some(field) => {
                effect.fields.insert(field);
            }
            // Added and removed measures are missing on one side.
            None => {}
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::change::ChangeKind;
    use passerelle_model::revision::Revision;

    fn change(key: &str, field: ChangedField, before: &str, after: &str) -> ChangeLogEntry {
        ChangeLogEntry {
            revision: Revision::default(),
            ordinal: 0,
            kind: ChangeKind::MeasureChanged,
            node: Some(NodeKey::Measure(MeasureKey::new(key))),
            field: Some(field),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
        }
    }

    #[test]
    fn several_changes_of_a_status_count_as_one() {
        use MeasureStatus::{Completed, InProgress};
        let changes = [
            change("a", ChangedField::Status, "IN_PROGRESS", "LATE"),
            change("b", ChangedField::Title, "x", "y"),
            change("a", ChangedField::Status, "LATE", "COMPLETED"),
        ];
        let effects = net_effects(changes.iter());
        let expected = Effect { statuses: Some([InProgress, Completed]), ..Effect::default() };
        assert_eq!(effects.get(&MeasureKey::new("a")), Some(&expected));
        let fields = BTreeSet::from([ChangedField::Title]);
        assert_eq!(effects.get(&MeasureKey::new("b")), Some(&Effect { fields, ..Effect::default() }));
    }
}

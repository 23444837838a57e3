//! Two editions: each measure of the newer one with the measure of the older one that it continues.

use std::collections::{HashMap, HashSet};
use std::slice;

use passerelle_model::published::PublishedPlan;
use passerelle_storage::MeasureScope;
use passerelle_storage::query_index::MeasureFilter;

use super::comparison::{Comparison, side};
use super::moves::{MovedMeasure, Moves};
use crate::error::PageError;
use crate::plan::Selection;

/// Maximum number of measures of an edition that are compared. It bounds the work: all measures of both are
/// read.
const MAX_MEASURES: usize = 5_000;

/// Compares the selected plan with another edition. The older edition comes first.
pub(super) async fn compare(selection: &Selection, other: &PublishedPlan) -> Result<Comparison, PageError> {
    let Selection { view, context, .. } = selection;
    let words = context.words;
    let mut both = [other, &context.plan];
    both.sort_by_key(|plan| plan.heading.year);
    let [older, newer] = both;
    let pair = (vec![older.key.clone(), newer.key.clone()], newer.heading.lang);
    let predecessors = view.predecessors(slice::from_ref(&pair)).await?.remove(&pair).unwrap_or_default();
    let mut is_incomplete = false;
    let mut measures = Vec::new();
    for plan in both {
        let scope = MeasureScope { plan: plan.key.clone(), category: None };
        let ids = view.measure_row_ids(&scope, &MeasureFilter::default(), &[]).await?;
        is_incomplete |= ids.len() > MAX_MEASURES;
        measures.push(view.measures_of_rows(&ids[..ids.len().min(MAX_MEASURES)]).await?);
    }
    let (new, old) = (measures.pop().unwrap_or_default(), measures.pop().unwrap_or_default());
    let by_key: HashMap<_, _> = old.iter().map(|measure| (&measure.key, measure)).collect();
    let mut lists: [Vec<MovedMeasure>; 4] = Default::default();
    let [statuses, _, added, removed] = &mut lists;
    let url = |number| (newer.key == context.plan.key).then(|| context.measure_url(number));
    for measure in &new {
        let row = || MovedMeasure::new(measure, url(measure.number));
        let before = predecessors.get(&measure.key);
        match before.and_then(|key| by_key.get(key)) {
            None => added.push(row()),
            Some(before) if before.status != measure.status => {
                statuses.push(row().with_statuses([before.status, measure.status], words));
            }
            Some(_) => {}
        }
    }
    let continued: HashSet<_> = predecessors.values().collect();
    let gone = old.iter().filter(|measure| !continued.contains(&measure.key));
    removed.extend(gone.map(|measure| MovedMeasure::new(measure, None)));
    let name = |plan: &PublishedPlan| plan.heading.title.clone();
    Ok(Comparison {
        sides: [
            side(view, &older.key, words, name(older)).await?,
            side(view, &newer.key, words, name(newer)).await?,
        ],
        moves: Moves::new(lists, words, is_incomplete),
    })
}

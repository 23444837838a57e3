//! Resolves the texts of filters of measures with the index.

use std::sync::Arc;

use passerelle_model::key::PlanKey;
use passerelle_storage::ReadView;
use passerelle_storage::query_index::{MeasureFilter, TextMatches};

use crate::blocking::Cancellation;
use crate::error::SearchError;
use crate::search::Search;

/// Replaces the texts of a filter with the measures of a plan that the index finds for them.
///
/// The index contains the newest revision only. At any other revision the texts stay in the filter, and the
/// query index compares them with the texts of the measures.
pub async fn resolve_measure_texts(
    search: &Search,
    view: &ReadView,
    plan: &PlanKey,
    filter: MeasureFilter,
) -> Result<MeasureFilter, SearchError> {
    if !filter.needs_words() {
        return Ok(filter);
    }
    let revision = view.revision().number;
    let snapshot = search.at(revision).await;
    let Some(snapshot) = snapshot.filter(|snapshot| snapshot.revision().number == revision) else {
        return Ok(filter);
    };
    let plan = plan.clone();
    let searching = move |cancellation: &Cancellation| {
        let mut failed = None;
        let resolved = filter.with_texts(&mut |text| match snapshot.measures(&plan, &text, cancellation) {
            Ok(matches) => {
                let scores = matches.scores.clone();
                MeasureFilter::TextMatches(Arc::new(TextMatches {
                    text,
                    plan: plan.clone(),
                    revision,
                    scores,
                }))
            }
            Err(error) => {
                failed = Some(error);
                MeasureFilter::Text(text)
            }
        });
        failed.map_or(Ok(resolved), Err)
    };
    search.run(searching).await
}

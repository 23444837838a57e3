//! Resolves the texts of filters with the search index.

use std::sync::Arc;

use async_graphql::Context;
use passerelle_model::key::PlanKey;
use passerelle_search::blocking::Cancellation;
use passerelle_search::{Search, SearchError};
use passerelle_storage::ReadView;
use passerelle_storage::query_index::{MeasureFilter, TextMatches};

use crate::context::{mark_uncacheable, search, view};
use crate::error::ApiError;

/// A filter for the measures of a plan, with what the index resolved in the place of its texts. Where the index does not stand at
/// the revision that is read at, the texts stay, and are looked for among the titles in memory: of the past it knows
/// nothing.
pub(crate) async fn resolve_text_filters(
    ctx: &Context<'_>,
    plan: &PlanKey,
    filter: MeasureFilter,
) -> Result<MeasureFilter, ApiError> {
    if !filter.needs_words() {
        return Ok(filter);
    }
    let view = view(ctx)?;
    let resolved = resolve_text_filters_in(search(ctx)?, &view, plan, filter).await?;
    if resolved.needs_words()
        && search(ctx)?.revision().is_none_or(|indexed| indexed.number < view.revision().number)
    {
        // The index is late: who asks again is answered from it.
        mark_uncacheable(ctx);
    }
    Ok(resolved)
}

/// The same, without a request of GraphQL.
pub async fn resolve_text_filters_in(
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

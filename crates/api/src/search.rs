//! Texts of filters, searched for.

use std::sync::Arc;

use async_graphql::Context;
use passerelle_model::key::PlanKey;
use passerelle_search::{Search, SearchError};
use passerelle_storage::View;
use passerelle_storage::query_index::{MeasureFilter, TextMatches};

use crate::context::{search, tell_how_things_are, view};
use crate::error::ApiError;

/// A filter for the measures of a plan, with what the index found in the place of its texts. Where the index does not stand at
/// the revision that is read at, the texts stay, and are looked for among the titles in memory: of the past it knows
/// nothing.
pub(crate) async fn searched(
    ctx: &Context<'_>,
    plan: &PlanKey,
    filter: MeasureFilter,
) -> Result<MeasureFilter, ApiError> {
    if !filter.needs_words() {
        return Ok(filter);
    }
    let content = view(ctx)?;
    let found = searched_in(search(ctx)?, &content, plan, filter).await?;
    if found.needs_words() && search(ctx)?.revision().is_none_or(|own| own.number < content.revision().number)
    {
        // The index is late: who asks again is answered from it.
        tell_how_things_are(ctx);
    }
    Ok(found)
}

/// The same, without a request of GraphQL.
pub async fn searched_in(
    search: &Search,
    content: &View,
    plan: &PlanKey,
    filter: MeasureFilter,
) -> Result<MeasureFilter, SearchError> {
    if !filter.needs_words() {
        return Ok(filter);
    }
    let revision = content.revision().number;
    let snapshot = search.at(revision).await;
    let Some(snapshot) = snapshot.filter(|snapshot| snapshot.revision().number == revision) else {
        return Ok(filter);
    };
    let mut failed = None;
    let found = filter.with_texts(&mut |text| match snapshot.measures(plan, &text) {
        Ok(matches) => {
            let scores = matches.scores.clone();
            MeasureFilter::Found(Arc::new(TextMatches { text, plan: plan.clone(), revision, scores }))
        }
        Err(error) => {
            failed = Some(error);
            MeasureFilter::Text(text)
        }
    });
    failed.map_or(Ok(found), Err)
}

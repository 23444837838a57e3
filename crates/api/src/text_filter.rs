//! Resolves the texts of filters with the search index.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use passerelle_model::key::PlanKey;
use passerelle_search::resolve_measure_texts;
use passerelle_storage::query_index::MeasureFilter;
use passerelle_storage::{PageFilter, PageMatches};

use crate::context::{mark_uncacheable, search, view};
use crate::error::ApiError;

/// Replaces the texts of a filter with the measures that the search index finds for them.
///
/// The index contains the newest revision only. At any other revision the texts stay in the filter, and the
/// query index compares them with the titles.
pub(crate) async fn resolve_text_filters(
    ctx: &Context<'_>,
    plan: &PlanKey,
    filter: MeasureFilter,
) -> Result<MeasureFilter, ApiError> {
    if !filter.needs_words() {
        return Ok(filter);
    }
    let view = view(ctx)?;
    let resolved = resolve_measure_texts(search(ctx)?, &view, plan, filter).await?;
    if resolved.needs_words()
        && search(ctx)?.revision().is_none_or(|indexed| indexed.number < view.revision().number)
    {
        // The index does not contain this revision yet. Do not cache the response: a later request uses the
        // index.
        mark_uncacheable(ctx);
    }
    Ok(resolved)
}

/// Replaces the texts of a filter with the pages that the search index finds for them.
///
/// If the index does not contain the revision yet, the texts stay in the filter, and titles are compared with
/// them.
pub(crate) async fn resolve_page_texts(
    ctx: &Context<'_>,
    filter: PageFilter,
) -> Result<PageFilter, ApiError> {
    let texts: Vec<String> = filter.texts().into_iter().map(str::to_owned).collect();
    if texts.is_empty() {
        return Ok(filter);
    }
    let view = view(ctx)?;
    let revision = view.revision().number;
    let snapshot = search(ctx)?.at(revision).await;
    let Some(snapshot) = snapshot.filter(|snapshot| snapshot.revision().number == revision) else {
        mark_uncacheable(ctx);
        return Ok(filter);
    };
    let mut matches: HashMap<String, Arc<PageMatches>> = HashMap::new();
    for text in texts {
        let (snapshot, wanted) = (Arc::clone(&snapshot), text.clone());
        let found = search(ctx)?.run(move |cancellation| snapshot.pages(&wanted, cancellation)).await?;
        matches.insert(text, Arc::new(view.page_matches(&found).await?));
    }
    Ok(filter.with_matches(&matches))
}

//! Counts the bytes that resolvers return.

use async_graphql::Context;
use async_graphql::parser::types::{Selection, SelectionSet};

use crate::context::request_context;
use crate::error::ApiError;

/// Approximate memory of one field of a list item while it is resolved, in bytes: its value, its name and its
/// future.
const FIELD_BYTES: usize = 128;

/// Counts a text that this field returns.
///
/// Each field calls it whose text can be long. Other texts are bounded by [`FIELD_BYTES`].
///
/// # Errors
/// See [`crate::response_bytes::ResponseBytes::count`].
pub(crate) fn count_text(ctx: &Context<'_>, bytes: usize) -> Result<(), ApiError> {
    request_context(ctx)?.bytes().count(bytes)
}

/// Counts a text that this field borrows. Returns an empty text if the response is too large. An error then
/// replaces the whole response.
pub(crate) fn counted_text<'t>(ctx: &Context<'_>, text: &'t str) -> &'t str {
    if count_text(ctx, text.len()).is_ok() { text } else { "" }
}

/// Counts the items of a list that this field returns, with all fields that are selected of each.
///
/// Returns an empty list if the response is too large. An error then replaces the whole response.
pub(crate) fn counted<T>(ctx: &Context<'_>, items: Vec<T>) -> Vec<T> {
    let fields = selected_fields(ctx, &ctx.item.node.selection_set.node).max(1);
    let bytes = items.len().saturating_mul(fields).saturating_mul(FIELD_BYTES);
    match request_context(ctx).map(|request| request.bytes().count(bytes)) {
        Ok(Ok(())) => items,
        _ => Vec::new(),
    }
}

/// Returns the number of fields of a selection set, with all fragments expanded. The limits of a document
/// bound it.
fn selected_fields(ctx: &Context<'_>, set: &SelectionSet) -> usize {
    let fields = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => 1 + selected_fields(ctx, &field.node.selection_set.node),
        Selection::InlineFragment(fragment) => selected_fields(ctx, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => ctx
            .query_env
            .fragments
            .get(&spread.node.fragment_name.node)
            .map_or(0, |fragment| selected_fields(ctx, &fragment.node.selection_set.node)),
    });
    fields.sum()
}

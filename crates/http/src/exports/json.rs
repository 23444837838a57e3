//! Measures as one JSON document (RFC 8259).

use std::sync::Arc;

use passerelle_api::ApiError;
use passerelle_model::published::PublishedMeasure;
use serde::Serialize;

use super::table::ExportTable;

pub(super) const MEDIA_TYPE: &str = "application/json; charset=utf-8";

/// The document without its last field `measures`.
///
/// Without the revision: the file then changes only with the plan, and its ETag too.
#[derive(Serialize)]
struct ExportHead<'t> {
    plan: ExportPlan<'t>,
    total: usize,
}

/// Plan of the measures. Fields are named as in the GraphQL type `Plan`.
#[derive(Serialize)]
struct ExportPlan<'t> {
    slug: &'t str,
    title: &'t str,
    lang: String,
    year: Option<i32>,
}

/// Renders everything before the first measure.
pub(super) fn render_head(table: &ExportTable) -> Result<Vec<u8>, ApiError> {
    let heading = &table.plan.heading;
    let plan = ExportPlan {
        slug: heading.slug.as_str(),
        title: &heading.title,
        // Upper case, as in the GraphQL enum `Language`.
        lang: heading.lang.code().to_ascii_uppercase(),
        year: heading.year,
    };
    let mut bytes = serde_json::to_vec(&ExportHead { plan, total: table.total() }).map_err(internal)?;
    // The closing brace.
    bytes.pop();
    bytes.extend_from_slice(b",\"measures\":[");
    Ok(bytes)
}

/// Renders a part of the measures.
pub(super) fn render_rows(
    table: &ExportTable,
    measures: &[Arc<PublishedMeasure>],
    is_first: bool,
) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    for (at, measure) in measures.iter().enumerate() {
        if at > 0 || !is_first {
            bytes.push(b',');
        }
        serde_json::to_writer(&mut bytes, &table.row(measure)?).map_err(internal)?;
    }
    Ok(bytes)
}

/// Everything after the last measure.
pub(super) const TAIL: &[u8] = b"]}";

fn internal(error: serde_json::Error) -> ApiError {
    ApiError::Internal(Arc::new(error))
}

//! Measures as one JSON document (RFC 8259).

use std::sync::Arc;

use passerelle_api::ApiError;
use serde::Serialize;

use super::super::representation::Representation;
use super::table::{ExportRow, ExportTable};

const MEDIA_TYPE: &str = "application/json; charset=utf-8";

#[derive(Serialize)]
struct Export<'t> {
    plan: ExportPlan<'t>,
    revision: i64,
    total: usize,
    measures: Vec<ExportRow<'t>>,
}

/// Plan of the measures. Fields are named as in the GraphQL type `Plan`.
#[derive(Serialize)]
struct ExportPlan<'t> {
    slug: &'t str,
    title: &'t str,
    lang: String,
    year: Option<i32>,
}

/// Renders a table as JSON.
pub(super) fn render(table: &ExportTable) -> Result<Representation, ApiError> {
    let heading = &table.plan.heading;
    let plan = ExportPlan {
        slug: heading.slug.as_str(),
        title: &heading.title,
        // Upper case, as in the GraphQL enum `Language`.
        lang: heading.lang.code().to_ascii_uppercase(),
        year: heading.year,
    };
    let measures = table.rows().collect::<Result<_, _>>()?;
    let export = Export { plan, revision: table.revision.get(), total: table.total(), measures };
    let bytes = serde_json::to_vec(&export).map_err(|error| ApiError::Internal(Arc::new(error)))?;
    Ok(Representation { media_type: MEDIA_TYPE, file_name: None, bytes })
}

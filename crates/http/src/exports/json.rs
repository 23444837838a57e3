//! Measures as JSON (RFC 8259), for scripts that want all of them at once.

use std::sync::Arc;

use passerelle_api::ApiError;
use serde::Serialize;

use super::super::representation::Representation;
use super::table::{Row, Table};

/// Its media type.
const MEDIA: &str = "application/json; charset=utf-8";

/// The file.
#[derive(Serialize)]
struct Export<'t> {
    plan: Plan<'t>,
    revision: i64,
    total: usize,
    measures: Vec<Row<'t>>,
}

/// The plan that the measures are of, by the names that GraphQL has.
#[derive(Serialize)]
struct Plan<'t> {
    slug: &'t str,
    title: &'t str,
    lang: String,
    year: Option<i32>,
}

/// The file of some measures.
pub(super) fn written(table: &Table) -> Result<Representation, ApiError> {
    let heading = &table.plan.heading;
    let plan = Plan {
        slug: heading.slug.as_str(),
        title: &heading.title,
        // As the enum of the schema has it.
        lang: heading.lang.code().to_ascii_uppercase(),
        year: heading.year,
    };
    let measures = table.rows().collect::<Result<_, _>>()?;
    let export = Export { plan, revision: table.revision.get(), total: table.total(), measures };
    let bytes = serde_json::to_vec(&export).map_err(|error| ApiError::Internal(Arc::new(error)))?;
    Ok(Representation { media: MEDIA, name: None, bytes })
}

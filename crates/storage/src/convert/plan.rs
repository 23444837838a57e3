//! Rows of the table `plan`.

use passerelle_model::checksum::Checksum;
use passerelle_model::key::{DocumentKey, PlanKey, TranslationKey};
use passerelle_model::plan::{PlanHeading, PlanStem};
use passerelle_model::published::PublishedPlan;
use passerelle_model::timestamp::Timestamp;

use crate::column::{RowContext, to_json};
use crate::entity::plan;
use crate::error::StorageError;

pub(crate) fn to_plan(row: plan::Model) -> Result<PublishedPlan, StorageError> {
    let context = RowContext { table: "plan", key: &row.key };
    let heading = PlanHeading {
        slug: context.parse_slug(&row.slug)?,
        title: row.title.clone(),
        lang: context.parse_lang(&row.lang)?,
        year: row.year,
        translation_key: row.translation_key.clone().map(TranslationKey::new),
        footnotes: context.parse_json("footnotes", &row.footnotes)?,
        notes: context.parse_json("notes", &row.notes)?,
    };
    Ok(PublishedPlan {
        heading,
        stem: PlanStem::from_stored(&row.stem),
        outline: outline(context, &row.outline)?,
        document: DocumentKey::new(row.document_key),
        updated_at: Timestamp::from_millis(row.updated_at),
        key: PlanKey::new(row.key),
    })
}

pub(crate) fn from_plan(plan: &PublishedPlan, revision: i64) -> Result<plan::Model, StorageError> {
    let heading = &plan.heading;
    Ok(plan::Model {
        row_id: 0,
        key: plan.key.to_string(),
        from_revision: revision,
        until_revision: None,
        document_key: plan.document.to_string(),
        slug: heading.slug.to_string(),
        title: heading.title.clone(),
        lang: heading.lang.to_string(),
        year: heading.year,
        translation_key: heading.translation_key.as_ref().map(ToString::to_string),
        stem: plan.stem.as_ref().map_or("", PlanStem::as_str).to_owned(),
        outline: plan.outline.as_ref().map(ToString::to_string).unwrap_or_default(),
        footnotes: to_json(&heading.footnotes)?,
        notes: to_json(&heading.notes)?,
        updated_at: plan.updated_at.millis(),
    })
}

/// Parses the checksum of the column `outline`. It is empty for a plan that was stored without one.
fn outline(context: RowContext<'_>, text: &str) -> Result<Option<Checksum>, StorageError> {
    if text.is_empty() {
        Ok(None)
    } else {
        context.parse_text("outline", text, |text| text.parse().ok()).map(Some)
    }
}

//! Rows of the table `measure`.

use passerelle_model::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_model::plan::{MeasureDetails, MeasureStatus};
use passerelle_model::published::{Lineage, PublishedMeasure};
use passerelle_model::rich_text::RichText;
use passerelle_model::timestamp::Timestamp;

use crate::column::{RowContext, to_json};
use crate::entity::measure;
use crate::error::StorageError;

/// Stored value of details without a field.
const NO_DETAILS: &str = "{}";

pub(crate) fn to_measure(row: measure::Model) -> Result<PublishedMeasure, StorageError> {
    let context = RowContext { table: "measure", key: &row.key };
    Ok(PublishedMeasure {
        number: context.convert_integer("number", row.number)?,
        status: context.parse_text("status", &row.status, MeasureStatus::from_name)?,
        footnotes: if row.footnotes == "[]" {
            Vec::new()
        } else {
            context.parse_json("footnotes", &row.footnotes)?
        },
        label: if row.label.is_empty() { row.number.to_string() } else { row.label },
        parent: row.parent.map(|parent| context.convert_integer("parent", parent)).transpose()?,
        details: if row.details == NO_DETAILS {
            MeasureDetails::default()
        } else {
            context.parse_json("details", &row.details)?
        },
        plan: PlanKey::new(row.plan_key),
        category: CategoryKey::new(row.category_key),
        lineage: Lineage {
            axis: CategoryKey::new(row.axis_key),
            objective: row.objective_key.map(CategoryKey::new),
            section: row.section_key.map(CategoryKey::new),
            group: row.group_key.map(CategoryKey::new),
        },
        position: row.position,
        title: RichText { html: row.title_html, text: row.title_text, markdown: row.title_markdown },
        status_text: row.status_text,
        programme: row.programme,
        is_repeated: row.is_repeated,
        repeat_group: row
            .repeat_group
            .map(|group| context.convert_integer("repeat_group", group))
            .transpose()?,
        updated_at: Timestamp::from_millis(row.updated_at),
        key: MeasureKey::new(row.key),
    })
}

pub(crate) fn from_measure(
    measure: &PublishedMeasure,
    revision: i64,
) -> Result<measure::Model, StorageError> {
    let context = RowContext { table: "measure", key: measure.key.as_str() };
    Ok(measure::Model {
        row_id: 0,
        key: measure.key.to_string(),
        from_revision: revision,
        until_revision: None,
        plan_key: measure.plan.to_string(),
        category_key: measure.category.to_string(),
        axis_key: measure.lineage.axis.to_string(),
        objective_key: measure.lineage.objective.as_ref().map(ToString::to_string),
        section_key: measure.lineage.section.as_ref().map(ToString::to_string),
        group_key: measure.lineage.group.as_ref().map(ToString::to_string),
        number: context.convert_integer("number", measure.number)?,
        label: measure.label.clone(),
        parent: measure.parent.map(|parent| context.convert_integer("parent", parent)).transpose()?,
        details: to_json(&measure.details)?,
        position: measure.position,
        title_html: measure.title.html.clone(),
        title_text: measure.title.text.clone(),
        title_markdown: measure.title.markdown.clone(),
        status: measure.status.name().to_owned(),
        status_text: measure.status_text.clone(),
        programme: measure.programme.clone(),
        is_repeated: measure.is_repeated,
        repeat_group: measure
            .repeat_group
            .map(|group| context.convert_integer("repeat_group", group))
            .transpose()?,
        footnotes: to_json(&measure.footnotes)?,
        updated_at: measure.updated_at.millis(),
    })
}

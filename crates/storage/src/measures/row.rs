//! Rows of the table `measure`, to and from measures.

use passerelle_model::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_model::plan::MeasureStatus;
use passerelle_model::rich_text::RichText;
use passerelle_model::served::{Lineage, ServedMeasure};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::column::{Address, to_json};
use crate::entity::measure;
use crate::error::StorageError;

/// The measures of a plan that are served now, in document order, with the ids of their rows.
pub(crate) async fn served_measures(
    connection: &impl ConnectionTrait,
    plan: &PlanKey,
) -> Result<Vec<(i64, ServedMeasure)>, StorageError> {
    let rows = measure::Entity::find()
        .filter(measure::Column::PlanKey.eq(plan.as_str()))
        .filter(measure::Column::UntilRevision.is_null())
        .order_by_asc(measure::Column::Position)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((row.row_id, to_measure(row)?))).collect()
}

pub(crate) fn to_measure(row: measure::Model) -> Result<ServedMeasure, StorageError> {
    let at = Address { table: "measure", key: &row.key };
    Ok(ServedMeasure {
        number: at.number("number", row.number)?,
        status: at.name("status", &row.status, MeasureStatus::from_name)?,
        footnotes: if row.footnotes == "[]" { Vec::new() } else { at.json("footnotes", &row.footnotes)? },
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
        repeat_group: row.repeat_group.map(|group| at.number("repeat_group", group)).transpose()?,
        updated_at: Timestamp::from_millis(row.updated_at),
        key: MeasureKey::new(row.key),
    })
}

pub(crate) fn from_measure(measure: &ServedMeasure, revision: i64) -> Result<measure::Model, StorageError> {
    let at = Address { table: "measure", key: measure.key.as_str() };
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
        number: at.number("number", measure.number)?,
        position: measure.position,
        title_html: measure.title.html.clone(),
        title_text: measure.title.text.clone(),
        title_markdown: measure.title.markdown.clone(),
        status: measure.status.name().to_owned(),
        status_text: measure.status_text.clone(),
        programme: measure.programme.clone(),
        is_repeated: measure.is_repeated,
        repeat_group: measure.repeat_group.map(|group| at.number("repeat_group", group)).transpose()?,
        footnotes: to_json(&measure.footnotes)?,
        updated_at: measure.updated_at.millis(),
    })
}

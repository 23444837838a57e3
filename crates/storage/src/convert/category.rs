//! Rows of the table `category`.

use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::plan::CategoryLevel;
use passerelle_model::published::PublishedCategory;

use crate::column::{RowContext, to_json};
use crate::entity::category;
use crate::error::StorageError;

pub(crate) fn to_category(row: category::Model) -> Result<PublishedCategory, StorageError> {
    let context = RowContext { table: "category", key: &row.key };
    Ok(PublishedCategory {
        level: context.parse_text("level", &row.level, CategoryLevel::from_name)?,
        footnotes: context.parse_json("footnotes", &row.footnotes)?,
        plan: PlanKey::new(row.plan_key),
        parent: row.parent_key.map(CategoryKey::new),
        label: row.label,
        path: context.parse_category("path", &row.path)?,
        title: row.title,
        position: row.position,
        key: CategoryKey::new(row.key),
    })
}

pub(crate) fn from_category(
    category: &PublishedCategory,
    revision: i64,
) -> Result<category::Model, StorageError> {
    Ok(category::Model {
        row_id: 0,
        key: category.key.to_string(),
        from_revision: revision,
        until_revision: None,
        plan_key: category.plan.to_string(),
        parent_key: category.parent.as_ref().map(ToString::to_string),
        level: category.level.name().to_owned(),
        label: category.label.clone(),
        path: category.path.as_str().to_owned(),
        title: category.title.clone(),
        footnotes: to_json(&category.footnotes)?,
        position: category.position,
    })
}

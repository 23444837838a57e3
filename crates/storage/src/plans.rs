//! Plans and their categories.

use std::collections::HashMap;

use passerelle_model::key::{CategoryKey, DocumentKey, PlanKey, Slug};
use passerelle_model::plan::{CategoryLevel, CategoryPath, PlanHeading};
use passerelle_model::served::{ServedCategory, ServedPlan};
use passerelle_model::timestamp::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::column::{Address, to_json};
use crate::entity::{category, plan};
use crate::error::StorageError;
use crate::timed::Timed;
use crate::view::View;

impl View {
    /// Every plan: the newest year first, then by language, then by title.
    pub async fn plans(&self) -> Result<Vec<ServedPlan>, StorageError> {
        let live = plan::Entity::live(self.revision.number);
        let rows = plan::Entity::find().filter(live).all(&self.reader).await?;
        let mut plans = rows.into_iter().map(to_plan).collect::<Result<Vec<_>, _>>()?;
        plans.sort_by(|a, b| {
            let order = |plan: &ServedPlan| (std::cmp::Reverse(plan.heading.year), plan.heading.lang);
            order(a).cmp(&order(b)).then_with(|| (&a.heading.title, &a.key).cmp(&(&b.heading.title, &b.key)))
        });
        Ok(plans)
    }

    /// The plans that categories belong to, by their keys.
    pub async fn plans_of_categories(
        &self,
        keys: &[CategoryKey],
    ) -> Result<HashMap<CategoryKey, PlanKey>, StorageError> {
        let rows = category::Entity::find()
            .filter(category::Entity::live(self.revision.number))
            .filter(category::Column::Key.is_in(keys.iter().map(CategoryKey::as_str)))
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| (CategoryKey::new(row.key), PlanKey::new(row.plan_key))).collect())
    }
}

/// The categories of a plan that are served now, in document order, with the ids of their rows.
pub(crate) async fn served_categories(
    connection: &impl ConnectionTrait,
    plan: &PlanKey,
) -> Result<Vec<(i64, ServedCategory)>, StorageError> {
    let rows = category::Entity::find()
        .filter(category::Column::PlanKey.eq(plan.as_str()))
        .filter(category::Column::UntilRevision.is_null())
        .order_by_asc(category::Column::Position)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((row.row_id, to_category(row)?))).collect()
}

pub(crate) fn to_plan(row: plan::Model) -> Result<ServedPlan, StorageError> {
    let at = Address { table: "plan", key: &row.key };
    let heading = PlanHeading {
        slug: Slug::new(row.slug.as_str()),
        title: row.title.clone(),
        lang: at.lang(&row.lang)?,
        year: row.year,
        translation_key: row.translation_key.clone(),
        stem: row.stem.clone(),
        outline: row.outline.clone(),
        footnotes: at.json("footnotes", &row.footnotes)?,
        notes: at.json("notes", &row.notes)?,
    };
    Ok(ServedPlan {
        heading,
        document: DocumentKey::new(row.document_key),
        updated_at: Timestamp::from_millis(row.updated_at),
        key: PlanKey::new(row.key),
    })
}

pub(crate) fn from_plan(plan: &ServedPlan, revision: i64) -> Result<plan::Model, StorageError> {
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
        translation_key: heading.translation_key.clone(),
        stem: heading.stem.clone(),
        outline: heading.outline.clone(),
        footnotes: to_json(&heading.footnotes)?,
        notes: to_json(&heading.notes)?,
        updated_at: plan.updated_at.millis(),
    })
}

pub(crate) fn to_category(row: category::Model) -> Result<ServedCategory, StorageError> {
    let at = Address { table: "category", key: &row.key };
    Ok(ServedCategory {
        level: at.name("level", &row.level, CategoryLevel::from_name)?,
        footnotes: at.json("footnotes", &row.footnotes)?,
        plan: PlanKey::new(row.plan_key),
        parent: row.parent_key.map(CategoryKey::new),
        label: row.label,
        path: CategoryPath::new(row.path),
        title: row.title,
        position: row.position,
        key: CategoryKey::new(row.key),
    })
}

pub(crate) fn from_category(
    category: &ServedCategory,
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

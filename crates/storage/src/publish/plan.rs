//! Replaces the published plan of a document.

use std::collections::BTreeMap;

use passerelle_model::key::{DocumentKey, MeasureKey, PlanKey};
use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{Plan, PlanStem};
use passerelle_model::published::{PublishedCategory, PublishedMeasure};
use passerelle_versioning::diff::plan_changes;
use passerelle_versioning::identity::{
    MeasureMatching, PlanContent, PlanKeys, RemovedContent, RemovedMeasure, UpdateTimes, assign_keys,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::batch_writer::BatchWriter;
use super::rows;
use crate::column::RowContext;
use crate::convert::category::{from_category, to_category};
use crate::convert::former_address;
use crate::convert::measure::{from_measure, to_measure};
use crate::convert::plan::{from_plan, to_plan};
use crate::entity::{category, measure, plan};
use crate::error::StorageError;
use crate::fail_point;
use crate::source_lines::SourceLines;

/// A published plan with its row ids.
pub(super) struct PlanRows {
    pub(super) content: PlanContent,
    plan: i64,
    categories: Vec<i64>,
    measures: Vec<i64>,
}

impl BatchWriter {
    /// Replaces the published content of a document with a plan. Returns the line numbers of its parts.
    pub(super) async fn replace_plan(
        &mut self,
        document: &DocumentKey,
        path: &DocumentPath,
        (before, matching): (Option<PlanRows>, MeasureMatching),
        plan: Plan,
        times: UpdateTimes,
    ) -> Result<SourceLines, StorageError> {
        let stem = PlanStem::of(path);
        let key = match &before {
            Some(before) => before.content.plan.key.clone(),
            None => self.new_plan_key(&plan).await?,
        };
        let category_lines: Vec<_> =
            plan.categories.iter().map(|part| (part.path.clone(), part.line)).collect();
        let measure_lines: Vec<_> = plan.measures.iter().map(|part| (part.number, part.line)).collect();
        let stored = before.as_ref().map(|before| &before.content);
        let past = RemovedContent {
            measures: if matching.has_added() { self.past_measures(&key).await? } else { Vec::new() },
            categories: self.past_categories(&key).await?,
        };
        let identity = PlanKeys { key: &key, document, stem: stem.as_ref() };
        let after = assign_keys(plan, identity, stored, &matching, &past, times);
        self.changes.extend(plan_changes(stored, Some(&after)));
        if let Some(before) = stored {
            let headings = (&before.plan.heading, &after.plan.heading);
            self.pending.former_addresses.extend(former_address::of_plan(
                key.as_str(),
                headings,
                self.revision,
            ));
        }
        self.write_plan(before.as_ref(), &after).await?;

        let mut lines = SourceLines::default();
        for (category, (_, line)) in after.categories.iter().zip(category_lines) {
            lines.categories.insert(category.key.clone(), line);
        }
        let by_number: std::collections::HashMap<u32, u32> = measure_lines.into_iter().collect();
        for measure in &after.measures {
            let line = by_number.get(&measure.number).copied().unwrap_or(1);
            lines.measures.insert(measure.key.clone(), line);
        }
        Ok(lines)
    }

    async fn write_plan(&self, before: Option<&PlanRows>, after: &PlanContent) -> Result<(), StorageError> {
        let revision = self.revision.number.get();
        let connection = &self.transaction;
        if before.is_none_or(|before| before.content.plan != after.plan) {
            let closed: Vec<i64> = before.iter().map(|before| before.plan).collect();
            rows::close::<plan::Entity>(connection, &closed, revision).await?;
            let row = from_plan(&after.plan, revision)?;
            rows::insert::<plan::Entity>(connection, vec![row], plan::Column::RowId).await?;
        }
        fail_point!(self.fail_points, "publish.plan_row");
        let served: Vec<_> = before.map_or_else(Vec::new, |before| {
            before.categories.iter().copied().zip(before.content.categories.iter().cloned()).collect()
        });
        let diff = rows::diff_rows(&served, &after.categories, |category| category.key.clone());
        rows::close::<category::Entity>(connection, &diff.close, revision).await?;
        let opened = diff.open.into_iter().map(|category| from_category(category, revision));
        let opened = opened.collect::<Result<Vec<_>, _>>()?;
        rows::insert::<category::Entity>(connection, opened, category::Column::RowId).await?;
        fail_point!(self.fail_points, "publish.category_rows");

        let served: Vec<_> = before.map_or_else(Vec::new, |before| {
            before.measures.iter().copied().zip(before.content.measures.iter().cloned()).collect()
        });
        let diff = rows::diff_rows(&served, &after.measures, |measure| measure.key.clone());
        rows::close::<measure::Entity>(connection, &diff.close, revision).await?;
        fail_point!(self.fail_points, "publish.measures_closed");
        let opened = diff.open.into_iter().map(|measure| from_measure(measure, revision));
        let opened = opened.collect::<Result<Vec<_>, _>>()?;
        rows::insert::<measure::Entity>(connection, opened, measure::Column::RowId).await
    }

    /// Removes a plan.
    pub(super) async fn close_plan(&mut self, before: Option<PlanRows>) -> Result<(), StorageError> {
        let Some(before) = before else { return Ok(()) };
        let revision = self.revision.number.get();
        self.changes.extend(plan_changes(Some(&before.content), None));
        rows::close::<plan::Entity>(&self.transaction, &[before.plan], revision).await?;
        rows::close::<category::Entity>(&self.transaction, &before.categories, revision).await?;
        rows::close::<measure::Entity>(&self.transaction, &before.measures, revision).await
    }

    /// Returns the removed categories of a plan, each in its last version.
    async fn past_categories(&self, plan: &PlanKey) -> Result<Vec<PublishedCategory>, StorageError> {
        let rows = category::Entity::find()
            .filter(category::Column::PlanKey.eq(plan.as_str()))
            .order_by_asc(category::Column::FromRevision)
            .all(&self.transaction)
            .await?;
        let mut last = BTreeMap::new();
        for row in rows {
            last.insert(row.key.clone(), row);
        }
        let removed = last.into_values().filter(|row| row.until_revision.is_some());
        removed.map(to_category).collect()
    }

    /// Returns the removed measures of a plan, each in its last version.
    async fn past_measures(&self, plan: &PlanKey) -> Result<Vec<RemovedMeasure>, StorageError> {
        let rows: Vec<(String, i32, String, Option<i64>)> = measure::Entity::find()
            .filter(measure::Column::PlanKey.eq(plan.as_str()))
            .order_by_asc(measure::Column::FromRevision)
            .select_only()
            .columns([
                measure::Column::Key,
                measure::Column::Number,
                measure::Column::TitleText,
                measure::Column::UntilRevision,
            ])
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let mut last = BTreeMap::new();
        for (key, number, text, until) in rows {
            last.insert(key, (number, text, until));
        }
        let removed = last.into_iter().filter(|(_, (_, _, until))| until.is_some());
        removed
            .map(|(key, (number, text, _))| {
                let number = RowContext { table: "measure", key: &key }.convert_integer("number", number)?;
                Ok(RemovedMeasure { key: MeasureKey::new(key), number, text })
            })
            .collect()
    }

    /// Returns the published plan of a document.
    pub(super) async fn live_plan(&self, document: &DocumentKey) -> Result<Option<PlanRows>, StorageError> {
        let row = plan::Entity::find()
            .filter(plan::Column::DocumentKey.eq(document.as_str()))
            .filter(plan::Column::UntilRevision.is_null())
            .one(&self.transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let row_id = row.row_id;
        let plan = to_plan(row)?;
        let (category_ids, categories) =
            live_categories(&self.transaction, &plan.key).await?.into_iter().unzip();
        let (measure_ids, measures) = live_measures(&self.transaction, &plan.key).await?.into_iter().unzip();
        let content = PlanContent { plan, categories, measures };
        Ok(Some(PlanRows { content, plan: row_id, categories: category_ids, measures: measure_ids }))
    }

    async fn new_plan_key(&self, plan: &Plan) -> Result<PlanKey, StorageError> {
        let heading = &plan.heading;
        let year = heading.year.map(|year| format!("-{year}")).unwrap_or_default();
        let name = format!("{}{year}.{}", heading.slug, heading.lang);
        let mut key = name.clone();
        let mut count = 1;
        // If a published plan has this key, use a variant.
        while plan::Entity::find()
            .filter(plan::Column::Key.eq(key.as_str()))
            .filter(plan::Column::UntilRevision.is_null())
            .one(&self.transaction)
            .await?
            .is_some()
        {
            count += 1;
            key = format!("{name}~{count}");
        }
        Ok(PlanKey::new(key))
    }
}

/// Returns the row ids and categories of the latest version of a plan, in document order.
async fn live_categories(
    connection: &impl ConnectionTrait,
    plan: &PlanKey,
) -> Result<Vec<(i64, PublishedCategory)>, StorageError> {
    let rows = category::Entity::find()
        .filter(category::Column::PlanKey.eq(plan.as_str()))
        .filter(category::Column::UntilRevision.is_null())
        .order_by_asc(category::Column::Position)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((row.row_id, to_category(row)?))).collect()
}

/// Returns the row ids and measures of the latest version of a plan, in document order.
async fn live_measures(
    connection: &impl ConnectionTrait,
    plan: &PlanKey,
) -> Result<Vec<(i64, PublishedMeasure)>, StorageError> {
    let rows = measure::Entity::find()
        .filter(measure::Column::PlanKey.eq(plan.as_str()))
        .filter(measure::Column::UntilRevision.is_null())
        .order_by_asc(measure::Column::Position)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((row.row_id, to_measure(row)?))).collect()
}

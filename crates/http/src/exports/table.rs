//! Exported data of the measures of a plan, independent of the file format.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use passerelle_api::{ApiError, InvariantError, plans_named, resolve_text_filters_in};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_model::published::{PublishedCategory, PublishedMeasure, PublishedPlan};
use passerelle_model::rich_text::RichText;
use passerelle_model::sync::RevisionNumber;
use passerelle_search::Search;
use passerelle_storage::{MeasureScope, ReadView, RepeatSummary};
use serde::Serialize;

use super::params::ExportParams;

/// Maximum number of repeats listed per measure.
///
/// A real plan has a few. Without a limit, a plan with one row copied n times would produce n² numbers.
const MAX_REPEATS: usize = 100;
/// Maximum number of parts of exports that are read at once, over all requests.
///
/// The database has four read connections. GraphQL requests always have two of them.
pub(crate) const PARTS_AT_ONCE: usize = 2;
/// Number of measures that are read and rendered at a time: about 200 KiB.
const ROWS_PER_PART: usize = 500;
/// Maximum number of plans whose tables are cached: the languages of one plan.
const MAX_CACHED_PLANS: u64 = 4;
/// Time after the last export until the tables of a plan are dropped.
const TABLES_TIME_TO_IDLE: Duration = Duration::from_mins(1);

/// Everything about a plan that its exported rows need, at one revision.
///
/// Exports of the same plan share it: the lines of 60,000 measures take about 6 MiB.
pub(super) struct PlanTables {
    tree: Arc<CategoryTree>,
    repeated: HashMap<u32, RepeatSummary>,
    lines: HashMap<MeasureKey, u32>,
}

/// Measures of one plan at one revision. The rows are read in parts.
pub(super) struct ExportTable {
    /// Plan that contains the measures.
    pub(super) plan: PublishedPlan,
    tables: Arc<PlanTables>,
    view: ReadView,
    row_ids: Vec<i64>,
}

/// Exported measure. Fields are named as in the GraphQL type `Measure`.
///
/// `axis`, `objective`, `section` and `group` are titles. `category` is the path of the innermost category.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExportRow<'t> {
    pub(super) number: u32,
    pub(super) title: ExportTitle<'t>,
    pub(super) status: &'static str,
    pub(super) status_text: &'t str,
    pub(super) programme: Option<&'t str>,
    pub(super) is_repeated: bool,
    pub(super) repeats: &'t [u32],
    pub(super) repeats_disagree: bool,
    pub(super) axis: &'t str,
    pub(super) objective: Option<&'t str>,
    pub(super) section: Option<&'t str>,
    pub(super) group: Option<&'t str>,
    pub(super) category: &'t str,
    pub(super) updated_at: String,
    pub(super) line: u32,
}

/// A title in the three forms of the GraphQL type `RichText`.
#[derive(Debug, Serialize)]
pub(super) struct ExportTitle<'t> {
    pub(super) text: &'t str,
    pub(super) html: &'t str,
    pub(super) markdown: &'t str,
}

impl<'t> From<&'t RichText> for ExportTitle<'t> {
    fn from(title: &'t RichText) -> Self {
        Self { text: &title.text, html: &title.html, markdown: &title.markdown }
    }
}

impl PlanTables {
    /// Reads the tables of a plan.
    async fn load(view: &ReadView, plan: &PublishedPlan) -> Result<Self, ApiError> {
        let mut lines = view.measure_source_lines(std::slice::from_ref(&plan.document)).await?;
        Ok(Self {
            tree: view.category_tree(&plan.key).await?,
            repeated: view.repeat_summaries(&plan.key, MAX_REPEATS).await?,
            lines: lines.remove(&plan.document).unwrap_or_default(),
        })
    }
}

impl ExportTable {
    /// Selects the measures. Returns `None` if the plan does not exist.
    pub(super) async fn load(
        view: ReadView,
        search: &Search,
        cache: &PlanTablesCache,
        params: &ExportParams,
    ) -> Result<Option<Self>, ApiError> {
        let plans = view.cached_plans().await?;
        let named = plans_named(&plans, params.plan.as_deref(), params.lang);
        let Some(plan) = named.first().map(|plan| PublishedPlan::clone(plan)) else { return Ok(None) };
        let scope = MeasureScope { plan: plan.key.clone(), category: None };
        let filter = resolve_text_filters_in(search, &view, &plan.key, params.filter.clone()).await?;
        let row_ids = view.measure_row_ids(&scope, &filter, &params.order).await?;
        let tables = cache.get_or_load(&view, &plan).await?;
        Ok(Some(Self { plan, tables, view, row_ids }))
    }

    /// Returns the number of selected measures.
    pub(super) fn total(&self) -> usize {
        self.row_ids.len()
    }

    /// Returns the number of parts of at most [`ROWS_PER_PART`] measures.
    pub(super) fn part_count(&self) -> usize {
        self.row_ids.len().div_ceil(ROWS_PER_PART)
    }

    /// Reads a part of the measures, in the requested order. Empty after the last part.
    pub(super) async fn part(&self, number: usize) -> Result<Vec<Arc<PublishedMeasure>>, ApiError> {
        let ids = self.row_ids.chunks(ROWS_PER_PART).nth(number).unwrap_or_default();
        Ok(self.view.measures_of_rows(ids).await?)
    }

    /// Returns the exported form of a measure.
    pub(super) fn row<'t>(&'t self, measure: &'t PublishedMeasure) -> Result<ExportRow<'t>, ApiError> {
        let lineage = &measure.lineage;
        let title = |key: &Option<CategoryKey>| -> Result<Option<&'t str>, ApiError> {
            key.as_ref().map(|key| self.category(key).map(|category| category.title.as_str())).transpose()
        };
        let repeated = self.tables.repeated.get(&measure.number);
        Ok(ExportRow {
            number: measure.number,
            title: ExportTitle::from(&measure.title),
            status: measure.status.name(),
            status_text: &measure.status_text,
            programme: measure.programme.as_deref(),
            is_repeated: measure.is_repeated,
            repeats: repeated.map(|repeated| repeated.numbers.as_slice()).unwrap_or_default(),
            repeats_disagree: repeated.is_some_and(|repeated| repeated.statuses_differ),
            axis: &self.category(&lineage.axis)?.title,
            objective: title(&lineage.objective)?,
            section: title(&lineage.section)?,
            group: title(&lineage.group)?,
            category: self.category(&measure.category)?.path.as_str(),
            updated_at: measure.updated_at.to_string(),
            line: self.tables.lines.get(&measure.key).copied().unwrap_or(1),
        })
    }

    fn category(&self, key: &CategoryKey) -> Result<&PublishedCategory, ApiError> {
        let category = self.tables.tree.get(key);
        category.ok_or_else(|| InvariantError("a measure refers to a category that does not exist").into())
    }
}

/// The tables of the plans that were exported last.
#[derive(Clone)]
pub(crate) struct PlanTablesCache(Cache<(PlanKey, RevisionNumber), Arc<PlanTables>>);

impl Default for PlanTablesCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MAX_CACHED_PLANS).time_to_idle(TABLES_TIME_TO_IDLE).build())
    }
}

impl PlanTablesCache {
    /// Returns the tables of a plan. Concurrent exports share one load.
    async fn get_or_load(&self, view: &ReadView, plan: &PublishedPlan) -> Result<Arc<PlanTables>, ApiError> {
        let key = (plan.key.clone(), view.revision().number);
        let load = async { PlanTables::load(view, plan).await.map(Arc::new) };
        self.0.try_get_with(key, load).await.map_err(|error| ApiError::clone(&error))
    }
}

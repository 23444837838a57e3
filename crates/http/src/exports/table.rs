//! Exported data of the measures of a plan, independent of the file format.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use passerelle_api::{ApiError, InvariantError};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, MeasureKey, PlanKey};
use passerelle_model::plan::{Attribute, Money, Percentage};
use passerelle_model::published::{PublishedCategory, PublishedMeasure, PublishedPlan};
use passerelle_model::revision::RevisionNumber;
use passerelle_model::rich_text::RichText;
use passerelle_search::{Search, resolve_measure_texts};
use passerelle_storage::{MeasureScope, ReadView, RepeatSummary, RowId, plans_named};
use serde::Serialize;

use super::params::ExportParams;

/// Maximum number of repeats listed per measure.
///
/// A real plan has a few. Without a limit, a plan with one row copied n times would produce n² numbers.
const MAX_REPEATS: usize = 100;
/// Number of measures that are read and rendered at a time: about 200 KiB.
const ROWS_PER_PART: usize = 500;
/// Maximum number of plans whose tables are cached: the languages of one plan.
const MAX_CACHED_PLANS: u64 = 4;
/// Maximum number of columns of a CSV for the columns of the document without a field. Spreadsheets are hard
/// to read beyond, and a plan that describes each measure in a table of its own can have any number of them.
const MAX_ATTRIBUTE_COLUMNS: usize = 50;
/// Time after the last export until the tables of a plan are dropped.
const TABLES_TIME_TO_IDLE: Duration = Duration::from_mins(1);

/// Everything about a plan that its exported rows need, at one revision.
///
/// Exports of the same plan share it: the lines of 60,000 measures take about 6 MiB.
pub(super) struct PlanTables {
    tree: Arc<CategoryTree>,
    repeated: HashMap<u32, RepeatSummary>,
    lines: HashMap<MeasureKey, u32>,
    attributes: AttributeColumns,
}

/// Columns of the document without a field, as columns of a CSV.
#[derive(Debug, Default)]
pub(super) struct AttributeColumns {
    /// Headers as written, in document order, at most [`MAX_ATTRIBUTE_COLUMNS`].
    pub(super) names: Vec<Arc<str>>,
    /// True if the plan has more. They share one cell.
    pub(super) has_more: bool,
}

/// Measures of one plan at one revision. The rows are read in parts.
pub(super) struct ExportTable {
    /// Plan that contains the measures.
    pub(super) plan: PublishedPlan,
    tables: Arc<PlanTables>,
    view: ReadView,
    row_ids: Vec<RowId>,
}

/// Exported measure. Fields are named as in the GraphQL type `Measure`.
///
/// `axis`, `objective`, `section` and `group` are titles. `category` is the path of the innermost category.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExportRow<'t> {
    pub(super) number: u32,
    pub(super) title: ExportText<'t>,
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
    pub(super) label: &'t str,
    /// Number of the measure that this measure belongs to.
    pub(super) parent: Option<u32>,
    pub(super) responsible_parties: &'t [String],
    pub(super) partners: &'t [String],
    pub(super) start_date: Option<String>,
    pub(super) end_date: Option<String>,
    pub(super) schedule_text: Option<&'t str>,
    pub(super) budget_text: Option<&'t str>,
    pub(super) budget: Option<ExportMoney<'t>>,
    pub(super) indicators: &'t [String],
    pub(super) completion: Option<u8>,
    pub(super) priority: Option<&'t str>,
    pub(super) description: Option<ExportText<'t>>,
    pub(super) attributes: &'t [Attribute],
}

/// An amount, as in the GraphQL type `Money`.
#[derive(Debug, Serialize)]
pub(super) struct ExportMoney<'t> {
    pub(super) amount: f64,
    pub(super) currency: &'t str,
}

impl<'t> From<&'t Money> for ExportMoney<'t> {
    fn from(money: &'t Money) -> Self {
        Self { amount: money.amount(), currency: &money.currency }
    }
}

/// A title or a description in the three forms of the GraphQL type `RichText`.
#[derive(Debug, Serialize)]
pub(super) struct ExportText<'t> {
    pub(super) text: &'t str,
    pub(super) html: &'t str,
    pub(super) markdown: &'t str,
}

impl<'t> From<&'t RichText> for ExportText<'t> {
    fn from(text: &'t RichText) -> Self {
        Self { text: &text.text, html: &text.html, markdown: &text.markdown }
    }
}

impl PlanTables {
    /// Reads the tables of a plan.
    async fn load(view: &ReadView, plan: &PublishedPlan) -> Result<Self, ApiError> {
        let (names, has_more) = view.attribute_names(&plan.key, MAX_ATTRIBUTE_COLUMNS).await?;
        let mut lines = view.measure_source_lines(std::slice::from_ref(&plan.document)).await?;
        Ok(Self {
            tree: view.category_tree(&plan.key).await?,
            repeated: view.repeat_summaries(&plan.key, MAX_REPEATS).await?,
            lines: lines.remove(&plan.document).unwrap_or_default(),
            attributes: AttributeColumns { names, has_more },
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
        let filter = resolve_measure_texts(search, &view, &plan.key, params.filter.clone()).await?;
        let row_ids = view.measure_row_ids(&scope, &filter, &params.order).await?;
        let tables = cache.get_or_load(&view, &plan).await?;
        Ok(Some(Self { plan, tables, view, row_ids }))
    }

    /// Returns the number of selected measures.
    pub(super) fn total(&self) -> usize {
        self.row_ids.len()
    }

    /// Returns the columns of the document without a field.
    pub(super) fn attribute_columns(&self) -> &AttributeColumns {
        &self.tables.attributes
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
        let details = &measure.details;
        let repeated = self.tables.repeated.get(&measure.number);
        Ok(ExportRow {
            number: measure.number,
            title: ExportText::from(&measure.title),
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
            label: &measure.label,
            parent: measure.parent,
            responsible_parties: &details.responsible_parties,
            partners: &details.partners,
            start_date: details.start_date.map(|date| date.to_string()),
            end_date: details.end_date.map(|date| date.to_string()),
            schedule_text: details.schedule_text.as_deref(),
            budget_text: details.budget_text.as_deref(),
            budget: details.budget.as_ref().map(ExportMoney::from),
            indicators: &details.indicators,
            completion: details.completion.map(Percentage::value),
            priority: details.priority.as_deref(),
            description: details.description.as_ref().map(ExportText::from),
            attributes: &details.attributes,
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

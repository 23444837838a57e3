//! Exported data of the measures of a plan, independent of the file format.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_api::{ApiError, InvariantError, plans_named, resolve_text_filters_in};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, MeasureKey};
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

/// Measures of one plan at one revision.
pub(super) struct ExportTable {
    /// Plan that contains the measures.
    pub(super) plan: PublishedPlan,
    /// Revision at which all data was read.
    pub(super) revision: RevisionNumber,
    measures: Vec<Arc<PublishedMeasure>>,
    tree: Arc<CategoryTree>,
    repeated: HashMap<u32, RepeatSummary>,
    lines: HashMap<MeasureKey, u32>,
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

impl ExportTable {
    /// Reads the selected measures. Returns `None` if the plan does not exist.
    pub(super) async fn load(
        view: &ReadView,
        search: &Search,
        params: &ExportParams,
    ) -> Result<Option<Self>, ApiError> {
        let plans = view.cached_plans().await?;
        let named = plans_named(&plans, params.plan.as_deref(), params.lang);
        let Some(plan) = named.first().map(|plan| PublishedPlan::clone(plan)) else { return Ok(None) };
        let scope = MeasureScope { plan: plan.key.clone(), category: None };
        let filter = resolve_text_filters_in(search, view, &plan.key, params.filter.clone()).await?;
        let measures = view.all_measures(&scope, &filter, &params.order).await?;
        let mut lines = view.measure_source_lines(std::slice::from_ref(&plan.document)).await?;
        Ok(Some(Self {
            revision: view.revision().number,
            measures,
            tree: view.category_tree(&plan.key).await?,
            repeated: view.repeat_summaries(&plan.key, MAX_REPEATS).await?,
            lines: lines.remove(&plan.document).unwrap_or_default(),
            plan,
        }))
    }

    /// Returns the number of selected measures.
    pub(super) fn total(&self) -> usize {
        self.measures.len()
    }

    /// Returns the measures in the requested order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<ExportRow<'_>, ApiError>> {
        self.measures.iter().map(|measure| self.row(measure))
    }

    fn row<'t>(&'t self, measure: &'t PublishedMeasure) -> Result<ExportRow<'t>, ApiError> {
        let lineage = &measure.lineage;
        let title = |key: &Option<CategoryKey>| -> Result<Option<&'t str>, ApiError> {
            key.as_ref().map(|key| self.category(key).map(|category| category.title.as_str())).transpose()
        };
        let repeated = self.repeated.get(&measure.number);
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
            line: self.lines.get(&measure.key).copied().unwrap_or(1),
        })
    }

    fn category(&self, key: &CategoryKey) -> Result<&PublishedCategory, ApiError> {
        let category = self.tree.get(key);
        category.ok_or_else(|| InvariantError("a measure refers to a category that does not exist").into())
    }
}

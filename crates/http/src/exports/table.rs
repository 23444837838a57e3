//! The measures of a plan with all that is exported of them.

use std::collections::HashMap;
use std::sync::Arc;

use passerelle_api::{ApiError, Defect, plans_named, searched_in};
use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::{CategoryKey, MeasureKey};
use passerelle_model::rich_text::RichText;
use passerelle_model::served::{ServedCategory, ServedMeasure, ServedPlan};
use passerelle_model::sync::RevisionNumber;
use passerelle_search::Search;
use passerelle_storage::{MeasureScope, Repeated, View};
use serde::Serialize;

use super::params::Params;

/// More repeats of a measure than this are not listed. A real plan has a handful; a plan of one row copied a hundred
/// thousand times would else be exported as the square of that.
const MAX_REPEATS: usize = 100;

/// What is exported.
pub(super) struct Table {
    /// The plan.
    pub(super) plan: ServedPlan,
    /// The revision that all is read at.
    pub(super) revision: RevisionNumber,
    measures: Vec<Arc<ServedMeasure>>,
    tree: Arc<CategoryTree>,
    repeated: HashMap<u32, Repeated>,
    lines: HashMap<MeasureKey, u32>,
}

/// A measure by the names that GraphQL has. Categories are told by their titles, and by the path of the innermost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row<'t> {
    pub(super) number: u32,
    pub(super) title: Title<'t>,
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
pub(super) struct Title<'t> {
    pub(super) text: &'t str,
    pub(super) html: &'t str,
    pub(super) markdown: &'t str,
}

impl<'t> From<&'t RichText> for Title<'t> {
    fn from(title: &'t RichText) -> Self {
        Self { text: &title.text, html: &title.html, markdown: &title.markdown }
    }
}

impl Table {
    /// Reads what is asked for; none where there is no such plan.
    pub(super) async fn load(
        view: &View,
        search: &Search,
        params: &Params,
    ) -> Result<Option<Self>, ApiError> {
        let plans = view.all_plans().await?;
        let named = plans_named(&plans, params.plan.as_deref(), params.lang);
        let Some(plan) = named.first().map(|plan| ServedPlan::clone(plan)) else { return Ok(None) };
        let scope = MeasureScope { plan: plan.key.clone(), category: None };
        let filter = searched_in(search, view, &plan.key, params.filter.clone()).await?;
        let measures = view.all_measures(&scope, &filter, &params.order).await?;
        let mut lines = view.measure_lines(std::slice::from_ref(&plan.document)).await?;
        Ok(Some(Self {
            revision: view.revision().number,
            measures,
            tree: view.category_tree(&plan.key).await?,
            repeated: view.repeated(&plan.key, MAX_REPEATS).await?,
            lines: lines.remove(&plan.document).unwrap_or_default(),
            plan,
        }))
    }

    /// How many measures there are.
    pub(super) fn total(&self) -> usize {
        self.measures.len()
    }

    /// The measures, in the order that was asked for.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<Row<'_>, ApiError>> {
        self.measures.iter().map(|measure| self.row(measure))
    }

    fn row<'t>(&'t self, measure: &'t ServedMeasure) -> Result<Row<'t>, ApiError> {
        let lineage = &measure.lineage;
        let title = |key: &Option<CategoryKey>| -> Result<Option<&'t str>, ApiError> {
            key.as_ref().map(|key| self.category(key).map(|category| category.title.as_str())).transpose()
        };
        let repeated = self.repeated.get(&measure.number);
        Ok(Row {
            number: measure.number,
            title: Title::from(&measure.title),
            status: measure.status.name(),
            status_text: &measure.status_text,
            programme: measure.programme.as_deref(),
            is_repeated: measure.is_repeated,
            repeats: repeated.map(|repeated| repeated.numbers.as_slice()).unwrap_or_default(),
            repeats_disagree: repeated.is_some_and(|repeated| repeated.disagree),
            axis: &self.category(&lineage.axis)?.title,
            objective: title(&lineage.objective)?,
            section: title(&lineage.section)?,
            group: title(&lineage.group)?,
            category: self.category(&measure.category)?.path.as_str(),
            updated_at: measure.updated_at.to_string(),
            line: self.lines.get(&measure.key).copied().unwrap_or(1),
        })
    }

    fn category(&self, key: &CategoryKey) -> Result<&ServedCategory, ApiError> {
        let category = self.tree.get(key);
        category.ok_or_else(|| Defect("a measure refers to a category that is not served").into())
    }
}

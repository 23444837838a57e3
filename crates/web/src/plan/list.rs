//! List of the measures of a plan, with the form of its filters.

use std::sync::Arc;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::plan::{CategoryLevel, MeasureStatus};
use passerelle_model::published::PublishedMeasure;
use passerelle_search::{Search, resolve_measure_texts};
use passerelle_storage::query_index::MeasureFacets;
use passerelle_storage::{MeasureScope, ReadView};

use super::context::PlanContext;
use super::overview::category_title;
use crate::address::Query;
use crate::bar::status_class;
use crate::error::PageError;
use crate::frame::Link;
use crate::words::Words;

/// Number of measures of a page of the list.
const PAGE_SIZE: usize = 100;
/// Maximum number of measures that are shown on one page. Most plans have fewer, and print as one report.
const MAX_WHOLE: usize = 300;

/// One measure of the list.
pub(crate) struct MeasureRow {
    pub(crate) label: String,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) status: &'static str,
    pub(crate) class: &'static str,
    pub(crate) marks: Vec<&'static str>,
}

/// Measures of one objective.
pub(crate) struct MeasureGroup {
    pub(crate) title: String,
    pub(crate) rows: Vec<MeasureRow>,
}

/// Link to a page of the list.
pub(crate) struct PageLink {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) is_current: bool,
}

/// The list.
pub(crate) struct MeasureList {
    pub(crate) summary: String,
    pub(crate) groups: Vec<MeasureGroup>,
    /// Empty if there is one page.
    pub(crate) pages: Vec<PageLink>,
    /// False if the search index is older than the content. A later request finds more.
    pub(crate) is_final: bool,
}

/// Option of the form.
pub(crate) struct FilterOption {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_selected: bool,
}

/// Values of the form.
pub(crate) struct FilterForm {
    pub(crate) lang: Option<&'static str>,
    pub(crate) statuses: Vec<FilterOption>,
    pub(crate) categories: Vec<FilterOption>,
    pub(crate) programmes: Vec<FilterOption>,
    pub(crate) text: String,
    /// Day, for the input of type `date`.
    pub(crate) at: String,
    pub(crate) reset_url: String,
}

/// Loads the shown page of the list.
pub(crate) async fn load(
    search: &Search,
    view: &ReadView,
    context: &PlanContext,
    tree: &CategoryTree,
    total: u64,
) -> Result<MeasureList, PageError> {
    let plan = &context.plan.key;
    let filter = resolve_measure_texts(search, view, plan, context.params.filter()).await?;
    let indexed = search.revision().map(|revision| revision.number);
    let is_final = !filter.needs_words() || indexed.is_some_and(|indexed| indexed >= view.revision().number);
    let scope = MeasureScope { plan: plan.clone(), category: None };
    let ids = view.measure_row_ids(&scope, &filter, &[]).await?;
    let page_size = if ids.len() <= MAX_WHOLE { MAX_WHOLE } else { PAGE_SIZE };
    let page_count = ids.len().div_ceil(page_size).max(1);
    let page = context.params.page.min(page_count);
    let shown = ids.chunks(page_size).nth(page - 1).unwrap_or_default();
    let measures = view.measures_of_rows(shown).await?;
    let mut rows = Vec::with_capacity(measures.len());
    for measure in &measures {
        let disagrees = measure.repeat_group.is_some() && view.repeats_disagree(plan, measure.number).await?;
        rows.push(row(context, measure, disagrees));
    }
    Ok(MeasureList {
        summary: summary(context, ids.len() as u64, total),
        groups: groups(tree, &measures, rows),
        pages: if page_count == 1 { Vec::new() } else { page_links(context, page, page_count) },
        is_final,
    })
}

fn row(context: &PlanContext, measure: &PublishedMeasure, disagrees: bool) -> MeasureRow {
    MeasureRow {
        label: measure.label.clone(),
        title: measure.title.text.clone(),
        url: context.measure_url(measure.number),
        status: measure.status.label(context.words.lang),
        class: status_class(measure.status),
        marks: marks(measure, disagrees, context.words),
    }
}

/// Returns the marks of a measure: repeated, and with another status elsewhere.
pub(crate) fn marks(measure: &PublishedMeasure, disagrees: bool, words: &Words) -> Vec<&'static str> {
    let is_repeated = measure.is_repeated || measure.repeat_group.is_some();
    let marks = [(is_repeated, words.repeated), (disagrees, words.disagrees)];
    marks.into_iter().filter(|(applies, _)| *applies).map(|(_, mark)| mark).collect()
}

/// Returns the number of shown measures: `12 mesures (40 au total)`.
fn summary(context: &PlanContext, found: u64, total: u64) -> String {
    let words = context.words;
    if found == 0 {
        return words.no_measure.to_owned();
    }
    let counted = words.counted(found, words.measure_noun);
    if context.params.has_filter() {
        return format!("{counted} ({})", Words::fill(words.of_all, &[&words.number_text(total)]));
    }
    counted
}

/// Puts consecutive measures of the same objective together.
fn groups(
    tree: &CategoryTree,
    measures: &[Arc<PublishedMeasure>],
    rows: Vec<MeasureRow>,
) -> Vec<MeasureGroup> {
    let mut groups: Vec<MeasureGroup> = Vec::new();
    let mut last = None;
    for (measure, row) in measures.iter().zip(rows) {
        let place = (&measure.lineage.axis, &measure.lineage.objective);
        if last != Some(place) {
            last = Some(place);
            let keys = std::iter::once(&measure.lineage.axis).chain(&measure.lineage.objective);
            let titles: Vec<String> = keys.filter_map(|key| tree.get(key)).map(category_title).collect();
            groups.push(MeasureGroup { title: titles.join(" › "), rows: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row);
        }
    }
    groups
}

/// Returns links to the first and last page and to those around the shown one.
fn page_links(context: &PlanContext, page: usize, count: usize) -> Vec<PageLink> {
    let url = |number: usize| {
        let params = super::params::PlanParams { page: number, ..context.params.clone() };
        context.url(params.query()) + "#measures"
    };
    let is_near = |number: &usize| *number == 1 || *number == count || number.abs_diff(page) <= 2;
    let link =
        |number: usize| PageLink { name: number.to_string(), url: url(number), is_current: number == page };
    (1..=count).filter(is_near).map(link).collect()
}

/// Returns the form with the present values.
pub(crate) fn form(context: &PlanContext, tree: &CategoryTree, facets: &MeasureFacets) -> FilterForm {
    let params = &context.params;
    let is_offered =
        |status: &MeasureStatus| facets.progress.count(*status) > 0 || params.statuses.contains(status);
    let status = |status: MeasureStatus| FilterOption {
        value: status.name().to_owned(),
        label: status.label(context.words.lang).to_owned(),
        is_selected: params.statuses.contains(&status),
    };
    let category = |category: &passerelle_model::published::PublishedCategory| {
        let indent = if category.level == CategoryLevel::Axis { "" } else { "\u{a0}\u{a0}\u{a0}" };
        Some(FilterOption {
            value: category.path.as_str().to_owned(),
            label: format!("{indent}{}", category_title(category)),
            is_selected: category.path.as_str() == params.category,
        })
        .filter(|_| matches!(category.level, CategoryLevel::Axis | CategoryLevel::Objective))
    };
    let programme = |name: &Arc<str>| FilterOption {
        value: name.to_string(),
        label: name.to_string(),
        is_selected: **name == *params.programme,
    };
    FilterForm {
        lang: context.chosen.map(passerelle_model::language::Language::code),
        statuses: MeasureStatus::ALL.into_iter().filter(is_offered).map(status).collect(),
        categories: tree.categories().iter().filter_map(category).collect(),
        programmes: facets.programmes.iter().filter_map(|count| count.name.as_ref()).map(programme).collect(),
        text: params.text.clone(),
        at: params.at.chars().take_while(|letter| *letter != 'T').collect(),
        reset_url: context.url(Query::default().with("at", &params.at)),
    }
}

/// Returns links to the files of exactly the measures that the filters select.
pub(crate) fn downloads(context: &PlanContext, at: &str) -> Vec<Link> {
    let query = Query::default()
        .with("plan", &context.name)
        .with("lang", context.plan.heading.lang.code())
        .with("at", at);
    let query = context.params.add_filters(query);
    let feed = Query::default().with("plan", &context.name);
    vec![
        Link::new("CSV", query.at("/exports/measures.csv")),
        Link::new("JSON", query.at("/exports/measures.json")),
        Link::new("Atom", feed.at("/feeds/changes.atom")),
    ]
}

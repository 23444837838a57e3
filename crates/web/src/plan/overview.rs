//! Progress of a plan, of its axes and of their objectives.

use std::collections::HashMap;

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{CategoryLevel, MeasureStatus, Progress};
use passerelle_model::published::PublishedCategory;

use super::context::PlanContext;
use crate::bar::{self, BAR_ORDER, Bar, status_class};

/// Progress of the whole plan.
pub(crate) struct Overall {
    pub(crate) bar: Bar,
    pub(crate) summary: String,
    pub(crate) statuses: Vec<StatusLink>,
    /// Figures without repeats. `None` if there are no repeats.
    pub(crate) distinct: Option<String>,
}

/// Number of measures with a status, and a link to them.
pub(crate) struct StatusLink {
    pub(crate) label: &'static str,
    pub(crate) class: &'static str,
    pub(crate) count: String,
    pub(crate) url: String,
}

/// Progress of an objective.
pub(crate) struct ObjectiveRow {
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) bar: Option<Bar>,
    pub(crate) summary: String,
}

/// Progress of an axis.
pub(crate) struct AxisRow {
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) bar: Option<Bar>,
    pub(crate) summary: String,
    pub(crate) objectives: Vec<ObjectiveRow>,
    /// Number of objectives, for example `3 objectifs`.
    pub(crate) objectives_summary: String,
}

/// Returns the progress of the plan. `None` if no status is known.
pub(crate) fn overall(context: &PlanContext, progress: &Progress) -> Option<Overall> {
    let bar = Bar::of(progress)?;
    let words = context.words;
    let number = |count: u32| words.number_text(u64::from(count));
    let distinct = progress.distinct();
    let sentence = || {
        let completed = number(distinct.count(MeasureStatus::Completed));
        crate::words::Words::fill(words.distinct, &[&number(distinct.total()), &completed])
    };
    Some(Overall {
        bar,
        summary: bar::summary(progress, words),
        statuses: status_links(context, progress, ""),
        distinct: (distinct.total() < progress.total()).then(sentence),
    })
}

/// Returns links to the measures of each status, in the plan or in the category with a path.
pub(crate) fn status_links(context: &PlanContext, progress: &Progress, category: &str) -> Vec<StatusLink> {
    let words = context.words;
    let counted = BAR_ORDER.into_iter().filter(|status| progress.count(*status) > 0);
    let link = |status: MeasureStatus| StatusLink {
        label: status.label(words.lang),
        class: status_class(status),
        count: words.number_text(u64::from(progress.count(status))),
        url: context.filtered_url(&[status], category),
    };
    counted.map(link).collect()
}

/// Returns the progress of the axes.
pub(crate) fn axes(
    context: &PlanContext,
    tree: &CategoryTree,
    progress: &HashMap<CategoryKey, Progress>,
) -> Vec<AxisRow> {
    let words = context.words;
    let of = |category: &PublishedCategory| progress.get(&category.key).copied().unwrap_or_default();
    let summary = |progress: &Progress| {
        if progress.total() == 0 { String::new() } else { bar::summary(progress, words) }
    };
    let objective = |index: &usize| {
        let category =
            tree.categories().get(*index).filter(|category| category.level == CategoryLevel::Objective)?;
        let progress = of(category);
        Some(ObjectiveRow {
            title: category_title(category),
            url: context.filtered_url(&[], category.path.as_str()),
            bar: Bar::of(&progress),
            summary: summary(&progress),
        })
    };
    let axis = |(index, category): (usize, &PublishedCategory)| {
        let progress = of(category);
        let objectives: Vec<ObjectiveRow> = tree.children(index).iter().filter_map(objective).collect();
        AxisRow {
            title: category_title(category),
            url: context.filtered_url(&[], category.path.as_str()),
            bar: Bar::of(&progress),
            summary: summary(&progress),
            objectives_summary: words.counted(objectives.len() as u64, words.objective_noun),
            objectives,
        }
    };
    let categories = tree.categories().iter().enumerate();
    categories.filter(|(_, category)| category.level == CategoryLevel::Axis).map(axis).collect()
}

/// Returns the label and the title of a category: `2. Partager l’eau`.
pub(crate) fn category_title(category: &PublishedCategory) -> String {
    match &category.label {
        Some(label) => format!("{label}. {}", category.title),
        None => category.title.clone(),
    }
}

//! Facets of a set of measures.

use std::sync::Arc;

use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{CategoryLevel, Progress, ProgressCounter};

use super::names::NameColumn;
use super::text_order::priority_values;
use super::{Columns, MeasureIndex};

/// Maximum number of responsible parties and of priorities. A client shows a few of them as options; a plan
/// whose documents name another body in each row would give thousands.
const MAX_NAMES: usize = 200;

/// Field whose values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FacetKind {
    /// Status of the measures.
    Status,
    /// Axes, objectives and sections.
    Category,
    /// Programmes that the statuses name.
    Programme,
    /// Bodies that carry out the measures.
    ResponsibleParty,
    /// Priorities of the measures.
    Priority,
}

/// Number of measures in a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    /// Key of the category.
    pub category: CategoryKey,
    /// Number of measures, including those in descendants.
    pub count: u32,
}

/// Number of measures with a name, for example of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCount {
    /// The name as written. `None` for measures without one.
    pub name: Option<Arc<str>>,
    /// Number of measures.
    pub count: u32,
}

/// Facets of a set of measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureFacets {
    /// Counts by status.
    pub progress: Progress,
    /// True if no measure of the whole plan has a known status. The progress is unknown then.
    pub lacks_statuses: bool,
    /// Counts by axis, in document order. Categories without measures are omitted, here and below.
    pub axes: Vec<CategoryCount>,
    /// Counts by objective, in document order.
    pub objectives: Vec<CategoryCount>,
    /// Counts by section, in document order.
    pub sections: Vec<CategoryCount>,
    /// Counts by programme, sorted by name. Measures without a programme are last.
    pub programmes: Vec<NameCount>,
    /// Counts by responsible party, the most frequent first. Measures without one are last. A measure with
    /// several counts for each.
    pub responsible_parties: Vec<NameCount>,
    /// Counts by priority, the most urgent first. Measures without one are last.
    pub priorities: Vec<NameCount>,
}

impl MeasureIndex {
    /// Computes the facets of the measures with these indexes.
    pub fn facets(&self, indexes: &[usize]) -> MeasureFacets {
        let mut counter = ProgressCounter::default();
        let mut by_category = vec![0_u32; self.tree.categories().len()];
        let mut programmes = vec![0_u32; self.programmes.len() + 1];
        let Columns { status, category, programme, group, .. } = &self.columns;
        let to_usize = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        let above = self.tree.ancestor_chains();
        for at in indexes {
            counter.add(status[*at], group[*at]);
            for category in &above[to_usize(category[*at])] {
                by_category[*category] += 1;
            }
            programmes[to_usize(programme[*at])] += 1;
        }
        let names = self.programmes.iter().cloned().map(Some).chain([None]);
        let mut responsible_parties = count_names(&self.columns.responsible_party, indexes);
        // Names are sorted, and the order of equal counts stays.
        responsible_parties.sort_by_key(|party| (party.name.is_none(), std::cmp::Reverse(party.count)));
        let mut priorities = count_names(&self.columns.priority, indexes);
        priorities.sort_by_cached_key(|own| (own.name.is_none(), own.name.as_deref().map(priority_values)));
        MeasureFacets {
            progress: counter.finish(),
            lacks_statuses: self.lacks_statuses(),
            axes: self.count_level(CategoryLevel::Axis, &by_category),
            objectives: self.count_level(CategoryLevel::Objective, &by_category),
            sections: self.count_level(CategoryLevel::Section, &by_category),
            programmes: names
                .zip(programmes)
                .filter(|(_, count)| *count > 0)
                .map(|(name, count)| NameCount { name, count })
                .collect(),
            responsible_parties: limit_names(responsible_parties),
            priorities: limit_names(priorities),
        }
    }

    /// Returns the counts of the categories of one level that have measures.
    fn count_level(&self, level: CategoryLevel, counts: &[u32]) -> Vec<CategoryCount> {
        let counted = self.tree.categories().iter().zip(counts);
        counted
            .filter(|(category, count)| category.level == level && **count > 0)
            .map(|(category, count)| CategoryCount { category: category.key.clone(), count: *count })
            .collect()
    }
}

/// Counts the measures of each name, sorted by name, and those without a name, which are last. Empty if no
/// measure of the plan has a name.
fn count_names(column: &NameColumn, indexes: &[usize]) -> Vec<NameCount> {
    if column.names().is_empty() {
        return Vec::new();
    }
    let mut counts = vec![0_u32; column.names().len()];
    let mut unnamed = 0_u32;
    for at in indexes {
        let own = column.of(*at);
        unnamed += u32::from(own.is_empty());
        for count in own.iter().filter_map(|index| usize::try_from(*index).ok()) {
            counts[count] += 1;
        }
    }
    let names = column.names().iter().cloned().map(Some).chain([None]);
    let all = names.zip(counts.into_iter().chain([unnamed]));
    all.filter(|(_, count)| *count > 0).map(|(name, count)| NameCount { name, count }).collect()
}

/// Keeps the first names and the count of the measures without a name.
fn limit_names(mut names: Vec<NameCount>) -> Vec<NameCount> {
    let unnamed = names.pop_if(|last| last.name.is_none());
    names.truncate(MAX_NAMES);
    names.extend(unnamed);
    names
}

//! Facets of a set of measures.

use std::sync::Arc;

use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{CategoryLevel, Progress, ProgressCounter};

use super::{Columns, MeasureIndex};

/// Number of measures in a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    /// Key of the category.
    pub category: CategoryKey,
    /// Number of measures, including those in descendants.
    pub count: u32,
}

/// Number of measures of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeCount {
    /// Name of the programme. `None` for measures without a programme.
    pub programme: Option<Arc<str>>,
    /// Number of measures.
    pub count: u32,
}

/// Facets of a set of measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasureFacets {
    /// Counts by status.
    pub progress: Progress,
    /// Counts by axis, in document order. Axes without measures are omitted.
    pub axes: Vec<CategoryCount>,
    /// Counts by programme. Measures without a programme are last.
    pub programmes: Vec<ProgrammeCount>,
}

impl MeasureIndex {
    /// Computes the facets of the measures with these indexes.
    pub fn facets(&self, indexes: &[usize]) -> MeasureFacets {
        let all = self.tree.categories();
        let is_axis = |at: &&usize| all[**at].level == CategoryLevel::Axis;
        let axis_of: Vec<Option<usize>> =
            self.tree.ancestor_chains().iter().map(|above| above.iter().find(is_axis).copied()).collect();
        let mut counter = ProgressCounter::default();
        let mut axes = vec![0_u32; all.len()];
        let mut programmes = vec![0_u32; self.programmes.len() + 1];
        let Columns { status, category, programme, group } = &self.columns;
        let to_usize = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        for at in indexes {
            counter.add(status[*at], group[*at]);
            if let Some(axis) = axis_of[to_usize(category[*at])] {
                axes[axis] += 1;
            }
            programmes[to_usize(programme[*at])] += 1;
        }
        let names = self.programmes.iter().cloned().map(Some).chain([None]);
        MeasureFacets {
            progress: counter.finish(),
            axes: all
                .iter()
                .zip(axes)
                .filter(|(_, count)| *count > 0)
                .map(|(axis, count)| CategoryCount { category: axis.key.clone(), count })
                .collect(),
            programmes: names
                .zip(programmes)
                .filter(|(_, count)| *count > 0)
                .map(|(programme, count)| ProgrammeCount { programme, count })
                .collect(),
        }
    }
}

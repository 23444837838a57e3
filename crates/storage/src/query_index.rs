//! The measures of a plan at one revision, small enough to be held in memory: which a filter keeps, in which order, and
//! what they come to.
//!
//! Everything that lists and counts needs is here; the measures themselves are read by the ids of their rows. A pass over
//! 100,000 measures takes about a millisecond, whatever the filter, which no index of a database does for all of them.

mod facets;
mod filter;
mod matches;
mod order;
pub mod related;
mod title_index;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{MeasureStatus, Progress, ProgressCounter};
use passerelle_model::timestamp::Timestamp;

pub use facets::{CategoryCount, MeasureFacets, ProgrammeCount};
pub use filter::MeasureFilter;
pub use matches::TextMatches;
pub use order::{Direction, MeasureOrder, OrderedSlice, SliceRequest, SortKey};
pub use title_index::TitleIndex;
pub(crate) use title_index::to_f64;

/// Indexed fields of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedMeasure {
    /// The row that holds all of it.
    pub row_id: i64,
    /// Its number.
    pub number: u32,
    /// Its place in document order.
    pub position: i64,
    /// Its status.
    pub status: MeasureStatus,
    /// The programme that its status names. Shared: there are few.
    pub programme: Option<Arc<str>>,
    /// Marked as taken up under other axes.
    pub is_repeated: bool,
    /// The number of the first row of those that say the same thing.
    pub repeat_group: Option<u32>,
    /// The innermost category that it stands in: its place among the categories of the tree.
    pub category: usize,
    /// Time of the last change of any field.
    pub updated_at: Timestamp,
}

/// The measures of a plan, in document order.
#[derive(Debug)]
pub struct MeasureIndex {
    tree: Arc<CategoryTree>,
    measures: Vec<IndexedMeasure>,
    by_number: HashMap<u32, usize>,
    groups: HashMap<u32, RepeatGroup>,
    /// The programmes by name.
    programmes: Vec<Arc<str>>,
    columns: Columns,
    by_category: OnceLock<Arc<HashMap<CategoryKey, Progress>>>,
}

/// Columns that most filters and counts read. A scan over little memory is fast.
#[derive(Debug)]
struct Columns {
    status: Vec<MeasureStatus>,
    /// The place of its category among those of the tree.
    category: Vec<u32>,
    /// The place of its programme among those of the plan; their number where it has none.
    programme: Vec<u32>,
    /// The number of the first row of those that say the same.
    group: Vec<Option<u32>>,
}

/// Rows that say the same thing.
#[derive(Clone, Debug, Default)]
struct RepeatGroup {
    members: Vec<usize>,
    has_status_conflict: bool,
}

impl MeasureIndex {
    /// An index of these measures, in whatever order.
    pub fn new(tree: Arc<CategoryTree>, mut measures: Vec<IndexedMeasure>) -> Self {
        measures.sort_unstable_by_key(|measure| measure.position);
        let by_number = measures.iter().enumerate().map(|(at, measure)| (measure.number, at)).collect();
        let mut groups: HashMap<u32, RepeatGroup> = HashMap::new();
        for (at, measure) in measures.iter().enumerate() {
            let Some(group) = measure.repeat_group else { continue };
            let group = groups.entry(group).or_default();
            let first = group.members.first().map(|first| measures[*first].status);
            group.has_status_conflict |= first.is_some_and(|first| first != measure.status);
            group.members.push(at);
        }
        let names: BTreeSet<&Arc<str>> =
            measures.iter().filter_map(|measure| measure.programme.as_ref()).collect();
        let programmes: Vec<Arc<str>> = names.into_iter().cloned().collect();
        let programme_of = |measure: &IndexedMeasure| {
            let programme = measure.programme.as_ref();
            programme.and_then(|own| programmes.binary_search(own).ok()).unwrap_or(programmes.len())
        };
        let to_u32 = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let columns = Columns {
            status: measures.iter().map(|measure| measure.status).collect(),
            category: measures.iter().map(|measure| to_u32(measure.category)).collect(),
            programme: measures.iter().map(|measure| to_u32(programme_of(measure))).collect(),
            group: measures.iter().map(|measure| measure.repeat_group).collect(),
        };
        let by_category = OnceLock::new();
        Self { tree, measures, by_number, groups, programmes, columns, by_category }
    }

    /// The categories of the plan.
    pub fn tree(&self) -> &Arc<CategoryTree> {
        &self.tree
    }

    /// Every measure, in document order.
    pub fn measures(&self) -> &[IndexedMeasure] {
        &self.measures
    }

    /// The measure of a number.
    pub fn find_by_number(&self, number: u32) -> Option<&IndexedMeasure> {
        self.by_number.get(&number).map(|at| &self.measures[*at])
    }

    /// The measures before and after a place in document order.
    pub fn neighbours(&self, position: i64) -> (Option<&IndexedMeasure>, Option<&IndexedMeasure>) {
        let at = self.measures.partition_point(|measure| measure.position < position);
        let is_there = self.measures.get(at).is_some_and(|measure| measure.position == position);
        let before = at.checked_sub(1).and_then(|before| self.measures.get(before));
        (before, self.measures.get(at + usize::from(is_there)))
    }

    /// The other rows that say the same as that of a number, in document order.
    pub fn repeats(&self, number: u32) -> impl Iterator<Item = &IndexedMeasure> {
        let group = self.group_of(number).into_iter().flat_map(|group| &group.members);
        group.map(|member| &self.measures[*member]).filter(move |other| other.number != number)
    }

    /// Whether the rows that say the same as that of a number carry different statuses.
    pub fn repeats_disagree(&self, number: u32) -> bool {
        self.group_of(number).is_some_and(|group| group.has_status_conflict)
    }

    fn group_of(&self, number: u32) -> Option<&RepeatGroup> {
        self.groups.get(&self.find_by_number(number)?.repeat_group?)
    }

    /// Returns the progress of each category, including its descendants. Computed once.
    pub fn progress_by_category(&self) -> Arc<HashMap<CategoryKey, Progress>> {
        Arc::clone(self.by_category.get_or_init(|| {
            let mut counters = vec![ProgressCounter::default(); self.tree.categories().len()];
            let above = self.tree.ancestor_chains();
            for measure in &self.measures {
                for category in &above[measure.category] {
                    counters[*category].add(measure.status, measure.repeat_group);
                }
            }
            let keys = self.tree.categories().iter().map(|category| category.key.clone());
            Arc::new(keys.zip(counters.into_iter().map(ProgressCounter::finish)).collect())
        }))
    }
}

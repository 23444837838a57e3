//! In-memory index of the measures of a plan at one revision: filters, orders and facets.
//!
//! The index contains all fields that lists and counts need. The measures are then read by row id.
//! Filtering 100,000 measures takes about a millisecond for any filter. No database index supports all
//! filters.

mod details;
mod facets;
mod filter;
mod matches;
mod names;
mod order;
pub mod related;
mod text_order;
mod title_index;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use passerelle_model::category_tree::CategoryTree;
use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{MeasureStatus, Progress, ProgressCounter};
use passerelle_model::timestamp::Timestamp;

pub use details::{DetailField, IndexedDetails, ValueField};
pub use facets::{CategoryCount, FacetKind, MeasureFacets, NameCount};
pub use filter::{AttributeFilter, MeasureFilter, ValueRange};
pub use matches::TextMatches;
pub use order::{Direction, ListEnd, MeasureOrder, OrderedSlice, SliceRequest, SortKey};
pub use title_index::TitleIndex;
pub(crate) use title_index::to_f64;

use details::NO_DETAILS;
use names::NameColumn;

use crate::row_id::RowId;

/// Indexed fields of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedMeasure {
    /// Id of the measure row.
    pub row_id: RowId,
    /// Number of the measure.
    pub number: u32,
    /// Label as written. `None` if it is the number.
    pub label: Option<Box<str>>,
    /// Number of the measure that this measure belongs to. `None` at the first level.
    pub parent: Option<u32>,
    /// Sort key in document order.
    pub position: i64,
    /// Normalized status.
    pub status: MeasureStatus,
    /// Programme that the status names. Shared, because a plan has few programmes.
    pub programme: Option<Arc<str>>,
    /// True if an asterisk marks the measure as repeated under other axes.
    pub is_repeated: bool,
    /// Number of the first measure with the same text. `None` if no other measure has this text.
    pub repeat_group: Option<u32>,
    /// Index of the innermost category in the tree.
    pub category: usize,
    /// Bodies, dates, budget and other columns. `None` if the document states none.
    pub details: Option<Box<IndexedDetails>>,
    /// Time of the last change of any field.
    pub updated_at: Timestamp,
}

impl IndexedMeasure {
    /// Returns the details. All are empty if the document states none.
    fn details(&self) -> &IndexedDetails {
        self.details.as_deref().unwrap_or(&NO_DETAILS)
    }

    /// Returns true if the measure has this label. The label of most measures is their number.
    fn has_label(&self, label: &str) -> bool {
        match &self.label {
            Some(own) => **own == *label,
            None => label.parse() == Ok(self.number),
        }
    }
}

/// Measures of a plan in document order.
#[derive(Debug)]
pub struct MeasureIndex {
    tree: Arc<CategoryTree>,
    measures: Vec<IndexedMeasure>,
    by_number: HashMap<u32, usize>,
    /// Positions of the sub-measures, by the number of their parent.
    children: HashMap<u32, Vec<usize>>,
    groups: HashMap<u32, RepeatGroup>,
    /// Names of the programmes, sorted.
    programmes: Vec<Arc<str>>,
    columns: Columns,
    by_category: OnceLock<Arc<HashMap<CategoryKey, Progress>>>,
}

/// Columns that most filters and counts read. They are compact, so a scan is fast.
#[derive(Debug)]
struct Columns {
    status: Vec<MeasureStatus>,
    /// Index of the category in the tree.
    category: Vec<u32>,
    /// Index of the programme. The number of programmes if there is none.
    programme: Vec<u32>,
    /// Number of the first measure with the same text.
    group: Vec<Option<u32>>,
    responsible_party: NameColumn,
    partner: NameColumn,
    priority: NameColumn,
}

/// Measures with the same text.
#[derive(Clone, Debug, Default)]
struct RepeatGroup {
    members: Vec<usize>,
    has_status_conflict: bool,
}

impl MeasureIndex {
    /// Builds an index. The measures can have any order.
    pub fn new(tree: Arc<CategoryTree>, mut measures: Vec<IndexedMeasure>) -> Self {
        measures.sort_unstable_by_key(|measure| measure.position);
        let by_number = measures.iter().enumerate().map(|(at, measure)| (measure.number, at)).collect();
        let mut children: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, measure) in measures.iter().enumerate() {
            if let Some(parent) = measure.parent {
                children.entry(parent).or_default().push(at);
            }
        }
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
            responsible_party: NameColumn::new(
                measures.iter().map(|measure| measure.details().responsible_parties.as_slice()),
            ),
            partner: NameColumn::new(measures.iter().map(|measure| measure.details().partners.as_slice())),
            priority: NameColumn::new(measures.iter().map(|measure| measure.details().priority.as_slice())),
        };
        let by_category = OnceLock::new();
        Self { tree, measures, by_number, children, groups, programmes, columns, by_category }
    }

    /// Returns the categories of the plan.
    pub fn tree(&self) -> &Arc<CategoryTree> {
        &self.tree
    }

    /// Returns all measures in document order.
    pub fn measures(&self) -> &[IndexedMeasure] {
        &self.measures
    }

    /// Returns the measure with this number.
    pub fn find_by_number(&self, number: u32) -> Option<&IndexedMeasure> {
        self.by_number.get(&number).map(|at| &self.measures[*at])
    }

    /// Returns the first measure with this label, in document order. `category` limits the search to the
    /// measures directly in one category.
    pub fn find_by_label(&self, label: &str, category: Option<&CategoryKey>) -> Option<&IndexedMeasure> {
        let category = match category {
            Some(key) => Some(self.tree.index_of(key)?),
            None => None,
        };
        self.measures.iter().find(|measure| {
            measure.has_label(label) && category.is_none_or(|category| category == measure.category)
        })
    }

    /// Returns the sub-measures of a measure, in document order.
    pub fn children(&self, number: u32) -> impl Iterator<Item = &IndexedMeasure> {
        self.children.get(&number).into_iter().flatten().map(|at| &self.measures[*at])
    }

    /// Returns the measures before and after a position in document order.
    pub fn neighbours(&self, position: i64) -> (Option<&IndexedMeasure>, Option<&IndexedMeasure>) {
        let at = self.measures.partition_point(|measure| measure.position < position);
        let is_there = self.measures.get(at).is_some_and(|measure| measure.position == position);
        let before = at.checked_sub(1).and_then(|before| self.measures.get(before));
        (before, self.measures.get(at + usize::from(is_there)))
    }

    /// Returns the repeats of a measure, in document order.
    pub fn repeats(&self, number: u32) -> impl Iterator<Item = &IndexedMeasure> {
        let group = self.group_of(number).into_iter().flat_map(|group| &group.members);
        group.map(|member| &self.measures[*member]).filter(move |other| other.number != number)
    }

    /// Returns true if repeats of a measure have different statuses.
    pub fn repeats_disagree(&self, number: u32) -> bool {
        self.group_of(number).is_some_and(|group| group.has_status_conflict)
    }

    fn group_of(&self, number: u32) -> Option<&RepeatGroup> {
        self.groups.get(&self.find_by_number(number)?.repeat_group?)
    }

    /// Returns true if no measure has a status that the reader knows. The progress of such a plan is unknown.
    /// False for a plan without measures.
    pub fn lacks_statuses(&self) -> bool {
        let is_undefined = |status: &MeasureStatus| *status == MeasureStatus::Undefined;
        !self.measures.is_empty() && self.columns.status.iter().all(is_undefined)
    }

    /// Returns the headers of the columns without a field of their own, in the order of their first measure,
    /// at most `limit`. The flag is true if there are more.
    pub fn attribute_names(&self, limit: usize) -> (Vec<Arc<str>>, bool) {
        let mut known: HashSet<&Arc<str>> = HashSet::new();
        let mut names = Vec::new();
        for (name, _) in self.measures.iter().flat_map(|measure| &measure.details().attributes) {
            if known.insert(name) {
                if names.len() == limit {
                    return (names, true);
                }
                names.push(Arc::clone(name));
            }
        }
        (names, false)
    }

    /// Returns the progress of each category, including its descendants. Empty if no measure has a known
    /// status. Computed once.
    pub fn progress_by_category(&self) -> Arc<HashMap<CategoryKey, Progress>> {
        Arc::clone(self.by_category.get_or_init(|| {
            if self.lacks_statuses() {
                return Arc::default();
            }
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

//! Filters of measures.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::timestamp::Timestamp;

use super::{IndexedMeasure, MeasureIndex, TextMatches, TitleIndex};

/// A condition on measures.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MeasureFilter {
    /// Every condition holds. All measures where there is none.
    All(Vec<MeasureFilter>),
    /// At least one condition holds. No measure where there is none.
    Any(Vec<MeasureFilter>),
    /// The condition does not hold.
    Not(Box<MeasureFilter>),
    /// The status is one of these.
    Status(Vec<MeasureStatus>),
    /// The number is one of these.
    Number(Vec<u32>),
    /// It stands in one of these categories of its plan, or below.
    Within(Vec<CategoryPath>),
    /// Its status names one of these programmes.
    Programme(Vec<String>),
    /// Whether its status names a programme.
    HasProgramme(bool),
    /// Whether it is marked as repeated.
    IsRepeated(bool),
    /// Whether other rows say the same with another status.
    RepeatsDisagree(bool),
    /// Its title has every word of this text.
    Text(String),
    /// It was found by searching for a text, which is what becomes of [`MeasureFilter::Text`] where there is an index.
    TextMatches(Arc<TextMatches>),
    /// It changed after this.
    ChangedSince(Timestamp),
}

impl Default for MeasureFilter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl MeasureFilter {
    /// The texts that it asks for, whatever it does with them: what relevance is measured by.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().flat_map(Self::texts).collect(),
            Self::Text(text) => vec![text],
            _ => Vec::new(),
        }
    }

    /// Returns the relevance of measures for the texts of the filter, by index.
    pub(super) fn relevance(
        &self,
        index: &MeasureIndex,
        words: Option<&TitleIndex>,
        relevance: &mut HashMap<usize, f64>,
    ) {
        let found = match self {
            Self::All(filters) | Self::Any(filters) => {
                return filters.iter().for_each(|filter| filter.relevance(index, words, relevance));
            }
            Self::Text(text) => words.map(|words| words.search(text)).unwrap_or_default(),
            Self::TextMatches(matches) => index.scores_by_index(matches),
            _ => return,
        };
        let found: Vec<(usize, f64)> = found.into_iter().collect();
        for (at, score) in found {
            *relevance.entry(at).or_default() += score;
        }
    }

    /// The filter with something in the place of each of its texts, whatever it does with them.
    #[must_use]
    pub fn with_texts(self, replace: &mut impl FnMut(String) -> Self) -> Self {
        let mut each =
            |filters: Vec<Self>| filters.into_iter().map(|filter| filter.with_texts(replace)).collect();
        match self {
            Self::All(filters) => Self::All(each(filters)),
            Self::Any(filters) => Self::Any(each(filters)),
            Self::Not(filter) => Self::Not(Box::new(filter.with_texts(replace))),
            Self::Text(text) => replace(text),
            other => other,
        }
    }

    /// Whether it needs the words of titles.
    pub fn needs_words(&self) -> bool {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().any(Self::needs_words),
            Self::Not(filter) => filter.needs_words(),
            Self::Text(_) => true,
            _ => false,
        }
    }
}

/// A filter made ready for one plan.
enum CompiledFilter {
    All(Vec<CompiledFilter>),
    Any(Vec<CompiledFilter>),
    Not(Box<CompiledFilter>),
    Status([bool; MeasureStatus::ALL.len()]),
    Number(HashSet<u32>),
    /// One flag per category of the tree.
    Within(Vec<bool>),
    /// One flag per programme of the plan.
    Programme(Vec<bool>),
    HasProgramme(bool),
    IsRepeated(bool),
    RepeatsDisagree(bool),
    /// Relevance by index of the measure.
    Text(HashMap<usize, f64>),
    ChangedSince(Timestamp),
}

impl MeasureIndex {
    /// The places among the measures of those that a filter keeps, in document order. `within` is a category, with all
    /// below it. Without the words of titles no text is found in them.
    pub fn matching(
        &self,
        within: Option<&CategoryKey>,
        filter: &MeasureFilter,
        words: Option<&TitleIndex>,
    ) -> Vec<usize> {
        let mut mask = self.mask(&self.compile(filter, words));
        if let Some(key) = within {
            let scope = self.with_descendants(|category| category.key == *key);
            intersect(&mut mask, &mask_by_index(&self.columns.category, &scope));
        }
        mask.iter().enumerate().filter(|(_, is_kept)| **is_kept).map(|(at, _)| at).collect()
    }

    /// Marks categories that are selected or have a selected ancestor.
    fn with_descendants(
        &self,
        is_wanted: impl Fn(&passerelle_model::published::PublishedCategory) -> bool,
    ) -> Vec<bool> {
        let all = self.tree.categories();
        self.tree.ancestor_chains().iter().map(|above| above.iter().any(|at| is_wanted(&all[*at]))).collect()
    }

    fn compile(&self, filter: &MeasureFilter, words: Option<&TitleIndex>) -> CompiledFilter {
        let each =
            |filters: &[MeasureFilter]| filters.iter().map(|filter| self.compile(filter, words)).collect();
        match filter {
            // A condition that stands alone needs no list around it.
            MeasureFilter::All(filters) if filters.len() == 1 => self.compile(&filters[0], words),
            MeasureFilter::All(filters) => CompiledFilter::All(each(filters)),
            MeasureFilter::Any(filters) => CompiledFilter::Any(each(filters)),
            MeasureFilter::Not(filter) => CompiledFilter::Not(Box::new(self.compile(filter, words))),
            MeasureFilter::Status(statuses) => {
                CompiledFilter::Status(MeasureStatus::ALL.map(|status| statuses.contains(&status)))
            }
            MeasureFilter::Number(numbers) => CompiledFilter::Number(numbers.iter().copied().collect()),
            MeasureFilter::Within(paths) => {
                let paths: HashSet<&CategoryPath> = paths.iter().collect();
                CompiledFilter::Within(self.with_descendants(|category| paths.contains(&category.path)))
            }
            MeasureFilter::Programme(names) => {
                let is_named = |programme: &Arc<str>| names.iter().any(|name| **name == **programme);
                // The last place is that of the measures without one.
                CompiledFilter::Programme(self.programmes.iter().map(is_named).chain([false]).collect())
            }
            MeasureFilter::HasProgramme(has) => CompiledFilter::HasProgramme(*has),
            MeasureFilter::IsRepeated(is_repeated) => CompiledFilter::IsRepeated(*is_repeated),
            MeasureFilter::RepeatsDisagree(disagree) => CompiledFilter::RepeatsDisagree(*disagree),
            MeasureFilter::Text(text) => {
                CompiledFilter::Text(words.map(|words| words.search(text)).unwrap_or_default())
            }
            MeasureFilter::TextMatches(matches) => CompiledFilter::Text(self.scores_by_index(matches)),
            MeasureFilter::ChangedSince(at) => CompiledFilter::ChangedSince(*at),
        }
    }

    /// The places of the measures that were found, with how well they fit. One pass.
    fn scores_by_index(&self, matches: &TextMatches) -> HashMap<usize, f64> {
        let score =
            |(at, measure): (usize, &IndexedMeasure)| Some((at, *matches.scores.get(&measure.row_id)?));
        self.measures.iter().enumerate().filter_map(score).collect()
    }

    /// For each measure whether a condition holds. One condition after the other, each in one pass over what it looks at.
    fn mask(&self, compiled: &CompiledFilter) -> Vec<bool> {
        let each = |holds: &dyn Fn(&IndexedMeasure) -> bool| self.measures.iter().map(holds).collect();
        match compiled {
            CompiledFilter::All(filters) => {
                let mut mask = vec![true; self.measures.len()];
                for filter in filters {
                    intersect(&mut mask, &self.mask(filter));
                }
                mask
            }
            CompiledFilter::Any(filters) => {
                let mut mask = vec![false; self.measures.len()];
                for filter in filters {
                    for (own, other) in mask.iter_mut().zip(self.mask(filter)) {
                        *own |= other;
                    }
                }
                mask
            }
            CompiledFilter::Not(filter) => self.mask(filter).into_iter().map(|holds| !holds).collect(),
            CompiledFilter::Status(wanted) => {
                self.columns.status.iter().map(|status| wanted[*status as usize]).collect()
            }
            CompiledFilter::Number(numbers) => each(&|measure| numbers.contains(&measure.number)),
            CompiledFilter::Within(categories) => mask_by_index(&self.columns.category, categories),
            CompiledFilter::Programme(wanted) => mask_by_index(&self.columns.programme, wanted),
            CompiledFilter::HasProgramme(has) => each(&|measure| measure.programme.is_some() == *has),
            CompiledFilter::IsRepeated(is_repeated) => each(&|measure| measure.is_repeated == *is_repeated),
            CompiledFilter::RepeatsDisagree(disagree) => each(&|measure| {
                let group = measure.repeat_group.and_then(|group| self.groups.get(&group));
                group.is_some_and(|group| group.has_status_conflict) == *disagree
            }),
            CompiledFilter::Text(found) => {
                (0..self.measures.len()).map(|at| found.contains_key(&at)).collect()
            }
            CompiledFilter::ChangedSince(since) => each(&|measure| measure.updated_at > *since),
        }
    }
}

/// Keeps what two conditions keep.
fn intersect(mask: &mut [bool], other: &[bool]) {
    for (own, other) in mask.iter_mut().zip(other) {
        *own &= other;
    }
}

/// For each place whether it is wanted.
fn mask_by_index(indexes: &[u32], wanted: &[bool]) -> Vec<bool> {
    let is_wanted =
        |index: &u32| usize::try_from(*index).ok().and_then(|index| wanted.get(index)) == Some(&true);
    indexes.iter().map(is_wanted).collect()
}

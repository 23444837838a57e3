//! Which measures to keep.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{IndexedMeasure, MeasureIndex, TitleWords};
use crate::key::CategoryKey;
use crate::plan::{CategoryPath, MeasureStatus};
use crate::timestamp::Timestamp;

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
enum Ready {
    All(Vec<Ready>),
    Any(Vec<Ready>),
    Not(Box<Ready>),
    Status([bool; MeasureStatus::ALL.len()]),
    Number(HashSet<u32>),
    /// Which categories of the tree.
    Within(Vec<bool>),
    /// Which programmes of the plan.
    Programme(Vec<bool>),
    HasProgramme(bool),
    IsRepeated(bool),
    RepeatsDisagree(bool),
    /// Which measures.
    Text(HashMap<usize, f64>),
    ChangedSince(Timestamp),
}

impl MeasureIndex {
    /// The places among the measures of those that a filter keeps, in document order. `within` is a category, with all
    /// below it. Without the words of titles no text is found in them.
    pub fn kept(
        &self,
        within: Option<&CategoryKey>,
        filter: &MeasureFilter,
        words: Option<&TitleWords>,
    ) -> Vec<usize> {
        let ready = self.ready(filter, words);
        let scope = within.map(|key| self.below(|category| category.key == *key));
        let is_in = |measure: &IndexedMeasure| scope.as_ref().is_none_or(|scope| scope[measure.category]);
        let all = self.measures.iter().enumerate();
        all.filter(|(at, measure)| is_in(measure) && self.keeps(&ready, *at, measure))
            .map(|(at, _)| at)
            .collect()
    }

    /// Which categories are, or stand below, one that is wanted.
    fn below(&self, is_wanted: impl Fn(&crate::served::ServedCategory) -> bool) -> Vec<bool> {
        let all = self.tree.all();
        self.tree.lineages().iter().map(|above| above.iter().any(|at| is_wanted(&all[*at]))).collect()
    }

    fn ready(&self, filter: &MeasureFilter, words: Option<&TitleWords>) -> Ready {
        let each =
            |filters: &[MeasureFilter]| filters.iter().map(|filter| self.ready(filter, words)).collect();
        match filter {
            // A condition that stands alone needs no list around it.
            MeasureFilter::All(filters) if filters.len() == 1 => self.ready(&filters[0], words),
            MeasureFilter::All(filters) => Ready::All(each(filters)),
            MeasureFilter::Any(filters) => Ready::Any(each(filters)),
            MeasureFilter::Not(filter) => Ready::Not(Box::new(self.ready(filter, words))),
            MeasureFilter::Status(statuses) => {
                Ready::Status(MeasureStatus::ALL.map(|status| statuses.contains(&status)))
            }
            MeasureFilter::Number(numbers) => Ready::Number(numbers.iter().copied().collect()),
            MeasureFilter::Within(paths) => {
                let paths: HashSet<&CategoryPath> = paths.iter().collect();
                Ready::Within(self.below(|category| paths.contains(&category.path)))
            }
            MeasureFilter::Programme(names) => {
                let is_named = |programme: &Arc<str>| names.iter().any(|name| **name == **programme);
                // The last place is that of the measures without one.
                Ready::Programme(self.programmes.iter().map(is_named).chain([false]).collect())
            }
            MeasureFilter::HasProgramme(has) => Ready::HasProgramme(*has),
            MeasureFilter::IsRepeated(is_repeated) => Ready::IsRepeated(*is_repeated),
            MeasureFilter::RepeatsDisagree(disagree) => Ready::RepeatsDisagree(*disagree),
            MeasureFilter::Text(text) => Ready::Text(words.map(|words| words.find(text)).unwrap_or_default()),
            MeasureFilter::ChangedSince(at) => Ready::ChangedSince(*at),
        }
    }

    fn keeps(&self, ready: &Ready, at: usize, measure: &IndexedMeasure) -> bool {
        match ready {
            Ready::All(filters) => filters.iter().all(|filter| self.keeps(filter, at, measure)),
            Ready::Any(filters) => filters.iter().any(|filter| self.keeps(filter, at, measure)),
            Ready::Not(filter) => !self.keeps(filter, at, measure),
            Ready::Status(wanted) => wanted[measure.status as usize],
            Ready::Number(numbers) => numbers.contains(&measure.number),
            Ready::Within(categories) => categories[measure.category],
            Ready::Programme(wanted) => wanted[self.programme_of[at]],
            Ready::HasProgramme(has) => measure.programme.is_some() == *has,
            Ready::IsRepeated(is_repeated) => measure.is_repeated == *is_repeated,
            Ready::RepeatsDisagree(disagree) => {
                let group = measure.repeat_group.and_then(|group| self.groups.get(&group));
                group.is_some_and(|group| group.disagrees) == *disagree
            }
            Ready::Text(found) => found.contains_key(&at),
            Ready::ChangedSince(since) => measure.updated_at > *since,
        }
    }
}

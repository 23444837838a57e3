//! Which measures to keep.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use passerelle_model::key::CategoryKey;
use passerelle_model::plan::{CategoryPath, MeasureStatus};
use passerelle_model::timestamp::Timestamp;

use super::{IndexedMeasure, MeasureIndex, TextMatches, TitleWords};

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
    Found(Arc<TextMatches>),
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

    /// How well measures fit the texts that it asks for, by their places.
    pub(super) fn relevance(
        &self,
        index: &MeasureIndex,
        words: Option<&TitleWords>,
        relevance: &mut HashMap<usize, f64>,
    ) {
        let found = match self {
            Self::All(filters) | Self::Any(filters) => {
                return filters.iter().for_each(|filter| filter.relevance(index, words, relevance));
            }
            Self::Text(text) => words.map(|words| words.find(text)).unwrap_or_default(),
            Self::Found(matches) => index.places_of(matches),
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
        let mut mask = self.mask(&self.ready(filter, words));
        if let Some(key) = within {
            let scope = self.below(|category| category.key == *key);
            both(&mut mask, &by_place(&self.columns.category, &scope));
        }
        mask.iter().enumerate().filter(|(_, is_kept)| **is_kept).map(|(at, _)| at).collect()
    }

    /// Which categories are, or stand below, one that is wanted.
    fn below(&self, is_wanted: impl Fn(&passerelle_model::served::ServedCategory) -> bool) -> Vec<bool> {
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
            MeasureFilter::Found(matches) => Ready::Text(self.places_of(matches)),
            MeasureFilter::ChangedSince(at) => Ready::ChangedSince(*at),
        }
    }

    /// The places of the measures that were found, with how well they fit. One pass.
    fn places_of(&self, matches: &TextMatches) -> HashMap<usize, f64> {
        let score =
            |(at, measure): (usize, &IndexedMeasure)| Some((at, *matches.scores.get(&measure.row_id)?));
        self.measures.iter().enumerate().filter_map(score).collect()
    }

    /// For each measure whether a condition holds. One condition after the other, each in one pass over what it looks at.
    fn mask(&self, ready: &Ready) -> Vec<bool> {
        let each = |holds: &dyn Fn(&IndexedMeasure) -> bool| self.measures.iter().map(holds).collect();
        match ready {
            Ready::All(filters) => {
                let mut mask = vec![true; self.measures.len()];
                for filter in filters {
                    both(&mut mask, &self.mask(filter));
                }
                mask
            }
            Ready::Any(filters) => {
                let mut mask = vec![false; self.measures.len()];
                for filter in filters {
                    for (own, other) in mask.iter_mut().zip(self.mask(filter)) {
                        *own |= other;
                    }
                }
                mask
            }
            Ready::Not(filter) => self.mask(filter).into_iter().map(|holds| !holds).collect(),
            Ready::Status(wanted) => {
                self.columns.status.iter().map(|status| wanted[*status as usize]).collect()
            }
            Ready::Number(numbers) => each(&|measure| numbers.contains(&measure.number)),
            Ready::Within(categories) => by_place(&self.columns.category, categories),
            Ready::Programme(wanted) => by_place(&self.columns.programme, wanted),
            Ready::HasProgramme(has) => each(&|measure| measure.programme.is_some() == *has),
            Ready::IsRepeated(is_repeated) => each(&|measure| measure.is_repeated == *is_repeated),
            Ready::RepeatsDisagree(disagree) => each(&|measure| {
                let group = measure.repeat_group.and_then(|group| self.groups.get(&group));
                group.is_some_and(|group| group.disagrees) == *disagree
            }),
            Ready::Text(found) => (0..self.measures.len()).map(|at| found.contains_key(&at)).collect(),
            Ready::ChangedSince(since) => each(&|measure| measure.updated_at > *since),
        }
    }
}

/// Keeps what two conditions keep.
fn both(mask: &mut [bool], other: &[bool]) {
    for (own, other) in mask.iter_mut().zip(other) {
        *own &= other;
    }
}

/// For each place whether it is wanted.
fn by_place(places: &[u32], wanted: &[bool]) -> Vec<bool> {
    let is_wanted =
        |place: &u32| usize::try_from(*place).ok().and_then(|place| wanted.get(place)) == Some(&true);
    places.iter().map(is_wanted).collect()
}
